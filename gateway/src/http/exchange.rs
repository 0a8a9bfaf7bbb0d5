//! One request and its answer: the id, the clock, what it is served by, and the phases it went
//! through. Made by the outermost layer, filled by whoever does a part, read when the answer
//! leaves.

mod phases;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, IF_NONE_MATCH};
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::code::{Code, Dialect};
use super::incoming::Rest;
use super::trace;
use crate::access::{Client, Quota};
use crate::in_force::InForce;
use crate::pool::{Done, Place};
use crate::settings::Settings;
use crate::spans::{Phase, Trace};
use phases::Phases;

/// Longest request id taken over from a caller, bytes.
const ID_BYTES_MAX: usize = 64;

/// See the module. Lives on one thread, like the request.
#[derive(Debug)]
pub(crate) struct Exchange {
    id: String,
    /// When the request's head had arrived: every deadline counts from here.
    accepted: Instant,
    in_force: Arc<InForce>,
    dialect: Cell<Dialect>,
    code: Cell<Option<Code>>,
    client: OnceCell<Client>,
    quota: Cell<Option<Quota>>,
    signed: Cell<bool>,
    good_until: Cell<u64>,
    phases: RefCell<Phases>,
    /// `If-None-Match` of a GET or HEAD; `None` for other methods, which change nothing by it.
    known: Option<String>,
    /// The trace that it is a part of, if its caller keeps one.
    trace: Option<Trace>,
    /// Its body came too slowly.
    too_slow: Cell<bool>,
    /// What nobody has read of its body.
    rest: RefCell<Option<Rest>>,
    /// What its job holds until it is handed in.
    place: RefCell<Option<Arc<Place>>>,
}

