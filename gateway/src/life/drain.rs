//! The two ways to an end without losing a request: the last gateway drains, and one that has a
//! successor leaves.

use std::time::Duration;

use actix_web::dev::ServerHandle;

use super::LAST_MOMENTS;
use super::signals::Signals;
use crate::http::State;

/// How long a connection may be silent before a gateway that leaves closes it. Whoever keeps it
/// open for its next request sends that by then, and is told with the answer to connect anew.
const SILENCE: Duration = Duration::from_secs(5);
/// By then a connection that was accepted has reached the thread that counts it.
const ACCEPTED: Duration = Duration::from_millis(250);

/// Stops listening and waits for every request that is here, until the time is over or a second
/// signal comes; then gives up what is left, and its clients are told so.
pub(super) async fn drain(state: &State, signals: &mut Signals, listener: ServerHandle) {
    tracing::info!(requests = state.in_flight.count(), "draining");
    state.begin_draining();
    tokio::spawn(listener.stop(true));
    let rest = async {
        state.in_flight.none().await;
        state.pool.drain().await;
    };
    finish(state, rest, signals.stop()).await;
}

/// Leaves new connections to the successor, and waits for those that are here: their requests are
/// served as ever, with the word that the next one needs a new connection.
pub(super) async fn leave(state: &State, signals: &mut Signals, listeners: [ServerHandle; 2]) {
    state.begin_closing();
    tracing::info!(
        requests = state.in_flight.count(),
        connections = state.connections.count(),
        "leaving"
    );
    let [public, admin] = listeners;
    // Not stopped: that would drop connections which are accepted and not yet looked at.
    tokio::join!(public.pause(), admin.pause());
    let rest = async {
        tokio::time::sleep(ACCEPTED).await;
        silence(state).await;
        state.pool.drain().await;
    };
    // The first signal asks for what it does already.
    let hurried = async {
        signals.stop().await;
        signals.stop().await;
    };
    finish(state, rest, hurried).await;
    tokio::spawn(public.stop(true));
}

/// Returns when no connection is left, or none has spoken for a while.
async fn silence(state: &State) {
    loop {
        state.in_flight.none().await;
        tokio::select! {
            () = state.connections.none() => return,
            () = tokio::time::sleep(SILENCE) => {
                if state.in_flight.count() == 0 {
                    return;
                }
            }
        }
    }
}

async fn finish(state: &State, rest: impl Future<Output = ()>, hurried: impl Future<Output = ()>) {
    let drain_timeout = state.in_force().settings.drain_timeout;
    tokio::select! {
        result = tokio::time::timeout(drain_timeout, rest) => match result {
            Ok(()) => tracing::info!("drained"),
            Err(_) => tracing::warn!(
                requests = state.in_flight.count(),
                "drain_timeout_ms is over; giving up what is left"
            ),
        },
        () = hurried => tracing::warn!("second signal; giving up what is left"),
    }
    let _ = tokio::time::timeout(LAST_MOMENTS, state.pool.stop()).await;
    let _ = tokio::time::timeout(LAST_MOMENTS, state.in_flight.none()).await;
}
