//! Lossless bitstreams, by `image-webp`, each dressed up as a file of its own.

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use crate::picture::Size;
use crate::refused::Refused;

/// Of a file that has nothing else: `RIFF` and its length, `WEBP`, `VP8L` and its length.
const FILE_HEAD_BYTES: usize = 20;
const SIGNATURE: u8 = 0x2f;
/// Signature, sides less one of 14 bits each, whether there is transparency, and a version of three bits.
const HEAD_BYTES: usize = 5;
/// Where it says that transparency is used, and how.
const ALPHA: (usize, u8) = (4, 0x10);
/// Bits of a side.
const SIDE_BITS: u32 = 14;

/// The size of the picture, px.
pub(super) fn size(data: &[u8]) -> Result<Size, Refused> {
    let Some([SIGNATURE, sides @ ..]) = data.first_chunk::<HEAD_BYTES>() else {
        return Err(Refused::bad(
            "WebP: no lossless picture where one is said to be",
        ));
    };
    let sides = u32::from_le_bytes(*sides);
    let side = |bits: u32| (bits & ((1 << SIDE_BITS) - 1)) + 1;
    Ok(Size::new(side(sides), side(sides >> SIDE_BITS)))
}

/// Whether it says that no pixel is transparent.
pub(super) fn is_opaque(data: &[u8]) -> bool {
    let (at, bit) = ALPHA;
    data.get(at).is_some_and(|byte| byte & bit == 0)
}

/// The pixels, of width × height × 4.
pub(super) fn decode(data: &[u8]) -> Result<Vec<u8>, Refused> {
    decode_joined(&[data])
}

/// The values of a picture of that size that has no head, each what is green in its pixel, of width × height × 1.
pub(super) fn decode_values(data: &[u8], size: Size) -> Result<Vec<u8>, Refused> {
    let sides = (size.width - 1) | (size.height - 1) << SIDE_BITS;
    let mut head = [SIGNATURE; HEAD_BYTES];
    head[1..].copy_from_slice(&sides.to_le_bytes());
    let pixels = decode_joined(&[&head, data])?;
    let pixels = pixels.as_chunks::<4>().0.iter();
    Ok(pixels.map(|pixel| pixel[1]).collect())
}

/// [`decode`] of data in parts. It is made to say that it uses transparency: it is coded with it whatever it
/// says, and would be decoded to a canvas and copied to another without it.
fn decode_joined(parts: &[&[u8]]) -> Result<Vec<u8>, Refused> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    let filled = length.next_multiple_of(2);
    let mut file = Vec::with_capacity(FILE_HEAD_BYTES + filled);
    file.extend(b"RIFF");
    file.extend((12 + filled as u32).to_le_bytes());
    file.extend(b"WEBPVP8L");
    file.extend((length as u32).to_le_bytes());
    parts.iter().for_each(|part| file.extend_from_slice(part));
    file.resize(FILE_HEAD_BYTES + filled, 0);
    let (at, bit) = ALPHA;
    if let Some(byte) = file.get_mut(FILE_HEAD_BYTES + at) {
        *byte |= bit;
    }
    let mut decoder = WebPDecoder::new(Cursor::new(file)).map_err(damaged)?;
    let mut pixels = vec![0; decoder.output_buffer_size().unwrap_or(0)];
    decoder.read_image(&mut pixels).map_err(damaged)?;
    Ok(pixels)
}

fn damaged(error: DecodingError) -> Refused {
    Refused::bad(format!("WebP: {error}"))
}
