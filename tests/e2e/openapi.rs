//! `/openapi.json` held to the truth: a validator of others reads it, every example in it is sent to the
//! service, and schemathesis (PyPI) makes requests of it, good ones and bad ones, and compares each answer with what
//! the document says. The two programs are installed by `tests/clients/install openapi`; without
//! them those tests say so and pass, except in CI.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::clients::installed;
use crate::forms::form;
use crate::made;
use crate::programs::skip;
use crate::service::{Answer, Service};

fn document(service: &Service) -> Value {
    let answer = service.get("/openapi.json");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    answer.json()
}

/// The part that a reference leads to, or the value itself.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap(),
        None => value,
    }
}

fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => (byte as char).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// The path with the examples of all parameters in it; those without one are optional.
fn example(document: &Value, path: &str, method: &str) -> String {
    let item = &document["paths"][path];
    let none = Vec::new();
    let shared = item["parameters"].as_array().unwrap_or(&none);
    let own = item[method]["parameters"].as_array().unwrap_or(&none);
    let (mut path, mut query) = (path.to_owned(), Vec::new());
    for parameter in shared.iter().chain(own) {
        let parameter = resolved(document, parameter);
        let name = parameter["name"].as_str().unwrap();
        let example = &parameter["example"];
        let optional_picture = name.starts_with("url") && parameter["required"] != true;
        if example.is_null() || optional_picture {
            assert_ne!(parameter["required"], true, "{path}: {name}");
            continue;
        }
        let values = match example {
            Value::Array(values) => values.clone(),
            value => vec![value.clone()],
        };
        for value in values {
            let text = value.as_str().map_or(value.to_string(), ToOwned::to_owned);
            match parameter["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{name}}}"), &text),
                _ => query.push(format!("{name}={}", escaped(&text))),
            }
        }
    }
    format!("{path}?{}", query.join("&"))
}

fn is_a_picture(answer: &Answer, what: &str) {
    assert_eq!(answer.verdict(), (200, String::new()), "{what}");
    let kind = answer.header("content-type").unwrap_or_default();
    assert!(kind.starts_with("image/"), "{what}: {kind}");
}

#[test]
fn every_example_of_the_document_works() {
    let service = Service::start();
    let document = document(&service);
    let picture = made::png(&crate::picture::Picture::painted(24, 16, |x, y| {
        [(x * 9) as u8, (y * 15) as u8, 90, 255]
    }));
    let mut ran = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post"] {
            let operation = &item[method];
            let leads_to_a_job = operation["security"].is_array();
            if !leads_to_a_job {
                continue;
            }
            let path = example(&document, path, method);
            let answer = match method {
                "get" => service.get(&path),
                _ if path.starts_with("/overlay") || path.starts_with("/watermark") => {
                    let parts = [("image", picture.as_slice()), ("image2", &picture)];
                    form(&service, &path, &parts)
                }
                _ => service.post(&path, &picture),
            };
            is_a_picture(&answer, &format!("{method} {path}"));
            ran += 1;
        }
    }
    assert!(ran > 2 * protocol::CATALOGUE.len(), "{ran}");

    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut jobs: Vec<Value> = schemas["Job"]["examples"].as_array().unwrap().clone();
    let operations = schemas
        .iter()
        .filter(|(name, _)| name.starts_with("operation_"));
    let examples = operations.flat_map(|(_, schema)| schema["examples"].as_array().unwrap());
    jobs.extend(examples.map(|example| json!({"ops": [example]})));
    assert!(jobs.len() > protocol::CATALOGUE.len());
    for job in jobs {
        let text = job.to_string();
        let mut parts = vec![("image", picture.as_slice()), ("job", text.as_bytes())];
        if text.contains("\"overlay\"") || text.contains("\"watermark\"") {
            parts.push(("image2", &picture));
        }
        is_a_picture(&form(&service, "/v1/process", &parts), &text);
    }
}

#[test]
fn the_document_names_the_methods_that_its_paths_take() {
    let service = Service::start();
    let document = document(&service);
    for (path, item) in document["paths"].as_object().unwrap() {
        let members = item.as_object().unwrap().keys();
        let mut methods: Vec<_> = members
            .filter(|name| *name != "parameters")
            .map(|name| name.to_uppercase())
            .collect();
        methods.sort();
        let path = path.replace("{effect}", "invert").replace("{file}", "x");
        let answer = service.delete(&path);
        let verdict = (405, "method_not_allowed".to_owned());
        assert_eq!(answer.verdict(), verdict, "{path}");
        assert_eq!(
            answer.header("allow"),
            Some(methods.join(", ").as_str()),
            "{path}"
        );
    }
}

/// A program of the folder that `tests/clients/install openapi` fills.
fn tool(module: &str, proof: &str) -> Option<Command> {
    if Command::new("python3").arg("--version").output().is_err() {
        skip("python3 not installed");
        return None;
    }
    let folder = installed(module, "openapi", proof)?;
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", folder).args(["-m", module]);
    Some(command)
}

fn succeeds(service: &Service, mut command: Command) -> String {
    let output = command.output().unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{text}\n{}", service.log());
    text
}

#[test]
fn the_document_is_openapi_by_the_schema_of_openapi() {
    let Some(mut command) = tool("openapi_spec_validator", "openapi_spec_validator") else {
        return;
    };
    let service = Service::start();
    let file = service.folder().join("openapi.json");
    std::fs::write(&file, document(&service).to_string()).unwrap();
    command.args(["--schema", "3.1"]).arg(&file);
    assert!(succeeds(&service, command).contains("OK"));
}

#[test]
fn every_answer_is_as_the_document_says() {
    let Some(mut command) = tool("schemathesis.cli", "schemathesis") else {
        return;
    };
    // Whatever address is made up, nobody is asked for it.
    let service = Service::with(&[("allow_source_hosts", "nobody.invalid")]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/openapi");
    command
        .current_dir(service.folder())
        .env("SCHEMATHESIS_HOOKS", folder.join("pictures.py"))
        .env("NO_PROXY", "127.0.0.1")
        .arg("--config-file")
        .arg(folder.join("schemathesis.toml"))
        .args(["run", "--no-color"])
        .arg(service.url("/openapi.json"));
    let said = succeeds(&service, command);
    assert!(said.contains("No issues found"), "{said}");
}
