//! Bytes that no honest worker sends: chosen ones by name, and random ones by number.

use protocol::frame::PRELUDE_BYTES;

use crate::reply_bytes;

const MAGIC: [u8; 2] = [0xFF, 0xAF];

/// How many frames one number stands for.
const FRAMES: u64 = 250;

/// So many frames that are wrong at random, the same for the same seed. The gateway stops at the
/// first that it cannot read; the longer ones above all do what it must not wait for.
pub(crate) fn random_frames(seed: u64, id: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..FRAMES)
        .flat_map(|_| random_frame(&mut random, id))
        .collect()
}

fn random_frame(random: &mut fastrand::Rng, id: u64) -> Vec<u8> {
    let noise = |random: &mut fastrand::Rng, most: usize| -> Vec<u8> {
        let length = random.usize(0..=most);
        std::iter::repeat_with(|| random.u8(..))
            .take(length)
            .collect()
    };
    match random.u8(..4) {
        0 => noise(random, 64),
        1 => {
            // The outside is right.
            let header = noise(random, 64);
            let body = noise(random, 64);
            let mut frame = MAGIC.to_vec();
            frame.extend([random.u8(..8), 0]);
            frame.extend((header.len() as u32).to_le_bytes());
            frame.extend((body.len() as u64).to_le_bytes());
            [frame, header, body].concat()
        }
        2 => {
            // All of it is right but for a few bits.
            let mut frame = reply_bytes(id, b"a picture");
            for _ in 0..random.usize(1..8) {
                let at = random.usize(..frame.len());
                frame[at] ^= 1 << random.u8(..8);
            }
            frame
        }
        _ => {
            let mut frame = reply_bytes(id, b"a picture");
            frame.truncate(random.usize(..frame.len()));
            frame
        }
    }
}

/// Bytes that no honest worker sends, by name. A prelude is magic, kind, flags, header length
/// (4 bytes), body length (8 bytes).
pub(crate) fn raw(name: &str, id: u64) -> Vec<u8> {
    const REPLY: u8 = 4;
    const REFUSAL: u8 = 5;
    let prelude = |kind: u8, header: u32, body: u64| {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([kind, 0]);
        bytes.extend(header.to_le_bytes());
        bytes.extend(body.to_le_bytes());
        bytes
    };
    let framed = |kind: u8, header: &[u8]| {
        let mut bytes = prelude(kind, header.len() as u32, 0);
        bytes.extend(header);
        bytes
    };
    let honest = reply_bytes(id, b"");
    let honest_header = &honest[PRELUDE_BYTES..];
    let id_byte = id as u8;
    match name {
        "garbage" => b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
        "header length 0xFFFFFFFF" => prelude(REPLY, u32::MAX, 0),
        "header length 0" => prelude(REPLY, 0, 0),
        "body length 2^63" => prelude(REPLY, 10, 1 << 63),
        "body length over the cap" => prelude(REPLY, 10, 1 << 40),
        "body on a refusal" => prelude(REFUSAL, 10, 1),
        "a length shorter than the header" => framed(REPLY, &honest_header[..2]),
        "trailing bytes" => framed(REPLY, &[honest_header, b"x"].concat()),
        "unknown kind" => framed(99, b"x"),
        "unknown flags" => {
            let mut bytes = honest;
            bytes[3] = 1;
            bytes
        }
        "unknown tag" => framed(REFUSAL, &[id_byte, 200]),
        // id, reason BadImage, phase Decode, no operation, then the detail's length.
        "a text of 2^40 bytes" => {
            let mut header = vec![id_byte, 2, 0, 0, 253];
            header.extend((1_u64 << 40).to_le_bytes());
            framed(REFUSAL, &header)
        }
        "bad UTF-8" => framed(REFUSAL, &[id_byte, 2, 0, 0, 2, 0xC3, 0x28]),
        "bad bool" => framed(REFUSAL, &[id_byte, 2, 0, 7, 0]),
        "a job" => framed(2, b"x"),
        "a second hello" => framed(1, b"x"),
        _ => panic!("no raw bytes {name:?}"),
    }
}
