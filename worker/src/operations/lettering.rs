//! Letters for signs and charts: a face of strokes drawn for this program, in three weights, at
//! any size. Knows capitals and figures only, as far as they are used.

mod face;

use super::mask::shape::{Ends, Point, Shape};
use crate::picture::{CHANNELS, Picture};
use face::{FACE, Glyph, Line};

/// How strokes look.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// Thickness of the strokes, of the height.
    weight: f64,
    /// Width of the letters, of what the face says.
    width: f64,
    /// How far the top leans to the right, of the height.
    slant: f64,
    /// Whether upright strokes stand on feet.
    feet: bool,
}

impl Style {
    /// For charts and codes.
    pub(super) const PLAIN: Self = Self {
        weight: 0.13,
        width: 1.0,
        slant: 0.0,
        feet: false,
    };
    /// For words that shout.
    pub(super) const BOLD: Self = Self {
        weight: 0.24,
        width: 0.98,
        slant: 0.0,
        feet: false,
    };
    /// For words that shout and run.
    pub(super) const HEADLONG: Self = Self {
        slant: 0.16,
        ..Self::BOLD
    };
    /// For posters of the old west.
    pub(super) const POSTER: Self = Self {
        weight: 0.2,
        width: 1.05,
        slant: 0.0,
        feet: true,
    };

    /// From a letter's left side to that of the next, of the height.
    fn advance(self, glyph: &Glyph) -> f64 {
        self.lines(glyph) + self.weight + self.gap()
    }

    /// Width of a letter between the middles of its outer strokes, of the height.
    fn lines(self, glyph: &Glyph) -> f64 {
        f64::from(glyph.width) / 100.0 * self.width
    }

    /// Between two letters, of the height.
    fn gap(self) -> f64 {
        if self.feet { 0.16 } else { 0.09 }
    }
}

/// A letter; nothing for one that the face lacks.
fn glyphs(text: &str) -> impl Iterator<Item = &'static Glyph> {
    text.chars()
        .filter_map(|letter| FACE.iter().find(|glyph| glyph.letter == letter))
}

/// How wide a line of that height is, px.
pub(super) fn width(text: &str, height: f64, style: Style) -> f64 {
    let advances: f64 = glyphs(text).map(|glyph| style.advance(glyph)).sum();
    (advances - style.gap()).max(0.0) * height
}

/// The tallest letters with which a line is no wider than `most`, px.
pub(super) fn height(text: &str, most: f64, style: Style) -> f64 {
    most / width(text, 1.0, style).max(1e-9)
}

/// Writes a line with its top left corner there; what does not fit is cut off.
pub(super) fn write(
    picture: &mut Picture,
    text: &str,
    at: Point,
    height: f64,
    style: Style,
    colour: [u8; CHANNELS],
) {
    outline(text, at, height, style, 0.0).fill(picture, colour);
}

/// The strokes of a line with its top left corner there, each by `more` px thicker on all sides.
pub(super) fn outline(
    text: &str,
    (left, top): Point,
    height: f64,
    style: Style,
    more: f64,
) -> Shape {
    let mut shape = Shape::default();
    let thick = height * style.weight;
    let mut at = left;
    for glyph in glyphs(text) {
        let middle = (at + thick / 2.0, top + thick / 2.0);
        let (across, down) = (style.lines(glyph) * height, height - thick);
        let place = |&(x, y): &(i8, i8)| {
            let (x, y) = (f64::from(x) / 100.0, f64::from(y) / 100.0);
            (middle.0 + across * x, middle.1 + down * y)
        };
        let mut letter = Shape::default();
        for line in glyph.lines {
            let width = thick + 2.0 * more;
            match line {
                Line::Sharp(points) => {
                    let points: Vec<Point> = points.iter().map(place).collect();
                    letter.stroke(&points, width, Ends::Square);
                    if style.feet {
                        feet(&mut letter, &points, (top, height), width);
                    }
                }
                Line::Round(points) => {
                    let points: Vec<Point> = points.iter().map(place).collect();
                    letter.stroke(&rounded(&points, false, down * 0.36), width, Ends::Cut);
                }
                Line::Ring(points) => {
                    let points: Vec<Point> = points.iter().map(place).collect();
                    letter.stroke(&rounded(&points, true, down * 0.36), width, Ends::Joined);
                }
            }
        }
        // Slanting strokes end level, as if cut off along the line.
        let foot = if glyph.letter == ',' { 0.2 } else { 0.0 };
        let bounds = (top - more, top + height * (1.0 + foot) + more);
        let lean = |(x, y): Point| (x + (top + height - y) * style.slant, y);
        shape.join(&letter.between(bounds.0, bounds.1).moved(lean));
        at += style.advance(glyph) * height;
    }
    shape
}

