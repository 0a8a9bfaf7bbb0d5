//! Planes of luma and chroma, of 8, 10 or 12 bits, to RGBA. Halved chroma is interpolated with
//! its samples in the middle between those of luma, as libavif does.
//!
//! Source: ITU-T H.273, section 8.3 (ranges and matrices).

use re_rav1d::dav1d::pixel::YUVRange;
use re_rav1d::dav1d::{Picture as Planes, PixelLayout, PlanarImageComponent, Plane};

use super::items::Coding;
use crate::picture::{Picture, Size};
use crate::refused::Refused;

/// Parts of red and blue in luma.
const BT601: (f32, f32) = (0.299, 0.114);

/// What makes colours of samples.
enum Matrix {
    /// The planes are green, blue and red.
    Identity,
    /// With the parts of red and blue in luma.
    Luma(f32, f32),
}

/// From samples to fractions of full intensity.
#[derive(Clone, Copy)]
struct Range {
    black: f32,
    luma: f32,
    middle: f32,
    chroma: f32,
}

impl Range {
    fn of(planes: &Planes, full: bool) -> Result<Self, Refused> {
        let bits = planes.bits_per_component();
        let bits = bits
            .ok_or_else(|| Refused::unsupported("AVIF of unknown depth"))?
            .0;
        let step = (1_u32 << (bits - 8)) as f32;
        let most = ((1_u32 << bits) - 1) as f32;
        Ok(Self {
            black: if full { 0.0 } else { 16.0 * step },
            luma: if full { most } else { 219.0 * step },
            middle: 128.0 * step,
            chroma: if full { most } else { 224.0 * step },
        })
    }

    fn intensity(self, sample: f32) -> f32 {
        (sample - self.black) / self.luma
    }
}

/// RGBA of `planes`; `coding` as the container has it counts more than what the bitstream says.
pub(super) fn picture(planes: &Planes, coding: Option<Coding>) -> Result<Picture, Refused> {
    let full = coding.map_or_else(|| is_full(planes), |coding| coding.full_range);
    let code = coding.map_or_else(
        || planes.matrix_coefficients() as u8,
        |coding| coding.matrix,
    );
    let range = Range::of(planes, full)?;
    let matrix = match code {
        0 => Matrix::Identity,
        1 => Matrix::Luma(0.2126, 0.0722),
        4 => Matrix::Luma(0.30, 0.11),
        2 | 5 | 6 => Matrix::Luma(BT601.0, BT601.1),
        7 => Matrix::Luma(0.212, 0.087),
        9 => Matrix::Luma(0.2627, 0.0593),
        other => {
            return Err(Refused::unsupported(format!(
                "AVIF with colour matrix {other}"
            )));
        }
    };
    let layout = planes.pixel_layout();
    if matches!(matrix, Matrix::Identity)
        && !matches!(layout, PixelLayout::I444 | PixelLayout::I400)
    {
        return Err(Refused::bad("AVIF: RGB with halved planes"));
    }
    let width = planes.width() as usize;
    let mut picture = Picture::blank(Size::new(planes.width(), planes.height()));
    let luma = Samples::new(planes, PlanarImageComponent::Y);
    let chroma = (layout != PixelLayout::I400).then(|| {
        [PlanarImageComponent::U, PlanarImageComponent::V].map(|one| Samples::new(planes, one))
    });
    let (mut y_row, mut u_row, mut v_row) = (vec![0.0; width], vec![0.0; width], vec![0.0; width]);
    for (y, row) in picture.rows_mut().enumerate() {
        luma.read(y, &mut y_row);
        if let Some([u, v]) = &chroma {
            u.read_interpolated(y, layout, &mut u_row);
            v.read_interpolated(y, layout, &mut v_row);
        }
        let samples = y_row.iter().zip(&u_row).zip(&v_row);
        for (pixel, ((&y, &u), &v)) in row.as_chunks_mut::<4>().0.iter_mut().zip(samples) {
            let grey = range.intensity(y);
            let rgb = match (&chroma, &matrix) {
                (None, _) => [grey; 3],
                (_, Matrix::Identity) => [range.intensity(v), grey, range.intensity(u)],
                (_, &Matrix::Luma(red, blue)) => {
                    let cb = (u - range.middle) / range.chroma;
                    let cr = (v - range.middle) / range.chroma;
                    let (r, b) = (
                        grey + 2.0 * (1.0 - red) * cr,
                        grey + 2.0 * (1.0 - blue) * cb,
                    );
                    [r, (grey - red * r - blue * b) / (1.0 - red - blue), b]
                }
            };
            let [r, g, b] = rgb.map(byte);
            *pixel = [r, g, b, 255];
        }
    }
    Ok(picture)
}

/// The luma of `planes` as the alpha of `picture`, which has the same size.
pub(super) fn set_alpha(picture: &mut Picture, planes: &Planes) -> Result<(), Refused> {
    let range = Range::of(planes, is_full(planes))?;
    let luma = Samples::new(planes, PlanarImageComponent::Y);
    let mut samples = vec![0.0; planes.width() as usize];
    for (y, row) in picture.rows_mut().enumerate() {
        luma.read(y, &mut samples);
        for (pixel, &sample) in row.as_chunks_mut::<4>().0.iter_mut().zip(&samples) {
            pixel[3] = byte(range.intensity(sample));
        }
    }
    Ok(())
}

fn is_full(planes: &Planes) -> bool {
    planes.color_range() == YUVRange::Full
}

fn byte(intensity: f32) -> u8 {
    (intensity * 255.0 + 0.5).clamp(0.0, 255.0) as u8
}

/// One plane.
struct Samples {
    plane: Plane,
    stride: usize,
    height: usize,
    wide: bool,
}

impl Samples {
    fn new(planes: &Planes, component: PlanarImageComponent) -> Self {
        let (stride, height) = planes.plane_data_geometry(component);
        Self {
            plane: planes.plane(component),
            stride: stride as usize,
            height: height as usize,
            wide: planes.bit_depth() > 8,
        }
    }

    /// Fills `row` with as many samples of row `y`; below the last row comes the last again.
    fn read(&self, y: usize, row: &mut [f32]) {
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

    /// The same for a plane that may be of half the width or height: three parts of the nearer
    /// sample and one of the farther, in each direction.
    fn read_interpolated(&self, y: usize, layout: PixelLayout, row: &mut [f32]) {
        if layout == PixelLayout::I444 {
            return self.read(y, row);
        }
        let width = row.len().div_ceil(2);
        let mut near = vec![0.0; width];
        if layout == PixelLayout::I420 {
            let mut far = vec![0.0; width];
            self.read(y / 2, &mut near);
            self.read(
                if y.is_multiple_of(2) {
                    (y / 2).saturating_sub(1)
                } else {
                    y / 2 + 1
                },
                &mut far,
            );
            near.iter_mut()
                .zip(&far)
                .for_each(|(near, far)| *near = *near * 0.75 + far * 0.25);
        } else {
            self.read(y, &mut near);
        }
        let last = width.saturating_sub(1);
        for (x, sample) in row.iter_mut().enumerate() {
            let far = if x.is_multiple_of(2) {
                (x / 2).saturating_sub(1)
            } else {
                (x / 2 + 1).min(last)
            };
            *sample = near[x / 2] * 0.75 + near[far] * 0.25;
        }
    }
}
