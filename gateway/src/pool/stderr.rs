//! What a worker writes to stderr: read without end so that it never blocks, the last of it
//! kept for the error that names its death, a few lines a second logged.

use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;

/// How much of the end is kept, bytes.
const TAIL_BYTES: usize = 2048;
/// Lines logged per [`WINDOW`]; the rest is counted.
const LINES_PER_WINDOW: u32 = 10;
const WINDOW: Duration = Duration::from_secs(1);

/// Collects a worker's stderr.
#[derive(Debug)]
pub(crate) struct Stderr {
    pid: u32,
    pipe: pipe::Receiver,
    tail: Vec<u8>,
    line: Vec<u8>,
    window: Instant,
    lines: u32,
}

impl Stderr {
    pub(crate) fn new(pid: u32, pipe: pipe::Receiver) -> Self {
        Self {
            pid,
            pipe,
            tail: Vec::new(),
            line: Vec::new(),
            window: Instant::now(),
            lines: 0,
        }
    }

    /// Reads until the last writer has closed it. Safe to drop and call again.
    pub(crate) async fn collect(&mut self) {
        let mut chunk = [0; 4096];
        // An error on a pipe can only mean that there is no more to read.
        while let Ok(length @ 1..) = self.pipe.read(&mut chunk).await {
            let new = &chunk[..length];
            self.keep(new);
            for byte in new {
                if *byte == b'\n' {
                    self.log_line();
                } else if self.line.len() < protocol::TEXT_BYTES_MAX {
                    self.line.push(*byte);
                }
            }
        }
    }

    /// The end of what was written, printable, lines kept apart.
    pub(crate) fn tail(&self) -> String {
        let text = String::from_utf8_lossy(&self.tail);
        let lines: Vec<_> = text.lines().map(protocol::clip).collect();
        lines.join("\n")
    }

    fn keep(&mut self, new: &[u8]) {
        self.tail.extend_from_slice(new);
        let surplus = self.tail.len().saturating_sub(TAIL_BYTES);
        self.tail.drain(..surplus);
    }

    fn log_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if self.window.elapsed() >= WINDOW {
            if self.lines > LINES_PER_WINDOW {
                let dropped = self.lines - LINES_PER_WINDOW;
                tracing::debug!(pid = self.pid, dropped, "worker stderr lines not logged");
            }
            self.window = Instant::now();
            self.lines = 0;
        }
        self.lines += 1;
        if self.lines <= LINES_PER_WINDOW {
            let line = protocol::clip(&String::from_utf8_lossy(&line));
            tracing::debug!(pid = self.pid, line, "worker stderr");
        }
    }
}
