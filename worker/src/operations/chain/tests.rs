//! The order, the limits and the notes of a chain, on stills.

use protocol::{Excess, Limit, Operation, Reason};

use super::*;
use crate::operations::tests::{letters, picture};
use crate::picture::Picture;

fn list(texts: &[&str]) -> Vec<Operation> {
    let read = |text: &&str| Operation::from_text(text).unwrap();
    texts.iter().map(read).collect()
}

fn run(
    texts: &[&str],
    given: Picture,
    pixels_max: u64,
    progress: &Progress,
) -> Result<Picture, Refused> {
    let operations = list(texts);
    let frames = decode::Frames::Still(Some(given));
    let other = [letters(2, "+")];
    let mut reel = chain(&operations, frames, &other, pixels_max, progress)?;
    let frame = reel.next_frame()?.unwrap();
    assert_eq!(reel.next_frame(), Ok(None));
    Ok(frame.picture)
}

#[test]
fn a_result_over_the_limit_is_refused_before_it_is_made() {
    let progress = Progress::default();
    let texts = ["invert", "resize:32768:32768:stretch"];
    let refused = run(&texts, letters(1, "a"), 1_000_000, &progress).unwrap_err();
    let excess = Excess {
        limit: Limit::OutputPixels,
        value: 1 << 30,
        max: 1_000_000,
    };
    assert_eq!(refused.reason, Reason::OutputTooLarge(excess));
    assert_eq!(
        (progress.phase(), progress.operation()),
        (Phase::Operations, Some(1))
    );
}

#[test]
fn operations_are_applied_in_order() {
    let texts = [
        "resize:2:1:stretch:nearest",
        "invert",
        "resize:4:1:stretch:nearest",
    ];
    let result = run(
        &texts,
        picture(1, &[[0, 255, 9, 8]]),
        4,
        &Progress::default(),
    );
    assert_eq!(result, Ok(picture(4, &[[255, 0, 246, 8]; 4])));
}

#[test]
fn without_operations_a_picture_passes_as_it_is() {
    let given = letters(2, "abcd");
    assert_eq!(run(&[], given.clone(), 4, &Progress::default()), Ok(given));
}
