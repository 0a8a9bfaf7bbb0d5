//! Animations with more colour tables than a canvas has numbers for.

use gif::{DisposalMethod, Encoder, Frame};
use protocol::Limits;

use super::super::Animation;
use super::*;

const SIDE: u16 = 256;
const LIMITS: Limits = Limits {
    pixels_max: 1 << 20,
    frames_max: 1000,
    total_pixels_max: 1 << 27,
    output_pixels_max: 1 << 20,
    output_bytes_max: 1 << 20,
};

/// The colour at a place of a frame; no two are alike in all frames.
fn colour(number: usize, index: usize) -> [u8; 3] {
    [index as u8, number as u8, (number >> 8) as u8]
}

/// A row of each frame's 256 colours, wherever `top` says.
fn rows(count: usize, top: impl Fn(usize) -> u16, disposal: DisposalMethod) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, SIDE, SIDE * 2, &[]).unwrap();
    for number in 0..count {
        let palette = (0..256).flat_map(|index| colour(number, index)).collect();
        let frame = Frame {
            top: top(number),
            width: SIDE,
            height: 1,
            dispose: disposal,
            palette: Some(palette),
            buffer: (0..=255).collect::<Vec<u8>>().into(),
            ..Frame::default()
        };
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    bytes
}

/// Calls `check` with the number of each frame, its rows, and whether they have numbers still.
fn each(bytes: &[u8], mut check: impl FnMut(usize, &[&[u8]], bool)) {
    let mut animation = Animation::open(bytes, &LIMITS).unwrap();
    let mut watched = Animation::open(bytes, &LIMITS).unwrap();
    let (mut number, mut before) = (0, None);
    while let Some(frame) = animation.next(None).unwrap() {
        let part = watched.next(Some(&mut |area, _| area)).unwrap().unwrap();
        if let Some(before) = before {
            let differs = frame.area.changed(&before, &frame.picture);
            // No two frames draw the same, so nothing is told that does not differ.
            assert_eq!(part.area, differs.unwrap_or(Area::FIRST_PIXEL), "{number}");
            let expected = part.area.cut_from(frame.picture.clone());
            assert!(part.picture == expected, "frame {number}");
        }
        before = Some(frame.picture.clone());
        let numbered = matches!(animation.canvas, Canvas::Numbered(_));
        check(number, &frame.picture.rows().collect::<Vec<_>>(), numbered);
        number += 1;
    }
}

fn is_row_of(row: &[u8], number: usize) -> bool {
    let pixels = row.as_chunks::<4>().0.iter().enumerate();
    pixels.into_iter().all(|(index, pixel)| {
        let [r, g, b] = colour(number, index);
        *pixel == [r, g, b, 255]
    })
}

fn is_nothing(row: &[u8]) -> bool {
    row.iter().all(|byte| *byte == 0)
}

#[test]
fn more_colours_at_once_than_there_are_numbers_are_all_shown() {
    let bytes = rows(400, |number| number as u16, DisposalMethod::Keep);
    let mut ended = false;
    each(&bytes, |number, rows, numbered| {
        for (y, row) in rows.iter().enumerate() {
            let right = if y <= number {
                is_row_of(row, y)
            } else {
                is_nothing(row)
            };
            assert!(right, "frame {number}, row {y}");
        }
        ended |= !numbered;
    });
    assert!(ended, "they had numbers to the end");
}

#[test]
fn colours_that_are_hidden_give_their_numbers_back() {
    let bytes = rows(700, |number| (number % 3) as u16, DisposalMethod::Keep);
    each(&bytes, |number, rows, numbered| {
        assert!(numbered, "frame {number}");
        for age in 0..3.min(number + 1) {
            let drawn = number - age;
            assert!(is_row_of(rows[drawn % 3], drawn), "frame {number}");
        }
        assert!(rows[3..].iter().all(|row| is_nothing(row)));
    });
}

#[test]
fn frames_that_make_way_do_so_with_and_without_numbers() {
    for (disposal, left) in [
        (DisposalMethod::Background, false),
        (DisposalMethod::Previous, false),
        (DisposalMethod::Keep, true),
    ] {
        // First what takes all numbers and stays, then what makes way.
        let mut bytes = rows(300, |number| number as u16, DisposalMethod::Keep);
        let further = rows(6, |number| 400 + number as u16, disposal);
        bytes.pop();
        bytes.extend(&further[13..]);
        each(&bytes, |number, rows, numbered| {
            if number < 300 {
                return;
            }
            assert!(!numbered);
            let last = number - 300;
            assert!(is_row_of(rows[400 + last], last), "frame {number}");
            for before in 0..last {
                let row = rows[400 + before];
                let right = if left {
                    is_row_of(row, before)
                } else {
                    is_nothing(row)
                };
                assert!(right, "frame {number}, {before}");
            }
            assert!(is_row_of(rows[7], 7));
        });
    }
}
