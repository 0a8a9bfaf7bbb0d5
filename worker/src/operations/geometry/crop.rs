//! Crop: a box is kept. Where it lies is decided once, by the size of the first frame or by
//! what is on it.

use protocol::Crop;

use super::canvas;
use super::saliency;
use crate::decode::View;
use crate::operations::{Effect, Parts, Prepare};
use crate::picture::{Area, Picture, Size};
use crate::refused::Refused;

impl Prepare for Crop {
    fn prepare<'a>(&'a self, first: &Picture) -> Box<dyn Effect + 'a> {
        let area = area(self, first.size).unwrap_or_else(|| {
            let start = saliency::best(first, box_size(self, first.size));
            box_at(self, start, first.size)
        });
        Box::new(Cut(area))
    }
}

/// What is kept of a picture of `size`; `None` if that is for what is on it to say.
pub(crate) fn area(crop: &Crop, size: Size) -> Option<Area> {
    let start = match (canvas::fixed(crop.gravity), crop.left, crop.top) {
        (Some(gravity), ..) => canvas::start(gravity, size, box_size(crop, size)),
        (None, Some(left), Some(top)) => (left, top),
        (None, ..) => return None,
    };
    Some(box_at(crop, start, size))
}

/// What is kept of a picture of which no more was decoded than that; `None` if it is not all there.
pub(super) fn of_view(crop: &Crop, view: View) -> Option<Cut> {
    let area = area(crop, view.original)?;
    let moved = |at: usize, start: f64| at.checked_sub((-start) as usize);
    Some(Cut(Area {
        left: moved(area.left, view.x.0)?,
        top: moved(area.top, view.y.0)?,
        ..area
    }))
}

/// The box, where it is asked for, or else at `start`.
fn box_at(crop: &Crop, start: (u32, u32), picture: Size) -> Area {
    let size = box_size(crop, picture);
    // A box that reaches outside is cut off there; one pixel is always left.
    let left = crop
        .left
        .unwrap_or(start.0)
        .min(picture.width.saturating_sub(1));
    let top = crop
        .top
        .unwrap_or(start.1)
        .min(picture.height.saturating_sub(1));
    let width = size.width.min(picture.width - left);
    let height = size.height.min(picture.height - top);
    Area::at((left, top), Size::new(width, height))
}

/// The size of the box, at most that of the picture.
fn box_size(crop: &Crop, size: Size) -> Size {
    let width = crop.width.unwrap_or(size.width).min(size.width);
    let height = crop.height.unwrap_or(size.height).min(size.height);
    match crop.aspect {
        Some(ratio) => canvas::largest(Size::new(width, height), ratio.0),
        None => Size::new(width, height),
    }
}

/// A part is kept, the same of every frame.
pub(super) struct Cut(pub(super) Area);

impl Effect for Cut {
    fn result_size(&self, _size: Size) -> Size {
        self.0.size()
    }

    fn parts(&self) -> Option<&dyn Parts> {
        Some(self)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        Ok(self.0.cut_from(picture))
    }
}

impl Parts for Cut {
    fn touched(&self, changed: Area, _size: Size) -> Area {
        changed.seen_in(self.0)
    }

    fn needed(&self, wanted: Area, _size: Size) -> Area {
        wanted.out_of(self.0)
    }

    fn apply_to_part(&self, part: Picture, _wanted: Area, _size: Size) -> Result<Picture, Refused> {
        Ok(part)
    }
}

#[cfg(test)]
mod tests {
    use protocol::Colour;

    use crate::operations::compose;
    use crate::operations::tests::{done, done_to_all, letters, spelt};
    use crate::picture::Size;

    fn cropped(text: &str) -> String {
        let result = done(text, letters(3, "abcdefghi"));
        format!("{} {}", result.size.width, spelt(&result))
    }

    #[test]
    fn the_box_lies_where_it_is_asked_for_and_ends_with_the_picture() {
        for (text, expected) in [
            ("crop:2:2", "2 abde"),
            ("crop:1:1", "1 e"),
            ("crop:2:2:southeast", "2 efhi"),
            ("crop:2:1:left=1:top=2", "2 hi"),
            ("crop:3:3:left=2:top=1", "1 fi"),
            ("crop:1:1:left=99:top=99", "1 i"),
            ("crop:99:1:north", "3 abc"),
            ("crop:height=1", "3 def"),
            ("crop:aspect=1/3", "1 beh"),
            ("crop:3:1:aspect=1", "1 e"),
        ] {
            assert_eq!(cropped(text), expected, "{text}");
        }
    }

    #[test]
    fn smart_finds_what_is_there_and_every_frame_is_cut_alike() {
        let mut given = compose::filled(Size::new(300, 60), Colour([90, 120, 90, 255]));
        for y in 20..40 {
            for x in 220..260 {
                given.as_pixels_mut()[y * 300 + x] =
                    [[250, 40, 30, 255], [20, 20, 60, 255]][(x / 4 + y / 4) % 2];
            }
        }
        let plain = compose::filled(given.size, Colour::WHITE);
        let results = done_to_all("crop:60:60:smart", vec![given, plain]);
        let red = results[0]
            .as_pixels()
            .iter()
            .filter(|pixel| pixel[0] > 200)
            .count();
        assert!(red > 380, "{red} of 400 red pixels");
        assert_eq!(results[1].size, results[0].size);
    }
}
