//! A canvas that is held while others are made. Where none of its pixels is transparent it takes
//! three bytes a pixel in place of four.

use super::{Area, CHANNELS, Picture, Size};

/// Bytes of a pixel of which it is known that it is opaque.
const COLOURS: usize = 3;
/// Pixels that are moved at once.
const TOGETHER: usize = 16;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kept {
    /// No pixel is transparent.
    Opaque(Opaque),
    Any(Picture),
}

/// Opaque pixels only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opaque {
    pub(crate) size: Size,
    /// Width × height × 3.
    pub(crate) colours: Vec<u8>,
}

impl Kept {
    /// In the memory of `picture`.
    pub(crate) fn of(picture: Picture) -> Self {
        match is_opaque(&picture.pixels) {
            true => Self::Opaque(Opaque::in_memory_of(picture)),
            false => Self::Any(picture),
        }
    }

    /// In memory of its own.
    pub(crate) fn copy_of(picture: &Picture) -> Self {
        if !is_opaque(&picture.pixels) {
            return Self::Any(picture.clone());
        }
        let pixels = picture.as_pixels().iter();
        let colours: Vec<[u8; COLOURS]> = pixels.map(|&[r, g, b, _]| [r, g, b]).collect();
        Self::Opaque(Opaque {
            size: picture.size,
            colours: colours.into_flattened(),
        })
    }

    pub(crate) fn size(&self) -> Size {
        match self {
            Self::Opaque(opaque) => opaque.size,
            Self::Any(picture) => picture.size,
        }
    }

    /// The same as a picture, which is another one.
    pub(crate) fn to_picture(&self) -> Picture {
        match self {
            Self::Opaque(opaque) => opaque.to_picture(),
            Self::Any(picture) => picture.clone(),
        }
    }

    /// The same as a picture, without memory for both.
    pub(crate) fn into_picture(self) -> Picture {
        match self {
            Self::Opaque(opaque) => opaque.into_picture(),
            Self::Any(picture) => picture,
        }
    }
}

impl Opaque {
    /// Pixels move to the front, never to behind where they were.
    fn in_memory_of(picture: Picture) -> Self {
        let Picture { size, mut pixels } = picture;
        let count = pixels.len() / CHANNELS;
        for at in (0..count).step_by(TOGETHER) {
            let (from, to) = (at * CHANNELS, at * COLOURS);
            if let Some(&wide) = pixels[from..].first_chunk::<{ TOGETHER * CHANNELS }>() {
                let mut narrow = [0; TOGETHER * COLOURS];
                narrow_row(&wide, &mut narrow);
                pixels[to..to + narrow.len()].copy_from_slice(&narrow);
            } else {
                for rest in 0..count - at {
                    let colour = from + rest * CHANNELS;
                    pixels.copy_within(colour..colour + COLOURS, to + rest * COLOURS);
                }
            }
        }
        pixels.truncate(count * COLOURS);
        pixels.shrink_to_fit();
        Self {
            size,
            colours: pixels,
        }
    }

    pub(crate) fn to_picture(&self) -> Picture {
        let colours = self.colours.as_chunks::<COLOURS>().0.iter();
        let pixels: Vec<[u8; CHANNELS]> = colours.map(|&[r, g, b]| [r, g, b, u8::MAX]).collect();
        Picture {
            size: self.size,
            pixels: pixels.into_flattened(),
        }
    }

    /// Pixels move to the back, the last ones first.
    fn into_picture(self) -> Picture {
        let Self {
            size,
            colours: mut pixels,
        } = self;
        let count = pixels.len() / COLOURS;
        pixels.resize(count * CHANNELS, 0);
        for at in (0..count).rev() {
            let (from, to) = (at * COLOURS, at * CHANNELS);
            pixels.copy_within(from..from + COLOURS, to);
            pixels[to + COLOURS] = u8::MAX;
        }
        Picture { size, pixels }
    }

    /// The parts of the rows inside of `area`, which lies within it, top to bottom.
    pub(crate) fn rows_mut(&mut self, area: Area) -> impl Iterator<Item = &mut [u8]> {
        let stride = (self.size.width as usize * COLOURS).max(1);
        let rows = self.colours.chunks_exact_mut(stride);
        let bytes = area.left * COLOURS..(area.left + area.width) * COLOURS;
        let rows = rows.skip(area.top).take(area.height);
        rows.filter_map(move |row| row.get_mut(bytes.clone()))
    }
}

/// What of a row of RGBA is not alpha.
pub(crate) fn narrow_row(wide: &[u8], narrow: &mut [u8]) {
    let pixels = wide.as_chunks::<CHANNELS>().0.iter();
    for (colour, &[r, g, b, _]) in narrow.as_chunks_mut::<COLOURS>().0.iter_mut().zip(pixels) {
        *colour = [r, g, b];
    }
}

/// A row of opaque pixels as RGBA.
pub(crate) fn widen_row(narrow: &[u8], wide: &mut [u8]) {
    let colours = narrow.as_chunks::<COLOURS>().0.iter();
    for (pixel, &[r, g, b]) in wide.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(colours) {
        *pixel = [r, g, b, u8::MAX];
    }
}

/// Whether none of these RGBA pixels is transparent.
pub(crate) fn is_opaque(pixels: &[u8]) -> bool {
    const STRETCH: usize = 1024 * CHANNELS;
    pixels.chunks(STRETCH).all(|stretch| {
        let pixels = stretch.as_chunks::<CHANNELS>().0.iter();
        pixels.fold(u8::MAX, |all, pixel| all & pixel[3]) == u8::MAX
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canvas_is_the_same_after_it_was_kept() {
        // Both sides of the border between blocks and the rest.
        for width in [1, 2, 15, 16, 17, 31, 33, 48, 100] {
            let pixels = (0..width * 3).flat_map(|at| [at as u8, (at * 7) as u8, 5, 255]);
            let opaque = Picture {
                size: Size::new(width, 3),
                pixels: pixels.collect(),
            };
            for kept in [Kept::of(opaque.clone()), Kept::copy_of(&opaque)] {
                let Kept::Opaque(narrow) = &kept else {
                    panic!("it is opaque");
                };
                assert_eq!(narrow.colours.len(), opaque.pixels.len() / 4 * 3);
                assert_eq!(kept.to_picture(), opaque);
                assert_eq!(kept.into_picture(), opaque);
            }
            let mut mixed = opaque;
            mixed.pixels[3] = 254;
            for kept in [Kept::of(mixed.clone()), Kept::copy_of(&mixed)] {
                assert!(matches!(kept, Kept::Any(_)));
                assert_eq!(kept.to_picture(), mixed);
                assert_eq!(kept.into_picture(), mixed);
            }
        }
    }
}
