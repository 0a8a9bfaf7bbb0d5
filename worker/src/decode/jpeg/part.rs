//! A part of a JPEG, for an operation that keeps no more of it. All codes are read, which tells whether the
//! file is sound, but samples and pixels are made of what is wanted only.

use super::direct::Decoded;
use super::{Outline, direct, pixels};
use crate::decode::upsampler::Upsampler;
use crate::picture::{Area, Picture};

/// How far around what is wanted chroma counts for it, px.
const REACH: usize = 2;

/// The part as stored; `None` if the whole decoder is to be asked.
pub(super) fn decode(source: &[u8], outline: &Outline, part: Area) -> Option<Picture> {
    let wanted = part.grown(REACH, outline.size);
    let Decoded { planes, shown } = direct::decode(source, outline, (8, 8), wanted)?;
    let place = part.within(shown);
    let mut picture = Picture::blank(part.size());
    match planes.as_slice() {
        [luma] => {
            let rows = luma.rows().skip(place.top);
            pixels::grey(rows.map(|row| &row[place.left..]), &mut picture);
        }
        [luma, blue, red] if !outline.is_rgb => {
            let first = outline.components.first()?;
            let halved = (first.horizontal == 2, first.vertical == 2);
            let upsampler = || Upsampler::new(blue.width, luma.width, halved);
            let [mut fine_blue, mut fine_red] = [upsampler(), upsampler()];
            for (y, row) in place.lines().zip(picture.rows_mut()) {
                let planes = [luma.row(y), fine_blue.row(blue, y), fine_red.row(red, y)];
                let [luma, blue, red] = planes.map(|row| row.get(place.columns()));
                pixels::coloured(luma?, blue?, red?, row);
            }
        }
        _ => return None,
    }
    Some(picture)
}

#[cfg(test)]
mod tests;
