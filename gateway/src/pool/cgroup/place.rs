//! Where in the file system the gateway's own control group is.
//!
//! /proc/self/cgroup has the path within the hierarchy, /proc/self/mountinfo where which part
//! of the hierarchy is mounted; only both together are a directory.

use std::path::{Path, PathBuf};

/// The directory of this process's control group in the version 2 hierarchy.
///
/// # Errors
/// Why there is none, to follow "but".
pub(super) fn own() -> Result<PathBuf, String> {
    let read = |path| std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"));
    directory(&read("/proc/self/cgroup")?, &read("/proc/self/mountinfo")?)
}

fn directory(membership: &str, mounts: &str) -> Result<PathBuf, String> {
    let path = membership
        .lines()
        .find_map(|line| line.strip_prefix("0::"))
        .ok_or("this kernel has no cgroup v2")?;
    // A process outside the root of its own cgroup namespace is shown as "/../…".
    let outside = Path::new(path)
        .components()
        .any(|part| part.as_os_str() == "..");
    let mut places = mounts.lines().filter_map(mount);
    places
        .find_map(|(root, point)| {
            let below = Path::new(path).strip_prefix(root).ok()?;
            // Joining nothing would append a slash.
            Some(match below == Path::new("") {
                true => point,
                false => point.join(below),
            })
        })
        .filter(|_| !outside)
        .ok_or_else(|| format!("no cgroup2 file system is mounted that shows {path}"))
}

/// Which part of the hierarchy a line of mountinfo mounts, and where; `None` for other mounts.
fn mount(line: &str) -> Option<(PathBuf, PathBuf)> {
    // "31 23 0:28 ROOT POINT OPTIONS [TAG:VALUE]… - TYPE SOURCE OPTIONS"
    let (place, system) = line.split_once(" - ")?;
    if system.split(' ').next()? != "cgroup2" {
        return None;
    }
    let mut fields = place.split(' ').skip(3);
    Some((unescaped(fields.next()?), unescaped(fields.next()?)))
}

/// The kernel writes blanks and backslashes in paths as three octal digits.
fn unescaped(text: &str) -> PathBuf {
    let escapes = [
        ("\\040", " "),
        ("\\011", "\t"),
        ("\\012", "\n"),
        ("\\134", "\\"),
    ];
    let plain = escapes
        .into_iter()
        .fold(text.to_owned(), |text, (escape, character)| {
            text.replace(escape, character)
        });
    PathBuf::from(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIFIED: &str = "24 30 0:22 / /proc rw,nosuid - proc proc rw\n\
        29 23 0:26 / /sys/fs/cgroup rw,nosuid,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

    #[test]
    fn a_service_finds_its_group_under_the_mount() {
        assert_eq!(
            directory("0::/system.slice/framefarm.service\n", UNIFIED),
            Ok("/sys/fs/cgroup/system.slice/framefarm.service".into())
        );
        assert_eq!(directory("0::/\n", UNIFIED), Ok("/sys/fs/cgroup".into()));
    }

    #[test]
    fn in_a_hybrid_hierarchy_the_version_2_line_counts() {
        let membership = "4:memory:/somewhere\n1:cpu:/\n0::/a/b\n";
        let mounts = "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
            41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
        let expected = PathBuf::from("/sys/fs/cgroup/unified/a/b");
        assert_eq!(directory(membership, mounts), Ok(expected));
    }

    #[test]
    fn a_mount_of_a_part_shows_that_part_only() {
        let mounts = "41 31 0:38 /docker/abc /sys/fs/my\\040group rw - cgroup2 cgroup2 rw\n";
        let group = |path| directory(path, mounts);
        assert_eq!(
            group("0::/docker/abc/in\n"),
            Ok("/sys/fs/my group/in".into())
        );
        assert!(group("0::/docker/abcd\n").is_err());
        assert!(group("0::/docker/abc/../x\n").is_err());
    }

    #[test]
    fn without_version_2_the_reason_is_said() {
        let version_1 = directory("4:memory:/\n", UNIFIED).unwrap_err();
        assert!(version_1.contains("no cgroup v2"), "{version_1}");
        let unmounted = directory("0::/a\n", "24 30 0:22 / /proc rw - proc proc rw\n");
        assert!(unmounted.unwrap_err().contains("mounted that shows /a"));
    }
}
