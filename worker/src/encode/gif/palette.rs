//! A colour table that grows as colours are met, up to a fixed number: as long as it does
//! not overflow, a frame can be written exactly.

/// Slots of the hash table: four times the colours, so that chains stay short.
const SLOTS: usize = 1024;
/// Marks a slot without colour. No colour packs to it: they have 24 bits.
const FREE: u32 = u32::MAX;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

#[derive(Clone)]
pub(super) struct Palette {
    colours: Vec<Colour>,
    /// Packed colour and its index.
    slots: Box<[(u32, u8); SLOTS]>,
}

impl Palette {
    pub(super) fn new() -> Self {
        Self {
            colours: Vec::new(),
            slots: Box::new([(FREE, 0); SLOTS]),
        }
    }

    /// In the order in which they were met.
    pub(super) fn colours(&self) -> &[Colour] {
        &self.colours
    }

    /// The index of `colour`, when it is in the table.
    pub(super) fn find(&self, colour: Colour) -> Option<u8> {
        let packed = pack(colour);
        match self.slots[self.slot(packed)] {
            (FREE, _) => None,
            (_, index) => Some(index),
        }
    }

    /// The index of `colour`, which is added when the table holds less than `max`.
    pub(super) fn find_or_add(&mut self, colour: Colour, max: usize) -> Option<u8> {
        let packed = pack(colour);
        let slot = self.slot(packed);
        match self.slots[slot] {
            (FREE, _) => {
                let count = self.colours.len();
                let index = u8::try_from(count).ok().filter(|_| count < max)?;
                self.colours.push(colour);
                self.slots[slot] = (packed, index);
                Some(index)
            }
            (_, index) => Some(index),
        }
    }

    /// Where the colour is or would be. At most 256 of the slots are taken: it ends.
    fn slot(&self, packed: u32) -> usize {
        // Fibonacci hashing: the top bits of the product depend on all bits of the colour.
        let mut slot = (packed.wrapping_mul(0x9e37_79b1) >> 22) as usize;
        while self.slots[slot].0 != packed && self.slots[slot].0 != FREE {
            slot = (slot + 1) % SLOTS;
        }
        slot
    }
}

fn pack([r, g, b]: Colour) -> u32 {
    u32::from_le_bytes([r, g, b, 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_keeps_its_index_and_a_full_table_takes_no_more() {
        let mut palette = Palette::new();
        let colour = |index: u8| [index, index.wrapping_mul(7), 255 - index];
        for index in 0..=255 {
            assert_eq!(palette.find_or_add(colour(index), 256), Some(index));
        }
        assert_eq!(palette.find_or_add(colour(9), 256), Some(9));
        assert_eq!(palette.find(colour(200)), Some(200));
        assert_eq!(palette.find_or_add([1, 1, 1], 256), None);
        assert_eq!(palette.find([1, 1, 1]), None);
    }
}
