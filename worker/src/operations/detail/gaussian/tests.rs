//! The fast Gaussian against the definition.

use super::*;
use crate::operations::tests::picture;
use crate::picture::Size;

/// Opaque noise in coarse blocks: width × height × 4.
fn noise(width: u32, height: u32) -> Picture {
    let value =
        |x: u32, y: u32| ((x / 3 * 7919 + y / 3 * 104_729 + 17).wrapping_mul(2_654_435) >> 7) as u8;
    let pixels: Vec<_> = (0..width * height)
        .map(|i| (i % width, i / width))
        .map(|(x, y)| [value(x, y), value(y, x + 40), value(x + y, 9), 255])
        .collect();
    picture(width, &pixels)
}

/// One channel of one pixel, by the definition.
fn exact(picture: &Picture, x: i64, y: i64, channel: usize, sigma: f64) -> f64 {
    let radius = (4.0 * sigma).ceil() as i64;
    let (width, height) = (
        i64::from(picture.size.width),
        i64::from(picture.size.height),
    );
    let (mut sum, mut total) = (0.0, 0.0);
    for dy in -radius..=radius {
        for dx in -radius..=radius {
            let weight = (-0.5 * (dx * dx + dy * dy) as f64 / (sigma * sigma)).exp();
            let (x, y) = ((x + dx).clamp(0, width - 1), (y + dy).clamp(0, height - 1));
            let pixel = picture.as_pixels()[(y * width + x) as usize];
            sum += weight * f64::from(pixel[channel]);
            total += weight;
        }
    }
    sum / total
}

#[test]
fn it_is_close_to_the_definition_for_every_sigma() {
    for sigma in [0.3, 1.0, 2.9, 3.0, 7.5] {
        let given = noise(40, 30);
        let mut result = given.clone();
        blur(&mut result, sigma);
        let mut squares = 0.0;
        let spots = [(0, 0), (20, 15), (39, 29), (3, 28), (11, 7), (30, 2)];
        for (x, y) in spots {
            for channel in 0..3 {
                let found = result.as_pixels()[(y * 40 + x) as usize][channel];
                squares += (f64::from(found) - exact(&given, x, y, channel, sigma)).powi(2);
            }
        }
        let error = (squares / 18.0).sqrt();
        assert!(error < 1.6, "sigma {sigma}: root mean square error {error}");
    }
}

#[test]
fn one_colour_stays_one_colour() {
    for sigma in [0.1, 2.0, 3.0, 250.0] {
        let given = picture(20, &[[200, 3, 77, 130]; 300]);
        let mut result = given.clone();
        blur(&mut result, sigma);
        for pixel in result.as_pixels() {
            let off = pixel
                .iter()
                .zip([200, 3, 77, 130])
                .map(|(a, b)| a.abs_diff(b))
                .max();
            assert!(off <= Some(1), "sigma {sigma}: {pixel:?}");
        }
    }
}

#[test]
fn transparent_pixels_lend_no_colour() {
    for sigma in [1.5, 6.0] {
        let mut given = picture(30, &[[0, 255, 0, 0]; 900]);
        given.as_pixels_mut()[10 * 30..20 * 30].fill([200, 100, 0, 255]);
        blur(&mut given, sigma);
        let seen = given.as_pixels().iter().filter(|pixel| pixel[3] > 30);
        assert!(seen.clone().count() > 5);
        for &[r, g, _, a] in seen {
            assert!(
                r.abs_diff(200) < 6 && g.abs_diff(100) < 6,
                "{r} {g} at alpha {a}"
            );
        }
    }
}

#[test]
fn a_picture_of_one_pixel_is_no_trouble() {
    let mut one = Picture::blank(Size::new(1, 1));
    one.as_pixels_mut()[0] = [1, 2, 3, 255];
    blur(&mut one, 250.0);
    assert_eq!(one.as_pixels(), [[1, 2, 3, 255]]);
}
