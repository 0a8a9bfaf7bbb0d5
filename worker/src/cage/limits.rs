//! Limits of the kernel on what the process may use.
//!
//! Memory is limited by RLIMIT_DATA and not RLIMIT_AS: it counts what was allocated, not what
//! was merely mapped. CPU time is limited per job, by the gateway.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// How far RLIMIT_DATA stands above the allocator's cap, as a share of it: what malloc itself
/// needs beside what it hands out, fragments above all. The cap speaks first, with figures;
/// this is the net below it, for memory that does not come from the allocator.
const NET_SHARE: u64 = 8;
/// The same for a small cap: the program's own data, and what malloc may keep after it is freed
/// (`kernel::kept_at_most`).
const NET_BYTES: u64 = 80 << 20;

/// A core file would hold a caller's picture, and memory must end somewhere.
pub(super) fn no_core_and_a_memory_cap(memory_bytes: u64) -> bool {
    let net = memory_bytes.saturating_add(memory_bytes / NET_SHARE + NET_BYTES);
    let core = limit(Resource::RLIMIT_CORE, 0);
    limit(Resource::RLIMIT_DATA, net) && core
}

/// No new descriptor (open, socket, dup, memfd fail), no file that grows, no new process or
/// thread. The last has no effect on root, and the second kills a worker whose standard error
/// is a file.
pub(super) fn nothing_new() -> bool {
    let limits = [
        // Descriptor 0, the socket, is taken; with a limit of 0 `poll` would refuse to wait for it.
        (Resource::RLIMIT_NOFILE, 1),
        (Resource::RLIMIT_FSIZE, 0),
        (Resource::RLIMIT_NPROC, 0),
    ];
    // All are set even if one fails.
    limits.map(|(resource, value)| limit(resource, value)) == [true; 3]
}

/// Soft and hard alike, so that it cannot be raised again.
fn limit(resource: Resource, value: u64) -> bool {
    let _ = setrlimit(resource, value, value);
    getrlimit(resource) == Ok((value, value))
}
