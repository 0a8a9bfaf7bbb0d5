//! The canvas that the frames of an animation are drawn on, as browsers do it: it starts
//! transparent, and each frame makes way for the next in the way it asks for.

use super::orientation::upright;
use super::watch::{Choose, Watch};
use crate::picture::{
    Area, CHANNELS, Delay, Frame, Kept, Opaque, Patch, Picture, Size, is_opaque, narrow_row,
    widen_row,
};

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
    size: Size,
    /// Nothing while all is transparent.
    drawn: Option<Kept>,
    /// What becomes transparent before the next frame.
    leaving: Option<Area>,
    /// What a viewer sees, if that is not what stays.
    shown: Option<Picture>,
    pub(super) watch: Watch,
}

impl Canvas {
    /// All transparent. The caller has checked the size against a limit.
    pub(super) fn new(size: Size) -> Self {
        Self {
            size,
            drawn: None,
            leaving: None,
            shown: None,
            watch: Watch::default(),
        }
    }

    /// With something on it, of which `leaving` is to become transparent before the next frame.
    pub(super) fn of(picture: Picture, leaving: Option<Area>, watch: Watch) -> Self {
        Self {
            size: picture.size,
            drawn: Some(Kept::of(picture)),
            leaving,
            shown: None,
            watch,
        }
    }

    /// The part of `area` that lies on the canvas.
    pub(super) fn clipped(&self, area: Area) -> Area {
        area.clipped(self.size)
    }

    /// Whether nothing of it lies outside of `area`.
    pub(super) fn is_covered_by(&self, area: Area) -> bool {
        area == Area::all(self.size)
    }

    /// Gives its memory back while the next frame is decoded, which replaces all of it.
    pub(super) fn forget(&mut self) {
        self.drawn = None;
        self.leaving = None;
    }

    fn replace(&mut self, disposal: Disposal) {
        self.forget();
        let all = Area::all(self.size);
        self.watch.begin(all, disposal);
        self.watch.note(all);
    }

    /// Takes a frame that replaces all that was there, and does not bring it back.
    pub(super) fn replaced(&mut self, frame: Picture, disposal: Disposal) {
        self.replace(disposal);
        if disposal != Disposal::Background {
            self.drawn = Some(Kept::copy_of(&frame));
        }
        self.shown = Some(frame);
    }

    /// As above, of a frame without transparent pixels.
    pub(super) fn replaced_opaque(&mut self, frame: Opaque, disposal: Disposal) {
        self.replace(disposal);
        match disposal {
            Disposal::Background => self.shown = Some(frame.into_picture()),
            _ => self.drawn = Some(Kept::Opaque(frame)),
        }
    }

    /// Takes the next frame. `draw` draws it on the rows of its `area`, which must lie on the canvas, each
    /// with its number in it, and may be asked for one again that is as it was before; it is dropped with
    /// all that it owns before it is asked what a viewer sees.
    pub(super) fn next(
        &mut self,
        area: Area,
        disposal: Disposal,
        mut draw: impl FnMut(usize, &mut [u8]),
    ) {
        self.watch.begin(area, disposal);
        if let Some(area) = self.leaving.take() {
            self.clear(area);
        }
        if disposal == Disposal::Previous {
            // What is to be as it was before does not become anything else.
            let mut shown = self.stays(Area::all(self.size));
            draw_rows(&mut shown, area, 0, draw, &mut self.watch);
            self.shown = Some(shown);
            return;
        }
        self.draw(area, &mut draw);
        if disposal == Disposal::Background {
            match self.is_covered_by(area) {
                true => self.shown = Some(self.taken()),
                false => self.leaving = Some(area),
            }
        }
    }

    /// What a viewer sees after the frame that was taken last, as far as it is chosen, and upright as `exif`
    /// says, for which it is needed as a whole; once.
    pub(super) fn patch(
        &mut self,
        choose: Option<Choose<'_>>,
        exif: Option<&[u8]>,
        delay: Delay,
    ) -> Patch {
        let choose = choose.filter(|_| exif.is_none());
        let shown = self.shown.take();
        let stays = |area| self.stays(area);
        let patch = self.watch.patch(choose, (self.size, delay), shown, stays);
        if exif.is_none() {
            return patch;
        }
        let picture = upright(patch.picture, exif);
        Frame { picture, delay }.into()
    }

    fn stays(&self, area: Area) -> Picture {
        match &self.drawn {
            Some(kept) => kept.part(area),
            None => Picture::blank(area.size()),
        }
    }

    /// What is there, of which nothing is left.
    fn taken(&mut self) -> Picture {
        match self.drawn.take() {
            Some(kept) => kept.into_picture(),
            None => Picture::blank(self.size),
        }
    }

    fn clear(&mut self, area: Area) {
        if self.drawn.is_none() || self.is_covered_by(area) {
            self.drawn = None;
            return;
        }
        let mut picture = self.taken();
        area.rows_mut(&mut picture).for_each(|row| row.fill(0));
        self.drawn = Some(Kept::Any(picture));
    }

    fn draw(&mut self, area: Area, draw: &mut impl FnMut(usize, &mut [u8])) {
        let mut done = 0;
        if let Some(Kept::Opaque(opaque)) = &mut self.drawn {
            done = draw_opaque_rows(opaque, area, draw, &mut self.watch);
            if done == area.height {
                return;
            }
        }
        let mut picture = self.taken();
        draw_rows(&mut picture, area, done, draw, &mut self.watch);
        self.drawn = Some(match self.is_covered_by(area) {
            true => Kept::of(picture),
            false => Kept::Any(picture),
        });
    }
}

/// Draws the rows of `area` from `first` on.
fn draw_rows(
    canvas: &mut Picture,
    area: Area,
    first: usize,
    mut draw: impl FnMut(usize, &mut [u8]),
    watch: &mut Watch,
) {
    for (y, row) in area.rows_mut(canvas).enumerate().skip(first) {
        draw_row((area, y), row, &mut draw, watch);
    }
}

fn draw_row(
    (area, y): (Area, usize),
    row: &mut [u8],
    draw: &mut impl FnMut(usize, &mut [u8]),
    watch: &mut Watch,
) {
    let pixels = row.as_chunks_mut::<CHANNELS>().0;
    let draw = |pixels: &mut [[u8; CHANNELS]]| draw(y, pixels.as_flattened_mut());
    watch.row((area, y), pixels, draw, |before, after| before == after);
}

/// Draws the rows of `area` up to the first one that does not stay opaque; how many these are.
fn draw_opaque_rows(
    canvas: &mut Opaque,
    area: Area,
    draw: &mut impl FnMut(usize, &mut [u8]),
    watch: &mut Watch,
) -> usize {
    let mut row = vec![0; area.width * CHANNELS];
    for (y, narrow) in canvas.rows_mut(area).enumerate() {
        widen_row(narrow, &mut row);
        draw_row((area, y), &mut row, draw, watch);
        if !is_opaque(&row) {
            return y;
        }
        narrow_row(&row, narrow);
    }
    area.height
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
mod tests;
