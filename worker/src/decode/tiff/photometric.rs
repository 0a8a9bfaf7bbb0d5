//! The one tag of a TIFF directory that is written over before decoding.

/// Value 262 of a directory: what the samples mean.
const PHOTOMETRIC: u16 = 262;

/// Sets what the samples of the first picture mean; `None` where the tag cannot be found, as in
/// a BigTIFF.
pub(super) fn set(file: &mut [u8], meaning: u16) -> Option<()> {
    let little = file.starts_with(b"II");
    let u16_at = |file: &[u8], at: usize| {
        let bytes = *file.get(at..)?.first_chunk()?;
        Some(if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    if u16_at(file, 2)? != 42 {
        return None;
    }
    let offset = *file.get(4..)?.first_chunk()?;
    let directory = if little {
        u32::from_le_bytes(offset)
    } else {
        u32::from_be_bytes(offset)
    };
    let directory = directory as usize;
    let count = usize::from(u16_at(file, directory)?);
    let mut entries = (0..count).map(|index| directory + 2 + 12 * index);
    let entry = entries.find(|&entry| u16_at(file, entry) == Some(PHOTOMETRIC))?;
    let value = file.get_mut(entry + 8..entry + 10)?;
    value.copy_from_slice(&if little {
        meaning.to_le_bytes()
    } else {
        meaning.to_be_bytes()
    });
    Some(())
}
