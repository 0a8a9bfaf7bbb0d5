//! A lossy picture: a key frame of VP8, to planes.
//!
//! Row by row of macroblocks: what is said of each is read, foretold from the pixels around, corrected by
//! coefficients, and the edges of the row are filtered while it is at hand. What foretells are pixels before
//! the filter, so the last row of them is kept. Samples are those of every decoder, by the format's rule.
//!
//! Source: RFC 6386, "VP8 Data Format and Decoding Guide".

mod bools;
mod colours;
mod edges;
mod header;
mod modes;
mod predict;
mod rows;
mod tables;
mod tokens;
mod transform;

use crate::picture::Size;
use crate::planes::Plane;
use crate::refused::Refused;
pub(super) use colours::Colours;
use header::Header;
use modes::{Luma, Macroblock, Modes};
use predict::{ABOVE, LEFT};
use rows::Edges;
use tokens::{BLOCKS, Block, Found, Tokens};

/// Side of a macroblock, px, of its chroma and of a block with coefficients of its own.
const SIDE: usize = 16;
const CHROMA_SIDE: usize = 8;
const SMALL: usize = 4;

/// A picture as it is stored: luma, and half as much blue and red in each direction.
pub(super) struct KeyFrame {
    pub(super) size: Size,
    pub(super) luma: Plane,
    /// Blue and red.
    pub(super) chroma: [Plane; 2],
}

/// The macroblock at work, with what lies around it: in each row of luma the pixel to the left is the
/// one before `SIDE`, and behind the block are four pixels further to the right of the row above.
struct Work {
    luma: [[u8; 40]; 1 + SIDE],
    chroma: [[[u8; 16]; 1 + CHROMA_SIDE]; 2],
    blocks: Box<[Block; BLOCKS]>,
}

/// The last rows of pixels above the macroblocks, before they are filtered.
struct Above {
    /// Four more than there are, which repeat the last.
    luma: Vec<u8>,
    chroma: [Vec<u8>; 2],
}

/// The size of the picture in `data`, px, which may be 0.
///
/// # Errors
///
/// If it does not begin as a key frame does.
pub(super) fn size(data: &[u8]) -> Result<Size, Refused> {
    header::size(data)
}

/// The picture in `data`, a `VP8 ` chunk.
///
/// # Errors
///
/// If it is not a sound key frame.
pub(super) fn decode(data: &[u8]) -> Result<KeyFrame, Refused> {
    let size = size(data)?;
    let (header, mut first, mut partitions) = header::read(data)?;
    let mut frame = KeyFrame::blank(size);
    let across = (size.width as usize).div_ceil(SIDE);
    let mut modes = Modes::new(across);
    let mut tokens = Tokens::new(&header.tokens, across);
    let mut above = Above::new(across);
    let mut work = Work::new();
    let mut edges = vec![Edges::default(); across];
    let count = partitions.len();
    for y in 0..(size.height as usize).div_ceil(SIDE) {
        let partition = &mut partitions[y % count];
        modes.begin_row();
        tokens.begin_row();
        work.begin_row(y);
        above.begin_row();
        for (x, edges) in edges.iter_mut().enumerate() {
            let macroblock = modes.read(&mut first, &header, x);
            let has_firsts = matches!(macroblock.luma, Luma::Whole(_));
            let mut found = Found::default();
            if macroblock.is_empty {
                tokens.pass(x, has_firsts);
            } else {
                let steps = &header.steps[macroblock.segment];
                found = tokens.read(partition, steps, x, has_firsts, &mut work.blocks);
            }
            *edges = of_edges(&header, &macroblock, &found);
            work.enter(&above, x);
            work.draw(&macroblock, &found, (x, y));
            work.leave(&mut above, &mut frame, (x, y));
        }
        if first.is_over() || partition.is_over() {
            return Err(header::ends_early());
        }
        rows::filter(&mut frame, y, &edges, header.is_simple);
    }
    Ok(frame)
}

fn of_edges(header: &Header, macroblock: &Macroblock, found: &Found) -> Edges {
    let is_small = matches!(macroblock.luma, Luma::Small(_));
    Edges {
        strength: header.strengths[macroblock.segment][usize::from(is_small)],
        inside: is_small || found.any,
    }
}

impl KeyFrame {
    fn blank(size: Size) -> Self {
        let (width, height) = (size.width as usize, size.height as usize);
        let plane = |width: usize, height: usize, side: usize| {
            let stride = width.div_ceil(side) * side;
            Plane {
                width,
                height,
                stride,
                samples: vec![0; stride * height.div_ceil(side) * side],
            }
        };
        let chroma = || plane(width.div_ceil(2), height.div_ceil(2), CHROMA_SIDE);
        Self {
            size,
            luma: plane(width, height, SIDE),
            chroma: [chroma(), chroma()],
        }
    }
}

impl Above {
    fn new(across: usize) -> Self {
        let chroma = || vec![ABOVE; CHROMA_SIDE * across];
        Self {
            luma: vec![ABOVE; SIDE * across + SMALL],
            chroma: [chroma(), chroma()],
        }
    }

