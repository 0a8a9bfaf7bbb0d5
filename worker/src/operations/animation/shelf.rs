//! Frames that must wait, without loss, in less memory than they are: each as what differs from
//! the one after it, in runs of unchanged and changed pixels. At worst, where every pixel changes,
//! that is as much as the frames themselves, width × height × 4 bytes each, and the limits on
//! the source's pixels and on the worker's memory hold as ever.

use crate::decode::Choose;
use crate::picture::{Area, CHANNELS, Delay, Patch, Picture};

type Pixel = [u8; CHANNELS];

/// Frames that are taken back in the reverse order.
#[derive(Default)]
pub(super) struct Shelf {
    /// The frame on top, or the one that was taken last.
    top: Option<Top>,
    /// How each frame below is made from the one above it, lowest first.
    below: Vec<Change>,
}

struct Top {
    picture: Picture,
    delay: Delay,
    taken: bool,
}

/// What makes one picture of another.
struct Change {
    /// Of the picture that is made.
    delay: Delay,
    area: Area,
    /// Row by row of the area: so many pixels stay, so many that follow change.
    runs: Vec<(u32, u32)>,
    /// What those become that change, one after another.
    pixels: Vec<Pixel>,
}

impl Shelf {
    /// Puts a frame on top; all that differs from the one below is in the patch.
    pub(super) fn put(&mut self, patch: &Patch) {
        let delay = patch.delay;
        match &mut self.top {
            Some(top) => {
                self.below.push(top.draw(patch));
                top.delay = delay;
            }
            None => {
                let picture = patch.picture.clone();
                let taken = false;
                self.top = Some(Top {
                    picture,
                    delay,
                    taken,
                });
            }
        }
    }

    /// Leaves the top frame out.
    pub(super) fn skip(&mut self) {
        if let Some(top) = &mut self.top {
            top.taken = true;
        }
    }

    /// Takes the top frame, or, of any but the first one, as much of it as is chosen.
    pub(super) fn take(&mut self, choose: Option<Choose<'_>>) -> Option<Patch> {
        let top = self.top.as_mut()?;
        let canvas = top.picture.size;
        let mut area = Area::all(canvas);
        if top.taken {
            let changed = top.change(self.below.pop()?);
            if let Some(choose) = choose {
                area = choose(changed, canvas);
            }
        }
        top.taken = true;
        let delay = top.delay;
        let picture = match self.below.is_empty() {
            true => area.cut_from(self.top.take()?.picture),
            false => area.copied_from(&top.picture),
        };
        Some(Patch {
            picture,
            area,
            canvas,
            delay,
        })
    }

    /// How many frames are left.
    pub(super) fn len(&self) -> usize {
        let on_top = self.top.as_ref().filter(|top| !top.taken);
        self.below.len() + usize::from(on_top.is_some())
    }
}

/// Fewer unchanged pixels than this do not end a run, which itself costs as much as two.
const WORTH: usize = 4;

impl Top {
    /// Draws the next frame; what makes that what it is now.
    fn draw(&mut self, patch: &Patch) -> Change {
        let changed = patch.area.changed(&self.picture, &patch.picture);
        let mut change = Change {
            delay: self.delay,
            area: changed.unwrap_or(Area::FIRST_PIXEL),
            runs: Vec::new(),
            pixels: Vec::new(),
        };
        if let Some(area) = changed {
            let new = area.within(patch.area).rows(&patch.picture);
            for (old, new) in area.rows_mut(&mut self.picture).zip(new) {
                change.note_row(new.as_chunks().0, old.as_chunks().0);
                old.copy_from_slice(new);
            }
        }
        // It may have to wait for long.
        change.runs.shrink_to_fit();
        change.pixels.shrink_to_fit();
        change
    }

    /// Makes the frame below of this one; where they differ.
    fn change(&mut self, change: Change) -> Area {
        self.delay = change.delay;
        let mut runs = change.runs.iter();
        let mut pixels = change.pixels.as_slice();
        for row in change.area.rows_mut(&mut self.picture) {
            let mut rest = row.as_chunks_mut().0;
            while !rest.is_empty()
                && let Some(&(same, changed)) = runs.next()
            {
                let (run, behind) = rest[same as usize..].split_at_mut(changed as usize);
                let (new, later) = pixels.split_at(run.len());
                run.copy_from_slice(new);
                (rest, pixels) = (behind, later);
            }
        }
        change.area
    }
}

impl Change {
    fn note_row(&mut self, from: &[Pixel], to: &[Pixel]) {
        let mut at = 0;
        while at < to.len() {
            let start = at + same(&from[at..], &to[at..]);
            let mut end = start;
            while end < to.len() {
                let unchanged = same(&from[end..], &to[end..]);
                if unchanged >= WORTH || end + unchanged == to.len() {
                    break;
                }
                end += unchanged + 1;
            }
            self.runs.push(((start - at) as u32, (end - start) as u32));
            self.pixels.extend_from_slice(&to[start..end]);
            at = end;
        }
    }
}

fn same(from: &[Pixel], to: &[Pixel]) -> usize {
    let pairs = from.iter().zip(to);
    pairs.take_while(|(from, to)| from == to).count()
}
