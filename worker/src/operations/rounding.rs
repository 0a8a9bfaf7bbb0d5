//! Rounding without a call of the C library, which is one wherever the processor is not known to have
//! an instruction for it: a tenth of what samples a picture.

/// A number that is so large that nothing behind the point has room beside it.
const WHOLE: f64 = 6_755_399_441_055_744.0; // 1.5 × 2⁵²

/// The largest whole number that is not above `at`, which lies within ±2⁵¹.
#[inline]
pub(super) fn floor(at: f64) -> f64 {
    let whole = (at + WHOLE) - WHOLE;
    whole - if whole > at { 1.0 } else { 0.0 }
}

/// The lowest bits of a whole number within ±2⁵¹, as they are in an integer.
#[inline]
pub(super) fn low_bits(whole: f64) -> u32 {
    (whole + WHOLE).to_bits() as u32
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
                assert_eq!(floor(at), at.floor(), "{at}");
                assert_eq!(low_bits(at.floor()), at.floor() as i32 as u32, "{at}");
            }
            let at = at as f32;
            for at in [at.next_down(), at, at.next_up()] {
                assert_eq!(nearest(at), at.round(), "{at}");
            }
        }
        for at in [1e8, -1e8, 2_147_483_648.75, -2_147_483_649.25, 1e15, -1e15] {
            assert_eq!(floor(at), at.floor(), "{at}");
            assert_eq!(low_bits(at.floor()), at.floor() as i64 as u32, "{at}");
        }
        for at in [8_388_607.5, -8_388_607.5, -0.499_999_97, 0.0] {
            assert_eq!(nearest(at), at.round(), "{at}");
        }
    }
}
