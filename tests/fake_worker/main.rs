//! A worker that misbehaves on purpose, built only for the tests.
//!
//! How it starts is said by its file name (`worker@greets`, `worker@exits`, …), what it does
//! with a job by the job's source bytes, which are a script of one line. It owns no codec: its
//! good replies are the source bytes themselves.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a program for tests, where failing loudly is right"
)]

mod lies;
mod mischief;

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use protocol::frame::{self, PRELUDE_BYTES};
use protocol::{Hello, Job, Layer, Message, OutputFormat, Prelude, Reply, Started, Timings};

fn main() {
    let program = std::env::current_exe().unwrap();
    let name = program.file_name().unwrap().to_str().unwrap();
    // A program that was replaced on disk still runs.
    let name = name.trim_end_matches(" (deleted)");
    let behaviour = name
        .split_once('@')
        .map_or("greets", |(_, behaviour)| behaviour);
    let socket = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
    let mut worker = FakeWorker(UnixStream::from(socket));
    match behaviour {
        "greets" => {}
        "exits" => std::process::exit(3),
        "is-silent" => sleep_for_ever(),
        "first-is-silent" if is_first(&program) => sleep_for_ever(),
        "only-the-first-greets" if !is_first(&program) => sleep_for_ever(),
        "first-is-silent" | "only-the-first-greets" => {}
        // Exits until the file `repaired` appears beside it.
        "exits-until-repaired" => {
            if !program.with_file_name("repaired").exists() {
                std::process::exit(3);
            }
        }
        "is-of-another-build" => worker.greet("another build"),
        _ => panic!("no behaviour {behaviour:?}"),
    }
    worker.greet(protocol::build_id());
    loop {
        worker.serve_one();
    }
}

/// Whether no other worker of this program was started before.
fn is_first(program: &Path) -> bool {
    std::fs::File::create_new(program.with_extension("mark")).is_ok()
}

struct FakeWorker(UnixStream);

impl FakeWorker {
    fn greet(&mut self, build: &str) {
        self.send(
            &Hello {
                protocol: protocol::PROTOCOL_VERSION,
                build: build.to_owned(),
                // It has none of them; what a cage with gaps leads to is tested with a real one.
                layers: Layer::ALL.to_vec(),
            },
            b"",
        );
    }

    fn send(&mut self, message: &impl Message, body: &[u8]) {
        let mut bytes = frame::encode(message, body.len()).unwrap();
        bytes.extend_from_slice(body);
        self.write(&bytes);
    }

