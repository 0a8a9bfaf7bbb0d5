//! Trim: borders of one colour are cut off, where the first frame has them.

use protocol::{Colour, Trim};

use super::crop::Cut;
use crate::operations::{Effect, Prepare};
use crate::picture::{Area, CHANNELS, Picture};

impl Prepare for Trim {
    fn prepare<'a>(&'a self, first: &Picture) -> Box<dyn Effect + 'a> {
        let corner = first.as_pixels().first().copied().unwrap_or_default();
        let border = self.color.map_or(corner, |Colour(rgba)| rgba);
        let content = |pixel: &[u8; CHANNELS]| !alike(*pixel, border, self.tolerance);
        Box::new(Cut(bounds(first, content)))
    }
}

fn alike(one: [u8; CHANNELS], other: [u8; CHANNELS], tolerance: u32) -> bool {
    let near = |channel: usize| u32::from(one[channel].abs_diff(other[channel])) <= tolerance;
    let invisible = one[3] == 0 && other[3] == 0;
    invisible || (0..CHANNELS).all(near)
}

/// The smallest area with all content; the whole picture where there is none.
fn bounds(picture: &Picture, content: impl Fn(&[u8; CHANNELS]) -> bool) -> Area {
    let mut top = None;
    let mut bottom = 0;
    let (mut left, mut right) = (usize::MAX, 0);
    for (y, row) in picture.rows().enumerate() {
        let pixels = row.as_chunks().0;
        if let Some(first) = pixels.iter().position(&content) {
            let last = pixels.iter().rposition(&content).unwrap_or(first);
            (left, right) = (left.min(first), right.max(last));
            top.get_or_insert(y);
            bottom = y;
        }
    }
    let Some(top) = top else {
        return Area::whole(picture);
    };
    Area {
        left,
        top,
        width: right - left + 1,
        height: bottom - top + 1,
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, letters, picture, spelt};

    #[test]
    fn borders_are_cut_off_within_the_tolerance() {
        let given = letters(4, "aabaaxyaabaaaaaa");
        let result = done("trim:1", given.clone());
        assert_eq!((result.size.width, spelt(&result)), (2, "xy".to_owned()));
        let result = done("trim:0", given);
        assert_eq!(
            (result.size.width, spelt(&result)),
            (2, "abxyba".to_owned())
        );
    }

    #[test]
    fn a_picture_of_nothing_but_border_stays() {
        let given = letters(3, "aaaaaa");
        assert_eq!(done("trim", given.clone()), given);
    }

    #[test]
    fn what_is_transparent_is_border_whatever_its_colour() {
        let given = picture(3, &[[9, 9, 9, 0], [200, 100, 0, 0], [1, 2, 3, 255]]);
        assert_eq!(
            done("trim:color=transparent", given),
            picture(1, &[[1, 2, 3, 255]])
        );
    }
}
