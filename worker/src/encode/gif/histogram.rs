//! Colours counted in cells, each with the sums of its own: the mean of a cell is exact, however
//! coarse the cells are.

use super::palette::Colour;

/// Bits per channel.
const COARSE_BITS: u32 = 5;
/// The same, for pictures that fill few coarse cells (greys, cartoons).
const FINE_BITS: u32 = 6;
/// Occupied coarse cells below which the colours are counted again, in fine ones.
const FEW_CELLS: usize = 1024;
/// The mean colour of an occupied cell, and how many pixels it stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) weight: f64,
    pub(super) colour: [f64; 3],
}

/// The occupied cells of the colours that `each` hands over, once or twice; at most 2²⁴ of them,
/// so that the sums of a cell fit into 32 bits.
pub(super) fn points(each: impl Fn(&mut dyn FnMut(Colour))) -> Vec<Point> {
    let points = counted(&each, COARSE_BITS);
    if points.len() < FEW_CELLS {
        return counted(&each, FINE_BITS);
    }
    points
}

fn counted(each: impl Fn(&mut dyn FnMut(Colour)), bits: u32) -> Vec<Point> {
    // How many, and the sums of red, green, blue.
    let mut cells = vec![[0_u32; 4]; 1 << (3 * bits)];
    each(&mut |colour| {
        let [r, g, b] = colour.map(u32::from);
        let shift = 8 - bits;
        let cell = (r >> shift) << (2 * bits) | (g >> shift) << bits | b >> shift;
        let cell = &mut cells[cell as usize];
        for (sum, one) in cell.iter_mut().zip([1, r, g, b]) {
            *sum += one;
        }
    });
    let occupied = cells.iter().filter(|[count, ..]| *count > 0);
    occupied
        .map(|&[count, r, g, b]| {
            let weight = f64::from(count);
            Point {
                weight,
                colour: [r, g, b].map(|sum| f64::from(sum) / weight),
            }
        })
        .collect()
}
