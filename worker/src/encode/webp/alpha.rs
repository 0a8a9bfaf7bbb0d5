//! The alpha of a WebP with lossy colours, without loss. libwebp's own coder makes a lossless picture
//! of it, which takes five canvases and up to two fifths of the time of the whole.
//!
//! A plane of few values is packed, up to eight pixels a byte; of any other what
//! [the pixels around foretell](super::predict) is taken away, where that makes it shorter. What
//! remains is coded as copies of [what is there already](super::matches) and
//! [single values](super::prefix).
//!
//! Source: "WebP Container Specification", section "Alpha"; the lossless format as in
//! [`prefix`](super::prefix).

use super::matches::{self, Token, Worth};
use super::predict::{self, Predicted};
use super::prefix::Code;
use crate::encode::bits::Bits;

/// Up to this effort the alpha is coded here. With more, libwebp makes files up to a quarter smaller,
/// in 1.1 to 33 times the time.
pub(super) const EFFORT_MAX: u8 = 3;
/// The first byte: not compressed, or by the lossless format.
pub(super) const RAW: u8 = 0;
const LOSSLESS: u8 = 1;
/// A transform: values are numbers in a table, or what the pixels around do not foretell.
const TABLE_TRANSFORM: u32 = 3 << 1 | 1;
const PREDICTOR_TRANSFORM: u32 = 1;
/// Values of the largest table that is worth it.
const TABLE_MAX: usize = 16;
/// Symbols for single values and for lengths of copies, and for distances.
const VALUES: usize = 256;
const SYMBOLS: usize = VALUES + 24;
const DISTANCES: usize = 40;

/// What an ALPH chunk holds for `plane`, which is not empty: rows of `width` × 1.
pub(super) fn coded(plane: &[u8], width: usize) -> Vec<u8> {
    let table = values(plane);
    let coded = match table.len() <= TABLE_MAX {
        true => numbered(plane, width, &table),
        false => foretold(plane, width),
    };
    match coded.len() <= plane.len() {
        true => coded,
        false => [&[RAW], plane].concat(),
    }
}

/// Numbers of values, and the table.
fn numbered(plane: &[u8], width: usize, table: &[u8]) -> Vec<u8> {
    let mut coded = vec![LOSSLESS];
    let mut bits = Bits::new(&mut coded);
    bits.put(TABLE_TRANSFORM, 3);
    bits.put(table.len() as u32 - 1, 8);
    let table_image = differences(table);
    Image::new(&table_image, table.len(), Worth::LONG).write(Kind::Aside, &mut bits);
    let packed = Packed::new(plane, width, table);
    Image::new(&packed.bytes, packed.width, Worth::LONG).write(Kind::Main, &mut bits);
    bits.finish();
    coded
}

/// What is not foretold, or the values as they are, whichever is shorter.
fn foretold(plane: &[u8], width: usize) -> Vec<u8> {
    let mut coded = vec![LOSSLESS];
    let mut bits = Bits::new(&mut coded);
    let plain = Image::new(plane, width, Worth::SHORT);
    let Predicted { left, ways, across } = Predicted::new(plane, width);
    let rest = Image::new(&left, width, Worth::LONG);
    if plain.cost <= rest.cost {
        plain.write(Kind::Main, &mut bits);
    } else {
        bits.put(PREDICTOR_TRANSFORM, 3);
        bits.put(predict::TILE_BITS - 2, 3);
        Image::new(&ways, across, Worth::SHORT).write(Kind::Aside, &mut bits);
        rest.write(Kind::Main, &mut bits);
    }
    bits.finish();
    coded
}

/// The values that occur, the lowest first.
fn values(plane: &[u8]) -> Vec<u8> {
    let mut occur = [false; VALUES];
    for value in plane {
        occur[usize::from(*value)] = true;
    }
    (0..=u8::MAX)
        .filter(|value| occur[usize::from(*value)])
        .collect()
}

fn differences(table: &[u8]) -> Vec<u8> {
    let before = std::iter::once(&0).chain(table);
    let pairs = table.iter().zip(before);
    pairs.map(|(value, before)| value - before).collect()
}

