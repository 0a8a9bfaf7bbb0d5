//! Triggered: shaken, in red light, with the word on a bar below.

use protocol::{Colour, Triggered};

use super::generated::Script;
use super::shake::shaken;
use crate::operations::colours::Matrix;
use crate::operations::compose;
use crate::operations::lettering::{self, Style};
use crate::picture::{Picture, Size};

const WORD: &str = "TRIGGERED";
const STYLE: Style = Style::HEADLONG;
/// Red light.
const RED: [[f64; 4]; 3] = [
    [0.80, 0.14, 0.06, 48.0],
    [0.08, 0.62, 0.04, 0.0],
    [0.08, 0.06, 0.56, 0.0],
];

impl Script for Triggered {
    const FRAMES: u32 = 12;
    const DELAY_CS: u16 = 4;

    fn frame(&self, picture: &Picture, number: u32) -> Picture {
        let Size { width, height } = picture.size;
        let bar_height = (width / 5).max(1);
        let mut shaken = shaken(picture, number, 0.05);
        Matrix::new(RED).apply(&mut shaken);
        let size = Size::new(width, height + bar_height);
        let mut result = compose::filled(size, Colour([220, 54, 28, 255]));
        compose::place(&mut result, &shaken, 0, 0);
        let bar = f64::from(bar_height);
        let most = f64::from(width) * 0.88;
        let letters = (bar * 0.66).min(lettering::height(WORD, most, STYLE));
        let jitter = |by: u32| (f64::from(number * by % 5) - 2.0) * bar * 0.025;
        let left = (f64::from(width) - lettering::width(WORD, letters, STYLE)) / 2.0 + jitter(3);
        let top = f64::from(height) + (bar - letters) / 2.0 + jitter(2);
        let edge = lettering::outline(WORD, (left, top), letters, STYLE, letters * 0.06);
        edge.fill(&mut result, [60, 8, 4, 255]);
        lettering::write(&mut result, WORD, (left, top), letters, STYLE, [255; 4]);
        result
    }
}
