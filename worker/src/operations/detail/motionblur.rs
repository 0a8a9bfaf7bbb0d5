//! Motion blur: the mean along a line, by running sums along parallel digital lines, of which
//! every pixel lies on exactly one; its cost does not depend on the length.

use protocol::MotionBlur;

use crate::operations::Effect;
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

impl Effect for MotionBlur {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let (sin, cos) = self.degrees.to_radians().sin_cos();
        // Steep lines are level ones of the transposed picture.
        let steep = sin.abs() > cos.abs();
        let (run, rise) = if steep { (sin, cos) } else { (cos, sin) };
        if steep {
            picture = picture.transposed();
        }
        let steps = (f64::from(self.length) * run.abs()).round().max(1.0) as usize;
        smear(&mut picture, rise / run, steps);
        Ok(if steep { picture.transposed() } else { picture })
    }
}

/// The sum of some pixels of a line.
#[derive(Default)]
struct Sum {
    /// Red, green, blue, each times alpha.
    colours: [u64; 3],
    alpha: u64,
    pixels: u64,
}

impl Sum {
    fn add(&mut self, [r, g, b, a]: [u8; CHANNELS]) {
        for (sum, channel) in self.colours.iter_mut().zip([r, g, b]) {
            *sum += u64::from(channel) * u64::from(a);
        }
        self.alpha += u64::from(a);
        self.pixels += 1;
    }

    fn remove(&mut self, [r, g, b, a]: [u8; CHANNELS]) {
        for (sum, channel) in self.colours.iter_mut().zip([r, g, b]) {
            *sum -= u64::from(channel) * u64::from(a);
        }
        self.alpha -= u64::from(a);
        self.pixels -= 1;
    }

    fn mean(&self) -> [u8; CHANNELS] {
        let rounded = |sum: u64, count: u64| ((sum + count / 2) / count.max(1)) as u8;
        let [r, g, b] = self.colours.map(|sum| rounded(sum, self.alpha));
        [r, g, b, rounded(self.alpha, self.pixels)]
    }
}

/// Along lines that fall by `slope`, -1 to 1, per px: the mean of `steps` pixels around each.
fn smear(picture: &mut Picture, slope: f64, steps: usize) {
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    let fall: Vec<i64> = (0..width)
        .map(|x| (x as f64 * slope).round() as i64)
        .collect();
    let (least, most) = match (fall.first(), fall.last()) {
        (Some(first), Some(last)) => (*first.min(last), *first.max(last)),
        _ => return,
    };
    let (ahead, behind) = (steps / 2, steps - steps / 2);
    let mut line = Vec::with_capacity(width);
    for start in -most..height as i64 - least {
        // Which pixels of this line lie in the picture: a run without gaps.
        let indexes = fall.iter().enumerate().filter_map(|(x, fall)| {
            let y = usize::try_from(start + fall).ok()?;
            (y < height).then_some(y * width + x)
        });
        line.clear();
        line.extend(indexes.map(|index| (index, picture.as_pixels()[index])));
        let pixels = picture.as_pixels_mut();
        let mut sum = Sum::default();
        for (_, pixel) in line.iter().take(ahead) {
            sum.add(*pixel);
        }
        for (at, (index, _)) in line.iter().enumerate() {
            if let Some((_, entering)) = line.get(at + ahead) {
                sum.add(*entering);
            }
            if let Some(left) = at.checked_sub(behind) {
                sum.remove(line[left].1);
            }
            pixels[*index] = sum.mean();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::compose;
    use crate::operations::tests::done;
    use crate::picture::{Picture, Size};
    use protocol::Colour;

    #[test]
    fn a_point_becomes_a_line_of_that_length_and_direction() {
        for (degrees, dx, dy) in [
            (0, 10, 0),
            (90, 0, 10),
            (45, 7, 7),
            (-45, 7, -7),
            (135, -7, 7),
            (180, 10, 0),
        ] {
            let mut given = Picture::blank(Size::new(61, 61));
            given.as_pixels_mut()[30 * 61 + 30] = [200, 100, 50, 255];
            let result = done(&format!("motionblur:20:{degrees}"), given);
            let at = |x: i32, y: i32| result.as_pixels()[(y * 61 + x) as usize];
            for (x, y) in [(0, 0), (dx * 4 / 5, dy * 4 / 5), (-dx * 4 / 5, -dy * 4 / 5)] {
                let [r, g, b, a] = at(30 + x, 30 + y);
                assert_eq!([r, g, b], [200, 100, 50], "{degrees} degrees");
                assert!((12..=20).contains(&a), "{degrees} degrees: alpha {a}");
            }
            assert_eq!(
                at(30 + dx * 13 / 10, 30 + dy * 13 / 10)[3],
                0,
                "{degrees} degrees"
            );
            let count = result
                .as_pixels()
                .iter()
                .filter(|pixel| pixel[3] > 0)
                .count();
            assert!((13..=20).contains(&count), "{degrees} degrees: {count} px");
        }
    }

    #[test]
    fn a_plain_colour_stays_to_the_very_edges() {
        let given = compose::filled(Size::new(30, 20), Colour([90, 160, 30, 200]));
        for degrees in [0, 20, 77, 90, -30] {
            assert_eq!(
                done(&format!("motionblur:300:{degrees}"), given.clone()),
                given
            );
        }
    }
}
