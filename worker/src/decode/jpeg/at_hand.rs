//! JPEGs for tests.

use std::path::{Path, PathBuf};

use protocol::Limits;

pub(super) const LIMITS: Limits = Limits {
    pixels_max: 30_000_000,
    frames_max: 1,
    total_pixels_max: 30_000_000,
    output_pixels_max: 30_000_000,
    output_bytes_max: 1 << 20,
};

/// Every JPEG of the repository and of the corpus, if it is there.
pub(super) fn files() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let corpus = std::env::var_os("CORPUS_FOLDER").map(PathBuf::from);
    let corpus = corpus.unwrap_or_else(|| root.join("../shared/corpus"));
    let mut folders = vec![root.join("tests/images"), corpus];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|name| name == "jpg") {
                let bytes = std::fs::read(&path).unwrap();
                files.push((path, bytes));
            }
        }
    }
    files
}

/// Files that are known to be sound, and baseline in one scan or progressive.
pub(super) fn is_plain(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let starts = [
        "exif_landscape",
        "gray_hopper",
        "photo_tiny",
        "restart_markers",
        "progressive_",
    ];
    let ends = ["_baseline.jpg", "_progressive.jpg"];
    ends.iter().any(|end| name.ends_with(end)) || starts.iter().any(|start| name.starts_with(start))
}

pub(super) fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let squares = a
        .iter()
        .zip(b)
        .map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2));
    let mean = squares.sum::<u64>() as f64 / a.len() as f64;
    10.0 * (255.0 * 255.0 / mean.max(1e-9)).log10()
}

/// The seeds of damage: small, of every sampling that is taken, with and without restarts, and one in many scans.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let wanted = [
        "photo_tiny_hopper.jpg",
        "gray_hopper.jpg",
        "restart_markers_odd.jpg",
        "progressive_successive_approximation.jpg",
    ];
    let mut seeds = Vec::new();
    for (path, bytes) in files() {
        let named = |name| path.ends_with(name) && path.to_string_lossy().contains("tests");
        if wanted.into_iter().any(named) {
            seeds.push(bytes);
        }
    }
    assert_eq!(seeds.len(), wanted.len());
    seeds
}
