//! `framefarm effects`: the catalogue for people at a terminal, or the JSON of `/v1/effects`.

use std::fmt::Write as _;

use protocol::{CATALOGUE, OUTPUT_OPTIONS, OperationSpec, OutputFormat, ParameterSpec};
use serde_json::json;

/// Wider than the longest name of a parameter; a longer one only moves its own line.
const NAME_WIDTH: usize = 12;

/// Group by group, what each operation does and takes.
pub(super) fn for_people() -> String {
    let mut text = String::from(
        "What may stand behind op= in /v1/process, or as a path: /blur/?sigma=2. Arguments follow in \
         the order given\nhere, or by name: op=blur:2, op=blur:sigma=2.\n",
    );
    for operations in CATALOGUE.chunk_by(|one, two| one.group == two.group) {
        let _ = writeln!(text, "\n{}", operations[0].group.title().to_uppercase());
        text.extend(operations.iter().map(|operation| describe(operation)));
    }
    text
}

/// What `GET /v1/effects` answers.
pub(super) fn for_programs() -> Result<String, serde_json::Error> {
    let named = OutputFormat::ALL.iter().map(|format| format.name());
    let formats: Vec<_> = ["auto"].into_iter().chain(named).collect();
    serde_json::to_string_pretty(&json!({
        "operations": CATALOGUE,
        "formats": formats,
        "output": OUTPUT_OPTIONS,
    }))
}

fn describe(operation: &OperationSpec) -> String {
    let mut text = format!(
        "\n  {}  (op={})\n      {}\n",
        operation.name, operation.example, operation.description
    );
    for parameter in operation.parameters {
        let _ = writeln!(
            text,
            "      {:<NAME_WIDTH$} {}; {}. {}",
            parameter.name,
            parameter.expected(),
            presence(parameter),
            parameter.description
        );
    }
    for alias in operation.aliases {
        let _ = writeln!(text, "      {} means {}.", alias.name, alias.means);
    }
    text
}

fn presence(parameter: &ParameterSpec) -> String {
    match (parameter.required, (parameter.default)()) {
        (true, _) => "required".to_owned(),
        (false, Some(default)) => format!("default {default}"),
        (false, None) => "optional".to_owned(),
    }
}
