use std::collections::BTreeSet;

use super::*;
use crate::http::routes::PUBLIC;

/// Path, without the last slash, and method.
type Routes = BTreeSet<(String, String)>;

fn trimmed(path: &str) -> String {
    match path.trim_end_matches('/') {
        "" => "/".to_owned(),
        path => path.to_owned(),
    }
}

fn served() -> Routes {
    let names = names::all();
    let mut routes = Routes::new();
    for route in PUBLIC {
        for method in route.methods.split(", ") {
            let method = method.to_ascii_lowercase();
            if route.path.starts_with("/{effect}") {
                // Documented under each of its names.
                let paths = names.iter().map(|name| format!("/{}", name.text));
                routes.extend(paths.map(|path| (path, method.clone())));
            } else {
                routes.insert((trimmed(route.path), method));
            }
        }
    }
    routes
}

fn documented() -> Routes {
    let mut routes = Routes::new();
    for (path, item) in paths::all() {
        let members = item.as_object().unwrap();
        let methods = members.keys().filter(|name| *name != "parameters");
        routes.extend(methods.map(|method| (trimmed(&path), method.clone())));
    }
    routes
}

#[test]
fn every_route_is_documented_and_nothing_else() {
    let (served, documented) = (served(), documented());
    let missing: Vec<_> = served.difference(&documented).collect();
    let stale: Vec<_> = documented.difference(&served).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "missing {missing:?}, stale {stale:?}"
    );
    assert!(served.len() > 2 * protocol::CATALOGUE.len());
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(
                members
                    .get("$ref")
                    .and_then(Value::as_str)
                    .map(ToOwned::to_owned),
            );
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_referred_to() {
    let whole = whole();
    let mut found = Vec::new();
    references(&whole, &mut found);
    for reference in &found {
        assert!(whole.pointer(&reference[1..]).is_some(), "{reference}");
    }
    for kind in ["schemas", "parameters", "responses", "headers"] {
        for name in whole["components"][kind].as_object().unwrap().keys() {
            let path = format!("#/components/{kind}/{name}");
            // The first address is required everywhere, and so written out.
            assert!(found.contains(&path) || name == "url", "{path}");
        }
    }
}

#[test]
fn every_code_stands_at_its_status_in_both_dialects() {
    let responses = answers::components();
    for code in super::super::code::Code::ALL {
        for dialect in answers::DIALECTS {
            let name = format!("{}_{}", dialect.name(), code.status(dialect).as_u16());
            let known = responses.get(&name).map(ToString::to_string);
            let known = known.is_some_and(|text| text.contains(&format!("\"{}\"", code.name())));
            let of_paths = ["not_found", "method_not_allowed"].contains(&code.name());
            assert!(known != of_paths, "{name} {}", code.name());
        }
    }
}
