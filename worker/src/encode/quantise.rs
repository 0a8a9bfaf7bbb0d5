//! Many colours to at most 256: a histogram, boxes cut where the variance is greatest, and
//! the nearest colour by a lazily filled table. No dithering: it flickers in animations and
//! costs a quarter more bytes. The same pixels always give the same colours.
//!
//! Source: X. Wu, "Color quantization by dynamic programming and principal analysis", 1992,
//! in the greedy form of Wan, Wong, Prusinkiewicz, 1988: cut at the mean of the widest axis.

use super::palette::Colour;

/// Bits per channel of the histogram.
const COARSE_BITS: u32 = 5;
/// The same, for pictures that fill few coarse cells (greys, cartoons).
const FINE_BITS: u32 = 6;
/// Occupied coarse cells below which the histogram is taken again, finer.
const FEW_CELLS: usize = 1024;
/// Bits per channel of the table of nearest colours.
const TABLE_BITS: u32 = 6;
/// Pixels that are counted at most, so that the sums of a cell fit into 32 bits: a larger
/// picture is sampled.
const COUNTED_MAX: usize = 1 << 24;
/// Marks an entry of the table that nobody has asked for yet.
const UNKNOWN: u16 = u16::MAX;

/// Finds the nearest of a fixed set of colours.
pub(super) struct Quantiser {
    colours: Vec<Colour>,
    /// Indices into `colours`, by green: the search begins where green agrees.
    by_green: Vec<u8>,
    /// 2¹⁸ entries: index of the nearest colour, or [`UNKNOWN`].
    table: Vec<u16>,
}

/// Pixels of one histogram cell: how many, and their sums.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: u32,
    channels: [u32; 3],
}

/// The mean colour of an occupied cell, and how many pixels it stands for.
#[derive(Clone, Copy)]
struct Point {
    weight: f64,
    colour: [f64; 3],
}

impl Quantiser {
    /// Chooses at most `count` colours (1 to 256) for `pixels`, of which there are at most
    /// `length`.
    pub(super) fn new<I>(pixels: impl Fn() -> I, length: usize, count: usize) -> Self
    where
        I: Iterator<Item = Colour>,
    {
        let step = length.div_ceil(COUNTED_MAX).max(1);
        let mut points = histogram(pixels().step_by(step), COARSE_BITS);
        if points.len() < FEW_CELLS {
            points = histogram(pixels().step_by(step), FINE_BITS);
        }
        let colours = cut(&mut points, count);
        let mut by_green: Vec<u8> = (0..=255).take(colours.len()).collect();
        by_green.sort_by_key(|&index| colours[usize::from(index)][1]);
        Self {
            colours,
            by_green,
            table: vec![UNKNOWN; 1 << (3 * TABLE_BITS)],
        }
    }

    /// The chosen colours, at least one.
    pub(super) fn colours(&self) -> &[Colour] {
        &self.colours
    }

    /// The index of the colour nearest to the middle of the table cell that `colour` is in.
    pub(super) fn nearest(&mut self, colour: Colour) -> u8 {
        let cell = cell_of(colour, TABLE_BITS);
        let known = self.table[cell];
        if known != UNKNOWN {
            return known as u8;
        }
        let shift = 8 - TABLE_BITS;
        let middle = colour.map(|channel| (channel >> shift << shift) + (1 << shift >> 1));
        let nearest = self.search(middle);
        self.table[cell] = nearest.into();
        nearest
    }

    /// Walks away from the wanted green in both directions until green alone is too far.
    fn search(&self, wanted: Colour) -> u8 {
        let green = |index: &u8| self.colours[usize::from(*index)][1];
        let start = self
            .by_green
            .partition_point(|index| green(index) < wanted[1]);
        let (below, above) = self.by_green.split_at(start);
        let mut best = (u32::MAX, 0);
        for side in [
            &mut above.iter() as &mut dyn Iterator<Item = &u8>,
            &mut below.iter().rev(),
        ] {
            for &index in side {
                let colour = self.colours[usize::from(index)];
                let [dr, dg, db] = [0, 1, 2].map(|c| u32::from(colour[c].abs_diff(wanted[c])));
                if dg * dg > best.0 {
                    break;
                }
                // By index among equals, so that the order of the walk does not matter.
                best = best.min((dr * dr + dg * dg + db * db, index));
            }
        }
        best.1
    }
}

fn cell_of(colour: Colour, bits: u32) -> usize {
    let [r, g, b] = colour.map(|channel| usize::from(channel >> (8 - bits)));
    (r << (2 * bits)) | (g << bits) | b
}

