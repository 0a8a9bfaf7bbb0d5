//! Sharpen: the difference from what it is blurred, added once more.

use protocol::Sharpen;

use super::gaussian;
use crate::operations::Effect;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Sharpen {
    fn reach(&self) -> Option<usize> {
        Some(gaussian::reach(self.sigma))
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        // In 256ths.
        let amount = (self.amount * 256.0).round() as i32;
        let threshold = self.threshold as i32;
        gaussian::blur_colours(&mut picture, self.sigma, |channel, soft| {
            let own = i32::from(*channel);
            let difference = own - i32::from(soft);
            if difference.abs() > threshold {
                *channel = (own + ((difference * amount + 128) >> 8)).clamp(0, 255) as u8;
            }
        });
        Ok(picture)
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, picture};

    #[test]
    fn an_edge_becomes_steeper_and_small_differences_are_left_alone() {
        let row: Vec<[u8; 4]> = (0..20)
            .map(|x| match x {
                0..=9 => [100, 100, 100, 255],
                _ => [150, 150, 150, 255],
            })
            .collect();
        let given = picture(20, &row);
        let result = done("sharpen:1.5:1", given.clone());
        let at = |x: usize| result.as_pixels()[x][0];
        assert_eq!((at(0), at(19)), (100, 150));
        assert!(at(9) < 95 && at(10) > 155, "{} {}", at(9), at(10));
        assert_eq!(done("sharpen:1.5:1:30", given.clone()), given);
        assert_eq!(done("sharpen:1.5:0", given.clone()), given);
    }
}
