//! Zoom blur: the mean of 32 pictures, each a little larger than the one before. Five times the
//! mean of a picture and an enlarged one gives that, where 31 enlargements would be needed.

use protocol::ZoomBlur;

use crate::operations::Effect;
use crate::operations::compose::mix;
use crate::operations::sample::{Outside, place, sample};
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

/// Each doubles the number of pictures.
const ROUNDS: i32 = 5;

impl Effect for ZoomBlur {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let size = picture.size;
        let (middle_x, middle_y) = (f64::from(size.width) / 2.0, f64::from(size.height) / 2.0);
        let whole = 1.0 + self.amount / 100.0;
        for round in 0..ROUNDS {
            // Together 31 of 32 parts of the whole.
            let scale = whole.powf(-f64::from(1 << round) / f64::from(1 << ROUNDS));
            // Columns and rows are enlarged each by themselves.
            let places = |length: u32, middle: f64| -> Vec<i32> {
                let from = |at: u32| (f64::from(at) + 0.5 - middle) * scale + middle;
                (0..length).map(|at| place(from(at), 0.0).0).collect()
            };
            let (columns, rows) = (places(size.width, middle_x), places(size.height, middle_y));
            let mut mean = picture.clone();
            let share = 127 + (round as u32 & 1);
            for (row, y) in mean.rows_mut().zip(rows) {
                for (pixel, x) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(&columns) {
                    *pixel = mix(*pixel, sample(&picture, (*x, y), Outside::Edge), share);
                }
            }
            picture = mean;
        }
        Ok(picture)
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::done;
    use crate::picture::{Picture, Size};

    #[test]
    fn a_point_is_drawn_out_away_from_the_middle() {
        let mut given = Picture::blank(Size::new(201, 201));
        for at in [160, 161] {
            given.as_pixels_mut()[100 * 201 + at] = [200, 100, 50, 255];
        }
        let result = done("zoomblur:20", given);
        let at = |x: usize, y: usize| result.as_pixels()[y * 201 + x][3];
        // From 60 px off the middle to 60 × 1.2.
        assert!(
            at(162, 100) > 5 && at(170, 100) > 5,
            "{} {}",
            at(162, 100),
            at(170, 100)
        );
        assert_eq!((at(157, 100), at(176, 100), at(165, 97)), (0, 0, 0));
    }
}
