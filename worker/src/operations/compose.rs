//! One picture on another, and colours mixed with their transparency: what is transparent
//! lends no colour.

use protocol::Colour;

use super::colours::{between, div255};
use crate::picture::{CHANNELS, Picture, Size};

type Pixel = [u8; CHANNELS];

/// `above` laid over `below`.
pub(super) fn over(below: Pixel, above: Pixel) -> Pixel {
    if above[3] == 255 || below[3] == 0 {
        return above;
    }
    if above[3] == 0 {
        return below;
    }
    let above_weight = u32::from(above[3]) * 255;
    let below_weight = u32::from(below[3]) * (255 - u32::from(above[3]));
    let weight = above_weight + below_weight;
    let mixed = |channel: usize| {
        let sum =
            u32::from(above[channel]) * above_weight + u32::from(below[channel]) * below_weight;
        ((sum + weight / 2) / weight) as u8
    };
    [mixed(0), mixed(1), mixed(2), div255(weight) as u8]
}

/// From `from` (0) to `to` (255), transparency included.
#[inline]
pub(super) fn mix(from: Pixel, to: Pixel, share: u32) -> Pixel {
    if from[3] == 255 && to[3] == 255 {
        let mixed = |channel: usize| between(from[channel], to[channel], share);
        return [mixed(0), mixed(1), mixed(2), 255];
    }
    let from_weight = u32::from(from[3]) * (255 - share);
    let to_weight = u32::from(to[3]) * share;
    let weight = from_weight + to_weight;
    if weight == 0 {
        return [0; CHANNELS];
    }
    let mixed = |channel: usize| {
        let sum = u32::from(from[channel]) * from_weight + u32::from(to[channel]) * to_weight;
        ((sum + weight / 2) / weight) as u8
    };
    [mixed(0), mixed(1), mixed(2), div255(weight) as u8]
}

/// A canvas of one colour. The caller has checked the size against a limit.
pub(super) fn filled(size: Size, colour: Colour) -> Picture {
    let mut canvas = Picture::blank(size);
    if colour.0 != [0; CHANNELS] {
        canvas.as_pixels_mut().fill(colour.0);
    }
    canvas
}

/// The picture on a canvas of one colour, in its own memory; its top left corner comes to `left`, `top`. The
/// canvas has room for it, and the caller has checked its size against a limit.
pub(super) fn on_canvas(
    picture: Picture,
    size: Size,
    (left, top): (u32, u32),
    colour: Colour,
) -> Picture {
    let Picture {
        size: own,
        mut pixels,
    } = picture;
    let (stride, own_stride) = (size.stride(), own.stride());
    let length = stride * size.height as usize;
    // Exactly, where growing might take twice as much.
    pixels.reserve_exact(length.saturating_sub(pixels.len()));
    pixels.resize(length, 0);
    let start = |y: usize| (top as usize + y) * stride + left as usize * CHANNELS;
    // From the last, because none comes to before where it was.
    for y in (0..own.height as usize).rev() {
        pixels.copy_within(y * own_stride..(y + 1) * own_stride, start(y));
    }
    let mut free = 0;
    for y in 0..own.height as usize {
        fill(&mut pixels[free..start(y)], colour);
        free = start(y) + own_stride;
    }
    fill(&mut pixels[free..], colour);
    Picture { size, pixels }
}

fn fill(pixels: &mut [u8], colour: Colour) {
    pixels.as_chunks_mut().0.fill(colour.0);
}

/// Lays `colour` under the whole picture.
pub(super) fn flatten(picture: &mut Picture, colour: Colour) {
    if colour.0[3] == 0 {
        return;
    }
    for pixel in picture.as_pixels_mut() {
        *pixel = over(colour.0, *pixel);
    }
}

/// Puts `picture` onto `canvas`, in place of what is there, its top left corner at `left`, `top`; what lies
/// outside is cut off.
pub(super) fn place(canvas: &mut Picture, picture: &Picture, left: i64, top: i64) {
    by_rows(canvas, picture, left, top, |target, source| {
        target.copy_from_slice(source);
    });
}

