//! One scan of a progressive JPEG.
//!
//! Source: ITU-T T.81, annex G.

use std::ops::RangeInclusive;

use super::super::bits::Reader;
use super::super::block::DC_MAX;
use super::super::tables::{Codes, value};
use super::super::{Mcus, Outline, Tables, walk};
use super::Part;

/// Most bits of a value of eight-bit samples.
const BITS_MAX: u32 = 10;

/// What a scan brings.
pub(super) struct Pass {
    /// Components by their place, and the numbers of their tables.
    components: Vec<(usize, [usize; 2])>,
    /// AC coefficients, of one component; `None`: DC coefficients.
    band: Option<RangeInclusive<usize>>,
    /// It brings one more bit of what is known, and not the first ones.
    refines: bool,
    /// Bits that are still to come.
    low: u32,
}

impl Pass {
    pub(super) fn read(header: &[u8], outline: &Outline) -> Option<Self> {
        let (&count, rest) = header.split_first()?;
        let (selectors, last) = rest.split_at_checked(2 * usize::from(count))?;
        let mut components = Vec::with_capacity(usize::from(count));
        for [id, numbers] in selectors.as_chunks().0 {
            let place = outline
                .components
                .iter()
                .position(|component| component.id == *id)?;
            if components.iter().any(|(other, _)| *other == place) {
                return None;
            }
            components.push((place, [numbers >> 4, numbers & 15].map(usize::from)));
        }
        let [start, end, bits] = *last else {
            return None;
        };
        let (high, low) = (bits >> 4, bits & 15);
        let is_sound = match (start, end) {
            (0, 0) => !components.is_empty(),
            (1..=63, 1..=63) => start <= end && components.len() == 1,
            _ => false,
        };
        let follows = high == 0 || high == low + 1;
        (is_sound && follows && low < 14).then(|| Self {
            components,
            band: (start > 0).then(|| start.into()..=end.into()),
            refines: high > 0,
            low: low.into(),
        })
    }

    pub(super) fn run(
        &self,
        data: &[u8],
        tables: &Tables<Codes>,
        mcus: &Mcus,
        parts: &mut [Part],
    ) -> Option<()> {
        let (columns, rows) = match self.components.as_slice() {
            // Alone a component has no MCUs but its own blocks.
            [(alone, _)] => (parts.get(*alone)?.columns, parts.get(*alone)?.rows),
            _ => (mcus.columns, mcus.rows),
        };
        let mut state = State::default();
        walk(
            data,
            (columns, rows),
            tables.interval,
            |reader, place, begins| {
                if begins {
                    state = State::default();
                }
                self.mcu(reader, tables, parts, place, &mut state)
            },
        )?;
        (state.ended == 0).then_some(())
    }

    #[inline(always)]
    fn mcu(
        &self,
        reader: &mut Reader<'_>,
        tables: &Tables<Codes>,
        parts: &mut [Part],
        (column, row): (usize, usize),
        state: &mut State,
    ) -> Option<()> {
        if let (Some(band), [(place, [_, ac])]) = (&self.band, self.components.as_slice()) {
            let part = parts.get_mut(*place)?;
            let at = row * part.stride + column;
            let (block, set) = (part.blocks.get_mut(at)?, part.set.get_mut(at)?);
            let codes = tables.ac.get(*ac)?.as_ref()?;
            return match self.refines {
                true => refine(
                    reader,
                    codes,
                    band,
                    1 << self.low,
                    &mut state.ended,
                    (block, set),
                ),
                false => first(
                    reader,
                    codes,
                    band,
                    self.low,
                    &mut state.ended,
                    (block, set),
                ),
            };
        }
        for (place, [dc, _]) in &self.components {
            let part = parts.get_mut(*place)?;
            let (across, down) = match self.components.len() {
                1 => (1, 1),
                _ => (part.across, part.down),
            };
            for (y, x) in (0..down).flat_map(|y| (0..across).map(move |x| (y, x))) {
                let at = (row * down + y) * part.stride + column * across + x;
                let value = &mut part.blocks.get_mut(at)?[0];
                if self.refines {
                    *value |= (reader.number(1) << self.low) as i16;
                } else {
                    let before = state.dc.get_mut(*place)?;
                    *before += difference(reader, tables.dc.get(*dc)?.as_ref()?)?;
                    *value = within(*before << self.low)?;
                }
                *part.set.get_mut(at)? |= u64::from(*value != 0);
            }
        }
        Some(())
    }
}

