//! Whole animations through the reader of the end-to-end tests.

mod parts;

use proptest::prelude::*;
use protocol::{Dither, Output, OutputFormat, Traded};

use super::*;
use crate::picture::{Delay, Frame, Picture, Size};

#[allow(
    dead_code,
    unreachable_pub,
    reason = "the end-to-end tests need more of it"
)]
#[path = "../../../../tests/e2e"]
mod outside {
    pub(super) mod gif_reader;
}
use outside::gif_reader::Gif;

const WIDTH: u32 = 24;
const HEIGHT: u32 = 18;

fn encoded(frames: &[Frame], output: &Output) -> Vec<u8> {
    let settings = Settings::new(output, OutputFormat::Gif, Traded::default());
    let mut animation = Animation::new(Bounded::new(1 << 24), Plays(0), &settings);
    for frame in frames {
        animation.push(frame.clone().into()).unwrap();
    }
    animation.finish().unwrap().into_bytes().unwrap()
}

/// What a viewer sees of each frame.
fn seen(bytes: &[u8]) -> Vec<Vec<u8>> {
    let gif = Gif::parse(bytes).unwrap();
    assert!(gif.ended);
    let frames = gif.canvases().map(Result::unwrap);
    frames.collect()
}

fn frame(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Frame {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    Frame {
        picture: Picture {
            size: Size::new(width, height),
            pixels: places.flat_map(|(x, y)| pixel(x, y)).collect(),
        },
        delay: Delay::hundredths(4),
    }
}

/// Soft, coloured waves: more colours than a table holds.
fn waves(step: u32) -> impl Fn(u32, u32) -> [u8; 4] {
    move |x, y| {
        let wave = |period: u32, slope: u32| {
            let phase = (2 * x + slope * y + 3 * step) % period;
            (phase.min(period - phase) * 510 / period) as u8
        };
        [wave(190, 3), wave(310, 1), wave(270, 5), 255]
    }
}

fn psnr_db(actual: &[u8], expected: &[u8]) -> f64 {
    let pairs = actual.iter().zip(expected).enumerate();
    let colours = pairs.filter(|(index, _)| index % 4 != 3);
    let squares: f64 = colours
        .map(|(_, (a, b))| f64::from(a.abs_diff(*b)).powi(2))
        .sum();
    10.0 * (65_025.0 * 0.75 * expected.len() as f64 / squares).log10()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn frames_of_few_colours_are_exact_however_they_change(
        seeds in prop::collection::vec((any::<u32>(), 0..6_u32, 1..200_u32), 1..8),
    ) {
        // Each frame keeps much of the one before, and some are transparent in places.
        let mut frames: Vec<Frame> = Vec::new();
        for (seed, holes, colours) in seeds {
            let before = frames.last().map(|frame| frame.picture.clone());
            let noise = |x: u32, y: u32| {
                (x + 31 * y + seed).wrapping_mul(2_654_435_761) >> 16
            };
            frames.push(frame(WIDTH, HEIGHT, |x, y| match (&before, noise(x, y)) {
                (_, noise) if noise % 40 < holes => [0; 4],
                (Some(before), noise) if noise % 3 > 0 => {
                    before.as_pixels()[(y * WIDTH + x) as usize]
                }
                (_, noise) => [(noise % colours) as u8, 200, (noise % 7) as u8 / 7, 255],
            }));
        }
        let wanted: Vec<_> = frames.iter().map(|frame| frame.picture.pixels.clone()).collect();
        prop_assert!(seen(&encoded(&frames, &Output::default())) == wanted);
    }
}

#[test]
fn a_still_of_evenly_mixed_colours_is_as_close_as_any_table_gets() {
    let still = frame(320, 200, waves(0));
    let bytes = encoded(std::slice::from_ref(&still), &Output::default());
    let psnr = psnr_db(&seen(&bytes)[0], &still.picture.pixels);
    // 255 colours spread evenly over all there are would give 26.8 dB.
    assert!(psnr > 26.5, "{psnr:.1} dB");
}

#[test]
fn a_photo_keeps_its_colours() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/images/photo");
    let mut measured = 0;
    for file in std::fs::read_dir(path).unwrap() {
        let limits = protocol::Limits {
            pixels_max: 1 << 24,
            frames_max: 1,
            total_pixels_max: 1 << 24,
            output_pixels_max: 1 << 24,
            output_bytes_max: 1 << 24,
        };
        let path = file.unwrap().path();
        let source = std::fs::read(&path).unwrap();
        let mut reel = crate::decode::open(&source, &limits).unwrap();
        let mut photo = reel.next_frame().unwrap().unwrap();
        if !threshold(&mut photo.picture) {
            continue;
        }
        let bytes = encoded(std::slice::from_ref(&photo), &Output::default());
        let psnr = psnr_db(&seen(&bytes)[0], &photo.picture.pixels);
        assert!(psnr > 34.0, "{}: {psnr:.1} dB", path.display());
        measured += 1;
    }
    assert!(measured > 0);
}

