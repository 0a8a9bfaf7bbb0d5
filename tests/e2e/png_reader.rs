//! Reads the service's PNG answers to RGBA, with the `png` crate alone.

use std::io::Cursor;

use png::{ColorType, Decoder, Transformations};

use crate::picture::Picture;

/// The whole of a PNG: damage anywhere, to its end, is an error.
pub(crate) fn read(bytes: &[u8]) -> Result<Picture, String> {
    read_whole(bytes).map_err(|error| error.to_string())
}

fn read_whole(bytes: &[u8]) -> Result<Picture, Box<dyn std::error::Error>> {
    let mut decoder = Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let length = reader.output_buffer_size().ok_or("too large")?;
    let mut samples = vec![0; length];
    let frame = reader.next_frame(&mut samples)?;
    reader.finish()?;
    samples.truncate(frame.buffer_size());
    let rgba = match frame.color_type {
        ColorType::Rgba => samples,
        ColorType::Rgb => spread(&samples, |&[red, green, blue]| [red, green, blue, 255]),
        ColorType::GrayscaleAlpha => spread(&samples, |&[grey, alpha]| [grey, grey, grey, alpha]),
        ColorType::Grayscale => spread(&samples, |&[grey]| [grey, grey, grey, 255]),
        ColorType::Indexed => return Err("indices, not colours".into()),
    };
    let [width, height] = [frame.width, frame.height].map(|side| side as usize);
    Ok(Picture::new(width, height, rgba))
}

fn spread<const N: usize>(samples: &[u8], pixel: impl Fn(&[u8; N]) -> [u8; 4]) -> Vec<u8> {
    samples.as_chunks().0.iter().flat_map(pixel).collect()
}
