//! Pictures that were decoded smaller than they are, for an operation that makes them smaller still.

use super::Frames;
use super::orientation::{turn, upright};
use crate::picture::{Picture, Size};

/// What a picture shows that was decoded smaller than it is. Sizes that its sides cannot be
/// divided by leave its outermost pixels partly outside of the original.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shrunk {
    /// The upright size of the original.
    pub(crate) original: Size,
    /// Where the original begins in the picture, and how wide it is there, px.
    pub(crate) x: (f64, f64),
    /// Where the original begins in the picture, and how high it is there, px.
    pub(crate) y: (f64, f64),
}

/// By how much a picture of that stored size is to be decoded smaller: 1, 2, 4 or 8, of what is `wanted` of
/// its upright size.
pub(super) fn by(stored: Size, exif: Option<&[u8]>, wanted: impl FnOnce(Size) -> u32) -> usize {
    let upright = match turn(exif).transposed {
        true => Size::new(stored.height, stored.width),
        false => stored,
    };
    match wanted(upright) {
        0..2 => 1,
        2..4 => 2,
        4..8 => 4,
        _ => 8,
    }
}

/// The frame of a picture that was decoded smaller `by` so much than it is stored.
pub(super) fn frames<'a>(
    picture: Picture,
    stored: Size,
    by: usize,
    exif: Option<&[u8]>,
) -> Frames<'a> {
    let (picture, shrunk) = turned(picture, stored, by as u32, exif);
    Frames::Shrunk(Some(picture), shrunk)
}

/// Turns a shrunk picture upright, and says what it shows of which size.
fn turned(picture: Picture, original: Size, by: u32, exif: Option<&[u8]>) -> (Picture, Shrunk) {
    let turn = turn(exif);
    let covered = |own: u32, shrunk: u32, from_end: bool| {
        let length = f64::from(own) / f64::from(by);
        let start = if from_end {
            f64::from(shrunk) - length
        } else {
            0.0
        };
        (start, length)
    };
    let (mut whole, mut small) = (original, picture.size);
    if turn.transposed {
        for size in [&mut whole, &mut small] {
            *size = Size::new(size.height, size.width);
        }
    }
    let shrunk = Shrunk {
        original: whole,
        x: covered(whole.width, small.width, turn.mirrored),
        y: covered(whole.height, small.height, turn.flipped),
    };
    (upright(picture, exif), shrunk)
}
