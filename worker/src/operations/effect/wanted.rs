//! Wanted: the picture on an old poster, with a reward.

use protocol::{Colour, Sepia, Wanted};

use crate::operations::Effect;
use crate::operations::colours::between;
use crate::operations::compose;
use crate::operations::grain::Grain;
use crate::operations::lettering::{self, Style};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

const STYLE: Style = Style::POSTER;
const INK: [u8; 4] = [62, 38, 20, 255];

/// Where things lie on a poster for a picture of some size, px.
struct Poster {
    size: Size,
    /// Around the picture.
    margin: u32,
    /// Above the picture.
    head: u32,
}

impl Poster {
    fn of(size: Size) -> Self {
        let margin = (size.width / 7).max(4);
        let width = size.width + 2 * margin;
        let (head, foot) = (width * 36 / 100, width * 24 / 100);
        Self {
            size: Size::new(width, size.height + head + foot),
            margin,
            head,
        }
    }
}

impl Effect for Wanted {
    fn result_size(&self, size: Size) -> Size {
        Poster::of(size).size
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let poster = Poster::of(picture.size);
        let own = picture.size;
        let mut face = Sepia { amount: 0.9 }.apply(picture)?;
        compose::flatten(&mut face, Colour([222, 198, 150, 255]));
        let mut result = paper(poster.size);
        let (left, top) = (i64::from(poster.margin), i64::from(poster.head));
        let frame = (poster.margin / 10).max(1);
        let framed = Size::new(own.width + 2 * frame, own.height + 2 * frame);
        let face = compose::on_canvas(face, framed, (frame, frame), Colour(INK));
        let frame = i64::from(frame);
        compose::place(&mut result, &face, left - frame, top - frame);
        let width = f64::from(poster.size.width);
        let mut line = |text: &str, tallest: f64, middle: f64| {
            let height = lettering::height(text, width * 0.86, STYLE).min(tallest);
            let left = (width - lettering::width(text, height, STYLE)) / 2.0;
            let at = (left, middle - height / 2.0);
            lettering::write(&mut result, text, at, height, STYLE, INK);
        };
        line("WANTED", width * 0.19, width * 0.145);
        line("DEAD OR ALIVE", width * 0.07, width * 0.295);
        let below = f64::from(poster.head + own.height);
        line("REWARD", width * 0.07, below + width * 0.072);
        line("$ 1,000,000", width * 0.09, below + width * 0.17);
        Ok(result)
    }
}

/// Old paper: stained, dark towards its edges.
fn paper(size: Size) -> Picture {
    let grain = Grain::new(1873);
    let scale = 6.0 / f64::from(size.width);
    let mut paper = compose::filled(size, Colour([226, 200, 148, 255]));
    for (y, row) in paper.rows_mut().enumerate() {
        let pixels = row.as_chunks_mut::<CHANNELS>().0;
        let places = (0..pixels.len()).map(|x| x as f64 * scale);
        let stains = grain.cloud(y as f64 * scale).along(places);
        for (x, (pixel, stain)) in pixels.iter_mut().zip(stains).enumerate() {
            let to_edge =
                (x.min(size.width as usize - 1 - x)).min(y.min(size.height as usize - 1 - y));
            let edge = (1.0 - to_edge as f64 * scale * 2.5).max(0.0) * (0.5 + stain);
            let share = ((stain - 0.35).max(0.0) * 190.0 + edge * 110.0).min(255.0) as u32;
            for (channel, dark) in pixel.iter_mut().zip([104, 68, 30]) {
                *channel = between(*channel, dark, share);
            }
        }
    }
    paper
}
