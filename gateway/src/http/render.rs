//! The one thing that every dialect comes down to: a picture and its operations go to the
//! farm, and the outcome becomes the answer.

use std::sync::Arc;
use std::time::Instant;

use actix_web::HttpResponse;
use protocol::{FormatChoice, Operation, Output};

use super::exchange::Exchange;
use super::keeping::Dress;
use super::problem::Problem;
use super::{State, admission, keeping, verdict};
use crate::cache::{Key, Wish};
use crate::intake::Source;
use crate::pool::{Identity, Work};

/// Takes a place for a job of this client, before its picture is fetched or read.
///
/// # Errors
/// When the queue is full and nobody has to make room for it.
pub(crate) async fn expect_room(state: &State, exchange: &Exchange) -> Result<(), Problem> {
    let share = admission::client(exchange)?.account.share();
    let place = state.pool.expect(share, exchange.deadline()).await;
    let place = place.map(|place| exchange.hold(place));
    place.map_err(|error| verdict::problem(error, exchange.settings(), &[]))
}

/// Has the job done, unless its result is there or on its way. When the client leaves, the server drops this
/// future, and with it the job if nobody else waits for it.
pub(crate) async fn render(
    state: &State,
    exchange: &Exchange,
    source: Source,
    operations: Vec<Operation>,
    output: Output,
) -> Result<HttpResponse, Problem> {
    let cache = &exchange.in_force().cache;
    let mut work = work(exchange, &source, operations, output)?;
    let key = match cache.is_on() || exchange.is_get() {
        true => {
            let identity = Identity::of(&source.bytes).await;
            work.identity = Some(identity);
            Some(Key::of(&work, &identity, state.pool.program().ok()))
        }
        false => None,
    };
    let tag = key.map(keeping::tag);
    let dress = Dress {
        exchange,
        tag: tag.as_deref(),
        freshness: source.freshness,
        negotiated: matches!(output.format, FormatChoice::Auto { .. }),
    };
    if tag
        .as_ref()
        .is_some_and(|tag| keeping::is_known(tag, exchange))
    {
        state.metrics.cache.not_modified.inc();
        return Ok(keeping::not_modified(&dress));
    }
    let operations = work.operations.clone();
    let (way, outcome) = match key {
        Some(key) if cache.is_on() => {
            work.submitted = Instant::now();
            let kept = !source.freshness.never_kept;
            let wish = Wish {
                key,
                work,
                source: Arc::new(source),
                kept,
            };
            let (way, outcome) = cache.outcome(&state.pool, wish).await;
            state.metrics.cache.count(way);
            (Some(way), outcome)
        }
        // The source holds its room until then.
        _ => (None, state.pool.submit(work).await),
    };
    match outcome {
        Ok(done) => {
            let mut response = verdict::picture(done, exchange, way);
            dress.put_on(&mut response);
            if let Some(way) = way {
                keeping::tell(&mut response, way);
            }
            Ok(response)
        }
        Err(error) => Err(verdict::problem(error, exchange.settings(), &operations)),
    }
}

fn work(
    exchange: &Exchange,
    source: &Source,
    operations: Vec<Operation>,
    output: Output,
) -> Result<Work, Problem> {
    Ok(Work {
        share: admission::client(exchange)?.account.share(),
        source: source.bytes.clone(),
        place: exchange.place(),
        identity: None,
        cuts: source.cuts.clone(),
        operations,
        output,
        submitted: Instant::now(),
        deadline: exchange.deadline(),
        limits: exchange.settings().limits(),
        cpu: exchange.settings().job_cpu,
    })
}