#[test]
fn a_dark_gradient_has_no_bands() {
    let dark = |x: u32, y: u32| [(x / 8) as u8, ((x + y) / 12) as u8, (8 + x / 6) as u8, 255];
    let still = frame(320, 200, dark);
    let bytes = encoded(std::slice::from_ref(&still), &Output::default());
    let psnr = psnr_db(&seen(&bytes)[0], &still.picture.pixels);
    assert!(psnr > 50.0, "{psnr:.1} dB");
}

#[test]
fn a_pattern_is_no_higher_than_colours_are_apart() {
    let still = frame(320, 200, |x, y| [(x / 4) as u8, (y / 3) as u8, 90, 255]);
    let output = Output {
        dither: Dither::Ordered,
        ..Output::default()
    };
    let bytes = encoded(std::slice::from_ref(&still), &output);
    let psnr = psnr_db(&seen(&bytes)[0], &still.picture.pixels);
    assert!(psnr > 36.0, "{psnr:.1} dB");
}

#[test]
fn colours_that_are_at_hand_serve_as_well_as_new_ones_and_what_stands_still_does_not_flicker() {
    let standing = waves(0);
    let frames: Vec<Frame> = (0..12)
        .map(|step| {
            let moving = waves(step * 9);
            frame(160, 120, |x, y| match x {
                0..80 => standing(x, y),
                _ => moving(x, y),
            })
        })
        .collect();
    let canvases = seen(&encoded(&frames, &Output::default()));
    for (index, (canvas, frame)) in canvases.iter().zip(&frames).enumerate() {
        let psnr = psnr_db(canvas, &frame.picture.pixels);
        let alone = encoded(std::slice::from_ref(frame), &Output::default());
        let best = psnr_db(&seen(&alone)[0], &frame.picture.pixels);
        assert!(
            psnr > best - 2.0,
            "frame {index}: {psnr:.1} of {best:.1} dB"
        );
    }
    let left = |canvas: &[u8]| -> Vec<u8> {
        let rows = canvas.chunks_exact(160 * 4);
        rows.flat_map(|row| row[..80 * 4].to_vec()).collect()
    };
    assert!(
        canvases
            .iter()
            .all(|canvas| left(canvas) == left(&canvases[0]))
    );
}

