//! Every route of dagpi that is served, through every library that knows it, of a still and of an
//! animation; and every other route of theirs, which does not exist here.

use protocol::{Arguments, CATALOGUE, Fault, Operation, Unknown};
use serde_json::json;

use super::guide::{Answers, Route, routes, statuses};
use super::{Call, LIBRARIES, Library, Outcome};
use crate::made;
use crate::manifest::say;
use crate::origin::{LOOPBACK, Origin};
use crate::service::{Answer, Service};

fn origin() -> Origin {
    Origin::serving([
        ("/still.png", made::png(&made::still(24, 16))),
        ("/animation.gif", made::animation()),
    ])
}

/// All that effects of theirs may want beside the picture.
fn call(route: &Route, origin: &Origin, path: &str) -> Call {
    let mut call = Call::new(&route.effect, origin.url(path));
    call.parameters = match (route.effect.as_str(), route.answers) {
        ("pride", _) => json!({"flag": "trans"}),
        (_, Some(_)) => json!({}),
        (_, None) => json!({
            "url2": origin.url(path), "text": "a", "username": "b", "top_text": "c", "bottom_text": "d",
        }),
    };
    call
}

#[test]
fn the_tables_of_routes_agree_with_the_catalogue() {
    let nothing: [(&str, &str); 0] = [];
    let nothing = Arguments::from_pairs(nothing);
    let read = |name: &str| Operation::from_arguments(name, &nothing, Unknown::Ignore);
    for Route {
        effect,
        answers,
        operation,
        ..
    } in routes()
    {
        let found = read(&effect);
        assert_eq!(
            answers.is_some(),
            !matches!(found, Err(Fault::UnknownOperation { .. })),
            "docs/dagpi.md has {effect} in the wrong table"
        );
        if answers.is_some() {
            assert_eq!(found, Operation::from_text(&operation), "{effect}");
        }
    }
    // A name that was given to an operation for the sake of those clients has its row.
    let aliases = CATALOGUE.iter().flat_map(|spec| spec.aliases);
    let ours = ["pixelate", "unsharp", "watermark"];
    for alias in aliases.filter(|alias| !ours.contains(&alias.name)) {
        let listed = routes().iter().any(|route| route.effect == alias.name);
        assert!(listed, "docs/dagpi.md does not list {}", alias.name);
    }
}

/// Compares what the library made of a call with the page and with what the service answers without
/// a library; says whether it was a picture, of this format where that is the source's.
fn agrees(
    library: Library,
    answers: Option<Answers>,
    format: &str,
    direct: &Answer,
    outcome: &Outcome,
    what: &str,
) -> bool {
    let expected = match answers {
        None => {
            let statuses = statuses();
            let not_found = statuses.iter().find(|status| status.status == 404);
            let error = not_found.unwrap().error_of(library);
            assert_eq!(direct.verdict(), (404, "unknown_operation".to_owned()));
            assert_eq!(outcome.result, error.name, "{what}");
            return false;
        }
        Some(Answers::AsTheSource) => format,
        Some(Answers::Png) => "png",
        Some(Answers::Gif) => "gif",
    };
    assert_eq!(outcome.result, expected, "{what}: {:?}", outcome.message);
    assert!(outcome.is_picture(&direct.body), "{what}: other bytes");
    // Without tokens there is none to tell.
    let told = (library != Library::Dagpirs).then_some([None, None]);
    assert_eq!(outcome.limits, told, "{what}");
    true
}

fn gets_every_route(library: Library) {
    let (origin, service) = (origin(), Service::with(&[LOOPBACK]));
    let routes = routes();
    let known: Vec<_> = routes
        .iter()
        .filter(|route| route.is_known_to(library))
        .collect();
    let sources = [("/still.png", "png"), ("/animation.gif", "gif")];
    let asked = known
        .iter()
        .flat_map(|route| sources.map(|(path, format)| (route, path, format)));
    let asked: Vec<_> = asked.collect();
    let calls: Vec<_> = asked
        .iter()
        .map(|(route, path, _)| call(route, &origin, path))
        .collect();
    let Some(run) = library.run(&service, &calls) else {
        return;
    };

    let mut listed: Vec<_> = known.iter().map(|route| &route.effect).collect();
    listed.sort();
    assert!(
        listed.iter().copied().eq(&run.effects),
        "docs/dagpi.md lists {listed:?}, {} knows {:?}",
        library.name(),
        run.effects
    );
    let (mut pictures, mut unknown) = (0, 0);
    for (((route, path, format), call), outcome) in asked.iter().zip(&calls).zip(&run.outcomes) {
        let what = format!("{} of {path} by {}", route.effect, library.name());
        let direct = call.asked_directly(&service);
        match agrees(library, route.answers, format, &direct, outcome, &what) {
            true => pictures += 1,
            false => unknown += 1,
        }
    }
    for other in &run.others {
        assert_eq!(other.result, "pong", "{:?}", other.message);
    }
    let count = |served| {
        let of_kind = known
            .iter()
            .filter(|route| route.answers.is_some() == served);
        of_kind.count()
    };
    say(&format!(
        "{}: {pictures} pictures by {} routes, of a still and an animation; {unknown} refusals by {} that are not served",
        library.name(),
        count(true),
        count(false),
    ));
}

#[test]
fn asyncdagpi_gets_every_route_that_is_served() {
    gets_every_route(Library::Asyncdagpi);
}

#[test]
fn dagpijs_gets_every_route_that_is_served() {
    gets_every_route(Library::Dagpijs);
}

#[test]
fn dagpirs_gets_every_route_that_is_served() {
    gets_every_route(Library::Dagpirs);
}

#[test]
fn every_route_of_the_tables_is_known_to_a_library() {
    for route in routes() {
        let known = LIBRARIES.iter().any(|library| route.is_known_to(*library));
        assert!(known, "{}", route.effect);
    }
}
