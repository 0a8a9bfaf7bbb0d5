//! What a worker can do to what it shares with its gateway: CPU time, signals, flags of
//! descriptors, descriptors sent along, standard error.

use std::io::{IoSlice, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::SigSet;
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};

/// `path:word`: the word becomes the last line of the file.
pub(crate) fn note(argument: &str) {
    let (path, word) = argument.rsplit_once(':').unwrap();
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.create(true).append(true).open(path).unwrap();
    writeln!(file, "{word}").unwrap();
}

/// SIGKILL and SIGSTOP cannot be blocked.
pub(crate) fn block_all_signals() {
    SigSet::all().thread_block().unwrap();
}

/// The socket and standard error, as this process holds them.
pub(crate) fn make_nonblocking() {
    let (input, error) = (std::io::stdin(), std::io::stderr());
    for descriptor in [input.as_fd(), error.as_fd()] {
        fcntl(descriptor, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
    }
}

/// Sends `bytes`, and so many descriptors with them.
pub(crate) fn pass_descriptors(socket: &UnixStream, bytes: &[u8], count: usize) {
    let null = std::fs::File::open("/dev/null").unwrap();
    let descriptors = vec![null.as_raw_fd(); count];
    let rights = [ControlMessage::ScmRights(&descriptors)];
    let vector = [IoSlice::new(bytes)];
    sendmsg::<()>(
        socket.as_raw_fd(),
        &vector,
        &rights,
        MsgFlags::empty(),
        None,
    )
    .unwrap();
}

/// So many lines of 4000 bytes on standard error.
pub(crate) fn flood(lines: usize) {
    let line = format!("{}\n", "x".repeat(3999));
    let mut error = std::io::stderr().lock();
    (0..lines).for_each(|_| error.write_all(line.as_bytes()).unwrap());
}

/// Uses so much CPU time, on a CPU that it has for itself.
pub(crate) fn burn(time: Duration) {
    let begun = std::time::Instant::now();
    while begun.elapsed() < time {
        std::hint::black_box(begun);
    }
}
