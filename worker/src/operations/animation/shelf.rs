//! Frames that must wait, without loss, in less memory than they are: each as what differs from
//! the one before, in runs of unchanged and changed pixels. At worst, where every pixel changes,
//! that is as much as the frames themselves, width × height × 4 bytes each, and the limits on
//! the source's pixels and on the worker's memory hold as ever.

use crate::picture::{CHANNELS, Delay, Frame, Picture};

/// Frames that are taken back in the reverse order.
#[derive(Default)]
pub(super) struct Shelf {
    /// The frame on top.
    top: Option<Picture>,
    top_delay: Option<Delay>,
    /// How each frame below is made from the one above it, lowest first.
    below: Vec<(Delay, Change)>,
}

/// What makes one picture of another.
#[derive(Default)]
struct Change {
    /// So many pixels stay, so many that follow change.
    runs: Vec<(u32, u32)>,
    /// What those become that change, one after another.
    pixels: Vec<[u8; CHANNELS]>,
}

impl Shelf {
    /// Puts a frame on top.
    pub(super) fn put(&mut self, frame: &Frame) {
        if let (Some(top), Some(delay)) = (&self.top, self.top_delay) {
            self.below.push((delay, change(&frame.picture, top)));
        }
        self.top = Some(frame.picture.clone());
        self.top_delay = Some(frame.delay);
    }

    /// Takes the top frame.
    pub(super) fn take(&mut self) -> Option<Frame> {
        let delay = self.top_delay.take()?;
        let picture = self.top.take()?;
        if let Some((delay, change)) = self.below.pop() {
            self.top = Some(changed(&picture, &change));
            self.top_delay = Some(delay);
        }
        Some(Frame { picture, delay })
    }

    /// How many frames are left.
    pub(super) fn len(&self) -> usize {
        self.below.len() + usize::from(self.top.is_some())
    }
}

/// Fewer unchanged pixels than this do not end a run, which itself costs as much as two.
const WORTH: usize = 4;

fn change(from: &Picture, to: &Picture) -> Change {
    let (from, to) = (from.as_pixels(), to.as_pixels());
    let mut change = Change::default();
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
        change
            .runs
            .push(((start - at) as u32, (end - start) as u32));
        change.pixels.extend_from_slice(&to[start..end]);
        at = end;
    }
    // It may have to wait for long.
    change.runs.shrink_to_fit();
    change.pixels.shrink_to_fit();
    change
}

fn same(from: &[[u8; CHANNELS]], to: &[[u8; CHANNELS]]) -> usize {
    from.iter()
        .zip(to)
        .take_while(|(from, to)| from == to)
        .count()
}

fn changed(from: &Picture, change: &Change) -> Picture {
    let mut result = from.clone();
    let (mut at, mut taken) = (0, 0);
    for (same, changed) in &change.runs {
        at += *same as usize;
        let count = *changed as usize;
        let pixels = &change.pixels[taken..taken + count];
        result.as_pixels_mut()[at..at + count].copy_from_slice(pixels);
        (at, taken) = (at + count, taken + count);
    }
    result
}
