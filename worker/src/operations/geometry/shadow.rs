//! Shadow: the picture's outline, blurred, in one colour, under the picture.

use protocol::{Colour, Shadow};

use crate::operations::colours::div255;
use crate::operations::compose;
use crate::operations::{Effect, detail};
use crate::picture::{CHANNELS, Picture, Size};
use crate::planes::Plane;
use crate::refused::Refused;

/// How many standard deviations of the blur the canvas holds.
const REACH: f64 = 2.5;

/// How far a shadow reaches past the picture: before it and after it, px.
fn reach(offset: i32, sigma: f64) -> (u32, u32) {
    let soft = (sigma * REACH).ceil() as i32;
    ((soft - offset).max(0) as u32, (soft + offset).max(0) as u32)
}

impl Effect for Shadow {
    fn result_size(&self, size: Size) -> Size {
        let (left, right) = reach(self.x, self.sigma);
        let (top, bottom) = reach(self.y, self.sigma);
        Size::new(size.width + left + right, size.height + top + bottom)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let (left, _) = reach(self.x, self.sigma);
        let (top, _) = reach(self.y, self.sigma);
        let size = self.result_size(picture.size);
        // Neither lies outside of the canvas, which reaches as far as the shadow.
        let x = left.saturating_add_signed(self.x) as usize;
        let y = top.saturating_add_signed(self.y) as usize;
        let [r, g, b, strength] = self.color.0;
        // Its colour is the same everywhere.
        let mut shade = Plane::blank(size.width as usize, size.height as usize);
        for (shade, row) in shade.rows_mut().skip(y).zip(picture.rows()) {
            let pixels = row.as_chunks::<CHANNELS>().0;
            for (shade, pixel) in shade.iter_mut().skip(x).zip(pixels) {
                *shade = div255(u32::from(pixel[3]) * u32::from(strength)) as u8;
            }
        }
        let shade = detail::blurred_plane(shade, self.sigma);
        let mut result = compose::on_canvas(picture, size, (left, top), Colour::TRANSPARENT);
        for (pixel, alpha) in result.as_pixels_mut().iter_mut().zip(&shade.samples) {
            if *alpha > 0 {
                *pixel = compose::over([r, g, b, *alpha], *pixel);
            }
        }
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::compose;
    use crate::operations::tests::done;
    use crate::picture::Size;
    use protocol::Colour;

    #[test]
    fn the_shadow_lies_below_and_to_the_right_and_the_picture_is_whole() {
        let given = compose::filled(Size::new(30, 20), Colour([250, 250, 250, 255]));
        let result = done("shadow:4:4:2:#000000ff", given);
        // 5 px of blur, less 4 before the picture, more 4 behind it.
        assert_eq!(result.size, Size::new(30 + 1 + 9, 20 + 1 + 9));
        let at = |x: usize, y: usize| result.as_pixels()[y * 40 + x];
        assert_eq!(
            (at(1, 1), at(30, 20)),
            ([250, 250, 250, 255], [250, 250, 250, 255])
        );
        assert!(at(32, 22)[3] > 150 && at(32, 22)[0] < 5, "{:?}", at(32, 22));
        assert!(at(39, 29)[3] < 20 && at(0, 0)[3] < 20);
    }

    #[test]
    fn it_has_exactly_its_colour_however_faint() {
        let given = compose::filled(Size::new(30, 20), Colour([0, 0, 0, 255]));
        let result = done("shadow:4:4:3:#ee44bb80", given);
        let seen = result
            .as_pixels()
            .iter()
            .filter(|pixel| (1..255).contains(&pixel[3]));
        let of_it = |[r, g, b, _]: &[u8; 4]| [*r, *g, *b] == [0xEE, 0x44, 0xBB];
        assert!(seen.clone().count() > 300 && seen.copied().all(|pixel| of_it(&pixel)));
    }
}
