//! The tables of a sequential JPEG, made ready for fast look-ups. A table that allows anything a
//! sound baseline file has no use for is not taken: such files are left to the whole decoder.
//!
//! Source: ITU-T T.81, B.2.4 and annex F.

/// Bits that `Codes` looks up at once.
const LOOK: u32 = 10;
/// Bits that `AcCodes` looks up at once for a coefficient with its value.
const SHORT: u32 = 11;
/// Bits that `AcCodes` looks up at once to pass coefficients.
const PASS: u32 = 13;
/// Longest code, bits.
const LONGEST: usize = 16;
/// A step past the last coefficient: the end of the block.
pub(super) const END: usize = 64;

/// A Huffman code.
pub(super) struct Codes {
    /// Length (0: longer than the window) and, shifted by eight, the symbol.
    look: Box<[u16; 1 << LOOK]>,
    /// The last code of each length; -1 where there is none.
    last: [i32; LONGEST + 1],
    /// From a code to the index of its symbol.
    offset: [i32; LONGEST + 1],
    symbols: Vec<u8>,
}

/// A code of AC coefficients, with several steps of reading one taken at once.
pub(super) struct AcCodes {
    codes: Codes,
    /// Value << 16 | step << 8 | bits; 0: not in the window.
    short: Box<[i32; 1 << SHORT]>,
    /// End << 15 | step << 4 | bits of as many coefficients as the window holds; 0: of none.
    pass: Option<Box<[u16; 1 << PASS]>>,
}

impl Codes {
    /// `None` if it is no code.
    pub(super) fn new(counts: &[u8; LONGEST], symbols: &[u8]) -> Option<Self> {
        let mut codes = Self {
            look: Box::new([0; 1 << LOOK]),
            last: [-1; LONGEST + 1],
            offset: [0; LONGEST + 1],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut at) = (0_usize, 0_usize);
        for (length, &count) in (1..).zip(counts) {
            codes.offset[length] = at as i32 - code as i32;
            if code + usize::from(count) > 1 << length {
                return None;
            }
            for _ in 0..count {
                let symbol = *symbols.get(at)?;
                if let Some(free) = (LOOK as usize).checked_sub(length) {
                    let entry = length as u16 | u16::from(symbol) << 8;
                    codes.look[code << free..(code + 1) << free].fill(entry);
                }
                (code, at) = (code + 1, at + 1);
            }
            if count > 0 {
                codes.last[length] = code as i32 - 1;
            }
            code <<= 1;
        }
        Some(codes)
    }

    /// A code of DC differences.
    pub(super) fn dc(counts: &[u8; LONGEST], symbols: &[u8]) -> Option<Self> {
        let sound = symbols.iter().all(|size| *size <= 11);
        sound.then(|| Self::new(counts, symbols))?
    }

    /// The symbol at the top of `bits`, and its length.
    #[inline(always)]
    pub(super) fn symbol(&self, bits: u64) -> Option<(u8, u32)> {
        let entry = self.look[(bits >> (64 - LOOK)) as usize];
        if entry == 0 {
            return self.long(bits);
        }
        Some(((entry >> 8) as u8, u32::from(entry & 31)))
    }

    #[cold]
    fn long(&self, bits: u64) -> Option<(u8, u32)> {
        let length = (LOOK as usize + 1..=LONGEST)
            .find(|&length| (bits >> (64 - length)) as i32 <= self.last[length])?;
        let index = (bits >> (64 - length)) as i32 + self.offset[length];
        let symbol = self.symbols.get(usize::try_from(index).ok()?)?;
        Some((*symbol, length as u32))
    }
}

impl AcCodes {
    /// `None` if it is no code of AC coefficients in baseline. `passes`: with the table that only
    /// passing coefficients needs.
    pub(super) fn new(counts: &[u8; LONGEST], symbols: &[u8], passes: bool) -> Option<Self> {
        let sound = |symbol: &u8| match symbol & 15 {
            0 => matches!(symbol, 0x00 | 0xf0),
            size => size <= 10,
        };
        if !symbols.iter().all(sound) {
            return None;
        }
        let codes = Codes::new(counts, symbols)?;
        let mut short = Box::new([0; 1 << SHORT]);
        for (window, entry) in (0_u64..).zip(short.iter_mut()) {
            *entry = codes.short(window << (64 - SHORT));
        }
        let pass = passes.then(|| {
            let mut pass = Box::new([0; 1 << PASS]);
            for (window, entry) in (0_u64..).zip(pass.iter_mut()) {
                *entry = codes.pass(window << (64 - PASS));
            }
            pass
        });
        Some(Self { codes, short, pass })
    }

    /// The next coefficient, if code and value lie in the window: value, step and bits. The step
    /// is [`END`] at the end of the block.
    #[inline(always)]
    pub(super) fn short(&self, bits: u64) -> Option<(i32, usize, u32)> {
        let entry = self.short[(bits >> (64 - SHORT)) as usize];
        (entry != 0).then_some((entry >> 16, (entry >> 8 & 255) as usize, entry as u32 & 255))
    }

    /// As many coefficients as the window holds: whether the block ends there, the step over all
    /// of them, and their bits.
    #[inline(always)]
    pub(super) fn pass(&self, bits: u64) -> Option<(bool, usize, u32)> {
        let entry = self.pass.as_ref()?[(bits >> (64 - PASS)) as usize];
        let (step, length) = (usize::from(entry >> 4 & 63), u32::from(entry & 15));
        (entry != 0).then_some((entry >> 15 != 0, step, length))
    }

    /// See [`Codes::symbol`].
    #[inline(always)]
    pub(super) fn symbol(&self, bits: u64) -> Option<(u8, u32)> {
        self.codes.symbol(bits)
    }
}

impl Codes {
    fn windowed(&self, bits: u64) -> Option<(u8, u32)> {
        let entry = self.look[(bits >> (64 - LOOK)) as usize];
        (entry != 0).then_some(((entry >> 8) as u8, u32::from(entry & 31)))
    }

    fn short(&self, bits: u64) -> i32 {
        let Some((symbol, length)) = self.windowed(bits) else {
            return 0;
        };
        let (run, size) = (i32::from(symbol >> 4), u32::from(symbol & 15));
        match size {
            0 if symbol == 0 => (END as i32) << 8 | length as i32,
            0 => 0,
            _ if length + size > SHORT => 0,
            _ => value(bits << length, size) << 16 | (run + 1) << 8 | (length + size) as i32,
        }
    }

    fn pass(&self, bits: u64) -> u16 {
        let (mut used, mut steps, mut ends) = (0, 0, 0);
        while let Some((symbol, length)) = self.windowed(bits << used) {
            let step = u32::from(symbol >> 4) + 1;
            let whole = used + length + u32::from(symbol & 15);
            if whole > PASS || symbol != 0 && steps + step > 63 {
                break;
            }
            used = whole;
            if symbol == 0 {
                ends = 1;
                break;
            }
            steps += step;
        }
        (ends << 15 | steps << 4 | used) as u16
    }
}

/// The value of `size` bits (1 to 15) at the top of `bits`.
#[inline(always)]
pub(super) fn value(bits: u64, size: u32) -> i32 {
    let raw = (bits >> (64 - size)) as i32;
    if raw < 1 << (size - 1) {
        raw - (1 << size) + 1
    } else {
        raw
    }
}
