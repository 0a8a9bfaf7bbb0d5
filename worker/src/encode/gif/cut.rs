//! Which colours stand for all: the cloud of colours is cut in two where it varies most, then its
//! worst part again, until there are as many parts as a table has entries; their means, moved
//! once to the middle of what is nearest to them, are the colours.
//!
//! Source: S. Wan, S. Wong, P. Prusinkiewicz, "An algorithm for multidimensional data
//! clustering", 1988, cut at the mean of the widest axis; the move is one round of S. Lloyd,
//! "Least squares quantization in PCM", 1982, over the cells of the histogram.

use super::histogram::Point;
use super::nearest::Nearest;
use super::palette::Colour;

/// At least one colour and at most `count` (1 to 255) for `points`, whose order is changed.
pub(super) fn colours(points: &mut [Point], count: usize) -> Vec<Colour> {
    let means = cut(points, count);
    settled(points, means)
}

/// A run of points, and where it would be cut.
struct Part {
    start: usize,
    end: usize,
    /// Sum of squared distances from the mean, all channels.
    error: f64,
    mean: [f64; 3],
    /// The channel with the greatest variance.
    axis: usize,
}

impl Part {
    fn new(points: &[Point], start: usize, end: usize) -> Self {
        let (mut weight, mut sums, mut squares) = (0.0, [0.0; 3], [0.0; 3]);
        for point in &points[start..end] {
            weight += point.weight;
            for axis in 0..3 {
                let weighted = point.weight * point.colour[axis];
                sums[axis] += weighted;
                squares[axis] += weighted * point.colour[axis];
            }
        }
        let mean = sums.map(|sum: f64| sum / f64::max(weight, 1.0));
        let errors = [0, 1, 2].map(|axis| squares[axis] - sums[axis] * mean[axis]);
        let axis = (0..3).max_by(|&a, &b| errors[a].total_cmp(&errors[b]));
        Self {
            start,
            end,
            // One point has none, whatever rounding makes of it.
            error: if end - start < 2 {
                0.0
            } else {
                errors.iter().sum()
            },
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

fn cut(points: &mut [Point], count: usize) -> Vec<[f64; 3]> {
    let mut parts = vec![Part::new(points, 0, points.len())];
    while parts.len() < count {
        let worst = parts
            .iter_mut()
            .max_by(|a, b| a.error.total_cmp(&b.error))
            .filter(|part| part.error > 0.0);
        let Some(worst) = worst else {
            break;
        };
        let Some([left, right]) = worst.cut(points) else {
            worst.error = 0.0;
            continue;
        };
        *worst = left;
        parts.push(right);
    }
    parts.into_iter().map(|part| part.mean).collect()
}

/// The means of the points that are nearest to each of `means`.
fn settled(points: &[Point], means: Vec<[f64; 3]>) -> Vec<Colour> {
    let rounded = |mean: [f64; 3]| mean.map(|channel| channel.round() as u8);
    let nearest = Nearest::new(means.into_iter().map(rounded).collect(), true);
    let mut sums = vec![(0.0, [0.0; 3]); nearest.colours().len()];
    for point in points {
        let (weight, sum) = &mut sums[nearest.search(rounded(point.colour))];
        *weight += point.weight;
        for (sum, channel) in sum.iter_mut().zip(point.colour) {
            *sum += point.weight * channel;
        }
    }
    let moved = sums.into_iter().zip(nearest.colours());
    moved
        .map(|((weight, sum), &colour)| {
            if weight > 0.0 {
                rounded(sum.map(|sum| sum / weight))
            } else {
                colour
            }
        })
        .collect()
}
