//! Whole looks, most of them under the names that dagpi's clients know.

use super::choices::Flag;
use crate::arguments::Fault;
use crate::codec::{Decode, Encode};
use crate::colour::Colour;

fn neon_needs_light(neon: &Neon) -> Result<(), Fault> {
    if neon.sharp || neon.soft {
        return Ok(());
    }
    Err(Fault::BadParameter {
        operation: "neon",
        parameter: "soft",
        given: "false".to_owned(),
        expected: "true, because sharp is false".to_owned(),
    })
}

operations! {
    /// Whole looks.
    #[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
    pub enum Effect;

    /// Drawn with charcoal: dark strokes along edges, on white.
    Charcoal = "charcoal", example "charcoal", alias "carcoal" means "charcoal" {
        /// How dark the strokes are.
        strength: f64, range 0.1 to 10, default 1.0;
    }

    /// Night: dark and blue, but for lights.
    Night = "night", example "night" {
        /// How dark: 0 changes nothing.
        amount: f64, range 0 to 1, default 1.0;
    }

    /// Turns the middle of the picture into a whirl.
    Swirl = "swirl", example "swirl:240" {
        /// How far the middle is turned.
        degrees: f64, range -1440 to 1440, unit "degrees", default 240.0;
    }

    /// An instant photograph in its white frame.
    Polaroid = "polaroid", example "polaroid" {}

    /// All the colours of the rainbow across the picture.
    Rainbow = "rainbow", example "rainbow" {
        /// 0 changes nothing, 1 leaves no other colour.
        amount: f64, range 0 to 1, default 0.65;
    }

    /// Squeezes the picture where least is to be seen, by seam carving.
    Magik = "magik", example "magik:5" {
        /// Tenths of width and height that are taken out.
        scale: u32, range 1 to 9, default 5;
    }

    /// Colours and edges far too strong, and the blocks of an overworked JPEG.
    DeepFry = "deepfry", example "deepfry" {
        /// How long it is fried.
        amount: f64, range 0.1 to 3, default 1.0;
    }

    /// A disturbed signal: slipped bands, colours that come apart.
    Glitch = "glitch", example "glitch:1:7" {
        /// How disturbed.
        amount: f64, range 0.1 to 4, default 1.0;
        /// Another number, another disturbance.
        seed: u32, range 0 to 999999999, default 1;
    }

    /// Histograms of oriented gradients, drawn as lines.
    Hog = "hog", example "hog:16" {
        /// Side of a cell.
        size: u32, range 4 to 128, unit "px", default 16;
    }

    /// The picture in plain triangles (low poly).
    Triangle = "triangle", example "triangle:24" {
        /// How large the triangles are.
        size: u32, range 4 to 512, unit "px", default 24;
    }

    /// The picture with its main colours and their codes below it.
    Colors = "colors", example "colors:6" {
        /// How many colours.
        count: u32, range 2 to 12, default 6;
    }

    /// A chart of how often each value of red, green and blue occurs.
    Rgb = "rgb", example "rgb" {}

    /// The picture in letters.
    Ascii = "ascii", example "ascii:100" {
        /// Letters in a line, as far as the picture is wide enough.
        columns: u32, range 10 to 400, default 100;
        /// Whether the letters have the picture's colours.
        color: bool, default true;
    }

    /// A floor laid with the picture as its tiles.
    Floor = "floor", example "floor" {}

    /// Cold light, and frost that grows in from the edges.
    Freeze = "freeze", example "freeze" {
        /// Another number, another frost.
        seed: u32, range 0 to 999999999, default 1;
    }

    /// Flames that rise from below.
    Burn = "burn", example "burn" {
        /// Another number, other flames.
        seed: u32, range 0 to 999999999, default 1;
    }

    /// The picture as a globe in space.
    Earth = "earth", example "earth" {}

    /// Flat colours, black outlines, dots in the shadows.
    Comic = "comic", example "comic" {}

    /// A broken mirror.
    Shatter = "shatter", example "shatter:3" {
        /// Another number, other shards.
        seed: u32, range 0 to 999999999, default 1;
    }

    /// Behind bars.
    Jail = "jail", example "jail" {}

    /// A pride flag over the picture.
    Pride = "pride", example "pride:trans", alias "gay" means "pride:gay" {
        /// Which flag.
        flag: Flag, default Flag::Gay;
        /// 0 shows the picture alone, 1 the flag alone.
        amount: f64, range 0 to 1, default 0.45;
    }

    /// The end of a game: grey, with the word across it.
    Wasted = "wasted", example "wasted" {}

    /// On an old poster, with a reward.
    Wanted = "wanted", example "wanted" {}

    /// Edges as glowing tubes in the dark.
    Neon = "neon", example "neon", check neon_needs_light {
        /// The colour of the tubes; absent: all hues.
        color: Option<Colour>, default None;
        /// A second colour, to which the first one changes across the picture.
        color2: Option<Colour>, default None;
        /// A third one.
        color3: Option<Colour>, default None;
        /// Direction in which colours change: 0 from left to right, 90 from top to bottom.
        degrees: f64, range -360 to 360, unit "degrees", default 45.0;
        /// Whether colours change little by little; otherwise they lie side by side.
        gradient: bool, default true;
        /// Whether the tubes themselves are seen.
        sharp: bool, default true;
        /// Whether they light up what is around them.
        soft: bool, default true;
        /// Whether the picture stays to be seen between them.
        overlay: bool, default false;
    }

    /// The picture laid flat on the ground, below a wide sky.
    Ground = "ground", example "ground" {}
}
