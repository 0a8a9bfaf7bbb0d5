//! Letters for signs and charts: a face of 5 × 7 dots drawn for this program, shown at any size
//! with smooth outlines.

use super::compose::mix;
use crate::picture::{CHANNELS, Picture};

/// Dots of a letter, and of the room that it takes.
pub(super) const WIDTH: usize = 5;
pub(super) const HEIGHT: usize = 7;
const ADVANCE: f64 = 6.0;

/// Seven rows of five dots, from the top, the leftmost dot in the highest bit.
const FACE: [(char, [u8; HEIGHT]); 37] = [
    ('.', [0, 0, 0, 0, 0, 0b01100, 0b01100]),
    (':', [0, 0b01100, 0b01100, 0, 0b01100, 0b01100, 0]),
    ('-', [0, 0, 0, 0b11111, 0, 0, 0]),
    ('=', [0, 0, 0b11111, 0, 0b11111, 0, 0]),
    ('+', [0, 0b00100, 0b00100, 0b11111, 0b00100, 0b00100, 0]),
    ('*', [0, 0b10101, 0b01110, 0b11111, 0b01110, 0b10101, 0]),
    (
        '#',
        [
            0b01010, 0b01010, 0b11111, 0b01010, 0b11111, 0b01010, 0b01010,
        ],
    ),
    (
        '%',
        [
            0b11001, 0b11010, 0b00110, 0b01100, 0b01100, 0b01011, 0b10011,
        ],
    ),
    (
        '@',
        [
            0b01110, 0b10001, 0b10111, 0b11011, 0b10111, 0b10000, 0b01111,
        ],
    ),
    (
        '$',
        [
            0b00100, 0b01111, 0b10100, 0b01110, 0b00101, 0b11110, 0b00100,
        ],
    ),
    (',', [0, 0, 0, 0, 0b00110, 0b00110, 0b01100]),
    (
        '0',
        [
            0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110,
        ],
    ),
    (
        '1',
        [
            0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110,
        ],
    ),
    (
        '2',
        [
            0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111,
        ],
    ),
    (
        '3',
        [
            0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110,
        ],
    ),
    (
        '4',
        [
            0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010,
        ],
    ),
    (
        '5',
        [
            0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110,
        ],
    ),
    (
        '6',
        [
            0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110,
        ],
    ),
    (
        '7',
        [
            0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000,
        ],
    ),
    (
        '8',
        [
            0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110,
        ],
    ),
    (
        '9',
        [
            0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100,
        ],
    ),
    (
        'A',
        [
            0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001,
        ],
    ),
    (
        'B',
        [
            0b11110, 0b10001, 0b10001, 0b11110, 0b10001, 0b10001, 0b11110,
        ],
    ),
    (
        'C',
        [
            0b01110, 0b10001, 0b10000, 0b10000, 0b10000, 0b10001, 0b01110,
        ],
    ),
    (
        'D',
        [
            0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b11110,
        ],
    ),
    (
        'E',
        [
            0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111,
        ],
    ),
    (
        'F',
        [
            0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b10000,
        ],
    ),
    (
        'G',
        [
            0b01110, 0b10001, 0b10000, 0b10111, 0b10001, 0b10001, 0b01111,
        ],
    ),
    (
        'I',
        [
            0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110,
        ],
    ),
    (
        'L',
        [
            0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111,
        ],
    ),
    (
        'N',
        [
            0b10001, 0b11001, 0b11001, 0b10101, 0b10011, 0b10011, 0b10001,
        ],
    ),
    (
        'O',
        [
            0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110,
        ],
    ),
    (
        'R',
        [
            0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001,
        ],
    ),
    (
        'S',
        [
            0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110,
        ],
    ),
    (
        'T',
        [
            0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100,
        ],
    ),
    (
        'V',
        [
            0b10001, 0b10001, 0b10001, 0b01010, 0b01010, 0b01010, 0b00100,
        ],
    ),
    (
        'W',
        [
            0b10001, 0b10001, 0b10001, 0b10101, 0b10101, 0b11011, 0b10001,
        ],
    ),
];

/// The dots of a letter; a blank for one that the face lacks.
pub(super) fn dots(letter: char) -> [u8; HEIGHT] {
    let found = FACE.iter().find(|(known, _)| *known == letter);
    found.map_or([0; HEIGHT], |(_, dots)| *dots)
}

/// Whether there is a dot in that column and row.
pub(super) fn dot(dots: &[u8; HEIGHT], column: i64, row: i64) -> bool {
    let inside = (0..WIDTH as i64).contains(&column) && (0..HEIGHT as i64).contains(&row);
    inside && dots[row as usize] >> (WIDTH as i64 - 1 - column) & 1 == 1
}

/// How wide a line of that height is, px.
pub(super) fn width(text: &str, height: f64) -> f64 {
    (text.chars().count() as f64 * ADVANCE - 1.0) * height / HEIGHT as f64
}

/// Writes a line with its top left corner there; what does not fit is cut off.
pub(super) fn write(
    picture: &mut Picture,
    text: &str,
    (left, top): (f64, f64),
    height: f64,
    colour: [u8; CHANNELS],
) {
    let unit = height / HEIGHT as f64;
    let letters: Vec<_> = text.chars().map(dots).collect();
    let end = |at: f64, limit: u32| (at.ceil().max(0.0) as usize).min(limit as usize);
    let rows = end(top - unit, picture.size.height)..end(top + height + unit, picture.size.height);
    let right = left + width(text, height) + unit;
    let columns = end(left - unit, picture.size.width)..end(right, picture.size.width);
    let stride = picture.size.width as usize;
    for y in rows {
        for x in columns.clone() {
            let across = (x as f64 + 0.5 - left) / unit;
            let down = (y as f64 + 0.5 - top) / unit;
            let covered = coverage(&letters, across, down, unit);
            if covered > 0 {
                let pixel = &mut picture.as_pixels_mut()[y * stride + x];
                *pixel = mix(*pixel, colour, covered);
            }
        }
    }
}

/// Dots are blended linearly, and the outline is where half of one is left.
fn coverage(letters: &[[u8; HEIGHT]], across: f64, down: f64, unit: f64) -> u32 {
    let at = (across / ADVANCE).floor();
    let Some(dots) = letters.get(at.max(0.0) as usize) else {
        return 0;
    };
    let (x, y) = (across - at.max(0.0) * ADVANCE - 0.5, down - 0.5);
    let (column, row) = (x.floor(), y.floor());
    let (fx, fy) = (x - column, y - row);
    let (column, row) = (column as i64, row as i64);
    let value = |dx: i64, dy: i64| f64::from(u8::from(dot(dots, column + dx, row + dy)));
    let upper = value(0, 0) * (1.0 - fx) + value(1, 0) * fx;
    let lower = value(0, 1) * (1.0 - fx) + value(1, 1) * fx;
    let inked = upper * (1.0 - fy) + lower * fy;
    let sharp = ((inked - 0.45) * unit.max(1.0) + 0.5).clamp(0.0, 1.0);
    (sharp * 255.0) as u32
}
