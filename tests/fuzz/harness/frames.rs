//! The frame codec on arbitrary bytes, in both directions: no panic, no memory beyond a small
//! constant, and whatever is read is written again as it was.
//!
//! The encoding is not canonical: a number may be spelt longer than it need be, and is read
//! all the same. So what is asked is that writing never makes a header longer, that one of the
//! same length is the same bytes, and that what is written is read as the same message.
//!
//! Included by the fuzz targets and by `protocol/tests/regressions.rs`.

use protocol::frame::{self, PRELUDE_BYTES};
use protocol::{
    BREADCRUMB_TEXT_BYTES, Breadcrumb, FromWorker, HEADER_BYTES_MAX, Hello, Job, Kind, Message,
    PAGE_BYTES, Prelude, Refusal, Reply, Started, TEXT_BYTES_MAX,
};

use crate::watching::peak_of;

/// Longest body, bytes: enough for several frames in one input.
const BODY_BYTES_MAX: u64 = 4096;
/// What reading a header may hold besides the header, bytes: its texts and lists can be no
/// longer than the longest header, and an error is a sentence.
const PEAK_BYTES_MAX: usize = HEADER_BYTES_MAX + 4096;
/// All kinds of frames.
const KINDS: [Kind; 5] = [
    Kind::Hello,
    Kind::Job,
    Kind::Started,
    Kind::Reply,
    Kind::Refusal,
];

/// What a gateway reads: frames, and the page that it shares with the worker.
#[allow(
    dead_code,
    reason = "each fuzz target includes this file for one direction"
)]
pub(crate) fn from_worker(input: &[u8]) {
    walk(input, read_from_worker);
    for kind in KINDS {
        read_from_worker(kind, input);
    }
    read_page(input);
}

/// What a worker reads.
#[allow(
    dead_code,
    reason = "each fuzz target includes this file for one direction"
)]
pub(crate) fn from_gateway(input: &[u8]) {
    walk(input, read_job);
    for kind in KINDS {
        read_job(kind, input);
    }
}

/// Takes `rest` for frames, one behind the other, until one is broken or incomplete.
fn walk(mut rest: &[u8], read: impl Fn(Kind, &[u8])) {
    while let Some((prelude, after)) = rest.split_first_chunk::<PRELUDE_BYTES>() {
        let Ok(prelude) = Prelude::parse(*prelude, BODY_BYTES_MAX) else {
            return;
        };
        assert!((1..=HEADER_BYTES_MAX).contains(&prelude.header_len));
        assert!(prelude.body_len as u64 <= BODY_BYTES_MAX);
        assert!(prelude.body_len == 0 || prelude.kind.has_body());
        let Some((header, after)) = after.split_at_checked(prelude.header_len) else {
            return;
        };
        read(prelude.kind, header);
        let Some(after) = after.get(prelude.body_len..) else {
            return;
        };
        rest = after;
    }
}

fn read_from_worker(kind: Kind, header: &[u8]) {
    let mut result = None;
    bounded(|| result = Some(FromWorker::decode(kind, header)));
    match result {
        Some(Ok(FromWorker::Hello(message))) => comes_back::<Hello>(&message, header),
        Some(Ok(FromWorker::Started(message))) => comes_back::<Started>(&message, header),
        Some(Ok(FromWorker::Reply(message))) => comes_back::<Reply>(&message, header),
        Some(Ok(FromWorker::Refusal(message))) => comes_back::<Refusal>(&message, header),
        Some(Err(_)) | None => {}
    }
}

fn read_job(kind: Kind, header: &[u8]) {
    let mut result = None;
    bounded(|| result = Some(frame::decode::<Job>(kind, header)));
    if let Some(Ok(job)) = result {
        comes_back(&job, header);
    }
}

/// Runs `work` under the memory limit.
fn bounded(work: impl FnOnce()) {
    let peak = peak_of(work);
    assert!(peak <= PEAK_BYTES_MAX, "reading a header held {peak} bytes");
}

/// What was read from `header` is written as it was. Bytes are compared and not messages:
/// a job may hold a number that is not equal to itself.
fn comes_back<M: Message>(message: &M, header: &[u8]) {
    let body_len = if M::KIND.has_body() { 7 } else { 0 };
    let written = frame::encode(message, body_len).expect("a message that was read fits a header");
    let (prelude, again) = written
        .split_first_chunk::<PRELUDE_BYTES>()
        .expect("a frame begins with a prelude");
    let prelude = Prelude::parse(*prelude, BODY_BYTES_MAX).expect("a prelude of ours is sound");
    assert_eq!(prelude.kind, M::KIND);
    assert_eq!(prelude.header_len, again.len());
    assert_eq!(prelude.body_len, body_len);
    assert!(again.len() <= header.len(), "written longer than read");
    if again.len() == header.len() {
        assert_eq!(again, header, "the same length, other bytes");
    }
    let reread: M = frame::decode(M::KIND, again).expect("what was written can be read");
    let rewritten = frame::encode(&reread, body_len).expect("what was read can be written");
    assert_eq!(
        rewritten, written,
        "reading and writing changes the message"
    );
}

/// What a worker leaves behind when it ends itself: whatever is on the page, what it says can be
/// shown, and is cut to a length.
fn read_page(input: &[u8]) {
    let mut page = [0; PAGE_BYTES];
    let length = input.len().min(PAGE_BYTES);
    page[..length].copy_from_slice(&input[..length]);
    let text = Breadcrumb::read(&page).text;
    // A byte that is no text becomes a character of three.
    assert!(text.len() <= TEXT_BYTES_MAX.min(3 * BREADCRUMB_TEXT_BYTES));
    assert!(!text.contains(char::is_control));
}
