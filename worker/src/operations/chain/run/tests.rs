//! Frames of which parts are done against the same frames done as a whole.

mod film;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::LazyLock;

use protocol::{CATALOGUE, Operation};

use super::super::Before;
use super::super::changed::IN_VAIN_MAX;
use super::*;
use crate::operations::tests::pattern;
use crate::operations::{Work, find};
use crate::picture::Area;
use film::{Told, changed, frames};

static OTHER: LazyLock<Picture> = LazyLock::new(|| pattern(61, 40));

fn operations(texts: &str) -> Vec<Operation> {
    let read = |text| Operation::from_text(text).unwrap();
    texts.split_whitespace().map(read).collect()
}

/// The frames behind `operations`, and whether anybody wanted to know where the last one differs.
fn run<'a>(
    operations: &'a [Operation],
    frames: &'a [(Picture, Area)],
    progress: &'a Progress,
) -> (Run<'a>, Rc<Cell<bool>>) {
    let asked = Rc::new(Cell::new(false));
    let told = Told {
        frames: frames.iter(),
        asked: Rc::clone(&asked),
    };
    let mut run = Run::new(Box::new(told), 1 << 20, progress);
    for (index, operation) in operations.iter().enumerate() {
        let preparation = match find(operation) {
            Work::Each(operation) => Preparation::Alone(operation),
            Work::With(operation) => Preparation::With(operation, &OTHER),
            Work::Whole(cut) => {
                let reel = cut.onto(Before::of(run.into_reel(), progress));
                run = Run::new(reel, 1 << 20, progress);
                continue;
            }
        };
        run.push(Stage {
            index,
            preparation,
            effect: None,
        });
    }
    (run, asked)
}

/// What a viewer sees after each patch, and how many of them were not whole.
fn composed(mut run: Run<'_>) -> (Vec<Picture>, usize) {
    let (mut shown, mut parts) = (Vec::<Picture>::new(), 0);
    while let Some(patch) = run.next_patch().unwrap() {
        assert_eq!(patch.picture.size, patch.area.size());
        parts += usize::from(!patch.is_whole());
        let mut next = match shown.last() {
            Some(before) => before.clone(),
            None => Picture::blank(patch.canvas),
        };
        let rows = patch.area.rows_mut(&mut next).zip(patch.picture.rows());
        rows.for_each(|(row, new)| row.copy_from_slice(new));
        shown.push(next);
    }
    (shown, parts)
}

fn whole(mut run: Run<'_>) -> Vec<Picture> {
    let frames = std::iter::from_fn(|| run.next_frame().unwrap());
    frames.map(|frame| frame.picture).collect()
}

/// Every operation that can be done to parts, in several strengths.
fn local() -> Vec<String> {
    let further = [
        "blur:0.4",
        "blur:1",
        "blur:3.3",
        "blur:5",
        "blur:7",
        "blur:10",
        "blur:14",
        "boxblur:9",
        "median:1",
        "median:12",
        "oilpaint:7",
        "sharpen:2:3",
        "sharpen:2:7:5",
        "resize:330",
        "resize:166",
        "resize:height=61",
        "resize:97:30:stretch",
        "resize:40:246:stretch",
        "resize:400:300",
        "resize:90:90:cover",
        "resize:331:100:cover:gravity=south",
        "resize:90:90:contain:gravity=east:background=#123456",
        "resize:400:500:contain:enlarge=false",
        "resize:165:123:stretch:hamming",
        "resize:77:filter=hamming",
        "thumbnail:64",
        "crop:100:90:left=140:top=110",
        "crop:aspect=1",
        "rotate:90",
        "rotate:180:expand=false",
        "rotate:270",
        "pad:500:300:northeast:background=white",
        "border:7",
        "extend:3:0:9:20",
        "pixel:7",
        "round:90",
    ];
    let names = CATALOGUE.iter().flat_map(|spec| [spec.example, spec.name]);
    let mut found = Vec::new();
    for text in names.chain(further) {
        let Ok(operation) = Operation::from_text(text) else {
            assert!(!further.contains(&text), "{text}");
            continue;
        };
        let Work::Each(prepare) = find(&operation) else {
            continue;
        };
        if Local::of(&*prepare.prepare(&pattern(9, 9))).is_some() {
            found.push(text.to_owned());
        }
    }
    found
}

