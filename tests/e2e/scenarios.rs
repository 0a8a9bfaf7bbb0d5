//! `docs/scenarios.md` says which test shows what: every scenario has its row, every test that a
//! row names exists.

use std::path::Path;

const TABLE: &str = include_str!("../../docs/scenarios.md");

/// How many scenarios there are.
const SCENARIOS: usize = 97;

#[test]
fn every_scenario_has_a_row_and_every_test_in_it_exists() {
    let rows: Vec<Vec<_>> = TABLE
        .lines()
        .map(|line| line.split('|').map(str::trim).collect())
        .filter(|cells: &Vec<&str>| {
            cells
                .get(1)
                .is_some_and(|cell| cell.parse::<usize>().is_ok())
        })
        .collect();
    let numbers: Vec<_> = rows
        .iter()
        .map(|cells| cells[1].parse::<usize>().unwrap())
        .collect();
    assert_eq!(numbers, (1..=SCENARIOS).collect::<Vec<_>>());
    let mut checked = 0;
    for cells in rows {
        let mut file = "";
        for part in cells[3].split(';').map(str::trim) {
            let (named, test) = part.split_once(": ").unwrap_or((file, part));
            file = named;
            // Without backticks it is a remark.
            let Some(name) = test.strip_prefix('`').and_then(|name| name.split_once('`')) else {
                continue;
            };
            if name.0.ends_with('…') {
                continue;
            }
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/e2e/{file}.rs"));
            let source = std::fs::read_to_string(&path).unwrap();
            assert!(
                source.contains(&format!("fn {}()", name.0)),
                "{}: {}",
                cells[1],
                name.0
            );
            checked += 1;
        }
    }
    assert!(checked > SCENARIOS, "the table was read: {checked}");
}
