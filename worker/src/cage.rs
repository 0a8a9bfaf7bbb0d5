//! The cage: what the worker takes from itself before the first byte of a job. Read on in the
//! order of [`lock_down`]; each layer is one file, with the reason beside every act.
//!
//! Every layer is asked of the kernel and then confirmed by it; only what is confirmed is
//! reported. A layer that cannot be had is skipped and the next one tried: whether the worker
//! may work without it is for the gateway to say. Nothing is ever taken back.

mod capabilities;
mod descriptors;
mod filter;
mod landlock;
mod limits;
mod namespaces;
mod parent;
mod privileges;
mod root;
mod user;
mod warm_up;

use std::os::unix::net::UnixStream;

use nix::sys::prctl;
use protocol::{Cage, Layer, Start};

use crate::memory;

/// Whether the last layer is put on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// As in the program.
    Installed,
    /// Left out, so that a test can show that the layers below hold by themselves.
    LeftOut,
}

/// The layers found to be in force, so far.
#[derive(Debug, Default)]
struct Confirmed(Vec<Layer>);

impl Confirmed {
    fn note(&mut self, layer: Layer, in_force: bool) -> bool {
        if in_force {
            self.0.push(layer);
        }
        in_force
    }
}

/// Closes the cage as far as it goes and names the layers in force; `None` when the gateway
/// is already gone and there is nobody to work for.
pub(crate) fn lock_down(socket: &UnixStream, start: Start, filter: Filter) -> Option<Vec<Layer>> {
    // Exec happens through /proc/self/fd, so the name in `ps` would be a number.
    let _ = prctl::set_name(c"framefarm-wkr");
    let mut confirmed = Confirmed::default();
    parent::die_with_it();
    if parent::is_gone(socket) {
        return None;
    }
    let limited = limits::no_core_and_a_memory_cap(start.memory_bytes);
    confirmed.note(Layer::ResourceLimits, limited);
    memory::cap(start.memory_bytes);
    if start.cage == Cage::Closed {
        if user::is_root() {
            confirmed.note(Layer::OwnUser, user::become_nobody());
            // A change of user disarms the signal, and the gateway may have died in between.
            parent::die_with_it();
            if parent::is_gone(socket) {
                return None;
            }
        }
        leave_the_system(&mut confirmed);
    }
    // Asked last, because more than one of the layers could have disarmed it.
    confirmed.note(Layer::ParentDeathSignal, parent::is_armed());
    warm_up::warm_up();
    if start.cage == Cage::Closed {
        shut_the_door(&mut confirmed, filter);
    }
    Some(confirmed.0)
}

/// The layers that take away what could be seen and reached. They need files, descriptors and
/// system calls themselves, which the layers of [`shut_the_door`] then take away.
fn leave_the_system(confirmed: &mut Confirmed) {
    for (layer, in_force) in namespaces::leave() {
        confirmed.note(layer, in_force);
    }
    // Outside a mount namespace of its own the worker would change everybody's mounts.
    if confirmed.0.contains(&Layer::MountNamespace) {
        confirmed.note(Layer::EmptyRoot, root::empty());
    }
    confirmed.note(Layer::LandlockFiles, landlock::deny_files());
    confirmed.note(Layer::LandlockNetwork, landlock::deny_network());
    confirmed.note(Layer::LandlockScopes, landlock::deny_others());
    // After the mounts, which need those of the new user namespace.
    confirmed.note(Layer::NoCapabilities, capabilities::drop_all());
}

fn shut_the_door(confirmed: &mut Confirmed, filter: Filter) {
    confirmed.note(Layer::NotDumpable, privileges::hide_memory());
    confirmed.note(
        Layer::NoInheritedDescriptors,
        descriptors::close_inherited(),
    );
    confirmed.note(Layer::ZeroLimits, limits::nothing_new());
    confirmed.note(Layer::NoNewPrivileges, privileges::no_new_ones());
    if filter == Filter::Installed {
        confirmed.note(Layer::SystemCallFilter, filter::install());
    }
}
