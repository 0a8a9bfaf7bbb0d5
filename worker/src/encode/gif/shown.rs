//! What a viewer sees, where choosing colours made it differ from the canvas.
//!
//! A pixel that does not change is not drawn again, so it keeps the colour that an earlier
//! frame's table had for it: that is steadier than a new approximation in every frame. A frame
//! whose own colours all fit into a table is shown exactly nevertheless. And a pixel whose new
//! colour becomes the one that is shown already need not be drawn either.

use std::collections::HashMap;
use std::hint::select_unpredictable;

use super::draw::Drawing;
use super::palette::{Colour, Palette};
use super::tables::Indexed;
use crate::picture::{Area, CHANNELS, Picture};

/// The number of what is transparent.
const NOTHING: u16 = 0;
/// Of colours for which no number was left: as if all of them differed.
const OTHER: u16 = u16::MAX;
/// In place of the number of an index: it draws nothing.
const HIDDEN: u16 = OTHER - 1;
/// Not the value of any pixel, because those that are not opaque are black.
const NO_PIXEL: [u8; CHANNELS] = [1, 0, 0, 0];

/// See the module.
#[derive(Default)]
pub(super) struct Shown {
    /// `None`: exactly the canvas that was written last.
    approximation: Option<Approximation>,
}

/// Two bytes a pixel, each the number of a colour: half of what colours take.
pub(super) struct Approximation {
    /// Width × height × 1.
    numbers: Vec<u16>,
    /// By number: opaque, but for the first.
    colours: Vec<[u8; CHANNELS]>,
    numbered: HashMap<Colour, u16>,
}

impl Shown {
    /// What the frame `next` is to be compared with, if that is not the canvas that was written last.
    pub(super) fn approximation(&self, next: &Picture, colors: usize) -> Option<&Approximation> {
        let shown = self.approximation.as_ref()?;
        fits_one_table(next, colors).then_some(shown)
    }

    /// Takes note that `drawing` is drawn as `indexed`. For each pixel of its area, whether it need
    /// not be drawn; `None` if every one must.
    pub(super) fn draw(&mut self, drawing: Drawing<'_>, indexed: &Indexed) -> Option<Vec<bool>> {
        if indexed.exact && self.approximation.is_none() {
            return None;
        }
        let Drawing { canvas, area, .. } = drawing;
        let new = self.approximation.is_none();
        let shown = self
            .approximation
            .get_or_insert_with(|| Approximation::before(drawing));
        let free = shown.draw(canvas.size.width as usize, area, indexed);
        if indexed.exact && shown.pixels().eq(canvas.as_pixels().iter().copied()) {
            self.approximation = None;
        }
        (!new && indexed.transparent).then_some(free)
    }

    /// Takes note that the canvas was cleared.
    pub(super) fn clear(&mut self) {
        self.approximation = None;
    }
}

impl Approximation {
    /// What is shown exactly, as far as it matters once `drawing` is drawn.
    fn before(drawing: Drawing<'_>) -> Self {
        let Drawing { canvas, .. } = drawing;
        let mut shown = Self {
            numbers: vec![NOTHING; canvas.as_pixels().len()],
            colours: vec![[0; CHANNELS]],
            numbered: HashMap::new(),
        };
        if !drawing.alone {
            let mut last = ([0; CHANNELS], NOTHING);
            for (index, &pixel) in canvas.as_pixels().iter().enumerate() {
                if pixel != last.0 {
                    let [r, g, b, alpha] = pixel;
                    let number = match alpha {
                        0 => NOTHING,
                        _ => shown.number([r, g, b]),
                    };
                    last = (pixel, number);
                }
                shown.numbers[index] = last.1;
            }
        }
        shown
    }

    /// What is shown, pixel by pixel.
    fn pixels(&self) -> impl Iterator<Item = [u8; CHANNELS]> {
        let colour = |number: &u16| self.colours.get(usize::from(*number));
        let pixels = self.numbers.iter().map(colour);
        pixels.map(|pixel| pixel.copied().unwrap_or(NO_PIXEL))
    }

    /// For each pixel of `next`, whether it is shown already.
    pub(super) fn same(&self, next: &Picture) -> Vec<bool> {
        let pairs = self.pixels().zip(next.as_pixels());
        pairs.map(|(shown, next)| shown == *next).collect()
    }

    /// For each pixel of the area, whether it showed its new colour already.
    fn draw(&mut self, width: usize, area: Area, indexed: &Indexed) -> Vec<bool> {
        if self.colours.len() + indexed.entries.len() > usize::from(HIDDEN) {
            self.forget_what_is_hidden();
        }
        let mut numbers = [OTHER; 256];
        for (number, &colour) in numbers.iter_mut().zip(&indexed.entries) {
            *number = self.number(colour);
        }
        let numbers_left = self.colours.len() < usize::from(HIDDEN);
        if indexed.transparent {
            numbers[0] = HIDDEN;
        }
        let mut free = Vec::with_capacity(indexed.indices.len());
        let rows = self.numbers.chunks_exact_mut(width).skip(area.top);
        for (row, indices) in rows.zip(indexed.indices.chunks_exact(area.width)) {
            let row = &mut row[area.left..area.left + area.width];
            free.extend(row.iter_mut().zip(indices).map(|(pixel, &index)| {
                let number = numbers[usize::from(index)];
                let drawn = select_unpredictable(number == HIDDEN, *pixel, number);
                let same = drawn == *pixel;
                *pixel = drawn;
                same
            }));
        }
        if !numbers_left {
            for (free, &index) in free.iter_mut().zip(&indexed.indices) {
                *free &= numbers[usize::from(index)] != OTHER;
            }
        }
        free
    }

