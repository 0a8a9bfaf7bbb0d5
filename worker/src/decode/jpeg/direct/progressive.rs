//! A progressive JPEG: coefficients come bit by bit, in scans, and are kept until the last of these.
//!
//! Source: ITU-T T.81, annex G.

mod scan;

use super::block::Recipe;
use super::tables::Codes;
use super::{Component, Mcus, Outline, Tables, is_complete};
use crate::planes::Plane;
use scan::Pass;

/// The planes of all components, whose blocks become so many samples on a side.
pub(super) fn decode(
    source: &[u8],
    outline: &Outline,
    mcus: &Mcus,
    sides: [usize; 3],
) -> Option<Vec<Plane>> {
    let last = outline.scans.last()?;
    if !is_complete(source, last) {
        return None;
    }
    let mut tables = Tables::default();
    let components = outline.components.iter();
    let mut parts: Vec<_> = components
        .map(|component| Part::new(outline, mcus, component))
        .collect();
    let mut from = 0;
    for scan in &outline.scans {
        tables.read(source, from..scan.header.start, &Codes::new)?;
        from = scan.data.end;
        let pass = Pass::read(source.get(scan.header.clone())?, outline)?;
        let data = source.get(scan.data.clone())?;
        pass.run(data, &tables, mcus, &mut parts)?;
    }
    let parts = parts.into_iter().zip(&outline.components).zip(sides);
    let planes = parts.map(|((part, component), side)| {
        let table = tables
            .quantisation
            .get(usize::from(component.quantisation))?;
        part.plane(&Recipe::new(side, table.as_ref()?), mcus, component)
    });
    planes.collect()
}

/// A component on its way.
struct Part {
    /// Blocks in an MCU.
    across: usize,
    down: usize,
    /// Blocks in a row with those that only fill MCUs, and in rows and columns without them.
    stride: usize,
    columns: usize,
    rows: usize,
    /// Coefficients in the order of the file.
    blocks: Vec<[i16; 64]>,
    /// Which of them are not 0.
    set: Vec<u64>,
}

impl Part {
    fn new(outline: &Outline, mcus: &Mcus, component: &Component) -> Self {
        let (across, down) = (component.horizontal.into(), component.vertical.into());
        let own =
            |side: u32, own: usize, all: usize| (side as usize * own).div_ceil(all).div_ceil(8);
        let stride = mcus.columns * across;
        let count = stride * mcus.rows * down;
        Self {
            across,
            down,
            stride,
            columns: own(outline.size.width, across, mcus.horizontal),
            rows: own(outline.size.height, down, mcus.vertical),
            blocks: vec![[0; 64]; count],
            set: vec![0; count],
        }
    }

    fn plane(self, recipe: &Recipe, mcus: &Mcus, component: &Component) -> Option<Plane> {
        let side = recipe.side;
        let mut plane = mcus.blank(component, side);
        let stride = plane.stride;
        let (columns, rows) = mcus.wanted_blocks(component);
        for (y, row) in rows.enumerate() {
            for (x, column) in columns.clone().enumerate() {
                let at = row * self.stride + column;
                let (block, set) = (self.blocks.get(at)?, *self.set.get(at)?);
                let target = plane.samples.get_mut((y * stride + x) * side..)?;
                let target = target.get_mut(..(side - 1) * stride + side)?;
                recipe.known(block, set, target, stride)?;
            }
        }
        Some(plane)
    }
}
