//! What code that has taken over a worker would try. Each attempt is harmless where it
//! succeeds, and says what the kernel answered.

#![expect(unsafe_code, reason = "an attacker does not use safe wrappers")]

use std::sync::OnceLock;

use nix::errno::Errno;
use nix::libc::{self, c_long};
use nix::unistd::getppid;

/// Calls of the x32 kind carry this bit beside their number.
const X32: c_long = 0x4000_0000;

/// The seventh argument goes by the stack, where a plain 0 leaves half of the word as it was.
const NO_FLAGS: c_long = 0;

const GOT_THROUGH: &str = "got through";

/// The gateway's process number, asked for while that is still allowed.
static GATEWAY: OnceLock<i32> = OnceLock::new();

/// To be called before the cage is closed.
pub(crate) fn remember_the_gateway() {
    GATEWAY.get_or_init(|| getppid().as_raw());
}

/// Tries what the name says; returns the name of the kernel's error, or `got through`.
pub(crate) fn attempt(name: &str) -> String {
    let outcome = match name {
        "a thread" => return thread(),
        "a thread bomb" => return bomb(thread),
        "a fork bomb" => return bomb(|| name_of(call("fork"))),
        "a 32-bit call" => return call_of_32_bits(),
        name => call(name),
    };
    name_of(outcome)
}

fn name_of(outcome: c_long) -> String {
    match Errno::result(outcome) {
        Ok(_) => GOT_THROUGH.to_owned(),
        Err(error) => format!("{error:?}"),
    }
}

/// Many times the same; says what came of it, and how often it got through.
fn bomb(attempt: impl Fn() -> String) -> String {
    let said: Vec<_> = (0..1000).map(|_| attempt()).collect();
    let through = said.iter().filter(|said| *said == GOT_THROUGH).count();
    format!("{through} got through, the last: {}", said[said.len() - 1])
}

fn call(name: &str) -> c_long {
    let parent = c_long::from(*GATEWAY.get().unwrap());
    let mut room = [0_u8; 256];
    let memory = room.as_mut_ptr();
    let vector = [libc::iovec {
        iov_base: memory.cast(),
        iov_len: 8,
    }];
    let folder = libc::AT_FDCWD;
    let no_address = std::ptr::null::<u8>();
    let inet = libc::AF_INET;
    let anonymous = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    let executable = libc::PROT_READ | libc::PROT_EXEC;
    // SAFETY: every pointer is to `room` or `vector`, which outlive the call and are larger
    // than whatever the kernel would read or write there.
    unsafe {
        match name {
            "open" => libc::syscall(libc::SYS_openat, folder, c"/etc/passwd".as_ptr(), 0),
            "create" => libc::syscall(
                libc::SYS_openat,
                folder,
                c"/f".as_ptr(),
                libc::O_CREAT,
                0o600,
            ),
            "list" => libc::syscall(libc::SYS_openat, folder, c"/".as_ptr(), libc::O_DIRECTORY),
            "socket" => libc::syscall(libc::SYS_socket, inet, libc::SOCK_STREAM, 0),
            "connect" => libc::syscall(libc::SYS_connect, 0, memory, 16),
            "execve" => libc::syscall(
                libc::SYS_execve,
                c"/bin/true".as_ptr(),
                no_address,
                no_address,
            ),
            "fork" => child(libc::syscall(libc::SYS_fork)),
            "clone3" => child(libc::syscall(libc::SYS_clone3, memory, 64)),
            "ptrace" => libc::syscall(libc::SYS_ptrace, libc::PTRACE_ATTACH, parent, 0, 0),
            "process_vm_readv" => {
                let vector = vector.as_ptr();
                libc::syscall(
                    libc::SYS_process_vm_readv,
                    parent,
                    vector,
                    1,
                    vector,
                    1,
                    NO_FLAGS,
                )
            }
            "io_uring_setup" => libc::syscall(libc::SYS_io_uring_setup, 1, memory),
            "memfd_create" => libc::syscall(libc::SYS_memfd_create, c"m".as_ptr(), 0),
            "signal the gateway" => libc::syscall(libc::SYS_kill, parent, 0),
            "signal itself" => libc::syscall(libc::SYS_tgkill, libc::getpid(), libc::getpid(), 0),
            "prctl" => libc::syscall(libc::SYS_prctl, libc::PR_SET_DUMPABLE, 1, 0, 0, 0),
            "mprotect for code" => libc::syscall(libc::SYS_mprotect, 0x10000, 4096, executable),
            "mmap for code" => libc::syscall(libc::SYS_mmap, 0, 4096, executable, anonymous, -1, 0),
            "unshare" => libc::syscall(libc::SYS_unshare, libc::CLONE_NEWUSER),
            "mount" => {
                let (tmpfs, root) = (c"tmpfs".as_ptr(), c"/".as_ptr());
                libc::syscall(libc::SYS_mount, tmpfs, root, tmpfs, 0, no_address)
            }
            "become root" => libc::syscall(libc::SYS_setresuid, 0, 0, 0),
            "raise a limit" => {
                let limit = [64_u64, 64];
                let resource = libc::RLIMIT_NOFILE;
                libc::syscall(libc::SYS_prlimit64, 0, resource, limit.as_ptr(), no_address)
            }
            "take the handler" => {
                libc::syscall(libc::SYS_rt_sigaction, libc::SIGSYS, memory, no_address, 8)
            }
            "an x32 call" => libc::syscall(X32 | libc::SYS_getpid),
            "an x32 open" => libc::syscall(X32 | libc::SYS_open, c"/etc/passwd".as_ptr(), 0),
            "an x32 write" => libc::syscall(X32 | libc::SYS_write, 2, memory, 1),
            _ => panic!("no attempt {name:?}"),
        }
    }
}

/// A child that did come into being ends at once.
fn child(pid: c_long) -> c_long {
    if pid == 0 {
        // SAFETY: leaves the child without touching what it shares with its parent.
        unsafe { libc::_exit(0) }
    }
    pid
}

fn thread() -> String {
    match std::thread::Builder::new().spawn(|| {}) {
        Ok(_) => GOT_THROUGH.to_owned(),
        Err(error) => format!(
            "{:?}",
            Errno::from_raw(error.raw_os_error().unwrap_or_default())
        ),
    }
}

/// Attaches to another process as a debugger would; the way of a neighbour, not of a worker.
pub(crate) fn attach(pid: i32) -> String {
    // SAFETY: the kernel takes no pointer with this request.
    name_of(unsafe { libc::syscall(libc::SYS_ptrace, libc::PTRACE_SEIZE, pid, 0, 0) })
}

/// The number of getpid in the 32-bit table, which is writev in ours.
fn call_of_32_bits() -> String {
    let number: c_long;
    // SAFETY: getpid takes no arguments and touches no memory.
    unsafe {
        std::arch::asm!("int 0x80", inlateout("rax") 20_i64 => number);
    }
    format!("got through: {number}")
}
