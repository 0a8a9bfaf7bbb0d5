//! Boxes of an ISO base media file, and the numbers in them. What is cut off is as if it were
//! not there: whoever needs it will miss it.
//!
//! Source: ISO/IEC 14496-12, section 4.2.

/// The boxes in `bytes`, each with its kind, without its header.
pub(super) fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (&[l0, l1, l2, l3, a, b, c, d], rest) = bytes.split_first_chunk()?;
        let (body, after) = match u32::from_be_bytes([l0, l1, l2, l3]) {
            // To the end of what it is in.
            0 => (rest, &[][..]),
            // A length of eight bytes follows.
            1 => {
                let (&length, rest) = rest.split_first_chunk()?;
                let length = usize::try_from(u64::from_be_bytes(length)).ok()?;
                rest.split_at_checked(length.checked_sub(16)?)?
            }
            length => rest.split_at_checked((length as usize).checked_sub(8)?)?,
        };
        bytes = after;
        Some(([a, b, c, d], body))
    })
}

/// The first box of that kind.
pub(super) fn first<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find_map(|(own, body)| (&own == kind).then_some(body))
}

/// Takes big-endian numbers from the front.
#[derive(Clone, Copy)]
pub(super) struct Numbers<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Numbers<'a> {
    /// The numbers of a box that begins with a version, and that version and its flags.
    pub(super) fn versioned(body: &'a [u8]) -> Option<(u8, u32, Self)> {
        let (&[version, f0, f1, f2], rest) = body.split_first_chunk()?;
        Some((version, u32::from_be_bytes([0, f0, f1, f2]), Self { rest }))
    }

    /// The next number, of 0 to 8 bytes.
    pub(super) fn take(&mut self, bytes: usize) -> Option<u64> {
        let (number, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(
            number
                .iter()
                .fold(0, |sum, &byte| sum << 8 | u64::from(byte)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_taken_in_all_three_ways_and_never_beyond_the_end() {
        let bytes = b"\0\0\0\x09abcd!\0\0\0\x01long\0\0\0\0\0\0\0\x12??\0\0\0\0lastrest";
        let kinds: Vec<_> = boxes(bytes).collect();
        let expected = [
            (*b"abcd", &b"!"[..]),
            (*b"long", b"??"),
            (*b"last", b"rest"),
        ];
        assert_eq!(kinds, expected);
        for broken in [
            &b"\0\0\0\x07abcd"[..],
            b"\0\0\0\x09abcd",
            b"\0\0\0\x01abcd\0\0\0\0\0\0\0\x0f",
            b"\0\0\0\x01abcd\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\0\0\0",
        ] {
            assert_eq!(boxes(broken).count(), 0, "{broken:?}");
        }
    }
}