fn histogram(pixels: impl Iterator<Item = Colour>, bits: u32) -> Vec<Point> {
    let mut cells = vec![Sums::default(); 1 << (3 * bits)];
    for colour in pixels {
        let cell = &mut cells[cell_of(colour, bits)];
        cell.count += 1;
        for (sum, channel) in cell.channels.iter_mut().zip(colour) {
            *sum += u32::from(channel);
        }
    }
    let occupied = cells.iter().filter(|cell| cell.count > 0);
    occupied
        .map(|cell| {
            let weight = f64::from(cell.count);
            Point {
                weight,
                colour: cell.channels.map(|sum| f64::from(sum) / weight),
            }
        })
        .collect()
}

/// A run of points, and where it would be cut.
struct Cluster {
    start: usize,
    end: usize,
    /// Sum of squared distances from the mean, all channels.
    error: f64,
    mean: [f64; 3],
    /// The channel with the greatest variance.
    axis: usize,
}

impl Cluster {
    fn new(points: &[Point], start: usize, end: usize) -> Self {
        let members = &points[start..end];
        let weight: f64 = members.iter().map(|point| point.weight).sum();
        let mean = [0, 1, 2].map(|axis| {
            let sum: f64 = members.iter().map(|p| p.weight * p.colour[axis]).sum();
            sum / weight.max(1.0)
        });
        let errors = [0, 1, 2].map(|axis: usize| -> f64 {
            let square = |point: &Point| point.weight * (point.colour[axis] - mean[axis]).powi(2);
            members.iter().map(square).sum()
        });
        let axis = (0..3).max_by(|&a, &b| errors[a].total_cmp(&errors[b]));
        Self {
            start,
            end,
            error: errors.iter().sum(),
            mean,
            axis: axis.unwrap_or(0),
        }
    }

    /// Both halves; `None` when its points cannot be told apart.
    fn cut(&self, points: &mut [Point]) -> Option<[Self; 2]> {
        let members = &mut points[self.start..self.end];
        let mut middle = 0;
        for index in 0..members.len() {
            if members[index].colour[self.axis] < self.mean[self.axis] {
                members.swap(index, middle);
                middle += 1;
            }
        }
        if middle == 0 || middle == members.len() {
            return None;
        }
        let middle = self.start + middle;
        Some([
            Self::new(points, self.start, middle),
            Self::new(points, middle, self.end),
        ])
    }
}

fn cut(points: &mut [Point], count: usize) -> Vec<Colour> {
    let mut clusters = vec![Cluster::new(points, 0, points.len())];
    while clusters.len() < count {
        let worst = clusters
            .iter_mut()
            .max_by(|a, b| a.error.total_cmp(&b.error))
            .filter(|cluster| cluster.error > 0.0);
        let Some(worst) = worst else {
            break;
        };
        let Some([left, right]) = worst.cut(points) else {
            worst.error = 0.0;
            continue;
        };
        *worst = left;
        clusters.push(right);
    }
    let means = clusters.iter().map(|cluster| cluster.mean);
    means
        .map(|mean| mean.map(|channel| channel.round() as u8))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantiser(pixels: &[Colour], count: usize) -> Quantiser {
        Quantiser::new(|| pixels.iter().copied(), pixels.len(), count)
    }

    #[test]
    fn distinct_clusters_get_a_colour_each() {
        let pixels = [
            [10, 10, 10],
            [12, 10, 10],
            [200, 0, 0],
            [0, 0, 250],
            [0, 2, 250],
        ];
        let mut quantiser = quantiser(&pixels, 3);
        assert_eq!(quantiser.colours().len(), 3);
        let nearest: Vec<_> = pixels.map(|pixel| quantiser.nearest(pixel)).to_vec();
        assert_eq!(nearest[0], nearest[1]);
        assert_eq!(nearest[3], nearest[4]);
        assert!(nearest[0] != nearest[2] && nearest[2] != nearest[3] && nearest[0] != nearest[3]);
    }

    #[test]
    fn the_nearest_colour_is_no_further_than_any_other() {
        let pixels: Vec<Colour> = (0_u32..5000)
            .map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes())
            .map(|[_, r, g, b]| [r, g, b])
            .collect();
        let quantiser = quantiser(&pixels, 256);
        assert_eq!(quantiser.colours().len(), 256);
        let distance = |a: Colour, b: Colour| -> u32 {
            a.iter()
                .zip(b)
                .map(|(a, b)| u32::from(a.abs_diff(b)).pow(2))
                .sum()
        };
        for &pixel in &pixels {
            let found = quantiser.colours()[usize::from(quantiser.search(pixel))];
            let least = quantiser
                .colours()
                .iter()
                .map(|&colour| distance(colour, pixel))
                .min();
            assert_eq!(Some(distance(found, pixel)), least);
        }
    }

    #[test]
    fn one_colour_and_no_pixel_are_no_trouble() {
        assert_eq!(quantiser(&[[7, 8, 9]; 20], 256).colours(), [[7, 8, 9]]);
        assert_eq!(quantiser(&[], 255).colours().len(), 1);
        assert_eq!(
            quantiser(&[[1, 1, 1], [250, 250, 250]], 1).colours().len(),
            1
        );
    }
}
