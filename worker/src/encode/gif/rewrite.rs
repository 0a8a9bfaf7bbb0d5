//! A GIF written again with other colours: the codes of its frames are passed on as they are.

use super::palette::Colour;
use super::write::{self, Image};
use crate::decode::Coded;
use crate::encode::bounded::Bounded;
use crate::progress::Progress;
use crate::refused::Refused;

/// The whole file, of at most `bytes_max` bytes; `None` when the pixels have to be looked at, which
/// `recolour`, given a colour table, may also say.
///
/// # Errors
/// When it would be longer, or `recolour` refuses.
pub(crate) fn rewrite(
    gif: &Coded<'_>,
    recolour: impl Fn(&[Colour]) -> Result<Option<Vec<Colour>>, Refused>,
    bytes_max: u64,
    progress: &Progress,
) -> Result<Option<Vec<u8>>, Refused> {
    let mut output = Bounded::new(bytes_max);
    let [width, height] = [gif.size.width, gif.size.height].map(u16::try_from);
    let (Ok(width), Ok(height)) = (width, height) else {
        return Ok(None);
    };
    let Some(global) = recolour(colours(gif.table))? else {
        return Ok(None);
    };
    write::begin(&mut output, width, height, &global, gif.loops).map_err(Refused::bug)?;
    for frame in gif.frames() {
        progress.at_next_frame();
        let own = frame.table != gif.table;
        let table = if own {
            recolour(colours(frame.table))?
        } else {
            None
        };
        if own && table.is_none() {
            return Ok(None);
        }
        let Some(codes) = frame.codes() else {
            return Ok(None);
        };
        let [left, top, width, height] = frame.place;
        let image = Image {
            delay: frame.delay_cs,
            disposal: frame.disposal,
            interlaced: frame.interlaced,
            transparent: frame.transparent,
            left,
            top,
            width,
            height,
            table: table.as_deref(),
            index_bits: frame.index_bits,
            codes: &codes,
        };
        write::image(&mut output, &image).map_err(Refused::bug)?;
    }
    write::end(&mut output).map_err(Refused::bug)?;
    output.into_bytes().map(Some)
}

fn colours(table: &[u8]) -> &[Colour] {
    table.as_chunks().0
}
