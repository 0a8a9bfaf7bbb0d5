//! Luma, with chroma or without, to a baseline JPEG in one scan: markers, blocks, codes.
//!
//! It writes nothing else: progressive files are made by another encoder.
//!
//! Source: ITU-T T.81, annexes B, C and F; JFIF 1.02.

use std::io::Write;

use super::bits::Bits;
use super::tables::{self, Code, Steps, ZIGZAG};
use super::transform::{Block, Coefficients, ORDER, PLACE, Transform};
use crate::encode::bounded::Bounded;
use crate::planes::Plane;
use crate::refused::Refused;

/// Encodes `luma`, whose sides are at most 65,535 px, and `chroma`, of which there are no planes or two; to one of their
/// samples there are so many of luma as `across` and `down` say, one if there is no chroma.
pub(super) fn encode(
    luma: &Plane,
    chroma: &[Plane],
    (across, down): (usize, usize),
    quality: u8,
    bytes: &mut Bounded,
) -> Result<(), Refused> {
    let steps = tables::quantisation(quality);
    let kinds = if chroma.is_empty() { 1 } else { 2 };
    let mut write = |part: &[u8]| bytes.write_all(part).map_err(Refused::bug);
    write(&head(luma, (across, down), &steps[..kinds]))?;
    let coder = |kind: usize| Coder {
        transform: Transform::new(&steps[kind]),
        dc: tables::DC[kind].codes(),
        ac: tables::AC[kind].codes(),
    };
    let coders = [coder(0), coder(1)];
    let columns = luma.width.div_ceil(8 * across);
    let mut bits = Bits::default();
    let (mut before, mut before_chroma) = (0, [0; 2]);
    for row in 0..luma.height.div_ceil(8 * down) {
        for column in 0..columns {
            for block in 0..across * down {
                let (x, y) = (
                    column * across + block % across,
                    row * down + block / across,
                );
                coders[0].put(&block_of(luma, x, y), &mut before, &mut bits);
            }
            for (plane, before) in chroma.iter().zip(&mut before_chroma) {
                coders[1].put(&block_of(plane, column, row), before, &mut bits);
            }
        }
        write(bits.take().as_slice())?;
    }
    bits.end();
    write(bits.take().as_slice())?;
    write(&[0xff, 0xd9])
}

/// The block at a column and a row of blocks, around zero; past the sides the outermost samples go
/// on. Rows become floats as they are read: put together as bytes first, they would have to wait
/// for each other.
#[inline(always)]
fn block_of(plane: &Plane, column: usize, row: usize) -> Block {
    let (left, top) = (column * 8, row * 8);
    let mut block = [[0.0; 8]; 8];
    if left + 8 <= plane.width && top + 8 <= plane.height {
        let rows = plane.samples[top * plane.stride..].chunks(plane.stride);
        for (target, row) in block.iter_mut().zip(rows) {
            for (target, sample) in target.iter_mut().zip(&row[left..left + 8]) {
                *target = f32::from(*sample) - 128.0;
            }
        }
        return block;
    }
    for (y, target) in block.iter_mut().enumerate() {
        let line = plane.row(top + y);
        for (x, target) in target.iter_mut().enumerate() {
            *target = f32::from(line[(left + x).min(line.len() - 1)]) - 128.0;
        }
    }
    block
}

/// What turns blocks of one kind of plane into bits.
struct Coder {
    transform: Transform,
    dc: [Code; 256],
    ac: [Code; 256],
}

impl Coder {
    #[inline(always)]
    fn put(&self, block: &Block, before: &mut i32, bits: &mut Bits) {
        let coefficients = self.transform.quantised(block);
        let dc = i32::from(coefficients[0][0]);
        coded(&self.dc, 0, dc - *before, bits);
        *before = dc;
        // Without the first one, which is DC.
        let mut left = present(&coefficients) & !1;
        let places = coefficients.as_flattened();
        let mut last = 0;
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            let mut run = at - last - 1;
            while run > 15 {
                coded(&self.ac, 0xf0, 0, bits);
                run -= 16;
            }
            let place = usize::from(PLACE[at as usize & 63]);
            coded(&self.ac, run << 4, places[place & 63].into(), bits);
            last = at;
        }
        if last < 63 {
            coded(&self.ac, 0, 0, bits);
        }
    }
}

/// Which coefficients are not zero, as bits in the order of the file.
#[inline(always)]
fn present(coefficients: &Coefficients) -> u64 {
    let mut present = 0;
    for (row, values) in coefficients.iter().enumerate() {
        let mut ones = [0; 8];
        for (one, value) in ones.iter_mut().zip(values) {
            *one = u8::from(*value != 0);
        }
        // Gathers the lowest bit of each byte in the highest byte.
        let gathered = u64::from_le_bytes(ones).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        present |= gathered << (row * 8);
    }
    let (mut left, mut ordered) = (present, 0);
    while left != 0 {
        ordered |= 1 << ORDER[left.trailing_zeros() as usize & 63];
        left &= left - 1;
    }
    ordered
}

/// The code of a symbol whose lowest bits are the length of `value`, and the value.
#[inline(always)]
fn coded(codes: &[Code; 256], symbol: u32, value: i32, bits: &mut Bits) {
    let length = 32 - value.unsigned_abs().leading_zeros();
    let code = codes[((symbol | length) & 255) as usize];
    let below = if value < 0 { value - 1 } else { value };
    let tail = below as u32 & ((1 << length) - 1);
    bits.put(
        u32::from(code.bits) << length | tail,
        u32::from(code.length) + length,
    );
}

/// Everything in front of the blocks; `steps` of luma, and of chroma if there is any.
fn head(luma: &Plane, (across, down): (usize, usize), steps: &[Steps]) -> Vec<u8> {
    let mut head = vec![0xff, 0xd8];
    let mut segment = |marker: u8, body: &[u8]| {
        head.extend([0xff, marker]);
        head.extend((body.len() as u16 + 2).to_be_bytes());
        head.extend_from_slice(body);
    };
    segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
    for (number, steps) in (0..).zip(steps) {
        let ordered = ZIGZAG.map(|place| steps[usize::from(place)]);
        segment(0xdb, &[&[number], &ordered[..]].concat());
    }
    let ([w0, w1], [h0, h1]) = (
        (luma.width as u16).to_be_bytes(),
        (luma.height as u16).to_be_bytes(),
    );
    let sampling = (across << 4 | down) as u8;
    let components = [[1, sampling, 0], [2, 0x11, 1], [3, 0x11, 1]];
    let selectors = [[1, 0x00], [2, 0x11], [3, 0x11]];
    let count = if steps.len() == 1 { 1 } else { 3 };
    let frame = [8, h0, h1, w0, w1, count as u8];
    segment(0xc0, &[&frame, components[..count].as_flattened()].concat());
    for (class, specs) in [(0x00, &tables::DC), (0x10, &tables::AC)] {
        for (number, spec) in (class..).zip(specs).take(steps.len()) {
            segment(0xc4, &[&[number], &spec.counts[..], spec.symbols].concat());
        }
    }
    let selectors = selectors[..count].as_flattened();
    segment(0xda, &[&[count as u8], selectors, &[0, 63, 0]].concat());
    head
}
