//! A JPEG decoded at a half, a quarter or an eighth of its size, for an operation that makes it
//! at least that small. Chroma is decoded at the resolution of shrunk luma, so that nothing has
//! to be interpolated.

use super::Outline;
use super::{direct, pixels};
use crate::picture::{Area, Picture, Size};
use crate::planes::Plane;

/// The picture shrunk, upright; `None` if the whole decoder is to be asked.
pub(super) fn decode(source: &[u8], outline: &Outline, by: usize) -> Option<Picture> {
    let [first, others @ ..] = outline.components.as_slice() else {
        return None;
    };
    let finer = if others.is_empty() {
        1
    } else {
        first.horizontal.max(first.vertical)
    };
    let sides = (8 / by, 8 / by * usize::from(finer));
    let planes = direct::decode(source, outline, sides, Area::all(outline.size))?.planes;
    let shrunk = |side: u32| side.div_ceil(by as u32);
    let size = Size::new(shrunk(outline.size.width), shrunk(outline.size.height));
    let mut picture = Picture::blank(size);
    match planes.as_slice() {
        [luma] => pixels::grey(luma.rows(), &mut picture),
        [luma, blue, red] if !outline.is_rgb => {
            // Chroma is finer than luma where it is stored as fine and luma has been shrunk more.
            let across = usize::from(finer > first.horizontal);
            let down = usize::from(finer > first.vertical);
            let chroma = [blue, red].map(|plane| Chroma {
                plane,
                across,
                down,
            });
            let [mean_blue, mean_red] = &mut [Vec::new(), Vec::new()];
            let rows = picture.rows_mut().zip(luma.rows());
            for (y, (row, luma)) in rows.enumerate() {
                let blue = chroma[0].row(y, luma.len(), mean_blue);
                let red = chroma[1].row(y, luma.len(), mean_red);
                pixels::coloured(luma, blue, red, row);
            }
        }
        _ => return None,
    }
    Some(picture)
}

/// Chroma and the power of two by which it is finer than luma.
struct Chroma<'a> {
    plane: &'a Plane,
    across: usize,
    down: usize,
}

impl Chroma<'_> {
    /// Chroma beside the row `y` of luma: its own, or means of it.
    fn row<'a>(&'a self, y: usize, width: usize, means: &'a mut Vec<u8>) -> &'a [u8] {
        let upper = self.plane.row(y << self.down);
        if self.across + self.down == 0 {
            return upper;
        }
        let lower = self.plane.row((y << self.down) + self.down);
        let last = self.plane.width.saturating_sub(1);
        means.clear();
        means.extend((0..width).map(|x| {
            let left = (x << self.across).min(last);
            let right = (left + self.across).min(last);
            let four = [upper[left], upper[right], lower[left], lower[right]];
            ((four.map(u16::from).iter().sum::<u16>() + 2) >> 2) as u8
        }));
        means
    }
}

#[cfg(test)]
mod tests;
