//! Lossy pictures of libwebp with all that it may be told, against what image-webp makes of them.

use std::io::Cursor;

use image_webp::WebPDecoder;
use proptest::prelude::*;
use webp::{Encoder, WebPConfig};

use super::*;
use crate::decode::tests;
use crate::decode::webp::{open, open_for};
use crate::decode::{Frames, View, Wanted};
use crate::riff;

const LIMITS: Limits = Limits {
    pixels_max: 1 << 14,
    total_pixels_max: 1 << 14,
    ..tests::LIMITS
};

/// How a picture is coded.
#[derive(Debug, Clone, Copy)]
struct How {
    quality: u8,
    method: u8,
    segments: u8,
    partitions: u8,
    /// Strength, sharpness, and whether it is the simple one.
    filter: (u8, u8, bool),
    /// Compressed, and what is foretold of it.
    alpha: (bool, u8),
}

/// What a picture shows: something smooth, something coarse, noise, and whether it is transparent.
#[derive(Debug, Clone, Copy)]
struct What {
    size: (u32, u32),
    seed: u32,
    noise: u32,
    is_transparent: bool,
}

fn how() -> impl Strategy<Value = How> {
    let filter = (0..=100_u8, 0..=7_u8, any::<bool>());
    let alpha = (any::<bool>(), 0..=2_u8);
    (0..=100_u8, 0..=6_u8, 1..=4_u8, 0..=3_u8, filter, alpha).prop_map(
        |(quality, method, segments, partitions, filter, alpha)| How {
            quality,
            method,
            segments,
            partitions,
            filter,
            alpha,
        },
    )
}

fn what() -> impl Strategy<Value = What> {
    let size = (1..=70_u32, 1..=70_u32);
    let noise = prop_oneof![Just(1), Just(9), Just(256)];
    (size, any::<u32>(), noise, any::<bool>()).prop_map(|(size, seed, noise, is_transparent)| {
        What {
            size,
            seed,
            noise,
            is_transparent,
        }
    })
}

fn file(what: What, how: How) -> Vec<u8> {
    let (width, height) = what.size;
    let mut state = what.seed | 1;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % what.noise
    };
    let mut pixels = Vec::new();
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let coarse = (x / 9 * 31 + y / 7 * 57) & 0x7f;
        let pixel = [x * 3 + coarse, y * 2 + coarse, x + y, 255 - x * 2];
        pixels.extend(pixel.map(|value| (value + noise()).min(255) as u8));
        if !what.is_transparent
            && let Some(alpha) = pixels.last_mut()
        {
            *alpha = 255;
        }
    }
    let mut config = WebPConfig::new().unwrap();
    config.quality = how.quality.into();
    config.method = how.method.into();
    config.segments = how.segments.into();
    config.partitions = how.partitions.into();
    config.filter_strength = how.filter.0.into();
    config.filter_sharpness = how.filter.1.into();
    config.filter_type = (!how.filter.2).into();
    config.alpha_compression = how.alpha.0.into();
    config.alpha_filtering = how.alpha.1.into();
    let encoder = Encoder::from_rgba(&pixels, width, height);
    encoder.encode_advanced(&config).unwrap().to_vec()
}

/// What image-webp makes of it, RGBA.
fn expected(file: &[u8]) -> Option<Vec<u8>> {
    let mut decoder = WebPDecoder::new(Cursor::new(file)).ok()?;
    let mut samples = vec![0; decoder.output_buffer_size()?];
    decoder.read_image(&mut samples).ok()?;
    if decoder.has_alpha() {
        return Some(samples);
    }
    let pixels = samples.as_chunks::<3>().0.iter();
    Some(pixels.flat_map(|&[r, g, b]| [r, g, b, 255]).collect())
}

fn decoded(file: &[u8]) -> Result<Picture, Refused> {
    let frame = open(file, &LIMITS)?.next_frame()?.unwrap();
    Ok(frame.picture)
}

