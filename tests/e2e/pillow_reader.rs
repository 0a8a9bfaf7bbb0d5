//! Reads results with Pillow, whose codecs are not ours: WebP by libwebp's decoder, AVIF by
//! libavif, APNG by its own code.

use std::env;
use std::io::Write;
use std::process::Command;

use serde_json::Value;

use crate::manifest::say;
use crate::picture::Picture;

/// A picture as Pillow sees it.
pub(crate) struct Read {
    /// Pillow's name: `PNG`, `JPEG`, `GIF`, `WEBP`, `AVIF`.
    pub(crate) format: String,
    pub(crate) delays_ms: Vec<f64>,
    pub(crate) loops: Option<u64>,
    pub(crate) frames: Vec<Picture>,
}

/// Whether Pillow 13 is there; says so if not, and fails under CI.
pub(crate) fn is_installed() -> bool {
    let script = "import PIL; print(PIL.__version__)";
    let version = Command::new("python3").args(["-c", script]).output();
    let there = version.is_ok_and(|version| version.stdout.starts_with(b"13."));
    if !there {
        assert!(env::var_os("CI").is_none(), "CI must have Pillow 13");
        say("skipped: Pillow 13 not installed");
    }
    there
}

/// Reads all frames of a file.
pub(crate) fn read(bytes: &[u8]) -> Read {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pillow/read.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(file.path())
        .output();
    let output = output.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let end = output
        .stdout
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap();
    let told: Value = serde_json::from_slice(&output.stdout[..end]).unwrap();
    let side = |name: &str| told[name].as_u64().unwrap() as usize;
    let (width, height) = (side("width"), side("height"));
    let frames = output.stdout[end + 1..].chunks_exact(width * height * 4);
    Read {
        format: told["format"].as_str().unwrap().to_owned(),
        delays_ms: told["delays_ms"]
            .as_array()
            .unwrap()
            .iter()
            .map(|delay| delay.as_f64().unwrap())
            .collect(),
        loops: told["loop"].as_u64(),
        frames: frames
            .map(|rgba| Picture::new(width, height, rgba.to_vec()))
            .collect(),
    }
}
