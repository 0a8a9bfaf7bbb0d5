//! Which layers of the workers' cage are missing, whether that may be, and what an operator can
//! do about it. The worker closes the cage and says what stands; here that is only judged.

use std::fmt;
use std::time::Duration;

use protocol::{FromWorker, Hello, Layer};
use thiserror::Error;
use tokio::time::timeout;

use super::link::Link;
use super::spawner::Spawner;
use crate::settings::Sandbox;

/// Layers that `sandbox = "required"` asks for and a worker does not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) struct Incomplete(Vec<Layer>);

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sandbox = \"required\", but this system denies the workers")?;
        for (index, layer) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma} {} ({})", layer.name(), remedy(*layer))?;
        }
        f.write_str("; sandbox = \"best-effort\" starts without what is missing")
    }
}

/// What the whole cage has and `layers` does not.
pub(super) fn missing(layers: &[Layer]) -> Vec<Layer> {
    // Only root can give its workers other users.
    let root = rustix::process::geteuid().is_root();
    let wanted = |layer: &Layer| *layer != Layer::OwnUser || root;
    let missing = |layer: &Layer| wanted(layer) && !layers.contains(layer);
    Layer::ALL.into_iter().filter(missing).collect()
}

/// The names of what any of these workers lacks.
pub(super) fn missing_in_any<'a>(hellos: impl Iterator<Item = &'a Hello>) -> Vec<&'static str> {
    let missing: Vec<_> = hellos.map(|hello| missing(&hello.layers)).collect();
    let lacked = |layer: &Layer| missing.iter().any(|missing| missing.contains(layer));
    let lacked = Layer::ALL.into_iter().filter(lacked);
    lacked.map(Layer::name).collect()
}

/// Remembers whether the operator was told.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    told: bool,
}

impl Gaps {
    /// Once is enough: the next worker is of the same program on the same system.
    pub(super) fn warn_once(&mut self, layers: &[Layer]) {
        let missing = missing(layers);
        if !missing.is_empty() && !std::mem::replace(&mut self.told, true) {
            let names: Vec<_> = missing.into_iter().map(Layer::name).collect();
            tracing::warn!(missing = names.join(" "), "the workers' cage has gaps");
        }
    }
}

/// Whether a worker with these layers may work.
pub(super) fn judge(sandbox: Sandbox, layers: &[Layer]) -> Result<(), Incomplete> {
    let missing = missing(layers);
    if sandbox == Sandbox::Required && !missing.is_empty() {
        return Err(Incomplete(missing));
    }
    Ok(())
}

/// Starts one worker only to see its cage, so that a system on which none could ever work is
/// told at once. A worker that does not even say hello is left for the farm to try again.
pub(super) async fn probe(
    sandbox: Sandbox,
    spawner: &Spawner,
    patience: Duration,
) -> Result<(), Incomplete> {
    if sandbox != Sandbox::Required {
        return Ok(());
    }
    let Ok((killer, process)) = spawner
        .spawn()
        .await
        .and_then(super::process::Spawned::adopt)
    else {
        return Ok(());
    };
    let mut link = Link::new(process.socket);
    let verdict = match timeout(patience, link.receive()).await {
        Ok(Ok((FromWorker::Hello(hello), _))) => judge(sandbox, &hello.layers),
        _ => Ok(()),
    };
    killer.kill();
    // Nobody else will reap it; what it died of is known.
    let _ = process.reaper.wait().await;
    verdict
}

/// How an operator gets a layer, to follow its name in brackets.
fn remedy(layer: Layer) -> &'static str {
    match layer {
        Layer::UserNamespace => {
            "allow user namespaces: user.max_user_namespaces above 0, \
             kernel.apparmor_restrict_unprivileged_userns = 0 or a profile, no \
             RestrictNamespaces= in the unit, no seccomp profile of a container that refuses unshare"
        }
        Layer::NetworkNamespace
        | Layer::MountNamespace
        | Layer::PidNamespace
        | Layer::IpcNamespace => {
            "comes with the user namespace; also raise the user.max_*_namespaces limit"
        }
        Layer::EmptyRoot => {
            "needs the mount namespace, and mount, umount2 and pivot_root in SystemCallFilter="
        }
        Layer::LandlockFiles => "needs Linux 5.13 with landlock in the lsm= list of the kernel",
        Layer::LandlockNetwork => "needs Linux 6.7 with landlock in the lsm= list of the kernel",
        Layer::LandlockScopes => "needs Linux 6.12 with landlock in the lsm= list of the kernel",
        Layer::SystemCallFilter => {
            "needs x86-64, a kernel with seccomp filters, and seccomp in SystemCallFilter="
        }
        Layer::OwnUser => {
            "leave CAP_SETUID and CAP_SETGID to the gateway, or start it as another user than root"
        }
        Layer::NoInheritedDescriptors => "needs Linux 5.9",
        Layer::ParentDeathSignal
        | Layer::ResourceLimits
        | Layer::NoNewPrivileges
        | Layer::NoCapabilities
        | Layer::NotDumpable
        | Layer::ZeroLimits => {
            "every Linux has it: see what SystemCallFilter= or the container's profile refuses"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_but(absent: &[Layer]) -> Vec<Layer> {
        let present = |layer: &Layer| !absent.contains(layer);
        Layer::ALL.into_iter().filter(present).collect()
    }

    #[test]
    fn only_required_refuses_an_incomplete_cage_and_names_what_is_missing() {
        let layers = all_but(&[Layer::LandlockScopes, Layer::EmptyRoot]);
        let error = judge(Sandbox::Required, &layers).unwrap_err().to_string();
        for part in [
            "landlock-scopes",
            "6.12",
            "empty-root",
            "pivot_root",
            "best-effort",
        ] {
            assert!(error.contains(part), "{part} is not in {error}");
        }
        assert!(!error.contains("user-namespace"), "{error}");
        assert_eq!(judge(Sandbox::BestEffort, &layers), Ok(()));
        assert_eq!(judge(Sandbox::Off, &[]), Ok(()));
        assert_eq!(judge(Sandbox::Required, &Layer::ALL), Ok(()));
    }

    #[test]
    fn a_user_of_its_own_is_missing_only_where_root_could_give_one() {
        let root = rustix::process::geteuid().is_root();
        let missing = missing(&all_but(&[Layer::OwnUser]));
        assert_eq!(missing.contains(&Layer::OwnUser), root);
    }
}
