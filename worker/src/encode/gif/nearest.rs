//! The nearest of a fixed set of colours: by a search that begins where green agrees, and by a
//! memory of what was found. Where colours are many, those that share their upper bits share an
//! answer; where they are few and close together (dark scenes, greys), that would show as bands,
//! and each colour gets its own.

use super::palette::Colour;

/// Bits per channel that colours share their answer by.
const SHARED_BITS: u32 = 6;
/// Answers that are kept where each colour has its own, as a power of two.
const OWN_BITS: u32 = 14;

/// A set of at most 255 colours, in the order of their green.
pub(super) struct Nearest {
    colours: Vec<Colour>,
    /// For each green, how many colours have less.
    below: Box<[u8; 256]>,
    known: Known,
}

/// What was found. Entries are indices plus 1; 0: nobody has asked yet.
enum Known {
    /// By the upper bits, 2¹⁸ entries.
    Shared(Vec<u8>),
    /// The colour in the lower 24 bits, its entry above: the last one of those whose place it
    /// is, of 2¹⁴.
    Own(Vec<u32>),
}

impl Nearest {
    /// Of `colours`, at least 1 and at most 255; with `fine`, no two that are asked for share an
    /// answer.
    pub(super) fn new(mut colours: Vec<Colour>, fine: bool) -> Self {
        colours.truncate(255);
        // By all channels, so that the order does not hang on how the colours came about.
        colours.sort_unstable_by_key(|&[r, g, b]| [g, r, b]);
        let mut below = Box::new([0; 256]);
        for (green, below) in below.iter_mut().enumerate() {
            *below = colours.partition_point(|colour| usize::from(colour[1]) < green) as u8;
        }
        Self {
            colours,
            below,
            known: if fine {
                Known::Own(vec![0; 1 << OWN_BITS])
            } else {
                Known::Shared(vec![0; 1 << (3 * SHARED_BITS)])
            },
        }
    }

    /// In the order of their indices.
    pub(super) fn colours(&self) -> &[Colour] {
        &self.colours
    }

    /// The index, plus 1, of the colour nearest to `colour`, or to the middle of those that it
    /// shares its answer with.
    #[inline]
    pub(super) fn entry(&mut self, colour: Colour) -> u8 {
        match &self.known {
            Known::Shared(entries) => match entries[shared_place(colour)] {
                0 => self.find_shared(colour),
                entry => entry,
            },
            Known::Own(entries) => {
                let known = entries[own_place(colour)];
                let entry = (known >> 24) as u8;
                if known & 0xff_ffff == packed(colour) && entry != 0 {
                    entry
                } else {
                    self.find_own(colour)
                }
            }
        }
    }

    #[cold]
    fn find_shared(&mut self, colour: Colour) -> u8 {
        let shift = 8 - SHARED_BITS;
        let middle = colour.map(|channel| (channel >> shift << shift) + (1 << shift >> 1));
        let entry = self.search(middle) as u8 + 1;
        if let Known::Shared(entries) = &mut self.known {
            entries[shared_place(colour)] = entry;
        }
        entry
    }

    #[cold]
    fn find_own(&mut self, colour: Colour) -> u8 {
        let entry = self.search(colour) as u8 + 1;
        if let Known::Own(entries) = &mut self.known {
            entries[own_place(colour)] = u32::from(entry) << 24 | packed(colour);
        }
        entry
    }

    /// How far the colours are from their nearest neighbours, on average; 0 of a single one.
    pub(super) fn spacing(&self) -> f64 {
        let distance = |one: &Colour, other: &Colour| -> u32 {
            let pairs = one.iter().zip(other);
            pairs.map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2)).sum()
        };
        let nearest = self.colours.iter().map(|one| {
            let others = self.colours.iter().filter(|other| *other != one);
            others.map(|other| distance(one, other)).min().unwrap_or(0)
        });
        let sum: f64 = nearest.map(|squared| f64::from(squared).sqrt()).sum();
        sum / self.colours.len().max(1) as f64
    }

    /// The index of the colour nearest to `wanted`: a walk away from its green in both
    /// directions, until green alone is too far.
    pub(super) fn search(&self, wanted: Colour) -> usize {
        let [r, g, b] = wanted.map(i32::from);
        let start = usize::from(self.below[usize::from(wanted[1])]);
        let (mut best, mut found) = (i32::MAX, 0);
        let mut look = |index: usize| {
            let Some(colour) = self.colours.get(index) else {
                return false;
            };
            let [dr, dg, db] = [
                i32::from(colour[0]) - r,
                i32::from(colour[1]) - g,
                i32::from(colour[2]) - b,
            ];
            if dg * dg >= best {
                return false;
            }
            let distance = dr * dr + dg * dg + db * db;
            if distance < best {
                (best, found) = (distance, index);
            }
            true
        };
        let (mut up, mut down) = (start, start);
        loop {
            let above = look(up);
            up += usize::from(above);
            let beneath = down > 0 && look(down - 1);
            down -= usize::from(beneath);
            if !above && !beneath {
                return found;
            }
        }
    }
}

fn packed([r, g, b]: Colour) -> u32 {
    u32::from_le_bytes([r, g, b, 0])
}

fn shared_place(colour: Colour) -> usize {
    let [r, g, b] = colour.map(|channel| usize::from(channel >> (8 - SHARED_BITS)));
    r << (2 * SHARED_BITS) | g << SHARED_BITS | b
}

fn own_place(colour: Colour) -> usize {
    (packed(colour).wrapping_mul(0x9e37_79b1) >> (u32::BITS - OWN_BITS)) as usize
}
