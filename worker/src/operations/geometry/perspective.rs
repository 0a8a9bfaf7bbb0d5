//! Perspective: the picture as a plane in space, turned about its middle and seen by an eye in
//! front of it.

use protocol::Perspective;

use crate::operations::Effect;
use crate::operations::sample::{Outside, warped};
use crate::picture::{Picture, Size};
use crate::refused::Refused;

/// Distance of the eye, in longer sides of the picture.
const DISTANCE: f64 = 1.6;

/// The plane and the eye; places in px, seen from the middle of the picture.
struct View {
    distance: f64,
    /// The plane's own two directions, and the one that stands on it.
    right: [f64; 3],
    down: [f64; 3],
    normal: [f64; 3],
    /// What of the picture plane is seen: left, top, right, bottom.
    bounds: [f64; 4],
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

impl View {
    fn new(perspective: &Perspective, size: Size) -> Self {
        let (sin_y, cos_y) = perspective.yaw.to_radians().sin_cos();
        let (sin_p, cos_p) = perspective.pitch.to_radians().sin_cos();
        let mut view = Self {
            distance: f64::from(size.width.max(size.height)) * DISTANCE,
            right: [cos_y, 0.0, sin_y],
            down: [sin_p * sin_y, cos_p, -sin_p * cos_y],
            normal: [-sin_y * cos_p, sin_p, cos_y * cos_p],
            bounds: [f64::MAX, f64::MAX, f64::MIN, f64::MIN],
        };
        let (half_x, half_y) = (f64::from(size.width) / 2.0, f64::from(size.height) / 2.0);
        for (x, y) in [
            (-half_x, -half_y),
            (half_x, -half_y),
            (-half_x, half_y),
            (half_x, half_y),
        ] {
            let (x, y) = view.seen(x, y);
            let [left, top, right, bottom] = view.bounds;
            view.bounds = [left.min(x), top.min(y), right.max(x), bottom.max(y)];
        }
        view
    }

    /// Where a place of the picture is seen.
    fn seen(&self, x: f64, y: f64) -> (f64, f64) {
        let at = |axis: usize| self.right[axis] * x + self.down[axis] * y;
        let scale = self.distance / (self.distance + at(2));
        (at(0) * scale, at(1) * scale)
    }

    /// Which place of the picture is seen there; NaN or infinite where none is.
    fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let ray = [x, y, self.distance];
        let length = self.normal[2] * self.distance / dot(self.normal, ray);
        let hit = [
            ray[0] * length,
            ray[1] * length,
            ray[2] * length - self.distance,
        ];
        (dot(hit, self.right), dot(hit, self.down))
    }

    fn size(&self) -> Size {
        let [left, top, right, bottom] = self.bounds;
        let side = |length: f64| (length - 1e-6).ceil().max(1.0) as u32;
        Size::new(side(right - left), side(bottom - top))
    }
}

impl Effect for Perspective {
    fn result_size(&self, size: Size) -> Size {
        View::new(self, size).size()
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let view = View::new(self, picture.size);
        let [left, top, ..] = view.bounds;
        let half_x = f64::from(picture.size.width) / 2.0;
        let half_y = f64::from(picture.size.height) / 2.0;
        Ok(warped(&picture, view.size(), Outside::CLEAR, |x, y| {
            let (x, y) = view.place(x + left, y + top);
            (x + half_x, y + half_y)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::compose;
    use crate::operations::tests::{done, letters};
    use protocol::Colour;

    #[test]
    fn what_is_seen_there_is_what_was_put_there() {
        let perspective = Perspective {
            yaw: 40.0,
            pitch: -25.0,
        };
        let view = View::new(&perspective, Size::new(300, 200));
        for (x, y) in [(0.0, 0.0), (-150.0, 100.0), (77.0, -33.0)] {
            let (seen_x, seen_y) = view.seen(x, y);
            let (back_x, back_y) = view.place(seen_x, seen_y);
            assert!((back_x - x).hypot(back_y - y) < 1e-6, "{back_x}, {back_y}");
        }
    }

    #[test]
    fn the_side_that_goes_back_is_the_shorter_one() {
        let given = compose::filled(Size::new(200, 200), Colour::WHITE);
        let result = done("perspective:50:0", given);
        assert!(result.size.width < 180, "{:?}", result.size);
        let height = |x: usize| {
            let width = result.size.width as usize;
            result
                .as_pixels()
                .iter()
                .skip(x)
                .step_by(width)
                .filter(|pixel| pixel[3] > 127)
                .count()
        };
        assert!(height(3) > 200 && height(result.size.width as usize - 4) < 180);
    }

    #[test]
    fn without_angles_nothing_changes() {
        let given = letters(3, "abcdef");
        assert_eq!(done("perspective:0:0", given.clone()), given);
    }
}
