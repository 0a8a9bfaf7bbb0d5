//! Options to operations, and the page that tells of them.

use std::collections::BTreeSet;

use super::*;

fn wanted(options: &str) -> Result<Wanted, Unmet> {
    let presets = Presets::from([("small".to_owned(), "w:10/h:10".to_owned())]);
    let mut wanted = Wanted::default();
    wanted.add(options.split('/'), &presets)?;
    Ok(wanted)
}

fn operations(options: &str) -> String {
    let operations = wanted(options).and_then(|wanted| wanted.operations());
    let operations = operations.unwrap_or_else(|unmet| panic!("{options}: {unmet:?}"));
    let texts: Vec<_> = operations.iter().map(ToString::to_string).collect();
    texts.join(" ")
}

fn same(options: &str, ours: &[&str]) {
    let ours = ours
        .iter()
        .map(|text| Operation::from_text(text).unwrap().to_string());
    assert_eq!(
        operations(options),
        ours.collect::<Vec<_>>().join(" "),
        "{options}"
    );
}

#[test]
fn options_become_operations_in_imgproxys_order_whatever_their_own() {
    same(
        "pd:1/bg:ff0000/bl:2/rs:fill:30:20:1/c:50:40:no/rot:90/t:5",
        &[
            "trim:5",
            "rotate:90",
            "crop:50:40:north",
            "resize:30:20:fill:enlarge=true",
            "crop:30:20:center",
            "blur:2",
            "extend:1:1:1:1",
            "flatten:ff0000",
        ],
    );
    same(
        "w:10/dpr:2/pd:3:4",
        &["resize:width=20:enlarge=false", "extend:6:8:6:8"],
    );
    same("pr:small/h:5", &["resize:10:5:enlarge=false"]);
    same(
        "bl:0/sh:0/pix:0/rot:360/t:/c:0:0/bg:/q:0/mb:0",
        &["trim:10"],
    );
    same(
        "rs:auto:0:7/g:ce/strip_metadata:1/cb:x",
        &["resize:height=7:enlarge=false"],
    );
}

#[test]
fn a_value_that_no_operation_takes_names_its_option() {
    for (options, option) in [
        ("w:x", "w"),
        ("w:1:2", "w"),
        ("rs:auto:1:2", "resizing_type"),
        ("rt:force/w:9", "resizing_type"),
        ("w:99999999", "resize"),
        ("blur:9999", "blur"),
        ("zoom:2", "zoom"),
        ("z:1:2/w:3", "z"),
        ("dpr:0", "dpr"),
        ("g:fp:0.5:0.5", "g"),
        ("g:no:5", "g"),
        ("crop:0.5:10", "crop"),
        ("ex:1:sm", "ex"),
        ("exar:1/w:3", "extend_aspect_ratio"),
        ("rot:45", "rot"),
        ("sm:0", "sm"),
        ("f:tiff", "f"),
        ("fq:jpg", "fq"),
        ("q:101", "q"),
        ("pr:nobody", "pr"),
        ("min-width:5", "min-width"),
        ("saturation:2", "saturation"),
        ("blurr:2", "blurr"),
        ("fn:a%2Fb", "fn"),
        ("exp:soon", "exp"),
    ] {
        let result = wanted(options).and_then(|wanted| wanted.operations());
        let unmet = result.expect_err(options);
        assert_eq!(unmet.option, option, "{options}: {}", unmet.why);
    }
}

#[test]
fn quality_is_for_formats_that_have_one() {
    let quality = |options| wanted(options).unwrap().output().quality;
    assert_eq!(quality("q:50/f:jpg"), Some(50));
    assert_eq!(quality("q:50/f:png"), None);
    assert_eq!(quality("fq:jpg:40:webp:30/f:webp"), Some(30));
    assert_eq!(quality("fq:webp:30/q:50/f:webp"), Some(50));
    assert_eq!(quality("q:0/f:jpg"), None);
    assert_eq!((quality("q:50"), quality("w:1")), (Some(50), None));
    assert_eq!(quality("fq:webp:30"), None);
}

/// The names in the first cells of the rows of docs/imgproxy.md, by heading.
fn documented(heading: &str) -> BTreeSet<String> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/imgproxy.md");
    let page = std::fs::read_to_string(page).unwrap();
    let section = page.split("\n## ").find(|part| part.starts_with(heading));
    let rows = section
        .unwrap()
        .lines()
        .filter(|line| line.starts_with("| `"));
    let cells = rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2));
    cells.map(ToOwned::to_owned).collect()
}

#[test]
fn the_page_lists_every_option_in_the_table_that_it_belongs_to() {
    let names = |is: fn(&Does) -> bool| {
        let specs = OPTIONS.iter().filter(|spec| is(&spec.does));
        let names = specs.flat_map(|spec| spec.names.iter());
        names
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let lacks = |does: &Does| matches!(does, Does::Lacks(_));
    assert_eq!(
        documented("Options that are served"),
        names(|does| !matches!(does, Does::Lacks(_)))
    );
    let mut refused = names(lacks);
    refused.extend(OTHERS.iter().map(|name| (*name).to_owned()));
    assert_eq!(documented("Options that are refused"), refused);
}

#[test]
fn no_name_means_two_options() {
    let names = OPTIONS.iter().flat_map(|spec| spec.names).chain(OTHERS);
    let mut seen = BTreeSet::new();
    for name in names {
        assert!(seen.insert(name), "{name}");
    }
}
