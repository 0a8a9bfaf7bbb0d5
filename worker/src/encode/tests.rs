//! Round trips: what is written is read back by our own decoder, whose frames are held against
//! published hashes elsewhere.

mod patches;

use protocol::{Limit, Limits, Output, Reason};

use super::*;
use crate::decode;
use crate::picture::{Delay, Frame, Picture};

const LIMITS: Limits = Limits {
    pixels_max: 1 << 20,
    frames_max: 100,
    total_pixels_max: 1 << 24,
    output_pixels_max: 1 << 20,
    output_bytes_max: 1 << 20,
};

/// A 16 × 16 frame from a function of the place.
fn frame(delay_cs: u16, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Frame {
    let pixels = (0..256).flat_map(|i| pixel(i % 16, i / 16)).collect();
    Frame {
        picture: Picture {
            size: Size::new(16, 16),
            pixels,
        },
        delay: Delay::hundredths(delay_cs),
    }
}

fn settings(format: OutputFormat) -> Settings {
    Settings::new(&Output::default(), format, Traded::default())
}

fn encoded(format: OutputFormat, plays: Plays, frames: &[Frame]) -> Done {
    let mut encoder = Encoder::new(format, plays, settings(format), LIMITS.output_bytes_max);
    for frame in frames {
        encoder.push(frame.clone()).unwrap();
    }
    encoder.finish().unwrap()
}

fn decoded(bytes: &[u8]) -> (Vec<Frame>, Plays) {
    let mut source = decode::open(bytes, &LIMITS).unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = source.next_frame().unwrap() {
        frames.push(frame);
    }
    (frames, source.plays())
}

const RED: [u8; 4] = [255, 0, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const CLEAR: [u8; 4] = [0; 4];

/// Frames that grow, shrink, stay, vanish and come back.
fn restless() -> Vec<Frame> {
    let square = |side: u32| move |x, y| if x < side && y < side { RED } else { CLEAR };
    vec![
        frame(0, square(4)),
        frame(1, square(9)),
        frame(65_535, square(9)),
        frame(7, square(3)),
        frame(7, |_, _| CLEAR),
        frame(2, |x, y| if x == 15 && y == 15 { BLUE } else { CLEAR }),
        frame(3, |x, _| if x % 2 == 0 { BLUE } else { RED }),
        frame(3, |x, _| if x % 2 == 0 { BLUE } else { CLEAR }),
    ]
}

#[test]
fn frames_delays_and_loops_come_back_as_they_went_in() {
    for plays in [1, 0, 4, 65_536].map(Plays) {
        let done = encoded(OutputFormat::Gif, plays, &restless());
        assert_eq!((done.frames, done.width), (8, 16));
        assert_eq!(decoded(&done.bytes), (restless(), plays));
    }
}

#[test]
fn a_frame_of_256_colours_is_exact_with_and_without_unchanged_pixels() {
    let colours = |shift: u8| move |x: u32, y: u32| [(y * 16 + x) as u8, shift, 9, 255];
    let half = move |x: u32, y: u32| colours(if y < 4 { 0 } else { 8 })(x, y);
    let frames = [frame(1, colours(0)), frame(1, half), frame(1, colours(8))];
    let done = encoded(OutputFormat::Gif, Plays::ONCE, &frames);
    assert_eq!(decoded(&done.bytes).0, frames);
}

#[test]
fn many_colours_are_quantised_to_similar_ones() {
    let mut picture = Picture::blank(Size::new(64, 64));
    for (index, pixel) in picture.as_pixels_mut().iter_mut().enumerate() {
        let (x, y) = (index % 64, index / 64);
        *pixel = [x as u8 * 4, y as u8 * 4, (x + y) as u8, 255];
    }
    let frame = Frame {
        picture,
        delay: Delay::NONE,
    };
    let done = encoded(OutputFormat::Gif, Plays::ONCE, std::slice::from_ref(&frame));
    let (frames, _) = decoded(&done.bytes);
    let pairs = frames[0].picture.pixels.iter().zip(&frame.picture.pixels);
    let squares: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    let mean = squares as f64 / frame.picture.pixels.len() as f64;
    assert!(mean < 60.0, "mean square error {mean}");
}

#[test]
fn half_transparent_pixels_are_decided_at_128() {
    let given = frame(0, |x, _| [10, 20, 30, if x < 8 { 127 } else { 128 }]);
    let done = encoded(OutputFormat::Gif, Plays::ONCE, &[given]);
    let expected = frame(0, |x, _| if x < 8 { CLEAR } else { [10, 20, 30, 255] });
    assert_eq!(decoded(&done.bytes).0, [expected]);
}

#[test]
fn a_still_to_gif_has_no_loop_block() {
    let done = encoded(OutputFormat::Gif, Plays::ONCE, &restless()[..1]);
    assert!(!done.bytes.windows(8).any(|window| window == b"NETSCAPE"));
}

#[test]
fn png_round_trips_exactly_and_drops_only_an_opaque_alpha() {
    let opaque = frame(0, |x, y| [x as u8, y as u8, 7, 255]);
    let soft = frame(0, |x, y| [x as u8, y as u8, 7, (x * 16) as u8]);
    for (frame, colour_type) in [(opaque, 2), (soft, 6)] {
        let done = encoded(OutputFormat::Png, Plays::ONCE, std::slice::from_ref(&frame));
        assert_eq!(done.bytes[25], colour_type);
        assert_eq!(decoded(&done.bytes).0, [frame]);
    }
}

#[test]
fn a_result_over_the_limit_is_refused_with_its_true_length() {
    let frames = restless();
    let length = encoded(OutputFormat::Gif, Plays::ONCE, &frames).bytes.len() as u64;
    let mut encoder = Encoder::new(
        OutputFormat::Gif,
        Plays::ONCE,
        settings(OutputFormat::Gif),
        length - 1,
    );
    for frame in frames {
        encoder.push(frame).unwrap();
    }
    let Reason::OutputTooLarge(excess) = encoder.finish().unwrap_err().reason else {
        panic!("refused for another reason");
    };
    assert_eq!(excess.limit, Limit::OutputBytes);
    assert_eq!((excess.value, excess.max), (length, length - 1));
}
