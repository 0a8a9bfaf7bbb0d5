//! How long a frame is shown and how often an animation plays, in terms that every format's
//! own can be said in without loss, and the way from one format's clock to another's.

/// How long a frame is shown: `ticks` / `per_second` s, exactly as a file has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delay {
    pub(crate) ticks: u32,
    /// Never 0.
    pub(crate) per_second: u16,
}

impl Delay {
    /// Of a still.
    pub(crate) const NONE: Self = Self::hundredths(0);

    /// As GIF has it.
    pub(crate) const fn hundredths(ticks: u16) -> Self {
        Self {
            ticks: ticks as u32,
            per_second: 100,
        }
    }

    /// As WebP has it.
    pub(crate) const fn thousandths(ticks: u32) -> Self {
        Self {
            ticks,
            per_second: 1000,
        }
    }

    /// As APNG has it, where a denominator of 0 means 100.
    pub(crate) const fn fraction(numerator: u16, denominator: u16) -> Self {
        Self {
            ticks: numerator as u32,
            per_second: if denominator == 0 { 100 } else { denominator },
        }
    }
}

impl Delay {
    /// Both, one after the other: exactly, unless no clock of 16 bits knows both ticks.
    pub(crate) fn plus(self, other: Self) -> Self {
        let (one, two) = (u32::from(self.per_second), u32::from(other.per_second));
        let common = u16::try_from(one / common_divisor(one, two) * two).unwrap_or(1000);
        let in_common = |delay: Self| Clock::new(common, u32::MAX).ticks(delay);
        Self {
            ticks: in_common(self).saturating_add(in_common(other)),
            per_second: common,
        }
    }
}

/// The greatest one; `a` when `b` is 0.
pub(crate) fn common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// Bits after the point of what a clock owes: 2⁻³² of a tick is below any delay that a file
/// can name, and a million frames do not add up to a visible error.
const POINT: u32 = 32;

/// Delays to whole ticks of one length. What rounding takes from a delay the next one gets, so
/// that no frame is ever more than half a tick off and the total is kept.
#[derive(Debug)]
pub(crate) struct Clock {
    per_second: u16,
    ticks_max: u32,
    /// What earlier frames lack (or, below 0, got too much of), ticks × 2³².
    owed: i128,
}

impl Clock {
    /// A clock of so many ticks per second, whose longest delay is `ticks_max`.
    pub(crate) fn new(per_second: u16, ticks_max: u32) -> Self {
        Self {
            per_second,
            ticks_max,
            owed: 0,
        }
    }

    /// The ticks of the next frame. A delay of this clock's own kind stays as it is; one that
    /// is longer than the clock can say becomes the longest.
    pub(crate) fn ticks(&mut self, delay: Delay) -> u32 {
        let wanted = (i128::from(delay.ticks) * i128::from(self.per_second)) << POINT;
        let wanted = wanted / i128::from(delay.per_second) + self.owed;
        let half = 1 << (POINT - 1);
        let whole = ((wanted + half) >> POINT).max(0);
        if whole > i128::from(self.ticks_max) {
            self.owed = 0;
            return self.ticks_max;
        }
        self.owed = wanted - (whole << POINT);
        whole as u32
    }
}

/// How often an animation plays in all; 0: for ever. A still plays once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plays(pub(crate) u32);

impl Plays {
    pub(crate) const ONCE: Self = Self(1);

    /// From GIF's count, which is of repetitions after the first play; absent: it plays once.
    /// So do browsers and the converters of WebP's makers read it.
    pub(crate) fn from_gif(loops: Option<u16>) -> Self {
        match loops {
            None => Self::ONCE,
            Some(0) => Self(0),
            Some(again) => Self(u32::from(again) + 1),
        }
    }

    /// As GIF says it; more than it can say is its most.
    pub(crate) fn to_gif(self) -> Option<u16> {
        match self.0 {
            0 => Some(0),
            1 => None,
            plays => Some(u16::try_from(plays - 1).unwrap_or(u16::MAX)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(per_second: u16, delays: &[Delay]) -> Vec<u32> {
        let mut clock = Clock::new(per_second, u32::MAX);
        delays.iter().map(|delay| clock.ticks(*delay)).collect()
    }

    #[test]
    fn a_clocks_own_delays_stay_as_they_are() {
        let stored = [0, 1, 2, 65_535, 0, 1];
        let delays = stored.map(Delay::hundredths);
        assert_eq!(converted(100, &delays), stored.map(u32::from));
    }

    #[test]
    fn rounding_is_made_good_by_the_next_frame() {
        let thirds = [Delay::fraction(1, 3); 6];
        assert_eq!(converted(100, &thirds), [33, 34, 33, 33, 34, 33]);
        let steps = [Delay::thousandths(15); 4];
        let given = converted(100, &steps);
        assert_eq!(given.iter().sum::<u32>(), 6);
        assert!(
            given.iter().all(|ticks| (1..=2).contains(ticks)),
            "{given:?}"
        );
    }

    #[test]
    fn mixed_and_odd_denominators_keep_the_total_over_many_frames() {
        let delays: Vec<_> = (0..100_000_u32)
            .map(|i| Delay::fraction((i % 977) as u16, [7, 11, 13, 65_535, 0][i as usize % 5]))
            .collect();
        let seconds: f64 = delays
            .iter()
            .map(|delay| f64::from(delay.ticks) / f64::from(delay.per_second))
            .sum();
        let given: u64 = converted(1000, &delays).into_iter().map(u64::from).sum();
        assert!((given as f64 / 1000.0 - seconds).abs() < 0.001, "{given}");
    }

    #[test]
    fn delays_add_up_exactly_where_a_clock_knows_both() {
        let sum = Delay::hundredths(3).plus(Delay::thousandths(5));
        assert_eq!(sum, Delay::thousandths(35));
        let sum = Delay::hundredths(3).plus(Delay::hundredths(4));
        assert_eq!(sum, Delay::hundredths(7));
        let sum = Delay::fraction(1, 65_521).plus(Delay::fraction(65_519, 65_519));
        assert_eq!(sum, Delay::thousandths(1000));
    }

    #[test]
    fn a_delay_beyond_the_clock_is_its_longest_and_leaves_no_debt() {
        let mut clock = Clock::new(100, 65_535);
        assert_eq!(clock.ticks(Delay::thousandths(u32::MAX)), 65_535);
        assert_eq!(clock.ticks(Delay::hundredths(3)), 3);
    }

    #[test]
    fn every_loop_count_of_a_gif_survives_and_a_still_plays_once() {
        for loops in [None, Some(0), Some(1), Some(3), Some(65_535)] {
            assert_eq!(Plays::from_gif(loops).to_gif(), loops);
        }
        assert_eq!(Plays::from_gif(None), Plays::ONCE);
        assert_eq!(Plays(u32::MAX).to_gif(), Some(65_535));
    }
}
