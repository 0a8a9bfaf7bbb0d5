//! Parts against the same places of whole pictures, of every JPEG at hand and of damaged ones.

use proptest::prelude::*;
use protocol::Limits;

use super::super::at_hand::{LIMITS, files, is_plain, seeds};
use super::super::open_for;
use crate::decode::{Frames, View, Wanted, jpeg};
use crate::picture::{Area, Picture, Size};
use crate::refused::Refused;

/// The part of it, and what it shows if no more was decoded.
fn decode_part(
    bytes: &[u8],
    limits: &Limits,
    choose: impl Fn(Size) -> Area,
) -> Result<(Picture, Option<View>), Refused> {
    Ok(
        match open_for(bytes, limits, |size| Wanted::Part(choose(size)))? {
            Frames::View(Some(picture), view) => (picture, Some(view)),
            Frames::Still(Some(picture)) => (choose(picture.size).cut_from(picture), None),
            _ => unreachable!("a still has one picture"),
        },
    )
}

/// So many 256ths of its sides.
fn share(size: Size, (left, top): (usize, usize), (width, height): (usize, usize)) -> Area {
    let of = |side: u32, share: usize| side as usize * share / 256;
    let part = Area {
        left: of(size.width, left),
        top: of(size.height, top),
        width: of(size.width, width).max(1),
        height: of(size.height, height).max(1),
    };
    part.clipped(size)
}

#[test]
fn a_part_is_that_of_the_whole_picture() {
    let mut compared = 0;
    for (path, bytes) in files() {
        let Ok(whole) = jpeg::decode(&bytes, &LIMITS) else {
            continue;
        };
        let places = [
            ((0, 0), (181, 181)),
            ((0, 0), (100, 30)),
            ((85, 101), (77, 60)),
            ((200, 0), (56, 256)),
            ((13, 220), (243, 36)),
            ((255, 255), (1, 1)),
        ];
        for (start, size) in places {
            let (part, view) = decode_part(&bytes, &LIMITS, |own| share(own, start, size)).unwrap();
            let area = share(whole.size, start, size);
            let Some(view) = view else {
                assert!(!is_plain(&path), "{} is not taken", path.display());
                continue;
            };
            assert_eq!(view.original, whole.size);
            assert_eq!(
                (view.x.0, view.y.0),
                (-(area.left as f64), -(area.top as f64))
            );
            let expected = area.copied_from(&whole);
            assert_eq!(part.size, expected.size);
            let off = part.pixels.iter().zip(&expected.pixels);
            let off: Vec<_> = off.map(|(a, b)| a.abs_diff(*b)).collect();
            let most = off.iter().max().unwrap();
            let mean = off.iter().map(|off| f64::from(*off)).sum::<f64>() / off.len() as f64;
            // The whole decoder rounds chroma once more; a profile that is converted makes more of it.
            let place = format!("{} from {start:?}", path.display());
            assert!(*most <= 12, "{place}: by {most} off somewhere");
            assert!(mean < 0.4 || off.len() < 4096, "{place}: by {mean:.2} off");
            compared += 1;
        }
    }
    assert!(compared >= 30, "only {compared} parts were compared");
}

/// Who decodes must not decide what is refused.
fn same_verdict(bytes: &[u8], choose: impl Fn(Size) -> Area) {
    let limits = Limits {
        pixels_max: 1 << 20,
        ..LIMITS
    };
    let part = decode_part(bytes, &limits, &choose);
    let whole = jpeg::decode(bytes, &limits);
    match (part, whole) {
        (Ok((part, Some(view))), Ok(whole)) => {
            assert_eq!(view.original, whole.size);
            assert_eq!(part.size, choose(whole.size).size());
        }
        (Ok((part, None)), Ok(whole)) => assert_eq!(part, choose(whole.size).cut_from(whole)),
        (part, whole) => assert_eq!(part.map(|_| ()), whole.map(|_| ())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_has_the_same_verdict_as_of_the_whole(
        seed in 0_usize..4,
        start in (0_usize..256, 0_usize..256),
        size in (0_usize..256, 0_usize..256),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        end in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = seeds().swap_remove(seed);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len()));
        }
        same_verdict(&bytes, |own| share(own, start, size));
    }
}
