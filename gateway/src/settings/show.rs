//! The settings as text: the TOML of `--print-config` and the table of the documentation.

use std::fmt::Write as _;

use super::{Configuration, SETTINGS};

impl Configuration {
    /// A TOML file that means exactly these settings; a comment on each says what it is for,
    /// what is allowed and where its value came from.
    #[must_use]
    pub(crate) fn to_toml(&self) -> String {
        let mut text = String::new();
        let mut group = "";
        for setting in SETTINGS {
            if setting.group != group {
                let gap = if group.is_empty() { "" } else { "\n" };
                let _ = writeln!(text, "{gap}## {}\n", setting.group);
                group = setting.group;
            }
            let (value, origin) = self.texts.get(setting.name);
            let _ = writeln!(
                text,
                "# {} Allowed: {}. From {origin}.\n{} = {}",
                setting.doc,
                (setting.allowed)(),
                setting.name,
                toml_value(value),
            );
        }
        text
    }
}

/// Every setting with its default, what is allowed and its meaning, as Markdown tables, for
/// the test that keeps the documentation up to date.
#[cfg(test)]
pub(crate) fn markdown_table() -> String {
    let mut text = String::new();
    let mut group = "";
    for setting in SETTINGS {
        if setting.group != group {
            let gap = if group.is_empty() { "" } else { "\n" };
            let _ = writeln!(
                text,
                "{gap}### {}\n\n| setting | default | allowed | meaning | reload |\n|---|---|---|---|---|",
                setting.group
            );
            group = setting.group;
        }
        let default = match setting.default {
            "" => "none".to_owned(),
            default => format!("`{default}`"),
        };
        let _ = writeln!(
            text,
            "| `{}` | {default} | {} | {} | {} |",
            setting.name,
            (setting.allowed)(),
            setting.doc,
            setting.reload
        );
    }
    text
}

/// Numbers and booleans bare, everything else quoted.
fn toml_value(text: &str) -> String {
    let grouped_digits = |byte: u8| byte.is_ascii_digit() || byte == b'_';
    let bare = matches!(text, "true" | "false")
        // TOML's own parser knows its rules for leading zeros, underscores and size.
        || text.bytes().all(grouped_digits) && format!("v = {text}").parse::<toml::Table>().is_ok();
    if bare {
        text.to_owned()
    } else {
        toml::Value::from(text).to_string()
    }
}
