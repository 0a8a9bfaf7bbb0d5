//! The bytes of every message, frozen. A change here is a change of the wire: raise
//! `PROTOCOL_VERSION` with it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed expectation is a failed test"
)]

use protocol::frame::{self, PRELUDE_BYTES};
use protocol::{
    Blur, CATALOGUE, Colour, Excess, Filter, Fit, Flip, FormatChoice, FrameError, Gravity,
    Grayscale, Hello, Invert, Job, Layer, Limit, Limits, Message, Operation, Output, OutputFormat,
    PROTOCOL_VERSION, Phase, Pixel, Prelude, Reason, Refusal, Reply, Resize, Rotate, Speed,
    Started, Timings, Traded,
};

/// Checks that a message has these bytes, and that these bytes are the message.
fn freeze<M: Message + PartialEq + std::fmt::Debug>(message: &M, body_len: usize, hex: &str) {
    let bytes = frame::encode(message, body_len).unwrap();
    let found: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found, hex.replace([' ', '\n'], ""));
    let prelude = Prelude::parse(bytes[..PRELUDE_BYTES].try_into().unwrap(), 1 << 20).unwrap();
    assert_eq!(prelude.body_len, body_len);
    let read: M = frame::decode(prelude.kind, &bytes[PRELUDE_BYTES..]).unwrap();
    assert_eq!(&read, message);
}

#[test]
fn the_version_is_what_these_bytes_belong_to() {
    assert_eq!(PROTOCOL_VERSION, 2);
}

#[test]
fn hello() {
    let hello = Hello {
        protocol: 1,
        build: "b1".to_owned(),
        layers: vec![
            Layer::ParentDeathSignal,
            Layer::ResourceLimits,
            Layer::NoNewPrivileges,
        ],
    };
    freeze(
        &hello,
        0,
        "ffaf 01 00 08000000 0000000000000000 01 02 6231 03 00 01 02",
    );
}

#[test]
fn every_layer_has_its_number() {
    let hello = Hello {
        protocol: 1,
        build: String::new(),
        layers: Layer::ALL.to_vec(),
    };
    freeze(
        &hello,
        0,
        "ffaf 01 00 15000000 0000000000000000 01 00 12
         00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11",
    );
}

#[test]
fn job() {
    let operations = vec![
        Blur { sigma: Some(2.0) }.into(),
        Blur { sigma: None }.into(),
        Invert {}.into(),
        Grayscale {}.into(),
        Pixel { size: Some(300) }.into(),
        Flip {}.into(),
        Speed { factor: 2.0 }.into(),
        Rotate {
            degrees: -90.0,
            expand: true,
            background: Colour::WHITE,
        }
        .into(),
        Resize {
            width: Some(480),
            height: None,
            fit: Fit::Stretch,
            filter: Filter::Lanczos3,
            enlarge: true,
            gravity: Gravity::South,
            background: Colour::TRANSPARENT,
        }
        .into(),
    ];
    let job = Job {
        id: 7,
        budget_ms: 30_000,
        operations,
        output: Output {
            format: FormatChoice::Exactly(OutputFormat::Gif),
            quality: Some(61),
            max_bytes: Some(300),
            ..Output::default()
        },
        limits: Limits {
            pixels_max: 50_000_000,
            frames_max: 1000,
            total_pixels_max: 250_000_000,
            output_pixels_max: 50_000_000,
            output_bytes_max: 64 << 20,
        },
        cuts: vec![2, 300],
    };
    freeze(
        &job,
        5,
        "ffaf 02 00 79000000 0500000000000000 07 fb3075 09
         02 00 01 0000000000000040 02 00 00 01 0b 01 07 02 08 01 fb2c01 00 07
         03 00 0000000000000040
         00 06 00000000008056c0 01 ff ff ff ff
         00 00 01 fbe001 00 01 04 01 05 00 00 00 00
         03 01 01 3d 00 00 00 02 09 00 fb0001 00 ffffffff 01 fb2c01
         fc80f0fa02 fbe803 fc80b2e60e fc80f0fa02 fc00000004
         02 02 fb2c01",
    );
}

