//! The two listening sockets: bound at the start, or taken over from the gateway before, and
//! kept so that they can be handed to the next one.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use super::LifeError;
use crate::settings::Settings;

/// One listening socket.
#[derive(Debug)]
pub(super) struct Door {
    /// What the setting said; its port may be 0.
    pub(super) configured: SocketAddr,
    pub(super) socket: TcpListener,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Doors {
    pub(super) public: Door,
    pub(super) admin: Door,
}

impl Doors {
    /// Takes what was handed over, and binds what was not or is now to be elsewhere.
    pub(super) fn open(settings: &Settings, handed: Option<Self>) -> Result<Self, LifeError> {
        let (public, admin) = match handed {
            Some(doors) => (Some(doors.public), Some(doors.admin)),
            None => (None, None),
        };
        Ok(Self {
            public: Door::open("listen", settings.listen, public)?,
            admin: Door::open("admin_listen", settings.admin_listen, admin)?,
        })
    }

    /// The same sockets once more.
    pub(super) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            public: self.public.try_clone()?,
            admin: self.admin.try_clone()?,
        })
    }

    /// Says where they are, in the log and in the port files.
    pub(super) fn announce(&self, settings: &Settings) -> Result<(), LifeError> {
        let (public, admin) = (self.public.address()?, self.admin.address()?);
        tracing::info!(
            listen = %public,
            admin_listen = %admin,
            workers = settings.workers,
            version = env!("CARGO_PKG_VERSION"),
            "listening"
        );
        write_port(settings.port_file.as_deref(), public.port())?;
        write_port(settings.admin_port_file.as_deref(), admin.port())
    }
}

impl Door {
    fn open(
        name: &'static str,
        configured: SocketAddr,
        handed: Option<Self>,
    ) -> Result<Self, LifeError> {
        if let Some(door) = handed.filter(|door| door.configured == configured) {
            return Ok(door);
        }
        let socket = TcpListener::bind(configured).map_err(|source| LifeError::Bind {
            name,
            address: configured,
            source,
        })?;
        Ok(Self { configured, socket })
    }

    fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            configured: self.configured,
            socket: self.socket.try_clone()?,
        })
    }

    fn address(&self) -> Result<SocketAddr, LifeError> {
        self.socket.local_addr().map_err(LifeError::Socket)
    }
}

fn write_port(path: Option<&Path>, port: u16) -> Result<(), LifeError> {
    let Some(path) = path else { return Ok(()) };
    // Renamed into place, so that a reader never sees half a number.
    let partial = path.with_extension("partial");
    std::fs::write(&partial, format!("{port}\n"))
        .and_then(|()| std::fs::rename(&partial, path))
        .map_err(|source| LifeError::PortFile {
            path: path.to_owned(),
            source,
        })
}
