//! What the safe wrappers leave to do by hand: owning standard input, closing every other
//! descriptor, signals, the handler of a forbidden system call, and leaving at once. Nothing
//! here decides anything.

#![expect(
    unsafe_code,
    reason = "descriptors that came by inheritance, a signal handler, and _exit have no safe form"
)]

use std::fmt::Write as _;
use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use nix::libc;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction, signal};
use protocol::LastWords;

/// Longest line of last words, bytes: two numbers of 20 digits and the text between them.
const LINE_BYTES: usize = 96;

/// Standard input, to own; `None` when it was taken before.
pub(crate) fn take_standard_input() -> Option<OwnedFd> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Ordering::Relaxed) {
        return None;
    }
    // SAFETY: descriptor 0 is open (the runtime opens /dev/null where it was closed), and
    // nobody else owns it: this is the only place that does, and it does so once.
    Some(unsafe { OwnedFd::from_raw_fd(0) })
}

/// Closes standard output and everything above standard error.
///
/// # Errors
/// When the kernel is older than 5.9.
pub(crate) fn close_all_but_input_and_error() -> io::Result<()> {
    for (first, last) in [(1, 1), (3, u32::MAX)] {
        // SAFETY: the worker owns no descriptor but 0, which stays; what it inherited beside
        // has no owner in this program, and standard output is never written to.
        if unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) } != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// From now on none of these does anything.
pub(crate) fn ignore(signals: &[Signal]) {
    for kind in signals {
        // SAFETY: no handler is installed, so there is none that could do something wrong.
        // It fails only for signals that nobody can ignore.
        let _ = unsafe { signal(*kind, SigHandler::SigIgn) };
    }
}

/// From now on a SIGSYS ends the worker with [`LastWords::ForbiddenCall`].
pub(crate) fn name_forbidden_calls() -> nix::Result<()> {
    let handler = SigHandler::SigAction(forbidden_call);
    let action = SigAction::new(handler, SaFlags::SA_SIGINFO, SigSet::empty());
    // SAFETY: the handler calls nothing but write and _exit, and neither locks nor allocates.
    unsafe { sigaction(Signal::SIGSYS, &action) }.map(drop)
}

/// `siginfo_t` of a SIGSYS, which libc does not spell out.
#[repr(C)]
struct ForbiddenCall {
    head: [libc::c_int; 3],
    address: *const libc::c_void,
    number: libc::c_int,
    architecture: libc::c_uint,
}

extern "C" fn forbidden_call(_: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: with SA_SIGINFO the kernel passes a valid siginfo_t of 128 bytes, and for SIGSYS
    // its fields are these.
    let number = unsafe { (*info.cast::<ForbiddenCall>()).number };
    end(LastWords::ForbiddenCall {
        number: number.into(),
    })
}

/// Says why and ends the process, from anywhere: neither locks nor allocates.
pub(crate) fn end(words: LastWords) -> ! {
    let mut line = Line::default();
    // The longest words fit; were they cut, the exit code would still tell.
    let _ = writeln!(line, "{words}");
    // Nobody is left to tell when standard error is closed.
    let _ = nix::unistd::write(io::stderr().as_fd(), &line.bytes[..line.length]);
    // SAFETY: ends the process; no destructor or exit handler runs, which is the point.
    unsafe { libc::_exit(words.exit_code()) }
}

/// A line of text on the stack.
struct Line {
    bytes: [u8; LINE_BYTES],
    length: usize,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            bytes: [0; LINE_BYTES],
            length: 0,
        }
    }
}

impl std::fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let room = self.bytes.get_mut(self.length..self.length + text.len());
        room.ok_or(std::fmt::Error)?
            .copy_from_slice(text.as_bytes());
        self.length += text.len();
        Ok(())
    }
}
