//! Profiles made by the library itself, whole and damaged. How close the conversion is to that
//! of others is judged outside of the crate.

use super::*;
use crate::picture::Size;

fn picture(pixels: &[[u8; 4]]) -> Picture {
    Picture {
        size: Size::new(pixels.len() as u32, 1),
        pixels: pixels.concat(),
    }
}

fn converted(profile: &ColorProfile, pixel: [u8; 4]) -> [u8; 4] {
    let mut picture = picture(&[pixel]);
    to_srgb(&mut picture, Some(&profile.encode().unwrap()));
    picture.as_pixels()[0]
}

#[test]
fn wide_colours_move_towards_the_edge_of_srgb_and_grey_stays() {
    for profile in [
        ColorProfile::new_display_p3(),
        ColorProfile::new_adobe_rgb(),
    ] {
        let [red, green, blue, alpha] = converted(&profile, [50, 200, 50, 77]);
        assert!(
            red < 45 && green >= 200 && blue < 50,
            "{red} {green} {blue}"
        );
        assert_eq!(alpha, 77);
        for channel in converted(&profile, [128, 128, 128, 255]) {
            assert!(channel.abs_diff(128) <= 1 || channel == 255, "{channel}");
        }
    }
}

#[test]
fn srgb_is_left_alone() {
    let profile = ColorProfile::new_srgb().encode().unwrap();
    assert!(Conversion::from_icc(&profile).is_none());
    assert!(Conversion::from_code_points(1, 13).is_none());
    let srgb = [(0.64, 0.33), (0.3, 0.6), (0.15, 0.06)];
    let white = (0.3127, 0.329);
    assert!(Conversion::from_gamma(1.0, white, srgb).is_some());
}

#[test]
fn a_grey_profile_converts_grey_and_nothing_else() {
    let profile = ColorProfile::new_gray_with_gamma(1.0);
    assert_eq!(converted(&profile, [1, 2, 3, 4]), [1, 2, 3, 4]);
    let [r, g, b, alpha] = converted(&profile, [55, 55, 55, 9]);
    assert!((127..=129).contains(&r) && r == g && g == b, "{r}");
    assert_eq!(alpha, 9);
}

#[test]
fn inks_without_a_profile_for_inks_multiply() {
    let rgb = ColorProfile::new_adobe_rgb().encode().unwrap();
    for profile in [None, Some(&rgb[..]), Some(b"nonsense")] {
        let mut inks = picture(&[[255, 128, 0, 255], [255, 255, 255, 128]]);
        inks_to_srgb(&mut inks, profile);
        assert_eq!(inks.as_pixels(), [[255, 128, 0, 255], [128, 128, 128, 255]]);
    }
}

#[test]
fn a_broken_profile_never_harms() {
    let whole = ColorProfile::new_display_p3().encode().unwrap();
    for length in 0..whole.len() {
        converted_by(&whole[..length]);
    }
    let mut random = 1_u32;
    for _ in 0..2_000 {
        let mut broken = whole.clone();
        for _ in 0..3 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = random as usize >> 8;
            let length = broken.len();
            broken[at % length] = (random >> 3) as u8;
        }
        converted_by(&broken);
    }
}

fn converted_by(profile: &[u8]) {
    to_srgb(&mut picture(&[[1, 2, 3, 4]]), Some(profile));
    inks_to_srgb(&mut picture(&[[1, 2, 3, 4]]), Some(profile));
}

#[test]
fn impossible_numbers_mean_no_conversion() {
    let rgb = [(0.64, 0.33), (0.3, 0.6), (0.15, 0.06)];
    let white = (0.3127, 0.329);
    assert!(Conversion::from_gamma(0.0, white, rgb).is_none());
    assert!(Conversion::from_gamma(f32::NAN, white, rgb).is_none());
    assert!(Conversion::from_gamma(2.2, (0.0, 0.0), rgb).is_none());
    assert!(Conversion::from_gamma(2.2, white, [(1.0, 1.0); 3]).is_none());
    assert!(Conversion::from_code_points(9, 16).is_none(), "PQ");
    assert!(Conversion::from_code_points(200, 13).is_none());
}
