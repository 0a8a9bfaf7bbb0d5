use protocol::{CATALOGUE, Operation};
use std::cell::RefCell;

use super::*;
use crate::operations::tests::pattern;
use crate::operations::{Work, find};
use crate::picture::{CHANNELS, Size};

/// An effect that notes the sizes that it is given.
struct Noting<'a> {
    effect: &'a dyn Effect,
    sizes: RefCell<Vec<Size>>,
}

impl Effect for Noting<'_> {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        self.sizes.borrow_mut().push(picture.size);
        self.effect.apply(picture)
    }
}

/// Some pixels of `picture` become others.
fn changed(picture: &Picture, area: Area) -> Picture {
    let mut result = picture.clone();
    for row in area.rows_mut(&mut result) {
        for pixel in row.as_chunks_mut().0 {
            let [r, g, b, a]: [u8; CHANNELS] = *pixel;
            *pixel = [b ^ 85, r.wrapping_add(99), g / 2, a.wrapping_add(128)];
        }
    }
    result
}

/// Columns and rows from..to.
const fn area(left: usize, right: usize, top: usize, bottom: usize) -> Area {
    Area {
        left,
        top,
        width: right - left,
        height: bottom - top,
    }
}

/// In pictures of 331 × 247.
const AREAS: [Area; 7] = [
    area(0, 1, 0, 1),
    area(330, 331, 246, 247),
    area(150, 170, 120, 125),
    area(0, 9, 200, 247),
    area(63, 65, 127, 129),
    area(300, 331, 3, 90),
    area(17, 18, 0, 247),
];

/// Every operation that has a reach, in several strengths.
fn local() -> Vec<(String, Operation, usize)> {
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
        let reach = prepare.prepare(&pattern(9, 9)).reach();
        if let Some(reach) = reach {
            found.push((text.to_owned(), operation, reach));
        }
    }
    found
}

#[test]
fn the_result_is_the_same_as_if_all_had_been_done() {
    let local = local();
    let least = [
        "blur", "boxblur", "median", "oilpaint", "sharpen", "edge", "emboss",
    ];
    for name in least {
        assert!(
            local.iter().any(|(text, ..)| text.starts_with(name)),
            "{name}"
        );
    }
    for (text, operation, reach) in &local {
        let Work::Each(prepare) = find(operation) else {
            unreachable!("{text}");
        };
        for opaque in [false, true] {
            let mut picture = pattern(331, 247);
            if opaque {
                picture
                    .as_pixels_mut()
                    .iter_mut()
                    .for_each(|pixel| pixel[3] = 255);
            }
            let effect = prepare.prepare(&picture);
            let noting = Noting {
                effect: &*effect,
                sizes: RefCell::default(),
            };
            let mut steps = Changed::default();
            steps.apply(&noting, *reach, picture.clone()).unwrap();
            let mut parts = 0;
            for area in AREAS {
                picture = changed(&picture, area);
                let stepwise = steps.apply(&noting, *reach, picture.clone()).unwrap();
                let whole = effect.apply(picture.clone()).unwrap();
                assert!(stepwise == whole, "{text} {area:?}, opaque: {opaque}");
                parts += usize::from(noting.sizes.borrow().last() != Some(&picture.size));
            }
            assert!(parts > 0, "{text}: never a part");
        }
    }
}

#[test]
fn a_frame_like_the_one_before_costs_nothing_and_wild_ones_are_no_longer_compared() {
    let operation = Operation::from_text("edge").unwrap();
    let Work::Each(prepare) = find(&operation) else {
        unreachable!("each frame by itself");
    };
    let picture = pattern(331, 247);
    let effect = prepare.prepare(&picture);
    let noting = Noting {
        effect: &*effect,
        sizes: RefCell::default(),
    };
    let mut steps = Changed::default();
    let first = steps.apply(&noting, 1, picture.clone()).unwrap();
    assert_eq!(steps.apply(&noting, 1, picture.clone()).unwrap(), first);
    assert_eq!(noting.sizes.borrow().len(), 1);
    let mut next = picture;
    for _ in 0..IN_VAIN_MAX {
        next = changed(&next, area(0, 331, 0, 247));
        steps.apply(&noting, 1, next.clone()).unwrap();
    }
    steps.apply(&noting, 1, next.clone()).unwrap();
    assert_eq!(noting.sizes.borrow().len(), 2 + IN_VAIN_MAX as usize);
    assert!(steps.before.is_none(), "and nothing is held for it");
}

#[test]
fn the_rectangle_is_the_least_one() {
    let before = pattern(40, 30);
    for area in [area(3, 9, 4, 5), area(0, 40, 0, 30), area(39, 40, 29, 30)] {
        assert_eq!(Area::changed(&before, &changed(&before, area)), Some(area));
    }
    assert_eq!(Area::changed(&before, &before), None);
}