/// Bars across the ends of a stroke that stands on the line or hangs from its top.
fn feet(letter: &mut Shape, points: &[Point], (top, height): (f64, f64), width: f64) {
    let ends = [
        (0, 1),
        (points.len().wrapping_sub(1), points.len().wrapping_sub(2)),
    ];
    for (end, before) in ends {
        let (Some(&end), Some(&before)) = (points.get(end), points.get(before)) else {
            continue;
        };
        let upright = (end.1 - before.1).abs() > (end.0 - before.0).abs();
        let bar = width * 0.42;
        let y = if end.1 < top + height / 2.0 {
            end.1 - width / 2.0 + bar / 2.0
        } else {
            end.1 + width / 2.0 - bar / 2.0
        };
        let outermost = (end.1 - top).min(top + height - end.1) < width * 0.75;
        if upright && outermost {
            let half = width * 0.86;
            letter.polygon(&[
                (end.0 - half, y - bar / 2.0),
                (end.0 + half, y - bar / 2.0),
                (end.0 + half, y + bar / 2.0),
                (end.0 - half, y + bar / 2.0),
            ]);
        }
    }
}

/// The same line with its corners round: as far as that radius, and at most half of a side.
fn rounded(points: &[Point], closed: bool, radius: f64) -> Vec<Point> {
    const STEPS: u32 = 10;
    let count = points.len();
    let mut line = Vec::new();
    for (at, &corner) in points.iter().enumerate() {
        if !closed && (at == 0 || at + 1 == count) {
            line.push(corner);
            continue;
        }
        let (before, after) = (points[(at + count - 1) % count], points[(at + 1) % count]);
        // The first and last side of an open line have one corner only, and all of them for it.
        let room = |other: Point, whole: bool| {
            let length = (other.0 - corner.0).hypot(other.1 - corner.1);
            let share = radius.min(if whole { length } else { length / 2.0 }) / length.max(1e-9);
            (
                corner.0 + (other.0 - corner.0) * share,
                corner.1 + (other.1 - corner.1) * share,
            )
        };
        let from = room(before, !closed && at == 1);
        let to = room(after, !closed && at + 2 == count);
        for step in 0..=STEPS {
            let share = f64::from(step) / f64::from(STEPS);
            // A cubic whose handles make a quarter of a circle of a right angle.
            let (one, two) = (1.0 - share, share);
            let handle = |end: f64, corner: f64| end + (corner - end) * 0.5523;
            let curve = |from: f64, corner: f64, to: f64| {
                one.powi(3) * from
                    + 3.0 * one * one * two * handle(from, corner)
                    + 3.0 * one * two * two * handle(to, corner)
                    + two.powi(3) * to
            };
            line.push((curve(from.0, corner.0, to.0), curve(from.1, corner.1, to.1)));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Size;

    fn written(text: &str, size: Size, style: Style) -> Picture {
        let mut picture = Picture::blank(size);
        write(&mut picture, text, (4.0, 4.0), 32.0, style, [255; 4]);
        picture
    }

    #[test]
    fn a_line_is_as_wide_and_high_as_said() {
        for (style, text) in [
            (Style::BOLD, "WASTED"),
            (Style::PLAIN, "#09AF"),
            (Style::BOLD, "E"),
        ] {
            let picture = written(text, Size::new(400, 40), style);
            let inked = |at: &usize| picture.as_pixels()[*at][3] > 127;
            let all = 0..400 * 40;
            let rightmost = all.clone().filter(inked).map(|at| at % 400).max().unwrap();
            let lowest = all.clone().filter(inked).map(|at| at / 400).max().unwrap();
            let highest = all.clone().filter(inked).map(|at| at / 400).min().unwrap();
            let width = 4.0 + width(text, 32.0, style);
            assert!(
                (rightmost as f64 + 1.0 - width).abs() < 2.0,
                "{text}: {rightmost}, not {width}"
            );
            assert_eq!((highest, lowest), (4, 35), "{text}");
        }
    }

    #[test]
    fn every_letter_that_is_written_somewhere_has_strokes() {
        let words = "WASTED WANTED TRIGGERED DEAD OR ALIVE REWARD $ 1,000,000 #0123456789ABCDEF";
        for letter in words.chars().filter(|letter| *letter != ' ') {
            let picture = written(&letter.to_string(), Size::new(60, 44), Style::BOLD);
            let inked = picture.as_pixels().iter().filter(|pixel| pixel[3] > 127);
            assert!(inked.count() > 30, "{letter}");
        }
    }

    #[test]
    fn letters_of_no_height_or_beside_the_picture_leave_it_alone() {
        let mut picture = Picture::blank(Size::new(3, 3));
        write(&mut picture, "AB", (0.0, 0.0), 0.0, Style::BOLD, [255; 4]);
        write(
            &mut picture,
            "AB",
            (90.0, -90.0),
            9.0,
            Style::BOLD,
            [255; 4],
        );
        assert_eq!(picture, Picture::blank(Size::new(3, 3)));
    }
}
