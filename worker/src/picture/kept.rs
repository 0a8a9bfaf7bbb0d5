//! A canvas that is held while others are made. A large one takes three bytes a pixel in place of four
//! where none of its pixels is transparent. Of a small one there is less to be had than the time it takes.

use super::{Area, CHANNELS, Picture, Size};

/// Pixels of a canvas that is large.
const LARGE: u64 = 1 << 20;
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
        match is_worth_it(&picture) {
            true => Self::Opaque(Opaque::of(picture)),
            false => Self::Any(picture),
        }
    }

    /// In memory of its own.
    pub(crate) fn copy_of(picture: &Picture) -> Self {
        match is_worth_it(picture) {
            true => Self::Opaque(Opaque::copy_of(picture)),
            false => Self::Any(picture.clone()),
        }
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
    /// A picture without transparent pixels, in its memory: they move to the front, never to behind
    /// where they were.
    pub(crate) fn of(picture: Picture) -> Self {
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

    fn copy_of(picture: &Picture) -> Self {
        let pixels = picture.as_pixels().iter();
        let colours: Vec<[u8; COLOURS]> = pixels.map(|&[r, g, b, _]| [r, g, b]).collect();
        Self {
            size: picture.size,
            colours: colours.into_flattened(),
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

fn is_worth_it(picture: &Picture) -> bool {
    picture.size.pixels() >= LARGE && is_opaque(&picture.pixels)
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

    fn picture(width: u32, height: u32) -> Picture {
        let pixels = (0..width * height).flat_map(|at| [at as u8, (at * 7) as u8, 5, 255]);
        Picture {
            size: Size::new(width, height),
            pixels: pixels.collect(),
        }
    }

    #[test]
    fn a_canvas_is_the_same_after_it_was_kept() {
        // Both sides of the border between blocks and the rest.
        for width in [1, 2, 15, 16, 17, 31, 33, 48, 100] {
            let picture = picture(width, 3);
            for narrow in [Opaque::of(picture.clone()), Opaque::copy_of(&picture)] {
                assert_eq!(narrow.colours.len(), picture.pixels.len() / 4 * 3);
                assert_eq!(narrow.to_picture(), picture);
                assert_eq!(narrow.into_picture(), picture);
            }
        }
    }

    #[test]
    fn only_large_and_opaque_ones_are_kept_in_less() {
        let narrow = |kept: &Kept| matches!(kept, Kept::Opaque(_));
        let mut large = picture(1 << 10, 1 << 10);
        let kept = [Kept::of(large.clone()), Kept::copy_of(&large)];
        assert!(kept.iter().all(narrow));
        assert!(kept.into_iter().all(|kept| kept.into_picture() == large));
        large.pixels[3] = 254;
        for other in [large, picture(1 << 10, 1023)] {
            let kept = [Kept::of(other.clone()), Kept::copy_of(&other)];
            assert!(!kept.iter().any(narrow));
            assert!(kept.iter().all(|kept| kept.to_picture() == other));
        }
    }
}
