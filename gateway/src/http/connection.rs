//! What the parts that serve one connection must know of each other: the stream underneath
//! (`line.rs`) must not take the head of the next request for a part of this one, and only the layer
//! around requests (`layer.rs`) sees where one begins and ends.

use std::cell::Cell;
use std::rc::Rc;

use actix_web::dev::ServiceRequest;
use actix_web::{HttpMessage, web};

use super::State;
use super::in_flight;

/// See the module. Lives on one thread, like the connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(super) state: web::Data<State>,
    /// Requests that are served or whose answers are on their way.
    in_flight: Cell<usize>,
    /// Requests that ever began.
    begun: Cell<usize>,
    /// A request was answered before its body had come.
    unread: Cell<bool>,
    _open: in_flight::Guard,
}

impl Connection {
    pub(super) fn new(state: web::Data<State>, open: in_flight::Guard) -> Rc<Self> {
        Rc::new(Self {
            state,
            in_flight: Cell::new(0),
            begun: Cell::new(0),
            unread: Cell::new(false),
            _open: open,
        })
    }

    /// The connection that a request came on; none in tests of handlers.
    pub(super) fn of(request: &ServiceRequest) -> Option<Rc<Self>> {
        // Where it is depends on who took the request apart.
        let by_h1 = request.conn_data::<Rc<Self>>().cloned();
        by_h1.or_else(|| request.extensions().get::<Rc<Self>>().cloned())
    }

    /// A request begins, and is over when its turn is dropped.
    pub(super) fn begin(self: Rc<Self>) -> Turn {
        self.in_flight.update(|count| count + 1);
        self.begun.update(|count| count + 1);
        Turn(self)
    }

    /// Requests that ever began on it.
    pub(super) fn begun(&self) -> usize {
        self.begun.get()
    }

    /// What comes from now on may be the rest of a body that nobody reads.
    pub(super) fn leave_unread(&self) {
        self.unread.set(true);
    }

    /// Whether it may.
    pub(super) fn is_unread(&self) -> bool {
        self.unread.get()
    }

    /// Whether there is a request in progress.
    pub(super) fn is_serving(&self) -> bool {
        self.in_flight.get() > 0
    }
}

/// Stands for one request of a connection.
#[derive(Debug)]
pub(crate) struct Turn(Rc<Connection>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.in_flight.update(|count| count - 1);
    }
}
