//! The nearest of a fixed set of colours: by a search that begins where green agrees, and by a
//! table that keeps what was found.

use super::palette::Colour;

/// Bits per channel of the table: pixels that share them share their answer.
const BITS: u32 = 6;

/// A set of at most 255 colours, in the order of their green.
pub(super) struct Nearest {
    colours: Vec<Colour>,
    /// For each green, how many colours have less.
    below: Box<[u8; 256]>,
    /// 2¹⁸ places in `colours`, plus 1; 0: nobody has asked yet.
    table: Vec<u8>,
}

impl Nearest {
    /// Of `colours`, at least 1 and at most 255.
    pub(super) fn new(mut colours: Vec<Colour>) -> Self {
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
            table: vec![0; 1 << (3 * BITS)],
        }
    }

    /// In the order of their indices.
    pub(super) fn colours(&self) -> &[Colour] {
        &self.colours
    }

    /// The index, plus 1, of the colour nearest to the middle of the table's cell that `colour`
    /// is in.
    #[inline]
    pub(super) fn entry(&mut self, colour: Colour) -> u8 {
        let [r, g, b] = colour.map(|channel| u32::from(channel >> (8 - BITS)));
        let cell = (r << (2 * BITS) | g << BITS | b) as usize;
        match self.table[cell] {
            0 => self.fill(cell, colour),
            known => known,
        }
    }

    #[cold]
    fn fill(&mut self, cell: usize, colour: Colour) -> u8 {
        let shift = 8 - BITS;
        let middle = colour.map(|channel| (channel >> shift << shift) + (1 << shift >> 1));
        let entry = self.search(middle) as u8 + 1;
        self.table[cell] = entry;
        entry
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
