//! What the frames of a GIF are drawn on. Each pixel is the number of a colour, two bytes in place of
//! four, because colours come from tables. A canvas that shows more colours than there are numbers
//! becomes one of colours.

use std::collections::HashMap;
use std::hint::select_unpredictable;

use super::lzw::Indices;
use super::outline::FrameOutline;
use crate::decode::canvas::{self, Disposal};
use crate::decode::watch::{Choose, Watch};
use crate::picture::{Area, CHANNELS, Delay, Patch, Picture, Size};

/// The number of what is transparent.
const NOTHING: u16 = 0;
const NUMBERS: usize = 1 << 16;
/// Colours of a table, at most.
const TABLE: usize = 256;

/// What has been drawn so far.
pub(super) enum Canvas<'a> {
    Numbered(Numbered<'a>),
    Coloured(canvas::Canvas),
}

pub(super) struct Numbered<'a> {
    size: Size,
    /// Width × height × 1.
    pixels: Vec<u16>,
    /// By number; the first is transparent.
    colours: Vec<[u8; CHANNELS]>,
    /// Colour tables, and the number of the first colour of each.
    tables: Vec<(&'a [u8], usize)>,
    /// What becomes transparent before the next frame.
    leaving: Option<Area>,
    /// What a viewer sees, if that is not what stays.
    shown: Option<Picture>,
    watch: Watch,
}

impl<'a> Canvas<'a> {
    /// All transparent. The caller has checked the size against a limit.
    pub(super) fn new(size: Size) -> Self {
        Self::Numbered(Numbered {
            size,
            pixels: vec![NOTHING; size.pixels() as usize],
            colours: vec![[0; CHANNELS]],
            tables: Vec::new(),
            leaving: None,
            shown: None,
            watch: Watch::default(),
        })
    }

    /// Whether frames from now on are looked at.
    pub(super) fn watch(&mut self, on: bool) {
        match self {
            Self::Numbered(numbered) => numbered.watch.set(on),
            Self::Coloured(canvas) => canvas.watch.set(on),
        }
    }

    /// Draws a frame.
    pub(super) fn next(&mut self, frame: &FrameOutline<'a>, indices: Indices) {
        if let Self::Numbered(numbered) = self {
            if let Some(first) = numbered.first_number(frame.palette) {
                return numbered.next(frame, first, indices);
            }
            *self = Self::Coloured(numbered.coloured());
        }
        if let Self::Coloured(canvas) = self {
            draw_coloured(canvas, frame, indices);
        }
    }

    /// What a viewer sees after the frame that was drawn last, as far as it is chosen; once.
    pub(super) fn patch(&mut self, choose: Option<Choose<'_>>, delay: Delay) -> Patch {
        match self {
            Self::Numbered(numbered) => {
                let shown = numbered.shown.take();
                let (size, stays) = (numbered.size, |area| numbered.stays(area));
                numbered.watch.patch(choose, (size, delay), shown, stays)
            }
            Self::Coloured(canvas) => canvas.patch(choose, None, delay),
        }
    }
}

impl<'a> Numbered<'a> {
    /// The number of the first colour of `table`; `None` if there are too few left.
    fn first_number(&mut self, table: &'a [u8]) -> Option<usize> {
        if let Some((_, first)) = self.tables.iter().find(|(known, _)| *known == table) {
            return Some(*first);
        }
        if self.colours.len() + TABLE > NUMBERS {
            self.forget_what_is_hidden();
        }
        let first = self.colours.len();
        if first + TABLE > NUMBERS {
            return None;
        }
        let colours = table.as_chunks().0.iter();
        self.colours
            .extend(colours.map(|&[r, g, b]| [r, g, b, u8::MAX]));
        self.tables.push((table, first));
        Some(first)
    }

    /// Numbers anew what is shown.
    fn forget_what_is_hidden(&mut self) {
        let mut numbered = HashMap::from([([0; CHANNELS], NOTHING)]);
        let mut colours = vec![[0; CHANNELS]];
        let mut last = (NOTHING, NOTHING);
        for pixel in &mut self.pixels {
            if *pixel != last.0 {
                let colour = self.colours[usize::from(*pixel)];
                // No more than there were before.
                let next = colours.len() as u16;
                let number = *numbered.entry(colour).or_insert(next);
                if number == next {
                    colours.push(colour);
                }
                last = (*pixel, number);
            }
            *pixel = last.1;
        }
        self.colours = colours;
        self.tables.clear();
    }

