//! `docs/operations.md` says what the catalogue says.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed expectation is a failed test"
)]

use std::fmt::Write;
use std::path::Path;

use protocol::{CATALOGUE, Group, OperationSpec, ParameterKind, ParameterSpec};

const HEAD: &str = "# Operations

Every operation does the same to a still and to each frame of an animation, keeps delays, loops and
transparency unless it says otherwise, and gives the same bytes for the same request. What depends on content
(trim, smart crop, normalize, main colours) is decided by the first frame for all. `name:a:b` gives arguments in
the order of the tables, `name:parameter=a` by name. Colours are `#rgb`, `#rrggbb` or `#rrggbbaa`, the `#` left
out if you like (it must be escaped in a URL), or a name such as `white` or `transparent`.

This file is checked against the catalogue by a test, which prints what it wants.
";

fn group(group: Group) -> &'static str {
    match group {
        Group::Geometry => "Geometry",
        Group::Tone => "Tone",
        Group::Detail => "Detail",
        Group::Animation => "Animation",
        Group::Effect => "Effects",
        Group::Composite => "Second pictures",
    }
}

fn allowed(parameter: &ParameterSpec) -> String {
    match parameter.kind {
        ParameterKind::Colour => "a colour".to_owned(),
        _ => parameter.expected(),
    }
}

fn entry(spec: &OperationSpec) -> String {
    let mut text = format!("\n### {}\n\n{}", spec.name, spec.description);
    for alias in spec.aliases {
        write!(text, " `{}` means `{}`.", alias.name, alias.means).unwrap();
    }
    writeln!(text, " Example: `{}`", spec.example).unwrap();
    if spec.parameters.is_empty() {
        return text;
    }
    text.push_str("\n| parameter | default | allowed | meaning |\n|---|---|---|---|\n");
    for parameter in spec.parameters {
        let default = (parameter.default)().map_or("none".to_owned(), |text| format!("`{text}`"));
        writeln!(
            text,
            "| `{}` | {default} | {} | {} |",
            parameter.name,
            allowed(parameter),
            parameter.description
        )
        .unwrap();
    }
    text
}

fn wanted() -> String {
    let mut text = HEAD.to_owned();
    let mut last = None;
    for spec in CATALOGUE {
        if last != Some(spec.group) {
            write!(text, "\n## {}\n", group(spec.group)).unwrap();
            last = Some(spec.group);
        }
        text.push_str(&entry(spec));
    }
    text
}

#[test]
fn the_documentation_lists_exactly_these_operations() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let found = std::fs::read_to_string(path).unwrap_or_default();
    let wanted = wanted();
    assert!(found == wanted, "docs/operations.md must be:\n{wanted}");
}
