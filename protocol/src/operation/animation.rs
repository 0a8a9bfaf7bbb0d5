//! Frames and their times. A still counts as an animation of one frame.

use crate::arguments::Fault;
use crate::codec::{Decode, Encode};
use crate::colour::Colour;

fn frames_need_an_order(frames: &Frames) -> Result<(), Fault> {
    match frames.last {
        Some(last) if last < frames.first => Err(Fault::BadParameter {
            operation: "frames",
            parameter: "last",
            given: last.to_string(),
            expected: format!("at least first, which is {}", frames.first),
        }),
        _ => Ok(()),
    }
}

operations! {
    /// Frames and their times.
    #[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
    pub enum Animation;

    /// Plays faster or slower. Frames that would be shown for less than 20 ms are left out.
    Speed = "speed", example "speed:2" {
        /// 2 is twice as fast, 0.5 half as fast.
        factor: f64, range 0.1 to 10, default 2.0;
    }

    /// Plays backwards.
    Reverse = "reverse", example "reverse" {}

    /// Plays forwards, then backwards.
    Bounce = "bounce", example "bounce" {}

    /// Keeps some frames. What is left out between two frames that are kept is time of the first.
    Frames = "frames", example "frames:1:10:2", check frames_need_an_order {
        /// The first frame that is kept; 1 is the first of all.
        first: u32, range 1 to 1000000, default 1;
        /// The last frame that may be kept; absent: the last of all.
        last: Option<u32>, range 1 to 1000000, default None;
        /// 2 keeps every other frame, 3 every third.
        step: u32, range 1 to 1000, default 1;
    }

    /// Shows at most so many frames per second; the others are left out, the time stays.
    Fps = "fps", example "fps:10" {
        /// Most frames per second.
        rate: f64, range 0.1 to 50, default 10.0;
    }

    /// Sets how often the animation plays.
    Loop = "loop", example "loop:0" {
        /// How often in all; 0: for ever.
        count: u32, range 0 to 65535, default 0;
    }

    /// Keeps one frame as a still.
    Still = "still", example "still" {
        /// Which; 1 is the first. The last one, if there are not so many.
        frame: u32, range 1 to 1000000, default 1;
    }

    /// Turns a still round and round; of an animation its first frame.
    Spin = "spin", example "spin" {
        /// Whether it turns the other way.
        back: bool, default false;
    }

    /// Shakes a still; of an animation its first frame.
    Shake = "shake", example "shake" {
        /// How far, in hundredths of the picture.
        amount: f64, range 1 to 20, unit "%", default 5.0;
    }

    /// Shakes a still under red light, with a word below it; of an animation its first frame.
    Triggered = "triggered", example "triggered" {}

    /// Dissolves a still into nothing and back; of an animation its first frame.
    Dissolve = "dissolve", example "dissolve:true" {
        /// Whether what is dissolved is transparent; otherwise white.
        transparent: bool, default false;
        /// Another number, another order.
        seed: u32, range 0 to 999999999, default 1;
    }

    /// Lets rain fall on a still; of an animation its first frame.
    Rain = "rain", example "rain" {
        /// Another number, other drops.
        seed: u32, range 0 to 999999999, default 1;
    }

    /// Draws a still with a pencil, stroke by stroke; of an animation its first frame.
    Sketch = "sketch", example "sketch" {}

    /// Lets a hand pat a still; of an animation its first frame.
    PetPet = "petpet", example "petpet" {}

    /// Drops a bomb on a still, which ends in smoke; of an animation its first frame.
    Bomb = "bomb", example "bomb" {}

    /// Waves the stars and stripes over a still; of an animation its first frame.
    America = "america", example "america" {}

    /// Waves a red flag with hammer and sickle over a still; of an animation its first frame.
    Communism = "communism", example "communism" {}

    /// Makes glowing tubes of a still's edges, through which colours run; of an animation its first
    /// frame.
    NeonLights = "neonlights", example "neonlights" {
        /// The colour of the tubes; absent: all hues.
        color: Option<Colour>, default None;
        /// A second colour, that takes turns with the first; absent: its opposite.
        color2: Option<Colour>, default None;
        /// A third one.
        color3: Option<Colour>, default None;
        /// Direction in which colours run: 0 from left to right, 90 from top to bottom.
        degrees: f64, range -360 to 360, unit "degrees", default 45.0;
        /// Whether the picture stays to be seen between the tubes.
        overlay: bool, default false;
    }
}
