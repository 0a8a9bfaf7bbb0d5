//! GIF's blocks. Every number is handed over in its own width, so that nothing can fail here but
//! the writing itself.
//!
//! Source: "Graphics Interchange Format, Version 89a", CompuServe, 1990; the loop count as
//! Netscape's browser introduced it.

use std::io::{self, Write};

use super::palette::Colour;

/// Bytes of a sub-block at most.
const SUB_BLOCK: usize = 255;

/// What stands before a frame's codes.
pub(super) struct Image<'a> {
    /// Hundredths of a second.
    pub(super) delay: u16,
    /// What becomes of its rectangle after it: 1, it stays; 2, it becomes transparent; 3, it becomes
    /// what it was before.
    pub(super) disposal: u8,
    /// Every eighth row first.
    pub(super) interlaced: bool,
    /// The index that draws nothing.
    pub(super) transparent: Option<u8>,
    pub(super) left: u16,
    pub(super) top: u16,
    pub(super) width: u16,
    pub(super) height: u16,
    /// `None`: the global one. At most 256 colours.
    pub(super) table: Option<&'a [Colour]>,
    /// Bits of an index, 2 to 8.
    pub(super) index_bits: u8,
    pub(super) codes: &'a [u8],
}

/// The header, the global table and, unless the animation plays once, how often it is repeated.
pub(super) fn begin(
    output: &mut impl Write,
    width: u16,
    height: u16,
    table: &[Colour],
    repeats: Option<u16>,
) -> io::Result<()> {
    let [w0, w1] = width.to_le_bytes();
    let [h0, h1] = height.to_le_bytes();
    output.write_all(b"GIF89a")?;
    // Colours of 8 bits were the source's; no background, no aspect ratio.
    output.write_all(&[w0, w1, h0, h1, 0xf0 | table_bits(table), 0, 0])?;
    write_table(output, table)?;
    if let Some(repeats) = repeats {
        let [r0, r1] = repeats.to_le_bytes();
        output.write_all(b"\x21\xff\x0bNETSCAPE2.0\x03\x01")?;
        output.write_all(&[r0, r1, 0])?;
    }
    Ok(())
}

/// One frame.
pub(super) fn image(output: &mut impl Write, image: &Image<'_>) -> io::Result<()> {
    let [d0, d1] = image.delay.to_le_bytes();
    let flags = image.disposal << 2 | u8::from(image.transparent.is_some());
    let transparent = image.transparent.unwrap_or(0);
    output.write_all(&[0x21, 0xf9, 4, flags, d0, d1, transparent, 0, 0x2c])?;
    for place in [image.left, image.top, image.width, image.height] {
        output.write_all(&place.to_le_bytes())?;
    }
    let rows = if image.interlaced { 0x40 } else { 0 };
    match image.table {
        None => output.write_all(&[rows])?,
        Some(table) => {
            output.write_all(&[0x80 | rows | table_bits(table)])?;
            write_table(output, table)?;
        }
    }
    output.write_all(&[image.index_bits])?;
    for block in image.codes.chunks(SUB_BLOCK) {
        output.write_all(&[block.len() as u8])?;
        output.write_all(block)?;
    }
    output.write_all(&[0])
}

/// The end of the file.
pub(super) fn end(output: &mut impl Write) -> io::Result<()> {
    output.write_all(b";")
}

/// A table of `n` colours is stored as one of 2 to the power of this and one more.
fn table_bits(table: &[Colour]) -> u8 {
    let bits = table.len().max(2).next_power_of_two().trailing_zeros();
    (bits - 1) as u8
}

fn write_table(output: &mut impl Write, table: &[Colour]) -> io::Result<()> {
    output.write_all(table.as_flattened())?;
    let stored = 2_usize << table_bits(table);
    for _ in table.len()..stored {
        output.write_all(&[0; 3])?;
    }
    Ok(())
}
