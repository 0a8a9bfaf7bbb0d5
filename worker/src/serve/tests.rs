//! The loop, over a real socketpair with real frames.

use std::io::{Read, Write};
use std::thread;

use protocol::frame::{self, PRELUDE_BYTES};
use protocol::{
    FromWorker, Invert, Limits, Output, OutputFormat, PROTOCOL_VERSION, Phase, Prelude, build_id,
};

use super::*;

const LIMITS: Limits = Limits {
    pixels_max: 1000,
    frames_max: 10,
    total_pixels_max: 1000,
    output_pixels_max: 1000,
    output_bytes_max: 100_000,
};

/// A 2 × 1 GIF: one red and one green pixel.
const GIF: &[u8] = b"GIF89a\x02\0\x01\0\x80\0\0\xff\0\0\0\xff\0\
                     ,\0\0\0\0\x02\0\x01\0\0\x02\x02D\n\0;";

fn hello() -> Hello {
    Hello {
        protocol: PROTOCOL_VERSION,
        build: build_id().to_owned(),
        layers: Vec::new(),
    }
}

fn job(id: u64) -> Job {
    Job {
        id,
        budget_ms: 1000,
        operations: vec![Invert {}.into()],
        output: Output::default(),
        limits: LIMITS,
        cuts: Vec::new(),
    }
}

fn send(stream: &mut UnixStream, job: &Job, source: &[u8]) {
    let head = frame::encode(job, source.len()).unwrap();
    stream.write_all(&[&head, source].concat()).unwrap();
}

fn receive(stream: &mut UnixStream) -> (FromWorker, Vec<u8>) {
    let mut bytes = [0; PRELUDE_BYTES];
    stream.read_exact(&mut bytes).unwrap();
    let prelude = Prelude::parse(bytes, 1 << 20).unwrap();
    let mut header = vec![0; prelude.header_len];
    stream.read_exact(&mut header).unwrap();
    let mut body = vec![0; prelude.body_len];
    stream.read_exact(&mut body).unwrap();
    (FromWorker::decode(prelude.kind, &header).unwrap(), body)
}

/// Runs `serve` with `perform` behind a socketpair, and `gateway` in front of it.
fn with_worker<F>(perform: F, gateway: impl FnOnce(&mut UnixStream)) -> Result<(), LinkError>
where
    F: FnMut(&Job, &[u8], &Progress) -> Result<Done, Refused> + Send + 'static,
{
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let worker = thread::spawn(move || serve(theirs, &hello(), perform));
    assert_eq!(receive(&mut ours).0, FromWorker::Hello(hello()));
    gateway(&mut ours);
    drop(ours);
    worker.join().unwrap()
}

#[test]
fn a_job_is_started_and_answered_and_the_end_of_stream_is_no_error() {
    let result = with_worker(crate::perform, |gateway| {
        for id in [7, 8] {
            send(gateway, &job(id), GIF);
            assert_eq!(receive(gateway).0, FromWorker::Started(Started { id }));
            let (FromWorker::Reply(reply), body) = receive(gateway) else {
                panic!("no reply to {id}");
            };
            assert_eq!((reply.id, reply.format), (id, OutputFormat::Gif));
            assert_eq!((reply.width, reply.height, reply.frames), (2, 1, 1));
            assert!(body.starts_with(b"GIF89a"));
        }
    });
    assert!(result.is_ok());
}

#[test]
fn a_panic_is_a_refusal_that_says_where_and_the_next_job_is_served() {
    let perform = |job: &Job, source: &[u8], progress: &Progress| {
        if job.id == 1 {
            progress.enter(Phase::Operations);
            progress.at_operation(3);
            panic!("out of cheese");
        }
        crate::perform(job, source, progress)
    };
    let result = with_worker(perform, |gateway| {
        send(gateway, &job(1), GIF);
        receive(gateway);
        let (FromWorker::Refusal(refusal), _) = receive(gateway) else {
            panic!("the panic was not reported");
        };
        assert_eq!(refusal.reason, Reason::Panicked);
        assert_eq!(refusal.phase, Phase::Operations);
        assert_eq!(refusal.operation, Some(3));
        assert!(
            refusal.detail.contains("out of cheese"),
            "{}",
            refusal.detail
        );
        send(gateway, &job(2), GIF);
        receive(gateway);
        assert!(matches!(receive(gateway).0, FromWorker::Reply(reply) if reply.id == 2));
    });
    assert!(result.is_ok());
}

#[test]
fn a_bad_picture_is_refused_in_the_decode_phase() {
    let result = with_worker(crate::perform, |gateway| {
        send(gateway, &job(1), b"hello");
        receive(gateway);
        let (FromWorker::Refusal(refusal), _) = receive(gateway) else {
            panic!("a text was accepted");
        };
        assert_eq!(refusal.reason, Reason::NotAnImage);
        assert_eq!((refusal.phase, refusal.operation), (Phase::Decode, None));
    });
    assert!(result.is_ok());
}

#[test]
fn bytes_that_are_no_frame_end_the_worker() {
    let result = with_worker(crate::perform, |gateway| {
        gateway.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    });
    assert!(matches!(result, Err(LinkError::Frame(_))));
}

#[test]
fn a_stream_that_ends_within_a_job_is_an_error() {
    let result = with_worker(crate::perform, |gateway| {
        let head = frame::encode(&job(1), 1000).unwrap();
        gateway.write_all(&head).unwrap();
        gateway.write_all(&[0; 999]).unwrap();
    });
    assert!(matches!(result, Err(LinkError::Io(_))));
}
