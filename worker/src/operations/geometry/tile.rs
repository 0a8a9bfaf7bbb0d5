//! Tile: the picture again and again.

use protocol::Tile;

use crate::operations::Effect;
use crate::picture::{Picture, Size};
use crate::refused::Refused;

impl Effect for Tile {
    fn result_size(&self, size: Size) -> Size {
        let times = |side: u32, count: u32| side.saturating_mul(count);
        Size::new(
            times(size.width, self.columns),
            times(size.height, self.rows),
        )
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = self.result_size(picture.size);
        let mut pixels = Vec::with_capacity(size.stride() * size.height as usize);
        for row in picture.rows() {
            for _ in 0..self.columns {
                pixels.extend_from_slice(row);
            }
        }
        let band = pixels.len();
        for _ in 1..self.rows {
            pixels.extend_from_within(..band);
        }
        Ok(Picture { size, pixels })
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, letters, spelt};

    #[test]
    fn the_picture_is_repeated_across_and_down() {
        let result = done("tile:3:2", letters(2, "abcd"));
        assert_eq!(spelt(&result), "abababcdcdcdabababcdcdcd");
    }
}
