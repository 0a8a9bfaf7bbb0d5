//! Frames and times of every operation of this group, on animations that are told by letters:
//! each frame is one pixel of that letter.

use protocol::{CATALOGUE, Group, Operation, OutputFormat};

use super::*;
use crate::operations::chain::{Before, Outline, Reel};
use crate::operations::tests::{letters, pattern, spelt};
use crate::picture::{Delay, Frame, Picture, Plays};
use crate::progress::Progress;
use crate::refused::Refused;

/// Frames that are there already.
struct Given(std::vec::IntoIter<Frame>);

impl Reel for Given {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        Ok(self.0.next())
    }
}

fn run(text: &str, given: Vec<Frame>) -> Vec<Frame> {
    let operation = Operation::from_text(text).unwrap();
    let Operation::Animation(operation) = operation else {
        panic!("{text} is of another group");
    };
    let progress = Progress::default();
    let before = Before::of(Box::new(Given(given.into_iter())), &progress);
    let mut reel = find(&operation).onto(before);
    let mut frames = Vec::new();
    while let Some(frame) = reel.next_frame().unwrap() {
        frames.push(frame);
    }
    frames
}

/// Letters with their delays in hundredths of a second.
fn film(frames: &[(&str, u16)]) -> Vec<Frame> {
    let frame = |(letter, delay): &(&str, u16)| Frame {
        picture: letters(1, letter),
        delay: Delay::hundredths(*delay),
    };
    frames.iter().map(frame).collect()
}

/// Letters with their delays in thousandths of a second.
fn told(frames: &[Frame]) -> String {
    let milliseconds = |delay: Delay| u64::from(delay.ticks) * 1000 / u64::from(delay.per_second);
    let tell = |frame: &Frame| format!("{}{}", spelt(&frame.picture), milliseconds(frame.delay));
    frames.iter().map(tell).collect::<Vec<_>>().join(" ")
}

#[test]
fn frames_and_their_times_are_as_asked_for() {
    let four = film(&[("a", 10), ("b", 20), ("c", 5), ("d", 40)]);
    for (text, expected) in [
        ("speed:2", "a50 b100 c25 d200"),
        ("speed:0.5", "a200 b400 c100 d800"),
        // c would be shown for 10 ms, and is left as long as two of them.
        ("speed:5", "a20 b40 c90"),
        ("fps:10", "a100 b200 c450"),
        ("fps:50", "a100 b200 c50 d400"),
        ("reverse", "d400 c50 b200 a100"),
        ("bounce", "a100 b200 c50 d400 c50 b200"),
        ("frames:2:3", "b200 c50"),
        ("frames:1:4:2", "a300 c450"),
        ("frames:3", "c50 d400"),
        ("frames:9", "d400"),
        ("still", "a0"),
        ("still:3", "c0"),
        ("still:9", "d0"),
        ("loop:3", "a100 b200 c50 d400"),
    ] {
        assert_eq!(told(&run(text, four.clone())), expected, "{text}");
    }
}

#[test]
fn a_still_stays_a_still() {
    let still = film(&[("a", 0)]);
    for text in [
        "speed:3",
        "fps:1",
        "reverse",
        "bounce",
        "frames:2:5:3",
        "still",
        "loop",
    ] {
        assert_eq!(run(text, still.clone()), still, "{text}");
    }
}

#[test]
fn delays_that_browsers_stretch_count_as_they_are_seen() {
    let hasty = film(&[("a", 0), ("b", 1), ("c", 2)]);
    assert_eq!(told(&run("speed:1", hasty)), "a100 b100 c20");
}

#[test]
fn frames_that_wait_come_back_without_loss() {
    let mut given: Vec<Frame> = (1..9)
        .map(|number| {
            let mut picture = pattern(23, 11);
            for (at, pixel) in picture.as_pixels_mut().iter_mut().enumerate() {
                if at % number == 0 || (50..90).contains(&(at * number)) {
                    *pixel = [number as u8; 4];
                }
            }
            let delay = Delay::hundredths(number as u16);
            Frame { picture, delay }
        })
        .collect();
    given.push(given[7].clone());
    let mut expected = given.clone();
    expected.reverse();
    assert_eq!(run("reverse", given), expected);
}

#[test]
fn every_still_becomes_an_animation_of_one_size_that_plays_for_ever() {
    let mut made = 0;
    for spec in CATALOGUE
        .iter()
        .filter(|spec| spec.group == Group::Animation)
    {
        let Ok(Operation::Animation(operation)) = Operation::from_text(spec.example) else {
            panic!("{}", spec.example);
        };
        let mut outline = Outline {
            format: OutputFormat::Png,
            plays: Plays::ONCE,
        };
        find(&operation).announce(&mut outline);
        if outline.format != OutputFormat::Gif {
            continue;
        }
        made += 1;
        assert_eq!(outline.plays, Plays(0), "{}", spec.name);
        for (width, height) in [(1, 1), (1, 7), (40, 30)] {
            let still = |picture: Picture| {
                let delay = Delay::NONE;
                vec![Frame { picture, delay }]
            };
            let frames = run(spec.example, still(pattern(width, height)));
            assert!(frames.len() > 5, "{}", spec.name);
            assert!(
                frames
                    .iter()
                    .all(|frame| frame.picture.size == frames[0].picture.size)
            );
            assert!(
                frames.iter().all(|frame| frame.delay.ticks >= 2),
                "{}",
                spec.name
            );
            let again = run(spec.example, still(pattern(width, height)));
            assert_eq!(frames, again, "{}", spec.name);
        }
    }
    assert!(made >= 6, "{made}");
}
