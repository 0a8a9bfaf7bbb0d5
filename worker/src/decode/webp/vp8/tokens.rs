//! The coefficients of a macroblock.
//!
//! Source: RFC 6386, section 13.

use super::bools::Bools;
use super::header::Steps;
use super::tables::{BAND, CONTEXTS, NODES, TOKENS};

/// Where a coefficient of a block of 4 × 4 lies, in the order of the stream.
const PLACE: [usize; 16] = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];
/// Probabilities of the further bits of large values, and what these begin with.
const CLASS_3: [u8; 3] = [173, 148, 140];
const CLASS_4: [u8; 4] = [176, 155, 140, 135];
const CLASS_5: [u8; 5] = [180, 157, 141, 134, 130];
const CLASS_6: [u8; 11] = [254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129];

/// Blocks of a macroblock: luma, blue, red, the first coefficients of luma.
pub(super) const BLOCKS: usize = 25;
const FIRSTS: usize = 24;
/// Blocks of luma across and down, and of one chroma.
const LUMA: usize = 4;
const CHROMA: usize = 2;

/// A block of 4 × 4, row by row.
pub(super) type Block = [i32; 16];

/// What the coefficients of blocks of one kind are likely to be, by position. One more stands
/// behind the last, which is looked up but not used.
type Likely = [[[u8; NODES]; CONTEXTS]; 17];

/// Kinds of blocks, as the tables have them.
#[derive(Clone, Copy)]
enum Kind {
    LumaWithoutFirst,
    Firsts,
    Chroma,
    Luma,
}

/// What is likely, for all kinds.
pub(super) struct Tokens {
    likely: Box<[Likely; 4]>,
    /// Whether the blocks above have coefficients: of each macroblock luma, blue, red and firsts.
    above: Vec<Around>,
    left: Around,
}

/// Which blocks have coefficients, at one side of a macroblock.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    luma: [bool; LUMA],
    chroma: [[bool; CHROMA]; 2],
    firsts: bool,
}

/// What is known of the coefficients that were read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Found {
    /// Of each block (firsts aside) how many of its coefficients may not be 0.
    pub(super) lengths: [u8; FIRSTS],
    /// Whether any block has one.
    pub(super) any: bool,
}

impl Tokens {
    /// For rows of `across` macroblocks.
    pub(super) fn new(tokens: &[u8; TOKENS], across: usize) -> Self {
        let bands = tokens.as_chunks::<NODES>().0.as_chunks::<CONTEXTS>().0;
        let mut likely = Box::new([[[[0; NODES]; CONTEXTS]; 17]; 4]);
        for (likely, bands) in likely.iter_mut().zip(bands.as_chunks::<8>().0) {
            for (likely, band) in likely.iter_mut().zip(BAND) {
                *likely = bands[band];
            }
        }
        Self {
            likely,
            above: vec![Around::default(); across],
            left: Around::default(),
        }
    }

    pub(super) fn begin_row(&mut self) {
        self.left = Around::default();
    }

    /// Passes the macroblock at `x`, which has no coefficients.
    pub(super) fn pass(&mut self, x: usize, has_firsts: bool) {
        for around in [&mut self.above[x], &mut self.left] {
            *around = Around {
                firsts: around.firsts && !has_firsts,
                ..Around::default()
            };
        }
    }

    /// Reads the coefficients of the macroblock at `x` to `blocks`, which are all 0.
    pub(super) fn read(
        &mut self,
        bools: &mut Bools<'_>,
        steps: &Steps,
        x: usize,
        has_firsts: bool,
        blocks: &mut [Block; BLOCKS],
    ) -> Found {
        let mut found = Found::default();
        let (above, left) = (&mut self.above[x], &mut self.left);
        let mut kind = Kind::Luma;
        if has_firsts {
            kind = Kind::LumaWithoutFirst;
            let likely = &self.likely[Kind::Firsts as usize];
            let context = usize::from(above.firsts) + usize::from(left.firsts);
            let block = &mut blocks[FIRSTS];
            let length = read_block(bools, likely, context, 0, steps.firsts, block);
            (above.firsts, left.firsts) = (length > 0, length > 0);
            if length > 0 {
                let firsts = std::mem::take(block);
                spread(&firsts, blocks);
            }
        }
        let first = usize::from(has_firsts);
        let likely = &self.likely[kind as usize];
        for (y, left) in left.luma.iter_mut().enumerate() {
            for (x, above) in above.luma.iter_mut().enumerate() {
                let number = y * LUMA + x;
                let block = &mut blocks[number];
                let context = usize::from(*above) + usize::from(*left);
                let length = read_block(bools, likely, context, first, steps.luma, block);
                let has_some = length > first;
                (*above, *left) = (has_some, has_some);
                let length = length.max(usize::from(block[0] != 0));
                found.lengths[number] = if has_some || block[0] != 0 {
                    length as u8
                } else {
                    0
                };
            }
        }
        let likely = &self.likely[Kind::Chroma as usize];
        for (colour, (above, left)) in above.chroma.iter_mut().zip(&mut left.chroma).enumerate() {
            for (y, left) in left.iter_mut().enumerate() {
                for (x, above) in above.iter_mut().enumerate() {
                    let number = 16 + colour * 4 + y * CHROMA + x;
                    let block = &mut blocks[number];
                    let context = usize::from(*above) + usize::from(*left);
                    let length = read_block(bools, likely, context, 0, steps.chroma, block);
                    (*above, *left) = (length > 0, length > 0);
                    found.lengths[number] = length as u8;
                }
            }
        }
        found.any = found.lengths.iter().any(|length| *length > 0);
        found
    }
}

