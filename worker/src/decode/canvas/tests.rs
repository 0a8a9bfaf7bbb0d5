//! By hand, and against a canvas that always holds all pixels as they are.

use proptest::prelude::*;

use super::*;

#[test]
fn half_transparent_paint_mixes_and_the_rest_covers_or_leaves() {
    let mut row = [
        [10, 20, 30, 255],
        [10, 20, 30, 128],
        [10, 20, 30, 255],
        [1, 1, 1, 0],
    ]
    .concat();
    let above = [
        [110, 120, 130, 128],
        [9, 9, 9, 0],
        [7, 8, 9, 255],
        [7, 8, 9, 3],
    ]
    .concat();
    draw_over(&mut row, &above);
    let expected = [
        [60, 70, 80, 255],
        [10, 20, 30, 128],
        [7, 8, 9, 255],
        [7, 8, 9, 3],
    ];
    assert_eq!(row.as_chunks().0, expected);
}

#[test]
fn each_frame_makes_way_as_it_asked() {
    let mut canvas = Canvas::new(Size::new(2, 1));
    let at = |left| Area {
        left,
        top: 0,
        width: 1,
        height: 1,
    };
    let mut draw = |left, shade: u8, disposal| {
        canvas.next(at(left), disposal, |_, row| row.fill(shade));
        let shown = canvas.patch(None, None, Delay::NONE).picture;
        let pixels = shown.as_pixels().iter();
        pixels.map(|pixel| pixel[0]).collect::<Vec<_>>()
    };
    assert_eq!(draw(0, 1, Disposal::Keep), [1, 0]);
    assert_eq!(draw(0, 2, Disposal::Previous), [2, 0]);
    assert_eq!(draw(1, 3, Disposal::Background), [1, 3]);
    assert_eq!(draw(0, 4, Disposal::Keep), [4, 0]);
}

#[test]
fn it_is_told_where_what_is_shown_changes() {
    const WIDE: u32 = 9;
    let mut canvas = Canvas::new(Size::new(WIDE, 1));
    canvas.watch.set(true);
    let area = |left, width| Area {
        left,
        top: 0,
        width,
        height: 1,
    };
    let all = area(0, WIDE as usize);
    let letters = |text: &str| {
        text.bytes()
            .flat_map(|letter| [letter; 4])
            .collect::<Vec<_>>()
    };
    let mut changed = |place, disposal, text| {
        canvas.next(place, disposal, |_, row| {
            row.copy_from_slice(&letters(text))
        });
        let mut changed = None;
        let mut choose = |area, size: Size| {
            assert_eq!(size.width, WIDE);
            *changed.insert(area)
        };
        let given = canvas.patch(Some(&mut choose), None, Delay::NONE);
        assert_eq!(given.area.size(), given.picture.size);
        assert_eq!(Some(given.area), changed);
        changed
    };
    changed(all, Disposal::Keep, "aaaaaaaaa");
    // Drawn all over, and yet the same but for two.
    assert_eq!(changed(all, Disposal::Keep, "aaabacaaa"), Some(area(3, 3)));
    let nothing = changed(all, Disposal::Keep, "aaabacaaa");
    assert_eq!(nothing, Some(Area::FIRST_PIXEL));
    // What makes way changes once more when it has gone.
    assert_eq!(
        changed(area(7, 1), Disposal::Previous, "x"),
        Some(area(7, 1))
    );
    assert_eq!(
        changed(area(2, 2), Disposal::Background, "yy"),
        Some(area(2, 6))
    );
    assert_eq!(changed(area(1, 1), Disposal::Keep, "z"), Some(area(1, 3)));
}

const SIDE: usize = 6;

/// A frame: its place, what becomes of it, and the seed and the rarity of its transparent pixels.
fn frames() -> impl Strategy<Value = Vec<(Area, Disposal, u32, u32)>> {
    let place = prop_oneof![
        Just((0, SIDE, 0, SIDE)),
        (0..SIDE, 1..=SIDE, 0..SIDE, 1..=SIDE),
    ];
    let area = place.prop_map(|(left, width, top, height)| Area {
        left,
        top,
        width: width.min(SIDE - left),
        height: height.min(SIDE - top),
    });
    let disposal = prop_oneof![
        4 => Just(Disposal::Keep),
        1 => Just(Disposal::Background),
        1 => Just(Disposal::Previous),
    ];
    let rarity = prop_oneof![Just(u32::MAX), 2..40_u32];
    prop::collection::vec((area, disposal, any::<u32>(), rarity), 1..9)
}

fn pixel(seed: u32, rarity: u32, at: usize) -> [u8; CHANNELS] {
    let [r, g, b, alpha] = (at as u32 ^ seed).wrapping_mul(2_654_435_761).to_le_bytes();
    let clear = u32::from(alpha).is_multiple_of(rarity);
    [r, g, b, if clear { g } else { u8::MAX }]
}

proptest! {
    #[test]
    fn it_shows_what_it_would_if_it_held_all_pixels(frames in frames()) {
        let size = Size::new(SIDE as u32, SIDE as u32);
        let mut canvas = Canvas::new(size);
        let mut plain = Picture::blank(size);
        let mut before = plain.clone();
        canvas.watch.set(true);
        for (area, disposal, seed, rarity) in frames {
            let drawn: Vec<u8> = (0..area.count()).flat_map(|at| pixel(seed, rarity, at)).collect();
            let stride = area.width * CHANNELS;
            let mut wanted = plain.clone();
            for (row, drawn) in area.rows_mut(&mut wanted).zip(drawn.chunks_exact(stride)) {
                row.copy_from_slice(drawn);
            }
            let whole = canvas.is_covered_by(area) && disposal != Disposal::Previous;
            let frame = Picture { size, pixels: drawn.clone() };
            match seed % 4 {
                0..=1 if whole && is_opaque(&frame.pixels) => {
                    canvas.replaced_opaque(Opaque::of(frame), disposal);
                }
                2 if whole => canvas.replaced(frame, disposal),
                _ => canvas.next(area, disposal, |y, row| {
                    row.copy_from_slice(&drawn[y * stride..][..stride]);
                }),
            }
            let mut changed = Area::all(size);
            let mut choose = |area, size| {
                changed = area;
                // Now and then all of it.
                if seed % 3 == 0 { Area::all(size) } else { area }
            };
            let given = canvas.patch(Some(&mut choose), None, Delay::NONE);
            prop_assert_eq!(&given.picture, &given.area.cut_from(wanted.clone()));
            let differs = Area::all(size).changed(&before, &wanted);
            let differs = differs.unwrap_or(changed);
            prop_assert_eq!(changed.around(differs), changed);
            before.clone_from(&wanted);
            match disposal {
                Disposal::Keep => plain = wanted,
                Disposal::Previous => {}
                Disposal::Background => {
                    plain = wanted;
                    area.rows_mut(&mut plain).for_each(|row| row.fill(0));
                }
            }
        }
    }
}
