//! The TOML file as texts: numbers, booleans and lists become the text that the environment
//! or a flag would give.

use std::path::Path;

use toml::{Table, Value};

/// The file's top table, or a sentence about why there is none.
pub(super) fn read(path: &Path) -> Result<Table, String> {
    let text = std::fs::read_to_string(path).map_err(|why| format!("cannot be read: {why}"))?;
    text.parse()
        .map_err(|why: toml::de::Error| format!("is not TOML: {}", why.to_string().trim_end()))
}

/// The text of a value; `None` for tables, dates, fractions and lists of anything but texts.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(switch) => Some(switch.to_string()),
        Value::Array(values) => {
            let texts: Option<Vec<_>> = values.iter().map(Value::as_str).collect();
            Some(texts?.join(","))
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}