#[test]
fn what_comes_and_goes_leaves_nothing_behind() {
    // More colours than a table holds, on nothing; a second patch comes and goes at every turn of
    // these, so that the canvas must be cleared now and then.
    for turns in [[0, 1, 0, 1, 0, 1, 0, 1], [0, 0, 1, 1, 1, 0, 0, 0]] {
        let frames = turns.iter().zip(0..).map(|(turn, step)| {
            let colours = waves(step * 5);
            frame(160, 120, move |x, y| match (x, y) {
                (10..90, 20..110) => colours(x, y),
                (100..150, 30..100) if *turn == 1 => colours(x, y),
                _ => [0; 4],
            })
        });
        let frames: Vec<Frame> = frames.collect();
        let bytes = encoded(&frames, &Output::default());
        let drawn: Vec<_> = Gif::parse(&bytes).unwrap().frames;
        assert_eq!(drawn.len(), frames.len());
        for (canvas, frame) in seen(&bytes).iter().zip(&frames) {
            let alpha = |pixels: &[u8]| -> Vec<u8> {
                let pixels = pixels.as_chunks::<4>().0;
                pixels.iter().map(|pixel| pixel[3]).collect()
            };
            assert!(alpha(canvas) == alpha(&frame.picture.pixels));
            let psnr = psnr_db(canvas, &frame.picture.pixels);
            assert!(psnr > 30.0, "{psnr:.1} dB");
        }
    }
}

#[test]
fn a_large_canvas_is_exact_whatever_becomes_of_it() {
    const SIDE: u32 = 1 << 10;
    // Opaque, changed in a corner, with a hole for which it must be cleared, and without it.
    let frames: Vec<Frame> = (0..4)
        .map(|step| {
            frame(SIDE, SIDE, |x, y| match (x, y, step) {
                (500..520, 500..520, 2) => [0; 4],
                (0..30, 0..20, 1..) => [step as u8, 3, 3, 255],
                _ => [(x / 64) as u8, (y / 128) as u8, 7, 255],
            })
        })
        .collect();
    assert!(matches!(
        Kept::of(frames[0].picture.clone()),
        Kept::Opaque(_)
    ));
    let canvases = seen(&encoded(&frames, &Output::default()));
    assert_eq!(canvases.len(), frames.len());
    for (canvas, frame) in canvases.iter().zip(&frames) {
        assert!(*canvas == frame.picture.pixels);
    }
}

#[test]
fn something_small_of_a_new_colour_gets_it() {
    let grey = |x: u32, y: u32| [100 + (x % 100) as u8, 90 + (y % 110) as u8, 120, 255];
    let frames = [
        frame(320, 200, grey),
        frame(320, 200, |x, y| match (x, y) {
            // As many reds as it takes for no table to hold them beside what moves.
            (150..170, 90..110) => [200 + (x % 50) as u8, (y % 20) as u8, 10, 255],
            _ => grey(x + 1, y),
        }),
    ];
    let seen = seen(&encoded(&frames, &Output::default()));
    let red = &seen[1][(100 * 320 + 160) * 4..][..4];
    assert!(red[0] > 180 && red[1] < 60 && red[2] < 60, "{red:?}");
}

#[test]
fn the_same_frames_always_become_the_same_bytes() {
    let frames: Vec<Frame> = (0..6).map(|step| frame(90, 70, waves(step * 40))).collect();
    for dither in [Dither::None, Dither::Ordered, Dither::Diffusion] {
        let output = Output {
            dither,
            ..Output::default()
        };
        assert!(encoded(&frames, &output) == encoded(&frames, &output));
    }
}

#[test]
fn no_table_has_more_colours_than_are_allowed() {
    let frames: Vec<Frame> = (0..4).map(|step| frame(90, 70, waves(step * 60))).collect();
    for colors in [2, 3, 16, 100] {
        let output = Output {
            colors,
            ..Output::default()
        };
        let bytes = encoded(&frames, &output);
        let gif = Gif::parse(&bytes).unwrap();
        // One entry more is transparent, and tables are as long as a power of two.
        let entries_max = (colors as usize + 1).next_power_of_two();
        assert!(
            gif.global_colours
                .is_some_and(|entries| entries <= entries_max)
        );
        for frame in &gif.frames {
            assert!(
                frame
                    .local_colours
                    .is_none_or(|entries| entries <= entries_max)
            );
        }
        let first = &seen(&bytes)[0];
        let mut colours: Vec<_> = first.as_chunks::<4>().0.to_vec();
        colours.sort_unstable();
        colours.dedup();
        assert!(colours.len() <= colors as usize);
    }
}