/// Reads a block from its coefficient `first` on; gives how many there are up to the last that was said,
/// or `first`.
#[inline(never)]
fn read_block(
    bools: &mut Bools<'_>,
    likely: &Likely,
    context: usize,
    first: usize,
    steps: [i32; 2],
    block: &mut Block,
) -> usize {
    // Kept in registers meanwhile.
    let mut own = *bools;
    let mut at = first;
    let mut nodes = &likely[at][context];
    'block: while own.bit(nodes[0]) {
        while !own.bit(nodes[1]) {
            at += 1;
            if at == 16 {
                break 'block;
            }
            nodes = &likely[at][0];
        }
        let (value, context) = match own.bit(nodes[2]) {
            false => (1, 1),
            true => (large(&mut own, nodes), 2),
        };
        block[PLACE[at]] = own.signed_as(value) * steps[usize::from(at > 0)];
        at += 1;
        if at == 16 {
            break;
        }
        nodes = &likely[at][context];
    }
    *bools = own;
    at
}

/// A value from 2 on.
#[inline(always)]
fn large(bools: &mut Bools<'_>, nodes: &[u8; NODES]) -> i32 {
    if !bools.bit(nodes[3]) {
        return match bools.bit(nodes[4]) {
            false => 2,
            true => 3 + i32::from(bools.bit(nodes[5])),
        };
    }
    if !bools.bit(nodes[6]) {
        return match bools.bit(nodes[7]) {
            false => further(bools, 5, &[159]),
            true => further(bools, 7, &[165, 145]),
        };
    }
    if !bools.bit(nodes[8]) {
        return match bools.bit(nodes[9]) {
            false => further(bools, 11, &CLASS_3),
            true => further(bools, 19, &CLASS_4),
        };
    }
    match bools.bit(nodes[10]) {
        false => further(bools, 35, &CLASS_5),
        true => further(bools, 67, &CLASS_6),
    }
}

#[inline(always)]
fn further(bools: &mut Bools<'_>, least: i32, likely: &[u8]) -> i32 {
    let bits = likely.iter();
    let more = bits.fold(0, |more, likely| more << 1 | i32::from(bools.bit(*likely)));
    least + more
}

/// The inverse Walsh-Hadamard transform, to the first coefficients of all blocks of luma.
///
/// Source: RFC 6386, section 14.3.
fn spread(firsts: &Block, blocks: &mut [Block; BLOCKS]) {
    let mut half = [0; 16];
    for x in 0..4 {
        let [top, upper, lower, bottom] = [0, 4, 8, 12].map(|row| firsts[row + x]);
        let (outer, inner) = (top + bottom, upper + lower);
        let (outer_less, inner_less) = (top - bottom, upper - lower);
        half[x] = outer + inner;
        half[4 + x] = inner_less + outer_less;
        half[8 + x] = outer - inner;
        half[12 + x] = outer_less - inner_less;
    }
    for (row, blocks) in half
        .as_chunks::<4>()
        .0
        .iter()
        .zip(blocks.as_chunks_mut::<4>().0)
    {
        let [left, middle, next, right] = *row;
        let (outer, inner) = (left + right, middle + next);
        let (outer_less, inner_less) = (left - right, middle - next);
        let values = [
            outer + inner,
            inner_less + outer_less,
            outer - inner,
            outer_less - inner_less,
        ];
        for (block, value) in blocks.iter_mut().zip(values) {
            block[0] = (value + 3) >> 3;
        }
    }
}
