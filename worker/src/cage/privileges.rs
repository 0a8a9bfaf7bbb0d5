//! Two attributes of the process: nobody reads its memory, and no exec makes it more.

use nix::sys::prctl;

/// Another process of the same user could otherwise attach to it, read its memory and open its
/// descriptors. It also stops core dumps a second time.
///
/// Not earlier: entries in /proc of such a process belong to root, and the layers before need
/// some of them.
pub(super) fn hide_memory() -> bool {
    let _ = prctl::set_dumpable(false);
    prctl::get_dumpable() == Ok(false)
}

/// No set-user-id program gives it rights; the kernel also wants this before an ordinary user
/// may install a filter.
pub(super) fn no_new_ones() -> bool {
    let _ = prctl::set_no_new_privs();
    prctl::get_no_new_privs() == Ok(true)
}
