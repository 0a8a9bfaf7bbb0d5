//! Wasted: the end of a game: grey and dark, with a band across and the word on it.

use protocol::Wasted;

use crate::operations::Effect;
use crate::operations::colours::{between, luma};
use crate::operations::lettering::{self, Style};
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

const STYLE: Style = Style::BOLD;
const WORD: &str = "WASTED";
const RED: [u8; 4] = [196, 38, 44, 255];

impl Effect for Wasted {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let (width, height) = (
            f64::from(picture.size.width),
            f64::from(picture.size.height),
        );
        let letters = lettering::height(WORD, width * 0.62, STYLE).min(height / 4.0);
        let band = letters * 1.0;
        for (y, row) in picture.rows_mut().enumerate() {
            let off = (y as f64 + 0.5 - height / 2.0).abs();
            // Soft at its edges.
            let inside = ((band - off) / (band * 0.25)).clamp(0.0, 1.0);
            let share = (inside * 165.0) as u32;
            for pixel in row.as_chunks_mut::<CHANNELS>().0 {
                let grey = u32::from(luma(*pixel)) * 190 / 255;
                let grey = between(grey as u8, 0, share);
                *pixel = [grey, grey, grey, pixel[3]];
            }
        }
        let left = (width - lettering::width(WORD, letters, STYLE)) / 2.0;
        let at = (left, (height - letters) / 2.0);
        let edge = lettering::outline(WORD, at, letters, STYLE, letters * 0.045);
        edge.fill(&mut picture, [0, 0, 0, 255]);
        lettering::write(&mut picture, WORD, at, letters, STYLE, RED);
        Ok(picture)
    }
}
