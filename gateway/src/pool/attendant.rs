//! One task per worker process, from its first breath to its last: reads its hello, hands it
//! jobs, reports what it says, and at the end waits for the kernel's word on how it died.
//!
//! It decides nothing. It does not even kill: that is the farm's decision and the driver's act,
//! and reaches the attendant as the end of the socket.

use std::time::Duration;

use bytes::Bytes;
use protocol::{FromWorker, Hello, Job, PROTOCOL_VERSION};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::cage;
use super::death::{Death, Ending};
use super::event::WorkerEvent;
use super::link::{Link, LinkError};
use super::process::{Process, Reaper};
use super::stderr::Stderr;
use crate::settings::Sandbox;

/// How long a process may outlive its socket before that counts as breaking the protocol, and
/// how long its last words may take to arrive after its death. Both are microseconds in
/// practice; the margin is for a machine under load.
const GRACE: Duration = Duration::from_millis(500);

/// A job on its way to a worker.
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) job: Job,
    pub(crate) source: Bytes,
}

/// What every worker must keep to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) sandbox: Sandbox,
}

/// Where an attendant reports to.
pub(crate) trait Report: Send {
    fn hello(&self, hello: Hello);
    fn event(&self, event: WorkerEvent);
}

/// Serves one process until it is gone; the last event is always [`WorkerEvent::Gone`].
pub(crate) async fn attend(
    process: Process,
    terms: Terms,
    mut assignments: mpsc::Receiver<Assignment>,
    report: impl Report,
) {
    let (pid, page) = (process.pid, process.page);
    let mut stderr = Stderr::new(pid, process.stderr);
    let mut link = Link::new(process.socket);
    let reaper = process.reaper;
    let leaf = process.leaf;

    let ending = {
        let talk = converse(&mut link, terms.sandbox, &mut assignments, &report);
        let listen = async {
            stderr.collect().await;
            std::future::pending::<()>().await;
        };
        tokio::pin!(talk, listen);
        let ending = tokio::select! {
            error = &mut talk => outlived(error, &reaper, &report).await,
            ending = reaper.wait() => {
                // Whatever it managed to say before its death is still in the socket.
                let _ = timeout(GRACE, talk).await;
                ending
            }
            // Never ends; it is here so that standard error is read all the while.
            () = &mut listen => reaper.wait().await,
        };
        ending
    };
    let _ = timeout(GRACE, stderr.collect()).await;
    let ending = ending.unwrap_or_else(|error| {
        tracing::error!(pid, %error, "a worker cannot be reaped");
        Ending::Signalled(0)
    });
    report.event(WorkerEvent::Gone(Death {
        pid,
        ending,
        stderr: stderr.tail(),
        breadcrumb: page.read(),
        outgrew_its_leaf: leaf.is_some_and(|leaf| leaf.was_too_small()),
    }));
}

/// The conversation is over. Usually because the process is; one that lives on is reported, so
/// that it is killed.
async fn outlived(
    error: LinkError,
    reaper: &Reaper,
    report: &impl Report,
) -> std::io::Result<Ending> {
    let broken = match error {
        LinkError::Frame(error) => error.to_string(),
        LinkError::Io(_) => match timeout(GRACE, reaper.wait()).await {
            Ok(ending) => return ending,
            Err(_) => "it closed its socket and lives on".to_owned(),
        },
    };
    report.event(WorkerEvent::Broken(broken));
    reaper.wait().await
}

/// Speaks the protocol until it ends, which is always an error.
async fn converse(
    link: &mut Link,
    sandbox: Sandbox,
    assignments: &mut mpsc::Receiver<Assignment>,
    report: &impl Report,
) -> LinkError {
    let result: Result<std::convert::Infallible, LinkError> = async {
        greet(link, sandbox, report).await?;
        loop {
            let assignment = tokio::select! {
                // A worker that stirs unasked must not be given another job.
                biased;
                error = link.silence() => return Err(error),
                assignment = assignments.recv() => assignment,
            };
            let Some(Assignment { job, source }) = assignment else {
                return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
            };
            perform(link, &job, &source, report).await?;
        }
    }
    .await;
    match result {
        Err(error) => error,
    }
}

async fn greet(link: &mut Link, sandbox: Sandbox, report: &impl Report) -> Result<(), LinkError> {
    let (message, _) = link.receive().await?;
    let FromWorker::Hello(hello) = message else {
        return Err(unexpected(&message));
    };
    if hello.protocol != PROTOCOL_VERSION || hello.build != protocol::build_id() {
        return Err(malformed(format!(
            "it is of build {} with protocol {}, this gateway is of build {} with protocol {PROTOCOL_VERSION}",
            protocol::clip(&hello.build),
            hello.protocol,
            protocol::build_id(),
        )));
    }
    cage::judge(sandbox, &hello.layers).map_err(|gaps| malformed(gaps.to_string()))?;
    report.hello(hello);
    report.event(WorkerEvent::Ready);
    Ok(())
}

async fn perform(
    link: &mut Link,
    job: &Job,
    source: &Bytes,
    report: &impl Report,
) -> Result<(), LinkError> {
    link.send(job, source).await?;
    let (message, _) = link.receive().await?;
    let FromWorker::Started(started) = message else {
        return Err(unexpected(&message));
    };
    if started.id != job.id {
        return Err(malformed(format!(
            "it started job {} instead of {}",
            started.id, job.id
        )));
    }
    report.event(WorkerEvent::Started(job.id));
    let (message, body) = link.receive().await?;
    let (id, result) = match message {
        FromWorker::Reply(reply) => (reply.id, Ok((reply, body))),
        FromWorker::Refusal(refusal) => (refusal.id, Err(refusal)),
        other => return Err(unexpected(&other)),
    };
    if id != job.id {
        return Err(malformed(format!(
            "it answered job {id} instead of {}",
            job.id
        )));
    }
    report.event(WorkerEvent::Finished(id, result));
    Ok(())
}

fn unexpected(message: &FromWorker) -> LinkError {
    let kind = match message {
        FromWorker::Hello(_) => "hello",
        FromWorker::Started(_) => "start",
        FromWorker::Reply(_) => "reply",
        FromWorker::Refusal(_) => "refusal",
    };
    malformed(format!("a {kind} out of turn"))
}

fn malformed(detail: String) -> LinkError {
    protocol::FrameError::Malformed { detail }.into()
}