    /// The number of `colour`, which gets one if there is one left.
    fn number(&mut self, colour: Colour) -> u16 {
        if let Some(number) = self.numbered.get(&colour) {
            return *number;
        }
        match u16::try_from(self.colours.len()) {
            Err(_) | Ok(HIDDEN..) => OTHER,
            Ok(number) => {
                let [r, g, b] = colour;
                self.colours.push([r, g, b, u8::MAX]);
                self.numbered.insert(colour, number);
                number
            }
        }
    }

    /// Numbers anew what is shown.
    fn forget_what_is_hidden(&mut self) {
        let mut new = vec![OTHER; self.colours.len()];
        new[usize::from(NOTHING)] = NOTHING;
        let old = std::mem::replace(&mut self.colours, vec![[0; CHANNELS]]);
        self.numbered.clear();
        let mut numbers = std::mem::take(&mut self.numbers);
        for number in &mut numbers {
            let at = usize::from(*number);
            if let (Some(to), Some(&[r, g, b, _])) = (new.get_mut(at), old.get(at)) {
                if *to == OTHER {
                    *to = self.number([r, g, b]);
                }
                *number = *to;
            }
        }
        self.numbers = numbers;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Size;

    const WIDTH: usize = 255;

    /// A row of as many colours as a table holds, no two of them alike in any two rows.
    fn row(number: usize) -> Indexed {
        let colour = |x: usize| [x as u8, number as u8, (number >> 8) as u8 + 1];
        Indexed {
            indices: (1..=WIDTH).map(|index| index as u8).collect(),
            entries: std::iter::once([0; 3])
                .chain((0..WIDTH).map(colour))
                .collect(),
            global: false,
            exact: false,
            transparent: true,
        }
    }

    fn place(canvas: &Picture, top: usize) -> Drawing<'_> {
        let area = Area {
            left: 0,
            top,
            width: WIDTH,
            height: 1,
        };
        Drawing {
            canvas,
            area,
            stays: None,
            alone: false,
        }
    }

    #[test]
    fn what_is_shown_is_known_again_while_there_are_numbers_and_never_mistaken() {
        const ROWS: usize = 300;
        let canvas = Picture::blank(Size::new(WIDTH as u32, ROWS as u32));
        let mut shown = Shown::default();
        for number in 0..ROWS {
            shown.draw(place(&canvas, number), &row(number));
        }
        let mut known = 0;
        for number in 0..ROWS {
            let free = shown.draw(place(&canvas, number), &row(number)).unwrap();
            known += free.iter().filter(|free| **free).count();
        }
        // There are more colours than numbers.
        assert!((65_000..65_536).contains(&known), "{known} pixels");
        let free = shown.draw(place(&canvas, 0), &row(1)).unwrap();
        assert!(free.iter().all(|free| !free));
    }

    #[test]
    fn colours_that_are_hidden_give_their_numbers_back() {
        let canvas = Picture::blank(Size::new(WIDTH as u32, 2));
        let mut shown = Shown::default();
        for number in 0..1000 {
            shown.draw(place(&canvas, 0), &row(number));
            let free = shown.draw(place(&canvas, 0), &row(number));
            assert_eq!(free, Some(vec![true; WIDTH]), "{number}");
            let free = shown.draw(place(&canvas, 1), &row(number));
            assert_eq!(free, Some(vec![false; WIDTH]), "{number}");
        }
    }

    #[test]
    fn what_stayed_exactly_as_it_was_is_known_beside_what_is_drawn() {
        let canvas = Picture {
            size: Size::new(2, 1),
            pixels: vec![9, 8, 7, 255, 1, 2, 3, 255],
        };
        let drawing = |stays| Drawing {
            stays,
            alone: false,
            ..Drawing::whole(&canvas)
        };
        let drawn = |indices: [u8; 2]| Indexed {
            indices: indices.to_vec(),
            entries: vec![[0; 3], [9, 8, 7], [1, 2, 4]],
            ..row(0)
        };
        // The first pixel stays, the second becomes a colour near to its own.
        let mut shown = Shown::default();
        let free = shown.draw(drawing(Some(&[true, false])), &drawn([0, 2]));
        assert_eq!(free, None);
        let free = shown.draw(drawing(None), &drawn([1, 1]));
        assert_eq!(free, Some(vec![true, false]));
    }
}