/// What one block leaves to the next.
#[derive(Default)]
struct State {
    /// DC of each component.
    dc: [i32; 3],
    /// Blocks that follow of which the band has ended.
    ended: u32,
}

/// The difference of a DC value from the one before.
#[inline(always)]
fn difference(reader: &mut Reader<'_>, codes: &Codes) -> Option<i32> {
    reader.fill_if_low();
    let (size, length) = codes.symbol(reader.bits)?;
    reader.drop(length);
    if size == 0 {
        return Some(0);
    }
    let difference = value(reader.bits, size.into());
    reader.drop(size.into());
    Some(difference)
}

/// A DC value, unless it is out of reach.
fn within(value: i32) -> Option<i16> {
    (value.abs() <= DC_MAX).then_some(value as i16)
}

/// Reads the first bits of a band.
#[inline(always)]
fn first(
    reader: &mut Reader<'_>,
    codes: &Codes,
    band: &RangeInclusive<usize>,
    low: u32,
    ended: &mut u32,
    (block, set): (&mut [i16; 64], &mut u64),
) -> Option<()> {
    if *ended > 0 {
        *ended -= 1;
        return Some(());
    }
    let (mut at, end) = (*band.start(), *band.end());
    while at <= end {
        reader.fill_if_low();
        let (symbol, length) = codes.symbol(reader.bits)?;
        reader.drop(length);
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 && run < 15 {
            *ended = (1 << run) - 1 + reader.number(run);
            break;
        }
        at += run as usize;
        if size > 0 {
            if size > BITS_MAX || at > end {
                return None;
            }
            let value = value(reader.bits, size) << low;
            reader.drop(size);
            block[at & 63] = i16::try_from(value).ok()?;
            *set |= 1 << (at & 63);
        }
        at += 1;
    }
    (at <= end + 1).then_some(())
}

/// Reads one more bit of a band, worth `bit`: of what is not 0 whether it is that much further from it, and
/// which of the others are not 0 either.
#[inline(always)]
fn refine(
    reader: &mut Reader<'_>,
    codes: &Codes,
    band: &RangeInclusive<usize>,
    bit: i16,
    ended: &mut u32,
    (block, set): (&mut [i16; 64], &mut u64),
) -> Option<()> {
    let (mut at, end) = (*band.start(), *band.end());
    if *ended == 0 {
        while at <= end {
            reader.fill_if_low();
            let (symbol, length) = codes.symbol(reader.bits)?;
            reader.drop(length);
            let (mut run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            let new = match size {
                0 if run < 15 => {
                    *ended = (1 << run) + reader.number(run);
                    break;
                }
                0 => 0,
                1 if reader.number(1) == 1 => bit,
                1 => -bit,
                _ => return None,
            };
            while at <= end {
                if *set >> at & 1 == 1 {
                    further(reader, &mut block[at & 63], bit);
                } else if run == 0 {
                    break;
                } else {
                    run -= 1;
                }
                at += 1;
            }
            if new != 0 {
                if at > end {
                    return None;
                }
                block[at & 63] = new;
                *set |= 1 << at;
            }
            at += 1;
        }
    }
    if *ended > 0 {
        *ended -= 1;
        let rest = (u64::MAX << (at & 63)) & (u64::MAX >> (63 - end));
        let mut left = if at <= end { *set & rest } else { 0 };
        while left != 0 {
            further(reader, &mut block[left.trailing_zeros() as usize & 63], bit);
            left &= left - 1;
        }
    }
    Some(())
}

/// Takes a value that is not 0 further from it if a bit says so.
#[inline(always)]
fn further(reader: &mut Reader<'_>, value: &mut i16, bit: i16) {
    if reader.number(1) == 1 && *value & bit == 0 {
        *value += if *value > 0 { bit } else { -bit };
    }
}
