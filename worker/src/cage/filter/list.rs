//! The list for x86-64 and glibc: which system calls a picture needs, each with its reason,
//! and which only an attack makes. Found by tracing every codec, operation and way to die;
//! held by a test that runs all of them under the filter.

use nix::libc::{self, c_long};

/// A condition on the arguments of a call that is let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arguments {
    /// Whatever they are.
    Any,
    /// The third does not ask for memory that can be executed.
    NotExecutable,
    /// It sets the handler of another signal than SIGSYS, whose handler is ours.
    NotOurHandler,
    /// It sends SIGABRT, to this very process.
    AbortOfItself,
}

use Arguments::{AbortOfItself, Any, NotExecutable, NotOurHandler};

/// What is let through.
pub(super) const ALLOWED: [(c_long, Arguments); 25] = [
    // The socket: the standard library reads it by recvfrom and writes it by writev and
    // sendto, and is free to choose read and write instead. Standard error is written.
    (libc::SYS_recvfrom, Any),
    (libc::SYS_sendto, Any),
    (libc::SYS_writev, Any),
    (libc::SYS_read, Any),
    (libc::SYS_write, Any),
    // Waits a moment for the next job before memory is given back.
    (libc::SYS_poll, Any),
    // malloc and free. The program brings all of its code along.
    (libc::SYS_brk, Any),
    (libc::SYS_mmap, NotExecutable),
    (libc::SYS_mprotect, NotExecutable),
    (libc::SYS_mremap, Any),
    (libc::SYS_munmap, Any),
    (libc::SYS_madvise, Any),
    // A lock of the standard library that looks taken; there is no second thread to take it.
    (libc::SYS_futex, Any),
    // Continues a call that a stop and continue interrupted; the kernel puts it in.
    (libc::SYS_restart_syscall, Any),
    // Return from a signal handler, such as Rust's for a bad access.
    (libc::SYS_rt_sigreturn, Any),
    // Rust takes down its signal stack when main returns.
    (libc::SYS_sigaltstack, Any),
    // Time spent in each phase, where the vDSO cannot tell.
    (libc::SYS_clock_gettime, Any),
    // Keys of hash maps.
    (libc::SYS_getrandom, Any),
    // Dying with the true cause: Rust's handler for a bad access restores the default and
    // faults again; abort unblocks, looks itself up and signals itself. Without these a crash
    // would look like a violation, or go on for ever.
    (libc::SYS_rt_sigaction, NotOurHandler),
    (libc::SYS_rt_sigprocmask, Any),
    (libc::SYS_getpid, Any),
    (libc::SYS_gettid, Any),
    (libc::SYS_tgkill, AbortOfItself),
    // The end of the socket is the end of the worker.
    (libc::SYS_close, Any),
    (libc::SYS_exit_group, Any),
];

/// What no mistake of a codec leads to. These end the worker in the kernel, without a handler
/// of ours between; everything else that is not allowed is named by the handler first.
pub(super) const ATTACKS: [c_long; 46] = [
    // Another program.
    libc::SYS_execve,
    libc::SYS_execveat,
    // Another process or thread.
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_clone,
    libc::SYS_clone3,
    // The network.
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    // Other processes' memory and descriptors.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    // Corners of the kernel with a long record of holes.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_bpf,
    libc::SYS_userfaultfd,
    libc::SYS_perf_event_open,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    // Files that no directory shows, and that could be executed.
    libc::SYS_memfd_create,
    libc::SYS_memfd_secret,
    // The way out of the namespaces.
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_chroot,
    libc::SYS_pivot_root,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    // Code in the kernel.
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
];
