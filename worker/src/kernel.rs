//! What the safe wrappers leave to do by hand: owning standard input, mapping the shared page,
//! closing every other descriptor, signals, the handler of a forbidden system call, and leaving
//! at once. Nothing here decides anything.

#![expect(
    unsafe_code,
    reason = "descriptors that came by inheritance, a signal handler, and _exit have no safe form"
)]

use std::io;
use std::num::NonZeroUsize;
use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::libc;
use nix::sys::mman::{MapFlags, ProtFlags, mmap};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction, signal};
use nix::sys::stat::fstat;
use protocol::{LastWords, PAGE_BYTES};

use crate::trail::{Page, trail};

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

/// Maps the page that the gateway gave as standard output, and closes the descriptor. `None`
/// when standard output is no such page, or was taken before.
pub(crate) fn take_shared_page() -> Option<&'static Page> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Ordering::Relaxed) {
        return None;
    }
    // SAFETY: as with standard input; this is the only place that owns descriptor 1.
    let file = unsafe { OwnedFd::from_raw_fd(1) };
    let size = NonZeroUsize::new(PAGE_BYTES)?;
    // A file that is shorter, or gets shorter, would make the page a trap (SIGBUS).
    let sealed = fcntl(&file, FcntlArg::F_GET_SEALS).map(SealFlag::from_bits_truncate);
    let whole = fstat(&file).is_ok_and(|stat| stat.st_size == PAGE_BYTES as i64);
    if !whole || !sealed.is_ok_and(|seals| seals.contains(SealFlag::F_SEAL_SHRINK)) {
        return None;
    }
    let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    // SAFETY: a new mapping, at an address of the kernel's choice, which nothing refers to yet.
    let memory = unsafe { mmap(None, size, access, MapFlags::MAP_SHARED, &file, 0) }.ok()?;
    // SAFETY: the mapping is as long as `Page`, aligned to far more than a word, and never
    // unmapped; atomics may be changed by others, the gateway does not even do that.
    Some(unsafe { memory.cast::<Page>().as_ref() })
}

/// Closes everything above standard error.
///
/// # Errors
/// When the kernel is older than 5.9.
pub(crate) fn close_all_above_error() -> io::Result<()> {
    // SAFETY: the worker owns no descriptor above standard error; what it inherited there has no
    // owner in this program.
    if unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, 0) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Sorts more than glibc's `qsort` keeps on the stack.
pub(crate) fn sort_once() {
    extern "C" fn compare(left: *const libc::c_void, right: *const libc::c_void) -> libc::c_int {
        // SAFETY: `qsort` passes pointers to two elements of the array, which are bytes.
        let (left, right) = unsafe { (*left.cast::<u8>(), *right.cast::<u8>()) };
        libc::c_int::from(left) - libc::c_int::from(right)
    }
    let mut bytes = [0_u8; 4096];
    bytes[0] = 1;
    // SAFETY: the array has as many elements of one byte as is said, and `compare` reads no more.
    unsafe { libc::qsort(bytes.as_mut_ptr().cast(), bytes.len(), 1, Some(compare)) };
    std::hint::black_box(bytes);
}

/// Allocations from here on, bytes, are mappings of their own; glibc allows no more.
pub(crate) const MAPPED_FROM: usize = 32 << 20;

/// Bytes that the allocator may keep after they are freed, in a worker that may hold `cap`: three or four
/// canvases of less than [`MAPPED_FROM`] each where there is room for them.
#[cfg(target_env = "gnu")]
fn kept_at_most(cap: u64) -> u64 {
    (cap / 8).max(64 << 20)
}

/// From now on the allocator keeps what is freed for the next allocation: asking the kernel for the
/// same canvas again costs 0.4 ms per MB in page faults. What is larger than [`MAPPED_FROM`] goes back
/// at once all the same. When more than [`kept_at_most`] of that cap is free at the end of the heap, three
/// quarters of as much stay.
#[cfg(target_env = "gnu")]
pub(crate) fn keep_freed_memory(cap: u64) {
    let kept = libc::c_int::try_from(kept_at_most(cap)).unwrap_or(libc::c_int::MAX);
    // SAFETY: sets three numbers of the allocator; a value that it refuses changes nothing.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, MAPPED_FROM as libc::c_int);
        libc::mallopt(libc::M_TRIM_THRESHOLD, kept);
        // Else all would go, and be asked for again.
        libc::mallopt(libc::M_TOP_PAD, kept / 4 * 3);
    }
}

/// Asks for huge pages under an allocation of that many bytes: a fault for each 2 MiB in place of one
/// for each 4 KiB. The kernel does as it likes.
pub(crate) fn prefer_huge_pages(memory: *mut u8, bytes: usize) {
    const PAGE: usize = 4096;
    let begin = memory.map_addr(|address| address & !(PAGE - 1));
    // SAFETY: changes nothing about the contents, whoever's they are.
    unsafe { libc::madvise(begin.cast(), bytes, libc::MADV_HUGEPAGE) };
}

/// Gives what was kept back to the kernel.
#[cfg(target_env = "gnu")]
pub(crate) fn return_freed_memory() {
    // SAFETY: touches only memory that nobody holds.
    unsafe { libc::malloc_trim(0) };
}

/// Other allocators decide for themselves what they keep.
#[cfg(not(target_env = "gnu"))]
pub(crate) fn keep_freed_memory(_: u64) {}

/// Other allocators decide for themselves when they return it.
#[cfg(not(target_env = "gnu"))]
pub(crate) fn return_freed_memory() {}

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
    // SAFETY: the handler stores a number and calls _exit; it neither locks nor allocates.
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

/// Leaves why on the shared page and ends the process, from anywhere: neither locks nor
/// allocates.
pub(crate) fn end(words: LastWords) -> ! {
    trail().ends_with(words);
    // SAFETY: ends the process; no destructor or exit handler runs, which is the point.
    unsafe { libc::_exit(words.exit_code()) }
}
