//! The choices that several operations offer.

use crate::parameter::choices;

choices! {
    /// How a picture is brought into a box of width × height.
    Fit {
        /// The largest size inside the box that keeps the aspect ratio.
        Fit = "fit",
        /// Exactly the box; the aspect ratio is given up.
        Stretch = "stretch",
        /// The smallest size that covers the box and keeps the aspect ratio; nothing is cut off.
        Fill = "fill",
        /// Exactly the box: covers it, and what is too much is cut off.
        Cover = "cover",
        /// Exactly the box: fits inside, and the rest is background.
        Contain = "contain",
        /// As fit, but a picture that is smaller than the box stays as it is.
        Inside = "inside",
    }
}

choices! {
    /// How new pixels are computed from old ones.
    Filter {
        /// The nearest pixel, for pixel art.
        Nearest = "nearest",
        /// The mean of the covered pixels.
        Box = "box",
        /// Linear interpolation.
        Bilinear = "bilinear",
        /// The Catmull-Rom cubic.
        CatmullRom = "catmullrom",
        /// The windowed sinc of radius 3: the sharpest.
        Lanczos3 = "lanczos3",
        /// As sharp as bilinear when shrinking, with less blur.
        Hamming = "hamming",
        /// The Mitchell-Netravali cubic, between blur and ringing.
        Mitchell = "mitchell",
    }
}

choices! {
    /// A place in a box.
    Gravity {
        /// The middle.
        Center = "center",
        /// The top edge.
        North = "north",
        /// The top right corner.
        Northeast = "northeast",
        /// The right edge.
        East = "east",
        /// The bottom right corner.
        Southeast = "southeast",
        /// The bottom edge.
        South = "south",
        /// The bottom left corner.
        Southwest = "southwest",
        /// The left edge.
        West = "west",
        /// The top left corner.
        Northwest = "northwest",
    }
}

choices! {
    /// A place in a picture, or where most is to be seen.
    Focus {
        /// The middle.
        Center = "center",
        /// The top edge.
        North = "north",
        /// The top right corner.
        Northeast = "northeast",
        /// The right edge.
        East = "east",
        /// The bottom right corner.
        Southeast = "southeast",
        /// The bottom edge.
        South = "south",
        /// The bottom left corner.
        Southwest = "southwest",
        /// The left edge.
        West = "west",
        /// The top left corner.
        Northwest = "northwest",
        /// Where the first frame has most edges and colour.
        Smart = "smart",
    }
}

choices! {
    /// What is put beside a picture.
    Beside {
        /// A plain colour.
        Color = "color",
        /// The outermost pixels, repeated.
        Edge = "edge",
        /// The picture, mirrored.
        Mirror = "mirror",
        /// The picture, again.
        Repeat = "repeat",
    }
}

choices! {
    /// How two colours are mixed: the blend modes of W3C Compositing and Blending Level 1 that take each
    /// channel by itself.
    Blend {
        /// The upper one.
        Normal = "normal",
        /// Their product: never lighter.
        Multiply = "multiply",
        /// The product of what they lack of white: never darker.
        Screen = "screen",
        /// Multiply where it is dark below, screen where it is light.
        Overlay = "overlay",
        /// The darker of the two.
        Darken = "darken",
        /// The lighter of the two.
        Lighten = "lighten",
        /// Lightens what is below by the upper one.
        ColorDodge = "color-dodge",
        /// Darkens what is below by the upper one.
        ColorBurn = "color-burn",
        /// Multiply where the upper one is dark, screen where it is light.
        HardLight = "hard-light",
        /// As hard-light, softer.
        SoftLight = "soft-light",
        /// By how much they differ.
        Difference = "difference",
        /// As difference, softer.
        Exclusion = "exclusion",
    }
}

choices! {
    /// A pride flag.
    Flag {
        /// The rainbow of six stripes.
        Gay = "gay",
        /// Black, grey, white, purple.
        Asexual = "asexual",
        /// Pink, purple, blue.
        Bisexual = "bisexual",
        /// Pink, white, purple, black, blue.
        Genderfluid = "genderfluid",
        /// Lavender, white, green.
        Genderqueer = "genderqueer",
        /// A purple ring on yellow.
        Intersex = "intersex",
        /// Orange, white, pink.
        Lesbian = "lesbian",
        /// Yellow, white, purple, black.
        Nonbinary = "nonbinary",
        /// The rainbow with a chevron.
        Progress = "progress",
        /// Pink, yellow, blue.
        Pan = "pan",
        /// Blue, pink, white.
        Trans = "trans",
        /// Black, grey, white, green.
        Agender = "agender",
        /// Black and white with a rainbow chevron.
        Ally = "ally",
        /// Pink, green, blue.
        Polysexual = "polysexual",
    }
}
