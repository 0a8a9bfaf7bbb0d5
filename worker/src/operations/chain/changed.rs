//! An operation that looks no further than so many pixels is done anew only where a frame differs
//! from the one before it; the rest of the result stays as it was. The result is the same, byte for
//! byte: a larger rectangle is done, and what lies near its sides is thrown away.

use crate::operations::{Effect, GRID};
use crate::picture::{Area, Picture};
use crate::refused::Refused;

/// Two more canvases are held for it, so it is not done to larger pictures.
const PIXELS_MAX: u64 = 2 << 20;
/// A rectangle that is to be done must be less than so many tenths of the picture.
const WORTH_TENTHS: usize = 7;
/// After so many frames in a row that changed nearly everywhere, no more are compared.
const IN_VAIN_MAX: u32 = 3;

/// The frame before, as it came and as it went.
#[derive(Default)]
pub(super) struct Changed {
    before: Option<(Picture, Picture)>,
    in_vain: u32,
}

impl Changed {
    /// The effect, which keeps sizes and has that [`Effect::reach`], on the next frame.
    pub(super) fn apply(
        &mut self,
        effect: &dyn Effect,
        reach: usize,
        mut picture: Picture,
    ) -> Result<Picture, Refused> {
        if self.in_vain >= IN_VAIN_MAX || picture.size.pixels() > PIXELS_MAX {
            self.before = None;
            return effect.apply(picture);
        }
        // Not held any longer when all is done anew.
        if let Some((mut given, mut result)) = self.before.take()
            && given.size == picture.size
        {
            let Some(changed) = Area::changed(&given, &picture) else {
                picture.pixels.copy_from_slice(&result.pixels);
                self.before = Some((given, result));
                return Ok(picture);
            };
            let touched = changed.grown(reach, picture.size);
            let needed = on_grid(touched.grown(reach, picture.size));
            if needed.count() * 10 < picture.as_pixels().len() * WORTH_TENTHS {
                let done = effect.apply(needed.of(&picture))?;
                put(touched, &done, needed, &mut result);
                put(changed, &picture, Area::whole(&picture), &mut given);
                picture.pixels.copy_from_slice(&result.pixels);
                self.before = Some((given, result));
                self.in_vain = 0;
                return Ok(picture);
            }
            self.in_vain += 1;
        }
        let result = effect.apply(picture.clone())?;
        self.before = Some((picture, result.clone()));
        Ok(result)
    }
}

/// Grown until it begins where patterns do.
fn on_grid(area: Area) -> Area {
    let (left, top) = (area.left / GRID * GRID, area.top / GRID * GRID);
    Area {
        left,
        top,
        width: area.left + area.width - left,
        height: area.top + area.height - top,
    }
}

/// Overwrites `area` of `target` with the same of `done`, which is all of `from`.
fn put(area: Area, done: &Picture, from: Area, target: &mut Picture) {
    let within = Area {
        left: area.left - from.left,
        top: area.top - from.top,
        ..area
    };
    for (row, done) in area.rows_mut(target).zip(within.rows(done)) {
        row.copy_from_slice(done);
    }
}

#[cfg(test)]
mod tests;
