//! Rounding without a call of the C library, which is one wherever the processor is not known to have
//! an instruction for it: a tenth of what samples a picture.

/// The largest whole number that is not above `at`; like the cast, it saturates, and 0 of what is no
/// number.
#[inline]
pub(super) fn floor(at: f64) -> i64 {
    // A cast drops what is behind the point.
    let whole = at as i64;
    whole.saturating_sub(i64::from(at < whole as f64))
}

/// To the nearest whole number, halves away from zero; `at` lies within ±2³¹.
#[inline]
pub(super) fn nearest(at: f32) -> f32 {
    let whole = at as i32 as f32;
    let rest = at - whole;
    whole + f32::from(rest >= 0.5) - f32::from(rest <= -0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rounds_as_the_library_does() {
        for at in -4000..=4000 {
            // Sixteenths, and what lies next to them.
            let at = f64::from(at) / 16.0;
            for at in [at.next_down(), at, at.next_up()] {
                assert_eq!(floor(at), at.floor() as i64, "{at}");
            }
            let at = at as f32;
            for at in [at.next_down(), at, at.next_up()] {
                assert_eq!(nearest(at), at.round(), "{at}");
            }
        }
        for at in [1e300, -1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(floor(at), at.floor() as i64, "{at}");
        }
        for at in [8_388_607.5, -8_388_607.5, -0.499_999_97, 0.0] {
            assert_eq!(nearest(at), at.round(), "{at}");
        }
    }
}