    fn next(&mut self, frame: &FrameOutline<'_>, first: usize, indices: Indices) {
        if let Some(area) = self.leaving.take() {
            rows_mut(&mut self.pixels, self.size, area).for_each(|row| row.fill(NOTHING));
        }
        let area = frame.area().clipped(self.size);
        self.watch.begin(area, frame.disposal);
        if frame.disposal == Disposal::Previous {
            // What is to be as it was before does not become anything else.
            let mut shown = self.stays(Area::all(self.size));
            let colours = colours(frame);
            let same = |before, after| before == after;
            for (y, row) in area.rows_mut(&mut shown).enumerate() {
                let draw = |row: &mut [_]| draw_row(frame, y, row, &indices, &colours);
                let row = row.as_chunks_mut().0;
                self.watch.row((area, y), row, draw, same);
            }
            self.shown = Some(shown);
            return;
        }
        let mut numbers = [NOTHING; TABLE];
        let count = frame.palette.len() / 3;
        for (number, which) in numbers.iter_mut().zip(first..first + count) {
            *number = which as u16;
        }
        if let Some(index) = frame.transparent {
            numbers[usize::from(index)] = NOTHING;
        }
        let colours = self.colours.as_slice();
        let same = |before: u16, after: u16| colours[before as usize] == colours[after as usize];
        for (y, row) in rows_mut(&mut self.pixels, self.size, area).enumerate() {
            let draw = |row: &mut [_]| draw_row(frame, y, row, &indices, &numbers);
            self.watch.row((area, y), row, draw, same);
        }
        if frame.disposal == Disposal::Background {
            self.leaving = Some(area);
        }
    }

    fn stays(&self, area: Area) -> Picture {
        let colours = self.colours.as_slice();
        let colour = |number: &u16| colours[usize::from(*number)];
        let mut pixels: Vec<[u8; CHANNELS]> = Vec::with_capacity(area.count());
        for row in rows(&self.pixels, self.size, area) {
            pixels.extend(row.iter().map(colour));
        }
        Picture {
            size: area.size(),
            pixels: pixels.into_flattened(),
        }
    }

    fn coloured(&mut self) -> canvas::Canvas {
        let watch = std::mem::take(&mut self.watch);
        canvas::Canvas::of(self.stays(Area::all(self.size)), self.leaving, watch)
    }
}

/// The parts of the rows of numbers inside of `area`.
fn rows(pixels: &[u16], size: Size, area: Area) -> impl Iterator<Item = &[u16]> {
    let rows = pixels.chunks_exact((size.width as usize).max(1));
    let rows = rows.skip(area.top).take(area.height);
    rows.filter_map(move |row| row.get(area.left..area.left + area.width))
}

fn rows_mut(pixels: &mut [u16], size: Size, area: Area) -> impl Iterator<Item = &mut [u16]> {
    let rows = pixels.chunks_exact_mut((size.width as usize).max(1));
    let rows = rows.skip(area.top).take(area.height);
    rows.filter_map(move |row| row.get_mut(area.left..area.left + area.width))
}

fn draw_coloured(canvas: &mut canvas::Canvas, frame: &FrameOutline<'_>, indices: Indices) {
    let area = canvas.clipped(frame.area());
    let colours = colours(frame);
    canvas.next(area, frame.disposal, move |y, row| {
        draw_row(frame, y, row.as_chunks_mut().0, &indices, &colours);
    });
}

/// The colour of each index. Transparent is what is not drawn: the transparent index, and every index
/// that the colour table is too short for.
fn colours(frame: &FrameOutline<'_>) -> [[u8; CHANNELS]; TABLE] {
    let mut colours = [[0; CHANNELS]; TABLE];
    for (colour, &[r, g, b]) in colours.iter_mut().zip(frame.palette.as_chunks().0) {
        *colour = [r, g, b, u8::MAX];
    }
    if let Some(index) = frame.transparent {
        colours[usize::from(index)] = [0; CHANNELS];
    }
    colours
}

/// Draws what `values` says for each index of row `y`, and nothing where that is the default.
fn draw_row<P: Copy + Default + PartialEq>(
    frame: &FrameOutline<'_>,
    y: usize,
    row: &mut [P],
    indices: &Indices,
    values: &[P; TABLE],
) {
    let width = usize::from(frame.width).max(1);
    let mut stored = indices.pixels().chunks_exact(width);
    // Fewer than announced, or none.
    let Some(indices) = stored.nth(row_stored(y, frame)) else {
        return;
    };
    for (pixel, &index) in row.iter_mut().zip(indices) {
        let value = values[usize::from(index)];
        // Which pixels are transparent is noise to a processor that guesses.
        *pixel = select_unpredictable(value == P::default(), *pixel, value);
    }
}

/// As which one a row of a frame is stored.
fn row_stored(y: usize, frame: &FrameOutline<'_>) -> usize {
    if !frame.interlaced {
        return y;
    }
    let rows = |first: usize, step: usize| {
        usize::from(frame.height)
            .saturating_sub(first)
            .div_ceil(step)
    };
    match y % 8 {
        0 => y / 8,
        4 => rows(0, 8) + y / 8,
        2 | 6 => rows(0, 8) + rows(4, 8) + y / 4,
        _ => rows(0, 8) + rows(4, 8) + rows(2, 4) + y / 2,
    }
}

#[cfg(test)]
mod tests;