/// Where the lossy bitstream begins.
fn bitstream(file: &[u8]) -> usize {
    let (_, data) = riff::chunks(&file[12..])
        .map(Result::unwrap)
        .find(|(kind, _)| kind == b"VP8 ")
        .unwrap();
    data.as_ptr() as usize - file.as_ptr() as usize
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_pixel_is_as_the_format_says(what in what(), how in how()) {
        let file = file(what, how);
        let picture = decoded(&file).unwrap();
        prop_assert_eq!((picture.size.width, picture.size.height), what.size);
        prop_assert!(Some(picture.pixels) == expected(&file));
    }

    #[test]
    fn damage_is_refused_or_decoded_alike(
        what in what(),
        how in how(),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        in_header in any::<bool>(),
        rest in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut file = file(What { is_transparent: false, ..what }, how);
        // Tag, start code and sides stay: what they say is looked at elsewhere too.
        let start = bitstream(&file) + 10;
        let end = if in_header { file.len().min(start + 60) } else { file.len() };
        for (place, value) in places {
            file[start + place.index(end - start)] = value;
        }
        if let Some(rest) = rest {
            // The lengths go with it, so that it is the bitstream that ends early.
            let length = 10 + rest.index(file.len() - start);
            file.truncate(start - 10 + length);
            let lengths = [(4, file.len() - 8 + length % 2), (start - 14, length)];
            file.resize(file.len() + length % 2, 0);
            for (at, length) in lengths {
                file[at..at + 4].copy_from_slice(&(length as u32).to_le_bytes());
            }
        }
        prop_assert!(decoded(&file).ok().map(|picture| picture.pixels) == expected(&file));
    }

    #[test]
    fn of_a_shrunk_picture_each_pixel_is_a_mean(
        size in (1..=70_u32, 1..=70_u32),
        by in prop::sample::select(vec![2_u32, 4, 8]),
    ) {
        let how = How {
            quality: 100, method: 2, segments: 1, partitions: 0, filter: (0, 0, true), alpha: (true, 0),
        };
        let plain = What { size, seed: 1, noise: 1, is_transparent: false };
        let file = file(plain, how);
        let whole = decoded(&file).unwrap();
        let frames = open_for(&file, &LIMITS, |_| Wanted::Smaller(by)).unwrap();
        let Frames::View(Some(picture), view) = frames else {
            panic!("it is not shrunk");
        };
        let sides = [whole.size.width, whole.size.height].map(|side| side.div_ceil(by));
        prop_assert_eq!([picture.size.width, picture.size.height], sides);
        let covered = |side: u32| (0.0, f64::from(side) / f64::from(by));
        let said = View { original: whole.size, x: covered(size.0), y: covered(size.1) };
        prop_assert_eq!(view, said);
        for (at, pixel) in picture.as_pixels().iter().enumerate() {
            let (x, y) = (at as u32 % sides[0] * by, at as u32 / sides[0] * by);
            if x + by > size.0 || y + by > size.1 {
                // Partly beyond the picture.
                continue;
            }
            let place = |y, x| (y * size.0 + x) as usize;
            for (channel, found) in pixel.iter().enumerate().take(3) {
                let rows = (y..y + by).flat_map(|y| (x..x + by).map(move |x| place(y, x)));
                let sum: u32 = rows.map(|at| u32::from(whole.as_pixels()[at][channel])).sum();
                let mean = (sum / (by * by)) as i32;
                // The whole picture has its chroma interpolated, and colours that do not exist cut off.
                let off = (mean - i32::from(*found)).abs();
                prop_assert!(off <= 24, "{found} in place of {mean} at {x}, {y}");
            }
            prop_assert_eq!(pixel[3], 255);
        }
    }
}

#[test]
fn what_does_not_begin_as_a_key_frame_does_is_refused() {
    let what = What {
        size: (20, 20),
        seed: 1,
        noise: 9,
        is_transparent: false,
    };
    let how = How {
        quality: 50,
        method: 2,
        segments: 4,
        partitions: 3,
        filter: (60, 0, false),
        alpha: (true, 0),
    };
    let sound = file(what, how);
    let start = bitstream(&sound);
    decoded(&sound).unwrap();
    let no_sides = [(6, 0), (7, 0)];
    for changes in [
        &[(0, sound[start] | 1)][..],
        &[(3, 0)],
        &[(10, 0xff)],
        &no_sides,
    ] {
        let mut damaged = sound.clone();
        for (at, value) in changes {
            damaged[start + at] = *value;
        }
        let refused = decoded(&damaged).unwrap_err();
        assert_eq!(refused.reason, protocol::Reason::BadImage, "{changes:?}");
    }
}
