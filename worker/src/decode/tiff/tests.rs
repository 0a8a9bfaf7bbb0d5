//! TIFFs made by hand: one strip, not compressed.

use protocol::Reason;

use super::*;
use crate::decode::tests::LIMITS;

const GREY: u16 = 1;
const RGB: u16 = 2;
const TABLE: u16 = 3;
const INKS: u16 = 5;

/// What a made file says of itself.
struct Made<'a> {
    size: (u16, u16),
    bits: u16,
    channels: u16,
    photometric: u16,
    /// Further tags, of short values, or others instead of the plain ones.
    tags: &'a [(u16, &'a [u16])],
    samples: &'a [u8],
}

impl Made<'_> {
    /// Little-endian: header, samples, values, directory.
    fn bytes(&self) -> Vec<u8> {
        let mut file = b"II*\0\0\0\0\0".to_vec();
        file.extend(self.samples);
        let bits = vec![self.bits; self.channels.into()];
        let length = [self.samples.len() as u16];
        let mut tags: Vec<(u16, &[u16])> = vec![
            (256, std::slice::from_ref(&self.size.0)),
            (257, std::slice::from_ref(&self.size.1)),
            (258, &bits),
            (259, &[1]),
            (262, std::slice::from_ref(&self.photometric)),
            (273, &[8]),
            (277, std::slice::from_ref(&self.channels)),
            (278, std::slice::from_ref(&self.size.1)),
            (279, &length),
        ];
        tags.retain(|(tag, _)| self.tags.iter().all(|(own, _)| own != tag));
        tags.extend(self.tags);
        tags.sort_by_key(|(tag, _)| *tag);
        let mut directory = (tags.len() as u16).to_le_bytes().to_vec();
        for (tag, values) in tags {
            directory.extend(
                [tag, 3, values.len() as u16, 0]
                    .map(u16::to_le_bytes)
                    .concat(),
            );
            let mut bytes: Vec<u8> = values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect();
            if bytes.len() > 4 {
                let offset = file.len() as u32;
                file.extend(bytes);
                bytes = offset.to_le_bytes().to_vec();
            }
            bytes.resize(4, 0);
            directory.extend(bytes);
        }
        let offset = file.len() as u32;
        file[4..8].copy_from_slice(&offset.to_le_bytes());
        file.extend(directory);
        file.extend([0; 4]);
        file
    }

    fn pixels(&self) -> Vec<u8> {
        decode(&self.bytes(), &LIMITS).unwrap().pixels
    }
}

const PLAIN: Made<'_> = Made {
    size: (1, 1),
    bits: 8,
    channels: 1,
    photometric: GREY,
    tags: &[],
    samples: &[],
};

#[test]
fn grey_of_every_depth_is_read() {
    for (bits, samples, expected) in [
        (1, &[0b0100_0000][..], [0, 255]),
        (2, &[0b0110_0000], [85, 170]),
        (4, &[0x1f], [17, 255]),
        (8, &[1, 2], [1, 2]),
        (16, &[0x80, 0, 0xff, 0xff], [0, 255]),
    ] {
        let made = Made {
            size: (2, 1),
            bits,
            samples,
            ..PLAIN
        };
        let shades: Vec<u8> = made.pixels().chunks(4).map(|pixel| pixel[0]).collect();
        assert_eq!(shades, expected, "{bits} bits");
    }
}

#[test]
fn colours_alpha_and_planes_are_read() {
    let rgb = Made {
        photometric: RGB,
        channels: 3,
        ..PLAIN
    };
    assert_eq!(
        Made {
            samples: &[1, 2, 3],
            ..rgb
        }
        .pixels(),
        [1, 2, 3, 255]
    );
    let planes: &[(u16, &[u16])] = &[(284, &[2]), (273, &[8, 10, 12]), (279, &[2, 2, 2])];
    let planar = Made {
        size: (2, 1),
        tags: planes,
        samples: &[1, 4, 2, 5, 3, 6],
        ..rgb
    };
    assert_eq!(planar.pixels(), [1, 2, 3, 255, 4, 5, 6, 255]);
    let rgba = Made {
        channels: 4,
        samples: &[50, 0, 25, 100],
        ..rgb
    };
    assert_eq!(
        Made {
            tags: &[(338, &[2])],
            ..rgba
        }
        .pixels(),
        [50, 0, 25, 100]
    );
    assert_eq!(
        Made {
            tags: &[(338, &[1])],
            ..rgba
        }
        .pixels(),
        [128, 0, 64, 100]
    );
    assert_eq!(
        Made {
            tags: &[(338, &[0])],
            ..rgba
        }
        .pixels()[3],
        255
    );
    let grey = Made {
        channels: 2,
        tags: &[(338, &[2])],
        samples: &[9, 77],
        ..PLAIN
    };
    assert_eq!(grey.pixels(), [9, 9, 9, 77]);
}

#[test]
fn indices_are_looked_up() {
    let table: Vec<u16> = (0..48).map(|at| at * 257).collect();
    let made = Made {
        size: (2, 1),
        bits: 4,
        photometric: TABLE,
        tags: &[(320, &table)],
        samples: &[0x0f],
        ..PLAIN
    };
    assert_eq!(made.pixels(), [0, 16, 32, 255, 15, 31, 47, 255]);
    let short = Made {
        tags: &[(320, &table[..47])],
        ..made
    };
    assert_eq!(
        decode(&short.bytes(), &LIMITS).unwrap_err().reason,
        Reason::BadImage
    );
}

#[test]
fn inks_darken_the_paper() {
    let made = Made {
        photometric: INKS,
        channels: 4,
        samples: &[0, 127, 255, 0],
        ..PLAIN
    };
    assert_eq!(made.pixels(), [255, 128, 0, 255]);
}

#[test]
fn the_orientation_is_applied() {
    let made = Made {
        size: (2, 1),
        tags: &[(274, &[6])],
        samples: &[1, 2],
        ..PLAIN
    };
    let picture = decode(&made.bytes(), &LIMITS).unwrap();
    assert_eq!(picture.size, Size::new(1, 2));
}

#[test]
fn a_file_that_ends_early_is_a_bad_image() {
    let whole = Made {
        samples: &[7],
        ..PLAIN
    }
    .bytes();
    assert!(decode(&whole, &LIMITS).is_ok());
    for length in 4..whole.len() - 4 {
        let refused = decode(&whole[..length], &LIMITS).unwrap_err();
        assert_eq!(refused.reason, Reason::BadImage, "{length} bytes");
    }
}

#[test]
fn the_size_is_limited_before_any_pixel() {
    let made = Made {
        size: (60_000, 60_000),
        ..PLAIN
    };
    let refused = decode(&made.bytes(), &LIMITS).unwrap_err();
    assert!(matches!(refused.reason, Reason::TooLarge(_)));
    let empty = Made {
        size: (0, 1),
        ..PLAIN
    };
    assert_eq!(
        decode(&empty.bytes(), &LIMITS).unwrap_err().reason,
        Reason::BadImage
    );
}
