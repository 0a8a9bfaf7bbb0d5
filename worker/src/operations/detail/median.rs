//! Median: the middle one of the values around each pixel, each channel by itself. Histograms
//! of the columns are kept from row to row and added up along the row, so that the cost does
//! not depend on the radius. Beyond the edges the outermost pixels repeat; the colours of what
//! is transparent do not count.
//!
//! Source: S. Perreault and P. Hébert, "Median Filtering in Constant Time", IEEE Transactions
//! on Image Processing 16(9), 2007.

mod small;

use protocol::Median;

use crate::operations::Effect;
use crate::operations::in_place::each_row;
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

const ALPHA: usize = 3;
/// From this radius on histograms of columns cost less.
const COLUMNS_FROM: usize = 12;

impl Effect for Median {
    fn reach(&self) -> Option<usize> {
        Some(self.radius as usize)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let radius = self.radius as usize;
        let colourless = picture.as_pixels().iter().any(|pixel| pixel[ALPHA] == 0);
        if radius < small::RADIUS_END && !colourless {
            small::filter(&mut picture, radius);
            return Ok(picture);
        }
        let opaque = picture.as_pixels().iter().all(|pixel| pixel[ALPHA] == 255);
        // Alpha, which says what counts, as the last.
        let channels = if opaque { 0..ALPHA } else { 0..CHANNELS };
        for channel in channels {
            if radius < COLUMNS_FROM {
                slide(&mut picture, channel, radius);
            } else {
                filter(&mut picture, channel, radius);
            }
        }
        Ok(picture)
    }
}

/// How often each value occurs; at most 201 × 201 times. Counted also by the upper four bits,
/// so that a median is found in at most 32 steps.
#[derive(Clone)]
struct Histogram {
    fine: [u16; 256],
    coarse: [u16; 16],
}

impl Histogram {
    const EMPTY: Self = Self {
        fine: [0; 256],
        coarse: [0; 16],
    };

    fn count(&mut self, value: u8, times: u16) {
        self.fine[usize::from(value)] += times;
        self.coarse[usize::from(value >> 4)] += times;
    }

    fn forget(&mut self, value: u8) {
        self.fine[usize::from(value)] -= 1;
        self.coarse[usize::from(value >> 4)] -= 1;
    }

    // Wrapping, because a check of each sum would keep them from being done side by side; what
    // is taken out was put in before.
    fn add(&mut self, other: &Self) {
        for (sum, other) in self.fine.iter_mut().zip(&other.fine) {
            *sum = sum.wrapping_add(*other);
        }
        for (sum, other) in self.coarse.iter_mut().zip(&other.coarse) {
            *sum = sum.wrapping_add(*other);
        }
    }

    fn subtract(&mut self, other: &Self) {
        for (sum, other) in self.fine.iter_mut().zip(&other.fine) {
            *sum = sum.wrapping_sub(*other);
        }
        for (sum, other) in self.coarse.iter_mut().zip(&other.coarse) {
            *sum = sum.wrapping_sub(*other);
        }
    }

    /// The lower one of two in the middle; `None` of nothing.
    fn median(&self) -> Option<u8> {
        let total: u16 = self.coarse.iter().sum();
        let mut before = total.checked_sub(1)? / 2;
        let mut coarse = 0;
        while self.coarse[coarse] <= before {
            before -= self.coarse[coarse];
            coarse += 1;
        }
        let mut fine = coarse << 4;
        while self.fine[fine] <= before {
            before -= self.fine[fine];
            fine += 1;
        }
        Some(fine as u8)
    }
}

fn filter(picture: &mut Picture, channel: usize, radius: usize) {
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    let counts = |pixel: &[u8; CHANNELS]| channel == ALPHA || pixel[ALPHA] > 0;
    let mut columns = vec![Histogram::EMPTY; width];
    let enter = |columns: &mut [Histogram], row: &[[u8; CHANNELS]], times: u16| {
        for (column, pixel) in columns.iter_mut().zip(row) {
            if counts(pixel) {
                column.count(pixel[channel], times);
            }
        }
    };
    let row = |y: usize| &picture.as_pixels()[y.min(height - 1) * width..][..width];
    // As if the row before the first were to be done: the first counts for all above it.
    enter(&mut columns, row(0), radius as u16 + 1);
    (0..radius).for_each(|y| enter(&mut columns, row(y), 1));
    each_row(picture, radius + 1, |y, rows, results| {
        enter(&mut columns, rows.row(y + radius), 1);
        let leaving = rows.row(y.saturating_sub(radius + 1));
        for (column, pixel) in columns.iter_mut().zip(leaving) {
            if counts(pixel) {
                column.forget(pixel[channel]);
            }
        }
        along(&columns, results, channel, radius);
    });
}

