//! The pipeline routes: `/v1/process` with `op=` in the query or a `job` in a form, and
//! `/v1/effects`, the catalogue.

use actix_web::{HttpRequest, HttpResponse, web};
use protocol::{CATALOGUE, OUTPUT_OPTIONS, Operation};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::State;
use super::code::{Code, Dialect};
use super::exchange::{Current, Exchange};
use super::output::{Asked, formats};
use super::pictures::{self, PICTURES, URLS};
use super::problem::Problem;
use super::query::Query;
use super::source::{self, Upload};
use super::{admission, render};
use crate::access::SIGNING;

/// The parameters that the query may have beside the options of the output.
const PARAMETERS: [&str; 2 + PICTURES] = ["url", "op", "format", "url2", "url3", "url4"];

/// What to do with the picture.
#[derive(Debug, Default)]
struct Plan {
    operations: Vec<Operation>,
    output: Asked,
}

/// The `job` part of a form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JobBody {
    ops: Vec<Value>,
    #[serde(default)]
    output: Map<String, Value>,
}

/// `GET /v1/process?url=…&op=…`
pub(crate) async fn by_url(
    state: web::Data<State>,
    Current(exchange): Current,
    request: HttpRequest,
) -> HttpResponse {
    let result = async {
        let _permit = admission::admit(&exchange, &request)?;
        let query = Query::of(&request)?;
        let plan = Plan::from_query(&query)?;
        let output = plan.output.output(&request)?;
        let pictures = pictures::gather(&state, &exchange, &query, None, &plan.operations);
        render::render(&state, &exchange, pictures.await?, plan.operations, output).await
    };
    finish(result.await, &exchange)
}

/// `POST /v1/process`
pub(crate) async fn by_upload(
    state: web::Data<State>,
    Current(exchange): Current,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    let result = async {
        let _permit = admission::admit(&exchange, &request)?;
        let query = Query::of(&request)?;
        let mut plan = Plan::from_query(&query)?;
        // What is wrong with the query is said before the upload is read.
        plan.output.output(&request)?;
        admission::may_do(&exchange, &plan.operations)?;
        let Upload { images, job } = source::upload(&state, &exchange, &request, payload).await?;
        if let Some(job) = job {
            plan.add_job(&job)?;
        }
        let output = plan.output.output(&request)?;
        let pictures = pictures::gather(&state, &exchange, &query, Some(images), &plan.operations);
        render::render(&state, &exchange, pictures.await?, plan.operations, output).await
    };
    finish(result.await, &exchange)
}

/// `GET /v1/effects`
pub(crate) async fn effects() -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "operations": CATALOGUE,
        "formats": formats(),
        "output": OUTPUT_OPTIONS,
    }))
}

impl Plan {
    fn from_query(query: &Query) -> Result<Self, Problem> {
        let mut output = Asked::default();
        for (name, text) in query.pairs() {
            if name != "op" && !URLS.contains(&name) && !SIGNING.contains(&name) {
                output.add(name, text, &PARAMETERS)?;
            }
        }
        let texts: Vec<_> = query.all("op").collect();
        let operations = Operation::list(&texts, |text| Operation::from_text(text))?;
        Ok(Self { operations, output })
    }

    /// Operations of the form come after those of the query.
    fn add_job(&mut self, job: &[u8]) -> Result<(), Problem> {
        let job: JobBody = serde_json::from_slice(job).map_err(|error| {
            let detail = protocol::clip(&error.to_string());
            Problem::new(
                Code::BadRequest,
                format!("The part \"job\" is not a job: {detail}."),
            )
        })?;
        let operations = Operation::list(&job.ops, Operation::from_json)?;
        self.operations.extend(operations);
        if self.operations.len() > protocol::OPERATIONS_MAX {
            let given = self.operations.len();
            return Err(protocol::Fault::TooManyOperations { given }.into());
        }
        self.output.add_json(&job.output)
    }
}

fn finish(result: Result<HttpResponse, Problem>, exchange: &Exchange) -> HttpResponse {
    result.unwrap_or_else(|problem| problem.respond(Dialect::V1, exchange))
}
