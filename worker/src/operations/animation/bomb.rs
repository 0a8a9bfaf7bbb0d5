//! Bomb: a bomb falls into the picture; what is left is smoke.

use protocol::Bomb;

use super::generated::Script;
use crate::operations::colours::between;
use crate::operations::compose::over;
use crate::operations::grain::Grain;
use crate::operations::mask::shape::{Ends, Shape};
use crate::operations::random::Random;
use crate::picture::{CHANNELS, Picture};

/// The frame in which the bomb lands, and that in which it goes off.
const LANDS: u32 = 6;
const BURSTS: u32 = 14;
/// Frames until nothing but smoke is left; it hangs in the air for the rest.
const BURNS: u32 = 22;

/// Colours of a fire as it cools, from the smoke to the heart.
const FIRE: [(f64, [f64; 3]); 7] = [
    (0.0, [46.0, 43.0, 43.0]),
    (0.2, [62.0, 54.0, 50.0]),
    (0.38, [104.0, 42.0, 20.0]),
    (0.52, [206.0, 62.0, 10.0]),
    (0.66, [250.0, 138.0, 20.0]),
    (0.82, [255.0, 218.0, 92.0]),
    (1.0, [255.0, 254.0, 240.0]),
];

impl Script for Bomb {
    const FRAMES: u32 = BURSTS + BURNS + 4;
    const DELAY_CS: u16 = 6;

    fn frame(&self, picture: &Picture, number: u32) -> Picture {
        let mut result = picture.clone();
        match number.checked_sub(BURSTS) {
            None => drop_bomb(&mut result, number),
            Some(since) => burst(&mut result, f64::from(since) / f64::from(BURNS)),
        }
        result
    }
}

/// Where the bomb lies, px, and its radius.
fn site(picture: &Picture) -> (f64, f64, f64) {
    let (width, height) = (
        f64::from(picture.size.width),
        f64::from(picture.size.height),
    );
    let radius = width.min(height) * 0.15;
    (width / 2.0, height - radius * 1.5, radius)
}

fn drop_bomb(picture: &mut Picture, number: u32) {
    let (x, rest, radius) = site(picture);
    let fallen = (f64::from(number) / f64::from(LANDS)).min(1.0).powi(2);
    // Up once more, a little, when it has landed.
    let bounce = match number {
        n if n > LANDS && n < LANDS + 3 => radius * 0.3,
        _ => 0.0,
    };
    let y = -radius * 2.0 + (rest + radius * 2.0) * fallen - bounce;
    // It swells before it goes off.
    let swell = if number + 4 > BURSTS && number % 2 == 1 {
        1.12
    } else {
        1.0
    };
    let radius = radius * swell;
    let disc = |x: f64, y: f64, across: f64, down: f64| {
        let mut shape = Shape::default();
        shape.ellipse((x, y), (across, down));
        shape
    };
    let line = radius * 0.07;
    disc(x, y, radius + line, radius + line).fill(picture, [236, 236, 240, 255]);
    disc(x, y, radius, radius).fill(picture, [28, 30, 38, 255]);
    disc(
        x - radius * 0.08,
        y - radius * 0.08,
        radius * 0.8,
        radius * 0.8,
    )
    .fill(picture, [40, 43, 54, 255]);
    disc(
        x - radius * 0.38,
        y - radius * 0.42,
        radius * 0.2,
        radius * 0.15,
    )
    .fill(picture, [206, 212, 226, 255]);
    let mut neck = Shape::default();
    neck.stroke(
        &[
            (x + radius * 0.62, y - radius * 0.68),
            (x + radius * 0.72, y - radius * 0.79),
        ],
        radius * 0.44,
        Ends::Square,
    );
    neck.fill(picture, [58, 62, 74, 255]);
    let left = 1.0 - f64::from(number) / f64::from(BURSTS) * 0.8;
    let fuse: Vec<(f64, f64)> = (0..=8)
        .map(|step| {
            let along = f64::from(step) / 8.0 * left;
            let up = (along * 3.0).sin() * 0.34;
            (x + radius * (0.74 + along * 0.7), y - radius * (0.84 + up))
        })
        .collect();
    let mut cord = Shape::default();
    cord.stroke(&fuse, radius * 0.1, Ends::Square);
    cord.fill(picture, [196, 164, 110, 255]);
    if let Some(&end) = fuse.last() {
        spark(picture, end, radius * 0.42, number);
    }
}

fn spark(picture: &mut Picture, at: (f64, f64), radius: f64, number: u32) {
    let turn = f64::from(number) * 1.3;
    for (size, colour) in [
        (1.0, [255, 120, 20, 255]),
        (0.7, [255, 206, 60, 255]),
        (0.36, [255, 255, 230, 255]),
    ] {
        let points: Vec<(f64, f64)> = (0..16)
            .map(|step| {
                let spike = if step % 2 == 0 { 1.0 } else { 0.45 };
                let (sin, cos) = (turn + f64::from(step) / 16.0 * std::f64::consts::TAU).sin_cos();
                (
                    at.0 + cos * radius * size * spike,
                    at.1 + sin * radius * size * spike,
                )
            })
            .collect();
        let mut star = Shape::default();
        star.polygon(&points);
        star.fill(picture, colour);
    }
}

