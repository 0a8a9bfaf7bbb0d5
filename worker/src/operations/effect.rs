//! Whole looks.

mod ascii;
mod burn;
mod charcoal;
mod colors;
mod comic;
mod deepfry;
mod earth;
mod floor;
mod freeze;
mod glitch;
mod ground;
mod hog;
mod jail;
mod magik;
mod neon;
mod night;
mod polaroid;
mod pride;
mod rainbow;
mod rgb;
mod shatter;
mod swirl;
mod triangle;
mod wanted;
mod wasted;

use protocol::Effect;

use super::Prepare;
pub(super) use neon::{Dyes, Tubes};

pub(super) fn find(operation: &Effect) -> &dyn Prepare {
    match operation {
        Effect::Charcoal(operation) => operation,
        Effect::Night(operation) => operation,
        Effect::Swirl(operation) => operation,
        Effect::Polaroid(operation) => operation,
        Effect::Rainbow(operation) => operation,
        Effect::Magik(operation) => operation,
        Effect::DeepFry(operation) => operation,
        Effect::Glitch(operation) => operation,
        Effect::Hog(operation) => operation,
        Effect::Triangle(operation) => operation,
        Effect::Colors(operation) => operation,
        Effect::Rgb(operation) => operation,
        Effect::Ascii(operation) => operation,
        Effect::Floor(operation) => operation,
        Effect::Freeze(operation) => operation,
        Effect::Burn(operation) => operation,
        Effect::Earth(operation) => operation,
        Effect::Comic(operation) => operation,
        Effect::Shatter(operation) => operation,
        Effect::Jail(operation) => operation,
        Effect::Pride(operation) => operation,
        Effect::Wasted(operation) => operation,
        Effect::Wanted(operation) => operation,
        Effect::Neon(operation) => operation,
        Effect::Ground(operation) => operation,
    }
}