#[test]
fn the_result_is_the_same_as_if_all_had_been_done() {
    let local = local();
    let least = [
        "blur",
        "boxblur",
        "median",
        "oilpaint",
        "sharpen",
        "edge",
        "emboss",
        "pixel",
        "resize",
        "thumbnail",
        "crop",
        "trim",
        "flip",
        "mirror",
        "rotate",
        "pad",
        "extend",
        "border",
        "circle",
        "round",
    ];
    for name in least {
        assert!(local.iter().any(|text| text.starts_with(name)), "{name}");
    }
    let further = [
        // None: all that is changed is given as it is.
        "",
        "median:2 sharpen:2:3",
        "edge blur:1 emboss",
        "resize:120 blur:1",
        "blur:5 resize:120",
        "crop:300:200 median edge",
        "rotate:90 resize:200 mirror blur:3.3 pad:200:200 sharpen:2:3",
        "thumbnail:99 rotate:270 circle border:4 resize:200",
        "pixel:9 crop:50:50:northwest flip resize:300",
        "extend:40 resize:100 median:2 crop:30:30",
        "overlay:gravity=southeast:x=-9:blend=screen",
        "flip overlay:tiled=true:gap=5:opacity=0.5 resize:100",
        "loop:3 edge",
        "reverse",
        "resize:200 reverse blur:1",
        "bounce edge",
        "crop:90:90:southeast bounce reverse flip",
        "bounce crop:90:90:northwest",
        "reverse fps:6 bounce speed:9",
        // Here the first gives all of some frames of which the last wants a part.
        "blur:20 loop:2 edge",
        "speed:2",
        "resize:100 speed:9 mirror",
        "fps:6 edge",
        "fps:6 frames:2:9 resize:200",
        "crop:200:200 frames:3:9 blur:1",
        "blur:1 frames:1:9:2 crop:300:200",
        // This one is not local.
        "vignette edge",
    ];
    let progress = Progress::default();
    let frames = [false, true].map(frames);
    for texts in local.iter().map(String::as_str).chain(further) {
        let operations = operations(texts);
        for frames in &frames {
            let (shown, parts) = composed(run(&operations, frames, &progress).0);
            let expected = whole(run(&operations, frames, &progress).0);
            assert!(shown == expected, "{texts}");
            let none = texts.starts_with("vignette");
            assert_eq!(parts == 0, none, "{texts}: {parts} parts");
        }
    }
}

#[test]
fn what_is_changed_nearly_everywhere_is_no_longer_looked_at() {
    let operations = operations("edge");
    let mut frames = frames(true);
    let (wild, all) = (frames[0].0.clone(), frames[0].1);
    let wild = (1..=IN_VAIN_MAX).map(|number| match number % 2 {
        0 => (wild.clone(), all),
        _ => (changed(&wild, all), all),
    });
    let tame = frames.split_off(1);
    frames.extend(wild);
    frames.extend(tame.into_iter().take(1));
    let progress = Progress::default();
    let (mut run, asked) = run(&operations, &frames, &progress);
    for number in 0..frames.len() {
        let patch = run.next_patch().unwrap().unwrap();
        assert!(patch.is_whole(), "frame {number}");
        let looked = (1..=IN_VAIN_MAX as usize).contains(&number);
        assert_eq!(asked.get(), looked, "frame {number}");
    }
}

#[test]
fn nobody_looks_for_operations_that_need_the_whole_frame() {
    let progress = Progress::default();
    let frames = frames(true);
    let operations = operations("edge vignette");
    let (mut run, asked) = run(&operations, &frames, &progress);
    for _ in 0..3 {
        assert!(run.next_patch().unwrap().unwrap().is_whole());
        assert!(!asked.get());
    }
}
