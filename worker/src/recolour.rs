//! The short way for jobs that only change colours of a GIF: its colour tables are worked on, and
//! not a pixel is decoded or encoded. A job or a file with anything special about it goes the
//! ordinary way, with the same picture for a result.

use protocol::{Job, Operation, Output, OutputFormat, Phase};

use crate::decode::Coded;
use crate::encode::gif::rewrite;
use crate::operations::colours_alone;
use crate::perform::Done;
use crate::picture::{Picture, Size};
use crate::progress::Progress;
use crate::refused::Refused;

/// `None` when the job is not of that kind.
///
/// # Errors
/// When the result would be over a limit.
pub(crate) fn recolour(
    job: &Job,
    source: &[u8],
    progress: &Progress,
) -> Result<Option<Done>, Refused> {
    if !is_gif_as_it_comes(&job.output) || !job.operations.iter().all(colours_alone::is_enough) {
        return Ok(None);
    }
    let Some(gif) = Coded::read(source, &job.limits) else {
        return Ok(None);
    };
    if gif.size.pixels() > job.limits.output_pixels_max {
        return Ok(None);
    }
    progress.enter(Phase::Encode);
    let table = |table: &[[u8; 3]]| recoloured(table, &job.operations);
    let bytes = rewrite(&gif, table, job.limits.output_bytes_max, progress)?;
    Ok(bytes.map(|bytes| Done {
        format: OutputFormat::Gif,
        width: gif.size.width,
        height: gif.size.height,
        frames: gif.frames().len() as u32,
        traded: None,
        bytes,
    }))
}

/// Whether a GIF remains one, and nothing is asked of how it is written.
fn is_gif_as_it_comes(output: &Output) -> bool {
    let plain = Output {
        format: output.format,
        ..Output::default()
    };
    *output == plain
        && output.format.settle(OutputFormat::Gif, OutputFormat::Gif) == OutputFormat::Gif
}

/// The table after all operations, as one row of opaque pixels; `None` if that is not what they
/// stay.
fn recoloured(
    table: &[[u8; 3]],
    operations: &[Operation],
) -> Result<Option<Vec<[u8; 3]>>, Refused> {
    let opaque = table.iter().flat_map(|&[r, g, b]| [r, g, b, 255]);
    let picture = Picture {
        size: Size::new(table.len() as u32, 1),
        pixels: opaque.collect(),
    };
    let picture = colours_alone::apply(operations, picture)?;
    let colours = picture.as_pixels().iter();
    Ok(colours
        .map(|&[r, g, b, a]| (a == 255).then_some([r, g, b]))
        .collect())
}

#[cfg(test)]
mod tests;
