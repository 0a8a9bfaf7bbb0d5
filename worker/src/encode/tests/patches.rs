//! Frames of which only what may have changed is given make the same file as whole ones.

use proptest::prelude::*;

use super::*;
use crate::picture::{Area, Patch};

const SIDE: u32 = 40;

/// Of a frame: its seed, how many colours it has in what changes, whether that is drawn, taken away or
/// blended, and a rectangle around what changes.
type Step = (u32, u32, u32, (usize, usize, usize, usize));

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let side = SIDE as usize;
    let place = (0..side / 2, 1..=side / 2, 0..side / 2, 1..=side / 2)
        .prop_map(|(left, width, top, height)| (left * 2, width * 2, top * 2, height * 2));
    let colours = prop_oneof![Just(1), Just(2), Just(40), Just(u32::MAX)];
    prop::collection::vec((any::<u32>(), colours, 0..5_u32, place), 2..7)
}

fn pixel(seed: u32, colours: u32, kind: u32, at: usize) -> [u8; 4] {
    let number = (at as u32 ^ seed).wrapping_mul(2_654_435_761) % colours;
    let [r, g, b, a] = number.wrapping_mul(40_503).to_le_bytes();
    match kind {
        0 if a % 2 == 0 => [0; 4],
        1 => [0; 4],
        2 => [r, g, b, a],
        _ => [r, g, b, u8::MAX],
    }
}

/// Each frame as a whole, and what of it may differ from the one before.
fn frames(steps: &[Step]) -> Vec<(Frame, Area)> {
    let size = Size::new(SIDE, SIDE);
    let mut picture = Picture::blank(size);
    let mut frames = Vec::new();
    for (number, &(seed, colours, kind, (left, width, top, height))) in steps.iter().enumerate() {
        let area = match number {
            0 => Area::all(size),
            _ => Area {
                left,
                top,
                width,
                height,
            }
            .clipped(size),
        };
        let rows = area.rows_mut(&mut picture).enumerate();
        for (y, row) in rows.filter(|(y, _)| number == 0 || y % 5 > 0) {
            for (x, target) in row.as_chunks_mut().0.iter_mut().enumerate() {
                if kind < 3 || x % 3 > 0 {
                    *target = pixel(seed, colours, kind, y * area.width + x);
                }
            }
        }
        let picture = picture.clone();
        let delay = Delay::hundredths(4);
        frames.push((Frame { picture, delay }, area));
    }
    frames
}

fn patched(format: OutputFormat, output: &Output, frames: &[(Frame, Area)]) -> Vec<u8> {
    let settings = Settings::new(output, format, Traded::default());
    let mut encoder = Encoder::new(format, Plays(0), settings, LIMITS.output_bytes_max);
    for (Frame { picture, delay }, area) in frames {
        let patch = Patch {
            picture: area.cut_from(picture.clone()),
            area: *area,
            canvas: picture.size,
            delay: *delay,
        };
        encoder.push(patch).unwrap();
    }
    encoder.finish().unwrap().bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn they_make_the_same_file(steps in steps(), lossless: bool) {
        let frames = frames(&steps);
        let whole: Vec<_> = frames.iter().map(|(frame, _)| {
            let all = Area::whole(&frame.picture);
            (frame.clone(), all)
        }).collect();
        let output = Output { lossless, ..Output::default() };
        for format in [OutputFormat::Gif, OutputFormat::Webp, OutputFormat::Apng] {
            let expected = patched(format, &output, &whole);
            prop_assert!(patched(format, &output, &frames) == expected, "{:?}", format);
        }
    }
}

#[test]
fn nothing_is_drawn_on_a_canvas_of_another_size() {
    let settings = settings(OutputFormat::Gif);
    let mut encoder = Encoder::new(OutputFormat::Gif, Plays(0), settings, 1 << 20);
    encoder.push(frame(1, |_, _| RED)).unwrap();
    let mut patch = Patch::from(frame(1, |_, _| BLUE));
    patch.canvas = Size::new(17, 16);
    assert!(matches!(
        encoder.push(patch).unwrap_err().reason,
        Reason::Panicked
    ));
}
