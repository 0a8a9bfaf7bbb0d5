//! Pride: a flag over the picture, which shines through.

use protocol::{Flag, Pride};

use crate::operations::Effect;
use crate::operations::colours::between;
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

const RAINBOW: &[u32] = &[0xE40303, 0xFF8C00, 0xFFED00, 0x008026, 0x004DFF, 0x750787];
const TRANS: &[u32] = &[0x5BCEFA, 0xF5A9B8, 0xFFFFFF, 0xF5A9B8, 0x5BCEFA];

/// Stripes from the top, of equal height unless a colour comes twice in a row.
fn stripes(flag: Flag) -> &'static [u32] {
    match flag {
        Flag::Gay | Flag::Progress => RAINBOW,
        Flag::Asexual => &[0x000000, 0xA3A3A3, 0xFFFFFF, 0x800080],
        Flag::Bisexual => &[0xD60270, 0xD60270, 0x9B4F96, 0x0038A8, 0x0038A8],
        Flag::Genderfluid => &[0xFF75A2, 0xFFFFFF, 0xBE18D6, 0x000000, 0x333EBD],
        Flag::Genderqueer => &[0xB57EDC, 0xFFFFFF, 0x4A8123],
        Flag::Intersex => &[0xFFD800],
        Flag::Lesbian => &[0xD52D00, 0xFF9A56, 0xFFFFFF, 0xD362A4, 0xA30262],
        Flag::Nonbinary => &[0xFCF434, 0xFFFFFF, 0x9C59D1, 0x2C2C2C],
        Flag::Pan => &[0xFF218C, 0xFFD800, 0x21B1FF],
        Flag::Trans => TRANS,
        Flag::Agender => &[
            0x000000, 0xBCC4C7, 0xFFFFFF, 0xB7F684, 0xFFFFFF, 0xBCC4C7, 0x000000,
        ],
        Flag::Ally => &[0x000000, 0xFFFFFF, 0x000000, 0xFFFFFF, 0x000000, 0xFFFFFF],
        Flag::Polysexual => &[0xF61CB9, 0x07D569, 0x1C92F6],
    }
}

/// The colour of a flag at a place, both from 0 to 1 of the height; `width` likewise.
fn colour(flag: Flag, x: f64, y: f64, width: f64) -> u32 {
    let stripes = stripes(flag);
    let stripe = stripes[((y * stripes.len() as f64) as usize).min(stripes.len() - 1)];
    let from_middle = (y - 0.5).abs();
    match flag {
        Flag::Intersex => {
            let off = (x - width / 2.0).hypot(y - 0.5);
            if (0.19..0.27).contains(&off) {
                0x7902AA
            } else {
                stripe
            }
        }
        // Chevrons: white inside pink, blue, brown and black.
        Flag::Progress => match (x + from_middle) / 0.12 {
            at if at < 1.7 => 0xFFFFFF,
            at if at < 2.5 => 0xF5A9B8,
            at if at < 3.3 => 0x5BCEFA,
            at if at < 4.1 => 0x784F17,
            at if at < 4.9 => 0x000000,
            _ => stripe,
        },
        Flag::Ally => {
            let inside = |reach: f64| (x - width / 2.0).abs() < y * reach;
            if inside(0.55) && !(y > 0.62 && inside(0.26)) {
                RAINBOW[((y * 6.0) as usize).min(5)]
            } else {
                stripe
            }
        }
        _ => stripe,
    }
}

fn painted(flag: Flag, size: Size) -> impl Fn(usize, usize) -> [u8; 3] {
    let height = f64::from(size.height);
    let width = f64::from(size.width) / height;
    move |x, y| {
        let place = |at: usize| (at as f64 + 0.5) / height;
        let [_, r, g, b] = colour(flag, place(x), place(y), width).to_be_bytes();
        [r, g, b]
    }
}

impl Effect for Pride {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let flag = painted(self.flag, picture.size);
        let share = (self.amount * 255.0 + 0.5) as u32;
        for (y, row) in picture.rows_mut().enumerate() {
            for (x, pixel) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
                for (channel, colour) in pixel.iter_mut().zip(flag(x, y)) {
                    *channel = between(*channel, colour, share);
                }
            }
        }
        Ok(picture)
    }
}
