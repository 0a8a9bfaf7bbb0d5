//! The pipeline routes: `/v1/process` with `op=` in the query or a `job` in a form, and
//! `/v1/effects`, the catalogue.

use actix_web::{HttpRequest, HttpResponse, web};
use protocol::{CATALOGUE, Operation, OutputFormat};
use serde::Deserialize;
use serde_json::{Value, json};

use super::State;
use super::code::{Code, Dialect};
use super::exchange::{Current, Exchange};
use super::problem::Problem;
use super::query::Query;
use super::render;
use super::source::{self, Upload};

/// The parameters that the query may have.
const PARAMETERS: [&str; 3] = ["url", "op", "format"];

/// What to do with the picture.
#[derive(Debug, Default)]
struct Plan {
    operations: Vec<Operation>,
    output: Option<OutputFormat>,
}

/// The `job` part of a form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JobBody {
    ops: Vec<Value>,
    #[serde(default)]
    output: OutputBody,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutputBody {
    format: Option<String>,
}

/// `GET /v1/process?url=…&op=…`
pub(crate) async fn by_url(
    state: web::Data<State>,
    Current(exchange): Current,
    request: HttpRequest,
) -> HttpResponse {
    let result = async {
        let query = Query::of(&request)?;
        let plan = Plan::from_query(&query)?;
        let url = query.last("url").ok_or_else(|| {
            let message = "The query needs url, the address of the picture (or POST the picture).";
            Problem::parameter("url", "missing", message)
        })?;
        let picture = source::fetch(&exchange, url).await?;
        render::render(&state, &exchange, picture, plan.operations, plan.output).await
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
        let query = Query::of(&request)?;
        let mut plan = Plan::from_query(&query)?;
        let Upload { image, job } = source::upload(&exchange, &request, payload).await?;
        if let Some(job) = job {
            plan.add_job(&job)?;
        }
        let picture = image.ok_or_else(source::missing)?;
        render::render(&state, &exchange, picture, plan.operations, plan.output).await
    };
    finish(result.await, &exchange)
}

/// `GET /v1/effects`
pub(crate) async fn effects() -> HttpResponse {
    HttpResponse::Ok().json(json!({"operations": CATALOGUE, "formats": formats()}))
}

impl Plan {
    fn from_query(query: &Query) -> Result<Self, Problem> {
        for (name, _) in query.pairs() {
            if !PARAMETERS.contains(&name) {
                let name = protocol::clip(name);
                let allowed = PARAMETERS.join(", ");
                let message = format!("There is no parameter {name:?} here; there are {allowed}.");
                return Err(Problem::parameter(&name, "unknown", message));
            }
        }
        let texts: Vec<_> = query.all("op").collect();
        Ok(Self {
            operations: Operation::list(&texts, |text| Operation::from_text(text))?,
            output: query.last("format").map(format).transpose()?.flatten(),
        })
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
        if let Some(name) = job.output.format {
            self.output = format(&name)?;
        }
        Ok(())
    }
}

/// `auto` leaves the choice to the source.
fn format(name: &str) -> Result<Option<OutputFormat>, Problem> {
    if name == "auto" {
        return Ok(None);
    }
    OutputFormat::from_name(name).map(Some).ok_or_else(|| {
        let message = format!(
            "format is {:?}, it must be one of {}.",
            protocol::clip(name),
            formats().join(", ")
        );
        Problem::parameter("format", "value_error", message)
    })
}

fn formats() -> Vec<&'static str> {
    let named = OutputFormat::ALL.map(OutputFormat::name);
    std::iter::once("auto").chain(named).collect()
}

fn finish(result: Result<HttpResponse, Problem>, exchange: &Exchange) -> HttpResponse {
    result.unwrap_or_else(|problem| problem.respond(Dialect::V1, exchange))
}
