//! The Gaussian behind `blur` with a sigma: separable, edges clamped, on premultiplied colours
//! so that transparent pixels lend none. Each channel is taken out and blurred as a plane of its
//! own (`planar/blur.rs`), 32 samples at a time; and the mean of a square, by running sums.

mod means;

use crate::picture::{CHANNELS, Picture, is_opaque};
use crate::planar::blur::blurred;
pub(in crate::operations) use crate::planar::blur::reach;
use crate::planes::Plane;
pub(in crate::operations) use means::mean;

const ALPHA: usize = 3;

/// Blurs in place; `sigma` in px.
pub(in crate::operations) fn blur(picture: &mut Picture, sigma: f64) {
    let alpha = blur_colours(picture, sigma, |channel, soft| *channel = soft);
    if let Some(alpha) = alpha {
        for (pixel, alpha) in picture.as_pixels_mut().iter_mut().zip(&alpha.samples) {
            pixel[ALPHA] = *alpha;
        }
    }
}

/// Gives `change` each colour of each pixel, and what that is when it is blurred by `sigma`, px. Returns
/// blurred alpha, unless it is full everywhere and so stays as it is. Holds a byte a pixel or two.
pub(in crate::operations) fn blur_colours(
    picture: &mut Picture,
    sigma: f64,
    change: impl Fn(&mut u8, u8),
) -> Option<Plane> {
    if is_opaque(&picture.pixels) {
        for channel in 0..ALPHA {
            let soft = softened(picture, sigma, |pixel| pixel[channel]);
            for (pixel, soft) in picture.as_pixels_mut().iter_mut().zip(&soft.samples) {
                change(&mut pixel[channel], *soft);
            }
        }
        return None;
    }
    let alpha = softened(picture, sigma, |pixel| pixel[ALPHA]);
    for channel in 0..ALPHA {
        let soft = softened(picture, sigma, |pixel| {
            rounded(with_alpha(pixel[channel], pixel[ALPHA]))
        });
        let soft = soft.samples.iter().zip(&alpha.samples);
        for (pixel, (soft, alpha)) in picture.as_pixels_mut().iter_mut().zip(soft) {
            let soft = without_alpha((*soft).into(), (*alpha).into());
            change(&mut pixel[channel], soft);
        }
    }
    Some(alpha)
}

/// What `sample` takes of each pixel, blurred.
fn softened(picture: &Picture, sigma: f64, sample: impl Fn(&[u8; CHANNELS]) -> u8) -> Plane {
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    let mut plane = Plane::blank(width, height);
    for (value, pixel) in plane.samples.iter_mut().zip(picture.as_pixels()) {
        *value = sample(pixel);
    }
    blurred_plane(plane, sigma)
}

/// One channel by itself; `sigma` in px.
pub(in crate::operations) fn blurred_plane(plane: Plane, sigma: f64) -> Plane {
    let size = (plane.width, plane.height);
    blurred(plane, 1, size, (sigma, sigma))
}

/// What a colour counts for.
fn with_alpha(channel: u8, alpha: u8) -> f32 {
    f32::from(channel) * (f32::from(alpha) / 255.0)
}

/// The reverse; what is transparent has no colour.
fn without_alpha(channel: f32, alpha: f32) -> u8 {
    match alpha < 0.5 {
        true => 0,
        false => rounded(channel * (255.0 / alpha)),
    }
}

/// A cast from float to integer saturates.
fn rounded(channel: f32) -> u8 {
    (channel + 0.5) as u8
}

fn premultiplied([r, g, b, a]: [u8; CHANNELS]) -> [f32; CHANNELS] {
    let [r, g, b] = [r, g, b].map(|channel| with_alpha(channel, a));
    [r, g, b, f32::from(a)]
}

fn straight([r, g, b, a]: [f32; CHANNELS]) -> [u8; CHANNELS] {
    let [r, g, b] = [r, g, b].map(|channel| without_alpha(channel, a));
    [r, g, b, rounded(a)]
}

#[cfg(test)]
mod tests;
