//! What systemd is told, if it started this service (`Type=notify`). Without it nothing happens.

use sd_notify::NotifyState;

/// The service can be used.
pub(super) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// It will end.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// The settings are being read again; [`ready`] ends it.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        // Without the time systemd would take the reload for failed.
        Err(error) => tracing::warn!(%error, "systemd cannot be told of the reload"),
    }
}

/// Another process is the service from now on, and can be used. Whatever this one says after that
/// systemd ignores, because `NotifyAccess=main`.
pub(super) fn succeeded_by(pid: u32) {
    tell(&[NotifyState::MainPid(pid), NotifyState::Ready]);
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd cannot be notified");
    }
}
