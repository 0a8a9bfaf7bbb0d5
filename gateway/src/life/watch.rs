//! The long wait between the first request and the end: reloads, resizes, makes way.

use actix_web::web;

use super::doors::Doors;
use super::parts::Parts;
use super::program::Program;
use super::reload::Reloader;
use super::signals::{Signal, Signals};
use super::succession::{Heir, Succession, UpgradeError};
use super::{LAST_MOMENTS, LifeError, drain, strangers, systemd, until_working};
use crate::http::State;
use crate::settings::WORKERS_MAX;

/// What the long wait comes to.
pub(super) enum End {
    /// Somebody wants it to stop.
    Told,
    /// Another process serves.
    Succeeded(Heir),
    /// One of the parts ended.
    Failed(&'static str),
}

/// A gateway that serves.
pub(super) struct Life {
    pub(super) program: Program,
    pub(super) reloader: Reloader,
    pub(super) state: web::Data<State>,
    pub(super) signals: Signals,
    pub(super) doors: Doors,
    pub(super) succession: Option<Succession>,
    /// The settings were to be read again while a successor had perhaps read them already.
    pub(super) reload_for_heir: bool,
    /// A picture went through a worker.
    pub(super) is_ready: bool,
}

impl Life {
    /// The long wait.
    pub(super) async fn watch(&mut self, parts: &mut Parts) -> End {
        strangers::bury();
        let pool = self.state.pool.clone();
        let working = until_working(&pool);
        tokio::pin!(working);
        loop {
            tokio::select! {
                signal = self.signals.next() => match signal {
                    Signal::Stop => return End::Told,
                    Signal::Reload => self.reload(),
                    Signal::Upgrade => self.upgrade(),
                    Signal::More => self.resize(1).await,
                    Signal::Fewer => self.resize(-1).await,
                    Signal::ChildEnded => strangers::bury(),
                },
                end = succession(&mut self.succession) => {
                    self.succession = None;
                    match end {
                        Ok(heir) => return End::Succeeded(heir),
                        Err(error) => {
                            tracing::error!(%error, "SIGUSR2: the upgrade failed; this gateway goes on");
                        }
                    }
                }
                () = &mut working, if !self.is_ready => {
                    self.is_ready = true;
                    tracing::info!("ready");
                    systemd::ready();
                }
                () = self.state.drain_requested.notified() => return End::Told,
                part = parts.failure() => return End::Failed(part),
            }
        }
    }

    fn reload(&mut self) {
        self.reload_for_heir = self.succession.is_some();
        // To systemd the end of a reload is readiness, which must not be said before it is true.
        if self.is_ready {
            systemd::reloading();
        }
        self.reloader.reload(&self.state);
        if self.is_ready {
            systemd::ready();
        }
    }

    fn upgrade(&mut self) {
        if self.succession.is_some() {
            return tracing::info!("SIGUSR2: an upgrade is under way already");
        }
        if std::process::id() == 1 {
            return tracing::error!(
                "SIGUSR2: process 1 cannot make way, because everything ends with it; replace the container"
            );
        }
        self.reload_for_heir = false;
        let start_timeout = self.state.in_force().settings.worker_start_timeout;
        match self.doors.try_clone() {
            Ok(doors) => {
                let succession = Succession::begin(self.program.clone(), doors, start_timeout);
                self.succession = Some(succession);
            }
            Err(error) => {
                tracing::error!(%error, "SIGUSR2: the upgrade failed; this gateway goes on")
            }
        }
    }

    /// One worker more or less, never none.
    async fn resize(&self, step: isize) {
        // Asked anew, because the admin listener may have changed it too.
        let Some(status) = self.state.pool.status().await else {
            return;
        };
        let count = status.size.saturating_add_signed(step);
        let count = count.clamp(1, WORKERS_MAX);
        tracing::info!(count, "resizing");
        self.state.pool.resize(count);
    }

    /// What follows it.
    pub(super) async fn end(self, end: End, parts: Parts) -> Result<(), LifeError> {
        let Self {
            state,
            mut signals,
            doors,
            succession,
            reload_for_heir,
            ..
        } = self;
        // Whoever comes to a door that nobody answers is better told that it is closed; and a
        // successor that is not ready by now is not wanted any more.
        drop((doors, succession));
        match end {
            End::Failed(part) => {
                systemd::stopping();
                let _ = tokio::time::timeout(LAST_MOMENTS, state.pool.stop()).await;
                return Err(LifeError::Failed(part));
            }
            End::Told => {
                systemd::stopping();
                drain::drain(&state, &mut signals, parts.public_handle).await;
                // Whoever asked for it over HTTP still gets the answer.
                tokio::spawn(parts.admin_handle.stop(true));
                let _ = tokio::time::timeout(LAST_MOMENTS, parts.admin).await;
            }
            End::Succeeded(heir) => {
                tracing::info!(pid = heir.pid, "upgrade: the successor serves");
                systemd::succeeded_by(heir.pid);
                if reload_for_heir {
                    heir.reload();
                }
                let listeners = [parts.public_handle, parts.admin_handle];
                drain::leave(&state, &mut signals, listeners).await;
            }
        }
        // What the next gateway need not make again.
        let _ = tokio::time::timeout(LAST_MOMENTS, state.in_force().cache.written()).await;
        // The last pieces of the last answers are still in the connections' buffers.
        let _ = tokio::time::timeout(LAST_MOMENTS, parts.public).await;
        tracing::info!("stopped");
        Ok(())
    }
}

/// The end of an upgrade, if one is under way.
async fn succession(succession: &mut Option<Succession>) -> Result<Heir, UpgradeError> {
    match succession {
        Some(succession) => succession.end().await,
        None => std::future::pending().await,
    }
}
