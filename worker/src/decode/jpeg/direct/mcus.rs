//! How a JPEG is divided into minimum coded units, and which of them are wanted.

use std::ops::Range;

use super::super::outline::{Component, Outline};
use crate::picture::Area;
use crate::planes::Plane;

/// How the picture is divided.
pub(super) struct Mcus {
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Blocks of the first component in one.
    pub(super) horizontal: usize,
    pub(super) vertical: usize,
    /// Those of which samples are wanted; of the others no more is known afterwards than that they are sound.
    wanted_columns: Range<usize>,
    wanted_rows: Range<usize>,
}

impl Mcus {
    /// Of a picture of which so much is wanted. `None` unless the first component is alone, or has the only
    /// blocks more than one.
    pub(super) fn new(outline: &Outline, wanted: Area) -> Option<Self> {
        let (first, others) = outline.components.split_first()?;
        let plain = |component: &Component| (component.horizontal, component.vertical) == (1, 1);
        let sound = match others.len() {
            0 => plain(first),
            2 => first.horizontal <= 2 && first.vertical <= 2 && others.iter().all(plain),
            _ => false,
        };
        let (horizontal, vertical) = (first.horizontal.into(), first.vertical.into());
        let around =
            |range: Range<usize>, side: usize| range.start / side..range.end.div_ceil(side);
        sound.then(|| Self {
            columns: (outline.size.width as usize).div_ceil(8 * horizontal),
            rows: (outline.size.height as usize).div_ceil(8 * vertical),
            horizontal,
            vertical,
            wanted_columns: around(wanted.columns(), 8 * horizontal),
            wanted_rows: around(wanted.lines(), 8 * vertical),
        })
    }

    /// Where among those that are wanted one of them lies.
    #[inline(always)]
    pub(super) fn place(&self, column: usize, row: usize) -> Option<(usize, usize)> {
        let wanted = self.wanted_columns.contains(&column) && self.wanted_rows.contains(&row);
        wanted.then(|| {
            (
                column - self.wanted_columns.start,
                row - self.wanted_rows.start,
            )
        })
    }

    /// Whether so few are wanted that most of the work is passing the others.
    pub(super) fn are_mostly_passed(&self) -> bool {
        self.wanted_columns.len() * self.wanted_rows.len() * 2 < self.columns * self.rows
    }

    /// Columns and rows of a component's blocks that are wanted.
    pub(super) fn wanted_blocks(&self, component: &Component) -> (Range<usize>, Range<usize>) {
        let blocks = |mcus: &Range<usize>, each: u8| {
            mcus.start * usize::from(each)..mcus.end * usize::from(each)
        };
        (
            blocks(&self.wanted_columns, component.horizontal),
            blocks(&self.wanted_rows, component.vertical),
        )
    }

    /// For the samples of a component that are wanted, `side` to a block.
    pub(super) fn blank(&self, component: &Component, side: usize) -> Plane {
        let (columns, rows) = self.wanted_blocks(component);
        Plane::blank(columns.len() * side, rows.len() * side)
    }

    /// What is wanted of a picture of that size, px.
    pub(super) fn shown(&self, outline: &Outline) -> Area {
        let scaled = |range: &Range<usize>, side: usize| range.start * side..range.end * side;
        let columns = scaled(&self.wanted_columns, 8 * self.horizontal);
        let rows = scaled(&self.wanted_rows, 8 * self.vertical);
        Area::of(columns, rows).clipped(outline.size)
    }
}
