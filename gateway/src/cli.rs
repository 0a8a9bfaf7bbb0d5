//! The command line: what the program was asked to do, decided before anything starts.
//!
//! Flags come from the table of settings, so none is named here. [`Answer::give`] is the one
//! place of the gateway that writes to stdout or stderr directly.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use protocol::{CATALOGUE, OperationSpec, ParameterSpec};

use crate::replay::{Replay, Replayed};
use crate::settings::{CONFIG_VARIABLE, Configuration, SETTINGS, Setting, Settings};

/// Exit status of a wrong command line or wrong settings.
const EXIT_USAGE: u8 = 2;

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Invocation {
    /// Run the service.
    Serve(Box<Settings>),
    /// Try a crash again.
    Replay(Box<Replay>),
    /// Nothing but an answer.
    Say(Answer),
}

/// What a program says that does not serve.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Write this to stdout and exit with 0.
    Print(String),
    /// Write this to stderr and exit with the status.
    Failed(String, u8),
}

impl Answer {
    /// Writes the text; returns the exit status.
    pub(crate) fn give(self) -> ExitCode {
        match self {
            // A reader that has gone (`framefarm effects | head -1`) is no failure.
            Self::Print(text) => {
                let _ = writeln!(io::stdout(), "{}", text.trim_end());
                ExitCode::SUCCESS
            }
            Self::Failed(text, status) => {
                let _ = writeln!(io::stderr(), "{}", text.trim_end());
                ExitCode::from(status)
            }
        }
    }
}

impl From<Answer> for Invocation {
    fn from(answer: Answer) -> Self {
        Self::Say(answer)
    }
}

/// What `framefarm replay` says; it exits with 1 when the crash did not come again, with 2 when
/// it could not be tried.
pub(crate) fn replayed(result: Result<Replayed, String>) -> Answer {
    match result {
        Ok(Replayed::Again(text)) => Answer::Print(format!("the same end again: {text}")),
        Ok(Replayed::Otherwise(text)) => Answer::Failed(format!("another end: {text}"), 1),
        Err(text) => Answer::Failed(text, EXIT_USAGE),
    }
}

impl Invocation {
    /// Reads the command line; `arguments` begin with the program's name.
    #[must_use]
    pub(crate) fn read(
        arguments: impl IntoIterator<Item = OsString>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        match command().try_get_matches_from(arguments) {
            Ok(matches) => Self::from_matches(&matches, environment),
            Err(error) if error.use_stderr() => {
                Answer::Failed(error.to_string(), EXIT_USAGE).into()
            }
            Err(error) => Answer::Print(error.to_string()).into(),
        }
    }

    fn from_matches(
        matches: &ArgMatches,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        if let Some(("effects", matches)) = matches.subcommand() {
            return effects(matches.get_flag("json")).into();
        }
        let config = matches.get_one::<PathBuf>("config").cloned();
        let flags = SETTINGS.iter().filter_map(|setting| {
            let text = matches.get_one::<String>(setting.name)?;
            Some((setting, text.clone()))
        });
        let configuration = match Configuration::gather(config, flags, environment) {
            Ok(configuration) => configuration,
            Err(mistakes) => return Answer::Failed(mistakes.to_string(), EXIT_USAGE).into(),
        };
        if matches.get_flag("print-config") {
            return Answer::Print(configuration.to_toml()).into();
        }
        match matches.subcommand() {
            Some(("check-config", _)) => Answer::Print("ok".to_owned()).into(),
            Some(("replay", matches)) => replay(matches, configuration.settings),
            _ => Self::Serve(Box::new(configuration.settings)),
        }
    }
}

fn replay(matches: &ArgMatches, settings: Settings) -> Invocation {
    let path = |name| matches.get_one::<PathBuf>(name).cloned();
    // clap has seen to it that it is there.
    let bundle = path("bundle").unwrap_or_default();
    let source = path("source");
    Invocation::Replay(Box::new(Replay {
        bundle,
        source,
        settings,
    }))
}

