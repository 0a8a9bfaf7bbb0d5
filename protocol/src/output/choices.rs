//! The choices that options of the output offer.

use crate::parameter::choices;

choices! {
    /// How much smaller than its luma a JPEG's chroma is.
    Subsampling {
        /// Half as wide and half as high.
        Both = "420",
        /// Half as wide.
        Width = "422",
        /// Not at all.
        None = "444",
    }
}

choices! {
    /// How much work goes into a PNG's compression.
    Compression {
        /// About the size of the others at a fraction of their time.
        Fast = "fast",
        /// A tenth smaller, about five times slower.
        Small = "small",
        /// As small as it gets, over ten times slower.
        Smallest = "smallest",
    }
}

choices! {
    /// How colours that a table lacks are approximated.
    Dither {
        /// Each pixel by the nearest one: smallest and steadiest.
        None = "none",
        /// By a fixed pattern, which stands still in an animation.
        Ordered = "ordered",
        /// Each pixel's error is spread over its neighbours (Floyd and Steinberg).
        Diffusion = "diffusion",
    }
}
