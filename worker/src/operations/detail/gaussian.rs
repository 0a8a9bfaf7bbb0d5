//! The Gaussian behind `blur` with a sigma: separable, edges clamped, on premultiplied colours
//! so that transparent pixels lend none. Each channel is taken out and blurred as a plane of its
//! own (`planar/blur.rs`), sixteen samples at a time; and the mean of a square, by running sums.

mod means;

use crate::picture::{CHANNELS, Picture, is_opaque};
use crate::planar::blur::blurred;
pub(in crate::operations) use crate::planar::blur::reach;
use crate::planes::Plane;
pub(in crate::operations) use means::mean;

/// Blurs in place; `sigma` in px.
pub(in crate::operations) fn blur(picture: &mut Picture, sigma: f64) {
    let size = (picture.size.width as usize, picture.size.height as usize);
    let opaque = is_opaque(&picture.pixels);
    if !opaque {
        for pixel in picture.as_pixels_mut() {
            *pixel = premultiplied(*pixel).map(|channel| (channel + 0.5) as u8);
        }
    }
    // Alpha that is full everywhere stays so.
    for channel in 0..if opaque { CHANNELS - 1 } else { CHANNELS } {
        let mut plane = Plane::blank(size.0, size.1);
        for (sample, pixel) in plane.samples.iter_mut().zip(picture.as_pixels()) {
            *sample = pixel[channel];
        }
        let plane = blurred(&plane, 1, size, (sigma, sigma));
        for (sample, pixel) in plane.samples.iter().zip(picture.as_pixels_mut()) {
            pixel[channel] = *sample;
        }
    }
    if !opaque {
        for pixel in picture.as_pixels_mut() {
            *pixel = straight(pixel.map(f32::from));
        }
    }
}

fn premultiplied([r, g, b, a]: [u8; CHANNELS]) -> [f32; CHANNELS] {
    let alpha = f32::from(a) / 255.0;
    [
        f32::from(r) * alpha,
        f32::from(g) * alpha,
        f32::from(b) * alpha,
        f32::from(a),
    ]
}

fn straight([r, g, b, a]: [f32; CHANNELS]) -> [u8; CHANNELS] {
    if a < 0.5 {
        return [0; CHANNELS];
    }
    let scale = 255.0 / a;
    // A cast from float to integer saturates.
    [r * scale, g * scale, b * scale, a].map(|channel| (channel + 0.5) as u8)
}

#[cfg(test)]
mod tests;
