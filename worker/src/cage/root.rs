//! An empty root directory that cannot be written. Only inside a mount namespace of its own:
//! anywhere else this would take the root from everybody.
//!
//! `pivot_root` and not `chroot`: the old root is gone from the namespace, so that no
//! descriptor that was kept and no `..` leads back to it.

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::{chdir, pivot_root};

/// Where the new root is put for a moment. Any folder will do, and this one exists wherever a
/// worker can be started, because it is started through it. Nothing reads /proc afterwards.
const STEP: &str = "/proc";

pub(super) fn empty() -> bool {
    replace().is_ok() && is_empty()
}

fn replace() -> nix::Result<()> {
    const NONE: Option<&str> = None;
    // Nothing of what follows may reach the mounts of others.
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    mount(NONE, "/", NONE, private, NONE)?;
    // Read-only from the first; the rest says that it is no place for programs and devices
    // either. One inode is the directory itself.
    let locked = MsFlags::MS_RDONLY | MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    let size = Some("size=4k,nr_inodes=1,mode=555");
    mount(Some("nothing"), STEP, Some("tmpfs"), locked, size)?;
    chdir(STEP)?;
    // New root and place of the old one are the same folder: the old one ends up on top, from
    // where it is taken off. MNT_DETACH, because this program's own file is still mapped.
    pivot_root(".", ".")?;
    umount2(".", MntFlags::MNT_DETACH)?;
    chdir("/")
}

fn is_empty() -> bool {
    let read_only = statvfs("/").is_ok_and(|root| root.flags().contains(FsFlags::ST_RDONLY));
    let empty = std::fs::read_dir("/").is_ok_and(|mut entries| entries.next().is_none());
    read_only && empty
}
