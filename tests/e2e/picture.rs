//! Pictures as the tests measure them: RGBA pixels, and how close two of them are.

use std::collections::HashSet;

use ring::digest::{SHA256, digest};

/// Non-premultiplied RGBA, eight bits each.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) rgba: Vec<u8>,
}

pub(crate) type Pixel = [u8; 4];

impl Picture {
    pub(crate) fn new(width: usize, height: usize, rgba: Vec<u8>) -> Self {
        assert_eq!(rgba.len(), width * height * 4, "{width}x{height}");
        Self {
            width,
            height,
            rgba,
        }
    }

    /// A picture whose pixel at x, y is `pixel(x, y)`.
    pub(crate) fn painted(
        width: usize,
        height: usize,
        pixel: impl Fn(usize, usize) -> Pixel,
    ) -> Self {
        let rgba = (0..width * height)
            .flat_map(|at| pixel(at % width, at / width))
            .collect();
        Self::new(width, height, rgba)
    }

    pub(crate) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    pub(crate) fn pixel(&self, x: usize, y: usize) -> Pixel {
        let at = (y * self.width + x) * 4;
        [0, 1, 2, 3].map(|channel| self.rgba[at + channel])
    }

    pub(crate) fn pixels(&self) -> impl Iterator<Item = &Pixel> {
        self.rgba.as_chunks().0.iter()
    }

    /// Each pixel replaced.
    pub(crate) fn mapped(&self, change: impl Fn(Pixel) -> Pixel) -> Self {
        let rgba = self.pixels().flat_map(|&pixel| change(pixel)).collect();
        Self::new(self.width, self.height, rgba)
    }

    /// With what nobody can see, the colours of fully transparent pixels, set to zero.
    pub(crate) fn visible(&self) -> Self {
        self.mapped(|pixel| if pixel[3] == 0 { [0; 4] } else { pixel })
    }

    /// As a GIF can hold it: each pixel opaque or, below half, transparent.
    pub(crate) fn thresholded(&self) -> Self {
        self.mapped(|[red, green, blue, alpha]| match alpha {
            128.. => [red, green, blue, 255],
            _ => [0; 4],
        })
    }

    /// Whether a GIF's one table of 256 colours (transparent being one) holds the picture.
    pub(crate) fn fits_one_palette(&self) -> bool {
        let mut colours = HashSet::new();
        self.pixels()
            .all(|pixel| colours.contains(pixel) || (colours.insert(pixel) && colours.len() <= 256))
    }

    /// Whether the same pixels are fully transparent in both.
    pub(crate) fn same_mask(&self, other: &Self) -> bool {
        self.size() == other.size()
            && self
                .pixels()
                .zip(other.pixels())
                .all(|(one, two)| (one[3] == 0) == (two[3] == 0))
    }

    /// Peak signal-to-noise ratio in dB of the colours of the pixels that are opaque in both;
    /// infinite where nothing differs.
    pub(crate) fn psnr(&self, other: &Self) -> f64 {
        assert_eq!(self.size(), other.size());
        if self.rgba == other.rgba {
            return f64::INFINITY;
        }
        let (mut squares, mut samples) = (0_u64, 0_u64);
        for (one, two) in self.pixels().zip(other.pixels()) {
            if one[3] == 255 && two[3] == 255 {
                for channel in 0..3 {
                    squares += u64::from(one[channel].abs_diff(two[channel])).pow(2);
                }
                samples += 3;
            }
        }
        if squares == 0 {
            return f64::INFINITY;
        }
        10.0 * (255.0 * 255.0 * samples as f64 / squares as f64).log10()
    }

    /// SHA-256 of the raw RGBA, in hex.
    pub(crate) fn sha256(&self) -> String {
        sha256(&self.rgba)
    }

    /// Where the two first differ, for messages.
    pub(crate) fn first_difference(&self, other: &Self) -> String {
        if self.size() != other.size() {
            return format!("{:?} is not {:?}", self.size(), other.size());
        }
        let mut pairs = self.pixels().zip(other.pixels());
        match pairs.position(|(one, two)| one != two) {
            None => "no difference".to_owned(),
            Some(at) => {
                let (x, y) = (at % self.width, at / self.width);
                let (one, two) = (self.pixel(x, y), other.pixel(x, y));
                format!("at {x}, {y}: {one:?} is not {two:?}")
            }
        }
    }
}

/// SHA-256 in hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    digest.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

/// Fails with the first differing pixel unless both are the same.
#[track_caller]
pub(crate) fn assert_same(actual: &Picture, expected: &Picture, what: &str) {
    assert!(
        actual == expected,
        "{what}: {}",
        actual.first_difference(expected)
    );
}
