//! Mosaic: tiles of one colour, lit at their top left, with dark joints.

use protocol::{Mosaic, Pixel};

use crate::operations::Effect;
use crate::operations::colours::between;
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

/// What becomes of the colour of a tile at some place of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Face,
    Lit,
    Shaded,
    Joint,
}

impl Effect for Mosaic {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let mut picture = Pixel {
            size: Some(self.pixels),
        }
        .apply(picture)?;
        let side = self.pixels as usize;
        let parts: Vec<_> = (0..side).map(|at| part(at, side)).collect();
        for (row, down) in picture.rows_mut().zip(parts.iter().cycle()) {
            let pixels = row.as_chunks_mut::<CHANNELS>().0.iter_mut();
            for (pixel, across) in pixels.zip(parts.iter().cycle()) {
                let (to, share) = match down.max(across) {
                    Part::Face => continue,
                    Part::Lit => (255, 70),
                    Part::Shaded => (0, 70),
                    Part::Joint => (20, 190),
                };
                for channel in &mut pixel[..3] {
                    *channel = between(*channel, to, share);
                }
            }
        }
        Ok(picture)
    }
}

/// Of one direction; joints are to the right and below.
fn part(at: usize, side: usize) -> Part {
    let joint = (side / 16).max(1);
    let rim = (side / 12).max(1);
    match at {
        at if at >= side - joint => Part::Joint,
        at if at >= side - joint - rim => Part::Shaded,
        at if at < rim => Part::Lit,
        _ => Part::Face,
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::compose;
    use crate::operations::tests::done;
    use crate::picture::Size;
    use protocol::Colour;

    #[test]
    fn a_tile_has_a_face_a_lit_rim_a_shaded_rim_and_a_joint() {
        let given = compose::filled(Size::new(24, 24), Colour([100, 100, 100, 255]));
        let result = done("mosiac:12", given);
        let row: Vec<u8> = (0..12).map(|x| result.as_pixels()[6 * 24 + x][0]).collect();
        assert_eq!(row[1..10], [100; 9]);
        assert!(row[0] > 120 && row[10] < 90 && row[11] < 60, "{row:?}");
    }
}
