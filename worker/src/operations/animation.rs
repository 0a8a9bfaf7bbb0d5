//! Frames and their times. Each of these pulls from the operation before it like any other; the
//! two that need all frames at once keep them compressed (`shelf.rs`).

mod america;
mod bomb;
mod bounce;
mod communism;
mod dissolve;
mod flag;
mod fps;
mod frames;
mod generated;
mod neonlights;
mod pace;
mod petpet;
mod rain;
mod repeat;
mod reverse;
mod shake;
mod shelf;
mod sieve;
mod sketch;
mod speed;
mod spin;
mod still;
mod triggered;

use protocol::Animation;

use super::chain::Cut;

pub(super) fn find(operation: &Animation) -> &dyn Cut {
    match operation {
        Animation::Speed(operation) => operation,
        Animation::Reverse(operation) => operation,
        Animation::Bounce(operation) => operation,
        Animation::Frames(operation) => operation,
        Animation::Fps(operation) => operation,
        Animation::Loop(operation) => operation,
        Animation::Still(operation) => operation,
        Animation::Spin(operation) => operation,
        Animation::Shake(operation) => operation,
        Animation::Triggered(operation) => operation,
        Animation::Dissolve(operation) => operation,
        Animation::Rain(operation) => operation,
        Animation::Sketch(operation) => operation,
        Animation::PetPet(operation) => operation,
        Animation::Bomb(operation) => operation,
        Animation::America(operation) => operation,
        Animation::Communism(operation) => operation,
        Animation::NeonLights(operation) => operation,
    }
}

#[cfg(test)]
mod tests;
