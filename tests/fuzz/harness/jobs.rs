//! A whole job on arbitrary bytes, decode → operations → encode, under limits that keep it
//! short: no panic, nothing beyond the limits, and a result that is what the worker says it is.
//!
//! Included by the fuzz targets and by `worker/tests/regressions.rs`.

#[path = "jobs/plan.rs"]
mod plan;
#[path = "jobs/reread.rs"]
mod reread;

use protocol::{FormatChoice, Job, Limits, Operation, Output, Reason};
use worker::{Done, Progress, Refused, perform};

use plan::{PLAN_BYTES, Plan};

const LIMITS: Limits = Limits {
    pixels_max: 1 << 20,
    frames_max: 20,
    total_pixels_max: 2 << 20,
    output_pixels_max: 1 << 20,
    output_bytes_max: 4 << 20,
};

/// More than any row of operations here makes of the frames that a source may have.
const FRAMES_MADE_MAX: u32 = 1000;

/// Does what the first bytes of `input` say to the picture in the rest of it. Returns whether
/// the input was worth it: `is_wanted` says so of the picture.
pub(crate) fn run(input: &[u8], is_wanted: impl FnOnce(&[u8]) -> bool) -> bool {
    let Some((plan, source)) = input.split_first_chunk::<PLAN_BYTES>() else {
        return false;
    };
    if !is_wanted(source) {
        return false;
    }
    let plan = Plan::read(plan);
    // It is its own second picture.
    let numbers = plan.operations.iter().filter_map(Operation::picture);
    let pictures = numbers.max().unwrap_or(1) as usize;
    let source = source.repeat(pictures);
    let cut = |number| (number * source.len() / pictures) as u64;
    let job = Job {
        id: 1,
        budget_ms: 1000,
        operations: plan.operations,
        output: Output {
            format: plan
                .output
                .map_or(FormatChoice::Natural, FormatChoice::Exactly),
            ..Output::default()
        },
        limits: LIMITS,
        cuts: (1..pictures).map(cut).collect(),
    };
    let result = perform(&job, &source, &Progress::default());
    match &result {
        Ok(done) => judge(&job, done),
        Err(refused) => judge_refusal(refused),
    }
    if plan.twice {
        let again = perform(&job, &source, &Progress::default());
        assert!(again == result, "the same job had another result");
    }
    true
}

fn judge(job: &Job, done: &Done) {
    let limits = &job.limits;
    let pixels = u64::from(done.width) * u64::from(done.height);
    assert!(pixels > 0, "an empty result");
    assert!(pixels <= limits.output_pixels_max);
    // The limit is on the source's; some operations make frames, each a few dozen.
    assert!((1..=FRAMES_MADE_MAX).contains(&done.frames));
    assert!(done.bytes.len() as u64 <= limits.output_bytes_max);
    if let FormatChoice::Exactly(format) = job.output.format {
        assert_eq!(done.format, format);
    }
    reread::reread(done);
}

/// A caught panic is an answer to the caller, and a bug all the same.
fn judge_refusal(refused: &Refused) {
    match refused.reason {
        Reason::Panicked => panic!("a bug: {}", refused.detail),
        Reason::TooLarge(excess)
        | Reason::TooManyFrames(excess)
        | Reason::OutputTooLarge(excess) => assert!(excess.value > excess.max, "{excess:?}"),
        _ => {}
    }
}
