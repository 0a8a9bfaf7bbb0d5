//! The command line as people type it.

use protocol::CATALOGUE;

use super::*;
use crate::settings::Settings;

fn read(arguments: &[&str]) -> Invocation {
    let program = std::iter::once(&"framefarm").chain(arguments);
    Invocation::read(program.map(OsString::from), [])
}

fn served(arguments: &[&str]) -> Settings {
    match read(arguments) {
        Invocation::Serve(orders) => orders.configuration.settings,
        other => panic!("{other:?}"),
    }
}

fn printed(arguments: &[&str]) -> String {
    match read(arguments) {
        Invocation::Print(text) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn no_subcommand_means_serve() {
    assert_eq!(served(&["--workers", "3"]).workers, 3);
    assert_eq!(served(&["serve"]), served(&[]));
}

#[test]
fn flags_count_before_and_after_the_subcommand() {
    assert_eq!(served(&["--workers", "3", "serve"]).workers, 3);
    assert_eq!(served(&["serve", "--workers", "3"]).workers, 3);
}

#[test]
fn check_config_says_ok_or_every_mistake_with_status_2() {
    assert_eq!(printed(&["check-config"]), "ok");
    let Invocation::Failed(text, 2) =
        read(&["check-config", "--workers", "0", "--log-format", "xml"])
    else {
        panic!("wrong settings must fail with status 2");
    };
    assert!(
        text.contains("workers = \"0\" (from flag --workers)"),
        "{text}"
    );
    assert!(
        text.contains("log_format = \"xml\" (from flag --log-format)"),
        "{text}"
    );
}

#[test]
fn an_unknown_flag_fails_with_status_2_and_the_nearest_name() {
    let Invocation::Failed(text, 2) = read(&["--worker-memory-byte", "1"]) else {
        panic!("an unknown flag must fail with status 2");
    };
    assert!(text.contains("--worker-memory-bytes"), "{text}");
}

#[test]
fn help_names_every_setting_in_all_its_spellings() {
    let help = printed(&["--help"]);
    for setting in SETTINGS {
        for part in [
            &format!("--{} ", setting.flag()),
            &setting.variable(),
            setting.doc,
        ] {
            assert!(help.contains(part), "{part} is missing from:\n{help}");
        }
    }
}

#[test]
fn print_config_shows_a_value_and_its_origin() {
    let text = printed(&["--print-config", "--redirects-max", "2"]);
    assert!(
        text.contains("From flag --redirects-max.\nredirects_max = 2\n"),
        "{text}"
    );
}

#[test]
fn effects_lists_every_operation_and_parameter_readably_and_as_json() {
    let text = printed(&["effects"]);
    let json: serde_json::Value = serde_json::from_str(&printed(&["effects", "--json"])).unwrap();
    for (index, operation) in CATALOGUE.iter().enumerate() {
        assert_eq!(json["operations"][index]["name"], operation.name);
        assert!(text.contains(operation.description), "{text}");
        for parameter in operation.parameters {
            assert!(text.contains(&parameter.expected()), "{text}");
        }
        for alias in operation.aliases {
            assert!(text.contains(&format!("{} means", alias.name)), "{text}");
        }
    }
}

#[test]
fn the_version_is_printed() {
    assert!(printed(&["--version"]).contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_command_is_well_formed() {
    command().debug_assert();
}
