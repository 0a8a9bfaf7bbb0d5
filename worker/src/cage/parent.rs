//! The worker dies with the gateway, even in the middle of a job: a busy worker would notice
//! the end of its socket only after it.

use std::os::unix::net::UnixStream;

use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::sys::socket::{getsockopt, sockopt};
use nix::unistd::getppid;

/// SIGKILL when the thread that started us ends: the gateway's spawner, which ends with it.
pub(super) fn die_with_it() {
    // Whether it took is asked once, at the end, by `is_armed`.
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
}

/// Whether the signal is set at this moment.
pub(super) fn is_armed() -> bool {
    prctl::get_pdeathsig() == Ok(Some(Signal::SIGKILL))
}

/// Only worth asking after the signal was armed: a gateway that died before never triggers it.
pub(super) fn is_gone(socket: &UnixStream) -> bool {
    // The credentials of a socketpair are those of its maker at the time of making.
    getsockopt(socket, sockopt::PeerCredentials).is_ok_and(|peer| peer.pid() != getppid().as_raw())
}
