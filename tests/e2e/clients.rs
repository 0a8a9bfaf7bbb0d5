//! The published client libraries of dagpi, unchanged but for where they look for their service,
//! against the real one: every route that we serve of theirs, and every status that they can get.
//! What they should make of each is in docs/dagpi.md, which is read here and held to the truth.
//!
//! The libraries are installed by tests/clients/install; without them these tests say so and
//! pass, except in CI.

mod errors;
mod guide;
mod routes;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::programs::skip;
use crate::service::Service;
use crate::token_file::token;

/// Whose token all of them send; a service without tokens does not look at it.
pub(crate) const SENDER: &str = "client";

/// A client library, in the order of the columns of docs/dagpi.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Library {
    Asyncdagpi,
    Dagpijs,
    Dagpirs,
}

pub(crate) const LIBRARIES: [Library; 3] =
    [Library::Asyncdagpi, Library::Dagpijs, Library::Dagpirs];

/// One call of the library by its user.
pub(crate) struct Call {
    pub(crate) effect: String,
    pub(crate) url: String,
    /// Beside the address; an object.
    pub(crate) parameters: Value,
}

impl Call {
    pub(crate) fn new(effect: &str, url: impl Into<String>) -> Self {
        Self {
            effect: effect.to_owned(),
            url: url.into(),
            parameters: json!({}),
        }
    }

    /// What the service answers when it is asked without a library.
    pub(crate) fn asked_directly(&self, service: &Service) -> crate::service::Answer {
        let given = self.parameters.as_object().unwrap().iter();
        let given = given.map(|(name, value)| match value.as_str() {
            Some(text) => format!("&{name}={text}"),
            None => format!("&{name}={value}"),
        });
        let given: String = given.collect();
        let path = format!(
            "/image/{}/?url={}{given}",
            self.effect,
            self.url.replace('&', "%26")
        );
        service.get_with(&path, &[("authorization", &token(SENDER))])
    }
}

/// What the user of the library got.
#[derive(Debug, Deserialize)]
pub(crate) struct Outcome {
    /// The format of a picture, or the name of the error.
    pub(crate) result: String,
    /// Hexadecimal.
    picture: Option<String>,
    /// What the error says.
    pub(crate) message: Option<String>,
    /// The token's limit and what is left of it, from libraries that say so.
    pub(crate) limits: Option<[Option<i64>; 2]>,
}

impl Outcome {
    pub(crate) fn is_picture(&self, bytes: &[u8]) -> bool {
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.picture.as_ref() == Some(&text)
    }
}

/// All that a library did.
pub(crate) struct Run {
    /// The effects that the library knows.
    pub(crate) effects: Vec<String>,
    /// One for each call, in order.
    pub(crate) outcomes: Vec<Outcome>,
    /// What came of what else the library asks, if it does.
    pub(crate) others: Vec<Outcome>,
}

impl Library {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Asyncdagpi => "asyncdagpi",
            Self::Dagpijs => "dagpijs",
            Self::Dagpirs => "dagpirs",
        }
    }

    /// Has it make these calls; `None`, and said so, when it is not installed.
    pub(crate) fn run(self, service: &Service, calls: &[Call]) -> Option<Run> {
        let mut command = self.command(service)?;
        let plan: String = calls
            .iter()
            .map(|call| {
                let line =
                    json!({"effect": call.effect, "url": call.url, "parameters": call.parameters});
                format!("{line}\n")
            })
            .collect();
        // Some of them ask the environment whether there is a proxy.
        for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let writer = thread::spawn(move || input.write_all(plan.as_bytes()));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        assert!(
            output.status.success(),
            "{}: {}",
            self.name(),
            output.status
        );
        Some(self.read(&String::from_utf8(output.stdout).unwrap(), calls.len()))
    }

    fn read(self, output: &str, calls: usize) -> Run {
        #[derive(Deserialize)]
        struct Known {
            effects: Vec<String>,
        }
        // Libraries print what they like as well.
        let mut lines = output.lines().filter(|line| line.starts_with('{'));
        let known: Known = serde_json::from_str(lines.next().unwrap()).unwrap();
        let outcomes = lines.map(|line| serde_json::from_str(line).unwrap());
        let mut outcomes: Vec<Outcome> = outcomes.collect();
        assert!(outcomes.len() >= calls, "{}: {output}", self.name());
        Run {
            effects: known.effects,
            others: outcomes.split_off(calls),
            outcomes,
        }
    }

    fn command(self, service: &Service) -> Option<Command> {
        let base = service.url("");
        let scripts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
        let mut command = match self {
            Self::Asyncdagpi => {
                let mut command = Command::new("python3");
                command.env(
                    "PYTHONPATH",
                    installed(self.name(), "python", "asyncdagpi")?,
                );
                command.arg(scripts.join("python/calls.py")).arg(&base);
                command
            }
            Self::Dagpijs => {
                let mut command = Command::new("node");
                command.current_dir(installed(self.name(), "node", "node_modules/dagpijs")?);
                command.arg(scripts.join("node/calls.js")).arg(&base);
                command
            }
            Self::Dagpirs => {
                let program = "target/debug/dagpirs-calls";
                let folder = installed(self.name(), "rust", program)?;
                Command::new(folder.join(program))
            }
        };
        command
            .env("DAGPI_ENDPOINT", &base)
            .env("DAGPI_TOKEN", token(SENDER));
        Some(command)
    }
}

/// The folder of target/clients that tests/clients/install fills, if it has.
pub(crate) fn installed(name: &str, folder: &str, proof: &str) -> Option<PathBuf> {
    let clients = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/clients");
    let complete = clients.join(format!("{folder}.mark")).exists();
    let found = clients.join(folder);
    if complete && found.join(proof).exists() {
        return Some(found);
    }
    skip(&format!(
        "{name} not installed; tests/clients/install {folder} brings it"
    ));
    None
}
