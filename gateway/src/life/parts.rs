//! What runs beside the gateway's story, from its beginning to its end: the farm and the servers.

use std::io;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web;
use tokio::task::JoinHandle;

use super::doors::Doors;
use crate::http::{self, State};

/// Both servers, not yet running.
pub(super) struct Servers {
    public: Server,
    admin: Server,
}

impl Servers {
    pub(super) fn new(state: &web::Data<State>, doors: &Doors) -> io::Result<Self> {
        let doors = doors.try_clone()?;
        Ok(Self {
            public: http::public(state, doors.public.socket)?,
            admin: http::admin(state, doors.admin.socket)?,
        })
    }
}

/// What runs beside the story told here, and must not end by itself.
pub(super) struct Parts {
    farm: JoinHandle<()>,
    pub(super) public: JoinHandle<io::Result<()>>,
    pub(super) admin: JoinHandle<io::Result<()>>,
    pub(super) public_handle: ServerHandle,
    pub(super) admin_handle: ServerHandle,
}

impl Parts {
    pub(super) fn start(farm: JoinHandle<()>, servers: Servers) -> Self {
        Self {
            farm,
            public_handle: servers.public.handle(),
            admin_handle: servers.admin.handle(),
            public: tokio::spawn(servers.public),
            admin: tokio::spawn(servers.admin),
        }
    }

    /// Returns with the name of the first that ends.
    pub(super) async fn failure(&mut self) -> &'static str {
        tokio::select! {
            _ = &mut self.farm => "the farm",
            _ = &mut self.public => "the public listener",
            _ = &mut self.admin => "the admin listener",
        }
    }
}
