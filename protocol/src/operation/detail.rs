//! What depends on a pixel's neighbours.

use crate::codec::{Decode, Encode};
use crate::colour::Colour;

operations! {
    /// What depends on a pixel's neighbours.
    #[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
    pub enum Detail;

    /// Softens the picture: a Gaussian of the given sigma, or, without one, the 5×5 ring kernel of Pillow's `ImageFilter.BLUR`.
    Blur = "blur", example "blur:2.5" {
        /// Standard deviation of the Gaussian; absent: the ring kernel.
        sigma: Option<f64>, range 0.1 to 250, unit "px", default None;
    }

    /// Softens the picture by the mean of a square.
    BoxBlur = "boxblur", example "boxblur:4" {
        /// From the middle of the square to its sides.
        radius: u32, range 1 to 500, unit "px", default 4;
    }

    /// Smears the picture along a line, as a moving camera does.
    MotionBlur = "motionblur", example "motionblur:20:30" {
        /// Length of the line.
        length: u32, range 2 to 500, unit "px", default 16;
        /// Direction, clockwise from level.
        degrees: f64, range -360 to 360, unit "degrees", default 0.0;
    }

    /// Smears the picture away from its middle, as a zooming camera does.
    ZoomBlur = "zoomblur", example "zoomblur:15" {
        /// How much larger the last of the pictures is that are laid over one another.
        amount: f64, range 1 to 100, unit "%", default 15.0;
    }

    /// Makes edges stand out (unsharp mask).
    Sharpen = "sharpen", example "sharpen:1.5:1.2", alias "unsharp" means "sharpen" {
        /// Size of the detail: standard deviation of the blur that is subtracted.
        sigma: f64, range 0.1 to 100, unit "px", default 1.0;
        /// How strongly.
        amount: f64, range 0 to 10, default 1.0;
        /// Differences up to this are left alone.
        threshold: u32, range 0 to 255, default 0;
    }

    /// Replaces each pixel by the median around it: removes specks, keeps edges.
    Median = "median", example "median:2" {
        /// From the middle of the square to its sides.
        radius: u32, range 1 to 100, unit "px", default 2;
    }

    /// Draws edges white on black (the Sobel operator on luma).
    Edge = "edge", example "edge", alias "sobel" means "edge" {}

    /// A relief in grey, lit from the top left.
    Emboss = "emboss", example "emboss:1.5" {
        /// How high the relief is.
        depth: f64, range 0.1 to 10, default 1.0;
    }

    /// Shows the picture in coarse square blocks.
    Pixel = "pixel", example "pixel:12", alias "pixelate" means "pixel" {
        /// Side of a block; absent: the longer side of the picture is divided into 32 blocks.
        size: Option<u32>, range 1 to 4096, unit "px", default None;
    }

    /// Lays the picture in tiles with dark joints and a lit edge.
    Mosaic = "mosaic", example "mosaic:16", alias "mosiac" means "mosaic" {
        /// Side of a tile.
        pixels: u32, range 4 to 512, unit "px", default 16;
    }

    /// Adds grain.
    Noise = "noise", example "noise:0.3:false:7" {
        /// How much: 1 reaches from black to white.
        amount: f64, range 0 to 1, default 0.2;
        /// Whether the grain is grey.
        mono: bool, default false;
        /// Another number, another grain.
        seed: u32, range 0 to 999999999, default 0;
    }

    /// Paints the picture in strokes of one colour.
    OilPaint = "oilpaint", example "oilpaint:4", alias "paint" means "oilpaint:4" {
        /// Half the width of a brush.
        radius: u32, range 1 to 32, unit "px", default 3;
    }

    /// Prints the picture in dots, as newspapers do.
    Halftone = "halftone", example "halftone:8" {
        /// Distance of the dots.
        size: f64, range 3 to 128, unit "px", default 8.0;
        /// Turn of the grid.
        degrees: f64, range -360 to 360, unit "degrees", default 45.0;
        /// Whether the dots are coloured: cyan, magenta, yellow and black, each in its own grid.
        color: bool, default false;
    }

    /// Lays the picture on a background; nothing stays transparent if that is opaque.
    Flatten = "flatten", example "flatten:white" {
        /// The background.
        background: Colour, default Colour::WHITE;
    }
}
