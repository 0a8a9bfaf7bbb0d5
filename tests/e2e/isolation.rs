//! The gateway holds no codec: its dependencies name none, and no codec's words are in its
//! executable. The third guard is the bans of `.cargo/deny.toml`.

use std::process::Command;

use crate::programs::program;

/// Crates that read or write pictures.
const CODECS: [&str; 7] = [
    "image",
    "gif",
    "png",
    "zune-jpeg",
    "jpeg-decoder",
    "weezl",
    "fast_image_resize",
];

/// The header of every GIF that loops: whoever writes GIFs holds it.
const GIF_WORDS: &[u8] = b"NETSCAPE2.0";

#[test]
fn the_gateways_dependencies_name_no_codec() {
    let tree = |package: &str| {
        let output = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--offline",
                "--locked",
                "--edges",
                "normal",
                "--prefix",
                "none",
            ])
            .args(["--package", package])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    let codecs = |tree: &str| -> Vec<_> {
        let names: Vec<_> = tree
            .lines()
            .filter_map(|line| line.split(' ').next())
            .collect();
        CODECS
            .into_iter()
            .filter(|codec| names.contains(codec))
            .collect()
    };
    assert_eq!(codecs(&tree("gateway")), [""; 0]);
    assert!(
        codecs(&tree("worker")).contains(&"gif"),
        "the test sees a codec where there is one"
    );
}

#[test]
fn only_the_workers_executable_can_write_a_gif() {
    let holds = |program: std::path::PathBuf| {
        let bytes = std::fs::read(program).unwrap();
        bytes
            .windows(GIF_WORDS.len())
            .any(|window| window == GIF_WORDS)
    };
    assert!(holds(program("framefarm-worker")));
    assert!(!holds(program("framefarm")));
}
