//! A canvas that is held while others are made. A large one takes three bytes a pixel in place of four
//! where none of its pixels is transparent. Of a small one there is less to be had than the time it takes.

use super::narrow::{
    COLOURS, NARROW, TOGETHER, WIDE, in_blocks, narrow_row, widen_row, without_alpha,
};
use super::{Area, CHANNELS, Picture, Size};

/// Pixels of a canvas that is large.
const LARGE: u64 = 1 << 18;
/// See the module.
#[derive(Debug)]
pub(crate) enum Kept {
    /// No pixel is transparent.
    Opaque(Opaque),
    Any(Picture),
}

/// Opaque pixels only.
#[derive(Debug)]
pub(crate) struct Opaque {
    pub(crate) size: Size,
    /// Width × height × 3.
    pub(crate) colours: Vec<u8>,
}

impl Kept {
    /// In the memory of `picture`.
    pub(crate) fn of(picture: Picture) -> Self {
        match is_large(&picture) && is_opaque(&picture.pixels) {
            true => Self::Opaque(Opaque::of(picture)),
            false => Self::Any(picture),
        }
    }

    /// In memory of its own.
    pub(crate) fn copy_of(picture: &Picture) -> Self {
        match is_large(picture) && is_opaque(&picture.pixels) {
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

    /// Hands the parts of the rows inside of `area` to `take`, as RGBA, top to bottom.
    pub(crate) fn each_row(&self, area: Area, mut take: impl FnMut(&[u8])) {
        match self {
            Self::Any(picture) => area.rows(picture).for_each(take),
            Self::Opaque(opaque) => {
                let mut row = vec![0; area.width * CHANNELS];
                for narrow in opaque.rows(area) {
                    widen_row(narrow, &mut row);
                    take(&row);
                }
            }
        }
    }

    /// That part as a picture, which is another one.
    pub(crate) fn part(&self, area: Area) -> Picture {
        if let (Self::Opaque(opaque), true) = (self, area == Area::all(self.size())) {
            return opaque.to_picture();
        }
        let mut pixels = Vec::with_capacity(area.count() * CHANNELS);
        self.each_row(area, |row| pixels.extend_from_slice(row));
        Picture {
            size: area.size(),
            pixels,
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
    /// A picture without transparent pixels, in its memory.
    pub(crate) fn of(picture: Picture) -> Self {
        let size = picture.size;
        let mut colours = without_alpha(picture);
        colours.shrink_to_fit();
        Self { size, colours }
    }

    fn copy_of(picture: &Picture) -> Self {
        Self {
            size: picture.size,
            colours: in_blocks::<WIDE, NARROW>(&picture.pixels, narrow_row),
        }
    }

    fn to_picture(&self) -> Picture {
        Picture {
            size: self.size,
            pixels: in_blocks::<NARROW, WIDE>(&self.colours, widen_row),
        }
    }

    /// Pixels move to the back, the last ones first.
    pub(crate) fn into_picture(self) -> Picture {
        let Self {
            size,
            colours: mut pixels,
        } = self;
        let count = pixels.len() / COLOURS;
        // Growing by itself would take twice as much.
        pixels.reserve_exact(count * (CHANNELS - COLOURS));
        pixels.resize(count * CHANNELS, 0);
        let (blocks, rest) = (count / TOGETHER, count % TOGETHER);
        let narrow = pixels[blocks * NARROW..][..rest * COLOURS].to_vec();
        widen_row(&narrow, &mut pixels[blocks * WIDE..]);
        for at in (0..blocks).rev() {
            if let Some(narrow) = pixels[at * NARROW..].first_chunk::<NARROW>() {
                let mut wide = [0; WIDE];
                widen_row(narrow, &mut wide);
                pixels[at * WIDE..][..WIDE].copy_from_slice(&wide);
            }
        }
        Picture { size, pixels }
    }

    fn rows(&self, area: Area) -> impl Iterator<Item = &[u8]> {
        let stride = (self.size.width as usize * COLOURS).max(1);
        let rows = self.colours.chunks_exact(stride);
        let bytes = area.left * COLOURS..(area.left + area.width) * COLOURS;
        let rows = rows.skip(area.top).take(area.height);
        rows.filter_map(move |row| row.get(bytes.clone()))
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

fn is_large(picture: &Picture) -> bool {
    picture.size.pixels() >= LARGE
}

/// Whether none of these RGBA pixels is transparent.
pub(crate) fn is_opaque(pixels: &[u8]) -> bool {
    const STRETCH: usize = 1024 * CHANNELS;
    pixels.chunks(STRETCH).all(|stretch| {
        // All channels at once take less than one by itself.
        let pixels = stretch.as_chunks::<CHANNELS>().0.iter();
        let all = pixels.fold(u32::MAX, |all, pixel| all & u32::from_le_bytes(*pixel));
        all >> 24 == u32::from(u8::MAX)
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
        let mut large = picture(1 << 9, 1 << 9);
        let kept = [Kept::of(large.clone()), Kept::copy_of(&large)];
        assert!(kept.iter().all(narrow));
        assert!(kept.into_iter().all(|kept| kept.into_picture() == large));
        large.pixels[3] = 254;
        for other in [large, picture(1 << 9, 511)] {
            let kept = [Kept::of(other.clone()), Kept::copy_of(&other)];
            assert!(!kept.iter().any(narrow));
            let all = Area::whole(&other);
            assert!(kept.iter().all(|kept| kept.part(all) == other));
        }
    }
}
