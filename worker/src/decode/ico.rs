//! ICO to a picture: the largest of its entries, and of several the one of most colours. An
//! entry is a whole PNG, which our own decoder reads, or a BMP without file header, which is
//! dressed up as an icon of its own.

use protocol::Limits;

use super::{bmp, png, sniff};
use crate::picture::Picture;
use crate::refused::Refused;

const HEAD_BYTES: usize = 6;
const ENTRY_BYTES: usize = 16;

/// Decodes the best entry in `source`.
pub(super) fn decode(source: &[u8], limits: &Limits) -> Result<Picture, Refused> {
    let image = best_entry(source).and_then(|entry| {
        let [.., l0, l1, l2, l3, o0, o1, o2, o3] = *entry;
        let start = u32::from_le_bytes([o0, o1, o2, o3]) as usize;
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        source.get(start..start.checked_add(length)?)
    });
    let image = image.ok_or_else(|| Refused::bad("ICO: there is no whole entry in it"))?;
    match sniff::sniff(image) {
        sniff::Format::Png => png::decode(image, limits),
        _ => bmp::decode_icon(&alone(image)?, limits),
    }
}

fn best_entry(source: &[u8]) -> Option<&[u8; ENTRY_BYTES]> {
    let &[_, _, _, _, n0, n1] = source.first_chunk()?;
    let count = u16::from_le_bytes([n0, n1]);
    let entries = source.get(HEAD_BYTES..)?.as_chunks::<ENTRY_BYTES>().0;
    let entries = entries.iter().take(count.into());
    entries.max_by_key(|&&[width, height, _, _, _, _, b0, b1, ..]| {
        // Zero stands for 256.
        let side = |side: u8| u32::from(side.wrapping_sub(1)) + 1;
        (side(width) * side(height), u16::from_le_bytes([b0, b1]))
    })
}

/// An ICO file that holds nothing but `image`, with the size that the image itself names: the
/// directory's may be anything.
fn alone(image: &[u8]) -> Result<Vec<u8>, Refused> {
    let Some(&[_, _, _, _, w0, w1, w2, w3, h0, h1, h2, h3, ..]) = image.first_chunk::<16>() else {
        return Err(Refused::bad("ICO: an entry without a header"));
    };
    let width = u32::from_le_bytes([w0, w1, w2, w3]);
    // The mask is counted in.
    let height = u32::from_le_bytes([h0, h1, h2, h3]) / 2;
    let side = |side: u32| side.min(256) as u8;
    let mut file = vec![
        0,
        0,
        1,
        0,
        1,
        0,
        side(width),
        side(height),
        0,
        0,
        1,
        0,
        32,
        0,
    ];
    // A part of a file whose length fits.
    file.extend((image.len() as u32).to_le_bytes());
    file.extend(((HEAD_BYTES + ENTRY_BYTES) as u32).to_le_bytes());
    file.extend_from_slice(image);
    Ok(file)
}

#[cfg(test)]
mod tests {
    use protocol::Reason;

    use super::*;
    use crate::decode::tests::LIMITS;

    /// A BMP entry of 32 bits: 1 × 1, blue green red alpha, and its mask.
    fn dib(pixel: [u8; 4]) -> Vec<u8> {
        let mut bytes = b"\x28\0\0\0\x01\0\0\0\x02\0\0\0\x01\0\x20\0".to_vec();
        bytes.extend([0; 24]);
        bytes.extend(pixel);
        bytes.extend([0; 4]);
        bytes
    }

    fn ico(entries: &[(u8, u16, &[u8])]) -> Vec<u8> {
        let mut file = vec![0, 0, 1, 0, entries.len() as u8, 0];
        let mut offset = HEAD_BYTES + ENTRY_BYTES * entries.len();
        for (side, bits, image) in entries {
            file.extend([*side, *side, 0, 0, 1, 0]);
            file.extend(bits.to_le_bytes());
            file.extend((image.len() as u32).to_le_bytes());
            file.extend((offset as u32).to_le_bytes());
            offset += image.len();
        }
        for (_, _, image) in entries {
            file.extend_from_slice(image);
        }
        file
    }

    fn pixels(file: &[u8]) -> Vec<u8> {
        decode(file, &LIMITS).unwrap().pixels
    }

    #[test]
    fn the_largest_entry_is_read_and_then_the_deepest() {
        let (one, two) = (dib([3, 2, 1, 255]), dib([6, 5, 4, 255]));
        assert_eq!(
            pixels(&ico(&[(16, 32, &one), (0, 4, &two)])),
            [4, 5, 6, 255]
        );
        assert_eq!(
            pixels(&ico(&[(16, 32, &one), (16, 4, &two)])),
            [1, 2, 3, 255]
        );
    }

    #[test]
    fn an_entry_may_be_any_png() {
        let mut png = Vec::new();
        let mut encoder = ::png::Encoder::new(&mut png, 1, 1);
        encoder.set_color(::png::ColorType::Grayscale);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&[7]).unwrap();
        writer.finish().unwrap();
        assert_eq!(pixels(&ico(&[(1, 8, &png)])), [7, 7, 7, 255]);
    }

    #[test]
    fn a_file_that_ends_early_is_a_bad_image() {
        let whole = ico(&[(1, 32, &dib([3, 2, 1, 255]))]);
        for length in 4..whole.len() {
            let refused = decode(&whole[..length], &LIMITS).unwrap_err();
            assert_eq!(refused.reason, Reason::BadImage, "{length} bytes");
        }
    }
}
