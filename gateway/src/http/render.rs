//! The one thing that every dialect comes down to: a picture and its operations go to the
//! farm, and the outcome becomes the answer.

use std::time::Instant;

use actix_web::HttpResponse;
use protocol::{FormatChoice, Operation, Output};

use super::exchange::Exchange;
use super::problem::Problem;
use super::{State, admission, verdict};
use crate::intake::Source;
use crate::pool::Work;

/// Whether a job of this client may hope for a place, asked before its picture is fetched or read.
///
/// # Errors
/// When the queue is full and nobody has to make room for it.
pub(crate) async fn expect_room(state: &State, exchange: &Exchange) -> Result<(), Problem> {
    let share = admission::client(exchange)?.account.share();
    let room = state.pool.would_take(share, exchange.deadline()).await;
    room.map_err(|error| verdict::problem(error, exchange.settings(), &[]))
}

/// Submits the job and awaits its outcome. When the client leaves, the server drops this
/// future, and with it the job.
pub(crate) async fn render(
    state: &State,
    exchange: &Exchange,
    source: Source,
    operations: Vec<Operation>,
    output: Output,
) -> Result<HttpResponse, Problem> {
    let work = Work {
        share: admission::client(exchange)?.account.share(),
        source: source.bytes.clone(),
        cuts: source.cuts.clone(),
        operations: operations.clone(),
        output,
        submitted: Instant::now(),
        deadline: exchange.deadline(),
        limits: exchange.settings().limits(),
        cpu: exchange.settings().job_cpu,
    };
    match state.pool.submit(work).await {
        Ok(done) => {
            let negotiated = matches!(output.format, FormatChoice::Auto { .. });
            Ok(verdict::picture(done, exchange, negotiated))
        }
        Err(error) => Err(verdict::problem(error, exchange.settings(), &operations)),
    }
}
