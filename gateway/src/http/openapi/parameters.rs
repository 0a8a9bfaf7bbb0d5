//! From parameters of the catalogue to schemas and to parameters of queries.

use protocol::{OUTPUT_OPTIONS, OptionSpec, ParameterKind, ParameterSpec};
use serde_json::{Number, Value, json};

use super::names::Name;
use super::{EXAMPLE_PICTURE, Members, reference};
use crate::http::output::formats;
use crate::http::pictures::URLS;

/// The query parameters that several routes share.
pub(super) fn components() -> Members {
    let mut components = Members::new();
    for (at, url) in URLS.iter().enumerate() {
        let description = match at {
            0 => "The address of the picture, http or https, or the picture itself as a data: URL; file:, s3:, gs: or az: below what this server may read, if it has such roots."
                .to_owned(),
            _ => format!(
                "The address of picture {}, for operations that take it.",
                at + 1
            ),
        };
        let parameter = json!({
            "name": url,
            "in": "query",
            "description": description,
            "schema": {"type": "string", "format": "uri"},
            "example": EXAMPLE_PICTURE,
        });
        let mut required = parameter.clone();
        required["required"] = true.into();
        // Of the further pictures one at most has to be there.
        if at < 2 {
            components.insert(format!("required_{url}"), required);
        }
        components.insert((*url).to_owned(), parameter);
    }
    let format = json!({
        "name": "format",
        "in": "query",
        "description": "The format of the result. Absent: an animation's own, PNG for a still; auto: what Accept names.",
        "schema": {"type": "string", "enum": formats()},
    });
    components.insert("format".to_owned(), format);
    components.extend(OUTPUT_OPTIONS.iter().map(|option| {
        let parameter = json!({
            "name": option.parameter.name,
            "in": "query",
            "description": of_formats(option),
            "schema": schema(&option.parameter, None),
        });
        (option.parameter.name.to_owned(), parameter)
    }));
    components
}

/// What the option means and which formats have it.
fn of_formats(option: &OptionSpec) -> String {
    let formats = option.formats.iter().map(|format| format.name());
    let formats: Vec<_> = formats.collect();
    format!(
        "{} Of {}.",
        option.parameter.description,
        formats.join(", ")
    )
}

/// The address of a picture; a request without upload cannot do without the first.
pub(super) fn url(at: usize, required: bool) -> Value {
    match required {
        false => reference("parameters", URLS[at]),
        true => reference("parameters", &format!("required_{}", URLS[at])),
    }
}

/// What the operation takes in the query of an effect.
pub(super) fn query(name: &Name) -> Vec<Value> {
    let example = name.example();
    let parameters = name.spec.parameters.iter().map(|spec| {
        let given = name.gives(spec.name);
        let mut parameter = json!({
            "name": spec.name,
            "in": "query",
            "description": spec.description,
            "required": spec.required && given.is_none(),
            "schema": schema(spec, given),
        });
        if let Some((_, text)) = example.iter().find(|(name, _)| *name == spec.name) {
            parameter["example"] = typed(spec.kind, text);
        }
        parameter
    });
    parameters.collect()
}

/// What a value must be; `given` stands for the default under some names.
pub(super) fn schema(spec: &ParameterSpec, given: Option<&str>) -> Value {
    let mut schema = match spec.kind {
        ParameterKind::Number => json!({"type": "number"}),
        ParameterKind::Integer => json!({"type": "integer"}),
        ParameterKind::Boolean => json!({"type": "boolean"}),
        ParameterKind::Choice => json!({"type": "string", "enum": spec.choices}),
        ParameterKind::Colour => json!({
            "type": "string",
            "format": "colour",
            "pattern": "^(#?([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|[a-zA-Z]+)$",
            "description": format!("{}: {}.", spec.description.trim_end_matches('.'), spec.expected()),
        }),
        ParameterKind::Ratio => json!({
            "type": "string",
            "format": "ratio",
            "pattern": "^[0-9]+(\\.[0-9]+)?([x/:][0-9]+(\\.[0-9]+)?)?$",
            "description": format!("{}: {}.", spec.description.trim_end_matches('.'), spec.expected()),
        }),
    };
    if spec.kind != ParameterKind::Ratio {
        for (name, bound) in [("minimum", spec.minimum), ("maximum", spec.maximum)] {
            if let Some(bound) = bound {
                schema[name] = typed(spec.kind, &bound.to_string());
            }
        }
    }
    if !spec.unit.is_empty() {
        schema["x-unit"] = spec.unit.into();
    }
    let default = given.map(ToOwned::to_owned).or_else(spec.default);
    if let Some(default) = default {
        schema["default"] = typed(spec.kind, &default);
    }
    schema
}

/// A text of the catalogue as JSON has it.
pub(super) fn typed(kind: ParameterKind, text: &str) -> Value {
    let number = || -> Option<Number> {
        match text.parse::<i64>() {
            Ok(whole) => Some(whole.into()),
            Err(_) => Number::from_f64(text.parse().ok()?),
        }
    };
    let value = match kind {
        ParameterKind::Number | ParameterKind::Integer => number().map(Value::Number),
        ParameterKind::Boolean => text.parse().ok().map(Value::Bool),
        ParameterKind::Choice | ParameterKind::Colour | ParameterKind::Ratio => None,
    };
    value.unwrap_or_else(|| text.into())
}
