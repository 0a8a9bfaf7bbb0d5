//! Tells formats apart by their first bytes. Knows more formats than are read, so that a
//! caller hears "not supported" and not "no image" about a sound file.

/// What a file is, as far as its first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Avif,
    Bmp,
    Gif,
    Ico,
    Jpeg,
    Png,
    Pnm,
    Qoi,
    Tiff,
    WebP,
    /// A known format that is not read here, by name.
    Unread(&'static str),
    Unknown,
}

/// How far into a text the root element of an SVG is looked for: past an XML declaration,
/// a licence comment and a document type.
const SVG_PROLOGUE_BYTES: usize = 4096;

/// (offset, magic, name) of formats that are known but not read.
const UNREAD: &[(usize, &[u8], &str)] = &[
    (4, b"ftyp", "an ISO media file other than AVIF (HEIF, MP4)"),
    (0, b"\0\0\x02\0", "CUR"),
    (0, b"8BPS", "PSD"),
    (0, b"%PDF-", "PDF"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"\x76\x2f\x31\x01", "OpenEXR"),
    (0, b"DDS ", "DDS"),
    (0, b"farbfeld", "farbfeld"),
    (0, b"#?RADIANCE", "Radiance HDR"),
    (0, b"\x8aMNG\r\n\x1a\n", "MNG"),
    (0, b"\x1a\x45\xdf\xa3", "a Matroska or WebM video"),
];

/// (first bytes, format) of those that are read and told by them alone.
const READ: &[(&[u8], Format)] = &[
    (b"\x89PNG\r\n\x1a\n", Format::Png),
    // Two bytes: whatever follows a start of image, it was meant to be a JPEG.
    (b"\xff\xd8", Format::Jpeg),
    (b"GIF87a", Format::Gif),
    (b"GIF89a", Format::Gif),
    (b"II*\0", Format::Tiff),
    (b"MM\0*", Format::Tiff),
    (b"II+\0", Format::Tiff),
    (b"MM\0+", Format::Tiff),
    (b"\0\0\x01\0", Format::Ico),
    (b"qoif", Format::Qoi),
];

/// The format of `source`.
pub(super) fn sniff(source: &[u8]) -> Format {
    if let Some((_, format)) = READ.iter().find(|(magic, _)| source.starts_with(magic)) {
        return *format;
    }
    if source.starts_with(b"RIFF") && source.get(8..12) == Some(b"WEBP") {
        return Format::WebP;
    }
    if is_avif(source) {
        return Format::Avif;
    }
    let known = UNREAD.iter().find(|(offset, magic, _)| {
        source
            .get(*offset..)
            .is_some_and(|rest| rest.starts_with(magic))
    });
    match known {
        Some((_, _, name)) => Format::Unread(name),
        None if is_bmp(source) => Format::Bmp,
        None if is_pnm(source) => Format::Pnm,
        None if is_svg(source) => Format::Unread("SVG"),
        None => Format::Unknown,
    }
}

/// The brand may stand first or among those that the file agrees with.
fn is_avif(source: &[u8]) -> bool {
    let Some(&[l0, l1, l2, l3, b'f', b't', b'y', b'p']) = source.first_chunk() else {
        return false;
    };
    let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
    let brands = source.get(8..length.min(source.len())).unwrap_or_default();
    let brands = brands.as_chunks::<4>().0;
    brands
        .iter()
        .any(|brand| matches!(brand, b"avif" | b"avis"))
}

/// "BM" alone begins too many texts; the size of the information header must be a known one.
fn is_bmp(source: &[u8]) -> bool {
    let Some(&[b'B', b'M', .., a, b, c, d]) = source.first_chunk::<18>() else {
        return false;
    };
    matches!(
        u32::from_le_bytes([a, b, c, d]),
        12 | 16 | 40 | 52 | 56 | 64 | 108 | 124
    )
}

fn is_pnm(source: &[u8]) -> bool {
    matches!(source, [b'P', b'1'..=b'7', space, ..] if space.is_ascii_whitespace())
}

fn is_svg(source: &[u8]) -> bool {
    let text = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    let text = text.trim_ascii_start();
    let prologue = text.get(..SVG_PROLOGUE_BYTES).unwrap_or(text);
    let xml = [&b"<?xml"[..], b"<!--", b"<!DOCTYPE svg", b"<svg"];
    xml.iter().any(|start| prologue.starts_with(start))
        && prologue.windows(4).any(|window| window == b"<svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_told_by_its_first_bytes() {
        for (bytes, format) in [
            (&b"\x89PNG\r\n\x1a\n"[..], Format::Png),
            (b"\xff\xd8", Format::Jpeg),
            (b"GIF89a", Format::Gif),
            (b"\0\0\0\x14ftypmif1\0\0\0\0avif", Format::Avif),
            (b"RIFF\0\0\0\0WEBP", Format::WebP),
            (b"P6\n1 1\n", Format::Pnm),
            (
                b"<?xml version='1.0'?>\n<!-- c -->\n<svg/>",
                Format::Unread("SVG"),
            ),
            (b"\xef\xbb\xbf <svg/>", Format::Unread("SVG")),
        ] {
            assert_eq!(sniff(bytes), format, "{bytes:?}");
        }
    }

    #[test]
    fn texts_and_archives_are_no_images() {
        for bytes in [
            &b""[..],
            b"G",
            b"GIF88a",
            b"\x89PNG\r\n\x1a",
            b"BMW is a car maker from Bavaria",
            b"{\"error\": 1}",
            b"<!doctype html><svg></svg>",
            b"<?xml version='1.0'?><html/>",
            b"\x1f\x8b\x08\0",
        ] {
            assert_eq!(sniff(bytes), Format::Unknown, "{bytes:?}");
        }
    }
}