/// Numbers of values, several in a byte.
struct Packed {
    bytes: Vec<u8>,
    width: usize,
}

impl Packed {
    fn new(plane: &[u8], width: usize, table: &[u8]) -> Self {
        let mut numbers = [0; VALUES];
        for (number, value) in table.iter().enumerate() {
            numbers[usize::from(*value)] = number as u8;
        }
        let together = match table.len() {
            0..=2 => 8,
            3..=4 => 4,
            _ => 2,
        };
        let bits = 8 / together;
        let pack = |pixels: &[u8]| {
            let pixels = pixels.iter().rev();
            pixels.fold(0, |byte, value| byte << bits | numbers[usize::from(*value)])
        };
        let packed_width = width.div_ceil(together);
        let mut bytes = Vec::with_capacity(plane.len() / width * packed_width);
        for row in plane.chunks(width) {
            bytes.extend(row.chunks(together).map(pack));
        }
        Self {
            bytes,
            width: packed_width,
        }
    }
}

/// What an image stands for: its codes may differ from place to place, which is said of main
/// images only.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Main,
    /// Of a transform.
    Aside,
}

/// Values and how they are coded. What is found in them is found twice, to be counted and to be
/// written: to remember it would take as much memory as a canvas.
struct Image<'a> {
    values: &'a [u8],
    width: usize,
    worth: Worth,
    symbols: Code,
    distances: Code,
    /// Bits of what is coded, without what is said of the codes.
    cost: u64,
}

impl<'a> Image<'a> {
    fn new(values: &'a [u8], width: usize, worth: Worth) -> Self {
        let mut symbols = [0; SYMBOLS];
        let mut distances = [0; DISTANCES];
        let mut further = 0;
        matches::parts(values, width, worth, |token| match token {
            Token::Literal(value) => symbols[usize::from(value)] += 1,
            Token::Copy { length, distance } => {
                let (length, distance) = (Prefixed::of(length), Prefixed::of(distance));
                symbols[VALUES + length.symbol] += 1;
                distances[distance.symbol] += 1;
                further += u64::from(length.bits + distance.bits);
            }
        });
        let (of_symbols, of_distances) = (Code::of(&symbols), Code::of(&distances));
        let cost = of_symbols.cost(&symbols) + of_distances.cost(&distances) + further;
        Self {
            values,
            width,
            worth,
            symbols: of_symbols,
            distances: of_distances,
            cost,
        }
    }

    fn write(self, kind: Kind, bits: &mut Bits<'_>) {
        if kind == Kind::Main {
            // No further transform.
            bits.put(0, 1);
        }
        // No cache of colours.
        bits.put(0, 1);
        if kind == Kind::Main {
            // The same codes everywhere.
            bits.put(0, 1);
        }
        // The values are green; red, blue and alpha are the symbol 0 and take no bits.
        self.symbols.describe(bits);
        for _ in 0..3 {
            Code::of(&[0]).describe(bits);
        }
        self.distances.describe(bits);
        matches::parts(self.values, self.width, self.worth, |token| match token {
            Token::Literal(value) => self.symbols.put(value.into(), bits),
            Token::Copy { length, distance } => {
                let (length, distance) = (Prefixed::of(length), Prefixed::of(distance));
                self.symbols.put(VALUES + length.symbol, bits);
                bits.put(length.further, length.bits);
                self.distances.put(distance.symbol, bits);
                bits.put(distance.further, distance.bits);
            }
        });
    }
}

/// A length or a distance as a symbol for its magnitude and further bits.
struct Prefixed {
    symbol: usize,
    further: u32,
    bits: u32,
}

impl Prefixed {
    /// Of a number from 1 on.
    fn of(number: usize) -> Self {
        let number = number as u32 - 1;
        if number < 4 {
            return Self {
                symbol: number as usize,
                further: 0,
                bits: 0,
            };
        }
        let bits = number.ilog2() - 1;
        Self {
            symbol: (2 * bits + (number >> bits)) as usize,
            further: number & ((1 << bits) - 1),
            bits,
        }
    }
}

#[cfg(test)]
mod tests;
