//! `docs/operations.md` as the catalogue wants it. Included by the test of this package, which
//! compares the text, and by the end-to-end tests, which also make the pictures that it shows.

use std::fmt::Write;

use protocol::{CATALOGUE, Group, OperationSpec, ParameterKind, ParameterSpec};

/// Longest side of the pictures as they are shown, px.
pub(crate) const SHOWN_PX: u32 = 180;
/// The folder of the pictures, seen from the page.
pub(crate) const FOLDER: &str = "operations";
/// What is shown before each operation, in that folder.
pub(crate) const STILL: &str = "source.jpg";
/// The same for those on time.
pub(crate) const MOVING: &str = "source.webp";

const HEAD: &str = "# Operations

Every operation does the same to a still and to each frame of an animation, keeps delays, loops and
transparency unless it says otherwise, and gives the same bytes for the same request. What depends on content
(trim, smart crop, normalize, main colours) is decided by the first frame for all. `name:a:b` gives arguments in
the order of the tables, `name:parameter=a` by name. Colours are `#rgb`, `#rrggbb` or `#rrggbbaa`, the `#` left
out if you like (it must be escaped in a URL), or a name such as `white` or `transparent`.

The pictures show what the service itself makes of the example, before at the left and after at the right; what is
longer than 180 px is shown smaller. The source is 320 × 213 px: Chelsea, photographed by Stéfan van der Walt,
who gave up all rights to it (CC0).

This file and its pictures are made from the catalogue by `REGENERATE=1 cargo test --test e2e -- generated`; tests
say when they are out of date.
";

/// The file in [`FOLDER`] that shows what an operation does.
pub(crate) fn picture(spec: &OperationSpec) -> String {
    format!("{}.webp", spec.name)
}

/// What is laid on by those that take a second picture.
pub(crate) const SECOND: &str = "second.png";

/// Operations on which the still would show nothing, and what is done to it before.
const PREPARED: [(&str, &str); 2] = [
    ("trim", "extend:24:40:background=c9d4e2"),
    ("flatten", "circle"),
];

/// What is done to the still before, as an `op=` value.
pub(crate) fn prepared(spec: &OperationSpec) -> Option<&'static str> {
    let mut found = PREPARED.iter().filter(|(name, _)| *name == spec.name);
    found.next().map(|(_, before)| *before)
}

/// The file in [`FOLDER`] that an operation is shown on: those on time need time.
pub(crate) fn source(spec: &OperationSpec) -> String {
    match spec.group {
        _ if prepared(spec).is_some() => format!("{}-before.webp", spec.name),
        Group::Animation => MOVING.to_owned(),
        _ => STILL.to_owned(),
    }
}

/// The whole page.
pub(crate) fn text() -> String {
    let mut text = format!("{HEAD}\n{}", index());
    let mut last = None;
    for spec in CATALOGUE {
        if last != Some(spec.group) {
            write!(text, "\n## {}\n", spec.group.title()).unwrap();
            last = Some(spec.group);
        }
        text.push_str(&entry(spec));
    }
    text
}

/// A line for each group, with links to its operations.
fn index() -> String {
    let groups = CATALOGUE.chunk_by(|one, two| one.group == two.group);
    let line = |specs: &[&OperationSpec]| {
        let links = specs.iter().map(|spec| format!("[{0}](#{0})", spec.name));
        let links: Vec<_> = links.collect();
        let name = specs[0].group.title();
        format!(
            "- [{name}](#{}): {}\n",
            name.to_lowercase().replace(' ', "-"),
            links.join(", ")
        )
    };
    groups.map(line).collect()
}

fn entry(spec: &OperationSpec) -> String {
    let mut text = format!("\n### {}\n\n{}", spec.name, spec.description);
    for alias in spec.aliases {
        write!(text, " `{}` means `{}`.", alias.name, alias.means).unwrap();
    }
    writeln!(text, " Example: `{}`\n", spec.example).unwrap();
    write!(
        text,
        "<img src=\"{FOLDER}/{}\" width=\"{SHOWN_PX}\" alt=\"before\"> ",
        source(spec)
    )
    .unwrap();
    if spec.group == Group::Composite {
        write!(
            text,
            "<img src=\"{FOLDER}/{SECOND}\" alt=\"the second picture\"> "
        )
        .unwrap();
    }
    writeln!(
        text,
        "<img src=\"{FOLDER}/{}\" alt=\"after {}\">",
        picture(spec),
        spec.example,
    )
    .unwrap();
    if !spec.parameters.is_empty() {
        text.push_str("\n| parameter | default | allowed | meaning |\n|---|---|---|---|\n");
    }
    text.extend(spec.parameters.iter().map(row));
    text
}

fn row(parameter: &ParameterSpec) -> String {
    let default = match (parameter.required, (parameter.default)()) {
        (_, Some(text)) => format!("`{text}`"),
        (true, None) => "must be given".to_owned(),
        (false, None) => "none".to_owned(),
    };
    let allowed = match parameter.kind {
        ParameterKind::Colour => "a colour".to_owned(),
        _ => parameter.expected(),
    };
    format!(
        "| `{}` | {default} | {allowed} | {} |\n",
        parameter.name, parameter.description
    )
}
