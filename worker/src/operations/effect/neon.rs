//! Neon: edges as glowing tubes in the dark.

use protocol::{Colour, Neon};

use crate::operations::colours::{between, hue};
use crate::operations::plane::{Plane, steepness};
use crate::operations::{Effect, detail};
use crate::picture::{CHANNELS, Picture};
use crate::planes;
use crate::refused::Refused;

/// What is left of the picture between the tubes, in 256ths: in the dark, and when it is to be
/// seen.
const DARK: u32 = 28;
const SEEN: u32 = 170;

impl Effect for Neon {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let colours = [self.color, self.color2, self.color3];
        let dyes = Dyes::new(&colours, self.degrees, self.gradient);
        let tubes = Tubes {
            sharp: self.sharp,
            soft: self.soft,
            overlay: self.overlay,
        };
        Ok(tubes.lit(picture, &dyes, 0.0))
    }
}

/// Steps of a way through all colours.
const STEPS: usize = 1024;

/// Colours that change across a picture.
pub(in crate::operations) struct Dyes {
    steps: Vec<[u8; 3]>,
    cos: f64,
    sin: f64,
}

impl Dyes {
    /// All hues, if there are no `colours`; they change in the direction of `degrees`, little by
    /// little with `gradient`.
    fn new(colours: &[Option<Colour>], degrees: f64, gradient: bool) -> Self {
        let colours: Vec<Colour> = colours.iter().copied().flatten().collect();
        Self::of(degrees, |at| {
            let Some(last) = colours.len().checked_sub(1) else {
                return hue(180.0 + at * 300.0);
            };
            if !gradient {
                return rgb(colours[((at * colours.len() as f64) as usize).min(last)]);
            }
            let at = at * last as f64;
            let from = (at as usize).min(last);
            mixed(
                colours[from],
                colours[(from + 1).min(last)],
                at - from as f64,
            )
        })
    }

    /// The same, but that the last colour changes to the first again.
    pub(in crate::operations) fn round(colours: &[Colour], degrees: f64) -> Self {
        Self::of(degrees, |at| {
            if colours.is_empty() {
                return hue(180.0 + at * 360.0);
            }
            let at = at * colours.len() as f64;
            let from = at as usize;
            let colour = |at: usize| colours[at % colours.len()];
            mixed(colour(from), colour(from + 1), at - from as f64)
        })
    }

    fn of(degrees: f64, colour: impl Fn(f64) -> [u8; 3]) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let step = |at: usize| colour(at as f64 / STEPS as f64);
        Self {
            steps: (0..STEPS).map(step).collect(),
            cos,
            sin,
        }
    }
}

fn rgb(Colour([r, g, b, _]): Colour) -> [u8; 3] {
    [r, g, b]
}

fn mixed(from: Colour, to: Colour, share: f64) -> [u8; 3] {
    let share = (share * 255.0 + 0.5) as u32;
    [0, 1, 2].map(|channel: usize| between(from.0[channel], to.0[channel], share))
}

/// What is seen of tubes along the edges of a picture.
pub(in crate::operations) struct Tubes {
    pub(in crate::operations) sharp: bool,
    pub(in crate::operations) soft: bool,
    pub(in crate::operations) overlay: bool,
}

impl Tubes {
    /// The picture with them; colours begin `ahead`, 0 to 1, of their way.
    pub(in crate::operations) fn lit(
        &self,
        mut picture: Picture,
        dyes: &Dyes,
        ahead: f64,
    ) -> Picture {
        let (width, height) = (
            f64::from(picture.size.width),
            f64::from(picture.size.height),
        );
        let edges = edges(&picture, width.max(height));
        let mut glow = edges.clone();
        if self.soft {
            glow = detail::blurred_plane(glow, (width.max(height) / 85.0).max(1.5));
        }
        let rest = if self.overlay { SEEN } else { DARK };
        // From the first corner that colours reach to the last.
        let reach = width * dyes.cos.abs() + height * dyes.sin.abs();
        let scale = STEPS as f64 / reach.max(1.0);
        let start = (-dyes.cos).max(0.0) * width + (-dyes.sin).max(0.0) * height;
        let rows = picture.rows_mut().zip(edges.rows()).zip(glow.rows());
        for (y, ((row, edges), glow)) in rows.enumerate() {
            let from = (start + (y as f64 + 0.5) * dyes.sin) * scale + ahead * STEPS as f64;
            let lights = edges.iter().zip(glow).enumerate();
            let pixels = row.as_chunks_mut::<CHANNELS>().0.iter_mut();
            for (pixel, (x, (edge, glow))) in pixels.zip(lights) {
                let step = from + (x as f64 + 0.5) * dyes.cos * scale;
                let dye = dyes.steps[step as usize % STEPS];
                let tube = if self.sharp { u32::from(*edge) } else { 0 };
                let around = if self.soft { u32::from(*glow) * 2 } else { 0 };
                // The brightest parts of a tube are nearly white.
                let white = tube * tube / 720;
                for (channel, dye) in pixel.iter_mut().zip(dye) {
                    let kept = (u32::from(*channel) * rest) >> 8;
                    let light = (u32::from(dye) * (tube + around)) >> 8;
                    *channel = (kept + light + white).min(255) as u8;
                }
            }
        }
        picture
    }
}

