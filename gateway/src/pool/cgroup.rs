//! A control group ("leaf") for each worker, with a hard limit of its own on memory, wherever
//! the kernel offers cgroup v2 and somebody has delegated a part of it to the gateway. When a
//! worker outgrows its leaf the kernel kills that worker; in a group that all share it would
//! pick a victim, perhaps the gateway.
//!
//! The last and bluntest of the limits on memory, and the only one that counts what the kernel
//! itself holds for a worker. It asks nothing of the worker and works without it; where there
//! is no leaf to be had, all other limits are as they were.

mod delegation;
mod leaf;
mod place;

use std::io;
use std::sync::Arc;

use serde::Serialize;
use thiserror::Error;

use crate::settings::WorkerCgroups;
use delegation::Delegation;

pub(super) use leaf::Leaf;

/// `worker_cgroups = "required"`, and no leaf can be had.
#[derive(Debug, PartialEq, Eq, Error)]
#[error(
    "worker_cgroups = \"required\", but {0}; worker_cgroups = \"auto\" starts without, and \
     Delegate=memory pids in a systemd unit gives what is missing"
)]
pub(crate) struct Denied(String);

/// Gives workers their leaves, or knows why there are none.
#[derive(Debug, Clone)]
pub(crate) struct Leaves(Arc<Result<Giver, String>>);

#[derive(Debug)]
struct Giver {
    delegation: Delegation,
    /// A worker must have one.
    required: bool,
}

/// What `/status.json` says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct LeavesStatus {
    /// Whether workers get leaves.
    leaves: bool,
    /// What a leaf may hold, bytes.
    memory_max: Option<u64>,
    /// Why there are none.
    why: Option<String>,
}

impl Leaves {
    /// Divides the gateway's own control group, if it may, and says once how that went.
    ///
    /// # Errors
    /// When leaves are required and cannot be had.
    pub(crate) fn claim(wanted: WorkerCgroups, worker_memory_bytes: u64) -> Result<Self, Denied> {
        let taken = match wanted {
            WorkerCgroups::Off => Err("worker_cgroups is off".to_owned()),
            WorkerCgroups::Auto | WorkerCgroups::Required => place::own()
                .and_then(|own| Delegation::take(&own, leaf::memory_max(worker_memory_bytes))),
        };
        match &taken {
            Ok(delegation) => tracing::info!(
                group = %delegation.base().display(),
                memory_max = delegation.memory_max(),
                "each worker has a control group of its own"
            ),
            Err(why) if wanted == WorkerCgroups::Required => return Err(Denied(why.clone())),
            Err(why) => tracing::info!(why, "workers have no control groups of their own"),
        }
        let required = wanted == WorkerCgroups::Required;
        let giver = taken.map(|delegation| Giver {
            delegation,
            required,
        });
        Ok(Self(Arc::new(giver)))
    }

    /// Puts a process that has just been started into a leaf of its own.
    ///
    /// # Errors
    /// When leaves are required and the kernel refuses this one. Otherwise the worker goes
    /// without, and the operator is told.
    pub(super) fn take_in(&self, pid: u32) -> io::Result<Option<Arc<Leaf>>> {
        let Ok(giver) = self.0.as_ref() else {
            return Ok(None);
        };
        match giver.delegation.leaf_for(pid) {
            Ok(leaf) => Ok(Some(Arc::new(leaf))),
            Err(error) if giver.required => Err(error),
            Err(error) => {
                tracing::warn!(pid, %error, "a worker has no control group of its own");
                Ok(None)
            }
        }
    }

    /// From now on workers have so much memory.
    pub(super) fn follow(&self, worker_memory_bytes: u64) {
        if let Ok(giver) = self.0.as_ref() {
            let bytes = leaf::memory_max(worker_memory_bytes);
            giver.delegation.set_memory_max(bytes);
        }
    }

    /// For operators.
    pub(super) fn status(&self) -> LeavesStatus {
        match self.0.as_ref() {
            Ok(giver) => LeavesStatus {
                leaves: true,
                memory_max: Some(giver.delegation.memory_max()),
                why: None,
            },
            Err(why) => LeavesStatus {
                leaves: false,
                memory_max: None,
                why: Some(why.clone()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switched_off_there_are_no_leaves_and_the_reason_is_the_setting() {
        let leaves = Leaves::claim(WorkerCgroups::Off, 1 << 30).unwrap();
        assert!(leaves.take_in(std::process::id()).unwrap().is_none());
        let status = leaves.status();
        assert!(!status.leaves);
        assert!(status.why.unwrap().contains("worker_cgroups is off"));
    }

    #[test]
    fn who_requires_leaves_is_told_why_there_are_none_and_what_to_do() {
        let error = Denied("nothing is delegated".to_owned()).to_string();
        for part in ["nothing is delegated", "\"auto\"", "Delegate=memory pids"] {
            assert!(error.contains(part), "{part} is not in {error}");
        }
    }
}
