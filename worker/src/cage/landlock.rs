//! Landlock: rules on paths, ports and processes that hold whatever is open and whoever the
//! worker is. No rule allows anything. Three rule sets, because a kernel may know only the
//! first or the first two.

use ::landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetError,
    RulesetStatus, Scope,
};

/// No file is opened, made, removed, renamed or executed: Linux 5.13. What later kernels added
/// (truncation, device calls) is denied where they know it.
pub(super) fn deny_files() -> bool {
    in_force(|rules| {
        rules
            .handle_access(AccessFs::from_all(ABI::V1))?
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(ABI::V5))
    })
}

/// No TCP port is bound or connected to: Linux 6.7.
pub(super) fn deny_network() -> bool {
    in_force(|rules| rules.handle_access(AccessNet::from_all(ABI::V4)))
}

/// No signal and no abstract Unix socket reaches a process outside: Linux 6.12.
pub(super) fn deny_others() -> bool {
    in_force(|rules| rules.scope(Scope::from_all(ABI::V6)))
}

fn in_force(deny: impl FnOnce(Ruleset) -> Result<Ruleset, RulesetError>) -> bool {
    // Without all of it the layer does not count.
    let rules = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    let restricted = deny(rules).and_then(|rules| rules.create()?.restrict_self());
    restricted.is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced)
}
