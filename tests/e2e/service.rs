//! The service under test: starts the real programs on free ports, speaks HTTP to them, looks
//! at them through the kernel and the admin listener, and stops them when dropped.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;
use serde_json::Value;

/// How long anything may take before a test gives up on it. Far above what is expected, so
/// that a busy machine fails no test; what must be fast is asserted by its own bound.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running service; see the module.
pub(crate) struct Service {
    gateway: Child,
    port: u16,
    admin_port: u16,
    folder: tempfile::TempDir,
    agent: ureq::Agent,
}

/// A worker as `/status.json` shows it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Worker {
    pub(crate) slot: usize,
    pub(crate) pid: Option<i32>,
    pub(crate) state: String,
    pub(crate) job: Option<Value>,
}

/// What the service answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A header's value; names are in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(given, _)| given == name)?;
        Some(&found.1)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The `code` of an error body.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Status and code at once, for one comparison.
    pub(crate) fn verdict(&self) -> (u16, String) {
        match self.status {
            200 => (200, String::new()),
            status => (status, self.code()),
        }
    }
}

impl Service {
    /// Default settings and two workers.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// Two workers, and the given settings by name.
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        let service = Self::begin(settings);
        service.wait_until("it is ready", || service.get("/readyz").status == 200);
        service
    }

    /// Like [`Service::with`], but returns as soon as it listens: its workers may never be ready.
    pub(crate) fn begin(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::begin_in(folder, settings)
    }

    /// With the fake worker in place of the real one; `behaviour` is how it starts.
    pub(crate) fn with_fake(behaviour: &str, settings: &[(&str, &str)]) -> Self {
        Self::with_program("fake-worker", behaviour, settings)
    }

    /// With the worker that tries to break out of the real cage; `behaviour` is how that is
    /// closed.
    pub(crate) fn with_caged(behaviour: &str, settings: &[(&str, &str)]) -> Self {
        let service = Self::with_program("caged-worker", behaviour, settings);
        service.wait_until("it is ready", || service.get("/readyz").status == 200);
        service
    }

    fn with_program(name: &str, behaviour: &str, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join(format!("worker@{behaviour}"));
        std::fs::copy(example(name), &program).unwrap();
        let mut settings = settings.to_vec();
        settings.push(("worker", program.to_str().unwrap()));
        let service = Self::begin_in(folder, &settings);
        if behaviour == "greets" {
            service.wait_until("it is ready", || service.get("/readyz").status == 200);
        }
        service
    }

    /// With the real worker around work that may panic.
    pub(crate) fn with_tripping_worker(settings: &[(&str, &str)]) -> Self {
        let program = example("tripping-worker");
        let mut settings = settings.to_vec();
        settings.push(("worker", program.to_str().unwrap()));
        Self::with(&settings)
    }

    fn begin_in(folder: tempfile::TempDir, settings: &[(&str, &str)]) -> Self {
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (port_file, admin_port_file) = (path("port"), path("admin-port"));
        let mut values = BTreeMap::from([
            ("listen", "127.0.0.1:0"),
            ("admin_listen", "127.0.0.1:0"),
            ("port_file", &port_file),
            ("admin_port_file", &admin_port_file),
            ("workers", "2"),
        ]);
        values.extend(settings.iter().copied());
        let log = File::create(folder.path().join("log")).unwrap();
        let strange = std::env::vars_os().map(|(name, _)| name);
        let strange = strange.filter(|name| name.to_string_lossy().starts_with("FRAMEFARM_"));
        let mut program = Command::new(env!("CARGO_BIN_EXE_framefarm"));
        strange.for_each(|name| {
            program.env_remove(name);
        });
        let gateway = program
            .args(
                values
                    .iter()
                    .map(|(name, value)| format!("--{}={value}", name.replace('_', "-"))),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE * 4))
            .build()
            .new_agent();
        let mut service = Self {
            gateway,
            port: 0,
            admin_port: 0,
            folder,
            agent,
        };
        service.port = service.read_port(&port_file);
        service.admin_port = service.read_port(&admin_port_file);
        service
    }

    fn read_port(&self, path: &str) -> u16 {
        let read = || std::fs::read_to_string(path).ok()?.trim().parse().ok();
        let mut port = None;
        self.wait_until("it listens", || {
            port = read();
            port.is_some()
        });
        port.unwrap()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.fetch(&self.url(path))
    }

    /// From the admin listener.
    pub(crate) fn admin(&self, path: &str) -> Answer {
        self.fetch(&format!("http://127.0.0.1:{}{path}", self.admin_port))
    }

    /// An operator's call.
    pub(crate) fn admin_post(&self, path: &str) -> Answer {
        let url = format!("http://127.0.0.1:{}{path}", self.admin_port);
        self.answer(self.agent.post(url).send_empty())
    }

    fn fetch(&self, url: &str) -> Answer {
        self.answer(self.agent.get(url).call())
    }

    /// With a raw body.
    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Answer {
        self.post_as(path, "application/octet-stream", body)
    }

    pub(crate) fn post_as(&self, path: &str, content_type: &str, body: &[u8]) -> Answer {
        let request = self.agent.post(self.url(path));
        self.answer(request.header("content-type", content_type).send(body))
    }

    /// With a raw body, from a client that says what it can show.
    pub(crate) fn post_accepting(&self, path: &str, accept: &str, body: &[u8]) -> Answer {
        let request = self.agent.post(self.url(path)).header("accept", accept);
        self.answer(request.send(body))
    }

    fn answer(&self, result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
        let mut response =
            result.unwrap_or_else(|error| panic!("no answer: {error}\n{}", self.log()));
        let text = |value: &ureq::http::HeaderValue| {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), text(value)));
        Answer {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body: {
                let body = response.body_mut().with_config().limit(1 << 30);
                body.read_to_vec().unwrap()
            },
        }
    }

    pub(crate) fn status(&self) -> Value {
        self.admin("/status.json").json()
    }

    pub(crate) fn workers(&self) -> Vec<Worker> {
        serde_json::from_value(self.status()["workers"].clone()).unwrap()
    }

    /// The pids of all workers, once every one is idle.
    pub(crate) fn idle_pids(&self) -> Vec<i32> {
        let mut pids = Vec::new();
        self.wait_until("every worker is idle", || {
            let workers = self.workers();
            pids = workers.iter().filter_map(|worker| worker.pid).collect();
            workers.iter().all(|worker| worker.state == "idle")
        });
        pids
    }

    /// The pid of a worker that has begun a job.
    pub(crate) fn busy_pid(&self) -> i32 {
        let mut pid = None;
        self.wait_until("a worker is busy", || {
            let workers = self.workers();
            let busy = workers.iter().find(|worker| {
                let phase = worker.job.as_ref().and_then(|job| job["phase"].as_str());
                phase == Some("running")
            });
            pid = busy.and_then(|worker| worker.pid);
            pid.is_some()
        });
        pid.unwrap()
    }

    /// A counter or gauge of `/metrics`, summed over its labels; 0 when it is not there.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let text = String::from_utf8(self.admin("/metrics").body).unwrap();
        let lines = text.lines().filter(|line| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| name.ends_with('}') || rest.starts_with([' ', '{']))
        });
        lines
            .map(|line| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap())
            .sum()
    }

    pub(crate) fn pid(&self) -> i32 {
        self.gateway.id() as i32
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// A folder that goes away with the service.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether the gateway has ended.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.gateway.try_wait().unwrap()
    }

    /// Sends the gateway a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        send_signal(self.pid(), signal);
    }

    /// Waits for the gateway's end.
    pub(crate) fn wait_for_end(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE * 2;
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(Instant::now() < until, "it does not end\n{}", self.log());
            std::thread::yield_now();
        }
    }

    /// Asks again and again until `condition` holds.
    pub(crate) fn wait_until(&self, what: &str, condition: impl FnMut() -> bool) {
        if !holds_within(PATIENCE, condition) {
            panic!("waited in vain until {what}\n{}", self.log());
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if matches!(self.gateway.try_wait(), Ok(None)) {
            let _ = kill(Pid::from_raw(self.pid()), Signal::SIGTERM);
            let _ = holds_within(Duration::from_secs(5), || {
                !matches!(self.gateway.try_wait(), Ok(None))
            });
            let _ = self.gateway.kill();
            let _ = self.gateway.wait();
        }
    }
}

/// Whether `condition` comes true in time. Looks every millisecond: a wait with a deadline.
pub(crate) fn holds_within(time: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + time;
    loop {
        if condition() {
            return true;
        }
        if Instant::now() > until {
            return false;
        }
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

pub(crate) fn send_signal(pid: i32, signal: Signal) {
    kill(Pid::from_raw(pid), signal).unwrap();
}

/// A program for tests, built with the profile of this one.
pub(crate) fn example(name: &str) -> PathBuf {
    static BUILT: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    let folder = BUILT.get_or_init(|| {
        let programs = Path::new(env!("CARGO_BIN_EXE_framefarm")).parent().unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        // What cargo sets for this very test would make every dependency look changed.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                cargo.env_remove(&name);
            }
        }
        cargo.args(["build", "--quiet", "--examples", "--target-dir"]);
        cargo.arg(programs.parent().unwrap());
        if programs.ends_with("release") {
            cargo.arg("--release");
        }
        let status = cargo
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .unwrap();
        assert!(status.success(), "the programs for tests cannot be built");
        programs.join("examples")
    });
    folder.join(name)
}
