//! What is written is read back by zune-jpeg, and held against what jpeg-encoder makes of it.

use std::path::Path;

use protocol::{Limits, Output, OutputFormat, Traded};

use super::*;
use crate::decode;

const LIMITS: Limits = Limits {
    pixels_max: 1 << 24,
    frames_max: 1,
    total_pixels_max: 1 << 24,
    output_pixels_max: 1 << 24,
    output_bytes_max: 1 << 24,
};

const SAMPLINGS: [Subsampling; 3] = [Subsampling::None, Subsampling::Width, Subsampling::Both];

fn settings(subsampling: Subsampling) -> Settings {
    let output = Output {
        subsampling,
        ..Output::default()
    };
    Settings::new(&output, OutputFormat::Jpeg, Traded::default())
}

fn encoded(picture: &Picture, quality: u8, settings: &Settings) -> Vec<u8> {
    let mut bytes = Bounded::new(LIMITS.output_bytes_max);
    let opaque = Opaque::new(picture.clone(), settings);
    opaque.encode(quality, settings, &mut bytes).unwrap();
    bytes.into_bytes().unwrap()
}

fn decoded(bytes: &[u8]) -> Picture {
    let mut frames = decode::open(bytes, &LIMITS).unwrap();
    frames.next_frame().unwrap().unwrap().picture
}

fn photo() -> Picture {
    let path = "../tests/images/photo/exif_landscape_6.jpg";
    decoded(&std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap())
}

fn psnr(a: &Picture, b: &Picture) -> f64 {
    assert_eq!(a.size, b.size);
    let pairs = a.pixels.iter().zip(&b.pixels);
    let squares: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    10.0 * (255.0 * 255.0 * a.pixels.len() as f64 / (squares as f64 + 1e-9)).log10()
}

/// Soft colours without an edge.
fn slope(width: u32, height: u32) -> Picture {
    let pixel = |x: u32, y: u32| [40 + 5 * x, 50 + 4 * y, 200 - 3 * x - 2 * y, 255];
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels = places.flat_map(|(x, y)| pixel(x, y).map(|channel| channel as u8));
    Picture {
        size: Size::new(width, height),
        pixels: pixels.collect(),
    }
}

#[test]
fn every_size_is_read_back_in_every_sampling() {
    for (width, height) in (1..=18).flat_map(|width| [1, 7, 8, 9, 16, 17].map(|h| (width, h))) {
        for subsampling in SAMPLINGS {
            let given = slope(width, height);
            let read = decoded(&encoded(&given, 95, &settings(subsampling)));
            let psnr = psnr(&given, &read);
            assert!(
                psnr > 36.0,
                "{width} x {height} {subsampling:?}: {psnr:.1} dB"
            );
        }
    }
}

#[test]
fn a_photo_is_as_long_and_as_good_as_by_the_other_encoder() {
    let photo = photo();
    let rgb = without_alpha(photo.clone());
    for quality in [10, 50, 80, 95, 100] {
        for (subsampling, factor) in [
            (Subsampling::None, SamplingFactor::R_4_4_4),
            (Subsampling::Width, SamplingFactor::R_4_2_2),
            (Subsampling::Both, SamplingFactor::R_4_2_0),
        ] {
            let mut other = Vec::new();
            let mut encoder = Encoder::new(&mut other, quality);
            encoder.set_sampling_factor(factor);
            encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
            let (width, height) = (photo.size.width as u16, photo.size.height as u16);
            encoder.encode(&rgb, width, height, ColorType::Rgb).unwrap();
            let own = encoded(&photo, quality, &settings(subsampling));
            let case = format!("quality {quality}, {subsampling:?}");
            let longer = own.len() as f64 / other.len() as f64 - 1.0;
            assert!(longer < 0.01, "{case}: {:.2} % longer", longer * 100.0);
            let (own, other) = (psnr(&photo, &decoded(&own)), psnr(&photo, &decoded(&other)));
            assert!(own > other - 0.1, "{case}: {own:.2} dB, {other:.2} dB");
        }
    }
}

#[test]
fn noise_at_the_highest_quality_keeps_its_codes_in_step() {
    // Extreme values in each sample: long codes, and bytes of ones that need stuffing.
    let mut state = 1_u32;
    let pixels = (0..64 * 64).flat_map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let bit = |at: u32| if state >> at & 1 == 1 { 255 } else { 0 };
        [bit(31), bit(30), bit(29), 255]
    });
    let given = Picture {
        size: Size::new(64, 64),
        pixels: pixels.collect(),
    };
    let read = decoded(&encoded(&given, 100, &settings(Subsampling::None)));
    let psnr = psnr(&given, &read);
    assert!(psnr > 40.0, "{psnr:.1} dB");
}

/// The number of components, from the header of the frame.
fn components(file: &[u8]) -> u8 {
    let at = file
        .windows(2)
        .position(|two| matches!(two, [0xff, 0xc0 | 0xc2]));
    file[at.unwrap() + 9]
}

#[test]
fn what_has_no_colours_has_no_chroma() {
    for (width, height) in [(1, 1), (7, 9), (16, 16), (31, 17), (40, 3)] {
        let mut grey = slope(width, height);
        for pixel in grey.as_pixels_mut() {
            *pixel = [pixel[0], pixel[0], pixel[0], 255];
        }
        let mut coloured = grey.clone();
        coloured.as_pixels_mut()[0] = [30, 200, 100, 255];
        for subsampling in SAMPLINGS {
            for progressive in [false, true] {
                let settings = Settings {
                    progressive,
                    ..settings(subsampling)
                };
                let file = encoded(&grey, 95, &settings);
                assert_eq!(components(&file), 1);
                let read = decoded(&file);
                let psnr = psnr(&grey, &read);
                assert!(psnr > 40.0, "{width} x {height}: {psnr:.1} dB");
                assert!(read.as_pixels().iter().all(|[r, g, b, _]| r == g && g == b));
                assert_eq!(components(&encoded(&coloured, 95, &settings)), 3);
            }
        }
    }
}
