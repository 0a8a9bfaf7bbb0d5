//! The rows of one plane as numbers, one for each pixel of a picture that may be smaller than the plane.

use re_rav1d::dav1d::{Picture as Planes, PixelLayout, PlanarImageComponent, Plane};

/// One plane.
pub(super) struct Samples {
    plane: Plane,
    stride: usize,
    height: usize,
    /// Whether a sample is two bytes.
    wide: bool,
    /// Whether there is one sample for two columns of luma, and for two rows.
    halved: (bool, bool),
    /// How much smaller the picture is than luma: 1, 2, 4 or 8.
    by: usize,
    near: Vec<f32>,
    far: Vec<f32>,
}

impl Samples {
    pub(super) fn new(planes: &Planes, component: PlanarImageComponent, by: usize) -> Self {
        let (stride, height) = planes.plane_data_geometry(component);
        let halved = match (component, planes.pixel_layout()) {
            (PlanarImageComponent::Y, _) => (false, false),
            (_, PixelLayout::I420) => (true, true),
            (_, PixelLayout::I422) => (true, false),
            _ => (false, false),
        };
        let columns = planes.width() as usize;
        let columns = if halved.0 {
            columns.div_ceil(2)
        } else {
            columns
        };
        Self {
            plane: planes.plane(component),
            stride: stride as usize,
            height: height as usize,
            wide: planes.bit_depth() > 8,
            halved,
            by,
            near: vec![0.0; columns],
            far: vec![0.0; columns],
        }
    }

    /// Fills `row` with what there is beside row `y` of the picture.
    pub(super) fn read(&mut self, y: usize, row: &mut [f32]) {
        match (self.by, self.halved) {
            (1, (false, _)) => self.stored(y, row),
            (1, (true, _)) => self.interpolated(y, row),
            _ => self.means(y, row),
        }
    }

    /// The samples of row `y`; below the last row comes the last again.
    fn stored(&self, y: usize, row: &mut [f32]) {
        let start = y.min(self.height.saturating_sub(1)) * self.stride;
        let stored = self
            .plane
            .get(start..start + self.stride)
            .unwrap_or_default();
        if self.wide {
            for (sample, &pair) in row.iter_mut().zip(stored.as_chunks().0) {
                *sample = u16::from_ne_bytes(pair).into();
            }
        } else {
            for (sample, &byte) in row.iter_mut().zip(stored) {
                *sample = byte.into();
            }
        }
    }

    /// Three parts of the nearer sample and one of the farther, in each direction.
    fn interpolated(&mut self, y: usize, row: &mut [f32]) {
        let (mut near, mut far) = (
            std::mem::take(&mut self.near),
            std::mem::take(&mut self.far),
        );
        if self.halved.1 {
            let other = match y % 2 {
                0 => (y / 2).saturating_sub(1),
                _ => y / 2 + 1,
            };
            self.stored(y / 2, &mut near);
            self.stored(other, &mut far);
            for (near, far) in near.iter_mut().zip(&far) {
                *near = *near * 0.75 + far * 0.25;
            }
        } else {
            self.stored(y, &mut near);
        }
        widen(&near, row);
        (self.near, self.far) = (near, far);
    }

    /// Means of what a pixel of the picture covers and there is.
    fn means(&mut self, y: usize, row: &mut [f32]) {
        let (mut sums, mut one) = (
            std::mem::take(&mut self.near),
            std::mem::take(&mut self.far),
        );
        let side = |halved| if halved { self.by / 2 } else { self.by };
        let (across, down) = (side(self.halved.0), side(self.halved.1));
        let rows = (y * down).min(self.height)..((y + 1) * down).min(self.height);
        let count = rows.len() as f32;
        sums.fill(0.0);
        for y in rows {
            self.stored(y, &mut one);
            for (sum, sample) in sums.iter_mut().zip(&one) {
                *sum += sample;
            }
        }
        for (mean, sums) in row.iter_mut().zip(sums.chunks(across)) {
            *mean = sums.iter().sum::<f32>() / (count * sums.len() as f32);
        }
        (self.near, self.far) = (sums, one);
    }
}

/// Interpolates between samples; the first and the last stand for those beyond.
fn widen(near: &[f32], row: &mut [f32]) {
    let between = |near: f32, far: f32| near * 0.75 + far * 0.25;
    let (Some((start, rest)), Some(first), Some(last)) =
        (row.split_first_mut(), near.first(), near.last())
    else {
        return;
    };
    *start = *first;
    let (pairs, end) = rest.as_chunks_mut::<2>();
    for (pair, (&left, &right)) in pairs.iter_mut().zip(near.iter().zip(&near[1..])) {
        *pair = [between(left, right), between(right, left)];
    }
    if let [end] = end {
        *end = *last;
    }
}
