//! Colours counted in cells, each with the sums of its own: the mean of a cell is exact, however
//! coarse the cells are. They are as fine as it takes to have some hundred of them: a photograph's
//! are coarse, while in a dark scene each colour is a cell.

use super::palette::Colour;

/// Bits per channel of a cell, and how many occupied cells are enough: with fewer, as of greys and
/// cartoons, the colours are counted again.
const LEVELS: [(u32, usize); 2] = [(5, 1024), (6, 512)];

/// The mean colour of an occupied cell, and how many pixels it stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) weight: f64,
    pub(super) colour: [f64; 3],
}

/// What was counted.
pub(super) struct Counted {
    pub(super) points: Vec<Point>,
    /// Whether each point is one colour.
    pub(super) fine: bool,
}

/// Counts the colours that `each` hands over each time that it is called; at most 2²⁴ of them,
/// so that the sums of a cell fit into 32 bits.
pub(super) fn count(each: impl Fn(&mut dyn FnMut(Colour))) -> Counted {
    for (bits, enough) in LEVELS {
        let points = counted(&each, bits);
        if points.len() >= enough {
            return Counted {
                points,
                fine: false,
            };
        }
    }
    // They are in less than 512 cells of 64 colours each.
    let mut colours = Vec::new();
    each(&mut |colour| colours.push(colour));
    colours.sort_unstable();
    let points = colours
        .chunk_by(|one, other| one == other)
        .map(|run| Point {
            weight: run.len() as f64,
            colour: run[0].map(f64::from),
        });
    Counted {
        points: points.collect(),
        fine: true,
    }
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
