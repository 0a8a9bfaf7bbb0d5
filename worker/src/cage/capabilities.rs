//! No capability. An unprivileged worker has some all the same: a new user namespace grants
//! them all, over what belongs to it. They have done their work when the root is empty.

use rustix::thread::{CapabilitySet, CapabilitySets, capabilities, set_capabilities};

const NONE: CapabilitySets = CapabilitySets {
    effective: CapabilitySet::empty(),
    permitted: CapabilitySet::empty(),
    inheritable: CapabilitySet::empty(),
};

pub(super) fn drop_all() -> bool {
    // The bounding set stays: it matters to exec alone, and no_new_privs sees to that.
    let _ = set_capabilities(None, NONE);
    capabilities(None).is_ok_and(|held| held == NONE)
}