    fn begin_row(&mut self) {
        if let Some(([.., last], further)) = self.luma.split_last_chunk_mut::<SMALL>() {
            *further = [*last; SMALL];
        }
    }
}

impl Work {
    fn new() -> Self {
        Self {
            luma: [[ABOVE; 40]; 1 + SIDE],
            chroma: [[[ABOVE; 16]; 1 + CHROMA_SIDE]; 2],
            blocks: Box::new([[0; 16]; BLOCKS]),
        }
    }

    /// Sets what is taken for the pixels to the left of row `y`, where the next macroblock will look
    /// for the last pixels of the one before it.
    fn begin_row(&mut self, y: usize) {
        let corner = if y == 0 { ABOVE } else { LEFT };
        let luma = self.luma.iter_mut().map(|row| &mut row[2 * SIDE - 1]);
        let chroma = self.chroma.iter_mut();
        let chroma = chroma.map(|rows| rows.iter_mut().map(|row| &mut row[2 * CHROMA_SIDE - 1]));
        luma.enumerate()
            .chain(chroma.flat_map(Iterator::enumerate))
            .for_each(|(row, pixel)| *pixel = if row == 0 { corner } else { LEFT });
    }

    /// Lays around the macroblock at `x` what is known: to the left what was drawn before.
    fn enter(&mut self, above: &Above, x: usize) {
        for row in &mut self.luma {
            row[SIDE - 1] = row[2 * SIDE - 1];
        }
        self.luma[0][SIDE..][..SIDE + SMALL]
            .copy_from_slice(&above.luma[x * SIDE..][..SIDE + SMALL]);
        // Blocks at the right have no neighbour above to the right but that of the macroblock.
        for row in [4, 8, 12] {
            self.luma[row][2 * SIDE..][..SMALL]
                .copy_from_slice(&above.luma[(x + 1) * SIDE..][..SMALL]);
        }
        for (rows, above) in self.chroma.iter_mut().zip(&above.chroma) {
            for row in rows.iter_mut() {
                row[CHROMA_SIDE - 1] = row[2 * CHROMA_SIDE - 1];
            }
            rows[0][CHROMA_SIDE..].copy_from_slice(&above[x * CHROMA_SIDE..][..CHROMA_SIDE]);
        }
    }

    /// Draws the macroblock; its coefficients are 0 afterwards.
    fn draw(&mut self, macroblock: &Macroblock, found: &Found, (x, y): (usize, usize)) {
        if let Luma::Whole(mode) = macroblock.luma {
            predict::whole::<SIDE, _>(&mut self.luma, mode, y > 0, x > 0);
        }
        let (luma, chroma) = self.blocks.split_at_mut(SIDE);
        for (number, (block, length)) in luma.iter_mut().zip(&found.lengths).enumerate() {
            let (across, down) = (number % 4 * SMALL, number / 4 * SMALL);
            let Some(rows) = self.luma[down..].first_chunk_mut::<5>() else {
                continue;
            };
            if let Luma::Small(modes) = &macroblock.luma {
                predict::small(rows, SIDE + across, modes[number]);
            }
            add(block, *length, rows, SIDE + across);
        }
        for rows in &mut self.chroma {
            predict::whole::<CHROMA_SIDE, _>(rows, macroblock.chroma, y > 0, x > 0);
        }
        for (number, (block, length)) in chroma.iter_mut().zip(&found.lengths[SIDE..]).enumerate() {
            let (across, down) = (number % 2 * SMALL, number / 2 % 2 * SMALL);
            if let Some(rows) = self.chroma[number / 4][down..].first_chunk_mut::<5>() {
                add(block, *length, rows, CHROMA_SIDE + across);
            }
        }
    }

    /// Brings what was drawn to where it belongs.
    fn leave(&mut self, above: &mut Above, frame: &mut KeyFrame, (x, y): (usize, usize)) {
        put::<SIDE, _>(&self.luma, &mut frame.luma, &mut above.luma, (x, y));
        let chroma = frame.chroma.iter_mut().zip(&mut above.chroma);
        for (rows, (plane, above)) in self.chroma.iter().zip(chroma) {
            put::<CHROMA_SIDE, _>(rows, plane, above, (x, y));
        }
    }
}

/// Adds a block that has coefficients below the first of `rows`, and clears it.
fn add<const WIDTH: usize>(
    block: &mut Block,
    length: u8,
    rows: &mut [[u8; WIDTH]; 5],
    left: usize,
) {
    if length > 0
        && let Some(rows) = rows.last_chunk_mut::<4>()
    {
        transform::add(block, length, rows, left);
        *block = [0; 16];
    }
}

fn put<const SIDE: usize, const WIDTH: usize>(
    rows: &[[u8; WIDTH]],
    plane: &mut Plane,
    above: &mut [u8],
    (x, y): (usize, usize),
) {
    let own = plane.samples[y * SIDE * plane.stride..].chunks_exact_mut(plane.stride);
    for (row, own) in rows.iter().skip(1).zip(own) {
        own[x * SIDE..][..SIDE].copy_from_slice(&row[SIDE..][..SIDE]);
    }
    if let Some(last) = rows.last() {
        above[x * SIDE..][..SIDE].copy_from_slice(&last[SIDE..][..SIDE]);
    }
}
