//! The canvas that the frames of an animation are drawn on, as browsers do it: it starts
//! transparent, and each frame makes way for the next in the way it asks for.

use crate::picture::{Area, CHANNELS, Picture, Size};

/// What becomes of a frame's pixels when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Disposal {
    #[default]
    Keep,
    /// The frame's rectangle becomes transparent.
    Background,
    /// The frame's rectangle becomes what it was before the frame.
    Previous,
}

/// What has been drawn so far.
pub(super) struct Canvas {
    picture: Picture,
    /// What becomes transparent before the next frame.
    leaving: Option<Area>,
}

impl Canvas {
    /// All transparent. The caller has checked the size against a limit.
    pub(super) fn new(size: Size) -> Self {
        Self::of(Picture::blank(size), None)
    }

    /// With something on it, of which `leaving` is to become transparent before the next frame.
    pub(super) fn of(picture: Picture, leaving: Option<Area>) -> Self {
        Self { picture, leaving }
    }

    /// The part of `area` that lies on the canvas.
    pub(super) fn clipped(&self, area: Area) -> Area {
        area.clipped(self.picture.size)
    }

    /// Whether nothing of it lies outside of `area`.
    pub(super) fn is_covered_by(&self, area: Area) -> bool {
        area == Area::whole(&self.picture)
    }

    /// Gives its memory back while the next frame is decoded, which replaces all of it.
    pub(super) fn forget(&mut self) {
        self.picture.pixels = Vec::new();
        self.leaving = None;
    }

    /// What a viewer sees after a frame that replaces all that was there.
    pub(super) fn replaced(&mut self, frame: Picture, disposal: Disposal) -> Picture {
        self.leaving = (disposal == Disposal::Background).then(|| Area::whole(&frame));
        self.picture = frame;
        self.picture.clone()
    }

    /// What a viewer sees after the next frame. `draw` draws it on the rows of its `area`, which must
    /// lie on the canvas; it is dropped with all that it owns before more memory is taken.
    pub(super) fn next(
        &mut self,
        area: Area,
        disposal: Disposal,
        draw: impl FnOnce(&mut dyn Iterator<Item = &mut [u8]>),
    ) -> Picture {
        if let Some(area) = self.leaving.take() {
            area.rows_mut(&mut self.picture).for_each(|row| row.fill(0));
        }
        if disposal == Disposal::Previous {
            // What is to be as it was before does not become anything else.
            let mut shown = self.picture.clone();
            draw(&mut area.rows_mut(&mut shown));
            return shown;
        }
        draw(&mut area.rows_mut(&mut self.picture));
        if disposal == Disposal::Background {
            self.leaving = Some(area);
        }
        self.picture.clone()
    }
}

/// Draws `above` over `row`: the usual operator for straight alpha, rounded to the nearest.
pub(super) fn draw_over(row: &mut [u8], above: &[u8]) {
    let above = above.as_chunks::<CHANNELS>().0;
    for (pixel, top) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(above) {
        match (top[3], pixel[3]) {
            (0, _) => {}
            (255, _) | (_, 0) => *pixel = *top,
            (alpha, below) => {
                let upper = u32::from(alpha) * 255;
                let lower = (255 - u32::from(alpha)) * u32::from(below);
                let whole = upper + lower;
                for (channel, top) in pixel.iter_mut().zip(top).take(3) {
                    let sum = u32::from(*top) * upper + u32::from(*channel) * lower;
                    *channel = ((sum + whole / 2) / whole) as u8;
                }
                pixel[3] = ((whole + 127) / 255) as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_transparent_paint_mixes_and_the_rest_covers_or_leaves() {
        let mut row = [
            [10, 20, 30, 255],
            [10, 20, 30, 128],
            [10, 20, 30, 255],
            [1, 1, 1, 0],
        ]
        .concat();
        let above = [
            [110, 120, 130, 128],
            [9, 9, 9, 0],
            [7, 8, 9, 255],
            [7, 8, 9, 3],
        ]
        .concat();
        draw_over(&mut row, &above);
        let expected = [
            [60, 70, 80, 255],
            [10, 20, 30, 128],
            [7, 8, 9, 255],
            [7, 8, 9, 3],
        ];
        assert_eq!(row.as_chunks().0, expected);
    }

    #[test]
    fn each_frame_makes_way_as_it_asked() {
        let mut canvas = Canvas::new(Size::new(2, 1));
        let at = |left| Area {
            left,
            top: 0,
            width: 1,
            height: 1,
        };
        let mut draw = |left, shade: u8, disposal| {
            let shown = canvas.next(at(left), disposal, |rows| {
                rows.for_each(|row| row.fill(shade));
            });
            let pixels = shown.as_pixels().iter();
            pixels.map(|pixel| pixel[0]).collect::<Vec<_>>()
        };
        assert_eq!(draw(0, 1, Disposal::Keep), [1, 0]);
        assert_eq!(draw(0, 2, Disposal::Previous), [2, 0]);
        assert_eq!(draw(1, 3, Disposal::Background), [1, 3]);
        assert_eq!(draw(0, 4, Disposal::Keep), [4, 0]);
    }
}
