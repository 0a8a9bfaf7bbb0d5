//! What of a plane is there already: LZ77 with few places to look at. What is alike in a mask lies
//! to the left, above, or above and a pixel aside; what else there is, a hash table finds.
//!
//! Source: J. Ziv, A. Lempel, "A universal algorithm for sequential data compression", 1977; for
//! the numbers of near distances as in [`prefix`](super::prefix), section 5.2.2.

/// Longest copy.
const LENGTH_MAX: usize = 4096;
/// Farthest one: what the longest code for a distance can say.
const DISTANCE_MAX: usize = (1 << 20) - NEAR_CODES;
/// Numbers of distances that mean a place nearby.
const NEAR_CODES: usize = 120;
/// So much longer a far one must be than a near one.
const FAR_MORE: usize = 4;
/// After a copy that long nothing longer is looked for.
const ENOUGH: usize = 64;
/// Bytes that are hashed.
const HASHED: usize = 4;
/// Slots of the table, as a power of two: as many as there are values, within bounds.
const SLOTS_BITS_MIN: u32 = 4;
const SLOTS_BITS_MAX: u32 = 14;

/// From which length on a copy is worth it. One from elsewhere takes more bits than one from nearby.
#[derive(Clone, Copy)]
pub(super) struct Worth {
    near: usize,
    far: usize,
}

impl Worth {
    /// Where single values take many bits.
    pub(super) const SHORT: Self = Self { near: 3, far: 7 };
    /// Where they take few, or stand for many pixels.
    pub(super) const LONG: Self = Self { near: 8, far: 16 };
}

/// A part of the plane.
pub(super) enum Token {
    Literal(u8),
    /// So many as stood there, by the format's number of a distance.
    Copy {
        length: usize,
        distance: usize,
    },
}

/// Gives all parts of `values`, of rows of `width`, to `take`.
pub(super) fn parts(values: &[u8], width: usize, worth: Worth, mut take: impl FnMut(Token)) {
    let near = [(2, 1), (1, width), (3, width + 1), (4, width - 1)];
    // Behind the last place where something hashed alike began.
    let slots_bits = values.len().max(1).ilog2();
    let slots_bits = slots_bits.clamp(SLOTS_BITS_MIN, SLOTS_BITS_MAX);
    let mut places = vec![0_u32; 1 << slots_bits];
    let mut at = 0;
    while at < values.len() {
        let (mut length, mut code) = (0, 0);
        for (near_code, distance) in near {
            if (1..=at).contains(&distance) && length < ENOUGH {
                let found = alike(values, at - distance, at);
                if found > length {
                    (length, code) = (found, near_code);
                }
            }
        }
        if length < ENOUGH
            && let Some(hashed) = values[at..].first_chunk::<HASHED>()
        {
            let place = &mut places[slot(*hashed, slots_bits)];
            let before = std::mem::replace(place, at as u32 + 1) as usize;
            let distance = (at + 1).saturating_sub(before);
            if before > 0 && distance <= DISTANCE_MAX {
                let found = alike(values, before - 1, at);
                if found >= worth.far && found >= length + FAR_MORE {
                    (length, code) = (found, distance + NEAR_CODES);
                }
            }
        }
        if length >= worth.near {
            take(Token::Copy {
                length,
                distance: code,
            });
            at += length;
        } else {
            take(Token::Literal(values[at]));
            at += 1;
        }
    }
}

fn slot(hashed: [u8; HASHED], slots_bits: u32) -> usize {
    // Knuth's multiplicative hashing: 2³² divided by the golden ratio.
    (u32::from_le_bytes(hashed).wrapping_mul(0x9e37_79b1) >> (32 - slots_bits)) as usize
}

/// How far what begins at `before` is as what begins at `at`.
fn alike(values: &[u8], before: usize, at: usize) -> usize {
    let end = values.len().min(at + LENGTH_MAX);
    let (new, old) = (&values[at..end], &values[before..]);
    let mut length = 0;
    for (new, old) in new.as_chunks::<8>().0.iter().zip(old.as_chunks::<8>().0) {
        let differ = u64::from_le_bytes(*new) ^ u64::from_le_bytes(*old);
        if differ != 0 {
            return length + differ.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    let rest = new[length..].iter().zip(&old[length..]);
    length + rest.take_while(|(new, old)| new == old).count()
}
