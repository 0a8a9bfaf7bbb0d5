//! A gateway whose `cache_folder` is a small disk of its own, in memory, that nobody else on the machine sees:
//! mounted in a mount namespace, as root or in a user namespace.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::programs::{program, skip};
use crate::service::{Service, example};

/// See the module.
pub(super) struct SmallDisk {
    pub(super) service: Service,
}

impl SmallDisk {
    /// `None`, said loudly: no disk can be had here.
    pub(super) fn start(size: &str, settings: &[(&str, &str)]) -> Option<Self> {
        Self::prepared(size, "true", settings)
    }

    /// The same with something done to the disk, `$1`, before the gateway is started.
    pub(super) fn prepared(
        size: &str,
        preparation: &str,
        settings: &[(&str, &str)],
    ) -> Option<Self> {
        let Some(way) = ways().into_iter().find(|way| is_open(way)) else {
            skip("no disk of its own can be had (unshare --mount, as root or not)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let disk = folder.path().join("disk");
        fs::create_dir(&disk).unwrap();
        let worker = folder.path().join("worker@greets");
        fs::copy(example("fake-worker"), &worker).unwrap();
        let mount = format!(
            "mount -t tmpfs -o size={size},mode=700 framefarm-test \"$1\" && {preparation} && shift && exec \"$@\""
        );
        let mut command = Command::new(way[0]);
        command.args(&way[1..]).args(["sh", "-c", &mount, "sh"]);
        command.arg(&disk).arg(program("framefarm"));
        let own = [
            ("worker", worker.to_str().unwrap()),
            ("cache_folder", disk.to_str().unwrap()),
        ];
        let service = Service::launch(folder, command, &[&own, settings].concat());
        service.wait_until("it is ready", || service.get("/readyz").status == 200);
        Some(Self { service })
    }

    /// The disk, as it is seen from here.
    pub(super) fn folder(&self) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.service.pid()));
        let disk = self.service.folder().join("disk");
        root.join(disk.strip_prefix("/").unwrap())
    }

    /// Mounts it anew with these options.
    pub(super) fn remount(&self, options: &str) {
        let pid = self.service.pid().to_string();
        let user = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/user")).unwrap();
        let mut nsenter = Command::new("nsenter");
        // Entering where one is already is refused.
        if user("self") != user(&pid) {
            nsenter.args(["--user", "--preserve-credentials"]);
        }
        let status = nsenter
            .args(["--target", &pid, "--mount", "mount", "-o"])
            .arg(format!("remount,{options}"))
            .arg(self.service.folder().join("disk"))
            .status();
        assert!(status.unwrap().success());
    }
}

fn ways() -> [Vec<&'static str>; 2] {
    [
        vec!["unshare", "--mount"],
        vec!["unshare", "--map-root-user", "--mount"],
    ]
}

fn is_open(way: &[&str]) -> bool {
    let trial = Command::new(way[0])
        .args(&way[1..])
        .args(["mount", "-t", "tmpfs", "-o", "size=1m", "trial", "/tmp"])
        .stderr(Stdio::null())
        .status();
    trial.is_ok_and(|status| status.success())
}
