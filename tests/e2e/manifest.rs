//! The images the tests run on, and what is known of each.
//!
//! All of the corpus where it stands (`CORPUS_FOLDER`, or beside the repository), else the
//! few files in `tests/images`. Heavy ones only with `CORPUS_HEAVY=1`.

use std::env;
use std::fs;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::sync::Once;

use serde_json::Value;

use crate::picture::sha256;

/// What the service should answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Ok,
    BadImage,
    Unsupported,
    TooLarge,
    TooManyFrames,
}

/// One file.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// `PNG`, `JPEG`, `GIF`, `WEBP` or another; empty for what is no image.
    pub(crate) format: String,
    /// Width and height once EXIF orientation is applied; 0 where they are not known.
    pub(crate) upright: (usize, usize),
    pub(crate) frames: usize,
    /// Empty for most stills.
    pub(crate) delays_cs: Vec<u16>,
    /// Empty for most stills.
    pub(crate) delays_ms: Vec<f64>,
    pub(crate) loops: Option<u16>,
    pub(crate) orientation: u64,
    pub(crate) features: Vec<String>,
    pub(crate) verdict: Verdict,
    /// Other verdicts that are let pass.
    pub(crate) also: Vec<Verdict>,
    pub(crate) frame_hashes: Vec<String>,
    /// SHA-256 of the concatenated frame hashes, for files of many frames.
    pub(crate) frames_digest: Option<String>,
    bytes_sha256: String,
    heavy: bool,
}

impl Entry {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).unwrap_or_else(|error| panic!("{}: {error}", self.path.display()))
    }

    pub(crate) fn accepts(&self, verdict: Verdict) -> bool {
        self.verdict == verdict || self.also.contains(&verdict)
    }

    pub(crate) fn is_apng(&self) -> bool {
        self.name.starts_with("apng/") || self.features.iter().any(|feature| feature == "APNG")
    }

    /// Whether its colours mean something else than in sRGB.
    pub(crate) fn has_wide_gamut(&self) -> bool {
        self.features
            .iter()
            .any(|feature| feature.starts_with("icc:"))
    }

    /// Whether it moves.
    pub(crate) fn is_animation(&self) -> bool {
        self.format == "GIF" || self.frames > 1
    }

    fn read(root: &Path, entry: &Value) -> Self {
        let name = text(entry, "name");
        let side = |upright: &str, stored: &str| {
            let side = entry[upright].as_u64().or(entry[stored].as_u64());
            side.unwrap_or(0) as usize
        };
        Self {
            path: root.join(&name),
            name,
            format: text(entry, "format"),
            upright: (
                side("upright_width", "width"),
                side("upright_height", "height"),
            ),
            frames: entry["frames"].as_u64().unwrap_or(0) as usize,
            delays_cs: delays_ms(&entry["delays_ms"])
                .map(|delay_ms| (delay_ms / 10.0) as u16)
                .collect(),
            delays_ms: delays_ms(&entry["delays_ms"]).collect(),
            loops: entry["loop"].as_u64().map(|loops| loops as u16),
            orientation: entry["exif_orientation"].as_u64().unwrap_or(1),
            features: texts(&entry["features"]),
            verdict: verdict(&text(entry, "verdict")),
            also: texts(&entry["also_accept"])
                .iter()
                .map(|name| verdict(name))
                .collect(),
            frame_hashes: texts(&entry["frames_rgba_sha256"]),
            frames_digest: entry["frames_rgba_sha256_digest"]
                .as_str()
                .map(str::to_owned),
            bytes_sha256: text(entry, "sha256"),
            heavy: entry["heavy"].as_bool().unwrap_or(false),
        }
    }
}

fn text(entry: &Value, field: &str) -> String {
    entry[field].as_str().unwrap_or_default().to_owned()
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn delays_ms(list: &Value) -> impl Iterator<Item = f64> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(Value::as_f64)
}

fn verdict(name: &str) -> Verdict {
    match name {
        "ok" => Verdict::Ok,
        "bad_image" => Verdict::BadImage,
        "unsupported" => Verdict::Unsupported,
        "too_large" => Verdict::TooLarge,
        "too_many_frames" => Verdict::TooManyFrames,
        other => panic!("no verdict is called {other}"),
    }
}

/// Where the files are that [`entries`] lists.
pub(crate) fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    if let Some(corpus) = env::var_os("CORPUS_FOLDER") {
        let corpus = PathBuf::from(corpus);
        assert!(
            corpus.join("MANIFEST.json").exists(),
            "CORPUS_FOLDER names {}, which holds no MANIFEST.json",
            corpus.display()
        );
        return corpus;
    }
    let corpus = package.join("../shared/corpus");
    if corpus.join("MANIFEST.json").exists() {
        return corpus;
    }
    static SAID: Once = Once::new();
    SAID.call_once(|| say("skipped: corpus not present, only tests/images is used"));
    package.join("tests/images")
}

/// To the terminal even when the test passes: the test runner keeps back what `println!` says.
pub(crate) fn say(line: &str) {
    writeln!(stderr(), "{line}").expect("standard error is open");
}

/// Every file that is to be tested in this run.
pub(crate) fn entries() -> Vec<Entry> {
    let heavy = env::var("CORPUS_HEAVY").is_ok_and(|value| value == "1");
    let mut entries = all_entries(&root());
    entries.retain(|entry| heavy || !entry.heavy);
    entries
}

/// The files in `tests/images`, which are always there.
pub(crate) fn small_entries() -> Vec<Entry> {
    all_entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images"))
}

fn all_entries(root: &Path) -> Vec<Entry> {
    let manifest = fs::read(root.join("MANIFEST.json")).expect("a manifest");
    let manifest: Value = serde_json::from_slice(&manifest).expect("a manifest in JSON");
    let files = manifest["files"].as_array().expect("a list of files");
    assert!(!files.is_empty(), "an empty manifest proves nothing");
    files.iter().map(|entry| Entry::read(root, entry)).collect()
}

#[test]
fn every_file_is_the_one_that_its_manifest_describes() {
    for entry in entries().iter().chain(&small_entries()) {
        assert_eq!(sha256(&entry.bytes()), entry.bytes_sha256, "{}", entry.name);
    }
}
