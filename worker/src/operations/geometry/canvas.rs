//! Boxes in pictures and pictures on canvases of one colour: where things lie.

use protocol::{Colour, Focus, Gravity};

use crate::operations::{Effect, Parts, compose};
use crate::picture::{Area, Picture, Size};
use crate::refused::Refused;

/// Shares of the free room that are left of and above what lies there, in halves.
pub(in crate::operations) fn halves(gravity: Gravity) -> (u32, u32) {
    match gravity {
        Gravity::Northwest => (0, 0),
        Gravity::North => (1, 0),
        Gravity::Northeast => (2, 0),
        Gravity::West => (0, 1),
        Gravity::Center => (1, 1),
        Gravity::East => (2, 1),
        Gravity::Southwest => (0, 2),
        Gravity::South => (1, 2),
        Gravity::Southeast => (2, 2),
    }
}

/// Where `inner` starts in `outer`, which is at least as large.
pub(super) fn start(gravity: Gravity, outer: Size, inner: Size) -> (u32, u32) {
    let (across, down) = halves(gravity);
    let free = |outer: u32, inner: u32| outer.saturating_sub(inner);
    (
        (u64::from(free(outer.width, inner.width)) * u64::from(across) / 2) as u32,
        (u64::from(free(outer.height, inner.height)) * u64::from(down) / 2) as u32,
    )
}

/// The place that a focus names, or `None` for what must be looked for.
pub(super) fn fixed(focus: Focus) -> Option<Gravity> {
    Some(match focus {
        Focus::Center => Gravity::Center,
        Focus::North => Gravity::North,
        Focus::Northeast => Gravity::Northeast,
        Focus::East => Gravity::East,
        Focus::Southeast => Gravity::Southeast,
        Focus::South => Gravity::South,
        Focus::Southwest => Gravity::Southwest,
        Focus::West => Gravity::West,
        Focus::Northwest => Gravity::Northwest,
        Focus::Smart => return None,
    })
}

/// The largest size of that aspect ratio that fits into `size`.
pub(super) fn largest(size: Size, ratio: f64) -> Size {
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    let side = |side: f64| side.round().max(1.0) as u32;
    if width > height * ratio {
        Size::new(side(height * ratio).min(size.width), size.height)
    } else {
        Size::new(size.width, side(width / ratio).min(size.height))
    }
}

/// A picture on a canvas of one colour.
pub(super) struct Laid {
    /// Of the canvas, which has room for the picture.
    pub(super) size: Size,
    /// Where the picture lies.
    pub(super) place: Area,
    pub(super) colour: Colour,
}

impl Laid {
    /// `inner` with its top left corner `at` that place of `outer`.
    pub(super) fn new(outer: Size, inner: Size, at: (u32, u32), colour: Colour) -> Self {
        Self {
            size: outer,
            place: Area::at(at, inner),
            colour,
        }
    }

    /// Of the picture, the part that `wanted` of the canvas shows; any if it shows none.
    pub(super) fn needed(&self, wanted: Area) -> Area {
        wanted.seen_in(self.place)
    }

    /// Makes `wanted` of the canvas from that part of the picture; the caller has checked its size against a
    /// limit.
    pub(super) fn part(&self, part: Picture, wanted: Area) -> Picture {
        match self.place.shared(wanted) {
            None => compose::filled(wanted.size(), self.colour),
            Some(seen) => {
                let Area { left, top, .. } = seen.within(wanted);
                let at = (left as u32, top as u32);
                compose::on_canvas(part, wanted.size(), at, self.colour)
            }
        }
    }
}

/// An operation that does nothing but lay the picture on a canvas.
pub(super) trait Lays: Effect {
    /// What becomes of a picture of `size`.
    fn laid(&self, size: Size) -> Laid;
}

impl<L: Lays> Parts for L {
    fn touched(&self, changed: Area, size: Size) -> Area {
        changed.out_of(self.laid(size).place)
    }

    fn needed(&self, wanted: Area, size: Size) -> Area {
        self.laid(size).needed(wanted)
    }

    fn apply_to_part(&self, part: Picture, wanted: Area, size: Size) -> Result<Picture, Refused> {
        Ok(self.laid(size).part(part, wanted))
    }
}
