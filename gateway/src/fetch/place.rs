//! Places that are not on the web, taken apart: a folder of this machine or a bucket of a cloud, and a
//! path in it. Settings name the roots in this form, and requests the files below them.
//!
//! Nothing is opened or looked up here. A path is a list of names that stand for themselves: none is
//! empty, a dot or two, or holds a slash or a NUL, however it was escaped.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use reqwest::Url;

/// What keeps the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    /// `file:`, and `local:` for what is below the first root of this kind.
    Folder,
    /// `s3:`
    S3,
    /// `gs:`
    Google,
    /// `az:` or `abs:`
    Azure,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) store: Store,
    /// Empty for folders.
    pub(crate) bucket: String,
    names: Vec<Vec<u8>>,
    /// `local:`, so that the path begins where a root ends.
    is_local: bool,
    url: Url,
}

impl Place {
    /// The place that a URL names, `None` if it is of another kind.
    ///
    /// # Errors
    /// A sentence without its subject, which is the URL.
    pub(crate) fn parse(text: &str) -> Option<Result<Self, &'static str>> {
        let url = Url::parse(text).ok()?;
        let store = match url.scheme() {
            "file" | "local" => Store::Folder,
            "s3" => Store::S3,
            "gs" => Store::Google,
            "az" | "abs" => Store::Azure,
            _ => return None,
        };
        Some(Self::take_apart(url, store))
    }

    fn take_apart(url: Url, store: Store) -> Result<Self, &'static str> {
        if !url.username().is_empty() || url.password().is_some() || url.port().is_some() {
            return Err("user names, passwords and ports are not accepted in it");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("? and # must be escaped in it (%3F, %23)");
        }
        let bucket = url.host_str().unwrap_or_default().to_owned();
        match store {
            Store::Folder if !bucket.is_empty() => {
                return Err("a path of this machine follows three slashes");
            }
            Store::Folder => {}
            _ if bucket.is_empty() => return Err("it names no bucket"),
            _ => {}
        }
        let path = url.path();
        let names = match path.strip_prefix('/') {
            None if path.is_empty() => Vec::new(),
            None => return Err("its path does not begin with a slash"),
            Some("") => Vec::new(),
            Some(path) => path.split('/').map(name).collect::<Result<_, _>>()?,
        };
        if store != Store::Folder && names.iter().any(|name| str::from_utf8(name).is_err()) {
            return Err("its path is not UTF-8");
        }
        let is_local = url.scheme() == "local";
        Ok(Self {
            store,
            bucket,
            names,
            is_local,
            url,
        })
    }

    /// Whether this one is a file below that one, which is a root. Of local places only the first
    /// root of the kind may be asked.
    pub(super) fn is_below(&self, root: &Self) -> bool {
        let same = self.store == root.store && self.bucket == root.bucket;
        let below = self.is_local || self.names.starts_with(&root.names);
        same && below && !self.below(root).is_empty()
    }

    /// What follows the root's names.
    fn below<'a>(&'a self, root: &Self) -> &'a [Vec<u8>] {
        match self.is_local {
            true => &self.names,
            false => &self.names[root.names.len()..],
        }
    }

    pub(super) fn is_local(&self) -> bool {
        self.is_local
    }

    /// Of a place that is below that root: its path from there.
    pub(super) fn path_below(&self, root: &Self) -> PathBuf {
        let names = self.below(root).iter();
        names.map(|name| OsStr::from_bytes(name)).collect()
    }

    /// Of a folder: where it is.
    pub(super) fn folder(&self) -> PathBuf {
        let names = self.names.iter().map(|name| OsStr::from_bytes(name));
        std::iter::once(OsStr::new("/")).chain(names).collect()
    }

    /// Of a bucket: the key, from the bucket's beginning.
    pub(super) fn key(&self) -> String {
        let names: Vec<_> = self
            .names
            .iter()
            .map(|name| String::from_utf8_lossy(name))
            .collect();
        names.join("/")
    }

    /// The URL in one spelling.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Where it is, for callers: without its path.
    pub(super) fn host(&self) -> String {
        format!("{}://{}", self.url.scheme(), self.bucket)
    }

    /// As the operator may name it: a root. A whole machine is none, and neither is a place that
    /// only other roots give a meaning.
    pub(crate) fn root(text: &str) -> Option<Self> {
        let place = Self::parse(text.strip_suffix('/').unwrap_or(text))?.ok()?;
        let is_whole_machine = place.store == Store::Folder && place.names.is_empty();
        (!is_whole_machine && !place.is_local).then_some(place)
    }
}

