//! The transparency of a lossy picture.
//!
//! Source: WebP Container Specification (RFC 9649, section 2.7.1.2).

use super::lossless;
use crate::picture::Size;
use crate::refused::Refused;

/// The plane of a picture of that size in an `ALPH` chunk, of width × height × 1.
pub(super) fn decode(chunk: &[u8], size: Size) -> Result<Vec<u8>, Refused> {
    let (settings, data) = chunk.split_first().ok_or_else(ends_early)?;
    // Of what was done to the values before they were coded nothing can be undone.
    if settings >> 4 & 3 > 1 {
        return Err(Refused::bad(
            "WebP: transparency prepared in an unknown way",
        ));
    }
    let mut plane = match settings & 3 {
        0 => {
            let plane = data.get(..size.pixels() as usize);
            plane.ok_or_else(ends_early)?.to_vec()
        }
        1 => lossless::decode_values(data, size)?,
        _ => return Err(Refused::bad("WebP: transparency coded in an unknown way")),
    };
    let width = size.width as usize;
    match settings >> 2 & 3 {
        0 => {}
        1 => undo(&mut plane, width, |left, _, _| left),
        2 => undo(&mut plane, width, |_, above, _| above),
        _ => undo(&mut plane, width, |left, above, corner| {
            let foretold = i16::from(left) + i16::from(above) - i16::from(corner);
            foretold.clamp(0, 255) as u8
        }),
    }
    Ok(plane)
}

/// Adds what is foretold of each value by those to the left, above, and above to the left. The first row
/// has only those to the left, the first column only those above.
fn undo(plane: &mut [u8], width: usize, foretold: impl Fn(u8, u8, u8) -> u8) {
    let mut above: &[u8] = &[];
    for row in plane.chunks_exact_mut(width) {
        let mut left = above.first().copied().unwrap_or(0);
        if above.is_empty() {
            for value in row.iter_mut() {
                *value = value.wrapping_add(left);
                left = *value;
            }
        } else {
            row[0] = row[0].wrapping_add(left);
            left = row[0];
            for (value, corner) in row[1..].iter_mut().zip(above.windows(2)) {
                *value = value.wrapping_add(foretold(left, corner[1], corner[0]));
                left = *value;
            }
        }
        above = row;
    }
}

fn ends_early() -> Refused {
    Refused::bad("WebP: its transparency ends early")
}