    fn write(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match self.0.write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if is_passing(&error) => std::thread::yield_now(),
                // The gateway may have given up on us already.
                Err(_) => std::process::exit(0),
            }
        }
    }

    fn read(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let mut filled = 0;
        while filled < length {
            match self.0.read(&mut bytes[filled..]) {
                Ok(0) => std::process::exit(0),
                Ok(read) => filled += read,
                Err(error) if is_passing(&error) => std::thread::yield_now(),
                Err(_) => std::process::exit(0),
            }
        }
        bytes
    }

    fn serve_one(&mut self) {
        let prelude = self.read(PRELUDE_BYTES).try_into().unwrap();
        let prelude = Prelude::parse(prelude, u64::MAX).unwrap();
        let header = self.read(prelude.header_len);
        let job: Job = frame::decode(prelude.kind, &header).unwrap();
        let mut source = self.read(prelude.body_len.min(4096));
        let script = first_line(&source);
        if script == "die while reading" {
            std::process::exit(7);
        }
        source.extend(self.read(prelude.body_len - source.len()));
        if before_the_start(&script) {
            return self.before_started(&script, &job, &source);
        }
        self.send(&Started { id: job.id }, b"");
        self.after_started(&script, &job, &source);
    }

    /// Acts that come instead of `Started`, or in its place.
    fn before_started(&mut self, script: &str, job: &Job, source: &[u8]) {
        let (_, argument) = script.split_once(':').unwrap_or((script, ""));
        match script.split(':').next().unwrap_or_default() {
            "die before starting" => std::process::exit(7),
            "die before starting, once" => {
                if std::fs::File::create_new(argument).is_ok() {
                    std::process::exit(7);
                }
                self.send(&Started { id: job.id }, b"");
                self.reply(job.id, source);
            }
            "start another job" => self.send(&Started { id: job.id + 1 }, b""),
            _ => self.reply(job.id, source),
        }
    }

    fn after_started(&mut self, script: &str, job: &Job, source: &[u8]) {
        let (verb, argument) = script.split_once(':').unwrap_or((script, ""));
        match verb {
            "hang" => sleep_for_ever(),
            "spin" => mischief::burn(Duration::MAX),
            "burn" => {
                mischief::burn(Duration::from_millis(argument.parse().unwrap()));
                self.reply(job.id, source);
            }
            "exit" => std::process::exit(argument.parse().unwrap()),
            // All over the page that it shares with the gateway.
            "scribble" => {
                let page = std::io::stdout().as_fd().try_clone_to_owned().unwrap();
                std::fs::File::from(page)
                    .write_all_at(&[0xff; protocol::PAGE_BYTES], 0)
                    .unwrap();
                std::process::exit(3);
            }
            "abort" => {
                eprintln!("{argument}");
                std::process::abort();
            }
            "answer late" => {
                let pause = argument.split(':').next().unwrap_or_default();
                std::thread::sleep(Duration::from_millis(pause.parse().unwrap()));
                self.reply(job.id, source);
            }
            "drip" => self.drip(job.id, source),
            "reply and exit" => {
                self.reply(job.id, source);
                std::process::exit(0);
            }
            "half a reply" => {
                let whole = reply_bytes(job.id, &source.repeat(1000));
                self.write(&whole[..whole.len() / 2]);
                std::process::exit(0);
            }
            "reply twice" => {
                self.reply(job.id, source);
                self.reply(job.id, source);
            }
            "reply to another job" => self.reply(job.id + 1, source),
            "close" => {
                self.0.shutdown(std::net::Shutdown::Both).unwrap();
                sleep_for_ever();
            }
            "raw" => {
                let bytes = lies::raw(argument, job.id);
                self.write(&bytes);
                sleep_for_ever();
            }
            // Keeps a note of the order in which jobs came.
            "note" => {
                mischief::note(argument);
                self.reply(job.id, source);
            }
            "fuzz" => {
                let bytes = lies::random_frames(argument.parse().unwrap(), job.id);
                self.write(&bytes);
                std::process::exit(0);
            }
            "promise" => {
                self.announce(job.id, argument.parse().unwrap());
                self.write(b"a little");
                sleep_for_ever();
            }
            "endless reply" => self.reply_of_zeros(job.id, argument.parse().unwrap()),
            "deaf" => {
                mischief::block_all_signals();
                sleep_for_ever();
            }
            "flip" => {
                mischief::make_nonblocking();
                self.reply(job.id, source);
            }
            "pass descriptors" => {
                let reply = reply_bytes(job.id, source);
                mischief::pass_descriptors(&self.0, &reply[..1], argument.parse().unwrap());
                self.write(&reply[1..]);
            }
            "write to stderr" => {
                mischief::flood(argument.parse().unwrap());
                self.reply(job.id, source);
            }
            _ => self.reply(job.id, source),
        }
    }

    fn reply(&mut self, id: u64, body: &[u8]) {
        let bytes = reply_bytes(id, body);
        self.write(&bytes);
    }

    /// The head of a reply with a body of that length.
    fn announce(&mut self, id: u64, length: u64) {
        let mut bytes = frame::encode(&reply_header(id), 0).unwrap();
        bytes[8..PRELUDE_BYTES].copy_from_slice(&length.to_le_bytes());
        self.write(&bytes);
    }

    fn reply_of_zeros(&mut self, id: u64, length: u64) {
        self.announce(id, length);
        loop {
            self.write(&[0; 65_536]);
        }
    }

    fn drip(&mut self, id: u64, body: &[u8]) {
        for byte in reply_bytes(id, body) {
            self.write(&[byte]);
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

/// Worth another attempt at once.
fn is_passing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

fn before_the_start(script: &str) -> bool {
    let verbs = [
        "die before starting",
        "start another job",
        "reply without starting",
    ];
    verbs.iter().any(|verb| script.starts_with(verb))
}

fn first_line(source: &[u8]) -> String {
    let line = source
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    String::from_utf8_lossy(line).into_owned()
}

fn reply_bytes(id: u64, body: &[u8]) -> Vec<u8> {
    let mut bytes = frame::encode(&reply_header(id), body.len()).unwrap();
    bytes.extend_from_slice(body);
    bytes
}

fn reply_header(id: u64) -> Reply {
    Reply {
        id,
        format: OutputFormat::Png,
        width: 1,
        height: 1,
        frames: 1,
        timings: Timings::default(),
    }
}

fn sleep_for_ever() -> ! {
    loop {
        std::thread::sleep(Duration::from_secs(3600));
    }
}