fn name(text: &str) -> Result<Vec<u8>, &'static str> {
    let name: Vec<u8> = percent_decode_str(text).collect();
    match name.as_slice() {
        b"" => Err("there is nothing between two slashes of its path, or behind the last"),
        b"." | b".." => Err("its path has a dot or two for a name"),
        name if name.contains(&b'/') || name.contains(&0) => {
            Err("its path has an escaped slash or NUL")
        }
        _ => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Place {
        Place::parse(text)
            .unwrap_or_else(|| panic!("{text}"))
            .expect(text)
    }

    #[test]
    fn a_place_has_a_bucket_and_a_path_that_was_unescaped_once() {
        for (text, store, bucket, key) in [
            (
                "s3://my_Bucket.x/a%20b/c+d%2525.png",
                Store::S3,
                "my_Bucket.x",
                "a b/c+d%25.png",
            ),
            ("gs://bucket/ü", Store::Google, "bucket", "ü"),
            ("az://$web/a", Store::Azure, "$web", "a"),
            ("abs://box/a", Store::Azure, "box", "a"),
            ("file:///srv/a", Store::Folder, "", "srv/a"),
            ("file://localhost/srv/a", Store::Folder, "", "srv/a"),
            (" FILE:\\srv\\a\t", Store::Folder, "", "srv/a"),
            ("local:///a/b", Store::Folder, "", "a/b"),
            ("s3://bucket", Store::S3, "bucket", ""),
        ] {
            let place = place(text);
            assert_eq!(
                (place.store, place.bucket.as_str()),
                (store, bucket),
                "{text}"
            );
            assert_eq!(place.key(), key);
        }
        assert_eq!(
            place("file:///srv/%ff").folder().as_os_str().as_bytes(),
            b"/srv/\xff"
        );
        for other in ["http://a/b", "swift://a/b", "C:/a", "/srv/a", "", "srv/a"] {
            assert_eq!(Place::parse(other), None, "{other}");
        }
    }

    #[test]
    fn what_could_mean_two_things_is_no_place() {
        for text in [
            "file:///srv//a",
            "file:///srv/a/",
            "file:///srv/a%2fb",
            "file:///srv/..%2f..%2fetc/passwd",
            "file:///srv/a%00.png",
            "file:///srv/a?b",
            "file:///srv/a#b",
            "file://host/srv/a",
            "s3://user@bucket/a",
            "s3://user:secret@bucket/a",
            "s3://bucket:80/a",
            "s3:///a",
            "s3:a",
            "s3://bucket/%ff",
            "local:a",
        ] {
            assert!(matches!(Place::parse(text), Some(Err(_))), "{text}");
        }
    }

    #[test]
    fn only_what_lies_below_a_root_is_below_it() {
        let root = |text| Place::root(text).unwrap_or_else(|| panic!("{text}"));
        let (folder, bucket) = (root("file:///srv/pictures/"), root("s3://bucket/a"));
        let inside = place("file:///srv/x/../pictures/%61/b");
        assert!(inside.is_below(&folder));
        assert_eq!(inside.path_below(&folder), PathBuf::from("a/b"));
        assert_eq!(
            place("local:///a/b").path_below(&folder),
            PathBuf::from("a/b")
        );
        assert_eq!(folder.folder(), PathBuf::from("/srv/pictures"));
        assert!(place("s3://bucket/a/b").is_below(&bucket));
        assert!(place("s3://bucket/a").is_below(&root("s3://bucket")));
        for text in [
            "file:///srv/pictures",
            "file:///srv/pictures2/a",
            "file:///srv/pictures/../a",
            "file:///srv/pictures/%2e%2e/a",
            "file:///srv/pictures/.%2E/a",
            "file:///srv/Pictures/a",
            "file:///etc/passwd",
            "local:///",
            "s3://bucket/ab",
            "s3://bucket/b",
            "s3://bucket/a/../b",
            "s3://other/a/b",
            "s3://Bucket/a/b",
            "gs://bucket/a/b",
        ] {
            let place = place(text);
            assert!(
                !place.is_below(&folder) && !place.is_below(&bucket),
                "{text}"
            );
        }
    }

    #[test]
    fn a_whole_machine_is_no_root() {
        for text in [
            "file:///",
            "file://",
            "file:",
            "local:///a",
            "http://a",
            "s3://",
            "s3://b/c?d",
            "a",
        ] {
            assert_eq!(Place::root(text), None, "{text}");
        }
    }
}