impl Exchange {
    /// Starts the clock. A caller's `X-Request-Id` is kept if it is short and plain, so that
    /// one id can be followed through several services.
    pub(crate) fn begin(request: &ServiceRequest, in_force: Arc<InForce>) -> Rc<Self> {
        let given = request
            .headers()
            .get("x-request-id")
            .and_then(|id| id.to_str().ok())
            .filter(|id| is_plain(id));
        let exchange = Rc::new(Self {
            id: given.map_or_else(fresh_id, ToOwned::to_owned),
            accepted: Instant::now(),
            in_force,
            dialect: Cell::new(Dialect::V1),
            code: Cell::new(None),
            client: OnceCell::new(),
            quota: Cell::new(None),
            signed: Cell::new(false),
            good_until: Cell::new(u64::MAX),
            phases: RefCell::default(),
            known: reads(request.method()).then(|| tags_in(request.headers())),
            trace: trace::in_headers(request.headers()),
            too_slow: Cell::new(false),
            rest: RefCell::default(),
            place: RefCell::default(),
        });
        request.extensions_mut().insert(Rc::clone(&exchange));
        exchange
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The trace that its caller keeps.
    pub(crate) fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    /// Remembers that its body came too slowly.
    pub(crate) fn is_too_slow(&self) {
        self.too_slow.set(true);
    }

    /// Whether it did.
    pub(crate) fn was_too_slow(&self) -> bool {
        self.too_slow.get()
    }

    /// Remembers what nobody has read of its body.
    pub(super) fn leave(&self, rest: Rest) {
        self.rest.replace(Some(rest));
    }

    /// What nobody has read.
    pub(super) fn rest(&self) -> Option<Rest> {
        self.rest.take()
    }

    /// Holds a place for its job.
    pub(crate) fn hold(&self, place: Place) {
        self.place.replace(Some(Arc::new(place)));
    }

    /// The place, for whoever holds it from now on.
    pub(crate) fn place(&self) -> Option<Arc<Place>> {
        self.place.take()
    }

    /// What this request is served by, whatever a reload puts in force meanwhile.
    pub(crate) fn in_force(&self) -> &InForce {
        &self.in_force
    }

    /// The settings that it is served by.
    pub(crate) fn settings(&self) -> &Settings {
        &self.in_force.settings
    }

    /// When its job is over, finished or not.
    pub(crate) fn deadline(&self) -> Instant {
        self.accepted + self.settings().job_deadline
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.accepted.elapsed()
    }

    pub(crate) fn set_dialect(&self, dialect: Dialect) {
        self.dialect.set(dialect);
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect.get()
    }

    /// Whether it is a GET or HEAD, whose answer others may keep.
    pub(crate) fn is_get(&self) -> bool {
        self.known.is_some()
    }

    /// The tags of answers that the client of a GET has: a list as in `If-None-Match`.
    pub(crate) fn known_tags(&self) -> &str {
        self.known.as_deref().unwrap_or_default()
    }

    /// Remembers whose it is.
    pub(crate) fn admit(&self, client: Client) {
        // A request is admitted once.
        let _ = self.client.set(client);
    }

    /// Whose it is, once that is known.
    pub(crate) fn client(&self) -> Option<&Client> {
        self.client.get()
    }

    /// What logs and figures call whose it is; `None` where that makes no difference.
    pub(crate) fn token(&self) -> Option<&str> {
        let account = &self.client.get()?.account;
        account.terms().map(|_| account.name())
    }

    /// Remembers that its URL says by a signature whose it is, so that it is everybody's who has it.
    pub(crate) fn is_signed(&self) {
        self.signed.set(true);
    }

    /// Whether it did.
    pub(crate) fn has_signature(&self) -> bool {
        self.signed.get()
    }

    /// Remembers when its URL expires, unix seconds.
    pub(crate) fn expires(&self, at: u64) {
        self.good_until.set(at);
    }

    /// When it does; far away if never.
    pub(crate) fn good_until(&self) -> u64 {
        self.good_until.get()
    }

    /// Remembers what its account has left, for the headers.
    pub(crate) fn counted(&self, quota: Quota) {
        self.quota.set(Some(quota));
    }

    pub(crate) fn quota(&self) -> Option<Quota> {
        self.quota.get()
    }

    /// Remembers the code for the log.
    pub(crate) fn failed(&self, code: Code) {
        self.code.set(Some(code));
    }

    pub(crate) fn code(&self) -> Option<Code> {
        self.code.get()
    }

    /// When it was accepted.
    pub(crate) fn accepted(&self) -> Instant {
        self.accepted
    }

    /// Adds a phase for `Server-Timing`, which ends now.
    pub(crate) fn spent(&self, phase: &'static str, time: Duration) {
        self.phases.borrow_mut().spent(phase, time);
    }

    /// Adds the phases of a finished job.
    pub(crate) fn done(&self, done: &Done) {
        self.phases.borrow_mut().done(done);
    }

    /// The same phases where no job was needed.
    pub(crate) fn spared(&self) {
        self.phases.borrow_mut().spared();
    }

    /// The phases that it went through so far.
    pub(crate) fn phases(&self) -> Vec<Phase> {
        self.phases.borrow().all().to_vec()
    }

    /// The `Server-Timing` value.
    pub(crate) fn server_timing(&self) -> String {
        self.phases.borrow().server_timing(self.elapsed())
    }
}

/// Whether a request of that method asks for what is there, and sends nothing.
pub(crate) fn reads(method: &Method) -> bool {
    [Method::GET, Method::HEAD].contains(method)
}

fn tags_in(headers: &HeaderMap) -> String {
    let values = headers.get_all(IF_NONE_MATCH);
    let texts: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
    texts.join(",")
}

fn is_plain(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !id.is_empty() && id.len() <= ID_BYTES_MAX && id.bytes().all(plain)
}

pub(super) fn fresh_id() -> String {
    format!("{:016x}", fastrand::u64(..))
}

/// Lets a handler ask for its exchange.
#[derive(Debug, Clone)]
pub(crate) struct Current(pub(crate) Rc<Exchange>);

impl FromRequest for Current {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let exchange = request.extensions().get::<Rc<Exchange>>().map(Rc::clone);
        // The outermost layer makes one for every request.
        std::future::ready(exchange.map(Self).ok_or_else(|| {
            actix_web::error::ErrorInternalServerError("a request without an exchange")
        }))
    }
}
