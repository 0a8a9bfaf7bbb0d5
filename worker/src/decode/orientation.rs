//! The EXIF orientation, applied to pixels. No other EXIF tag is looked at, and none is
//! passed on.

use image::metadata::Orientation;

use crate::picture::{Picture, Turn};

/// Turns `picture` upright as its EXIF block (a TIFF) says. A damaged block, or one without
/// the tag, means upright: EXIF is never a reason to refuse a picture.
pub(super) fn upright(picture: Picture, exif: Option<&[u8]>) -> Picture {
    turn(exif).applied(picture)
}

/// Turns `picture` upright as a tag with that value says; an unknown value means upright.
pub(super) fn turned(picture: Picture, value: Option<u16>) -> Picture {
    let value = value.and_then(|value| u8::try_from(value).ok());
    of(value.and_then(Orientation::from_exif)).applied(picture)
}

/// What [`upright`] will do.
pub(super) fn turn(exif: Option<&[u8]>) -> Turn {
    of(exif.and_then(Orientation::from_exif_chunk))
}

fn of(orientation: Option<Orientation>) -> Turn {
    let [none, quarter, half, three_quarters] = Turn::QUARTERS;
    match orientation.unwrap_or(Orientation::NoTransforms) {
        Orientation::NoTransforms => none,
        Orientation::Rotate90 => quarter,
        Orientation::Rotate180 => half,
        Orientation::Rotate270 => three_quarters,
        Orientation::FlipHorizontal => Turn::MIRRORED,
        Orientation::FlipVertical => Turn::FLIPPED,
        Orientation::Rotate90FlipH => Turn {
            transposed: true,
            ..none
        },
        Orientation::Rotate270FlipH => Turn {
            transposed: true,
            ..half
        },
    }
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
        for (value, expected) in [
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
            let result = upright(stored, Some(&tiff(value)));
            assert_eq!(letters(&result), expected, "orientation {value}");
            let turned = result.size == Size::new(2, 3);
            assert_eq!(turned, value >= 5, "orientation {value}");

            let turn = turn(Some(&tiff(value)));
            let mut stored = picture(["abc", "def"]);
            if turn.transposed {
                stored = stored.transposed();
            }
            if turn.mirrored {
                stored.mirror();
            }
            if turn.flipped {
                stored.flip();
            }
            assert_eq!(stored, result, "orientation {value}: {turn:?}");
        }
    }

    #[test]
    fn damaged_exif_means_upright() {
        let stored = || picture(["abc", "def"]);
        let whole = tiff(6);
        let cut = (0..19).map(|length| &whole[..length]);
        let strange = [tiff(9), b"II*\0\xff\xff\xff\xff".to_vec()];
        for exif in cut.chain(strange.iter().map(Vec::as_slice)) {
            assert_eq!(upright(stored(), Some(exif)), stored(), "{exif:02x?}");
        }
        assert_eq!(upright(stored(), None), stored());
    }
}
