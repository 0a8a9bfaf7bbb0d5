//! Is the result what the worker says it is? Read by a decoder that shares no code with the
//! worker's encoder where there is one, else by the worker itself.

use std::io::Cursor;

use protocol::{Job, Limits, Output, Reason};
use worker::{Done, Progress, perform};

/// Reads `done` and compares size and number of frames.
pub(super) fn reread(done: &Done) {
    match done.format.name() {
        "png" => as_png(done),
        "gif" => as_gif(done),
        _ => as_source(done),
    }
}

fn as_png(done: &Done) {
    let mut reader = png::Decoder::new(Cursor::new(&done.bytes))
        .read_info()
        .expect("the result begins like a PNG");
    let size = (reader.info().width, reader.info().height);
    assert_eq!(size, (done.width, done.height));
    let frames = reader
        .info()
        .animation_control()
        .map_or(1, |c| c.num_frames);
    assert_eq!(frames, done.frames);
    let length = reader.output_buffer_size().expect("its size is known");
    let mut pixels = vec![0; length];
    for _ in 0..frames {
        reader.next_frame(&mut pixels).expect("the result is a PNG");
    }
    reader.finish().expect("the result ends like a PNG");
}

fn as_gif(done: &Done) {
    let mut options = gif::DecodeOptions::new();
    options.check_frame_consistency(true);
    let mut reader = options
        .read_info(Cursor::new(&done.bytes))
        .expect("the result begins like a GIF");
    let size = (u32::from(reader.width()), u32::from(reader.height()));
    assert_eq!(size, (done.width, done.height));
    let mut frames = 0;
    while let Some(frame) = reader.read_next_frame().expect("the result is a GIF") {
        let length = usize::from(frame.width) * usize::from(frame.height);
        assert_eq!(frame.buffer.len(), length);
        frames += 1;
    }
    assert_eq!(frames, done.frames);
}

/// A format without a reader of its own here: a job that changes nothing. That the worker does
/// not read a format that it writes is for others to judge.
fn as_source(done: &Done) {
    let job = Job {
        id: 2,
        budget_ms: 1000,
        operations: Vec::new(),
        output: Output::default(),
        limits: Limits {
            pixels_max: u64::MAX,
            frames_max: u32::MAX,
            total_pixels_max: u64::MAX,
            output_pixels_max: u64::MAX,
            output_bytes_max: u64::MAX,
        },
        cuts: Vec::new(),
    };
    match perform(&job, &done.bytes, &Progress::default()) {
        Ok(again) => {
            assert_eq!((again.width, again.height), (done.width, done.height));
            if again.format == done.format {
                assert_eq!(again.frames, done.frames);
            }
        }
        Err(refused) => assert_eq!(refused.reason, Reason::UnsupportedFormat, "{refused:?}"),
    }
}
