//! Colours as a file means them to sRGB, in which everything behind the decoders works. A
//! profile that is broken, or that changes nothing one could see, is left alone: a profile is
//! never a reason to refuse a picture.

mod inks;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace,
    Layout, MatrixCoefficients, ParsingOptions, ToneReprCurve, TransferCharacteristics,
    Transform8BitExecutor, TransformOptions, XyY,
};

use crate::picture::{CHANNELS, Picture};

/// Largest profile that is read. Those of printers have one or two MiB.
pub(super) const PROFILE_BYTES_MAX: usize = 4 << 20;
/// Largest difference in a channel that nobody sees, as between two editions of sRGB.
const INVISIBLE: u8 = 2;

/// A way from the colours of a file to sRGB.
pub(super) struct Conversion {
    transform: Arc<Transform8BitExecutor>,
    from: From,
}

/// What the transform takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Rgba,
    GreyAlpha,
    /// Cyan, magenta, yellow, black: 255 is full ink.
    Inks,
}

/// Converts `picture` by the ICC profile that came with it.
pub(super) fn to_srgb(picture: &mut Picture, profile: Option<&[u8]>) {
    if let Some(conversion) = profile.and_then(Conversion::from_icc) {
        conversion.apply(picture);
    }
}

/// Converts `picture`, whose pixels are four inks, each as how much paper it leaves: by the
/// profile where that is one for inks, else by the plain product of what they leave.
pub(super) fn inks_to_srgb(picture: &mut Picture, profile: Option<&[u8]>) {
    let conversion = profile.and_then(|bytes| Conversion::new(&parsed(bytes)?, From::Inks));
    match conversion {
        Some(conversion) => conversion.apply_to_inks(picture),
        None => inks::convert(picture),
    }
}

impl Conversion {
    /// By an ICC profile for grey or RGB; `None` where there is nothing to convert.
    pub(super) fn from_icc(profile: &[u8]) -> Option<Self> {
        let profile = parsed(profile)?;
        let from = match profile.color_space {
            DataColorSpace::Rgb => From::Rgba,
            DataColorSpace::Gray => From::GreyAlpha,
            _ => return None,
        };
        Self::new(&profile, from).filter(Self::is_visible)
    }

    /// By a power of the samples, and by the white point and red, green and blue in CIE x, y.
    pub(super) fn from_gamma(gamma: f32, white: (f32, f32), rgb: [(f32, f32); 3]) -> Option<Self> {
        let sound = |&(x, y): &(f32, f32)| x > 0.0 && x < 1.0 && y > 0.0 && x + y <= 1.0;
        if !sound(&white) || !rgb.iter().all(sound) || !(0.1..=10.0).contains(&gamma) {
            return None;
        }
        let [red, green, blue] = rgb.map(|(x, y)| Chromaticity { x, y });
        let white = XyY {
            x: white.0.into(),
            y: white.1.into(),
            yb: 1.0,
        };
        let mut profile = ColorProfile::new_srgb();
        profile.update_rgb_colorimetry(white, ColorPrimaries { red, green, blue });
        let curve = ToneReprCurve::Parametric(vec![gamma]);
        profile.red_trc = Some(curve.clone());
        profile.green_trc = Some(curve.clone());
        profile.blue_trc = Some(curve);
        Self::new(&profile, From::Rgba).filter(Self::is_visible)
    }

    /// By code points of ITU-T H.273. High dynamic range is left as it is: to show it on an
    /// ordinary screen is a matter of taste, not of conversion.
    pub(super) fn from_code_points(primaries: u8, transfer: u8) -> Option<Self> {
        // The curves of television are written where nobody thought of another, and screens show
        // them as sRGB.
        let transfer = match transfer {
            1 | 2 | 6 | 14 | 15 => 13,
            other => other,
        };
        let primaries = if primaries == 2 { 1 } else { primaries };
        let transfer_characteristics = TransferCharacteristics::try_from(transfer).ok()?;
        if matches!(
            transfer_characteristics,
            TransferCharacteristics::Smpte2084 | TransferCharacteristics::Hlg
        ) {
            return None;
        }
        let profile = ColorProfile::new_from_cicp(CicpProfile {
            color_primaries: CicpColorPrimaries::try_from(primaries).ok()?,
            transfer_characteristics,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        });
        Self::new(&profile, From::Rgba).filter(Self::is_visible)
    }

    fn new(profile: &ColorProfile, from: From) -> Option<Self> {
        let inks = profile.color_space == DataColorSpace::Cmyk;
        if inks != (from == From::Inks) {
            return None;
        }
        let layout = match from {
            From::Rgba | From::Inks => Layout::Rgba,
            From::GreyAlpha => Layout::GrayAlpha,
        };
        let srgb = ColorProfile::new_srgb();
        let options = TransformOptions::default();
        let make = || profile.create_transform_8bit(layout, &srgb, Layout::Rgba, options);
        // A panic over the profile must not cost the picture.
        let transform = catch_unwind(AssertUnwindSafe(make)).ok()?.ok()?;
        Some(Self { transform, from })
    }

    /// Converts every pixel; alpha stays. A grey profile on a coloured picture means nothing.
    pub(super) fn apply(&self, picture: &mut Picture) {
        if self.from == From::Rgba {
            self.by_rows(picture, <[u8]>::to_vec);
        } else if picture
            .as_pixels()
            .iter()
            .all(|[r, g, b, _]| r == g && g == b)
        {
            self.by_rows(picture, |row| {
                row.as_chunks::<CHANNELS>()
                    .0
                    .iter()
                    .flat_map(|&[grey, .., alpha]| [grey, alpha])
                    .collect()
            });
        }
    }

    fn apply_to_inks(&self, picture: &mut Picture) {
        self.by_rows(picture, |row| row.iter().map(|paper| 255 - paper).collect());
        picture
            .as_pixels_mut()
            .iter_mut()
            .for_each(|pixel| pixel[3] = 255);
    }

    fn by_rows(&self, picture: &mut Picture, stored: impl Fn(&[u8]) -> Vec<u8>) {
        for row in picture.rows_mut() {
            let samples = stored(row);
            // It fails only on lengths that do not match, and these do.
            let _ = self.transform.transform(&samples, row);
        }
    }

    /// Whether it changes any of some evenly spaced colours to a visible degree.
    fn is_visible(&self) -> bool {
        const STEPS: [u8; 9] = [0, 32, 64, 96, 128, 160, 192, 224, 255];
        let mut probe: Vec<[u8; CHANNELS]> = Vec::new();
        for red in STEPS {
            match self.from {
                From::GreyAlpha => probe.push([red, red, red, 255]),
                _ => probe.extend(STEPS.iter().flat_map(|&g| STEPS.map(|b| [red, g, b, 255]))),
            }
        }
        let size = crate::picture::Size::new(probe.len() as u32, 1);
        let mut converted = Picture {
            size,
            pixels: probe.concat(),
        };
        self.apply(&mut converted);
        let pairs = probe.as_flattened().iter().zip(&converted.pixels);
        pairs
            .into_iter()
            .any(|(before, after)| before.abs_diff(*after) > INVISIBLE)
    }
}

fn parsed(profile: &[u8]) -> Option<ColorProfile> {
    let options = ParsingOptions {
        max_profile_size: PROFILE_BYTES_MAX,
        ..ParsingOptions::default()
    };
    let parse = || ColorProfile::new_from_slice_with_options(profile, options);
    catch_unwind(AssertUnwindSafe(parse)).ok()?.ok()
}

#[cfg(test)]
mod tests;
