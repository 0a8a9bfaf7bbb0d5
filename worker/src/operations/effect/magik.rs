//! Magik: the picture squeezed where least is to be seen, and pulled out again: seams of the
//! least energy are taken out, one by one, and the rest is brought back to the old size.
//!
//! Source: S. Avidan and A. Shamir, "Seam Carving for Content-Aware Image Resizing", SIGGRAPH
//! 2007.

use protocol::Magik;

use crate::operations::Effect;
use crate::operations::colours::luma;
use crate::operations::geometry;
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

/// Longest side that is carved, px; the work grows with its third power.
const LONGEST: u32 = 200;

impl Effect for Magik {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = picture.size;
        let longer = size.width.max(size.height);
        let scale = f64::from(LONGEST.min(longer)) / f64::from(longer);
        let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
        let small = geometry::quickly(picture, Size::new(scaled(size.width), scaled(size.height)))?;
        let rest = 1.0 - f64::from(self.scale) * 0.1;
        let narrow = carved(small, rest);
        let carved = carved(narrow.transposed(), rest).transposed();
        geometry::smoothly(carved, size)
    }
}

/// Takes out seams from top to bottom until that share of the width is left.
fn carved(picture: Picture, rest: f64) -> Picture {
    let height = picture.size.height;
    let mut rows: Vec<Vec<[u8; CHANNELS]>> = picture
        .rows()
        .map(|row| row.as_chunks::<CHANNELS>().0.to_vec())
        .collect();
    let width = ((f64::from(picture.size.width) * rest).round() as u32).max(1);
    for _ in width..picture.size.width {
        let seam = seam(&rows);
        for (row, at) in rows.iter_mut().zip(seam) {
            row.remove(at);
        }
    }
    Picture {
        size: Size::new(width, height),
        pixels: rows.concat().concat(),
    }
}

/// How much a pixel differs from its neighbours; what is transparent has no colour to differ.
fn energies(rows: &[Vec<[u8; CHANNELS]>]) -> Vec<Vec<i32>> {
    let light = |row: &Vec<[u8; CHANNELS]>| -> Vec<i32> {
        let seen = |pixel: &[u8; CHANNELS]| i32::from(luma(*pixel)) * i32::from(pixel[3]) / 255;
        row.iter().map(seen).collect()
    };
    let lights: Vec<Vec<i32>> = rows.iter().map(light).collect();
    let last = lights.len() - 1;
    let energy = |y: usize| {
        let (above, row, below) = (
            &lights[y.saturating_sub(1)],
            &lights[y],
            &lights[(y + 1).min(last)],
        );
        let end = row.len() - 1;
        let at = |x: usize| {
            let across = row[(x + 1).min(end)] - row[x.saturating_sub(1)];
            across.abs() + (below[x] - above[x]).abs()
        };
        (0..row.len()).map(at).collect()
    };
    (0..lights.len()).map(energy).collect()
}

/// The column of each row on the way of least energy.
fn seam(rows: &[Vec<[u8; CHANNELS]>]) -> Vec<usize> {
    let mut sums = energies(rows);
    for y in 1..sums.len() {
        let (before, after) = sums.split_at_mut(y);
        let (above, row) = (&before[y - 1], &mut after[0]);
        for (x, sum) in row.iter_mut().enumerate() {
            let near = &above[x.saturating_sub(1)..(x + 2).min(above.len())];
            *sum += near.iter().min().copied().unwrap_or(0);
        }
    }
    let mut seam = vec![0; sums.len()];
    let mut range = 0..sums[0].len();
    for (y, at) in seam.iter_mut().enumerate().rev() {
        let best = range.clone().min_by_key(|x| sums[y][*x]).unwrap_or(0);
        *at = best;
        range = best.saturating_sub(1)..(best + 2).min(sums[y].len());
    }
    seam
}
