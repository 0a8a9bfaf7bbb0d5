//! The program that this process is of, as a successor would be started from it.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::cli::SUCCESSOR;

/// Where the kernel shows the file that this process is of.
const OWN_FILE: &str = "/proc/self/exe";
/// What it adds to the name of one that was replaced.
const DELETED: &[u8] = b" (deleted)";

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// Under which name it was started. Whatever stands there later is the successor's program.
    pub(crate) path: PathBuf,
    /// What it was told, without the program's name.
    pub(crate) arguments: Vec<OsString>,
}

impl Program {
    /// To be called first of all, while the name still leads to this very file.
    ///
    /// The name from the command line goes before the kernel's, which has every symbolic link
    /// resolved: whoever upgrades by pointing a link elsewhere means the link.
    pub(crate) fn of_this_process() -> Self {
        let mut arguments = std::env::args_os();
        let named = arguments.next().unwrap_or_default();
        let own_flag = format!("--{SUCCESSOR}");
        Self {
            path: under_its_name(&named).unwrap_or_else(under_the_kernels_name),
            arguments: arguments.filter(|given| *given != *own_flag).collect(),
        }
    }
}

/// The absolute path that the first argument stands for, if it leads to this very program: the
/// argument can be anything.
fn under_its_name(named: &OsStr) -> Option<PathBuf> {
    let candidates: Vec<PathBuf> = if named.as_bytes().contains(&b'/') {
        vec![PathBuf::from(named)]
    } else {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path);
        folders.map(|folder| folder.join(named)).collect()
    };
    let candidates = candidates.iter().filter(|path| is_this_program(path));
    candidates
        .filter_map(|path| std::path::absolute(path).ok())
        .next()
}

fn is_this_program(path: &Path) -> bool {
    let identity = |path: &Path| {
        let file = path.metadata().ok()?;
        Some((file.dev(), file.ino()))
    };
    let own = identity(Path::new(OWN_FILE));
    own.is_some() && identity(path) == own
}

fn under_the_kernels_name() -> PathBuf {
    let path = std::env::current_exe().unwrap_or_else(|_| PathBuf::from(OWN_FILE));
    original(path, Path::exists)
}

/// Where a file was that has been replaced since.
fn original(path: PathBuf, exists: impl Fn(&Path) -> bool) -> PathBuf {
    match path.as_os_str().as_bytes().strip_suffix(DELETED) {
        Some(before) if !exists(&path) => PathBuf::from(OsString::from_vec(before.to_vec())),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_replaced_is_looked_for_where_it_was() {
        let path = |name: &str| PathBuf::from(name);
        let gone = |_: &Path| false;
        assert_eq!(original(path("/bin/a (deleted)"), gone), path("/bin/a"));
        assert_eq!(original(path("/bin/a"), gone), path("/bin/a"));
        let called_so = |_: &Path| true;
        assert_eq!(
            original(path("/bin/a (deleted)"), called_so),
            path("/bin/a (deleted)")
        );
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_not_this_program() {
        assert_eq!(under_its_name(OsStr::new("/bin/sh")), None);
        assert_eq!(under_its_name(OsStr::new("no-such-program")), None);
        let own = std::env::current_exe().unwrap();
        assert_eq!(under_its_name(own.as_os_str()), Some(own.clone()));
    }
}
