//! Folders and buckets that sources may be read from, as `source_roots` lists them. Whether they
//! can be opened is for `fetch/roots.rs` to know.

use super::kind::Kind;
use super::texts::Texts;
use super::{Draft, Mistake};
use crate::fetch::{Place, RootFault, Roots};

/// The kind of setting.
pub(super) struct Places;

impl Kind for Places {
    type Value = Vec<Place>;

    fn allowed(&self) -> String {
        "folders and buckets like file:///srv/pictures, s3://bucket/folder, gs://bucket or az://container, separated by commas".to_owned()
    }

    fn read(&self, text: &str) -> Option<Vec<Place>> {
        let places = text.split(',').map(str::trim);
        let places = places.filter(|place| !place.is_empty());
        places.map(Place::root).collect()
    }
}

impl Draft {
    /// Every root that cannot be used here.
    pub(super) fn unusable_roots(&self, texts: &Texts) -> Vec<Mistake> {
        let (Some(roots), Some(timeout)) = (&self.source_roots, self.fetch_timeout) else {
            return Vec::new();
        };
        let faults = Roots::open(roots, timeout).err().unwrap_or_default();
        let faults = faults.into_iter();
        let mistake = |fault: RootFault| texts.conflict("source_roots", fault.to_string());
        faults.map(mistake).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_listed_with_commas_between_them() {
        assert_eq!(Places.read(""), Some(Vec::new()));
        assert_eq!(
            Places
                .read("file:///srv/a%2Cb, s3://bucket/,")
                .unwrap()
                .len(),
            2
        );
        for wrong in [
            "/srv/a",
            "file:///",
            "s3://b, http://a",
            "s3://key:secret@b",
        ] {
            assert_eq!(Places.read(wrong), None, "{wrong}");
        }
    }
}
