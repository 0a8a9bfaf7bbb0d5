//! The operation grammar on arbitrary text, in its three spellings: no panic; whatever is
//! accepted lies within the catalogue's ranges, crosses the wire unchanged and means the same
//! in another spelling; whatever is refused is refused in a sentence that can be shown.
//!
//! Included by the fuzz target and by `protocol/tests/regressions.rs`.

use protocol::frame::{self, PRELUDE_BYTES};
use protocol::{
    Arguments, Fault, Job, Kind, Limits, OPERATIONS_MAX, Operation, OperationSpec, Output,
    TEXT_BYTES_MAX, Unknown,
};
use serde_json::{Map, Value};

/// Longest sentence about a fault, bytes: one quotation, each character of which may be
/// escaped, and what is allowed.
const SENTENCE_BYTES_MAX: usize = 10 * TEXT_BYTES_MAX + 1024;

/// One argument as the caller named and wrote it.
type Argument<'a> = (&'a str, String);

/// Reads `input` as a list of `op=` values, one a line; as JSON; and as a query.
pub(crate) fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let lines: Vec<&str> = text.lines().collect();
    for line in &lines {
        read_text(line);
    }
    let listed = judge(Operation::list(&lines, |line| Operation::from_text(line)));
    if let Some(operations) = listed {
        assert!(operations.len() <= OPERATIONS_MAX);
        crosses_the_wire(operations);
    }
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        read_json(&value);
        for value in value.as_array().into_iter().flatten() {
            read_json(value);
        }
    }
    read_query(text);
}

fn read_text(line: &str) {
    let Some(operation) = judge(Operation::from_text(line)) else {
        return;
    };
    let spec = operation.spec();
    let mut parts = line.split(':');
    let name = parts.next().unwrap_or_default();
    let is_alias = spec.aliases.iter().any(|alias| alias.name == name);
    assert!(name == spec.name || is_alias, "{name:?} is {}", spec.name);
    let arguments: Vec<Argument<'_>> = parts
        .enumerate()
        .filter_map(|(index, part)| match part.split_once('=') {
            Some((name, value)) => Some((name, value.to_owned())),
            None if part.is_empty() => None,
            None => Some((spec.parameters[index].name, part.to_owned())),
        })
        .collect();
    within_ranges(spec, &arguments);
    let mut members = Map::new();
    // As it was written: an alias brings arguments of its own in JSON too.
    members.insert("op".to_owned(), name.into());
    for (name, value) in arguments {
        members.insert(name.to_owned(), value.into());
    }
    let spelt_out = Operation::from_json(&Value::Object(members));
    assert_eq!(spelt_out.as_ref(), Ok(&operation), "{line:?} as JSON");
    crosses_the_wire(vec![operation]);
}

fn read_json(value: &Value) {
    let Some(operation) = judge(Operation::from_json(value)) else {
        return;
    };
    let members = value.as_object().expect("only an object is accepted");
    let arguments: Vec<Argument<'_>> = members
        .iter()
        .filter(|(name, value)| *name != "op" && !value.is_null())
        .map(|(name, value)| {
            let text = value.as_str().map(str::to_owned);
            (name.as_str(), text.unwrap_or_else(|| value.to_string()))
        })
        .collect();
    within_ranges(operation.spec(), &arguments);
    crosses_the_wire(vec![operation]);
}

/// `name&parameter=argument&…`, as the effect routes take it: unknown parameters are let be.
fn read_query(text: &str) {
    let mut parts = text.split('&');
    let name = parts.next().unwrap_or_default();
    let pairs: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
    let read = |unknown| {
        let arguments = Arguments::from_pairs(pairs.iter().copied());
        judge(Operation::from_arguments(name, &arguments, unknown))
    };
    let lenient = read(Unknown::Ignore);
    if let Some(strict) = read(Unknown::Refuse) {
        assert_eq!(lenient.as_ref(), Some(&strict));
    }
    if let Some(operation) = lenient {
        let arguments: Vec<Argument<'_>> = pairs
            .iter()
            .map(|&(name, value)| (name, value.to_owned()))
            .collect();
        within_ranges(operation.spec(), &arguments);
        crosses_the_wire(vec![operation]);
    }
}

/// What was accepted; of what was refused only that the sentence about it can be shown.
fn judge<T>(result: Result<T, Fault>) -> Option<T> {
    result
        .inspect_err(|fault| {
            let sentence = fault.to_string();
            assert!(sentence.len() <= SENTENCE_BYTES_MAX, "a very long sentence");
            assert!(!sentence.contains(char::is_control), "{sentence:?}");
        })
        .ok()
}

/// The last argument of a name counts; if it has a range, it is a number within it.
fn within_ranges(spec: &OperationSpec, arguments: &[Argument<'_>]) {
    for parameter in spec.parameters {
        let given = arguments
            .iter()
            .rev()
            .find(|(name, _)| *name == parameter.name);
        if let (Some((name, text)), Some(minimum), Some(maximum)) =
            (given, parameter.minimum, parameter.maximum)
        {
            let number = text.parse::<f64>();
            let within = number.is_ok_and(|number| (minimum..=maximum).contains(&number));
            assert!(within, "{}: {name} was accepted as {text:?}", spec.name);
        }
    }
}

fn crosses_the_wire(operations: Vec<Operation>) {
    let job = Job {
        id: 1,
        budget_ms: 1,
        operations,
        output: Output::default(),
        limits: Limits {
            pixels_max: 1,
            frames_max: 1,
            total_pixels_max: 1,
            output_pixels_max: 1,
            output_bytes_max: 1,
        },
        cuts: Vec::new(),
    };
    let bytes = frame::encode(&job, 0).expect("a list of operations fits a header");
    let header = bytes.get(PRELUDE_BYTES..).unwrap_or_default();
    let read = frame::decode::<Job>(Kind::Job, header);
    assert_eq!(read.as_ref(), Ok(&job));
}