/// The explosion; `time` is 0 at its beginning and 1 when it has burnt out.
fn burst(picture: &mut Picture, time: f64) {
    let (x, y, _) = site(picture);
    let (width, height) = (
        f64::from(picture.size.width),
        f64::from(picture.size.height),
    );
    let reach = (x.max(width - x)).hypot(y.max(height - y)).max(1.0);
    let grain = Grain::new(17);
    let colours: Vec<[u8; 3]> = (0..=255)
        .map(|heat| fire(f64::from(heat) / 255.0))
        .collect();
    // Fast at first.
    let radius = (time * 3.2).min(1.0).sqrt() * 1.35;
    let cold = ((time - 0.12) / 0.88).clamp(0.0, 1.0);
    let flash = (1.0 - time * 9.0).max(0.0);
    let spread = 5.2 / (0.45 + radius * 0.75);
    for (row_y, row) in picture.rows_mut().enumerate() {
        let dy = (row_y as f64 + 0.5 - y) / reach;
        // Clouds that fly apart, and rise as they cool.
        let clouds = grain.cloud((dy + cold * 0.16) * spread + 9.0);
        let pixels = row.as_chunks_mut::<CHANNELS>().0;
        let across = |column: usize| (column as f64 + 0.5 - x) / reach;
        let clouds = clouds.along((0..pixels.len()).map(|column| across(column) * spread + 9.0));
        for (column, (pixel, cloud)) in pixels.iter_mut().zip(clouds).enumerate() {
            let dx = across(column);
            let off = (dx * dx + dy * dy).sqrt();
            let edge = radius - off + (cloud - 0.5) * 0.75;
            let inside = (edge * 14.0).clamp(0.0, 1.0);
            let heat = (1.16 - off * 0.5 / radius.max(0.3) + (cloud - 0.5) * 1.5 - cold * 1.5)
                .clamp(0.0, 1.0);
            // Smoke is seen by its own shadows, which fire has not.
            let shade = 0.3 + cloud * 1.5 * (1.0 - heat * 0.2) + heat * 0.6;
            let [r, g, b] = colours[(heat * 255.0) as usize]
                .map(|channel| (f64::from(channel) * shade.min(1.7)) as u8);
            *pixel = over(*pixel, [r, g, b, (inside * 255.0) as u8]);
            // A wave of pressure before the fire.
            let ring = 1.0 - ((off - radius * 1.25).abs() / 0.05).min(1.0);
            let light = flash.max(ring * (1.0 - time * 4.0).max(0.0) * 0.7);
            let light = (light * 255.0) as u32;
            for channel in &mut pixel[..3] {
                *channel = between(*channel, 255, light);
            }
        }
    }
    debris(picture, (x, y), reach, time);
}

/// Splinters that fly out of the fire.
fn debris(picture: &mut Picture, (x, y): (f64, f64), reach: f64, time: f64) {
    let mut random = Random::new(4);
    let mut splinters = Shape::default();
    for _ in 0..36 {
        let (sin, cos) = (-random.unit() * std::f64::consts::PI).sin_cos();
        let far = reach * (0.4 + 1.2 * random.unit()) * (time * 2.4).sqrt();
        let size = reach * (0.006 + 0.014 * random.unit());
        let fall = reach * 1.3 * time * time;
        let at = (x + cos * far, y + sin * far + fall);
        let turn = random.unit() * 6.0 + time * 20.0;
        let points = [0.0, 1.7, 3.9].map(|corner: f64| {
            let (sin, cos) = (corner + turn).sin_cos();
            (at.0 + cos * size, at.1 + sin * size)
        });
        splinters.polygon(&points);
    }
    if time < 0.7 {
        splinters.fill(picture, [24, 18, 16, 255]);
    }
}

fn fire(heat: f64) -> [u8; 3] {
    let after = FIRE
        .iter()
        .position(|(at, _)| *at >= heat)
        .unwrap_or(0)
        .max(1);
    let ((from, one), (to, two)) = (FIRE[after - 1], FIRE[after]);
    let share = (heat - from) / (to - from);
    std::array::from_fn(|channel| (one[channel] + (two[channel] - one[channel]) * share) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::compose;
    use crate::picture::Size;
    use protocol::Colour;

    #[test]
    fn first_there_is_the_picture_and_at_last_nothing_of_it() {
        let green = [0, 220, 0, 255];
        let picture = compose::filled(Size::new(80, 60), Colour(green));
        let left = |number: u32| {
            let frame = Bomb {}.frame(&picture, number);
            frame
                .as_pixels()
                .iter()
                .filter(|pixel| **pixel == green)
                .count()
        };
        assert_eq!(left(0), 80 * 60);
        assert!(left(BURSTS - 1) > 80 * 60 / 2);
        assert_eq!(left(Bomb::FRAMES - 1), 0);
        let last = Bomb {}.frame(&picture, Bomb::FRAMES - 1);
        let dark = last
            .as_pixels()
            .iter()
            .filter(|pixel| pixel[0] < 110 && pixel[3] == 255);
        assert!(dark.count() > 80 * 60 * 9 / 10);
    }
}
