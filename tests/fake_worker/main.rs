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

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use protocol::frame::{self, PRELUDE_BYTES};
use protocol::{Hello, Job, Layer, Message, OutputFormat, Prelude, Reply, Started, Timings};

fn main() {
    let program = std::env::current_exe().unwrap();
    let name = program.file_name().unwrap().to_str().unwrap();
    let behaviour = name
        .split_once('@')
        .map_or("greets", |(_, behaviour)| behaviour);
    let socket = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
    let mut worker = FakeWorker(UnixStream::from(socket));
    match behaviour {
        "greets" => {}
        "exits" => std::process::exit(3),
        "is-silent" => sleep_for_ever(),
        // The first of all workers is silent, every later one greets.
        "first-is-silent" => {
            let mark = program.with_extension("mark");
            if std::fs::File::create_new(mark).is_ok() {
                sleep_for_ever();
            }
        }
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

    fn write(&mut self, bytes: &[u8]) {
        // The gateway may have given up on us already.
        if self.0.write_all(bytes).is_err() {
            std::process::exit(0);
        }
    }

    fn read(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        if self.0.read_exact(&mut bytes).is_err() {
            std::process::exit(0);
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
            "spin" => burn(Duration::MAX),
            "burn" => {
                burn(Duration::from_millis(argument.parse().unwrap()));
                self.reply(job.id, source);
            }
            "exit" => std::process::exit(argument.parse().unwrap()),
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
                let bytes = raw(argument, job.id);
                self.write(&bytes);
                sleep_for_ever();
            }
            "write to stderr" => {
                let line = "x".repeat(1000);
                (0..argument.parse().unwrap()).for_each(|_| eprintln!("{line}"));
                self.reply(job.id, source);
            }
            _ => self.reply(job.id, source),
        }
    }

    fn reply(&mut self, id: u64, body: &[u8]) {
        let bytes = reply_bytes(id, body);
        self.write(&bytes);
    }

    fn drip(&mut self, id: u64, body: &[u8]) {
        for byte in reply_bytes(id, body) {
            self.write(&[byte]);
            std::thread::sleep(Duration::from_millis(200));
        }
    }
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
    let reply = Reply {
        id,
        format: OutputFormat::Png,
        width: 1,
        height: 1,
        frames: 1,
        traded: None,
        timings: Timings::default(),
    };
    let mut bytes = frame::encode(&reply, body.len()).unwrap();
    bytes.extend_from_slice(body);
    bytes
}

/// Bytes that no honest worker sends, by name. A prelude is magic, kind, flags, header length
/// (4 bytes), body length (8 bytes).
fn raw(name: &str, id: u64) -> Vec<u8> {
    const REPLY: u8 = 4;
    const REFUSAL: u8 = 5;
    let prelude = |kind: u8, header: u32, body: u64| {
        let mut bytes = vec![0xFF, 0xAF, kind, 0];
        bytes.extend(header.to_le_bytes());
        bytes.extend(body.to_le_bytes());
        bytes
    };
    let framed = |kind: u8, header: &[u8]| {
        let mut bytes = prelude(kind, header.len() as u32, 0);
        bytes.extend(header);
        bytes
    };
    let honest = reply_bytes(id, b"");
    let honest_header = &honest[PRELUDE_BYTES..];
    let id_byte = id as u8;
    match name {
        "garbage" => b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
        "header length 0xFFFFFFFF" => prelude(REPLY, u32::MAX, 0),
        "header length 0" => prelude(REPLY, 0, 0),
        "body length 2^63" => prelude(REPLY, 10, 1 << 63),
        "body length over the cap" => prelude(REPLY, 10, 1 << 40),
        "body on a refusal" => prelude(REFUSAL, 10, 1),
        "a length shorter than the header" => framed(REPLY, &honest_header[..2]),
        "trailing bytes" => framed(REPLY, &[honest_header, b"x"].concat()),
        "unknown kind" => framed(99, b"x"),
        "unknown flags" => {
            let mut bytes = honest;
            bytes[3] = 1;
            bytes
        }
        "unknown tag" => framed(REFUSAL, &[id_byte, 200]),
        // id, reason BadImage, phase Decode, no operation, then the detail's length.
        "a text of 2^40 bytes" => {
            let mut header = vec![id_byte, 2, 0, 0, 253];
            header.extend((1_u64 << 40).to_le_bytes());
            framed(REFUSAL, &header)
        }
        "bad UTF-8" => framed(REFUSAL, &[id_byte, 2, 0, 0, 2, 0xC3, 0x28]),
        "bad bool" => framed(REFUSAL, &[id_byte, 2, 0, 7, 0]),
        "a job" => framed(2, b"x"),
        "a second hello" => framed(1, b"x"),
        _ => panic!("no raw bytes {name:?}"),
    }
}

/// Uses so much CPU time, on a CPU that it has for itself.
fn burn(time: Duration) {
    let begun = std::time::Instant::now();
    while begun.elapsed() < time {
        std::hint::black_box(begun);
    }
}

fn sleep_for_ever() -> ! {
    loop {
        std::thread::sleep(Duration::from_secs(3600));
    }
}
