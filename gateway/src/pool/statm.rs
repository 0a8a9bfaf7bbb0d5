//! What the kernel says of a process's memory: `/proc/PID/statm`, kept open, because it is asked
//! after every job. Of a process that is gone it says nothing, even when another has its number.

use std::fs::File;
use std::os::unix::fs::FileExt;

/// Longer than seven numbers can be.
const LINE_BYTES_MAX: usize = 160;

/// See the module.
#[derive(Debug)]
pub(super) struct Statm(File);

impl Statm {
    /// `None` when it is gone, or hides from us.
    pub(super) fn of(pid: u32) -> Option<Self> {
        File::open(format!("/proc/{pid}/statm")).ok().map(Self)
    }

    /// Resident memory, bytes; `None` when the process is gone.
    pub(super) fn rss_bytes(&self) -> Option<u64> {
        let mut line = [0; LINE_BYTES_MAX];
        let length = self.0.read_at(&mut line, 0).ok()?;
        let line = str::from_utf8(line.get(..length)?).ok()?;
        let pages: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(pages * rustix::param::page_size() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_a_process_until_it_is_gone() {
        let own = Statm::of(std::process::id()).unwrap();
        let before = own.rss_bytes().unwrap();
        let held = vec![1_u8; 32 << 20];
        assert!(own.rss_bytes().unwrap() >= before + (16 << 20));
        drop(held);

        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let statm = Statm::of(child.id()).unwrap();
        assert!(statm.rss_bytes().unwrap() > 0);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(statm.rss_bytes(), None);
        assert!(Statm::of(child.id()).is_none());
    }
}
