//! More of what holds for every operation of the catalogue, seen from outside: animations of other
//! formats than GIF, shapes that are extreme and yet within the limits, pictures in which nothing
//! is to be seen, and arguments that are none. Nothing here names an operation, so that a new
//! one is held to all of it.

use protocol::{CATALOGUE, Group, ParameterKind};

use crate::apng_reader;
use crate::examples::{ask, made};
use crate::made::{animation, png, still};
use crate::picture::Picture;
use crate::service::{Answer, Service};
use crate::side_by_side::faults_of;

/// A long side that is within all limits.
const LONG_PX: usize = 8000;

fn kept(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/images/");
    std::fs::read(format!("{folder}{name}")).expect("a kept picture")
}

#[test]
fn the_same_animation_gives_the_same_bytes_and_keeps_its_time_in_every_format() {
    let service = Service::start();
    let sources = [
        ("gif", animation()),
        ("webp", kept("webp/webp_anim_lossless_exact.webp")),
        ("apng", kept("apng/apng_dispose_blend_exact.png")),
    ];
    let times = |apng: &[u8]| {
        let apng = apng_reader::read(apng)?;
        Ok::<_, String>((apng.delays_ms, apng.plays))
    };
    for (name, source) in &sources {
        let untouched = service.post("/v1/process?format=apng", source);
        let expected = times(&untouched.body).expect("a sound animation");
        assert!(expected.0.len() > 1, "{name} does not move");
        let faults = faults_of(CATALOGUE, |spec| {
            let one = made(&service, &[spec.example], "format=apng", source)?;
            if one != made(&service, &[spec.example], "format=apng", source)? {
                return Err(format!(
                    "{} of {name}: other bytes the second time",
                    spec.name
                ));
            }
            let actual = times(&one)?;
            if spec.group != Group::Animation && actual != expected {
                return Err(format!(
                    "{} of {name}: {actual:?}, not {expected:?}",
                    spec.name
                ));
            }
            Ok(())
        });
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

#[test]
fn a_very_long_line_passes_every_operation_or_is_refused_with_the_limit() {
    let service = Service::start();
    for (width, height) in [(LONG_PX, 1), (1, LONG_PX)] {
        let body = png(&still(width, height));
        let faults = faults_of(CATALOGUE, |spec| {
            let answer = ask(&service, &[spec.example], "", &body);
            // A square canvas around it is more than a result may be.
            let limit = (answer.status == 413).then(|| answer.json()["limit"].clone());
            if limit.is_some_and(|limit| limit == "output_pixels_max") {
                return Ok(());
            }
            match answer.verdict() {
                (200, _) => Ok(()),
                other => Err(format!("{} of {width}x{height}: {other:?}", spec.name)),
            }
        });
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

#[test]
fn a_picture_in_which_nothing_is_to_be_seen_passes_every_operation() {
    let service = Service::start();
    for pixel in [[0; 4], [255, 0, 255, 0], [0, 0, 0, 255], [255; 4]] {
        let body = png(&Picture::painted(24, 17, |_, _| pixel));
        let faults = faults_of(CATALOGUE, |spec| {
            made(&service, &[spec.example], "", &body).map(drop)
        });
        assert!(faults.is_empty(), "{pixel:?}: {}", faults.join("\n"));
    }
}

/// Whether the answer refuses a value of the parameter and says what is right.
fn refuses(answer: &Answer, parameter: &str, expected: &str) -> bool {
    answer.verdict() == (422, "bad_parameter".to_owned()) && {
        let body = answer.json();
        let message = body["message"].as_str().unwrap_or_default();
        body["parameter"] == parameter && body["expected"] == expected && message.contains(expected)
    }
}

#[test]
fn what_is_no_value_of_a_parameter_is_refused_with_what_is() {
    let service = Service::start();
    let body = png(&still(4, 4));
    let faults = faults_of(CATALOGUE, |spec| {
        for parameter in spec.parameters {
            let mut wrong = vec!["bogus-value".to_owned()];
            if let (Some(least), Some(most)) = (parameter.minimum, parameter.maximum) {
                wrong.extend([least - 1.0, most + 1.0, -1e9, 1e300].map(|v| v.to_string()));
                wrong.extend(["NaN", "inf", "-inf", "1e999"].map(str::to_owned));
            }
            if parameter.kind == ParameterKind::Integer {
                wrong.extend(["1.5", "99999999999999999999"].map(str::to_owned));
            }
            for value in wrong {
                let operation = format!("{}:{}={value}", spec.example, parameter.name);
                let answer = ask(&service, &[&operation], "", &body);
                if !refuses(&answer, parameter.name, &parameter.expected()) {
                    return Err(format!("{operation}: {:?}", answer.verdict()));
                }
            }
        }
        Ok(())
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn parameters_that_do_not_exist_are_named_and_the_nearest_one_too() {
    let service = Service::start();
    let body = png(&still(4, 4));
    let faults = faults_of(CATALOGUE, |spec| {
        let ask = |name: &str| {
            let operation = format!("{}:{name}=1", spec.example);
            let answer = ask(&service, &[&operation], "", &body);
            if answer.verdict() != (422, "bad_parameter".to_owned()) {
                return Err(format!("{operation}: {:?}", answer.verdict()));
            }
            let body = answer.json();
            let message = body["message"].as_str().unwrap_or_default();
            if body["parameter"] != name || body["op"] != spec.name || !message.contains(name) {
                return Err(format!("{operation}: {body}"));
            }
            Ok(body)
        };
        ask("qqqqqq")?;
        for parameter in spec.parameters.iter().filter(|one| one.name.len() > 3) {
            let misspelt = format!("{}z", parameter.name);
            let body = ask(&misspelt)?;
            if body["did_you_mean"] != parameter.name {
                return Err(format!("{}: {misspelt}: {body}", spec.name));
            }
        }
        Ok(())
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
