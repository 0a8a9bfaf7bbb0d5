//! Whether a file is sound from its first pixels to its end, before any of them is inflated.

/// What may stand behind the pixels and means nothing to them. Everything else there is left to
/// the whole decoder: an orientation counts, other metadata come too late.
const MEANINGLESS: [&[u8; 4]; 4] = [b"tEXt", b"zTXt", b"iTXt", b"tIME"];

/// The contents of the chunks of pixels: one after the other in `source`, whole and unharmed
/// like all that follows, up to the last chunk. What lies behind that is nobody's business.
pub(super) fn data(source: &[u8]) -> Option<Vec<&[u8]>> {
    let mut rest = source.get(8..)?;
    let mut found = Vec::new();
    loop {
        let chunk = Chunk::read(&mut rest)?;
        match chunk.kind {
            b"IDAT" if chunk.is_sound() => found.push(chunk.contents),
            // What stands before the pixels has been judged.
            b"IDAT" => return None,
            _ if found.is_empty() => {}
            _ => return ends(chunk, rest).then_some(found),
        }
    }
}

/// Whether there are only texts, all of them sound, before the last chunk.
fn ends<'a>(mut chunk: Chunk<'a>, mut rest: &'a [u8]) -> bool {
    while MEANINGLESS.contains(&chunk.kind) && chunk.is_sound() {
        match Chunk::read(&mut rest) {
            Some(next) => chunk = next,
            None => return false,
        }
    }
    chunk.kind == b"IEND" && chunk.contents.is_empty() && chunk.is_sound()
}

struct Chunk<'a> {
    kind: &'a [u8; 4],
    contents: &'a [u8],
    /// Of kind and contents, as the file has it.
    checksum: u32,
}

impl<'a> Chunk<'a> {
    /// Takes the first chunk off `rest`, if it is there whole.
    fn read(rest: &mut &'a [u8]) -> Option<Self> {
        let (length, after) = rest.split_first_chunk()?;
        let (kind, after) = after.split_first_chunk()?;
        let (contents, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let (checksum, after) = after.split_first_chunk()?;
        *rest = after;
        Some(Self {
            kind,
            contents,
            checksum: u32::from_be_bytes(*checksum),
        })
    }

    /// Whether the checksum is right; fuzzing would find none that are.
    fn is_sound(&self) -> bool {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(self.kind);
        hasher.update(self.contents);
        hasher.finalize() == self.checksum || cfg!(fuzzing)
    }
}
