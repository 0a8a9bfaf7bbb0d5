//! The encoder's parts against searches that try everything and readers that share no code with
//! it, on random data.

use proptest::prelude::*;
use weezl::{BitOrder, decode::Decoder};

use crate::encode::gif::changes;
use crate::encode::gif::lzw::Coder;
use crate::encode::gif::nearest::Nearest;
use crate::picture::{Area, Delay, Kept, Opaque, Patch, Picture, Size};

/// Strings of indices below 2 to the power of `bits`, from noise to long runs.
fn indices(bits: u32) -> impl Strategy<Value = Vec<u8>> {
    let run = (0..1_u16 << bits, 1..40_usize).prop_map(|(index, times)| vec![index as u8; times]);
    let noise = prop::collection::vec((0..1_u16 << bits).prop_map(|index| index as u8), 1..400);
    prop::collection::vec(prop_oneof![run, noise], 1..60).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_string_of_indices_comes_back_from_its_codes(
        (bits, indices) in (2..=8_u32).prop_flat_map(|bits| (Just(bits), indices(bits))),
    ) {
        let mut codes = Vec::new();
        let mut coder = Coder::new();
        // Twice, because the coder keeps its memory.
        for _ in 0..2 {
            codes.clear();
            coder.encode(&indices, None, bits, &mut codes);
            let back = Decoder::new(BitOrder::Lsb, bits as u8).decode(&codes).unwrap();
            prop_assert_eq!(&back, &indices);
        }
    }

    #[test]
    fn a_free_pixel_comes_back_as_itself_or_transparent_and_any_other_as_itself(
        indices in indices(5),
        share in 0..10_usize,
    ) {
        let free: Vec<bool> = (0..indices.len()).map(|at| at * 7 % 10 < share).collect();
        let mut codes = Vec::new();
        Coder::new().encode(&indices, Some(&free), 5, &mut codes);
        let back = Decoder::new(BitOrder::Lsb, 5).decode(&codes).unwrap();
        prop_assert_eq!(back.len(), indices.len());
        for ((back, index), free) in back.into_iter().zip(indices).zip(free) {
            prop_assert!(back == index || (free && back == 0));
        }
    }

    #[test]
    fn no_colour_is_nearer_than_the_nearest(
        colours in prop::collection::vec(any::<[u8; 3]>(), 1..=255),
        wanted in prop::collection::vec(any::<[u8; 3]>(), 100),
    ) {
        let nearest = Nearest::new(colours, true);
        let distance = |one: [u8; 3], other: [u8; 3]| -> u32 {
            one.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
        };
        for wanted in wanted {
            let found = nearest.colours()[nearest.search(wanted)];
            let least = nearest.colours().iter().map(|&colour| distance(colour, wanted)).min();
            prop_assert_eq!(Some(distance(found, wanted)), least);
        }
    }

    #[test]
    fn what_stays_is_known_however_the_canvas_is_kept(
        pixels in prop::collection::vec((any::<[u8; 3]>(), 0..4_u8), 1..100),
    ) {
        let picture = |pixels: Vec<[u8; 4]>| Picture {
            size: Size::new(pixels.len() as u32, 1),
            pixels: pixels.into_flattened(),
        };
        let before = pixels.iter().map(|&([r, g, b], _)| [r, g, b, 255]).collect();
        // One channel differs, or all are as they were.
        let after = pixels.iter().map(|&(colour, which)| {
            let [mut r, mut g, mut b] = colour;
            let changed = [&mut r, &mut g, &mut b].into_iter().nth(which.into());
            changed.into_iter().for_each(|channel| *channel ^= 64);
            [r, g, b, 255]
        });
        let (before, after) = (picture(before), picture(after.collect()));
        let wanted: Vec<bool> = pixels.iter().map(|(_, which)| *which == 3).collect();
        prop_assert_eq!(&changes::same(Kept::Opaque(Opaque::of(before.clone())), &after), &wanted);
        prop_assert_eq!(&changes::same(Kept::Any(before.clone()), &after), &wanted);

        // The same of all but the first third.
        let third = wanted.len() / 3;
        let all = Area::whole(&before);
        let area = Area { left: third, width: all.width - third, ..all };
        let mut drawn = before.clone();
        drawn.pixels[third * 4..].copy_from_slice(&after.pixels[third * 4..]);
        let patch = Patch {
            picture: area.cut_from(after.clone()),
            area,
            canvas: after.size,
            delay: Delay::NONE,
        };
        for kept in [Kept::Opaque(Opaque::of(before.clone())), Kept::Any(before)] {
            prop_assert_eq!(changes::same_in_part(&kept, &patch), &wanted[third..]);
            prop_assert!(!changes::clears(&kept, &patch));
            prop_assert_eq!(&changes::onto(kept, patch.clone()), &drawn);
        }
    }
}