/// As [`place`], with another way of making one pixel of two, the lower and the upper one.
pub(super) fn combine(
    canvas: &mut Picture,
    picture: &Picture,
    left: i64,
    top: i64,
    lay: impl Fn(Pixel, Pixel) -> Pixel,
) {
    by_rows(canvas, picture, left, top, |target, source| {
        for (below, above) in target.iter_mut().zip(source) {
            *below = lay(*below, *above);
        }
    });
}

/// Hands out what lies on what, row by row, in pieces of the same length.
fn by_rows(
    canvas: &mut Picture,
    picture: &Picture,
    left: i64,
    top: i64,
    lay: impl Fn(&mut [Pixel], &[Pixel]),
) {
    // From where to read, to where to write.
    let start = |at: i64| ((-at).max(0) as usize, at.max(0) as usize);
    let (skip_x, left) = start(left);
    let (skip_y, top) = start(top);
    for (source, target) in picture.rows().skip(skip_y).zip(canvas.rows_mut().skip(top)) {
        let source = source.as_chunks::<CHANNELS>().0.get(skip_x..);
        let target = target.as_chunks_mut::<CHANNELS>().0.get_mut(left..);
        let (Some(source), Some(target)) = (source, target) else {
            return;
        };
        let count = source.len().min(target.len());
        lay(&mut target[..count], &source[..count]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::{letters, spelt};

    #[test]
    fn over_is_porter_and_duffs() {
        assert_eq!(over([10, 20, 30, 255], [200, 0, 0, 0]), [10, 20, 30, 255]);
        assert_eq!(over([10, 20, 30, 255], [200, 0, 0, 255]), [200, 0, 0, 255]);
        assert_eq!(over([9, 9, 9, 0], [200, 100, 0, 7]), [200, 100, 0, 7]);
        assert_eq!(
            over([0, 0, 0, 255], [255, 255, 255, 128]),
            [128, 128, 128, 255]
        );
        // 128 over 128: 128 + 128 × 127 / 255 = 191.75; 200 × 128 / 191.75 = 133.5
        assert_eq!(
            over([0, 0, 0, 128], [200, 200, 200, 128]),
            [134, 134, 134, 192]
        );
    }

    #[test]
    fn what_is_transparent_lends_no_colour_to_a_mix() {
        assert_eq!(mix([200, 0, 0, 255], [0, 255, 0, 0], 128), [200, 0, 0, 127]);
        assert_eq!(mix([1, 2, 3, 0], [4, 5, 6, 0], 99), [0; 4]);
        assert_eq!(
            mix([0, 0, 0, 255], [255, 255, 255, 255], 51),
            [51, 51, 51, 255]
        );
    }

    #[test]
    fn opaque_colours_are_mixed_as_all_others_are() {
        for (from, to) in [(0, 255), (13, 200), (255, 254), (77, 77)] {
            for share in 0..=255 {
                let sum = f64::from(from * (255 - share) + to * share) / 255.0;
                let [mixed, ..] = mix([from as u8, 0, 0, 255], [to as u8, 0, 0, 255], share);
                assert_eq!(f64::from(mixed), sum.round(), "{from} to {to}, {share}");
            }
        }
    }

    #[test]
    fn what_lies_outside_the_canvas_is_cut_off() {
        for (left, top, expected) in [
            (0, 0, "ab.cd...."),
            (1, 1, "....ab.cd"),
            (2, 2, "........a"),
            (-1, -1, "d........"),
            (3, 0, "........."),
            (-9, -9, "........."),
        ] {
            let mut canvas = letters(3, ".........");
            place(&mut canvas, &letters(2, "abcd"), left, top);
            assert_eq!(spelt(&canvas), expected, "at {left}, {top}");
        }
    }
}
