//! Defaults that depend on the machine: how much of it this process may have.

use nix::sys::resource::{Resource, getrlimit};

use super::WORKERS_MAX;

/// More is for whoever has measured what it costs.
const CONNECTIONS_AUTO_MAX: usize = 100_000;

/// `available_parallelism` knows cgroup quotas of both versions and the affinity mask. Where
/// it cannot tell, one worker is the number that is never too many.
pub(super) fn cpus() -> usize {
    std::thread::available_parallelism().map_or(1, |cpus| cpus.get().min(WORKERS_MAX))
}

/// The other half is for workers, fetches and operators. The soft limit is raised before anybody listens.
pub(super) fn half_of_descriptors() -> usize {
    let hard = getrlimit(Resource::RLIMIT_NOFILE).map_or(1024, |(_, hard)| hard);
    let half = usize::try_from(hard / 2).unwrap_or(usize::MAX);
    half.clamp(1, CONNECTIONS_AUTO_MAX)
}