/// How much of an edge each pixel is, as a grey.
fn edges(picture: &Picture, longer: f64) -> planes::Plane {
    let mut soft = picture.clone();
    detail::gaussian(&mut soft, (longer / 500.0).max(0.8));
    let light = Plane::of(&soft);
    drop(soft);
    let mut edges = planes::Plane::blank(picture.size.width as usize, picture.size.height as usize);
    for (edges, light) in edges.rows_mut().zip(light.rows()) {
        for (edge, around) in edges.iter_mut().zip(light) {
            *edge = ((steepness(around) - 25.0) * 1.7).clamp(0.0, 255.0) as u8;
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use protocol::Operation;

    use crate::operations::tests::{done, letters};
    use crate::picture::Picture;

    /// Dark and bright stripes, 32 px wide.
    fn stripes() -> Picture {
        letters(32, &"\u{1}\u{1}\u{1}\u{1}zzzz".repeat(4 * 32))
    }

    /// Mean of red and of blue in the left and the right quarter.
    fn ends(text: &str) -> [[u64; 2]; 2] {
        let result = done(text, stripes());
        let pixels = result.as_pixels().iter().enumerate();
        let mean = |columns: std::ops::Range<usize>, channel: usize| {
            let part = pixels
                .clone()
                .filter(|(at, _)| columns.contains(&(at % 32)));
            part.map(|(_, pixel)| u64::from(pixel[channel]))
                .sum::<u64>()
                / (8 * 16)
        };
        [0..8, 24..32].map(|columns| [mean(columns.clone(), 0), mean(columns, 2)])
    }

    #[test]
    fn colours_change_in_their_direction() {
        let [left, right] = ends("neon:color=red:color2=blue:degrees=0:soft=false");
        assert!(
            left[0] > left[1] && right[1] > right[0],
            "{left:?} {right:?}"
        );
        let [left, right] = ends("neon:color=red:color2=blue:degrees=180:soft=false");
        assert!(
            left[1] > left[0] && right[0] > right[1],
            "{left:?} {right:?}"
        );
        let [left, right] = ends("neon:color=red:color2=blue:degrees=0:gradient=false:sharp=false");
        assert!(left[1] < 30 && right[0] < 30, "{left:?} {right:?}");
    }

    #[test]
    fn without_glow_nothing_is_lit_but_the_tubes() {
        let dark = |text: &str| {
            let result = done(
                text,
                letters(48, &("\u{1}".repeat(24) + &"\u{2}".repeat(24)).repeat(40)),
            );
            result.as_pixels().iter().all(|pixel| pixel[0] < 5)
        };
        assert!(dark("neon:red:soft=false") && dark("neon:red"));
        let glowing = done("neon:red", stripes());
        let without = done("neon:red:soft=false", stripes());
        let sum = |picture: &Picture| {
            picture
                .as_pixels()
                .iter()
                .map(|pixel| u64::from(pixel[0]))
                .sum::<u64>()
        };
        assert!(sum(&glowing) > sum(&without));
    }

    #[test]
    fn an_overlay_keeps_the_picture() {
        let grey = letters(9, &"z".repeat(81));
        assert!(done("neon:overlay=true", grey.clone()).as_pixels()[40][0] > 70);
        assert!(done("neon", grey).as_pixels()[40][0] < 30);
    }

    #[test]
    fn tubes_without_any_light_are_refused() {
        let refused = Operation::from_text("neon:sharp=false:soft=false").unwrap_err();
        assert!(
            refused.to_string().contains("because sharp is false"),
            "{refused}"
        );
    }
}
