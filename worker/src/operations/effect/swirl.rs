//! Swirl: turned about the middle, the less the farther off.

use protocol::Swirl;

use crate::operations::Effect;
use crate::operations::sample::{Outside, warped};
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Swirl {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = picture.size;
        let (middle_x, middle_y) = (f64::from(size.width) / 2.0, f64::from(size.height) / 2.0);
        let reach = middle_x.max(middle_y);
        let turn = self.degrees.to_radians();
        Ok(warped(&picture, size, Outside::Edge, |x, y| {
            let (dx, dy) = (x - middle_x, y - middle_y);
            let near = (1.0 - (dx * dx + dy * dy).sqrt() / reach).max(0.0);
            let (sin, cos) = (turn * near * near).sin_cos();
            (
                middle_x + dx * cos + dy * sin,
                middle_y + dy * cos - dx * sin,
            )
        }))
    }
}
