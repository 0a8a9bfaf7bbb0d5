//! The folders and buckets that the operator lets sources be read from (`source_roots`), and the one
//! that a URL is about. What is below none of them is refused before anything is opened or asked.
//!
//! Only a caller's own URL is looked up here, never where an origin redirects to: no web page can make
//! this server read a file.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;

use super::bucket::Answer;
use super::error::FetchError;
use super::place::{Place, Store};
use super::{Beginning, Fetcher, bucket, folder};
use crate::intake::Source;

/// A root that cannot be used, and why: a sentence without its subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RootFault {
    root: String,
    why: String,
}

impl fmt::Display for RootFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "names {}, and {}", self.root, self.why)
    }
}

/// See the module. Clones share what is open.
#[derive(Debug, Clone)]
pub(crate) struct Roots(Arc<[Root]>);

#[derive(Debug)]
struct Root {
    place: Place,
    /// `None` for a folder, which is opened anew each time.
    bucket: Option<Arc<dyn ObjectStore>>,
}

/// A file below a root.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) place: Place,
    root: &'a Root,
}

/// How to get at a file.
pub(super) enum Way<'a> {
    /// Below this folder.
    Folder(&'a Place),
    Bucket(&'a dyn ObjectStore),
}

impl Roots {
    /// Opens what must be open; nothing is sent.
    ///
    /// # Errors
    /// All that cannot be used.
    pub(crate) fn open(places: &[Place], timeout: Duration) -> Result<Self, Vec<RootFault>> {
        let (mut roots, mut faults) = (Vec::new(), Vec::new());
        for place in places {
            let bucket = match place.store {
                Store::Folder => folder::check(&place.folder()).map(|()| None),
                _ => bucket::open(place, timeout).map(Some),
            };
            match bucket {
                Ok(bucket) => roots.push(Root {
                    place: place.clone(),
                    bucket,
                }),
                Err(why) => faults.push(RootFault {
                    root: place.url().to_string(),
                    why,
                }),
            }
        }
        match faults.is_empty() {
            true => Ok(Self(roots.into())),
            false => Err(faults),
        }
    }

    /// The file that a URL names; `None` if there is no root of that kind.
    pub(super) fn find(&self, url: &str) -> Result<Option<Found<'_>>, FetchError> {
        // Most servers have none, and most URLs are for the web.
        let Some(place) = (!self.0.is_empty()).then(|| Place::parse(url)).flatten() else {
            return Ok(None);
        };
        let place = place.map_err(|why| FetchError::InvalidUrl(why.to_owned()))?;
        let mut of_its_kind = self.0.iter().filter(|root| root.place.store == place.store);
        let Some(first) = of_its_kind.next() else {
            return Ok(None);
        };
        let others = of_its_kind.filter(|_| !place.is_local());
        let mut candidates = std::iter::once(first).chain(others);
        match candidates.find(|root| place.is_below(&root.place)) {
            Some(root) => Ok(Some(Found { place, root })),
            None => Err(FetchError::Forbidden {
                host: place.host(),
                why: "it is below none of the places that this server reads (source_roots)"
                    .to_owned(),
            }),
        }
    }
}

impl Found<'_> {
    pub(super) fn way(&self) -> Way<'_> {
        match &self.root.bucket {
            None => Way::Folder(&self.root.place),
            Some(bucket) => Way::Bucket(bucket.as_ref()),
        }
    }
}

impl Fetcher {
    /// A file below a root. Folders are not kept a copy of: the kernel does that.
    pub(super) async fn read(&self, found: &Found<'_>) -> Result<Source, FetchError> {
        let place = &found.place;
        let (url, host) = (place.url(), place.host());
        let bucket = match found.way() {
            Way::Bucket(bucket) => bucket,
            Way::Folder(root) => {
                let turn = self.turns.take(&host).await;
                let (folder, path) = (root.folder(), place.path_below(root));
                return folder::read(folder, path, host, self.intake.clone(), turn).await;
            }
        };
        let (_turn, kept) = match self.begin(url, &host).await {
            Beginning::Fresh(kept) => return self.lend(kept),
            Beginning::Turn(turn, kept) => (turn, kept),
        };
        match bucket::get(bucket, place, kept, &self.intake).await? {
            Answer::Kept(kept) => {
                self.sources.keep(url, kept.clone());
                self.lend(kept)
            }
            Answer::File(source, kept) => {
                self.sources.keep(url, kept);
                Ok(source)
            }
        }
    }
}
