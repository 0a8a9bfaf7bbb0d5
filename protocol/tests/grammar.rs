//! The three spellings of operations, and what is said of wrong ones.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed expectation is a failed test"
)]

use protocol::{
    Arguments, Blur, CATALOGUE, Colour, Fault, Filter, Fit, Flag, Gravity, Operation, Pride,
    Resize, Rotate, Solarize, Unknown,
};
use serde_json::json;

fn resize(width: Option<u32>, height: Option<u32>) -> Operation {
    Operation::from(Resize {
        width,
        height,
        fit: Fit::Fit,
        filter: Filter::Lanczos3,
        enlarge: true,
        gravity: Gravity::Center,
        background: Colour::TRANSPARENT,
    })
}

fn rotate(degrees: f64, expand: bool) -> Operation {
    Operation::from(Rotate {
        degrees,
        expand,
        background: Colour::TRANSPARENT,
    })
}

#[test]
fn arguments_may_be_given_by_position_or_by_name() {
    for (text, expected) in [
        ("blur", Operation::from(Blur { sigma: None })),
        ("blur:2.5", Operation::from(Blur { sigma: Some(2.5) })),
        ("blur:sigma=2.5", Operation::from(Blur { sigma: Some(2.5) })),
        ("resize:480:270", resize(Some(480), Some(270))),
        ("resize::270", resize(None, Some(270))),
        ("resize:480:", resize(Some(480), None)),
        ("resize:height=9", resize(None, Some(9))),
    ] {
        assert_eq!(Operation::from_text(text), Ok(expected), "{text}");
    }
}

#[test]
fn defaults_hold_where_nothing_is_given() {
    let turned = rotate(90.0, true);
    assert_eq!(Operation::from_text("rotate"), Ok(turned));
    assert_eq!(Operation::from_json(&json!({"op": "rotate"})), Ok(turned));
    let nothing = json!({"op": "rotate", "degrees": null});
    assert_eq!(Operation::from_json(&nothing), Ok(turned));
}

#[test]
fn json_takes_numbers_strings_and_booleans() {
    let expected = Ok(rotate(45.0, false));
    for job in [
        json!({"op": "rotate", "degrees": 45, "expand": false}),
        json!({"op": "rotate", "degrees": "45", "expand": "False"}),
        json!({"op": "rotate", "degrees": 45.0, "expand": "0"}),
    ] {
        assert_eq!(Operation::from_json(&job), expected, "{job}");
    }
}

#[test]
fn values_out_of_range_or_of_the_wrong_kind_are_refused_with_what_is_allowed() {
    for (text, given, expected) in [
        ("blur:0", "0", "a number from 0.1 to 250 px"),
        ("blur:NaN", "NaN", "a number from 0.1 to 250 px"),
        ("blur:inf", "inf", "a number from 0.1 to 250 px"),
        ("blur:red", "red", "a number from 0.1 to 250 px"),
        ("pixel:0", "0", "a whole number from 1 to 4096 px"),
        ("pixel:1.5", "1.5", "a whole number from 1 to 4096 px"),
        ("pixel:-1", "-1", "a whole number from 1 to 4096 px"),
        ("rotate:361", "361", "a number from -360 to 360 degrees"),
        ("rotate:1:yes", "yes", "true or false"),
        (
            "resize:1:1:big",
            "big",
            "one of fit, stretch, fill, cover, contain, inside",
        ),
        (
            "flatten:whit",
            "whit",
            "a colour like #f80, #ff8800, #ff8800cc, white or transparent",
        ),
        (
            "pad:aspect=0",
            "0",
            "a ratio like 16x9 or 1.5 from 0.01 to 100",
        ),
        ("levels:9:9", "9", "less than white, which is 9"),
        ("frames:5:4", "4", "at least first, which is 5"),
    ] {
        let Err(Fault::BadParameter {
            given: found,
            expected: allowed,
            ..
        }) = Operation::from_text(text)
        else {
            panic!("{text} is not refused");
        };
        assert_eq!((found.as_str(), allowed.as_str()), (given, expected));
    }
}

