//! Tint: each tone takes the colour, as far as it is neither dark nor bright: black leads to
//! the colour and the colour to white, by luma.

use protocol::Tint;

use crate::operations::Effect;
use crate::operations::colours::{between, luma};
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Tint {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let colours = ramp(self.color.0);
        let share = (self.amount * 255.0 + 0.5) as u32;
        for pixel in picture.as_pixels_mut() {
            let tinted = colours[usize::from(luma(*pixel))];
            for (channel, tinted) in pixel.iter_mut().zip(tinted) {
                *channel = between(*channel, tinted, share);
            }
        }
        Ok(picture)
    }
}

/// Of each luma the colour of that luma: the given one where it has its own.
fn ramp(colour: [u8; 4]) -> [[u8; 3]; 256] {
    let own = u32::from(luma(colour)).clamp(1, 254);
    std::array::from_fn(|luma| {
        let luma = luma as u32;
        [colour[0], colour[1], colour[2]].map(|channel| {
            if luma <= own {
                between(0, channel, luma * 255 / own)
            } else {
                between(channel, 255, (luma - own) * 255 / (255 - own))
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::picture;
    use protocol::Colour;

    #[test]
    fn black_and_white_stay_and_the_colours_own_luma_becomes_the_colour() {
        let color = Colour([200, 80, 40, 255]);
        let own = luma(color.0);
        let given = picture(3, &[[0, 0, 0, 9], [own, own, own, 8], [255, 255, 255, 7]]);
        let expected = picture(3, &[[0, 0, 0, 9], [200, 80, 40, 8], [255, 255, 255, 7]]);
        assert_eq!(
            Tint { color, amount: 1.0 }.apply(given.clone()),
            Ok(expected)
        );
        assert_eq!(Tint { color, amount: 0.0 }.apply(given.clone()), Ok(given));
    }
}
