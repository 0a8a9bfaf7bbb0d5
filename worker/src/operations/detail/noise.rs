//! Noise: grain that is the same for the same seed, and the same on every frame.

use protocol::Noise;

use crate::operations::Effect;
use crate::operations::random::Random;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Noise {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let mut random = Random::new(self.seed);
        // In 65536ths of a step of a channel, for numbers of 16 bits.
        let amount = (self.amount * 256.0).round() as i32;
        for [r, g, b, _] in picture.as_pixels_mut() {
            let bits = random.next();
            // Around 0; a number for each channel, or one for all.
            let grain = |at: u32| (bits >> (at * 16) & 0xFFFF) as i32 - 0x8000;
            for (at, channel) in [r, g, b].into_iter().enumerate() {
                let at = if self.mono { 0 } else { at as u32 };
                let moved = i32::from(*channel) + ((grain(at) * amount) >> 15);
                *channel = moved.clamp(0, 255) as u8;
            }
        }
        Ok(picture)
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::compose;
    use crate::operations::tests::done;
    use crate::picture::Size;
    use protocol::Colour;

    #[test]
    fn grain_is_as_strong_as_asked_for_and_grey_if_asked_for() {
        let given = compose::filled(Size::new(64, 64), Colour([128, 128, 128, 200]));
        let strong = done("noise:0.25:false:3", given.clone());
        let values: Vec<u8> = strong.as_pixels().iter().map(|pixel| pixel[0]).collect();
        assert!(values.iter().all(|value| (64..=192).contains(value)));
        assert!(values.iter().any(|value| *value < 70) && values.iter().any(|value| *value > 186));
        assert_ne!(strong, done("noise:0.25:false:4", given.clone()));
        let mono = done("noise:0.25:true", given.clone());
        assert!(
            mono.as_pixels()
                .iter()
                .all(|[r, g, b, a]| r == g && g == b && *a == 200)
        );
        assert_eq!(done("noise:0", given.clone()), given);
    }
}
