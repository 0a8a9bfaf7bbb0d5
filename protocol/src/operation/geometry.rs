//! Size, place and outline.

use super::choices::{Beside, Filter, Fit, Focus, Gravity};
use crate::arguments::Fault;
use crate::codec::{Decode, Encode};
use crate::colour::Colour;
use crate::parameter::Ratio;

fn missing(operation: &'static str, parameter: &'static str, expected: &str) -> Fault {
    Fault::MissingParameter {
        operation,
        parameter,
        expected: expected.to_owned(),
    }
}

fn resize_needs_a_side(resize: &Resize) -> Result<(), Fault> {
    if resize.width.is_none() && resize.height.is_none() {
        return Err(missing("resize", "width", "given, or height, or both"));
    }
    Ok(())
}

fn crop_needs_a_side(crop: &Crop) -> Result<(), Fault> {
    if crop.width.is_none() && crop.height.is_none() && crop.aspect.is_none() {
        return Err(missing("crop", "width", "given, or height, or aspect"));
    }
    Ok(())
}

fn pad_needs_a_side(pad: &Pad) -> Result<(), Fault> {
    if pad.width.is_none() && pad.height.is_none() && pad.aspect.is_none() {
        return Err(missing("pad", "width", "given, or height, or aspect"));
    }
    Ok(())
}

operations! {
    /// Size, place and outline.
    #[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
    pub enum Geometry;

    /// Changes the size. With one side given, the other follows the aspect ratio.
    Resize = "resize", example "resize:480:270", check resize_needs_a_side {
        /// New width.
        width: Option<u32>, range 1 to 32768, unit "px", default None;
        /// New height.
        height: Option<u32>, range 1 to 32768, unit "px", default None;
        /// What to do when both sides are given and the aspect ratio differs.
        fit: Fit, default Fit::Fit;
        /// How new pixels are computed.
        filter: Filter, default Filter::Lanczos3;
        /// Whether a picture may become larger than it is.
        enlarge: bool, default true;
        /// The part that is kept by cover, or the place that is taken by contain.
        gravity: Gravity, default Gravity::Center;
        /// What contain puts beside the picture.
        background: Colour, default Colour::TRANSPARENT;
    }

    /// Makes a picture small: its longer side becomes `size`, unless it is already shorter.
    Thumbnail = "thumbnail", example "thumbnail:128" {
        /// Longest side of the result.
        size: u32, range 1 to 4096, unit "px", default 256;
    }

    /// Keeps a part of the picture: a box of width × height, or the largest box of that aspect ratio; what reaches outside is cut off.
    Crop = "crop", example "crop:200:150:smart", check crop_needs_a_side {
        /// Width of the box; absent: that of the picture, or by the aspect ratio.
        width: Option<u32>, range 1 to 32768, unit "px", default None;
        /// Height of the box; absent: that of the picture, or by the aspect ratio.
        height: Option<u32>, range 1 to 32768, unit "px", default None;
        /// Where the box lies; smart: where the first frame has most edges and colour.
        gravity: Focus, default Focus::Center;
        /// Left side of the box, in place of gravity.
        left: Option<u32>, range 0 to 65535, unit "px", default None;
        /// Top side of the box, in place of gravity.
        top: Option<u32>, range 0 to 65535, unit "px", default None;
        /// Width to height of the box.
        aspect: Option<Ratio>, range 0.01 to 100, default None;
    }

    /// Cuts off borders of one colour. The first frame decides for all.
    Trim = "trim", example "trim:12" {
        /// By how much a channel may differ from the border's colour.
        tolerance: u32, range 0 to 255, default 10;
        /// The border's colour; absent: that of the top left pixel.
        color: Option<Colour>, default None;
    }

    /// Enlarges the canvas to width × height, or to that aspect ratio; nothing is cut off.
    Pad = "pad", example "pad:aspect=1:background=white", check pad_needs_a_side {
        /// Least width of the result.
        width: Option<u32>, range 1 to 32768, unit "px", default None;
        /// Least height of the result.
        height: Option<u32>, range 1 to 32768, unit "px", default None;
        /// Where the picture lies on the canvas.
        gravity: Gravity, default Gravity::Center;
        /// What is put beside it.
        background: Colour, default Colour::TRANSPARENT;
        /// Width to height of the result.
        aspect: Option<Ratio>, range 0.01 to 100, default None;
    }

    /// Adds to each side, as CSS counts them: one number for all, two for top and bottom and for left and right.
    Extend = "extend", example "extend:16:32:mode=mirror" {
        /// Added at the top.
        top: u32, range 0 to 8192, unit "px", default 16;
        /// Added at the right; absent: as at the top.
        right: Option<u32>, range 0 to 8192, unit "px", default None;
        /// Added at the bottom; absent: as at the top.
        bottom: Option<u32>, range 0 to 8192, unit "px", default None;
        /// Added at the left; absent: as at the right.
        left: Option<u32>, range 0 to 8192, unit "px", default None;
        /// What is added.
        mode: Beside, default Beside::Color;
        /// The colour, for that mode.
        background: Colour, default Colour::TRANSPARENT;
    }

    /// Turns the picture clockwise.
    Rotate = "rotate", example "rotate:90" {
        /// Clockwise angle.
        degrees: f64, range -360 to 360, unit "degrees", default 90.0;
        /// Whether the canvas grows to hold the whole turned picture.
        expand: bool, default true;
        /// What the corners become that are left free.
        background: Colour, default Colour::TRANSPARENT;
    }

    /// Turns the picture upside down.
    Flip = "flip", example "flip" {}

    /// Exchanges left and right.
    Mirror = "mirror", example "mirror" {}

    /// Cuts a circle out of the middle, as avatars are shown.
    Circle = "circle", example "circle" {
        /// What is put around it.
        background: Colour, default Colour::TRANSPARENT;
    }

    /// Rounds the corners.
    Round = "round", example "round:24" {
        /// Radius of the corners; absent: a tenth of the shorter side.
        radius: Option<u32>, range 1 to 16384, unit "px", default None;
        /// What the corners become.
        background: Colour, default Colour::TRANSPARENT;
    }

    /// Puts a frame of one colour around the picture.
    Border = "border", example "border:8:black" {
        /// Thickness of the frame.
        width: u32, range 1 to 2048, unit "px", default 8;
        /// Its colour.
        color: Colour, default Colour::BLACK;
        /// Radius of its outer corners.
        radius: u32, range 0 to 16384, unit "px", default 0;
    }

    /// Lays a soft shadow under the picture; the canvas grows to hold it.
    Shadow = "shadow", example "shadow:6:6:5" {
        /// To the right.
        x: i32, range -512 to 512, unit "px", default 6;
        /// Downwards.
        y: i32, range -512 to 512, unit "px", default 6;
        /// How soft it is: standard deviation of its blur.
        sigma: f64, range 0.1 to 100, unit "px", default 6.0;
        /// Its colour.
        color: Colour, default Colour([0, 0, 0, 150]);
    }

    /// Repeats the picture side by side.
    Tile = "tile", example "tile:2:2" {
        /// How often across.
        columns: u32, range 1 to 64, default 2;
        /// How often down.
        rows: u32, range 1 to 64, default 2;
    }

    /// Tilts the picture in space, as seen from the front; what becomes free is transparent.
    Perspective = "perspective", example "perspective:30:10" {
        /// Turn about the upright axis; positive: the right side goes back.
        yaw: f64, range -75 to 75, unit "degrees", default 30.0;
        /// Turn about the level axis; positive: the top goes back.
        pitch: f64, range -75 to 75, unit "degrees", default 0.0;
    }
}
