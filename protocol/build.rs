//! Stamps one identity on everything that is built from the same sources together.
//!
//! The gateway refuses a worker of another build. The stamp is a digest of this crate's
//! sources and of the versions that the lock file pins, so it changes exactly when the wire
//! could, and a rebuild of unchanged sources is the same build.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::{env, fs, path::Path};

fn main() {
    let here = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let mut files: Vec<_> = fs::read_dir(Path::new(&here).join("src"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.push(Path::new(&here).join("Cargo.toml"));
    files.push(Path::new(&here).join("../Cargo.lock"));
    files.sort();
    let mut digest = DefaultHasher::new();
    for file in files {
        fs::read(&file).unwrap_or_default().hash(&mut digest);
    }
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=../Cargo.lock");
    println!("cargo::rustc-env=FRAMEFARM_BUILD={:016x}", digest.finish());
}
