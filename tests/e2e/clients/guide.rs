//! docs/dagpi.md as data: which routes of dagpi are served and what they answer, and what each
//! library makes of each status.

use std::path::PathBuf;

use super::{LIBRARIES, Library};

/// What a route answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    /// A GIF of a GIF, a PNG of anything else.
    AsTheSource,
    Png,
    Gif,
}

/// A row of the two tables of routes.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) effect: String,
    known_to: [bool; 3],
    /// `None`: not served.
    pub(crate) answers: Option<Answers>,
    /// What it does, as an `op=` value; for those that are served.
    pub(crate) operation: String,
}

impl Route {
    pub(crate) fn is_known_to(&self, library: Library) -> bool {
        self.known_to[column(library)]
    }
}

/// A row of the table of errors.
#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) status: u16,
    pub(crate) has_detail: bool,
    pub(crate) codes: Vec<String>,
    become_of_it: [Error; 3],
}

impl Status {
    pub(crate) fn error_of(&self, library: Library) -> &Error {
        &self.become_of_it[column(library)]
    }
}

/// What the user of a library gets.
#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) name: String,
    /// `message` of the body is in its text.
    pub(crate) has_message: bool,
    /// The parameter of `detail` is in its text.
    pub(crate) has_detail: bool,
}

fn column(library: Library) -> usize {
    LIBRARIES.iter().position(|one| *one == library).unwrap()
}

fn page() -> String {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/dagpi.md");
    std::fs::read_to_string(page).unwrap()
}

/// The rows of the table under a heading, cell by cell.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let page = page();
    let section = page.split("\n## ").find(|part| part.starts_with(heading));
    let section = section.unwrap_or_else(|| panic!("docs/dagpi.md has no {heading:?}"));
    let table = section.lines().filter(|line| line.starts_with('|'));
    // Behind its head and the line below that.
    let rows = table.skip(2).map(|line| {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    });
    rows.collect()
}

/// What stands between the first two backquotes.
fn quoted(cell: &str) -> String {
    let quoted = cell.split('`').nth(1);
    quoted.unwrap_or_else(|| panic!("{cell:?}")).to_owned()
}

fn route(cells: &[String], answers: Option<Answers>) -> Route {
    let path = quoted(&cells[0]);
    let effect = path.trim_start_matches("/image/").trim_end_matches('/');
    let operation = match answers {
        Some(_) => quoted(&cells[5]),
        None => String::new(),
    };
    Route {
        effect: effect.to_owned(),
        known_to: [1, 2, 3].map(|at| cells[at] == "yes"),
        answers,
        operation,
    }
}

/// Both tables of routes.
pub(crate) fn routes() -> Vec<Route> {
    let answers = |cell: &str| match cell {
        "as the source" => Answers::AsTheSource,
        "PNG" => Answers::Png,
        "GIF" => Answers::Gif,
        _ => panic!("{cell:?} is no answer"),
    };
    let served = rows("What is served");
    let served = served
        .iter()
        .map(|cells| route(cells, Some(answers(&cells[4]))));
    let others = rows("What is not served");
    let others = others.iter().map(|cells| route(cells, None));
    served.chain(others).collect()
}

/// The table of errors.
pub(crate) fn statuses() -> Vec<Status> {
    let error = |cell: &String| Error {
        name: quoted(cell),
        has_message: cell.ends_with("with the message"),
        has_detail: cell.ends_with("with the detail"),
    };
    let rows = rows("What errors become").into_iter();
    let rows = rows.map(|cells| Status {
        status: cells[0][..3].parse().unwrap(),
        has_detail: cells[0].contains("detail"),
        codes: cells[1].split(", ").map(quoted).collect(),
        become_of_it: [2, 3, 4].map(|at| error(&cells[at])),
    });
    rows.collect()
}
