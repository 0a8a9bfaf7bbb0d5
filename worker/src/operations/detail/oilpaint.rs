//! Oil paint: of the tones around a pixel, the most frequent one, in the mean of its colours.
//! Counted like the median's histograms: columns are kept from row to row and added up along
//! the row, so that the cost does not depend on the radius. What is transparent does not count.

use protocol::OilPaint;

use crate::operations::Effect;
use crate::operations::colours::luma;
use crate::operations::in_place::each_row;
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

/// Tones that are told apart.
const TONES: usize = 16;

/// For each tone: pixels, and the sums of their red, green and blue.
type Tones = [[u32; 4]; TONES];

impl Effect for OilPaint {
    fn reach(&self) -> Option<usize> {
        Some(self.radius as usize)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        paint(&mut picture, self.radius as usize);
        Ok(picture)
    }
}

fn tone(pixel: [u8; CHANNELS]) -> usize {
    usize::from(luma(pixel)) * TONES / 256
}

fn values([r, g, b, _]: [u8; CHANNELS]) -> [u32; 4] {
    [1, u32::from(r), u32::from(g), u32::from(b)]
}

fn add(sums: &mut [u32; 4], values: [u32; 4]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

fn subtract(sums: &mut [u32; 4], values: [u32; 4]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum -= value;
    }
}

fn paint(picture: &mut Picture, radius: usize) {
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    let mut columns: Vec<Tones> = vec![[[0; 4]; TONES]; width];
    let count = |columns: &mut [Tones], row: &[[u8; CHANNELS]], change: fn(&mut [u32; 4], _)| {
        for (column, pixel) in columns.iter_mut().zip(row) {
            if pixel[3] > 0 {
                change(&mut column[tone(*pixel)], values(*pixel));
            }
        }
    };
    let first = picture.as_pixels().chunks_exact(width).take(radius);
    first.for_each(|row| count(&mut columns, row, add));
    each_row(picture, radius + 1, |y, rows, results| {
        if y + radius < height {
            count(&mut columns, rows.row(y + radius), add);
        }
        if let Some(gone) = y.checked_sub(radius + 1) {
            count(&mut columns, rows.row(gone), subtract);
        }
        along(&columns, results, radius);
    });
}

fn along(columns: &[Tones], results: &mut [[u8; CHANNELS]], radius: usize) {
    let mut window: Tones = [[0; 4]; TONES];
    let each = |window: &mut Tones, column: &Tones, change: fn(&mut [u32; 4], [u32; 4])| {
        for (sums, values) in window.iter_mut().zip(column) {
            change(sums, *values);
        }
    };
    for column in columns.iter().take(radius) {
        each(&mut window, column, add);
    }
    for (x, pixel) in results.iter_mut().enumerate() {
        if let Some(column) = columns.get(x + radius) {
            each(&mut window, column, add);
        }
        if let Some(gone) = x.checked_sub(radius + 1) {
            each(&mut window, &columns[gone], subtract);
        }
        let most = window.iter().max_by_key(|sums| sums[0]);
        if let Some(&[count, r, g, b]) = most
            && count > 0
        {
            let [r, g, b] = [r, g, b].map(|sum| ((sum + count / 2) / count) as u8);
            *pixel = [r, g, b, pixel[3]];
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, letters, pattern};

    #[test]
    fn a_speck_is_painted_over() {
        let result = done("oilpaint:1", letters(3, "aaaa\u{1}aaaa"));
        assert!(
            result
                .as_pixels()
                .iter()
                .all(|pixel| *pixel == [97, 97, 97, 255])
        );
    }

    #[test]
    fn running_sums_end_where_they_began() {
        // The last pixel sees the same as it would alone.
        let given = pattern(31, 23);
        let result = done("oilpaint:3", given.clone());
        let mut corner = crate::picture::Picture::blank(crate::picture::Size::new(4, 4));
        for at in 0..16 {
            corner.as_pixels_mut()[at] = given.as_pixels()[(19 + at / 4) * 31 + 27 + at % 4];
        }
        let corner = done("oilpaint:3", corner);
        assert_eq!(result.as_pixels().last(), corner.as_pixels().last());
    }
}
