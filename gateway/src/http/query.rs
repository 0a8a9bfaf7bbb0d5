//! A query string as its pairs, decoded exactly once.

use actix_web::{HttpRequest, web};

use super::code::Code;
use super::problem::Problem;

/// See the module.
#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        web::Query::<Vec<(String, String)>>::from_query(request.query_string())
            .map(|pairs| Self(pairs.into_inner()))
            .map_err(|error| {
                let detail = protocol::clip(&error.to_string());
                Problem::new(
                    Code::BadRequest,
                    format!("The query could not be read: {detail}."),
                )
            })
    }

    /// As if it had that address of a picture alone.
    pub(crate) fn of_url(url: String) -> Self {
        Self(vec![("url".to_owned(), url)])
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a parameter that can be given once; of several the last.
    pub(crate) fn last(&self, name: &str) -> Option<&str> {
        self.pairs()
            .filter(|(given, _)| *given == name)
            .map(|(_, value)| value)
            .last()
    }

    /// All values of a parameter, in order.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs()
            .filter(move |(given, _)| *given == name)
            .map(|(_, value)| value)
    }
}
