//! Pictures of which no more was decoded than the first operation needs: smaller than they are, or a part of them.

use super::Frames;
use crate::picture::{Area, Picture, Size, Turn};

/// What the first operation needs of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wanted {
    /// Every pixel.
    All,
    /// No more than means: it may be decoded smaller by so much.
    Smaller(u32),
    /// These pixels and no others.
    Part(Area),
}

impl Wanted {
    /// As if a picture of `size` had half its sides: for formats of which nearly all of the time goes into reading what
    /// is coded, so that there is little to be had for a picture that is a little less sharp.
    pub(super) fn of_half(wanted: impl FnOnce(Size) -> Self, size: Size) -> Self {
        wanted(Size::new(size.width.div_ceil(2), size.height.div_ceil(2)))
    }

    /// By how much a picture is to be decoded smaller: 1, 2, 4 or 8.
    pub(super) fn shrink(self) -> u32 {
        match self {
            Self::Smaller(2..4) => 2,
            Self::Smaller(4..8) => 4,
            Self::Smaller(8..) => 8,
            _ => 1,
        }
    }
}

/// What a picture shows of the original. Where that was decoded smaller and its sides cannot be divided,
/// the outermost pixels lie partly outside of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct View {
    /// The upright size of the original.
    pub(crate) original: Size,
    /// Where the original begins in the picture, and how wide it is there, px.
    pub(crate) x: (f64, f64),
    /// Where the original begins in the picture, and how high it is there, px.
    pub(crate) y: (f64, f64),
}

/// The frame of a picture, as stored, that was decoded smaller `by` so much.
pub(super) fn smaller<'a>(picture: Picture, stored: Size, by: u32, turn: Turn) -> Frames<'a> {
    let (original, small) = (turn.size(stored), turn.size(picture.size));
    let covered = |own: u32, shrunk: u32, from_end: bool| {
        let length = f64::from(own) / f64::from(by);
        let start = if from_end {
            f64::from(shrunk) - length
        } else {
            0.0
        };
        (start, length)
    };
    let view = View {
        original,
        x: covered(original.width, small.width, turn.mirrored),
        y: covered(original.height, small.height, turn.flipped),
    };
    Frames::View(Some(turn.applied(picture)), view)
}

/// The frame of a picture, as stored, that is the `part` of an upright one of `original` size.
pub(super) fn part<'a>(picture: Picture, original: Size, part: Area, turn: Turn) -> Frames<'a> {
    let view = View {
        original,
        x: (-(part.left as f64), original.width.into()),
        y: (-(part.top as f64), original.height.into()),
    };
    Frames::View(Some(turn.applied(picture)), view)
}
