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
