//! The brightness of a picture alone, with a margin of one so that every pixel has eight
//! neighbours.

use super::colours::{div255, luma};
use crate::picture::{CHANNELS, Picture};

/// (width + 2) × (height + 2) values; the margin repeats the outermost ones.
pub(super) struct Plane {
    width: usize,
    values: Vec<u8>,
}

/// A value and its neighbours, row by row.
pub(super) type Around = [[i32; 3]; 3];

impl Plane {
    /// Luma times alpha: what is transparent is black.
    pub(super) fn of(picture: &Picture) -> Self {
        let visible =
            |&pixel: &[u8; CHANNELS]| div255(u32::from(luma(pixel)) * u32::from(pixel[3])) as u8;
        let width = picture.size.width as usize + 2;
        let mut values = Vec::with_capacity(width * (picture.size.height as usize + 2));
        let mut push = |row: &[u8]| {
            let pixels = row.as_chunks::<CHANNELS>().0;
            let edges = (pixels.first(), pixels.last());
            values.extend(edges.0.map(visible));
            values.extend(pixels.iter().map(visible));
            values.extend(edges.1.map(visible));
        };
        let mut rows = picture.rows();
        if let Some(first) = rows.next() {
            push(first);
            push(first);
            rows.for_each(&mut push);
            if let Some(last) = picture.rows().last() {
                push(last);
            }
        }
        Self { width, values }
    }

    /// The neighbours of each pixel, row by row.
    // An iterator over all of them at once would ask for each whether a row ends with it.
    pub(super) fn rows(&self) -> impl Iterator<Item = impl Iterator<Item = Around>> {
        let row = |y: usize| &self.values[y * self.width..][..self.width];
        let count = (self.values.len() / self.width).saturating_sub(2);
        (0..count).map(move |y| {
            let (above, level) = (row(y).windows(3), row(y + 1).windows(3));
            let three = above.zip(level).zip(row(y + 2).windows(3));
            three.map(|((above, level), below)| [wide(above), wide(level), wide(below)])
        })
    }

    /// Changes each pixel of `picture`, which has the size of the plane, by its neighbours.
    pub(super) fn change(
        &self,
        picture: &mut Picture,
        mut change: impl FnMut(&mut [u8; CHANNELS], Around),
    ) {
        for (row, around) in picture.rows_mut().zip(self.rows()) {
            let pixels = row.as_chunks_mut().0.iter_mut();
            pixels
                .zip(around)
                .for_each(|(pixel, around)| change(pixel, around));
        }
    }

    /// The neighbours of the pixel at x, y.
    pub(super) fn at(&self, x: usize, y: usize) -> Around {
        [0, 1, 2].map(|below| wide(&self.values[(y + below) * self.width + x..][..3]))
    }
}

/// Three values.
fn wide(values: &[u8]) -> [i32; 3] {
    let [left, middle, right] = *values.first_chunk().unwrap_or(&[0; 3]);
    [left.into(), middle.into(), right.into()]
}

/// The Sobel operator: how fast brightness grows to the right and downwards.
pub(super) fn gradient([above, level, below]: Around) -> (i32, i32) {
    let across = above[2] + 2 * level[2] + below[2] - above[0] - 2 * level[0] - below[0];
    let down = below[0] + 2 * below[1] + below[2] - above[0] - 2 * above[1] - above[2];
    (across, down)
}

/// Length of the [`gradient`], 0 to 1443.
pub(super) fn steepness(around: Around) -> f32 {
    let (across, down) = gradient(around);
    ((across * across + down * down) as f32).sqrt()
}
