//! The settings for URLs of imgproxy's form: where they begin, and their presets. Which options a
//! preset may have is for `http/imgproxy` to know.

use std::collections::BTreeMap;

use super::kind::Kind;
use crate::http::is_imgproxy_preset;

/// What a path begins with; the root is empty.
pub(super) struct Prefix;

impl Kind for Prefix {
    type Value = Option<String>;

    fn allowed(&self) -> String {
        "a path like /imgproxy, / for the root, or empty for none".to_owned()
    }

    fn read(&self, text: &str) -> Option<Option<String>> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        match text {
            "" => Some(None),
            "/" => Some(Some(String::new())),
            _ => {
                let mut parts = text.strip_prefix('/')?.split('/');
                let fine = parts.all(|part| !part.is_empty() && part.bytes().all(plain));
                fine.then(|| Some(text.to_owned()))
            }
        }
    }
}

/// Options by name.
pub(super) struct Presets;

impl Kind for Presets {
    type Value = BTreeMap<String, String>;

    fn allowed(&self) -> String {
        "presets like sharp=sharpen:0.7/quality:80, separated by commas, of options that are served and no further presets".to_owned()
    }

    fn read(&self, text: &str) -> Option<BTreeMap<String, String>> {
        let mut presets = BTreeMap::new();
        let given = text.split(',').map(str::trim);
        for preset in given.filter(|preset| !preset.is_empty()) {
            let (name, options) = preset.split_once('=')?;
            let named = !name.is_empty() && !name.contains([':', '/']);
            let known = named && is_imgproxy_preset(options);
            let fresh = presets
                .insert(name.to_owned(), options.to_owned())
                .is_none();
            if !known || !fresh {
                return None;
            }
        }
        Some(presets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_path_the_root_or_nothing() {
        let read = |text| Prefix.read(text);
        assert_eq!(read(""), Some(None));
        assert_eq!(read("/"), Some(Some(String::new())));
        assert_eq!(read("/a/b"), Some(Some("/a/b".to_owned())));
        for wrong in ["a", "/a/", "//", "/a b", "/{a}"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_preset_has_a_name_and_options_that_are_served() {
        let presets = Presets.read("a=w:1/h:2, default=q:50").unwrap();
        assert_eq!(presets["a"], "w:1/h:2");
        assert_eq!(presets["default"], "q:50");
        assert_eq!(Presets.read(""), Some(BTreeMap::new()));
        for wrong in [
            "a",
            "=w:1",
            "a=w:x",
            "a=watermark:1",
            "a=pr:b",
            "a=w:1,a=w:2",
        ] {
            assert_eq!(Presets.read(wrong), None, "{wrong}");
        }
    }
}
