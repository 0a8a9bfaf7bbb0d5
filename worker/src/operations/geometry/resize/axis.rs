//! One direction of a resize, and which pixels of the picture each place of the result is made from: so that
//! a part can be made that is the same, byte for byte, as that part of the whole.
//!
//! fast_image_resize rounds all weights of a direction to as many bits as the greatest of them allows. Where
//! that is one of a place that is not asked for, the part must go on to a place that allows no more.

use std::ops::Range;

use protocol::Filter;

use crate::planar::curve;

/// Bits of a weight, with its sign, and how many there may be behind the point at most.
const WEIGHT_BITS: u32 = 16;
const FRACTION_MAX: u32 = 21;

/// See the module.
pub(super) struct Axis {
    /// px of the picture.
    own: usize,
    /// Where the result begins, and how much one place of it takes, px of the picture.
    start: f64,
    step: f64,
    /// How far from its middle a place is made from, px of the picture.
    reach: f64,
    /// For each place of the result whether its weights allow no more bits than all together.
    coarse: Vec<bool>,
}

impl Axis {
    /// `count` places of a picture of `own` px, of which a start and a length are kept.
    pub(super) fn new(filter: Filter, own: u32, count: u32, kept: (f64, f64)) -> Self {
        let (radius, curve) = curve(filter);
        let step = kept.1 / f64::from(count);
        let scale = step.max(1.0);
        let mut axis = Self {
            own: own as usize,
            start: kept.0,
            step,
            reach: radius * scale,
            coarse: Vec::new(),
        };
        let greatest = |place: usize| {
            let middle = axis.middle(place) - 0.5;
            let weights = axis
                .made_from(place..place + 1)
                .map(|at| curve((at as f64 - middle) / scale));
            let (sum, most) = weights.fold((0.0, 0.0_f64), |(sum, most), weight| {
                (sum + weight, most.max(weight))
            });
            fraction(most / sum)
        };
        let fractions: Vec<u32> = (0..count as usize).map(greatest).collect();
        let least = fractions.iter().min().copied();
        axis.coarse = fractions
            .into_iter()
            .map(|bits| Some(bits) == least)
            .collect();
        axis
    }

    fn middle(&self, place: usize) -> f64 {
        self.start + (place as f64 + 0.5) * self.step
    }

    /// The pixels that these places are made from.
    fn made_from(&self, places: Range<usize>) -> Range<usize> {
        let first = (self.middle(places.start) - self.reach).floor().max(0.0) as usize;
        let end = (self.middle(places.end - 1) + self.reach).ceil() as usize;
        first..end.min(self.own)
    }

    /// The places in which something may differ if these pixels do; any place if there is none.
    pub(super) fn touched(&self, changed: Range<usize>) -> Range<usize> {
        // Half a place and, because of rounding, a pixel more than what is exactly so.
        let place = |at: f64| ((at - self.start) / self.step).max(0.0) as usize;
        let count = self.coarse.len();
        let first = place(changed.start as f64 - self.reach - self.step - 1.0);
        let end = place(changed.end as f64 + self.reach + self.step + 1.0).min(count);
        match first < end {
            true => first..end,
            false => 0..1,
        }
    }

    /// The places that must be made for these.
    pub(super) fn made(&self, wanted: Range<usize>) -> Range<usize> {
        let is_coarse = |place: &usize| self.coarse[*place];
        if wanted.clone().any(|place| is_coarse(&place)) {
            return wanted;
        }
        let before = (0..wanted.start).rfind(is_coarse);
        let behind = (wanted.end..self.coarse.len()).find(is_coarse);
        match (before, behind) {
            (Some(before), Some(behind)) if wanted.start - before > behind - wanted.end => {
                wanted.start..behind + 1
            }
            (None, Some(behind)) => wanted.start..behind + 1,
            (Some(before), _) => before..wanted.end,
            (None, None) => wanted,
        }
    }

    /// The pixels that must be there for these places.
    pub(super) fn needed(&self, made: Range<usize>) -> Range<usize> {
        let exactly = self.made_from(made);
        exactly.start.saturating_sub(1)..(exactly.end + 1).min(self.own)
    }

    /// Where in the pixels that are needed for them these places lie: a start and a length.
    pub(super) fn kept(&self, made: Range<usize>) -> (f64, f64) {
        let needed = self.needed(made.clone());
        let start = (self.start + made.start as f64 * self.step - needed.start as f64).max(0.0);
        let mut length = made.len() as f64 * self.step;
        // Rounding must not lead out of the picture.
        while start + length > needed.len() as f64 {
            length = length.next_down();
        }
        (start, length)
    }
}

/// How many bits behind the point fast_image_resize rounds weights to of which this is the greatest.
fn fraction(greatest: f64) -> u32 {
    let over = |bits: &u32| {
        (greatest * f64::from(2u32 << bits)).round() >= f64::from(1 << (WEIGHT_BITS - 1))
    };
    (0..FRACTION_MAX).find(over).unwrap_or(FRACTION_MAX)
}
