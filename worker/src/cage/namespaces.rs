//! Namespaces of its own: what the worker cannot name it cannot reach.
//!
//! One after the other, so that one which is forbidden costs only itself. The ids of the user
//! namespace are left unmapped: inside, the worker is nobody, and can become nobody else.

use std::os::unix::fs::MetadataExt;

use nix::sched::{CloneFlags, unshare};
use protocol::Layer;

struct Namespace {
    flag: CloneFlags,
    layer: Layer,
    /// Its entry in /proc/self/ns.
    entry: &'static str,
}

const NAMESPACES: [Namespace; 5] = [
    // First, because it grants an ordinary user the capabilities that the others need.
    Namespace {
        flag: CloneFlags::CLONE_NEWUSER,
        layer: Layer::UserNamespace,
        entry: "user",
    },
    // There is only a loopback device in it, and that is down.
    Namespace {
        flag: CloneFlags::CLONE_NEWNET,
        layer: Layer::NetworkNamespace,
        entry: "net",
    },
    // So that the root directory can be replaced.
    Namespace {
        flag: CloneFlags::CLONE_NEWNS,
        layer: Layer::MountNamespace,
        entry: "mnt",
    },
    // The worker itself stays where it is, and may have no children; but the kernel refuses a
    // thread to a process whose children would be elsewhere.
    Namespace {
        flag: CloneFlags::CLONE_NEWPID,
        layer: Layer::PidNamespace,
        entry: "pid_for_children",
    },
    // Shared memory and message queues have names that need no file.
    Namespace {
        flag: CloneFlags::CLONE_NEWIPC,
        layer: Layer::IpcNamespace,
        entry: "ipc",
    },
];

/// Leaves them all, and says which were really left.
pub(super) fn leave() -> [(Layer, bool); 5] {
    NAMESPACES.map(|namespace| {
        let before = identity(namespace.entry);
        let left = unshare(namespace.flag).is_ok();
        // A kernel that only pretends keeps the number.
        let changed = before.is_some() && before != identity(namespace.entry);
        (namespace.layer, left && changed)
    })
}

/// The number that the kernel gives a namespace. A pid namespace for children has none until
/// there is a child, which `Some(None)` tells apart from an entry that cannot be read.
fn identity(entry: &str) -> Option<Option<u64>> {
    match std::fs::metadata(format!("/proc/self/ns/{entry}")) {
        Ok(found) => Some(Some(found.ino())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(None),
        Err(_) => None,
    }
}
