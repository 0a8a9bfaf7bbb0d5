//! What a viewer sees, where quantising made it differ from the canvas.
//!
//! A pixel that does not change is not drawn again, so it keeps the colour that an earlier
//! frame's table had for it: that is steadier than a new approximation in every frame. A frame
//! whose own colours all fit into a table is shown exactly nevertheless.

use super::difference::Area;
use super::indexed::{Indexed, fits_one_table};
use crate::picture::Picture;

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

    /// Takes note that `drawn` was drawn over `area` to show `canvas`.
    pub(super) fn draw(&mut self, canvas: &Picture, area: Area, drawn: &Indexed) {
        if drawn.table.is_exact() && self.approximation.is_none() {
            return;
        }
        let mut shown = self.approximation.take().unwrap_or_else(|| canvas.clone());
        let wanted = area.pixels(canvas).zip(&drawn.indices);
        let transparent = drawn.table.transparent();
        for (pixel, (wanted, &index)) in area.pixels_mut(&mut shown).zip(wanted) {
            if Some(index) == transparent {
                continue;
            }
            *pixel = match drawn.table.approximation(index) {
                Some([r, g, b]) => [r, g, b, 255],
                None => wanted,
            };
        }
        self.approximation = (shown != *canvas).then_some(shown);
    }

    /// Takes note that the canvas was cleared.
    pub(super) fn clear(&mut self) {
        self.approximation = None;
    }
}
