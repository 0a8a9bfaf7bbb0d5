//! The pictures of a request: the one that it is about, and those that its operations lay on that
//! one. Each was uploaded, or has its address in the query.

use std::time::Instant;

use futures_util::future::try_join_all;
use protocol::{Operation, PICTURES_MAX};

use super::code::Dialect;
use super::exchange::Exchange;
use super::problem::Problem;
use super::query::Query;
use super::{State, admission, render};
use crate::intake::Source;

/// How many pictures a request may have.
pub(crate) const PICTURES: usize = PICTURES_MAX as usize;
/// The names of their addresses in the query.
pub(crate) const URLS: [&str; PICTURES] = ["url", "url2", "url3", "url4"];
/// The names of their parts in a form.
pub(crate) const PARTS: [&str; PICTURES] = ["image", "image2", "image3", "image4"];

/// Uploads by number; the first picture is at 0.
pub(crate) type Uploads = [Option<Source>; PICTURES];

/// All that `operations` need, one behind the other. `uploads` are those of a POST; for what is not
/// among them there may be an address in the query.
///
/// # Errors
/// When an operation is not allowed, or a picture is missing (both said before any is fetched) or cannot be had; in the dialect of
/// pipelines also when there is one that no operation takes.
pub(crate) async fn gather(
    state: &State,
    exchange: &Exchange,
    query: &Query,
    uploads: Option<Uploads>,
    operations: &[Operation],
) -> Result<Source, Problem> {
    admission::may_do(exchange, operations)?;
    let posted = uploads.is_some();
    let mut uploads = uploads.unwrap_or_default();
    let taken = operations.iter().filter_map(Operation::picture).max();
    let needed = taken.unwrap_or(1) as usize;
    let given = |at: usize| uploads[at].is_some() || query.last(URLS[at]).is_some();
    if let Some(at) = (0..needed).find(|at| !given(*at)) {
        return Err(missing(at, posted, operations));
    }
    let superfluous = (needed..PICTURES).find(|at| given(*at));
    if let (Some(at), Dialect::V1) = (superfluous, exchange.dialect()) {
        return Err(not_taken(at));
    }

    let fetcher = &exchange.in_force().fetcher;
    let at_hand = |at: usize| {
        query
            .last(URLS[at])
            .is_some_and(|url| fetcher.has_at_hand(url))
    };
    // Where nothing is fetched, the result may be kept too: the queue is asked when it is not.
    if !posted && !(0..needed).all(at_hand) {
        render::expect_room(state, exchange).await?;
    }
    let begun = Instant::now();
    let fetched = (0..needed).filter(|at| uploads[*at].is_none());
    let fetched = fetched.map(async |at| {
        let url = query.last(URLS[at]).unwrap_or_default();
        let source = fetcher.fetch(url, exchange.deadline());
        let source = source.await.map_err(|error| of_number(error.into(), at));
        Ok::<_, Problem>((at, source?))
    });
    let fetched = try_join_all(fetched).await?;
    if !fetched.is_empty() {
        exchange.spent("fetch", begun.elapsed());
    }
    for (at, source) in fetched {
        uploads[at] = Some(source);
    }
    let mut sources = uploads.into_iter().take(needed).flatten();
    let first = sources.next();
    let first = first.ok_or_else(|| missing(0, posted, operations))?;
    Ok(first.followed_by(sources.collect()))
}

/// Says which picture it was, unless it was the first.
fn of_number(problem: Problem, at: usize) -> Problem {
    if at == 0 {
        problem
    } else {
        problem.with("picture", at + 1)
    }
}

fn missing(at: usize, posted: bool, operations: &[Operation]) -> Problem {
    let (url, part) = (URLS[at], PARTS[at]);
    let place = if posted { part } else { url };
    if at == 0 {
        let message = if posted {
            "The form needs a part \"image\" with the picture."
        } else {
            "The query needs url, the address of the picture (or POST the picture itself)."
        };
        return Problem::parameter(place, "missing", message);
    }
    let taker = operations
        .iter()
        .find(|operation| operation.picture().is_some());
    let taker = taker.map_or("an operation", |operation| operation.spec().name);
    let message = format!(
        "{taker} takes picture {}: give its address as {url} in the query, or POST a form with a part \"{part}\".",
        at + 1
    );
    Problem::parameter(place, "missing", message)
}

fn not_taken(at: usize) -> Problem {
    let message = format!(
        "There is a picture {} ({} or {}), but no operation that takes it.",
        at + 1,
        URLS[at],
        PARTS[at]
    );
    Problem::parameter(URLS[at], "value_error", message)
}