/// How often each value occurs in a square that moves, and where its median was last.
struct Window {
    counts: [u16; 256],
    total: u32,
    median: usize,
    /// How many values are less than that.
    less: u32,
}

impl Window {
    fn enter(&mut self, value: u8) {
        self.counts[usize::from(value)] += 1;
        self.total += 1;
        self.less += u32::from(usize::from(value) < self.median);
    }

    fn leave(&mut self, value: u8) {
        self.counts[usize::from(value)] -= 1;
        self.total -= 1;
        self.less -= u32::from(usize::from(value) < self.median);
    }

    /// The lower one of two in the middle; 0 of nothing.
    fn median(&mut self) -> u8 {
        let Some(last) = self.total.checked_sub(1) else {
            return 0;
        };
        let before = last / 2;
        while self.less > before {
            self.median -= 1;
            self.less -= u32::from(self.counts[self.median]);
        }
        while self.less + u32::from(self.counts[self.median]) <= before {
            self.less += u32::from(self.counts[self.median]);
            self.median += 1;
        }
        self.median as u8
    }
}

/// Column after column of a square of values enters on the right and leaves on the left.
///
/// Source: T. Huang et al., "A fast two-dimensional median filtering algorithm", IEEE
/// Transactions on Acoustics, Speech, and Signal Processing 27(1), 1979.
fn slide(picture: &mut Picture, channel: usize, radius: usize) {
    let width = picture.size.width as usize;
    each_row(picture, radius, |y, rows, results| {
        let rows: Vec<_> = (y..=y + 2 * radius)
            .map(|y| rows.row(y.saturating_sub(radius)))
            .collect();
        let mut window = Window {
            counts: [0; 256],
            total: 0,
            median: 0,
            less: 0,
        };
        let column = |x: usize| {
            let pixels = rows.iter().map(move |row| row[x.min(width - 1)]);
            let counted = pixels.filter(|pixel| channel == ALPHA || pixel[ALPHA] > 0);
            counted.map(|pixel| pixel[channel])
        };
        // As if the pixel before the first were to be done.
        for x in 0..2 * radius + 1 {
            column(x.saturating_sub(radius + 1)).for_each(|value| window.enter(value));
        }
        for (x, pixel) in results.iter_mut().enumerate() {
            column(x.saturating_sub(radius + 1)).for_each(|value| window.leave(value));
            column(x + radius).for_each(|value| window.enter(value));
            pixel[channel] = window.median();
        }
    });
}

fn along(columns: &[Histogram], results: &mut [[u8; CHANNELS]], channel: usize, radius: usize) {
    let last = columns.len() - 1;
    let mut window = Histogram::EMPTY;
    for _ in 0..=radius {
        window.add(&columns[0]);
    }
    (0..radius).for_each(|x| window.add(&columns[x.min(last)]));
    for (x, pixel) in results.iter_mut().enumerate() {
        window.add(&columns[(x + radius).min(last)]);
        window.subtract(&columns[x.saturating_sub(radius + 1)]);
        pixel[channel] = window.median().unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, pattern};

    #[test]
    fn each_channel_is_the_median_of_the_square_around_it() {
        let given = pattern(19, 14);
        let mut visible = given.clone();
        for pixel in visible.as_pixels_mut() {
            pixel[3] = pixel[3].max(1);
        }
        let jobs = [1, 2, 3, 7, 30].map(|radius| [(radius, &given), (radius, &visible)]);
        for (radius, given) in jobs.into_iter().flatten() {
            let result = done(&format!("median:{radius}"), given.clone());
            for (at, pixel) in result.as_pixels().iter().enumerate() {
                let (x, y) = (at as i32 % 19, at as i32 / 19);
                let around =
                    (-radius..=radius).flat_map(|dy| (-radius..=radius).map(move |dx| (dx, dy)));
                let around = around.map(|(dx, dy)| {
                    let (x, y) = ((x + dx).clamp(0, 18), (y + dy).clamp(0, 13));
                    given.as_pixels()[(y * 19 + x) as usize]
                });
                let around: Vec<[u8; 4]> = around.collect();
                for channel in 0..4 {
                    let visible = around.iter().filter(|pixel| channel == 3 || pixel[3] > 0);
                    let mut values: Vec<u8> = visible.map(|pixel| pixel[channel]).collect();
                    values.sort_unstable();
                    let expected = values
                        .get((values.len().max(1) - 1) / 2)
                        .copied()
                        .unwrap_or(0);
                    assert_eq!(pixel[channel], expected, "radius {radius} at {x}, {y}");
                }
            }
        }
    }
}
