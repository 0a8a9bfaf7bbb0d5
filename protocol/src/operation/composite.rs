//! A second picture on the first.

use super::choices::{Blend, Gravity};
use crate::codec::{Decode, Encode};

operations! {
    /// A second picture on the first.
    #[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
    pub enum Composite;

    /// Lays a second picture on every frame: `url2` in the query, or the part `image2` of a form. Of an animation its first frame is taken.
    Overlay = "overlay", example "overlay:gravity=southeast:scale=0.25:opacity=0.8",
        alias "watermark" means "overlay:gravity=southeast:x=8:y=8:scale=0.25:opacity=0.6"
    {
        /// Which picture is laid on; 2 is `url2` or `image2`.
        picture: u32, range 2 to 4, default 2;
        /// Where it lies.
        gravity: Gravity, default Gravity::Center;
        /// How far from the left or right edge that gravity names; from the middle, how far to the right.
        x: i32, range -32768 to 32768, unit "px", default 0;
        /// How far from the top or bottom edge that gravity names; from the middle, how far down.
        y: i32, range -32768 to 32768, unit "px", default 0;
        /// The part of the frame's width and height that it is made to fit into; absent: its own size.
        scale: Option<f64>, range 0.001 to 1, default None;
        /// How much it covers; 0: not at all.
        opacity: f64, range 0 to 1, default 1.0;
        /// How its colours are mixed with those below.
        blend: Blend, default Blend::Normal;
        /// Whether it is repeated over the whole frame.
        tiled: bool, default false;
        /// Space between the repetitions.
        gap: u32, range 0 to 4096, unit "px", default 0;
    }
}
