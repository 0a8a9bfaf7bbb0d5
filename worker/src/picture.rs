//! The two things that travel through a job: a picture, and a frame of an animation; and
//! the exact moves of whole pixels that decoders and operations share.

mod area;
mod kept;
mod narrow;
mod time;
mod turn;

pub(crate) use area::Area;
pub(crate) use kept::{Kept, Opaque, is_opaque};
pub(crate) use narrow::{COLOURS, narrow_row, widen_row, without_alpha};
pub(crate) use time::{Clock, Delay, Plays, common_divisor};
pub(crate) use turn::Turn;

/// Bytes of one pixel: red, green, blue, alpha, straight (not premultiplied).
pub(crate) const CHANNELS: usize = 4;

/// Width and height, px.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Size {
    pub(crate) fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Width × height.
    pub(crate) fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Length of one row of RGBA8, bytes.
    pub(crate) fn stride(self) -> usize {
        self.width as usize * CHANNELS
    }
}

/// A whole canvas: width × height × 4, RGBA8, straight alpha, no padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) size: Size,
    /// Exactly width × height × 4 bytes.
    pub(crate) pixels: Vec<u8>,
}

impl Picture {
    /// All transparent black. The caller has checked the size against a limit.
    pub(crate) fn blank(size: Size) -> Self {
        let bytes = size.stride() * size.height as usize;
        Self {
            size,
            pixels: vec![0; bytes],
        }
    }

    /// The rows, top to bottom.
    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = &[u8]> + ExactSizeIterator {
        self.pixels.chunks_exact(self.size.stride().max(1))
    }

    /// The rows, top to bottom.
    pub(crate) fn rows_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut [u8]> {
        self.pixels.chunks_exact_mut(self.size.stride().max(1))
    }

    /// The pixels, row by row.
    pub(crate) fn as_pixels(&self) -> &[[u8; CHANNELS]] {
        self.pixels.as_chunks().0
    }

    /// The pixels, row by row.
    pub(crate) fn as_pixels_mut(&mut self) -> &mut [[u8; CHANNELS]] {
        self.pixels.as_chunks_mut().0
    }

    /// Exchanges left and right.
    pub(crate) fn mirror(&mut self) {
        for row in self.rows_mut() {
            row.as_chunks_mut::<CHANNELS>().0.reverse();
        }
    }

    /// Exchanges top and bottom.
    pub(crate) fn flip(&mut self) {
        let mut rows = self.rows_mut();
        while let (Some(top), Some(bottom)) = (rows.next(), rows.next_back()) {
            top.swap_with_slice(bottom);
        }
    }

    /// Turns by 180 degrees.
    pub(crate) fn turn_half(&mut self) {
        self.as_pixels_mut().reverse();
    }

    /// Exchanges rows and columns: height × width × 4. In tiles, because a walk down whole
    /// columns would miss the cache on every pixel.
    pub(crate) fn transposed(&self) -> Self {
        const TILE: usize = 16;
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let mut result = Self::blank(Size::new(self.size.height, self.size.width));
        let source = self.as_pixels();
        let target = result.as_pixels_mut();
        for top in (0..height).step_by(TILE) {
            for left in (0..width).step_by(TILE) {
                for x in left..(left + TILE).min(width) {
                    for y in top..(top + TILE).min(height) {
                        target[x * height + y] = source[y * width + x];
                    }
                }
            }
        }
        result
    }
}

/// One step of an animation: what the viewer sees, as a whole canvas, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) picture: Picture,
    /// [`Delay::NONE`] for a still.
    pub(crate) delay: Delay,
}

/// A step of an animation as the difference from the one before: what is drawn on its canvas, in place of
/// what was there, and for how long that is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patch {
    /// Of the size of `area`.
    pub(crate) picture: Picture,
    /// Where it lies; it begins at even places. Of the first step that is all of the canvas.
    pub(crate) area: Area,
    pub(crate) canvas: Size,
    pub(crate) delay: Delay,
}

impl Patch {
    /// Whether it replaces all that was there.
    pub(crate) fn is_whole(&self) -> bool {
        self.area == Area::all(self.canvas)
    }
}

/// Of a patch that is whole.
impl From<Patch> for Frame {
    fn from(patch: Patch) -> Self {
        debug_assert!(patch.is_whole());
        let Patch { picture, delay, .. } = patch;
        Self { picture, delay }
    }
}

impl From<Frame> for Patch {
    fn from(frame: Frame) -> Self {
        let Frame { picture, delay } = frame;
        Self {
            area: Area::whole(&picture),
            canvas: picture.size,
            picture,
            delay,
        }
    }
}