#[test]
fn what_does_not_exist_is_refused_with_the_nearest_name() {
    let fault = Operation::from_text("grayscal").unwrap_err();
    assert_eq!(
        fault.to_string(),
        r#"there is no operation "grayscal"; did you mean "grayscale"?"#
    );
    let fault = Operation::from_text("rotate:angel=9:dergees=1").unwrap_err();
    assert!(matches!(fault, Fault::UnknownParameter { .. }));
    let fault = Operation::from_text("xyzzy").unwrap_err();
    assert_eq!(fault.to_string(), r#"there is no operation "xyzzy""#);
}

#[test]
fn resize_without_any_side_is_refused() {
    let fault = Operation::from_text("resize").unwrap_err();
    assert!(matches!(fault, Fault::MissingParameter { .. }), "{fault}");
}

#[test]
fn what_is_no_operation_at_all_is_refused() {
    for job in [
        json!("blur"),
        json!({}),
        json!({"op": 7}),
        json!({"op": "blur", "sigma": [2]}),
    ] {
        let fault = Operation::from_json(&job).unwrap_err();
        assert!(matches!(fault, Fault::Malformed(_)), "{job}: {fault}");
    }
    let fault = Operation::from_text("invert:1").unwrap_err();
    assert!(matches!(fault, Fault::Malformed(_)), "{fault}");
}

#[test]
fn older_names_mean_an_operation_and_perhaps_some_of_its_arguments() {
    let read = |text| Operation::from_text(text);
    let threshold = Operation::from(Solarize { threshold: 9 });
    assert_eq!(read("solar:9"), Ok(threshold));
    assert_eq!(read("solar:threshold=9"), Ok(threshold));
    let flag = |flag| {
        let amount = 0.45;
        Ok(Operation::from(Pride { flag, amount }))
    };
    assert_eq!(read("gay"), flag(Flag::Gay));
    // What the caller says goes before what the name says.
    assert_eq!(read("gay:flag=pan"), flag(Flag::Pan));
    let arguments = Arguments::from_pairs([("pixels", "20")]);
    let mosaic = Operation::from_arguments("mosiac", &arguments, Unknown::Ignore);
    assert_eq!(mosaic, read("mosaic:20"));
    assert_eq!(
        read("mosiak").unwrap_err().to_string(),
        r#"there is no operation "mosiak"; did you mean "mosiac"?"#
    );
}

#[test]
fn no_two_operations_have_a_name_in_common() {
    let mut names: Vec<_> = CATALOGUE
        .iter()
        .flat_map(|spec| {
            spec.aliases
                .iter()
                .map(|alias| alias.name)
                .chain([spec.name])
        })
        .collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn unknown_arguments_are_refused_or_ignored_as_asked() {
    let arguments = Arguments::from_pairs([("sigma", "2"), ("utm_source", "x")]);
    let blur = Operation::from(Blur { sigma: Some(2.0) });
    let read = |unknown| Operation::from_arguments("blur", &arguments, unknown);
    assert_eq!(read(Unknown::Ignore), Ok(blur));
    assert!(matches!(
        read(Unknown::Refuse),
        Err(Fault::UnknownParameter { .. })
    ));
}

#[test]
fn a_list_may_have_32_operations_and_no_more() {
    let texts = vec!["flip"; 33];
    let list = |texts: &[&str]| Operation::list(texts, |text| Operation::from_text(text));
    assert_eq!(list(&texts[..32]).map(|list| list.len()), Ok(32));
    assert_eq!(list(&texts), Err(Fault::TooManyOperations { given: 33 }));
}

#[test]
fn every_entry_of_the_catalogue_is_whole() {
    for spec in CATALOGUE {
        let example = Operation::from_text(spec.example).unwrap();
        assert_eq!(example.spec().name, spec.name);
        assert!(spec.description.len() > 10, "{}", spec.name);
        for alias in spec.aliases {
            let meant = Operation::from_text(alias.means).unwrap();
            assert_eq!(meant.spec().name, spec.name, "{}", alias.name);
        }
        for parameter in spec.parameters {
            assert!(parameter.description.len() > 5, "{}", parameter.name);
            assert_eq!(parameter.minimum.is_some(), parameter.maximum.is_some());
            if let Some(default) = (parameter.default)() {
                let text = format!("{}:{}={default}", spec.example, parameter.name);
                assert!(Operation::from_text(&text).is_ok(), "{text}");
            }
            for (limit, by) in [(parameter.minimum, -1.0), (parameter.maximum, 1.0)] {
                let Some(limit) = limit else { continue };
                let beyond = format!("{}:{}={}", spec.example, parameter.name, limit + by);
                let Err(Fault::BadParameter { expected, .. }) = Operation::from_text(&beyond)
                else {
                    panic!("{beyond} is not refused");
                };
                assert!(
                    expected.contains(&limit.to_string()),
                    "{beyond}: {expected}"
                );
            }
        }
    }
}
