//! Planes of luma and chroma, of 8, 10 or 12 bits, to RGBA. Halved chroma is interpolated with
//! its samples in the middle between those of luma, as libavif does; in a picture that is made smaller means of
//! all planes take the place of their samples.
//!
//! Source: ITU-T H.273, section 8.3 (ranges and matrices).

mod samples;

use re_rav1d::dav1d::pixel::YUVRange;
use re_rav1d::dav1d::{Picture as Planes, PixelLayout, PlanarImageComponent};

use super::items::Coding;
use crate::decode::samples::nearest_byte as byte;
use crate::picture::{Picture, Size};
use crate::refused::Refused;
use samples::Samples;

/// Parts of red and blue in luma.
const BT601: (f32, f32) = (0.299, 0.114);

/// What makes colours of samples.
#[derive(Clone, Copy)]
enum Matrix {
    /// The planes are green, blue and red.
    Identity,
    /// With the parts of red and blue in luma.
    Luma(f32, f32),
}

impl Matrix {
    fn of(code: u8) -> Result<Self, Refused> {
        let (red, blue) = match code {
            0 => return Ok(Self::Identity),
            1 => (0.2126, 0.0722),
            4 => (0.30, 0.11),
            2 | 5 | 6 => BT601,
            7 => (0.212, 0.087),
            9 => (0.2627, 0.0593),
            other => {
                return Err(Refused::unsupported(format!(
                    "AVIF with colour matrix {other}"
                )));
            }
        };
        Ok(Self::Luma(red, blue))
    }
}

/// Samples as 255ths of full intensity.
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
            luma: 255.0 / if full { most } else { 219.0 * step },
            middle: 128.0 * step,
            chroma: 255.0 / if full { most } else { 224.0 * step },
        })
    }

    #[inline(always)]
    fn intensity(self, sample: f32) -> f32 {
        (sample - self.black) * self.luma
    }

    #[inline(always)]
    fn difference(self, sample: f32) -> f32 {
        (sample - self.middle) * self.chroma
    }
}

/// RGBA of `planes`, smaller `by` so much (1, 2, 4 or 8); `coding` as the container has it counts more than what
/// the bitstream says.
pub(super) fn picture(
    planes: &Planes,
    coding: Option<Coding>,
    by: usize,
) -> Result<Picture, Refused> {
    let full = coding.map_or_else(|| is_full(planes), |coding| coding.full_range);
    let code = coding.map_or_else(
        || planes.matrix_coefficients() as u8,
        |coding| coding.matrix,
    );
    let range = Range::of(planes, full)?;
    let matrix = Matrix::of(code)?;
    let layout = planes.pixel_layout();
    let is_grey = layout == PixelLayout::I400;
    if matches!(matrix, Matrix::Identity) && layout != PixelLayout::I444 && !is_grey {
        return Err(Refused::bad("AVIF: RGB with halved planes"));
    }
    let side = |side: u32| side.div_ceil(by as u32);
    let mut picture = Picture::blank(Size::new(side(planes.width()), side(planes.height())));
    let width = picture.size.width as usize;
    let plane = |component| (Samples::new(planes, component, by), vec![0.0; width]);
    let mut luma = plane(PlanarImageComponent::Y);
    let mut chroma =
        (!is_grey).then(|| [PlanarImageComponent::U, PlanarImageComponent::V].map(plane));
    for (y, row) in picture.rows_mut().enumerate() {
        luma.0.read(y, &mut luma.1);
        let pixels = row.as_chunks_mut::<4>().0;
        let Some(chroma) = &mut chroma else {
            grey(range, &luma.1, pixels);
            continue;
        };
        for (samples, row) in chroma.iter_mut() {
            samples.read(y, row);
        }
        let [(_, blue), (_, red)] = &*chroma;
        match matrix {
            Matrix::Identity => green_blue_red(range, [&luma.1, blue, red], pixels),
            Matrix::Luma(kr, kb) => coloured(range, (kr, kb), [&luma.1, blue, red], pixels),
        }
    }
    Ok(picture)
}

fn grey(range: Range, luma: &[f32], pixels: &mut [[u8; 4]]) {
    for (pixel, &luma) in pixels.iter_mut().zip(luma) {
        let grey = byte(range.intensity(luma));
        *pixel = [grey, grey, grey, 255];
    }
}

fn green_blue_red(range: Range, [green, blue, red]: [&[f32]; 3], pixels: &mut [[u8; 4]]) {
    let samples = green.iter().zip(blue).zip(red);
    for (pixel, ((&green, &blue), &red)) in pixels.iter_mut().zip(samples) {
        let [r, g, b] = [red, green, blue].map(|sample| byte(range.intensity(sample)));
        *pixel = [r, g, b, 255];
    }
}

/// By the parts of red and blue in luma.
fn coloured(
    range: Range,
    (red, blue): (f32, f32),
    [luma, cb, cr]: [&[f32]; 3],
    pixels: &mut [[u8; 4]],
) {
    let (of_cr, of_cb) = (2.0 * (1.0 - red), 2.0 * (1.0 - blue));
    let green = 1.0 - red - blue;
    let (green_of_cr, green_of_cb) = (red * of_cr / green, blue * of_cb / green);
    let samples = luma.iter().zip(cb).zip(cr);
    for (pixel, ((&luma, &cb), &cr)) in pixels.iter_mut().zip(samples) {
        let grey = range.intensity(luma);
        let (cb, cr) = (range.difference(cb), range.difference(cr));
        *pixel = [
            byte(grey + of_cr * cr),
            byte(grey - green_of_cb * cb - green_of_cr * cr),
            byte(grey + of_cb * cb),
            255,
        ];
    }
}

/// The luma of `planes` as the alpha of `picture`, which has the same size.
pub(super) fn set_alpha(picture: &mut Picture, planes: &Planes) -> Result<(), Refused> {
    let range = Range::of(planes, is_full(planes))?;
    let mut luma = Samples::new(planes, PlanarImageComponent::Y, 1);
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
