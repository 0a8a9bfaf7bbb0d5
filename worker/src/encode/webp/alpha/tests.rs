use proptest::prelude::*;

use protocol::{Output, OutputFormat, Traded};

use super::*;
use crate::encode::settings::Settings;
use crate::encode::webp;
use crate::picture::Size;

/// The alpha that two decoders read from lossy WebPs, of which one shares no code with libwebp.
fn read_back(plane: &[u8], width: u32) {
    for effort in [EFFORT_MAX, EFFORT_MAX + 1] {
        let output = Output {
            effort: effort.into(),
            ..Output::default()
        };
        let settings = Settings::new(&output, OutputFormat::Webp, Traded::default());
        let size = Size::new(width, plane.len() as u32 / width);
        let pixels = plane.iter().flat_map(|alpha| [90, 120, 30, *alpha]);
        let pixels: Vec<u8> = pixels.collect();
        let file = webp::encode(&pixels, size, 75, &settings).unwrap();
        let read = ::webp::Decoder::new(&file).decode().unwrap();
        if plane.iter().all(|alpha| *alpha == u8::MAX) {
            assert!(!read.is_alpha());
            continue;
        }
        assert_eq!(alpha_of(&read), plane, "libwebp");
        let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(&*file)).unwrap();
        let mut read = vec![0; decoder.output_buffer_size().unwrap()];
        decoder.read_image(&mut read).unwrap();
        assert_eq!(alpha_of(&read), plane, "image-webp");
    }
}

fn alpha_of(pixels: &[u8]) -> Vec<u8> {
    let pixels = pixels.as_chunks::<4>().0.iter();
    pixels.map(|pixel| pixel[3]).collect()
}

/// Soft on the outside of a circle.
fn circle(side: usize) -> Vec<u8> {
    let half = side as f64 / 2.0;
    let at = move |x: usize, y: usize| {
        let distance = (x as f64 + 0.5 - half).hypot(y as f64 + 0.5 - half);
        ((half - distance) * 100.0).clamp(0.0, 255.0) as u8
    };
    (0..side)
        .flat_map(|y| (0..side).map(move |x| at(x, y)))
        .collect()
}

/// Less and less from the middle to beyond the sides: it falls in every direction somewhere.
fn cone(side: usize) -> Vec<u8> {
    let half = side as f64 / 2.0;
    let at = move |x: usize, y: usize| 255 - ((x as f64 - half).hypot(y as f64 - half)) as u8;
    (0..side)
        .flat_map(|y| (0..side).map(move |x| at(x, y)))
        .collect()
}

/// The first byte, and how many follow.
fn kind(plane: &[u8], width: usize) -> (u8, usize) {
    let coded = coded(plane, width);
    (coded[0], coded.len() - 1)
}

#[test]
fn what_is_alike_takes_next_to_nothing() {
    let (first, length) = kind(&[0; 500 * 500], 500);
    assert_eq!(first, LOSSLESS);
    assert!(length < 40, "{length}");
    // Two borders in each of 200 rows.
    let hard: Vec<u8> = circle(200).iter().map(|alpha| alpha & 0x80).collect();
    let (_, length) = kind(&hard, 200);
    assert!(length < 600, "{length}");
    read_back(&hard, 200);
    read_back(&circle(200), 200);
}

#[test]
fn a_slope_is_foretold_and_noise_left_as_it_is() {
    let slope: Vec<u8> = (0..200 * 150_u32)
        .map(|at| (at % 200 + at / 200 / 2) as u8)
        .collect();
    let (first, length) = kind(&slope, 200);
    assert_eq!(first, LOSSLESS);
    assert!(length < 600, "{length}");
    read_back(&slope, 200);
    let cone = cone(250);
    let ways = Predicted::new(&cone, 250).ways;
    let kinds: std::collections::BTreeSet<u8> = ways.iter().copied().collect();
    assert_eq!(kinds.len(), 5, "each way is the best somewhere: {kinds:?}");
    let (_, length) = kind(&cone, 250);
    assert!(length < cone.len() / 4, "{length}: it is foretold");
    read_back(&cone, 250);
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    let noise: Vec<u8> = noise.take(90 * 70).collect();
    assert_eq!(kind(&noise, 90), (RAW, noise.len()));
    read_back(&noise, 90);
}

#[test]
fn every_size_of_table_is_read_back() {
    for count in [1, 2, 3, 4, 5, 16, 17, 255, 256] {
        for width in [1, 2, 3, 7, 8, 9, 64] {
            let plane: Vec<u8> = (0..width * 33_usize)
                .map(|at| ((at * at / 5 % count) * 255 / count) as u8)
                .collect();
            read_back(&plane, width as u32);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_plane_is_read_back(
        width in 1..40_usize,
        // Values and how often they come in a row.
        runs in proptest::collection::vec((any::<u8>(), 1..60_usize), 1..120),
        mask in prop_oneof![Just(0xff), Just(0x80), Just(0xe0), Just(0x0f)],
    ) {
        let values = runs.iter().flat_map(|(value, count)| std::iter::repeat_n(value & mask, *count));
        let mut plane: Vec<u8> = values.collect();
        plane.resize(plane.len().next_multiple_of(width), 0);
        read_back(&plane, width as u32);
    }
}
