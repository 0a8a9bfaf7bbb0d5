//! The folder of crash bundles: bounded, the oldest go first. Only files that are named as ours
//! are counted or removed.

use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use super::Bundle;

/// What the name of every file here begins with.
const PREFIX: &str = "crash-";

/// See the module.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// Size of all bundles together, bytes.
    bytes_max: u64,
    with_sources: bool,
    /// Two crashes at once must not both count on the same room.
    turn: Mutex<()>,
}

struct Kept {
    path: PathBuf,
    bytes: u64,
    written: SystemTime,
}

impl Folder {
    /// Makes the folder if there is none.
    ///
    /// # Errors
    /// When there is none and none can be made.
    pub(crate) fn open(path: &Path, bytes_max: u64, with_sources: bool) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        Ok(Self {
            path: path.to_owned(),
            bytes_max,
            with_sources,
            turn: Mutex::new(()),
        })
    }

    /// Keeps a bundle, and its source if that is wanted; returns where. What does not fit even
    /// when everything else is gone is left out: the source first, then the bundle.
    ///
    /// # Errors
    /// When the disk says no. What was half written is removed.
    pub(crate) fn keep(&self, mut bundle: Bundle, source: &[u8]) -> io::Result<Option<PathBuf>> {
        let _turn = self
            .turn
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        let name = format!("{PREFIX}{}-{}", bundle.at_unix_ms, bundle.death.pid);
        let source_name = format!("{name}.source");
        bundle.source.file = self.with_sources.then(|| source_name.clone());
        let mut text = serde_json::to_vec_pretty(&bundle)?;
        if text.len() as u64 + source.len() as u64 > self.bytes_max {
            bundle.source.file = None;
            text = serde_json::to_vec_pretty(&bundle)?;
        }
        let with_source = bundle.source.file.is_some();
        let source_bytes = if with_source { source.len() } else { 0 };
        let bytes = (text.len() + source_bytes) as u64;
        if bytes > self.bytes_max {
            return Ok(None);
        }
        self.make_room(bytes)?;
        if with_source {
            write(&self.path.join(source_name), source)?;
        }
        let path = self.path.join(format!("{name}.json"));
        write(&path, &text)?;
        Ok(Some(path))
    }

    fn make_room(&self, bytes: u64) -> io::Result<()> {
        let mut kept = self.kept()?;
        kept.sort_by_key(|file| file.written);
        let mut held: u64 = kept.iter().map(|file| file.bytes).sum();
        for file in kept {
            if held + bytes <= self.bytes_max {
                break;
            }
            std::fs::remove_file(&file.path)?;
            held -= file.bytes;
        }
        Ok(())
    }

    fn kept(&self) -> io::Result<Vec<Kept>> {
        let mut kept = Vec::new();
        for entry in std::fs::read_dir(&self.path)? {
            let entry = entry?;
            if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
                continue;
            }
            let metadata = entry.metadata()?;
            kept.push(Kept {
                path: entry.path(),
                bytes: metadata.len(),
                written: metadata.modified()?,
            });
        }
        Ok(kept)
    }
}

/// For the owner's eyes only: it is a stranger's picture. It has its name only when it is whole, so
/// that whoever watches the folder never reads half of one.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let partial = path.with_extension("partial");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&partial)?;
    let written = file.write_all(bytes);
    written
        .and_then(|()| std::fs::rename(&partial, path))
        .inspect_err(|_| {
            // Half a file is of no use, and on a full disk in the way.
            let _ = std::fs::remove_file(&partial);
        })
}
