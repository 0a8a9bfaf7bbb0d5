//! How each macroblock is foretold.
//!
//! Source: RFC 6386, sections 11 and 19.3.

use super::bools::Bools;
use super::header::Header;
use super::tables::SMALL_MODE;

/// How a block is foretold from what is above and to the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Dc,
    Vertical,
    Horizontal,
    TrueMotion,
}

/// The same of a block of 4 × 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SmallMode {
    Dc,
    TrueMotion,
    Vertical,
    Horizontal,
    LeftDown,
    RightDown,
    VerticalRight,
    VerticalLeft,
    HorizontalDown,
    HorizontalUp,
}

/// How luma is foretold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Luma {
    Whole(Mode),
    Small([SmallMode; 16]),
}

/// What the first partition says of a macroblock.
pub(super) struct Macroblock {
    pub(super) segment: usize,
    /// It has no coefficients.
    pub(super) is_empty: bool,
    pub(super) luma: Luma,
    pub(super) chroma: Mode,
}

/// The small modes above and to the left of the next macroblock.
pub(super) struct Modes {
    above: Vec<[SmallMode; 4]>,
    left: [SmallMode; 4],
}

impl Modes {
    /// For rows of `across` macroblocks.
    pub(super) fn new(across: usize) -> Self {
        Self {
            above: vec![[SmallMode::Dc; 4]; across],
            left: [SmallMode::Dc; 4],
        }
    }

    pub(super) fn begin_row(&mut self) {
        self.left = [SmallMode::Dc; 4];
    }

    /// The macroblock at `x`, the next in its row.
    pub(super) fn read(&mut self, bools: &mut Bools<'_>, header: &Header, x: usize) -> Macroblock {
        let segment = header.segment.map_or(0, |[first, low, high]| {
            if bools.bit(first) {
                2 + usize::from(bools.bit(high))
            } else {
                usize::from(bools.bit(low))
            }
        });
        let is_empty = header.has_some.is_some_and(|has_some| bools.bit(has_some));
        let luma = if bools.bit(145) {
            let mode = Mode::read(bools);
            (self.above[x], self.left) = ([mode.small(); 4], [mode.small(); 4]);
            Luma::Whole(mode)
        } else {
            Luma::Small(self.read_small(bools, x))
        };
        Macroblock {
            segment,
            is_empty,
            luma,
            chroma: Mode::read_chroma(bools),
        }
    }

    fn read_small(&mut self, bools: &mut Bools<'_>, x: usize) -> [SmallMode; 16] {
        let mut modes = [SmallMode::Dc; 16];
        let above = &mut self.above[x];
        for (row, left) in modes.as_chunks_mut::<4>().0.iter_mut().zip(&mut self.left) {
            for (mode, above) in row.iter_mut().zip(above.iter_mut()) {
                *mode = SmallMode::read(bools, *above, *left);
                (*above, *left) = (*mode, *mode);
            }
        }
        modes
    }
}

impl Mode {
    /// Of luma.
    fn read(bools: &mut Bools<'_>) -> Self {
        if bools.bit(156) {
            [Self::Horizontal, Self::TrueMotion][usize::from(bools.bit(128))]
        } else {
            [Self::Dc, Self::Vertical][usize::from(bools.bit(163))]
        }
    }

    fn read_chroma(bools: &mut Bools<'_>) -> Self {
        if !bools.bit(142) {
            Self::Dc
        } else if !bools.bit(114) {
            Self::Vertical
        } else {
            [Self::Horizontal, Self::TrueMotion][usize::from(bools.bit(183))]
        }
    }

    /// What it counts as beside small blocks.
    fn small(self) -> SmallMode {
        match self {
            Self::Dc => SmallMode::Dc,
            Self::Vertical => SmallMode::Vertical,
            Self::Horizontal => SmallMode::Horizontal,
            Self::TrueMotion => SmallMode::TrueMotion,
        }
    }
}

impl SmallMode {
    fn read(bools: &mut Bools<'_>, above: Self, left: Self) -> Self {
        let nodes: &[u8; 9] = &SMALL_MODE.as_chunks().0[above as usize * 10 + left as usize];
        let of = |bit: bool, modes: [Self; 2]| modes[usize::from(bit)];
        if !bools.bit(nodes[0]) {
            Self::Dc
        } else if !bools.bit(nodes[1]) {
            Self::TrueMotion
        } else if !bools.bit(nodes[2]) {
            Self::Vertical
        } else if !bools.bit(nodes[3]) {
            if !bools.bit(nodes[4]) {
                return Self::Horizontal;
            }
            of(bools.bit(nodes[5]), [Self::RightDown, Self::VerticalRight])
        } else if !bools.bit(nodes[6]) {
            Self::LeftDown
        } else if !bools.bit(nodes[7]) {
            Self::VerticalLeft
        } else {
            of(
                bools.bit(nodes[8]),
                [Self::HorizontalDown, Self::HorizontalUp],
            )
        }
    }
}
