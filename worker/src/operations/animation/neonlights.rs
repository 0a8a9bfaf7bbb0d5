//! Neon lights: edges as glowing tubes, through which colours run.

use protocol::{Colour, NeonLights};

use super::generated::Script;
use crate::operations::effect::{Dyes, Tubes};
use crate::picture::Picture;

impl Script for NeonLights {
    const FRAMES: u32 = 20;
    const DELAY_CS: u16 = 6;

    fn frame(&self, picture: &Picture, number: u32) -> Picture {
        let given = [self.color, self.color2, self.color3];
        let mut colours: Vec<Colour> = given.into_iter().flatten().collect();
        // One colour alone could not run.
        if let [Colour([r, g, b, a])] = colours[..] {
            colours.push(Colour([255 - r, 255 - g, 255 - b, a]));
        }
        let tubes = Tubes {
            sharp: true,
            soft: true,
            overlay: self.overlay,
        };
        let done = f64::from(number) / f64::from(Self::FRAMES);
        // Forwards, which is where the colours of what lies behind come from.
        let ahead = (1.0 - done).fract();
        tubes.lit(picture.clone(), &Dyes::round(&colours, self.degrees), ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::letters;

    #[test]
    fn colours_run_and_tubes_stay() {
        let picture = letters(16, &"        zzzzzzzz".repeat(16));
        let lights = NeonLights {
            color: Some(Colour([255, 0, 0, 255])),
            color2: Some(Colour([0, 0, 255, 255])),
            color3: None,
            degrees: 0.0,
            overlay: false,
        };
        let at = |number: u32, x: usize| lights.frame(&picture, number).as_pixels()[8 * 16 + x];
        let seen: Vec<bool> = (0..20)
            .map(|number| at(number, 8)[0] > at(number, 8)[2])
            .collect();
        assert!(seen.contains(&true) && seen.contains(&false), "{seen:?}");
        for number in 0..20 {
            let sum = |x: usize| {
                at(number, x)[..3]
                    .iter()
                    .map(|v| u32::from(*v))
                    .sum::<u32>()
            };
            assert!(sum(8) > sum(0) + 100, "frame {number}");
        }
    }
}
