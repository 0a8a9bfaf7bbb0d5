//! How many frames an animated PNG really has, told by a walk over its chunks that decodes
//! nothing: the count in the header may be anything.
//!
//! Source: PNG, third edition, sections 11.3.6 (animation) and 5.3 (chunks).

/// The animation of a PNG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outline {
    /// Frames that are announced and there.
    pub(super) frames: u32,
    /// 0: for ever.
    pub(super) plays: u32,
}

impl Outline {
    /// `None` for a PNG that has no animation, or none left of it.
    pub(super) fn read(source: &[u8]) -> Option<Self> {
        let mut rest = source.get(8..)?;
        let (mut announced, mut there) = (None, 0_u32);
        while let Some((&[l0, l1, l2, l3, a, b, c, d], after)) = rest.split_first_chunk() {
            let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
            match &[a, b, c, d] {
                b"acTL" => announced = announced.or(after.first_chunk::<8>()),
                // Without an announcement before the pixels it is a still.
                b"IDAT" if announced.is_none() => return None,
                b"fcTL" => there += 1,
                b"IEND" => break,
                _ => {}
            }
            // The checksum follows.
            rest = after.get(length.saturating_add(4)..).unwrap_or_default();
        }
        let &[f0, f1, f2, f3, p0, p1, p2, p3] = announced?;
        let outline = Self {
            frames: u32::from_be_bytes([f0, f1, f2, f3]).min(there),
            plays: u32::from_be_bytes([p0, p1, p2, p3]),
        };
        (outline.frames > 0).then_some(outline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32).to_be_bytes()[..], kind, body, &[0; 4]].concat()
    }

    fn outline(chunks: &[Vec<u8>]) -> Option<Outline> {
        Outline::read(&[&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat())
    }

    #[test]
    fn only_frames_that_are_announced_and_there_count() {
        let announced = chunk(b"acTL", &[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 7]);
        let one = chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
        let (frame, pixels) = (chunk(b"fcTL", &[0; 26]), chunk(b"IDAT", &[1]));
        let two = [
            announced.clone(),
            frame.clone(),
            pixels.clone(),
            frame.clone(),
        ];
        assert_eq!(
            outline(&two),
            Some(Outline {
                frames: 2,
                plays: 7
            })
        );
        let fewer = [one, frame.clone(), pixels.clone(), frame.clone()];
        assert_eq!(
            outline(&fewer),
            Some(Outline {
                frames: 1,
                plays: 0
            })
        );
        assert_eq!(outline(&[announced.clone(), pixels.clone()]), None);
        assert_eq!(
            outline(&[pixels, announced, frame]),
            None,
            "announced too late"
        );
        assert_eq!(outline(&[]), None);
    }

    #[test]
    fn a_length_beyond_the_end_ends_the_walk() {
        let mut long = chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
        long[..4].fill(0xff);
        assert_eq!(outline(&[long, chunk(b"fcTL", &[])]), None);
    }
}
