//! Source bytes to frames. The format is told by content, never by a name; limits are held
//! against the header before memory is taken for pixels.

mod avif;
mod bmp;
mod canvas;
mod colour;
mod gif;
mod ico;
mod jpeg;
mod orientation;
mod png;
mod pnm;
mod qoi;
mod samples;
mod sniff;
mod tiff;
mod upsampler;
mod view;
mod watch;
mod webp;

use protocol::{Limit, Limits, OutputFormat};

use crate::picture::{Area, Delay, Frame, Patch, Picture, Plays, Size};
use crate::planes::Colours;
use crate::refused::Refused;
pub(crate) use gif::Coded;
use sniff::Format;
pub(crate) use view::{View, Wanted};
pub(crate) use watch::Choose;

/// Planes as a file has them, decoded smaller perhaps: luma by the first of `by`, chroma by the
/// other. The size of `colours` is that of the whole picture, or of the part that was wanted.
pub(crate) struct Stored {
    pub(crate) colours: Colours,
    pub(crate) by: (u32, u32),
}

/// What is needed of such planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlanesWanted {
    /// All; luma may be decoded smaller by the first, chroma by the other.
    Smaller(u32, u32),
    /// This part at full size.
    Part(Area),
}

/// Frames on demand, each a whole canvas.
pub(crate) enum Frames<'a> {
    /// One picture, until it has been taken.
    Still(Option<Picture>),
    /// What the first operation needs of one picture, until it has been taken.
    View(Option<Picture>, View),
    /// The frames of an animation, composited as browsers do.
    Gif(Box<gif::Animation<'a>>),
    Png(Box<png::Animation<'a>>),
    WebP(Box<webp::Animation<'a>>),
}

impl Frames<'_> {
    /// The next frame; `None` after the last.
    ///
    /// # Errors
    /// When the source is damaged there.
    pub(crate) fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        Ok(self.next(None)?.map(Frame::from))
    }

    /// As much of the next frame as is chosen; of one that is no animation's always all.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn next_part(&mut self, choose: Choose<'_>) -> Result<Option<Patch>, Refused> {
        self.next(Some(choose))
    }

    fn next(&mut self, choose: Option<Choose<'_>>) -> Result<Option<Patch>, Refused> {
        match self {
            Self::Still(picture) | Self::View(picture, _) => {
                let delay = Delay::NONE;
                let picture = picture.take();
                Ok(picture.map(|picture| Frame { picture, delay }.into()))
            }
            Self::Gif(animation) => animation.next(choose),
            Self::Png(animation) => animation.next(choose),
            Self::WebP(animation) => animation.next(choose),
        }
    }

    /// How often the animation plays in all.
    pub(crate) fn plays(&self) -> Plays {
        match self {
            Self::Still(_) | Self::View(..) => Plays::ONCE,
            Self::Gif(animation) => animation.plays(),
            Self::Png(animation) => animation.plays(),
            Self::WebP(animation) => animation.plays(),
        }
    }

    /// What is shown by a picture of which no more was decoded than is needed.
    pub(crate) fn view(&self) -> Option<View> {
        match self {
            Self::View(_, view) => Some(*view),
            _ => None,
        }
    }

    /// The format of the result when the job names none.
    pub(crate) fn natural_format(&self) -> OutputFormat {
        match self {
            Self::Still(_) | Self::View(..) => OutputFormat::Png,
            Self::Gif(_) => OutputFormat::Gif,
            // Nothing moves.
            Self::Png(animation) if animation.count() == 1 => OutputFormat::Png,
            Self::WebP(animation) if animation.count() == 1 => OutputFormat::Png,
            Self::Png(_) => OutputFormat::Apng,
            Self::WebP(_) => OutputFormat::Webp,
        }
    }
}

/// Reads the header of a picture and makes its frames ready to be taken.
///
/// # Errors
/// When it is no picture, of a format or coding that is not read, damaged, or over a limit.
pub(crate) fn open<'a>(source: &'a [u8], limits: &Limits) -> Result<Frames<'a>, Refused> {
    let decode = match sniff::sniff(source) {
        Format::Gif => return gif::open(source, limits),
        Format::Png => return png::open(source, limits),
        Format::WebP => return webp::open(source, limits),
        Format::Avif => avif::decode,
        Format::Bmp => bmp::decode,
        Format::Ico => ico::decode,
        Format::Jpeg => jpeg::decode,
        Format::Pnm => pnm::decode,
        Format::Qoi => qoi::decode,
        Format::Tiff => tiff::decode,
        Format::Unread(name) => return Err(Refused::unsupported(format!("{name} is not read"))),
        Format::Unknown => {
            let detail = "the content is not that of any known image format";
            return Err(Refused::not_an_image(detail));
        }
    };
    decode(source, limits).map(|picture| Frames::Still(Some(picture)))
}

/// The format that a still of this file's kind is written in, if it is to keep its own; PNG where
/// that is not written here.
pub(crate) fn own_format(source: &[u8]) -> OutputFormat {
    match sniff::sniff(source) {
        Format::Jpeg => OutputFormat::Jpeg,
        Format::WebP => OutputFormat::Webp,
        Format::Avif => OutputFormat::Avif,
        Format::Gif => OutputFormat::Gif,
        _ => OutputFormat::Png,
    }
}

/// [`open`], of a picture of which the first operation needs no more than is `wanted` of one of its upright size; all of it
/// comes where the format cannot do with less.
///
/// # Errors
/// As [`open`].
pub(crate) fn open_for<'a>(
    source: &'a [u8],
    limits: &Limits,
    wanted: impl FnOnce(Size) -> Wanted,
) -> Result<Frames<'a>, Refused> {
    match sniff::sniff(source) {
        Format::Jpeg => jpeg::open_for(source, limits, wanted),
        Format::WebP => webp::open_for(source, limits, wanted),
        Format::Avif => avif::open_for(source, limits, wanted),
        _ => open(source, limits),
    }
}

/// The planes of a sound, upright JPEG whose chroma has that `ratio` to luma and whose colours
/// need no conversion: as much of them as is `wanted` of a picture of its size. `None`
/// if it is anything else, or not wanted.
pub(crate) fn open_planes(
    source: &[u8],
    limits: &Limits,
    ratio: (usize, usize),
    wanted: impl FnOnce(Size) -> Option<PlanesWanted>,
) -> Option<Stored> {
    if !matches!(sniff::sniff(source), Format::Jpeg) {
        return None;
    }
    jpeg::decode_planes(source, limits, ratio, wanted)
}

/// Holds the canvas of a still against the limits.
fn check_still(size: Size, limits: &Limits) -> Result<(), Refused> {
    Refused::source_over(Limit::Pixels, size.pixels(), limits.pixels_max)?;
    Refused::source_over(Limit::Frames, 1, limits.frames_max.into())?;
    Refused::source_over(Limit::TotalPixels, size.pixels(), limits.total_pixels_max)
}

#[cfg(test)]
mod tests;
