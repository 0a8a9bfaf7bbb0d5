//! The signals that the gateway listens for, as what they mean.
//!
//! Signals of one kind that come faster than they are asked for count as one: whoever repeats
//! them wants the same thing once.

use std::io;

use nix::sys::signal::Signal as Number;
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// SIGTERM, SIGINT: drain and end.
    Stop,
    /// SIGHUP: read the settings again.
    Reload,
    /// SIGUSR2: start the program on disk and make way for it.
    Upgrade,
    /// SIGTTIN: one worker more.
    More,
    /// SIGTTOU: one worker less.
    Fewer,
    /// SIGCHLD.
    ChildEnded,
}

/// See the module.
pub(super) struct Signals {
    terminate: Stream,
    interrupt: Stream,
    hangup: Stream,
    user1: Stream,
    user2: Stream,
    more: Stream,
    fewer: Stream,
    child: Stream,
}

impl Signals {
    /// From now on none of them ends the process.
    pub(super) fn listen() -> io::Result<Self> {
        let other = |number: Number| signal(SignalKind::from_raw(number as i32));
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            user1: signal(SignalKind::user_defined1())?,
            user2: signal(SignalKind::user_defined2())?,
            more: other(Number::SIGTTIN)?,
            fewer: other(Number::SIGTTOU)?,
            child: signal(SignalKind::child())?,
        })
    }

    /// Returns with the next signal. Safe to drop and call again.
    pub(super) async fn next(&mut self) -> Signal {
        loop {
            return tokio::select! {
                () = stop(&mut self.terminate, &mut self.interrupt) => Signal::Stop,
                _ = self.hangup.recv() => Signal::Reload,
                _ = self.user2.recv() => Signal::Upgrade,
                _ = self.more.recv() => Signal::More,
                _ = self.fewer.recv() => Signal::Fewer,
                _ = self.child.recv() => Signal::ChildEnded,
                // Means nothing here; unheard it would end the process.
                _ = self.user1.recv() => continue,
            };
        }
    }

    /// Returns with the next [`Signal::Stop`]; the others wait to be asked for.
    pub(super) async fn stop(&mut self) {
        stop(&mut self.terminate, &mut self.interrupt).await;
    }
}

async fn stop(terminate: &mut Stream, interrupt: &mut Stream) {
    tokio::select! {
        _ = terminate.recv() => tracing::info!("SIGTERM"),
        _ = interrupt.recv() => tracing::info!("SIGINT"),
    }
}
