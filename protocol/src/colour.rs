//! A colour as a parameter: `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa` (the `#` may be left out,
//! because it must be escaped in a URL), or a name.

use crate::catalogue::ParameterKind;
use crate::codec::{Decode, Encode};
use crate::parameter::Parameter;

/// Red, green, blue, alpha; not premultiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Colour(pub [u8; 4]);

/// The sixteen names of HTML 4 and some that people expect beside them.
const NAMES: [(&str, u32); 28] = [
    ("black", 0x0000_00FF),
    ("silver", 0xC0C0_C0FF),
    ("gray", 0x8080_80FF),
    ("grey", 0x8080_80FF),
    ("white", 0xFFFF_FFFF),
    ("maroon", 0x8000_00FF),
    ("red", 0xFF00_00FF),
    ("purple", 0x8000_80FF),
    ("fuchsia", 0xFF00_FFFF),
    ("magenta", 0xFF00_FFFF),
    ("green", 0x0080_00FF),
    ("lime", 0x00FF_00FF),
    ("olive", 0x8080_00FF),
    ("yellow", 0xFFFF_00FF),
    ("navy", 0x0000_80FF),
    ("blue", 0x0000_FFFF),
    ("teal", 0x0080_80FF),
    ("aqua", 0x00FF_FFFF),
    ("cyan", 0x00FF_FFFF),
    ("orange", 0xFFA5_00FF),
    ("gold", 0xFFD7_00FF),
    ("pink", 0xFFC0_CBFF),
    ("brown", 0xA52A_2AFF),
    ("coral", 0xFF7F_50FF),
    ("salmon", 0xFA80_72FF),
    ("violet", 0xEE82_EEFF),
    ("indigo", 0x4B00_82FF),
    ("transparent", 0x0000_0000),
];

impl Colour {
    /// Nothing to be seen.
    pub const TRANSPARENT: Self = Self([0; 4]);
    /// Opaque black.
    pub const BLACK: Self = Self([0, 0, 0, 255]);
    /// Opaque white.
    pub const WHITE: Self = Self([255; 4]);

    fn from_hex(digits: &str) -> Option<Self> {
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        let doubled = |shift: u32| ((number >> shift & 0xF) * 0x11) as u8;
        Some(Self(match digits.len() {
            3 => [doubled(8), doubled(4), doubled(0), 255],
            4 => [doubled(12), doubled(8), doubled(4), doubled(0)],
            6 => (number << 8 | 0xFF).to_be_bytes(),
            8 => number.to_be_bytes(),
            _ => return None,
        }))
    }
}

impl Parameter for Colour {
    const KIND: ParameterKind = ParameterKind::Colour;

    fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let named = NAMES.iter().find(|(name, _)| *name == text);
        match named {
            Some((_, rgba)) => Some(Self(rgba.to_be_bytes())),
            None => Self::from_hex(text.strip_prefix('#').unwrap_or(&text)),
        }
    }

    fn show(&self) -> Option<String> {
        let rgba = u32::from_be_bytes(self.0);
        let named = NAMES.iter().find(|(_, known)| *known == rgba);
        Some(match named {
            Some((name, _)) => (*name).to_owned(),
            None if self.0[3] == 255 => format!("#{:06x}", rgba >> 8),
            None => format!("#{rgba:08x}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_in_css() {
        for (text, rgba) in [
            ("#f80", [255, 136, 0, 255]),
            ("f80", [255, 136, 0, 255]),
            ("#F80C", [255, 136, 0, 204]),
            ("#ff8800", [255, 136, 0, 255]),
            ("#ff8800cc", [255, 136, 0, 204]),
            ("White", [255; 4]),
            ("transparent", [0; 4]),
        ] {
            assert_eq!(Colour::parse(text), Some(Colour(rgba)), "{text}");
        }
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in [
            "", "#", "#ff", "#fffff", "+ff", "#+ff", "whit", "#ggg", "##fff", "#é1",
        ] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_shown_is_read_back_as_the_same_colour() {
        for rgba in NAMES
            .iter()
            .map(|(_, rgba)| *rgba)
            .chain([0x1234_5678, 0x1234_56FF])
        {
            let colour = Colour(rgba.to_be_bytes());
            let text = colour.show().unwrap_or_default();
            assert_eq!(Colour::parse(&text), Some(colour), "{text}");
        }
    }
}
