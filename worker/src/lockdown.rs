//! What is done before the first job: the socket is taken from standard input and the first
//! layers of the cage are closed, each with its reason. Reports only layers that the kernel
//! confirms; whether a missing one matters is for the gateway to say.

use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixStream;

use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use nix::sys::socket::{UnixAddr, getsockname, getsockopt, sockopt};
use nix::unistd::getppid;
use protocol::Layer;

const NOT_A_SOCKET: &str = "standard input is not a Unix socket; this program is started by \
                            framefarm, not by hand";

/// The gateway's end of the wire, from standard input.
pub(crate) fn take_socket() -> Result<UnixStream, String> {
    let stdin = io::stdin();
    getsockname::<UnixAddr>(stdin.as_fd().as_raw_fd()).map_err(|_| NOT_A_SOCKET.to_owned())?;
    let socket = stdin
        .as_fd()
        .try_clone_to_owned()
        .map_err(|error| format!("standard input cannot be duplicated: {error}"))?;
    Ok(UnixStream::from(socket))
}

/// Closes the cage as far as it goes and names the layers in force; `None` when the gateway
/// is already gone and there is nobody to work for.
pub(crate) fn lock_down(stream: &UnixStream, memory_bytes: Option<u64>) -> Option<Vec<Layer>> {
    // Exec happens through /proc/self/fd, so the name in `ps` would be a number.
    let _ = prctl::set_name(c"framefarm-wkr");
    let mut layers = Vec::new();
    if die_with_the_gateway() {
        layers.push(Layer::ParentDeathSignal);
    }
    // Only after the signal is armed: a gateway that died before would never trigger it.
    if gateway_is_gone(stream) {
        return None;
    }
    if limit_resources(memory_bytes) {
        layers.push(Layer::ResourceLimits);
    }
    let _ = prctl::set_no_new_privs();
    if prctl::get_no_new_privs() == Ok(true) {
        layers.push(Layer::NoNewPrivileges);
    }
    Some(layers)
}

fn die_with_the_gateway() -> bool {
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    prctl::get_pdeathsig() == Ok(Some(Signal::SIGKILL))
}

fn gateway_is_gone(stream: &UnixStream) -> bool {
    // The credentials of a socketpair are those of its maker at the time of making.
    getsockopt(stream, sockopt::PeerCredentials).is_ok_and(|peer| peer.pid() != getppid().as_raw())
}

/// A core file would hold a caller's picture. RLIMIT_DATA and not RLIMIT_AS: it counts what
/// was allocated, not what was merely mapped.
fn limit_resources(memory_bytes: Option<u64>) -> bool {
    let limit = |resource, bytes| {
        let _ = setrlimit(resource, bytes, bytes);
        getrlimit(resource) == Ok((bytes, bytes))
    };
    let core = limit(Resource::RLIMIT_CORE, 0);
    memory_bytes.is_none_or(|bytes| limit(Resource::RLIMIT_DATA, bytes)) && core
}
