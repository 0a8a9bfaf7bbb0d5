//! The command line: what the program was asked to do, decided before anything starts.
//!
//! Flags come from the table of settings, so none is named here. [`print`] and [`fail`]
//! are the only places of the gateway that write to stdout or stderr directly.

mod effects;
mod sign;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::access;
use crate::replay::{Replay, Replayed};
use crate::settings::{CONFIG_VARIABLE, Configuration, SETTINGS, Setting, Settings};

/// The flag, without its dashes, by which a gateway tells the next one that it is to follow. It is
/// not in the help: with anything else as its standard input the program refuses it.
pub(crate) const SUCCESSOR: &str = "successor";
/// Exit status of a wrong command line or wrong settings.
const EXIT_USAGE: u8 = 2;

/// How to run the service.
#[derive(Debug)]
pub(crate) struct Orders {
    pub(crate) configuration: Configuration,
    /// Whether a gateway that runs already has started this one to follow it.
    pub(crate) succeeds: bool,
}

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Invocation {
    /// Run the service.
    Serve(Box<Orders>),
    /// Try a crash again.
    Replay(Box<Replay>),
    /// Write this to stdout and exit with 0.
    Print(String),
    /// Write this to stderr and exit with the status.
    Failed(String, u8),
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
            Err(error) if error.use_stderr() => Self::Failed(error.to_string(), EXIT_USAGE),
            Err(error) => Self::Print(error.to_string()),
        }
    }

    fn from_matches(
        matches: &ArgMatches,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        if let Some(("effects", matches)) = matches.subcommand() {
            return effects(matches.get_flag("json"));
        }
        if let Some(("token", matches)) = matches.subcommand() {
            return token(matches);
        }
        if let Some(("key", matches)) = matches.subcommand() {
            return sign::new_key(matches);
        }
        let config = matches.get_one::<PathBuf>("config").cloned();
        let flags = SETTINGS.iter().filter_map(|setting| {
            let text = matches.get_one::<String>(setting.name)?;
            Some((setting, text.clone()))
        });
        let configuration = match Configuration::gather(config, flags, environment) {
            Ok(configuration) => configuration,
            Err(mistakes) => return Self::Failed(mistakes.to_string(), EXIT_USAGE),
        };
        if matches.get_flag("print-config") {
            return Self::Print(configuration.to_toml());
        }
        match matches.subcommand() {
            Some(("check-config", _)) => Self::Print("ok".to_owned()),
            Some(("sign", matches)) => sign::sign(matches, configuration.credentials.keys.as_ref()),
            Some(("replay", matches)) => {
                Self::Replay(Box::new(replay(matches, configuration.settings)))
            }
            _ => Self::Serve(Box::new(Orders {
                configuration,
                succeeds: matches.get_flag(SUCCESSOR),
            })),
        }
    }
}

/// Writes to stdout. A reader that has gone (`framefarm effects | head -1`) is no failure.
pub(crate) fn print(text: &str) -> ExitCode {
    let _ = writeln!(io::stdout(), "{}", text.trim_end());
    ExitCode::SUCCESS
}

/// Writes to stderr.
pub(crate) fn fail(text: &str, status: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "{}", text.trim_end());
    ExitCode::from(status)
}

/// Says what `framefarm replay` has to say; it exits with 1 when the crash did not come again,
/// with 2 when it could not be tried.
pub(crate) fn replayed(result: Result<Replayed, String>) -> ExitCode {
    match result {
        Ok(Replayed::Again(text)) => print(&format!("the same end again: {text}")),
        Ok(Replayed::Otherwise(text)) => fail(&format!("another end: {text}"), 1),
        Err(text) => fail(&text, EXIT_USAGE),
    }
}

fn replay(matches: &ArgMatches, settings: Settings) -> Replay {
    let path = |name| matches.get_one::<PathBuf>(name).cloned();
    Replay {
        // clap has seen to it that it is there.
        bundle: path("bundle").unwrap_or_default(),
        source: path("source"),
        settings,
    }
}

/// Reads the settings once more, from the sources of this process as they are now.
///
/// # Errors
/// What is wrong with them, in one line.
pub(crate) fn read_again() -> Result<Configuration, String> {
    match Invocation::read(std::env::args_os(), std::env::vars_os()) {
        Invocation::Serve(orders) => Ok(orders.configuration),
        // A command line that led to serving once does so again.
        Invocation::Print(text) | Invocation::Failed(text, _) => Err(one_line(&text)),
        Invocation::Replay(_) => Err("the command line does not lead to serving".to_owned()),
    }
}

fn one_line(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ")
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
        .help("Print the JSON of /v1/effects");
    let successor = Arg::new(SUCCESSOR)
        .long(SUCCESSOR)
        .action(ArgAction::SetTrue)
        .hide(true);
    Command::new("framefarm")
        // Lines as they are, whatever else is built along: what a setting means can be searched for.
        .term_width(0)
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
                .about("List the image operations and what they take")
                .arg(json),
        )
        .subcommand(replay_command())
        .subcommand(token_command())
        .subcommand(sign::key_command())
        .subcommand(sign::sign_command())
        .args([config, print_config, successor])
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

fn token_command() -> Command {
    let name = Arg::new("name")
        .value_name("NAME")
        .required(true)
        .help("What logs and figures call it: letters, digits, - _ and .");
    Command::new("token")
        .about("Make tokens for tokens_file")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("new")
                .about("Print a new token, this once, and its entry for tokens_file")
                .arg(name),
        )
}

/// `framefarm token new NAME`.
fn token(matches: &ArgMatches) -> Invocation {
    let name = matches
        .subcommand()
        .and_then(|(_, new)| new.get_one("name"));
    let name: &str = name.map_or("", String::as_str);
    if !access::is_name(name) {
        let message = format!(
            "{name:?} cannot be the name of a token: it must be 1 to 64 letters, digits, - _ or ., and not {:?}",
            access::ANONYMOUS
        );
        return Invocation::Failed(message, EXIT_USAGE);
    }
    match access::new_entry(name) {
        Ok(text) => Invocation::Print(text),
        Err(_) => Invocation::Failed("the system gives no random numbers".to_owned(), 1),
    }
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

fn effects(json: bool) -> Invocation {
    if !json {
        return Invocation::Print(effects::for_people());
    }
    match effects::for_programs() {
        Ok(text) => Invocation::Print(text),
        Err(error) => Invocation::Failed(error.to_string(), 1),
    }
}
