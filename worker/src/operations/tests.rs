//! What the tests of single operations share, and the tests of the loop around them.

use protocol::{Excess, Filter, Fit, Invert, Reason, Resize};

use super::*;

/// A picture of that width from its pixels.
pub(super) fn picture(width: u32, pixels: &[[u8; 4]]) -> Picture {
    Picture {
        size: Size::new(width, pixels.len() as u32 / width),
        pixels: pixels.concat(),
    }
}

/// A picture of that width whose pixels are opaque letters.
pub(super) fn letters(width: u32, text: &str) -> Picture {
    let pixels: Vec<_> = text
        .bytes()
        .map(|letter| [letter, letter, letter, 255])
        .collect();
    picture(width, &pixels)
}

/// The reverse of [`letters`].
pub(super) fn spelt(picture: &Picture) -> String {
    let pixels = picture.as_pixels().iter();
    pixels.map(|pixel| char::from(pixel[0])).collect()
}

fn stretch(width: u32, height: u32) -> Operation {
    Operation::Resize(Resize {
        width: Some(width),
        height: Some(height),
        fit: Fit::Stretch,
        filter: Filter::Nearest,
    })
}

#[test]
fn a_result_over_the_limit_is_refused_before_it_is_made() {
    let progress = Progress::default();
    let operations = [Operation::Invert(Invert {}), stretch(32_768, 32_768)];
    let refused = apply_all(&operations, letters(1, "a"), 1_000_000, &progress).unwrap_err();
    let excess = Excess {
        limit: Limit::OutputPixels,
        value: 1 << 30,
        max: 1_000_000,
    };
    assert_eq!(refused.reason, Reason::OutputTooLarge(excess));
    assert_eq!(progress.operation(), Some(1));
}

#[test]
fn operations_are_applied_in_order() {
    let operations = [stretch(2, 1), Operation::Invert(Invert {}), stretch(4, 1)];
    let result = apply_all(
        &operations,
        picture(1, &[[0, 255, 9, 8]]),
        4,
        &Progress::default(),
    );
    assert_eq!(result, Ok(picture(4, &[[255, 0, 246, 8]; 4])));
}
