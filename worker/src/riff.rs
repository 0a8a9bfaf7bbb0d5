//! Chunks, of which a WebP is made as every RIFF file is: a name, a length, data, and what fills
//! it up, because chunks begin at even places.

use std::fmt;

/// The name of a chunk.
pub(crate) type Kind = [u8; 4];

/// The file ends within a chunk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Torn;

impl fmt::Display for Torn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebP: the file ends within a chunk")
    }
}

/// The chunks of `body`, up to the first that is not whole.
pub(crate) fn chunks(mut body: &[u8]) -> impl Iterator<Item = Result<(Kind, &[u8]), Torn>> {
    std::iter::from_fn(move || {
        let (&[a, b, c, d, l0, l1, l2, l3], rest) = body.split_first_chunk()?;
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        let Some(data) = rest.get(..length) else {
            body = &[];
            return Some(Err(Torn));
        };
        body = rest.get(length.next_multiple_of(2)..).unwrap_or_default();
        Some(Ok(([a, b, c, d], data)))
    })
}

/// What stands before `data` in a chunk. Its length fits: it is a part of a file whose length does.
pub(crate) fn head(kind: &Kind, data: &[u8]) -> [u8; 8] {
    let [a, b, c, d] = *kind;
    let [l0, l1, l2, l3] = (data.len() as u32).to_le_bytes();
    [a, b, c, d, l0, l1, l2, l3]
}

/// What stands behind `data` in a chunk.
pub(crate) fn filling(data: &[u8]) -> &'static [u8] {
    &[0][..data.len() % 2]
}

/// Appends a chunk.
pub(crate) fn push(bytes: &mut Vec<u8>, kind: &Kind, data: &[u8]) {
    bytes.extend(head(kind, data));
    bytes.extend_from_slice(data);
    bytes.extend_from_slice(filling(data));
}
