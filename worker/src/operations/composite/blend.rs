//! Blend modes: how the colour of a pixel is mixed with that below it, by W3C's Compositing and
//! Blending Level 1, section 10.1. Each channel goes by itself, so a mode is a table.

use protocol::Blend;

use crate::operations::colours::between;
use crate::operations::compose::over;
use crate::picture::CHANNELS;

type Pixel = [u8; CHANNELS];

/// One mode, ready for pixels.
pub(super) struct Mixer {
    /// Mixed values by lower × 256 + upper; empty: the upper one.
    table: Vec<u8>,
}

impl Mixer {
    pub(super) fn new(blend: Blend) -> Self {
        if blend == Blend::Normal {
            return Self { table: Vec::new() };
        }
        let values = || (0..=255u8).map(|value| f64::from(value) / 255.0);
        let pairs = values().flat_map(|below| values().map(move |above| (below, above)));
        let mixed = pairs.map(|(below, above)| (mixed(blend, below, above) * 255.0).round() as u8);
        Self {
            table: mixed.collect(),
        }
    }

    /// `above` on `below`: mixed where there is something below, and then laid over it.
    pub(super) fn lay(&self, below: Pixel, above: Pixel) -> Pixel {
        if self.table.is_empty() || above[3] == 0 || below[3] == 0 {
            return over(below, above);
        }
        let mixed = |channel: usize| {
            let (below_value, value) = (below[channel], above[channel]);
            let mixed = self.table[usize::from(below_value) * 256 + usize::from(value)];
            between(value, mixed, below[3].into())
        };
        over(below, [mixed(0), mixed(1), mixed(2), above[3]])
    }
}

/// Both from 0 to 1.
fn mixed(blend: Blend, below: f64, above: f64) -> f64 {
    match blend {
        Blend::Normal => above,
        Blend::Multiply => below * above,
        Blend::Screen => below + above - below * above,
        Blend::Overlay => mixed(Blend::HardLight, above, below),
        Blend::Darken => below.min(above),
        Blend::Lighten => below.max(above),
        Blend::ColorDodge if below == 0.0 => 0.0,
        Blend::ColorDodge if above == 1.0 => 1.0,
        Blend::ColorDodge => (below / (1.0 - above)).min(1.0),
        Blend::ColorBurn if below == 1.0 => 1.0,
        Blend::ColorBurn if above == 0.0 => 0.0,
        Blend::ColorBurn => 1.0 - ((1.0 - below) / above).min(1.0),
        Blend::HardLight if above <= 0.5 => below * 2.0 * above,
        Blend::HardLight => mixed(Blend::Screen, below, 2.0 * above - 1.0),
        Blend::SoftLight if above <= 0.5 => below - (1.0 - 2.0 * above) * below * (1.0 - below),
        Blend::SoftLight => {
            let lighter = if below <= 0.25 {
                ((16.0 * below - 12.0) * below + 4.0) * below
            } else {
                below.sqrt()
            };
            below + (2.0 * above - 1.0) * (lighter - below)
        }
        Blend::Difference => (below - above).abs(),
        Blend::Exclusion => below + above - 2.0 * below * above,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Blend; 12] = [
        Blend::Normal,
        Blend::Multiply,
        Blend::Screen,
        Blend::Overlay,
        Blend::Darken,
        Blend::Lighten,
        Blend::ColorDodge,
        Blend::ColorBurn,
        Blend::HardLight,
        Blend::SoftLight,
        Blend::Difference,
        Blend::Exclusion,
    ];

    #[test]
    fn the_modes_are_those_of_the_standard() {
        // 51 below and 204 above: 0.2 and 0.8.
        let expected = [204, 41, 214, 82, 51, 204, 255, 0, 173, 89, 153, 173];
        for (blend, value) in ALL.into_iter().zip(expected) {
            let [got, _, _, alpha] = Mixer::new(blend).lay([51, 0, 0, 255], [204, 0, 0, 255]);
            assert_eq!((got, alpha), (value, 255), "{blend:?}");
        }
    }

    #[test]
    fn what_is_transparent_neither_mixes_nor_is_mixed() {
        for blend in ALL {
            let mixer = Mixer::new(blend);
            let (below, above) = ([10, 200, 30, 255], [90, 80, 70, 255]);
            assert_eq!(mixer.lay(below, [1, 2, 3, 0]), below, "{blend:?}");
            assert_eq!(mixer.lay([1, 2, 3, 0], above), above, "{blend:?}");
        }
    }
}
