//! `framefarm key new` and `framefarm sign`: fresh entries for `signing_keys_file`, and URLs signed
//! with what is in it.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::{EXIT_USAGE, Invocation};
use crate::access::{self, KeyList};

pub(super) fn key_command() -> Command {
    let id = Arg::new("id")
        .value_name("ID")
        .required(true)
        .help("What signed URLs and logs call it: letters, digits, - _ and .");
    let imgproxy = Arg::new("imgproxy")
        .long("imgproxy")
        .action(ArgAction::SetTrue)
        .help("A pair of key and salt for URLs of imgproxy's form");
    Command::new("key")
        .about("Make keys for signing_keys_file")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("new")
                .about("Print an entry for signing_keys_file with a new secret")
                .args([id, imgproxy]),
        )
}

pub(super) fn sign_command() -> Command {
    let url = Arg::new("url")
        .value_name("URL")
        .required(true)
        .help("What a GET would ask for, with or without scheme and host");
    let expires_in = Arg::new("expires-in")
        .long("expires-in")
        .value_name("SECONDS")
        .value_parser(value_parser!(u32).range(1..))
        .default_value("3600")
        .help("How long it is good from now on");
    let key = Arg::new("key")
        .long("key")
        .value_name("ID")
        .help("Which [[key]] of signing_keys_file signs it; absent: the first");
    Command::new("sign")
        .about("Print a signed URL, which needs no token")
        .args([url, expires_in, key])
}

/// `framefarm key new ID`.
pub(super) fn new_key(matches: &ArgMatches) -> Invocation {
    let Some((_, new)) = matches.subcommand() else {
        return Invocation::Failed(String::new(), EXIT_USAGE);
    };
    let id = new.get_one("id").map_or("", String::as_str);
    if !access::is_name(id) {
        let message = format!(
            "{id:?} cannot be the id of a key: it must be 1 to 64 letters, digits, - _ or ., and not {:?}",
            access::ANONYMOUS
        );
        return Invocation::Failed(message, EXIT_USAGE);
    }
    match access::new_key(id, new.get_flag("imgproxy")) {
        Ok(text) => Invocation::Print(text),
        Err(_) => Invocation::Failed("the system gives no random numbers".to_owned(), 1),
    }
}

/// `framefarm sign URL`.
pub(super) fn sign(matches: &ArgMatches, keys: Option<&KeyList>) -> Invocation {
    let url: &str = matches.get_one("url").map_or("", String::as_str);
    let seconds = matches.get_one::<u32>("expires-in").copied();
    let expires = access::now() + u64::from(seconds.unwrap_or_default());
    let id = matches.get_one("key").map(String::as_str);
    let signed = target(url).and_then(|(host, target)| {
        let keys = keys.ok_or("signing_keys_file is not set, so there is no key to sign with")?;
        Ok(format!("{host}{}", keys.sign(target, id, expires)?))
    });
    match signed {
        Ok(url) => Invocation::Print(url),
        Err(why) => Invocation::Failed(why, EXIT_USAGE),
    }
}

/// Scheme and host, and what a client sends of it.
fn target(url: &str) -> Result<(&str, &str), String> {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    if let Some(wrong) = url.chars().find(|letter| !letter.is_ascii_graphic()) {
        return Err(format!("the URL has {wrong:?}, which must be escaped"));
    }
    let host = match url.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['/', '?']) => {
            scheme.len() + 3 + rest.find(['/', '?']).unwrap_or(rest.len())
        }
        _ => 0,
    };
    let (host, target) = url.split_at(host);
    match target.starts_with('/') {
        true => Ok((host, target)),
        false => Err("the URL needs a path, like /v1/process?url=…".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_parted_where_its_path_begins() {
        for (url, host, rest) in [
            ("https://a.example/b?c=d#e", "https://a.example", "/b?c=d"),
            ("/b?url=http://x/y", "", "/b?url=http://x/y"),
            ("http://a:1/", "http://a:1", "/"),
        ] {
            assert_eq!(target(url), Ok((host, rest)));
        }
        for wrong in [
            "https://a.example",
            "https://a.example?x",
            "b/c",
            "/a b",
            "/é",
            "",
        ] {
            assert!(target(wrong).is_err(), "{wrong}");
        }
    }
}
