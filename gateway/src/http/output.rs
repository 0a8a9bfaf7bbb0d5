//! What a request says about its result: `format=` and options in the query, the `output`
//! object of a job, and, for `format=auto`, its `Accept` header.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT;
use protocol::{FormatChoice, Output, OutputFormat, unknown_output};
use serde_json::{Map, Value};

use super::code::Code;
use super::problem::Problem;

/// What leaves the choice to the source and to what the client can show.
const AUTO: &str = "auto";

/// Names and texts, the last of several for a name to win.
#[derive(Debug, Default)]
pub(crate) struct Asked(Vec<(String, String)>);

impl Asked {
    /// One parameter of a query; `others` are the names beside output's own.
    pub(crate) fn add(
        &mut self,
        name: &str,
        text: &str,
        others: &[&'static str],
    ) -> Result<(), Problem> {
        let known = protocol::OUTPUT_OPTIONS
            .iter()
            .any(|spec| spec.parameter.name == name);
        if !known && name != "format" {
            return Err(unknown_output(name, others).into());
        }
        self.0.push((name.to_owned(), text.to_owned()));
        Ok(())
    }

    /// The members of a JSON object.
    pub(crate) fn add_json(&mut self, members: &Map<String, Value>) -> Result<(), Problem> {
        for (name, value) in members {
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text.clone(),
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                Value::Array(_) | Value::Object(_) => {
                    let name = protocol::clip(name);
                    let message =
                        format!("output: {name} must be a number, a string or a boolean.");
                    return Err(Problem::new(Code::BadRequest, message));
                }
            };
            self.add(name, &text, &["format"])?;
        }
        Ok(())
    }

    /// All of it, for a client that accepts what `request` says.
    pub(crate) fn output(&self, request: &HttpRequest) -> Result<Output, Problem> {
        let mut choice = FormatChoice::Natural;
        for (_, text) in self.0.iter().filter(|(name, _)| name == "format") {
            choice = match text.as_str() {
                AUTO => accepted(request),
                text => FormatChoice::Exactly(format(text)?),
            };
        }
        let options = self.0.iter().filter(|(name, _)| name != "format");
        let options = options.map(|(name, text)| (name.as_str(), text.as_str()));
        Ok(Output::from_pairs(choice, options)?)
    }
}

/// All names that `format=` may have.
pub(crate) fn formats() -> Vec<&'static str> {
    let named = OutputFormat::ALL.map(OutputFormat::name);
    std::iter::once(AUTO).chain(named).collect()
}

fn format(name: &str) -> Result<OutputFormat, Problem> {
    OutputFormat::from_name(name).ok_or_else(|| {
        let name = protocol::clip(name);
        let formats = formats().join(", ");
        let message = format!("format is {name:?}, it must be one of {formats}.");
        let problem = Problem::parameter("format", "value_error", message);
        match protocol::nearest_format(&name) {
            Some(nearest) => problem.with("did_you_mean", nearest),
            None => problem,
        }
    })
}

/// What the client says by name that it can show. `image/*` and `*/*` say nothing: every client
/// sends them, whatever it can show.
fn accepted(request: &HttpRequest) -> FormatChoice {
    let values = request.headers().get_all(ACCEPT);
    let texts: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    let names = |wanted: OutputFormat| {
        let mut ranges = texts.iter().flat_map(|text| text.split(','));
        ranges.any(|range| {
            let mut parts = range.split(';').map(str::trim);
            let named = parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case(wanted.content_type()));
            named && !parts.any(is_refusal)
        })
    };
    FormatChoice::Auto {
        avif: names(OutputFormat::Avif),
        webp: names(OutputFormat::Webp),
    }
}

/// A weight of 0: this type is not wanted.
fn is_refusal(parameter: &str) -> bool {
    let weight = parameter
        .split_once('=')
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    weight.is_some_and(|(_, weight)| {
        weight
            .trim()
            .parse::<f32>()
            .is_ok_and(|weight| weight <= 0.0)
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn choice(accept: &str) -> (bool, bool) {
        let request = TestRequest::default().insert_header((ACCEPT, accept));
        match accepted(&request.to_http_request()) {
            FormatChoice::Auto { avif, webp } => (avif, webp),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_types_that_are_named_and_not_refused_are_accepted() {
        for (accept, avif, webp) in [
            ("image/avif,image/webp,image/apng,*/*;q=0.8", true, true),
            ("Image/WebP;q=0.5", false, true),
            ("image/webp;q=0, image/avif; Q=0.000", false, false),
            ("*/*", false, false),
            ("image/*", false, false),
            ("", false, false),
            ("image/webpx", false, false),
        ] {
            assert_eq!(choice(accept), (avif, webp), "{accept}");
        }
    }
}
