//! The loop: one job at a time, each answered by exactly one `Reply` or `Refusal`, whatever
//! happens inside. A panic is contained here; a crash or an endless loop is the gateway's to
//! notice, never ours.

use std::cell::RefCell;
use std::os::unix::net::UnixStream;
use std::panic::{self, AssertUnwindSafe};

use nix::poll::PollTimeout;
use protocol::{Hello, Job, Reason, Refusal, Reply, Started, clip};

use crate::kernel;
use crate::link::{Link, LinkError};
use crate::perform::Done;
use crate::progress::Progress;
use crate::refused::Refused;
use crate::trail::trail;

/// How long freed memory is kept for the next job, ms.
const PATIENCE_MS: u16 = 1000;

thread_local! {
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Replaces the hook that writes to standard error by one that keeps message and place for
/// the refusal, so that a hostile picture cannot fill the log.
pub(crate) fn install_panic_hook() {
    panic::set_hook(Box::new(|info| {
        let text = info.to_string();
        // Should it not be possible to go on from here, the page still tells.
        trail().panicked(&text);
        LAST_PANIC.with(|last| last.replace(Some(text)));
    }));
}

/// Panics once where it costs nothing, on the way that a panic in a job takes.
#[expect(clippy::panic, reason = "it is caught in the same line")]
pub(crate) fn rehearse_a_panic() {
    // The refusal that comes of it has nobody to go to.
    let _ = contained(|| panic::panic_any("a rehearsal"));
}

/// Says hello and serves jobs until the gateway closes its end. `perform` does the work:
/// [`perform`](crate::perform) in the program, anything in a test.
///
/// # Errors
/// When the socket fails or the gateway breaks the protocol; the worker must then end.
pub(crate) fn serve<F>(stream: UnixStream, hello: &Hello, mut perform: F) -> Result<(), LinkError>
where
    F: FnMut(&Job, &[u8], &Progress) -> Result<Done, Refused>,
{
    let mut link = Link::new(stream);
    let mut source = Vec::new();
    link.send(hello, &[])?;
    while let Some(job) = link.receive(&mut source)? {
        link.send(&Started { id: job.id }, &[])?;
        let progress = Progress::default();
        match contained(|| perform(&job, &source, &progress)) {
            Ok(done) => {
                let reply = Reply {
                    id: job.id,
                    format: done.format,
                    width: done.width,
                    height: done.height,
                    frames: done.frames,
                    traded: done.traded,
                    timings: progress.timings(),
                };
                link.send(&reply, &done.bytes)?;
            }
            Err(refused) => {
                let refusal = Refusal {
                    id: job.id,
                    reason: refused.reason,
                    phase: progress.phase(),
                    operation: progress.operation(),
                    detail: clip(&refused.detail),
                };
                link.send(&refusal, &[])?;
            }
        }
        if !link.stirs_within(PollTimeout::from(PATIENCE_MS)) {
            source = Vec::new();
            kernel::return_freed_memory();
        }
    }
    Ok(())
}

/// Nothing that a job touched outlives it, so nothing half-changed can be seen after a panic.
fn contained(work: impl FnOnce() -> Result<Done, Refused>) -> Result<Done, Refused> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let payload = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned());
        let detail = LAST_PANIC
            .with(RefCell::take)
            .or(payload)
            .unwrap_or_default();
        Err(Refused {
            reason: Reason::Panicked,
            detail,
        })
    })
}

#[cfg(test)]
mod tests;
