//! The end of systemd's notification socket that systemd has, for gateways that tell it things.

use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command};

use crate::programs::program;
use crate::service::PATIENCE;

/// What hears the notifications.
pub(crate) struct Systemd {
    folder: tempfile::TempDir,
    socket: UnixDatagram,
}

impl Systemd {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { folder, socket }
    }

    /// A gateway that is told where the socket is.
    pub(crate) fn start(&self) -> Child {
        Command::new(program("framefarm"))
            .args(["--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0"])
            .arg("--log=off")
            .env("NOTIFY_SOCKET", self.folder.path().join("notify"))
            .spawn()
            .unwrap()
    }

    /// The next notification.
    pub(crate) fn told(&self) -> String {
        let mut message = [0; 200];
        let length = self.socket.recv(&mut message).unwrap();
        String::from_utf8_lossy(&message[..length]).into_owned()
    }
}
