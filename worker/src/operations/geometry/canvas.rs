//! Boxes in pictures and pictures on canvases: where things lie, and cutting out.

use protocol::{Focus, Gravity};

use crate::picture::{CHANNELS, Picture, Size};

/// A part of a picture, px.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) size: Size,
}

/// Keeps `area`, which lies inside the picture, without taking memory for another.
pub(super) fn cut(mut picture: Picture, area: Area) -> Picture {
    if area.size == picture.size {
        return picture;
    }
    let stride = picture.size.stride();
    let kept = area.size.stride();
    let mut from = area.top as usize * stride + area.left as usize * CHANNELS;
    let mut to = 0;
    for _ in 0..area.size.height {
        picture.pixels.copy_within(from..from + kept, to);
        (from, to) = (from + stride, to + kept);
    }
    picture.pixels.truncate(to);
    picture.size = area.size;
    picture
}

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
