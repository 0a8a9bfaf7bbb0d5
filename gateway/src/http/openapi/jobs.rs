//! The schemas of a job: one for each name of an operation, one for the options of each format.

use protocol::{OPERATIONS_MAX, OUTPUT_OPTIONS, OutputFormat};
use serde_json::{Value, json};

use super::names::{self, Name};
use super::parameters::{schema, typed};
use super::{Members, reference};

/// By name of component.
pub(super) fn schemas() -> Members {
    let names = names::all();
    let mut schemas = Members::new();
    schemas.insert("Job".to_owned(), job());
    let choices: Vec<_> = names
        .iter()
        .map(|name| reference("schemas", &component(name)))
        .collect();
    let mapping = names.iter().map(|name| {
        let path = format!("#/components/schemas/{}", component(name));
        (name.text.to_owned(), Value::from(path))
    });
    let mapping: Members = mapping.collect();
    let operation = json!({
        "description": "One operation with its parameters.",
        "oneOf": choices,
        "discriminator": {"propertyName": "op", "mapping": mapping},
    });
    schemas.insert("Operation".to_owned(), operation);
    schemas.insert("Output".to_owned(), output());
    schemas.extend(names.iter().map(|name| (component(name), one(name))));
    schemas
}

/// What its schema is called.
pub(super) fn component(name: &Name) -> String {
    format!("operation_{}", name.text)
}

fn job() -> Value {
    json!({
        "type": "object",
        "description": "The part \"job\" of a form. Its operations come after those of the query.",
        "required": ["ops"],
        "additionalProperties": false,
        "properties": {
            "ops": {
                "type": "array",
                "description": "Done in order, to every frame.",
                "maxItems": OPERATIONS_MAX,
                "items": reference("schemas", "Operation"),
            },
            "output": reference("schemas", "Output"),
        },
        "examples": [{
            "ops": [{"op": "resize", "width": 480}, {"op": "blur", "sigma": 2}],
            "output": {"format": "webp", "quality": 70},
        }],
    })
}

fn one(name: &Name) -> Value {
    let parameters = name.spec.parameters;
    let mut properties = Members::new();
    properties.insert("op".to_owned(), json!({"const": name.text}));
    let mut required = vec!["op"];
    for spec in parameters {
        let given = name.gives(spec.name);
        let mut schema = schema(spec, given);
        if schema.get("description").is_none() {
            schema["description"] = spec.description.into();
        }
        properties.insert(spec.name.to_owned(), schema);
        if spec.required && given.is_none() {
            required.push(spec.name);
        }
    }
    let mut example = json!({"op": name.text});
    for (parameter, text) in name.example() {
        if let Some(spec) = name.spec.parameter(parameter) {
            example[parameter] = typed(spec.kind, text);
        }
    }
    json!({
        "type": "object",
        "description": name.description(),
        "required": required,
        "additionalProperties": false,
        "properties": properties,
        "examples": [example],
        "x-group": name.spec.group,
    })
}

/// Each format with the options that it has.
fn output() -> Value {
    let all = |_: &OutputFormat| true;
    let mut choices = vec![
        options(
            "The format of an animation, PNG for a still.",
            &json!(null),
            |formats| {
                OutputFormat::ALL
                    .iter()
                    .all(|format| formats.contains(format))
            },
        ),
        options(
            "What Accept names; each option holds where the format that comes out has it.",
            &json!(["auto"]),
            |formats| formats.iter().any(all),
        ),
    ];
    for format in OutputFormat::ALL {
        let names = match format {
            OutputFormat::Jpeg => json!([format.name(), "jpg"]),
            _ => json!([format.name()]),
        };
        let description = format!("As {}.", format.content_type());
        choices.push(options(&description, &names, |formats| {
            formats.contains(&format)
        }));
    }
    json!({"description": "What the result is to be.", "oneOf": choices})
}

fn options(description: &str, names: &Value, has: impl Fn(&[OutputFormat]) -> bool) -> Value {
    let mut properties = Members::new();
    let mut required: &[&str] = &[];
    if !names.is_null() {
        properties.insert("format".to_owned(), json!({"enum": names}));
        required = &["format"];
    }
    for option in OUTPUT_OPTIONS.iter().filter(|option| has(option.formats)) {
        let spec = &option.parameter;
        let mut schema = schema(spec, None);
        schema["description"] = spec.description.into();
        properties.insert(spec.name.to_owned(), schema);
    }
    json!({
        "type": "object",
        "description": description,
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}
