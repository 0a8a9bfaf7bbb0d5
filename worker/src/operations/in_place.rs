//! Work on a picture in its own memory, row by row from top to bottom, that looks at rows above as they
//! were.

use crate::picture::{CHANNELS, Picture};

type Pixel = [u8; CHANNELS];

/// The rows of a picture as they were, seen from the one that is being done.
pub(super) struct Rows<'a> {
    /// Its number.
    y: usize,
    height: usize,
    width: usize,
    /// That one and those above, each at its number modulo how many there are.
    above: &'a [Pixel],
    below: &'a [Pixel],
}

impl Rows<'_> {
    /// The row at `y`, or the last one.
    pub(super) fn row(&self, y: usize) -> &[Pixel] {
        let y = y.min(self.height - 1);
        let (rows, at) = match y.checked_sub(self.y + 1) {
            Some(below) => (self.below, below),
            None => (self.above, y % (self.above.len() / self.width)),
        };
        &rows[at * self.width..][..self.width]
    }
}

/// Has `work` make each row of `picture`, which it gets with its number and as it was; of the rows above it
/// may look at as many as `reach` says.
pub(super) fn each_row(
    picture: &mut Picture,
    reach: usize,
    mut work: impl FnMut(usize, &Rows, &mut [Pixel]),
) {
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    let kept = (reach + 1).min(height);
    let mut above = vec![[0; CHANNELS]; kept * width];
    for y in 0..height {
        let (done, below) = picture.as_pixels_mut().split_at_mut((y + 1) * width);
        let results = &mut done[y * width..];
        above[y % kept * width..][..width].copy_from_slice(results);
        let rows = Rows {
            y,
            height,
            width,
            above: &above,
            below,
        };
        work(y, &rows, results);
    }
}
