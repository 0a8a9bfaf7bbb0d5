//! Colors: the picture with its main colours below it, each with its code. The first frame
//! decides which.

use protocol::{Colors, Colour};

use crate::operations::colours::luma;
use crate::operations::compose;
use crate::operations::lettering::{self, Style};
use crate::operations::{Effect, Prepare};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

const STYLE: Style = Style::PLAIN;

impl Prepare for Colors {
    fn prepare<'a>(&'a self, first: &Picture) -> Box<dyn Effect + 'a> {
        Box::new(Strip(main_colours(first, self.count as usize)))
    }
}

/// The colours, most frequent first.
struct Strip(Vec<[u8; CHANNELS]>);

fn strip_height(size: Size) -> u32 {
    (size.width.max(size.height) / 6).max(1)
}

impl Effect for Strip {
    fn result_size(&self, size: Size) -> Size {
        Size::new(size.width, size.height + strip_height(size))
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let own = picture.size;
        let size = self.result_size(own);
        let mut result = compose::on_canvas(picture, size, (0, 0), Colour::TRANSPARENT);
        let height = strip_height(own);
        let count = self.0.len() as u32;
        for (at, colour) in (0_u32..).zip(&self.0) {
            // Nothing is lost to rounding.
            let edge = |at: u32| (u64::from(own.width) * u64::from(at) / u64::from(count)) as u32;
            let (left, right) = (edge(at), edge(at + 1));
            let field = compose::filled(Size::new(right - left, height), Colour(*colour));
            compose::place(&mut result, &field, left.into(), own.height.into());
            let text = format!("#{:02X}{:02X}{:02X}", colour[0], colour[1], colour[2]);
            let most = f64::from(right - left) * 0.86;
            let letters = lettering::height(&text, most, STYLE).min(f64::from(height) / 3.0);
            let ink = if luma(*colour) > 130 {
                [0, 0, 0, 255]
            } else {
                [255; 4]
            };
            let across = f64::from(left)
                + (f64::from(right - left) - lettering::width(&text, letters, STYLE)) / 2.0;
            let down = f64::from(own.height) + (f64::from(height) - letters) / 2.0;
            lettering::write(&mut result, &text, (across, down), letters, STYLE, ink);
        }
        Ok(result)
    }
}

/// Means of the fullest of 4096 bins of colours that are not too near to one another.
fn main_colours(picture: &Picture, count: usize) -> Vec<[u8; CHANNELS]> {
    let mut bins = vec![[0_u64; 4]; 4096];
    for [r, g, b, a] in picture.as_pixels() {
        if *a > 127 {
            let bin = usize::from(r >> 4) << 8 | usize::from(g >> 4) << 4 | usize::from(b >> 4);
            for (sum, value) in bins[bin].iter_mut().zip([1, *r, *g, *b]) {
                *sum += u64::from(value);
            }
        }
    }
    bins.retain(|bin| bin[0] > 0);
    // Stable, so that the same picture always gives the same order.
    bins.sort_by_key(|bin| std::cmp::Reverse(bin[0]));
    let mut found: Vec<[u8; CHANNELS]> = Vec::new();
    for apart in [60, 30, 10] {
        for [pixels, sums @ ..] in &bins {
            let [r, g, b] = sums.map(|sum| (sum / pixels) as u8);
            let far = |other: &[u8; CHANNELS]| {
                let off = [r, g, b]
                    .into_iter()
                    .zip(other)
                    .map(|(one, two)| i32::from(one.abs_diff(*two)).pow(2));
                off.sum::<i32>() > apart * apart
            };
            if found.len() < count && found.iter().all(far) {
                found.push([r, g, b, 255]);
            }
        }
    }
    if found.is_empty() {
        found.push([0, 0, 0, 255]);
    }
    found
}
