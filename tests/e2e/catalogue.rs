//! `framefarm effects`: the catalogue without a service.

use std::process::Command;

use protocol::CATALOGUE;
use serde_json::Value;

use crate::programs::program;
use crate::service::Service;

fn told(arguments: &[&str]) -> String {
    let output = Command::new(program("framefarm"))
        .args(arguments)
        .output()
        .expect("the gateway is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_command_line_lists_in_json_what_the_service_lists() {
    let told: Value = serde_json::from_str(&told(&["effects", "--json"])).expect("JSON");
    let service = Service::start();
    assert_eq!(told, service.get("/v1/effects").json());
}

#[test]
fn the_command_line_lists_every_operation_once_under_its_group() {
    let told = told(&["effects"]);
    let mut rest = told.as_str();
    for operations in CATALOGUE.chunk_by(|one, two| one.group == two.group) {
        let title = operations[0].group.title().to_uppercase();
        let heads = operations
            .iter()
            .map(|spec| format!("\n  {}  (op={})\n", spec.name, spec.example));
        for wanted in [format!("\n{title}\n")].into_iter().chain(heads) {
            let (_, after) = rest
                .split_once(&wanted)
                .unwrap_or_else(|| panic!("{wanted:?} is not where it belongs in\n{told}"));
            rest = after;
        }
    }
    assert_eq!(told.matches("(op=").count(), CATALOGUE.len());
}
