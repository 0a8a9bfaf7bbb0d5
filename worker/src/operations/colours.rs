//! What is done to colours pixel by pixel: a curve per channel, a matrix over the three. In
//! whole numbers; colours are not premultiplied, so alpha has no part in it.

use crate::picture::{CHANNELS, Picture};

/// ITU-R BT.601 luma, in the 16-bit fixed point of Pillow's conversion to mode L.
pub(super) fn luma([r, g, b, _]: [u8; CHANNELS]) -> u8 {
    let weighted = u32::from(r) * 19_595 + u32::from(g) * 38_470 + u32::from(b) * 7_471;
    ((weighted + 0x8000) >> 16) as u8
}

/// Divides by 255, to the nearest; exact up to 255 × 255.
pub(super) fn div255(value: u32) -> u32 {
    let value = value + 128;
    (value + (value >> 8)) >> 8
}

/// What each value of a channel becomes.
#[derive(Clone)]
pub(super) struct Curve(pub(super) [u8; 256]);

impl Curve {
    /// From a function of 0 to 255; rounded and brought into that range.
    pub(super) fn new(value: impl Fn(f64) -> f64) -> Self {
        // A cast from float to integer saturates.
        Self(std::array::from_fn(|at| (value(at as f64) + 0.5) as u8))
    }

    pub(super) fn apply(&self, picture: &mut Picture) {
        for [r, g, b, _] in picture.as_pixels_mut() {
            (*r, *g, *b) = (self.of(*r), self.of(*g), self.of(*b));
        }
    }

    pub(super) fn of(&self, value: u8) -> u8 {
        self.0[usize::from(value)]
    }
}

/// What each colour becomes: sums of its three channels and a constant, in 65536ths.
pub(super) struct Matrix([[i32; 4]; 3]);

/// 1.0 in a [`Matrix`].
const ONE: f64 = 65_536.0;

impl Matrix {
    /// Rows for red, green and blue; the last of each is added, 255 being full.
    pub(super) fn new(rows: [[f64; 4]; 3]) -> Self {
        Self(rows.map(|row| row.map(|weight| (weight * ONE).round() as i32)))
    }

    /// From the colour itself (0) to what `rows` make of it (1), and beyond.
    pub(super) fn towards(rows: [[f64; 4]; 3], amount: f64) -> Self {
        let mixed = |row: usize, column: usize| {
            let kept = if row == column { 1.0 - amount } else { 0.0 };
            kept + rows[row][column] * amount
        };
        Self::new(std::array::from_fn(|row| {
            std::array::from_fn(|column| mixed(row, column))
        }))
    }

    pub(super) fn apply(&self, picture: &mut Picture) {
        for [r, g, b, _] in picture.as_pixels_mut() {
            let (red, green, blue) = (i32::from(*r), i32::from(*g), i32::from(*b));
            let [new_red, new_green, new_blue] = self.0.map(|[from_r, from_g, from_b, added]| {
                let sum = red * from_r + green * from_g + blue * from_b + added + 0x8000;
                (sum >> 16).clamp(0, 255) as u8
            });
            (*r, *g, *b) = (new_red, new_green, new_blue);
        }
    }
}

/// Each channel from the luma of the pixel alone.
pub(super) fn map_luma(picture: &mut Picture, colours: &[[u8; 3]; 256]) {
    for pixel in picture.as_pixels_mut() {
        let [r, g, b] = colours[usize::from(luma(*pixel))];
        *pixel = [r, g, b, pixel[3]];
    }
}

/// The pure colour of a hue: 0 is red, 120 green, 240 blue.
pub(super) fn hue(degrees: f64) -> [u8; 3] {
    [0.0, 240.0, 120.0].map(|turn| {
        let from_peak = ((degrees + turn + 180.0).rem_euclid(360.0) - 180.0).abs();
        (((120.0 - from_peak) / 60.0).clamp(0.0, 1.0) * 255.0) as u8
    })
}

/// From `from` (0) to `to` (255).
pub(super) fn between(from: u8, to: u8, share: u32) -> u8 {
    div255(u32::from(from) * (255 - share) + u32::from(to) * share) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::picture;

    #[test]
    fn a_255th_is_rounded_to_the_nearest() {
        for value in 0..=255 * 255 {
            assert_eq!(
                div255(value),
                (f64::from(value) / 255.0).round() as u32,
                "{value}"
            );
        }
    }

    #[test]
    fn a_matrix_saturates_and_leaves_alpha_alone() {
        let matrix = Matrix::new([
            [2.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, -1.0, 0.0],
            [0.0, 0.0, 0.0, 99.6],
        ]);
        let mut given = picture(1, &[[200, 10, 30, 7]]);
        matrix.apply(&mut given);
        assert_eq!(given, picture(1, &[[255, 0, 100, 7]]));
    }
}
