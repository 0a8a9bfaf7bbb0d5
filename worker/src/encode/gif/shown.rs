//! What a viewer sees, where choosing colours made it differ from the canvas.
//!
//! A pixel that does not change is not drawn again, so it keeps the colour that an earlier
//! frame's table had for it: that is steadier than a new approximation in every frame. A frame
//! whose own colours all fit into a table is shown exactly nevertheless. And a pixel whose new
//! colour becomes the one that is shown already need not be drawn either.

use super::palette::Palette;
use super::tables::Indexed;
use crate::picture::{Area, Picture};

/// See the module.
#[derive(Default)]
pub(super) struct Shown {
    /// `None`: exactly the canvas that was written last.
    approximation: Option<Picture>,
}

impl Shown {
    /// What the frame `next` is to be compared with, when `canvas` was written last.
    pub(super) fn reference<'a>(
        &'a self,
        canvas: &'a Picture,
        next: &Picture,
        colors: usize,
    ) -> &'a Picture {
        match &self.approximation {
            Some(shown) if fits_one_table(next, colors) => shown,
            _ => canvas,
        }
    }

    /// Takes note that `indexed` is drawn over `area` to show `canvas`. For each pixel of the
    /// area, whether it need not be drawn; `None` if every one must.
    pub(super) fn draw(
        &mut self,
        canvas: &Picture,
        area: Area,
        indexed: &Indexed,
    ) -> Option<Vec<bool>> {
        if indexed.exact && self.approximation.is_none() {
            return None;
        }
        let new = self.approximation.is_none();
        let shown = self.approximation.get_or_insert_with(|| canvas.clone());
        let mut colours = [[0, 0, 0, u8::MAX]; 256];
        for (colour, &[r, g, b]) in colours.iter_mut().zip(&indexed.entries) {
            *colour = [r, g, b, u8::MAX];
        }
        let mut free = Vec::with_capacity(indexed.indices.len());
        let width = canvas.size.width as usize;
        let rows = shown.as_pixels_mut().chunks_exact_mut(width).skip(area.top);
        for (row, indices) in rows.zip(indexed.indices.chunks_exact(area.width)) {
            let row = &mut row[area.left..area.left + area.width];
            free.extend(row.iter_mut().zip(indices).map(|(pixel, &index)| {
                let hidden = index == 0 && indexed.transparent;
                let drawn = if hidden {
                    *pixel
                } else {
                    colours[usize::from(index)]
                };
                let same = drawn == *pixel;
                *pixel = drawn;
                same
            }));
        }
        if indexed.exact && *shown == *canvas {
            self.approximation = None;
        }
        (!new && indexed.transparent).then_some(free)
    }

    /// Takes note that the canvas was cleared.
    pub(super) fn clear(&mut self) {
        self.approximation = None;
    }
}

/// Whether a table of so many colours can hold every colour of `picture` as it is.
fn fits_one_table(picture: &Picture, colors: usize) -> bool {
    let mut palette = Palette::new();
    let mut transparent = 0;
    let mut last = [0; 4];
    picture.as_pixels().iter().all(|&pixel| {
        if pixel == last && pixel[3] != 0 {
            return true;
        }
        last = pixel;
        let [r, g, b, alpha] = pixel;
        if alpha == 0 {
            transparent = 1;
            return true;
        }
        palette.find_or_add([r, g, b], colors).is_some()
    }) && palette.colours().len() + transparent <= 256
}
