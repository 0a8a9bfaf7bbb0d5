//! The EXIF orientation: read from a TIFF block, applied to pixels. No other EXIF tag is
//! looked at, and none is passed on.
//!
//! Source: Exif 2.32, section 4.6.4, tag 0x0112; TIFF 6.0, section 2.

use crate::picture::Picture;

const ORIENTATION_TAG: u16 = 0x0112;
const TYPE_SHORT: u16 = 3;

/// How the stored rows and columns relate to the upright picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Orientation {
    /// Stored rows are columns of the upright picture; done before the mirrorings.
    transpose: bool,
    mirror: bool,
    flip: bool,
}

impl Orientation {
    /// From the value of the tag, 1 to 8.
    fn from_tag(value: u16) -> Option<Self> {
        let (transpose, mirror, flip) = match value {
            1 => (false, false, false),
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => return None,
        };
        Some(Self {
            transpose,
            mirror,
            flip,
        })
    }

    /// From a TIFF block. A damaged block, or one without the tag, means upright: EXIF is
    /// never a reason to refuse a picture.
    pub(super) fn from_tiff(tiff: &[u8]) -> Self {
        find_tag(tiff).and_then(Self::from_tag).unwrap_or_default()
    }

    /// Turns `picture` upright.
    pub(super) fn apply(self, mut picture: Picture) -> Picture {
        if self.transpose {
            picture = picture.transposed();
        }
        match (self.mirror, self.flip) {
            (true, true) => picture.turn_half(),
            (true, false) => picture.mirror(),
            (false, true) => picture.flip(),
            (false, false) => {}
        }
        picture
    }
}

fn find_tag(tiff: &[u8]) -> Option<u16> {
    let big = match tiff.get(..2)? {
        b"II" => false,
        b"MM" => true,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let bytes = tiff.get(at..)?.first_chunk().copied()?;
        Some(if big {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    };
    let u32_at = |at: usize| {
        let bytes = tiff.get(at..)?.first_chunk().copied()?;
        Some(if big {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    };
    let directory = u32_at(4)? as usize;
    let entries = usize::from(u16_at(directory)?);
    (0..entries)
        .map_while(|index| directory.checked_add(2 + 12 * index))
        .find(|&entry| u16_at(entry) == Some(ORIENTATION_TAG))
        .filter(|&entry| u16_at(entry + 2) == Some(TYPE_SHORT))
        .and_then(|entry| u16_at(entry + 8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Size;

    fn tiff(value: u16) -> Vec<u8> {
        let mut bytes = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
        bytes.extend(value.to_be_bytes());
        bytes.extend([0; 6]);
        bytes
    }

    /// Pixels named by one letter, in rows.
    fn picture(rows: [&str; 2]) -> Picture {
        let pixels = rows.concat().bytes().flat_map(|b| [b; 4]).collect();
        Picture {
            size: Size::new(rows[0].len() as u32, 2),
            pixels,
        }
    }

    fn letters(picture: &Picture) -> String {
        picture.as_pixels().iter().map(|p| p[0] as char).collect()
    }

    #[test]
    fn every_orientation_becomes_upright() {
        for (value, upright) in [
            (1, "abcdef"),
            (2, "cbafed"),
            (3, "fedcba"),
            (4, "defabc"),
            (5, "adbecf"),
            (6, "daebfc"),
            (7, "fcebda"),
            (8, "cfbead"),
        ] {
            let stored = picture(["abc", "def"]);
            let result = Orientation::from_tiff(&tiff(value)).apply(stored);
            assert_eq!(letters(&result), upright, "orientation {value}");
            let turned = result.size == Size::new(2, 3);
            assert_eq!(turned, value >= 5, "orientation {value}");
        }
    }

    #[test]
    fn damaged_exif_means_upright() {
        let whole = tiff(6);
        for length in 0..19 {
            let orientation = Orientation::from_tiff(&whole[..length]);
            assert_eq!(orientation, Orientation::default(), "{length} bytes");
        }
        assert_eq!(Orientation::from_tiff(&tiff(9)), Orientation::default());
        let far = b"II*\0\xff\xff\xff\xff";
        assert_eq!(Orientation::from_tiff(far), Orientation::default());
    }
}
