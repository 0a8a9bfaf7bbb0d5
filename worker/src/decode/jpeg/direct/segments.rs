//! The segments between scans.
//!
//! Source: ITU-T T.81, B.2.4.

use std::ops::Range;

use super::super::outline::Markers;
use super::tables::Codes;

const DHT: u8 = 0xc4;
const DQT: u8 = 0xdb;
const DRI: u8 = 0xdd;

/// Tables of quantisation by their numbers.
type Quantisation = [Option<[u16; 64]>; 4];

/// What stands before a scan: tables by their numbers, and the restart interval (0: none).
pub(super) struct Tables<Ac> {
    pub(super) quantisation: Quantisation,
    pub(super) dc: [Option<Codes>; 4],
    pub(super) ac: [Option<Ac>; 4],
    pub(super) interval: usize,
}

impl<Ac> Default for Tables<Ac> {
    fn default() -> Self {
        Self {
            quantisation: Quantisation::default(),
            dc: std::array::from_fn(|_| None),
            ac: std::array::from_fn(|_| None),
            interval: 0,
        }
    }
}

impl<Ac> Tables<Ac> {
    /// Reads what begins in that part of the file; `ac` makes a code of lengths and symbols. Tables of
    /// quantisation stand before the first scan.
    pub(super) fn read(
        &mut self,
        source: &[u8],
        part: Range<usize>,
        ac: &impl Fn(&[u8; 16], &[u8]) -> Option<Ac>,
    ) -> Option<()> {
        let mut markers = Markers::new(source, part.start);
        loop {
            let (marker, range) = markers.next().ok()?;
            if range.start >= part.end {
                return Some(());
            }
            let segment = source.get(range)?;
            match marker {
                DQT if part.start > 0 => return None,
                DQT => read_quantisation(&mut self.quantisation, segment)?,
                DHT => self.read_codes(segment, ac)?,
                DRI => self.interval = u16::from_be_bytes(segment.try_into().ok()?).into(),
                _ => {}
            }
        }
    }

    fn read_codes(
        &mut self,
        mut segment: &[u8],
        ac: &impl Fn(&[u8; 16], &[u8]) -> Option<Ac>,
    ) -> Option<()> {
        while let Some((&number, rest)) = segment.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(total)?;
            let place = usize::from(number & 15);
            match number >> 4 {
                0 => *self.dc.get_mut(place)? = Some(Codes::dc(counts, symbols)?),
                1 => *self.ac.get_mut(place)? = Some(ac(counts, symbols)?),
                _ => return None,
            }
            segment = rest;
        }
        Some(())
    }
}

/// Reads tables of quantisation.
fn read_quantisation(tables: &mut Quantisation, mut segment: &[u8]) -> Option<()> {
    while let Some((&number, rest)) = segment.split_first() {
        let (steps, rest) = match number >> 4 {
            0 => {
                let (steps, rest) = rest.split_first_chunk::<64>()?;
                (steps.map(u16::from), rest)
            }
            _ => {
                let (steps, rest) = rest.split_first_chunk::<128>()?;
                let steps = steps
                    .as_chunks()
                    .0
                    .iter()
                    .map(|&step| u16::from_be_bytes(step));
                (steps.collect::<Vec<_>>().try_into().ok()?, rest)
            }
        };
        *tables.get_mut(usize::from(number & 15))? = Some(steps);
        segment = rest;
    }
    Some(())
}
