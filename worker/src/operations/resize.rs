//! Resize: to a box, keeping the aspect ratio or not, on premultiplied colours.
//!
//! One side after the other, the shrinking one first, because the pixels in between would
//! otherwise exceed both pictures: 7000 × 7000 to 32768 × 1 takes 900 MB in one go.

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, MulDiv, PixelType, ResizeAlg, ResizeOptions, Resizer};
use protocol::{Filter, Fit, Resize};

use super::Effect;
use crate::picture::{Picture, Size};
use crate::refused::Refused;

impl Effect for Resize {
    fn result_size(&self, size: Size) -> Size {
        let (width, height) = (f64::from(size.width), f64::from(size.height));
        let scale = match (self.width, self.height, self.fit) {
            (Some(width), Some(height), Fit::Stretch) => return Size::new(width, height),
            (Some(w), Some(h), Fit::Fit) => (f64::from(w) / width).min(f64::from(h) / height),
            (Some(w), None, _) => f64::from(w) / width,
            (None, Some(h), _) => f64::from(h) / height,
            (None, None, _) => return size,
        };
        let side = |side: f64| (side * scale).round().max(1.0) as u32;
        Size::new(side(width), side(height))
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = self.result_size(picture.size);
        if size == picture.size {
            return Ok(picture);
        }
        resized(picture, size, self.filter)
            .map_err(|error| Refused::bug(format!("resize to {size:?}: {error}")))
    }
}

type Fault = Box<dyn std::error::Error>;

fn resized(picture: Picture, size: Size, filter: Filter) -> Result<Picture, Fault> {
    let Size { width, height } = picture.size;
    let mut image = Image::from_vec_u8(width, height, picture.pixels, PixelType::U8x4)?;
    let blends = filter != Filter::Nearest;
    if blends {
        MulDiv::new().multiply_alpha_inplace(&mut image)?;
    }
    if size.width <= width {
        image = one_side(image, Size::new(size.width, height), filter)?;
        image = one_side(image, size, filter)?;
    } else {
        image = one_side(image, Size::new(width, size.height), filter)?;
        image = one_side(image, size, filter)?;
    }
    if blends {
        MulDiv::new().divide_alpha_inplace(&mut image)?;
    }
    Ok(Picture {
        size,
        pixels: image.into_vec(),
    })
}

fn one_side(image: Image<'_>, size: Size, filter: Filter) -> Result<Image<'_>, Fault> {
    if (image.width(), image.height()) == (size.width, size.height) {
        return Ok(image);
    }
    let algorithm = match filter {
        Filter::Nearest => ResizeAlg::Nearest,
        Filter::Box => ResizeAlg::Convolution(FilterType::Box),
        Filter::Bilinear => ResizeAlg::Convolution(FilterType::Bilinear),
        Filter::CatmullRom => ResizeAlg::Convolution(FilterType::CatmullRom),
        Filter::Lanczos3 => ResizeAlg::Convolution(FilterType::Lanczos3),
    };
    let options = ResizeOptions::new().resize_alg(algorithm).use_alpha(false);
    let mut result = Image::new(size.width, size.height, PixelType::U8x4);
    Resizer::new().resize(&image, &mut result, &options)?;
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::{letters, picture, spelt};

    fn resize(width: Option<u32>, height: Option<u32>, fit: Fit, filter: Filter) -> Resize {
        Resize {
            width,
            height,
            fit,
            filter,
        }
    }

    #[test]
    fn the_size_follows_what_is_given() {
        for (width, height, fit, expected) in [
            (Some(50), None, Fit::Fit, (50, 25)),
            (None, Some(50), Fit::Fit, (100, 50)),
            (Some(60), Some(60), Fit::Fit, (60, 30)),
            (Some(400), Some(100), Fit::Fit, (200, 100)),
            (Some(60), Some(60), Fit::Stretch, (60, 60)),
            (Some(1), None, Fit::Fit, (1, 1)),
        ] {
            let resize = resize(width, height, fit, Filter::Lanczos3);
            let size = resize.result_size(Size::new(100, 50));
            assert_eq!((size.width, size.height), expected, "{resize:?}");
        }
    }

    #[test]
    fn nearest_repeats_pixels_exactly() {
        let resize = resize(Some(4), Some(4), Fit::Stretch, Filter::Nearest);
        let result = resize.apply(letters(2, "abcd")).unwrap();
        assert_eq!(spelt(&result), "aabbaabbccddccdd");
    }

    #[test]
    fn transparent_pixels_lend_no_colour() {
        let given = picture(2, &[[200, 10, 10, 255], [0, 255, 0, 0]]);
        for filter in [
            Filter::Box,
            Filter::Bilinear,
            Filter::CatmullRom,
            Filter::Lanczos3,
        ] {
            let resize = resize(Some(1), Some(1), Fit::Stretch, filter);
            let [r, g, b, a] = resize.apply(given.clone()).unwrap().as_pixels()[0];
            assert!(r.abs_diff(200) <= 1 && g.abs_diff(10) <= 1 && b.abs_diff(10) <= 1);
            assert!(a.abs_diff(128) <= 1, "{filter:?}: alpha {a}");
        }
    }

    #[test]
    fn the_same_size_changes_nothing() {
        let given = picture(2, &[[1, 2, 3, 4], [5, 6, 7, 0]]);
        let resize = resize(Some(2), None, Fit::Fit, Filter::Lanczos3);
        assert_eq!(resize.apply(given.clone()), Ok(given));
    }
}
