//! The direct decoder against the whole one, on every JPEG at hand and on damaged ones.

use proptest::prelude::*;
use protocol::Limits;

use super::super::at_hand::{LIMITS, files, is_plain, psnr, seeds};
use super::super::{Outline, SCANS_MAX, decode_into, decode_outlined, open_for};
use super::*;
use crate::decode::{Frames, View, Wanted};
use crate::refused::Refused;
use zune_core::colorspace::ColorSpace;

/// Means of squares, those at the right and at the bottom of what there is.
fn means(picture: &Picture, by: usize) -> Picture {
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    let size = Size::new(width.div_ceil(by) as u32, height.div_ceil(by) as u32);
    let mut result = Picture::blank(size);
    for (at, mean) in result.as_pixels_mut().iter_mut().enumerate() {
        let (left, top) = (at % size.width as usize * by, at / size.width as usize * by);
        let (right, bottom) = ((left + by).min(width), (top + by).min(height));
        let count = ((right - left) * (bottom - top)) as u32;
        let mut sums = [count / 2; 4];
        for y in top..bottom {
            for pixel in &picture.as_pixels()[y * width + left..y * width + right] {
                for (sum, &channel) in sums.iter_mut().zip(pixel) {
                    *sum += u32::from(channel);
                }
            }
        }
        *mean = sums.map(|sum| (sum / count) as u8);
    }
    result
}

#[test]
fn luma_at_full_size_is_that_of_the_whole_decoder() {
    let mut compared = 0;
    for (path, bytes) in files() {
        let Ok(outline) = Outline::read(&bytes) else {
            continue;
        };
        if outline.size.pixels() > LIMITS.pixels_max || outline.scans.len() > SCANS_MAX {
            continue;
        }
        let all = Area::all(outline.size);
        let Some(decoded) = direct::decode(&bytes, &outline, (8, 8), all) else {
            continue;
        };
        let mut luma = vec![0; outline.size.pixels() as usize];
        decode_into(&bytes, ColorSpace::Luma, &mut luma).unwrap();
        let own: Vec<u8> = decoded.planes[0].rows().flatten().copied().collect();
        let psnr = psnr(&own, &luma);
        assert!(psnr > 52.0, "{}: {psnr:.1} dB", path.display());
        compared += 1;
    }
    assert!(compared >= 4, "only {compared} files were taken");
}

#[test]
fn a_shrunk_picture_is_the_mean_of_the_whole_one() {
    let mut compared = 0;
    for (path, bytes) in files() {
        let Ok(outline) = Outline::read(&bytes) else {
            continue;
        };
        if outline.size.pixels() > LIMITS.pixels_max {
            continue;
        }
        let Ok(whole) = decode_outlined(&bytes, &outline) else {
            continue;
        };
        // At a quarter the finest coefficients are left out on purpose. Chroma, which the whole
        // decoder interpolates, makes most of the difference in pictures of a few pixels.
        for (by, least) in [(2, 38.0), (4, 32.0), (8, 32.0)] {
            let shrunk = decode_shrunk(&bytes, &LIMITS, by).unwrap();
            let (picture, Some(shrunk)) = shrunk else {
                assert!(!is_plain(&path), "{} by {by} is not taken", path.display());
                continue;
            };
            if (shrunk.x.0, shrunk.y.0) != (0.0, 0.0) {
                // Turned, so that its squares begin somewhere else.
                continue;
            }
            let psnr = psnr(&picture.pixels, &means(&whole, by as usize).pixels);
            assert!(psnr > least, "{} by {by}: {psnr:.1} dB", path.display());
            compared += 1;
        }
    }
    assert!(compared >= 9, "only {compared} pictures were compared");
}

/// The picture, and what it shows if it is shrunk by `by`.
fn decode_shrunk(
    bytes: &[u8],
    limits: &Limits,
    by: u32,
) -> Result<(Picture, Option<View>), Refused> {
    Ok(match open_for(bytes, limits, |_| Wanted::Smaller(by))? {
        Frames::View(Some(picture), view) => (picture, Some(view)),
        Frames::Still(Some(picture)) => (picture, None),
        _ => unreachable!("a still has one picture"),
    })
}

/// Who decodes must not decide what is refused, and a shrunk picture has the size that it says.
fn same_verdict(bytes: &[u8], by: u32) {
    let limits = Limits {
        pixels_max: 1 << 20,
        ..LIMITS
    };
    let shrunk = decode_shrunk(bytes, &limits, by);
    let whole = crate::decode::jpeg::decode(bytes, &limits);
    match (shrunk, whole) {
        (Ok((picture, Some(shrunk))), Ok(whole)) => {
            assert_eq!(shrunk.original, whole.size);
            let side = |side: u32| side.div_ceil(by);
            let size = Size::new(side(whole.size.width), side(whole.size.height));
            assert_eq!(picture.size, size);
        }
        (Ok((picture, None)), Ok(whole)) => assert_eq!(picture, whole),
        (shrunk, whole) => {
            assert_eq!(shrunk.map(|_| ()), whole.map(|_| ()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_has_the_same_verdict_as_without_shrinking(
        seed in 0_usize..4,
        by in prop::sample::select(vec![2_u32, 4, 8]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let mut bytes = seeds().swap_remove(seed);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        same_verdict(&bytes, by);
    }

    #[test]
    fn a_file_that_ends_early_has_the_same_verdict_as_without_shrinking(
        seed in 0_usize..4,
        by in prop::sample::select(vec![2_u32, 4, 8]),
        end in any::<prop::sample::Index>(),
        ended in any::<bool>(),
    ) {
        let mut bytes = seeds().swap_remove(seed);
        bytes.truncate(end.index(bytes.len()));
        if ended {
            bytes.extend([0xff, 0xd9]);
        }
        same_verdict(&bytes, by);
    }
}
