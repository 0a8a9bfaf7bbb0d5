//! The header of an anymap, and the words that headers and text rasters are made of.

use crate::decode::samples::Layout;
use crate::picture::Size;
use crate::refused::Refused;

/// How the samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Numbers in text.
    Words,
    /// Zeros and ones in text.
    Digits,
    /// Packed bits.
    Bits,
    /// One byte each, or two when the maximum needs them.
    Binary,
}

/// Everything before the pixels.
pub(super) struct Header<'a> {
    pub(super) size: Size,
    pub(super) coding: Coding,
    /// Samples of a pixel, 1 to 4.
    pub(super) channels: usize,
    /// The sample that means full intensity, at least 1.
    pub(super) most: u16,
    /// What follows the header.
    pub(super) raster: &'a [u8],
}

impl<'a> Header<'a> {
    pub(super) fn read(source: &'a [u8]) -> Result<Self, Refused> {
        let kind = source.get(1).copied().unwrap_or_default();
        let mut words = Words::new(source.get(2..).unwrap_or_default());
        let header = match kind {
            b'7' => Self::read_pam(&mut words),
            _ => Self::read_pnm(kind, &mut words),
        };
        header.ok_or_else(|| Refused::bad("PNM: the header makes no sense"))
    }

    pub(super) fn layout(&self) -> Layout {
        Layout::of(self.channels).unwrap_or(Layout::Grey)
    }

    fn read_pnm(kind: u8, words: &mut Words<'a>) -> Option<Self> {
        let size = Size::new(words.number()?, words.number()?);
        let most = match kind {
            b'1' | b'4' => 1,
            _ => most(words.number()?)?,
        };
        // Exactly one byte separates a binary raster from the header.
        let raster = words.rest.get(1..).unwrap_or_default();
        Some(Self {
            size,
            coding: match kind {
                b'1' => Coding::Digits,
                b'2' | b'3' => Coding::Words,
                b'4' => Coding::Bits,
                _ => Coding::Binary,
            },
            channels: if matches!(kind, b'3' | b'6') { 3 } else { 1 },
            most,
            raster,
        })
    }

    /// The depth alone tells the meaning of the samples, as the tuple types that are defined
    /// agree with it and others are nobody's.
    fn read_pam(words: &mut Words<'a>) -> Option<Self> {
        let (mut width, mut height, mut depth, mut maximum) = (None, None, None, None);
        loop {
            match words.word()? {
                b"WIDTH" => width = Some(words.number()?),
                b"HEIGHT" => height = Some(words.number()?),
                b"DEPTH" => depth = Some(words.number()?),
                b"MAXVAL" => maximum = Some(words.number()?),
                b"TUPLTYPE" => words.skip_line(),
                b"ENDHDR" => break,
                _ => return None,
            }
        }
        words.skip_line();
        let channels = depth? as usize;
        Layout::of(channels)?;
        Some(Self {
            size: Size::new(width?, height?),
            coding: Coding::Binary,
            channels,
            most: most(maximum?)?,
            raster: words.rest,
        })
    }
}

fn most(value: u32) -> Option<u16> {
    u16::try_from(value).ok().filter(|&most| most > 0)
}

/// Words between white space; from `#` to the end of the line is a comment.
pub(super) struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    /// The next word as a number.
    pub(super) fn number(&mut self) -> Option<u32> {
        let word = self.word()?;
        let digits = std::str::from_utf8(word).ok()?;
        match digits.bytes().all(|byte| byte.is_ascii_digit()) {
            true => digits.parse().ok(),
            false => None,
        }
    }

    /// The next zero or one.
    pub(super) fn digit(&mut self) -> Option<u8> {
        self.skip_space();
        let (&digit @ (b'0' | b'1'), rest) = self.rest.split_first()? else {
            return None;
        };
        self.rest = rest;
        Some(digit)
    }

    fn word(&mut self) -> Option<&'a [u8]> {
        self.skip_space();
        let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'#';
        let length = self.rest.iter().position(ends).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    fn skip_space(&mut self) {
        loop {
            self.rest = self.rest.trim_ascii_start();
            if !self.rest.starts_with(b"#") {
                return;
            }
            self.skip_line();
        }
    }

    /// To the beginning of the next line.
    fn skip_line(&mut self) {
        let end = self.rest.iter().position(|&byte| byte == b'\n');
        let next = end.map_or(self.rest.len(), |end| end + 1);
        self.rest = self.rest.get(next..).unwrap_or_default();
    }
}