/// A variant that moves changes what old bytes mean, and so does a parameter that moves, which
/// this cannot see: both are appended at the end of their list.
#[test]
fn every_operation_has_its_number() {
    let mut found = String::new();
    for spec in CATALOGUE {
        let operation = Operation::from_text(spec.example).unwrap();
        let job = Job {
            id: 0,
            budget_ms: 0,
            operations: vec![operation],
            output: Output::default(),
            limits: Limits {
                pixels_max: 0,
                frames_max: 0,
                total_pixels_max: 0,
                output_pixels_max: 0,
                output_bytes_max: 0,
            },
            cuts: Vec::new(),
        };
        let bytes = frame::encode(&job, 0).unwrap();
        let [group, variant] = [0, 1].map(|at| bytes[PRELUDE_BYTES + 3 + at]);
        found.push_str(&format!("{group}.{variant} {}\n", spec.name));
    }
    assert_eq!(found, include_str!("operations.txt"));
}

#[test]
fn started() {
    freeze(
        &Started { id: 300 },
        0,
        "ffaf 03 00 03000000 0000000000000000 fb2c01",
    );
}

#[test]
fn reply() {
    let reply = Reply {
        id: 7,
        format: OutputFormat::Png,
        width: 640,
        height: 480,
        frames: 1,
        traded: Some(Traded {
            quality: None,
            colors: Some(64),
            scale: Some(70),
            every: None,
        }),
        timings: Timings {
            decode_us: 1,
            operations_us: 2,
            encode_us: 3,
        },
    };
    freeze(
        &reply,
        3,
        "ffaf 04 00 13000000 0300000000000000 07 00 fb8002 fbe001 01
         01 00 01 40 01 46 00 01 02 03",
    );
}

#[test]
fn refusal() {
    let excess = Excess {
        limit: Limit::TotalPixels,
        value: 3,
        max: 2,
    };
    let plain = "ffaf 05 00 05000000 0000000000000000 07";
    let with_excess = "ffaf 05 00 08000000 0000000000000000 07";
    for (reason, head, tag) in [
        (Reason::NotAnImage, plain, "00"),
        (Reason::UnsupportedFormat, plain, "01"),
        (Reason::BadImage, plain, "02"),
        (Reason::TooLarge(excess), with_excess, "03 02 03 02"),
        (Reason::TooManyFrames(excess), with_excess, "04 02 03 02"),
        (Reason::OutputTooLarge(excess), with_excess, "05 02 03 02"),
        (Reason::Panicked, plain, "06"),
    ] {
        let refusal = Refusal {
            id: 7,
            reason,
            phase: Phase::Encode,
            operation: None,
            detail: String::new(),
        };
        freeze(&refusal, 0, &format!("{head} {tag} 02 00 00"));
    }
    let refusal = Refusal {
        id: 7,
        reason: Reason::BadImage,
        phase: Phase::Decode,
        operation: Some(3),
        detail: "é".to_owned(),
    };
    freeze(
        &refusal,
        0,
        "ffaf 05 00 08000000 0000000000000000 07 02 00 01 03 02 c3a9",
    );
}

#[test]
fn a_prelude_that_breaks_a_rule_is_refused_before_anything_is_read() {
    let good = frame::encode(&Started { id: 1 }, 0).unwrap();
    let with = |index: usize, byte: u8| {
        let mut prelude: [u8; PRELUDE_BYTES] = good[..PRELUDE_BYTES].try_into().unwrap();
        prelude[index] = byte;
        Prelude::parse(prelude, 100)
    };
    assert_eq!(with(0, 0), Err(FrameError::Magic([0, 0xAF])));
    assert_eq!(with(2, 0), Err(FrameError::UnexpectedKind(0)));
    assert_eq!(with(3, 1), Err(FrameError::Flags(1)));
    assert_eq!(with(4, 0), Err(FrameError::HeaderEmpty));
    assert_eq!(
        with(6, 1),
        Err(FrameError::HeaderTooLong { length: 65_537 })
    );
    assert_eq!(
        with(8, 1),
        Err(FrameError::BodyTooLong { length: 1, max: 0 }),
        "this kind has no body"
    );
    let mut reply = good[..PRELUDE_BYTES].to_vec();
    reply[2] = 4;
    reply[8] = 101;
    assert_eq!(
        Prelude::parse(reply.try_into().unwrap(), 100),
        Err(FrameError::BodyTooLong {
            length: 101,
            max: 100
        })
    );
}
