//! QOI to a picture: the whole format is a page, and so is its decoder.
//!
//! Source: The Quite OK Image Format, version 1.0, 2022. Its note on the colour space is
//! informative there, and like other readers we do not act on it.

use protocol::Limits;

use super::check_still;
use crate::picture::{Picture, Size};
use crate::refused::Refused;

const HEADER_BYTES: usize = 14;
const RGB: u8 = 0xfe;
const RGBA: u8 = 0xff;

/// Decodes the still in `source`.
pub(super) fn decode(source: &[u8], limits: &Limits) -> Result<Picture, Refused> {
    let header = source.first_chunk::<HEADER_BYTES>();
    let Some(&[_, _, _, _, w0, w1, w2, w3, h0, h1, h2, h3, _, _]) = header else {
        return Err(ends_early());
    };
    let size = Size::new(
        u32::from_be_bytes([w0, w1, w2, w3]),
        u32::from_be_bytes([h0, h1, h2, h3]),
    );
    check_still(size, limits)?;
    if size.pixels() == 0 {
        return Err(Refused::bad("QOI: the picture is empty"));
    }
    let mut reader = Reader {
        rest: source.get(HEADER_BYTES..).unwrap_or_default(),
        pixel: [0, 0, 0, 255],
        seen: [[0; 4]; 64],
    };
    let mut picture = Picture::blank(size);
    let mut run = 0_u8;
    for target in picture.as_pixels_mut() {
        match run.checked_sub(1) {
            Some(left) => run = left,
            None => run = reader.next().ok_or_else(ends_early)?,
        }
        *target = reader.pixel;
    }
    Ok(picture)
}

fn ends_early() -> Refused {
    Refused::bad("QOI: the file ends before its last pixel")
}

struct Reader<'a> {
    rest: &'a [u8],
    pixel: [u8; 4],
    /// The pixels seen last, by a hash of their colour.
    seen: [[u8; 4]; 64],
}

impl Reader<'_> {
    /// Reads one chunk into `pixel`; tells how many more pixels are the same.
    fn next(&mut self) -> Option<u8> {
        let [r, g, b, a] = self.pixel;
        let mut more = 0;
        let tag = self.take()?;
        let low = tag & 0x3f;
        self.pixel = match tag {
            RGB => [self.take()?, self.take()?, self.take()?, a],
            RGBA => [self.take()?, self.take()?, self.take()?, self.take()?],
            0x00..=0x3f => *self.seen.get(usize::from(low))?,
            0x40..=0x7f => {
                let by =
                    |channel: u8, shift: u8| channel.wrapping_add(low >> shift & 3).wrapping_sub(2);
                [by(r, 4), by(g, 2), by(b, 0), a]
            }
            0x80..=0xbf => {
                let others = self.take()?;
                let green = low.wrapping_sub(32);
                let by = |channel: u8, nibble: u8| {
                    channel
                        .wrapping_add(green)
                        .wrapping_add(nibble)
                        .wrapping_sub(8)
                };
                [
                    by(r, others >> 4),
                    g.wrapping_add(green),
                    by(b, others & 15),
                    a,
                ]
            }
            0xc0.. => {
                more = low;
                self.pixel
            }
        };
        // After a run too, which matters when one comes first.
        let [r, g, b, a] = self.pixel.map(usize::from);
        let place = (r * 3 + g * 5 + b * 7 + a * 11) % 64;
        self.seen[place] = self.pixel;
        Some(more)
    }

    fn take(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }
}

#[cfg(test)]
mod tests {
    use protocol::Reason;

    use super::*;
    use crate::decode::tests::LIMITS;

    fn qoi(width: u32, height: u32, chunks: &[u8]) -> Vec<u8> {
        let (width, height) = (width.to_be_bytes(), height.to_be_bytes());
        [&b"qoif"[..], &width, &height, &[4, 0], chunks].concat()
    }

    #[test]
    fn every_kind_of_chunk_gives_its_pixel() {
        let chunks = [
            RGB,
            10,
            20,
            30,                         // a colour, alpha stays
            0xc1,                       // twice more
            0x40 | 3 << 4 | 2 << 2 | 1, // +1, 0, -1
            0x80 | 40,
            0x97, // green +8, red +1 and blue -1 beside it
            RGBA,
            1,
            2,
            3,
            4,
            (10 * 3 + 20 * 5 + 30 * 7 + 255 * 11) as u8 % 64,
        ];
        let picture = decode(&qoi(7, 1, &chunks), &LIMITS).unwrap();
        let expected = [
            [10, 20, 30, 255],
            [10, 20, 30, 255],
            [10, 20, 30, 255],
            [11, 20, 29, 255],
            [20, 28, 36, 255],
            [1, 2, 3, 4],
        ];
        assert_eq!(picture.as_pixels()[..6], expected);
        assert_eq!(picture.as_pixels()[6], [10, 20, 30, 255]);
    }

    #[test]
    fn what_ends_early_or_is_empty_is_a_bad_image() {
        let whole = qoi(3, 1, &[RGB, 1, 2, 3, 0xc0, RGBA, 1, 2, 3, 4]);
        assert!(decode(&whole, &LIMITS).is_ok());
        for length in 4..whole.len() {
            let refused = decode(&whole[..length], &LIMITS).unwrap_err();
            assert_eq!(refused.reason, Reason::BadImage, "{length} bytes");
        }
        assert!(decode(&qoi(0, 3, &[]), &LIMITS).is_err());
    }
}