fn command() -> Command {
    let config = Arg::new("config")
        .long("config")
        .value_name("PATH")
        .value_parser(value_parser!(PathBuf))
        .global(true)
        .help(format!("TOML file with settings [env: {CONFIG_VARIABLE}]"));
    let print_config = Arg::new("print-config")
        .long("print-config")
        .action(ArgAction::SetTrue)
        .global(true)
        .help("Print the settings in force as TOML, and where each came from");
    let json = Arg::new("json")
        .long("json")
        .action(ArgAction::SetTrue)
        .help("Print JSON");
    Command::new("framefarm")
        .version(env!("CARGO_PKG_VERSION"))
        .about("An image-manipulation API that a bad image cannot take down")
        .after_help(
            "Each setting may also stand in the TOML file (name_with_underscores = value) or in \
             the environment. Flags win over the environment, the environment over the file.",
        )
        .subcommand(Command::new("serve").about("Run the service (the default)"))
        .subcommand(Command::new("check-config").about("Check the settings and exit"))
        .subcommand(
            Command::new("effects")
                .about("List the image operations")
                .arg(json),
        )
        .subcommand(replay_command())
        .args([config, print_config])
        .args(SETTINGS.iter().map(flag))
}

fn replay_command() -> Command {
    let bundle = Arg::new("bundle")
        .value_name("BUNDLE")
        .value_parser(value_parser!(PathBuf))
        .required(true)
        .help("The crash, a JSON file from crash_bundles");
    let source = Arg::new("source")
        .long("source")
        .value_name("PATH")
        .value_parser(value_parser!(PathBuf))
        .help("The picture, when the bundle does not hold it");
    Command::new("replay")
        .about("Run the job of a crash again in a fresh worker")
        .args([bundle, source])
}

fn flag(setting: &'static Setting) -> Arg {
    let default = match setting.default {
        "" => "none",
        default => default,
    };
    Arg::new(setting.name)
        .long(setting.flag())
        .value_name("VALUE")
        .global(true)
        .help_heading(setting.group)
        .help(format!(
            "{} [default: {default}] [env: {}]",
            setting.doc,
            setting.variable()
        ))
        .long_help(format!(
            "{}\nAllowed: {}\n[default: {default}] [env: {}]",
            setting.doc,
            (setting.allowed)(),
            setting.variable()
        ))
}

fn effects(json: bool) -> Answer {
    if !json {
        return Answer::Print(
            CATALOGUE
                .iter()
                .map(|operation| describe(operation))
                .collect(),
        );
    }
    match serde_json::to_string_pretty(CATALOGUE) {
        Ok(text) => Answer::Print(text),
        Err(error) => Answer::Failed(error.to_string(), 1),
    }
}

fn describe(operation: &OperationSpec) -> String {
    let mut text = format!(
        "{}  (op={})\n    {}\n",
        operation.name, operation.example, operation.description
    );
    for parameter in operation.parameters {
        let _ = writeln!(
            text,
            "    {:<8} {}; {}. {}",
            parameter.name,
            parameter.expected(),
            presence(parameter),
            parameter.description
        );
    }
    text.push('\n');
    text
}

fn presence(parameter: &ParameterSpec) -> String {
    match (parameter.required, (parameter.default)()) {
        (true, _) => "required".to_owned(),
        (false, Some(default)) => format!("default {default}"),
        (false, None) => "optional".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Invocation {
        let program = std::iter::once(&"framefarm").chain(arguments);
        Invocation::read(program.map(OsString::from), [])
    }

    fn served(arguments: &[&str]) -> Settings {
        match read(arguments) {
            Invocation::Serve(settings) => *settings,
            other => panic!("{other:?}"),
        }
    }

    fn printed(arguments: &[&str]) -> String {
        match read(arguments) {
            Invocation::Say(Answer::Print(text)) => text,
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
        let Invocation::Say(Answer::Failed(text, 2)) =
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
        let Invocation::Say(Answer::Failed(text, 2)) = read(&["--worker-memory-byte", "1"]) else {
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
        let json: serde_json::Value =
            serde_json::from_str(&printed(&["effects", "--json"])).unwrap();
        for (index, operation) in CATALOGUE.iter().enumerate() {
            assert_eq!(json[index]["name"], operation.name);
            assert!(text.contains(operation.description), "{text}");
            for parameter in operation.parameters {
                assert!(text.contains(&parameter.expected()), "{text}");
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
}
