//! Turns by quarters, and reflections: every pixel is kept, and none is another.

use super::{Area, Picture, Size};

/// Rows and columns are exchanged first, then left and right, then top and bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) transposed: bool,
    pub(crate) mirrored: bool,
    pub(crate) flipped: bool,
}

impl Turn {
    pub(crate) const NONE: Self = Self {
        transposed: false,
        mirrored: false,
        flipped: false,
    };
    /// Left and right are exchanged.
    pub(crate) const MIRRORED: Self = Self {
        mirrored: true,
        ..Self::NONE
    };
    /// Top and bottom are exchanged.
    pub(crate) const FLIPPED: Self = Self {
        flipped: true,
        ..Self::NONE
    };
    /// By none to three quarters, clockwise.
    pub(crate) const QUARTERS: [Self; 4] = [
        Self::NONE,
        Self {
            transposed: true,
            ..Self::MIRRORED
        },
        Self {
            mirrored: true,
            ..Self::FLIPPED
        },
        Self {
            transposed: true,
            ..Self::FLIPPED
        },
    ];

    /// What becomes of a picture.
    pub(crate) fn applied(self, mut picture: Picture) -> Picture {
        if self.transposed {
            picture = picture.transposed();
        }
        match (self.mirrored, self.flipped) {
            (false, false) => {}
            (true, false) => picture.mirror(),
            (false, true) => picture.flip(),
            (true, true) => picture.turn_half(),
        }
        picture
    }

    /// Where a part of a picture of `size` comes to.
    pub(crate) fn place(self, mut area: Area, size: Size) -> Area {
        if self.transposed {
            area = area.transposed();
        }
        self.reflected(area, self.size(size))
    }

    /// Where in a picture of `size` a part of what becomes of it comes from.
    pub(crate) fn source(self, area: Area, size: Size) -> Area {
        let area = self.reflected(area, self.size(size));
        match self.transposed {
            true => area.transposed(),
            false => area,
        }
    }

    /// The size of what becomes of a picture of `size`.
    pub(crate) fn size(self, size: Size) -> Size {
        match self.transposed {
            true => Size::new(size.height, size.width),
            false => size,
        }
    }

    /// Twice, it is where it was.
    fn reflected(self, mut area: Area, size: Size) -> Area {
        if self.mirrored {
            area = area.mirrored(size);
        }
        if self.flipped {
            area = area.flipped(size);
        }
        area
    }
}
