//! GIFs made by hand, block by block.

use gif::{DisposalMethod, Encoder, Frame as Stored};
use protocol::{Excess, Reason};

use super::*;

const LIMITS: Limits = Limits {
    pixels_max: 10_000,
    frames_max: 5,
    total_pixels_max: 20_000,
    output_pixels_max: 10_000,
    output_bytes_max: 10_000,
};

/// Red, green, blue, white.
const PALETTE: [u8; 12] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];

/// A GIF on a canvas of width × height.
fn file(width: u16, height: u16, frames: &[Stored<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height, &PALETTE).unwrap();
    for frame in frames {
        encoder.write_frame(frame).unwrap();
    }
    drop(encoder);
    bytes
}

/// One colour of the palette over a rectangle.
fn block(left: u16, top: u16, side: u16, colour: u8, dispose: DisposalMethod) -> Stored<'static> {
    Stored {
        left,
        top,
        width: side,
        height: side,
        dispose,
        buffer: vec![colour; usize::from(side * side)].into(),
        ..Stored::default()
    }
}

/// The frames as letters, `.` for transparent.
fn spelt(bytes: &[u8]) -> Vec<String> {
    let mut animation = Animation::open(bytes, &LIMITS).unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = animation.next(None).unwrap() {
        let letter = |pixel: &[u8; 4]| match pixel {
            [255, 0, 0, 255] => 'r',
            [0, 255, 0, 255] => 'g',
            [0, 0, 255, 255] => 'b',
            [255, 255, 255, 255] => 'w',
            [0, 0, 0, 0] => '.',
            _ => '?',
        };
        frames.push(frame.picture.as_pixels().iter().map(letter).collect());
    }
    frames
}

fn reason(bytes: &[u8]) -> Reason {
    let mut animation = match Animation::open(bytes, &LIMITS) {
        Ok(animation) => animation,
        Err(refused) => return refused.reason,
    };
    loop {
        match animation.next(None) {
            Ok(Some(_)) => {}
            Ok(None) => panic!("accepted"),
            Err(refused) => return refused.reason,
        }
    }
}

#[test]
fn every_disposal_does_what_browsers_do() {
    for (disposal, second) in [
        (DisposalMethod::Any, "rgw"),
        (DisposalMethod::Keep, "rgw"),
        (DisposalMethod::Background, "r.w"),
        (DisposalMethod::Previous, "rrw"),
    ] {
        let mut whole = block(0, 0, 1, 0, DisposalMethod::Keep);
        whole.width = 3;
        whole.buffer = vec![0; 3].into();
        let middle = block(1, 0, 1, 1, disposal);
        let last = block(2, 0, 1, 3, DisposalMethod::Keep);
        let frames = spelt(&file(3, 1, &[whole, middle, last]));
        assert_eq!(frames, ["rrr", "rgr", second], "{disposal:?}");
    }
}

#[test]
fn frames_are_cut_at_the_canvas_and_may_lie_outside() {
    let frames = [
        block(1, 1, 2, 2, DisposalMethod::Background),
        block(9, 9, 2, 1, DisposalMethod::Previous),
        block(0, 0, 1, 0, DisposalMethod::Keep),
    ];
    assert_eq!(spelt(&file(2, 2, &frames)), ["...b", "....", "r..."]);
}

#[test]
fn local_palettes_transparency_and_interlacing_are_honoured() {
    let mut frame = block(0, 0, 1, 0, DisposalMethod::Keep);
    frame.height = 5;
    frame.interlaced = true;
    frame.palette = Some(vec![255, 255, 255, 0, 0, 255, 0, 255, 0]);
    frame.transparent = Some(1);
    // Stored rows 0, 4, 2, 1, 3.
    frame.buffer = vec![0, 2, 1, 0, 0].into();
    assert_eq!(spelt(&file(1, 5, &[frame])), ["ww.wg"]);
}

#[test]
fn limits_are_held_against_the_outline() {
    let excess = |limit, value, max| Excess { limit, value, max };
    let small = || block(0, 0, 1, 0, DisposalMethod::Keep);
    assert_eq!(
        reason(&file(65_535, 65_535, &[small()])),
        Reason::TooLarge(excess(Limit::Pixels, 65_535 * 65_535, 10_000))
    );
    assert_eq!(
        reason(&file(1, 1, &vec![small(); 7])),
        Reason::TooManyFrames(excess(Limit::Frames, 7, 5))
    );
    assert_eq!(
        reason(&file(100, 100, &vec![small(); 3])),
        Reason::TooLarge(excess(Limit::TotalPixels, 30_000, 20_000))
    );
    assert_eq!(
        reason(&file(1, 1, &[block(0, 0, 101, 0, DisposalMethod::Keep)])),
        Reason::TooLarge(excess(Limit::Pixels, 10_201, 10_000))
    );
}

#[test]
fn a_file_may_lack_its_trailer_and_nothing_else() {
    let whole = file(2, 2, &[block(0, 0, 2, 1, DisposalMethod::Keep)]);
    let trailer = whole.len() - 1;
    assert_eq!(spelt(&whole[..trailer]), ["gggg"]);
    for length in 0..trailer {
        assert_eq!(reason(&whole[..length]), Reason::BadImage, "{length} bytes");
    }
}

#[test]
fn a_gif_without_frames_is_a_bad_image() {
    assert_eq!(reason(&file(2, 2, &[])), Reason::BadImage);
}

#[test]
fn no_single_changed_byte_makes_it_panic() {
    let mut frames = vec![block(0, 0, 2, 1, DisposalMethod::Previous)];
    frames.push(block(1, 1, 2, 2, DisposalMethod::Background));
    let whole = file(3, 3, &frames);
    for at in 6..whole.len() {
        for value in [0, 1, 0x21, 0x2c, 0x3b, 0x7f, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            if let Ok(mut animation) = Animation::open(&bytes, &LIMITS) {
                while let Ok(Some(_)) = animation.next(None) {}
            }
        }
    }
}
