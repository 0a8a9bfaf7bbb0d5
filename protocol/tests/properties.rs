//! What holds for every message and for every string of bytes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed expectation is a failed test"
)]

mod watching;

use proptest::prelude::*;
use protocol::frame::{self, PRELUDE_BYTES};
use protocol::{
    Excess, FormatChoice, FromWorker, HEADER_BYTES_MAX, Hello, Job, Kind, Layer, Limit, Limits,
    Operation, Output, OutputFormat, Phase, Prelude, Reason, Refusal, Reply, Timings, Traded,
};
use watching::peak_of;

fn limit() -> impl Strategy<Value = Limit> {
    prop::sample::select(vec![
        Limit::Pixels,
        Limit::Frames,
        Limit::TotalPixels,
        Limit::OutputPixels,
        Limit::OutputBytes,
        Limit::Scans,
        Limit::MaxBytes,
        Limit::OutputSide,
    ])
}

fn reason() -> impl Strategy<Value = Reason> {
    let excess = (limit(), any::<u64>(), any::<u64>());
    let excess = excess
        .prop_map(|(limit, value, max)| Excess { limit, value, max })
        .boxed();
    prop_oneof![
        Just(Reason::NotAnImage),
        Just(Reason::UnsupportedFormat),
        Just(Reason::BadImage),
        Just(Reason::Panicked),
        excess.clone().prop_map(Reason::TooLarge),
        excess.clone().prop_map(Reason::TooManyFrames),
        excess.prop_map(Reason::OutputTooLarge),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    let texts = prop_oneof![
        (0.1..=250.0).prop_map(|sigma| format!("blur:{sigma}")),
        Just("blur".to_owned()),
        Just("invert".to_owned()),
        Just("grayscale".to_owned()),
        (1..=4096).prop_map(|size| format!("pixel:{size}")),
        Just("flip".to_owned()),
        Just("mirror".to_owned()),
        ((-360.0..=360.0), any::<bool>())
            .prop_map(|(degrees, expand)| format!("rotate:{degrees}:{expand}")),
        (1..=32768, 1..=32768).prop_map(|(width, height)| format!("resize:{width}:{height}")),
    ];
    texts.prop_map(|text| Operation::from_text(&text).unwrap())
}

fn output() -> impl Strategy<Value = Output> {
    let choice = prop_oneof![
        Just(FormatChoice::Natural),
        Just(FormatChoice::Effect),
        any::<(bool, bool)>().prop_map(|(avif, webp)| FormatChoice::Auto { avif, webp }),
        prop::sample::select(OutputFormat::ALL.to_vec()).prop_map(FormatChoice::Exactly),
    ];
    let numbers = any::<(Option<u32>, u32, u32, u32, Option<u32>, bool)>();
    (choice, numbers).prop_map(|(format, numbers)| {
        let (quality, effort, speed, colors, max_bytes, lossless) = numbers;
        let output = Output {
            format,
            quality,
            effort,
            speed,
            colors,
            ..Output::default()
        };
        Output {
            max_bytes,
            lossless,
            ..output
        }
    })
}

fn limits() -> impl Strategy<Value = Limits> {
    any::<(u64, u32, u64, u64, u64)>().prop_map(|(pixels, frames, total, output, bytes)| Limits {
        pixels_max: pixels,
        frames_max: frames,
        total_pixels_max: total,
        output_pixels_max: output,
        output_bytes_max: bytes,
    })
}

fn job_without_cuts() -> Job {
    Job {
        id: 1,
        budget_ms: 1,
        operations: Vec::new(),
        output: Output::default(),
        limits: Limits {
            pixels_max: 1,
            frames_max: 1,
            total_pixels_max: 1,
            output_pixels_max: 1,
            output_bytes_max: 1,
        },
        cuts: Vec::new(),
    }
}

proptest! {
    #[test]
    fn a_job_comes_back_as_it_was(
        (id, budget_ms) in any::<(u64, u32)>(),
        operations in prop::collection::vec(operation(), 0..=32),
        output in output(),
        limits in limits(),
        cuts in prop::collection::vec(any::<u64>(), 0..=3),
        body_len in 0..1_000_000_usize,
    ) {
        let job = Job { id, budget_ms, operations, output, limits, cuts };
        let bytes = frame::encode(&job, body_len).unwrap();
        let prelude = Prelude::parse(bytes[..PRELUDE_BYTES].try_into().unwrap(), 1_000_000);
        let prelude = prelude.unwrap();
        prop_assert_eq!(prelude.body_len, body_len);
        prop_assert_eq!(prelude.header_len, bytes.len() - PRELUDE_BYTES);
        let read: Job = frame::decode(prelude.kind, &bytes[PRELUDE_BYTES..]).unwrap();
        prop_assert_eq!(read, job);
    }

    #[test]
    fn a_body_is_cut_into_the_pictures_it_was_made_of(
        pictures in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 1..=4),
    ) {
        let mut body = pictures[0].clone();
        let mut job = job_without_cuts();
        for picture in &pictures[1..] {
            job.cuts.push(body.len() as u64);
            body.extend_from_slice(picture);
        }
        let (first, others) = job.pictures(&body).unwrap();
        prop_assert_eq!([vec![first], others].concat(), pictures);
    }

    #[test]
    fn cuts_that_are_not_in_the_body_are_noticed(
        cuts in prop::collection::vec(any::<u64>(), 1..=3),
        length in 0..100_usize,
    ) {
        let job = Job { cuts: cuts.clone(), ..job_without_cuts() };
        let ascend = cuts.is_sorted() && cuts.iter().all(|cut| *cut <= length as u64);
        prop_assert_eq!(job.pictures(&vec![0; length]).is_some(), ascend);
    }

    #[test]
    fn what_a_worker_says_comes_back_as_it_was(
        id in any::<u64>(),
        reason in reason(),
        operation in any::<Option<u8>>(),
        detail in ".{0,200}",
        (width, height, frames, decode_us) in any::<(u32, u32, u32, u64)>(),
    ) {
        let refusal = Refusal { id, reason, phase: Phase::Operations, operation, detail: detail.clone() };
        let bytes = frame::encode(&refusal, 0).unwrap();
        let read = FromWorker::decode(Kind::Refusal, &bytes[PRELUDE_BYTES..]).unwrap();
        prop_assert_eq!(read, FromWorker::Refusal(refusal));

        let timings = Timings { decode_us, ..Timings::default() };
        let traded = operation.map(|quality| Traded { quality: Some(quality), ..Traded::default() });
        let format = OutputFormat::Gif;
        let reply = Reply { id, format, width, height, frames, traded, timings };
        let bytes = frame::encode(&reply, 9).unwrap();
        let read = FromWorker::decode(Kind::Reply, &bytes[PRELUDE_BYTES..]).unwrap();
        prop_assert_eq!(read, FromWorker::Reply(reply));

        let hello = Hello { protocol: 1, build: detail, layers: vec![Layer::ResourceLimits] };
        let bytes = frame::encode(&hello, 0).unwrap();
        let read = FromWorker::decode(Kind::Hello, &bytes[PRELUDE_BYTES..]).unwrap();
        prop_assert_eq!(read, FromWorker::Hello(hello));
    }

    #[test]
    fn a_prelude_never_promises_more_than_its_caps(
        bytes in any::<[u8; PRELUDE_BYTES]>(),
        honest in any::<bool>(),
        kind in 0..8_u8,
        cap in any::<u64>(),
    ) {
        let mut bytes = bytes;
        if honest {
            // Past the first checks, so that the lengths are reached.
            bytes[..4].copy_from_slice(&[0xFF, 0xAF, kind, 0]);
        }
        if let Ok(prelude) = Prelude::parse(bytes, cap) {
            prop_assert!((1..=HEADER_BYTES_MAX).contains(&prelude.header_len));
            prop_assert!(prelude.body_len as u64 <= cap);
            prop_assert!(prelude.kind.has_body() || prelude.body_len == 0);
        }
    }

    #[test]
    fn arbitrary_bytes_neither_panic_nor_reserve_memory(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        for kind in [Kind::Hello, Kind::Job, Kind::Started, Kind::Reply, Kind::Refusal] {
            let peak = peak_of(|| {
                let _ = FromWorker::decode(kind, &bytes);
                let _ = frame::decode::<Job>(kind, &bytes);
            });
            prop_assert!(peak <= 2 * HEADER_BYTES_MAX, "{peak} bytes at once");
        }
    }

    #[test]
    fn a_header_with_bytes_missing_or_to_spare_is_refused(
        id in any::<u64>(),
        detail in "[a-z]{0,50}",
        surplus in prop::collection::vec(any::<u8>(), 1..20),
        cut in 1..4_usize,
    ) {
        let reason = Reason::BadImage;
        let refusal = Refusal { id, reason, phase: Phase::Decode, operation: None, detail };
        let bytes = frame::encode(&refusal, 0).unwrap();
        let header = &bytes[PRELUDE_BYTES..];
        let longer = [header, &surplus].concat();
        prop_assert!(FromWorker::decode(Kind::Refusal, &longer).is_err());
        prop_assert!(FromWorker::decode(Kind::Refusal, &header[..header.len() - cut]).is_err());
    }
}

#[test]
fn a_length_of_a_tebibyte_is_refused_without_memory() {
    // A refusal up to its text, whose length is then 2^40.
    let mut header = vec![7, 2, 0, 0, 253];
    header.extend((1_u64 << 40).to_le_bytes());
    let peak = peak_of(|| assert!(FromWorker::decode(Kind::Refusal, &header).is_err()));
    assert!(peak <= 4096, "{peak} bytes at once");
}
