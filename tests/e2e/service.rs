//! The service under test: starts the real programs on free ports, speaks HTTP to them, looks
//! at them through the kernel and the admin listener, and stops them when dropped.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use serde::Deserialize;
use serde_json::Value;

pub(crate) use crate::programs::example;
use crate::programs::program;

/// How long anything may take before a test gives up on it. Far above what is expected, so
/// that a busy machine fails no test; what must be fast is asserted by its own bound.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running service; see the module.
pub(crate) struct Service {
    /// What was started: the first gateway, or what started it.
    gateway: Child,
    /// The gateway that serves now.
    pid: i32,
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

/// What `/status.json` calls a job that its worker has begun: before and after its first word of
/// where it is.
const RUNNING_PHASES: [&str; 4] = ["running", "decode", "operations", "encode"];

impl Worker {
    /// Whether it has begun a job.
    pub(crate) fn is_running(&self) -> bool {
        let phase = self.job.as_ref().and_then(|job| job["phase"].as_str());
        phase.is_some_and(|phase| RUNNING_PHASES.contains(&phase))
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

    /// Like [`Service::begin`], with the gateway in the control group of this directory.
    pub(crate) fn begin_in_group(group: &Path, settings: &[(&str, &str)]) -> Self {
        // The shell moves itself and then becomes the gateway, so that the pid stays the same.
        let mut command = Command::new("/bin/sh");
        let enter = "echo $$ > \"$1/cgroup.procs\" && shift && exec \"$@\"";
        command
            .args(["-c", enter, "sh"])
            .arg(group)
            .arg(program("framefarm"));
        Self::launch(tempfile::tempdir().unwrap(), command, settings)
    }

    fn begin_in(folder: tempfile::TempDir, settings: &[(&str, &str)]) -> Self {
        Self::launch(folder, Command::new(program("framefarm")), settings)
    }

    /// From a settings file, which [`Service::write_settings`] changes.
    pub(crate) fn with_file(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = Command::new(program("framefarm"));
        Self::from_file(folder, program, settings)
    }

    /// From programs of its own, which [`Service::install`] replaces, and a settings file.
    pub(crate) fn installed(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["framefarm", "framefarm-worker"] {
            install(folder.path(), name, Contents::Copy(&program(name)));
        }
        let program = Command::new(folder.path().join("framefarm"));
        Self::from_file(folder, program, settings)
    }

    fn from_file(
        folder: tempfile::TempDir,
        mut program: Command,
        settings: &[(&str, &str)],
    ) -> Self {
        write_settings(folder.path(), settings);
        program
            .arg("--config")
            .arg(folder.path().join(SETTINGS_FILE));
        let service = Self::launch(folder, program, &[("workers", "")]);
        service.wait_until("it is ready", || service.get("/readyz").status == 200);
        service
    }

    /// With the given program, which becomes the gateway, and what it is told before the settings. A
    /// setting of empty text is left to other sources.
    pub(crate) fn launch(
        folder: tempfile::TempDir,
        mut program: Command,
        settings: &[(&str, &str)],
    ) -> Self {
        adopt_orphans();
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
        values.retain(|_, text| !text.is_empty());
        let log = File::create(folder.path().join("log")).unwrap();
        let strange = std::env::vars_os().map(|(name, _)| name);
        let strange = strange.filter(|name| name.to_string_lossy().starts_with("FRAMEFARM_"));
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
        let mut service = Self {
            pid: gateway.id() as i32,
            gateway,
            port: 0,
            admin_port: 0,
            folder,
            agent: agent(),
        };
        service.port = service.read_port(&port_file);
        service.admin_port = service.read_port(&admin_port_file);
        // It may have been started by another program.
        service.wait_until("there is one gateway", || service.gateways().len() == 1);
        service.pid = service.gateways()[0];
        service
    }

    /// Replaces what the settings file says.
    pub(crate) fn write_settings(&self, settings: &[(&str, &str)]) {
        write_settings(self.folder(), settings);
    }

    /// Replaces the settings file by anything.
    pub(crate) fn write_settings_file(&self, text: &str) {
        std::fs::write(self.folder().join(SETTINGS_FILE), text).unwrap();
    }

    /// Replaces a program of [`Service::installed`], as a packager does: by another file.
    pub(crate) fn install(&self, name: &str, contents: Contents<'_>) {
        install(self.folder(), name, contents);
    }

    /// Puts the real program back.
    pub(crate) fn reinstall(&self, name: &str) {
        let built = Path::new(env!("CARGO_BIN_EXE_framefarm")).with_file_name(name);
        self.install(name, Contents::Copy(&built));
    }

    /// Every living gateway of this service, whoever started it.
    pub(crate) fn gateways(&self) -> Vec<i32> {
        let mark = format!("--port-file={}", self.folder().join("port").display());
        let entries = std::fs::read_dir("/proc").unwrap().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        let is_gateway = |pid: &i32| {
            let read = |name| std::fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
            // A zombie has no command line.
            let arguments = read("cmdline");
            let mut arguments = arguments.split(|byte| *byte == 0);
            read("comm") == b"framefarm\n" && arguments.any(|given| given == mark.as_bytes())
        };
        pids.filter(is_gateway).collect()
    }

    /// The gateway that answers on a connection of its own.
    pub(crate) fn serving_pid(&self) -> i32 {
        let url = format!("http://127.0.0.1:{}/status.json", self.admin_port);
        let answer = agent().get(url).header("connection", "close").call();
        self.answer(answer).json()["pid"].as_i64().unwrap() as i32
    }

    /// Has it upgraded, and waits until the old gateway has ended as it should.
    pub(crate) fn upgrade(&mut self) {
        self.begin_upgrade();
        let old = self.pid;
        self.wait_for_successor();
        assert_eq!(self.wait_for_end_of(old).code(), Some(0));
    }

    /// Asks for an upgrade.
    pub(crate) fn begin_upgrade(&mut self) {
        // Gateways whose parent ends become children of this process, which can then wait for
        // them like for its own.
        nix::sys::prctl::set_child_subreaper(true).unwrap();
        // A connection that is kept open is waited for.
        self.agent = agent();
        self.signal(Signal::SIGUSR2);
    }

    /// Waits until another gateway serves, and looks at that one from now on.
    pub(crate) fn wait_for_successor(&mut self) {
        let old = self.pid;
        let mut new = old;
        self.wait_until("a successor serves", || {
            new = self.serving_pid();
            new != old
        });
        self.pid_is_now(new);
    }

    /// Looks at that gateway from now on.
    pub(crate) fn pid_is_now(&mut self, pid: i32) {
        self.pid = pid;
    }

    /// How the gateway of that number has ended, if it has.
    pub(crate) fn end_of(&mut self, pid: i32) -> Option<ExitStatus> {
        if pid == self.gateway.id() as i32 {
            return self.gateway.try_wait().unwrap();
        }
        match waitpid(Pid::from_raw(pid), Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(_, code)) => Some(ExitStatus::from_raw(code << 8)),
            Ok(WaitStatus::Signaled(_, signal, _)) => Some(ExitStatus::from_raw(signal as i32)),
            // Not yet ours to wait for as long as its parent lives.
            _ => None,
        }
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

    /// From the admin listener, for a client that accepts `types`.
    pub(crate) fn admin_as(&self, path: &str, types: &str) -> Answer {
        let url = format!("http://127.0.0.1:{}{path}", self.admin_port);
        self.answer(self.agent.get(url).header("accept", types).call())
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
            let busy = workers.iter().find(|worker| worker.is_running());
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
        self.pid
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
        self.end_of(self.pid)
    }

    /// Sends the gateway a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        send_signal(self.pid(), signal);
    }

    /// Waits for the gateway's end.
    pub(crate) fn wait_for_end(&mut self) -> ExitStatus {
        self.wait_for_end_of(self.pid)
    }

    /// Waits for the end of an earlier gateway.
    pub(crate) fn wait_for_end_of(&mut self, pid: i32) -> ExitStatus {
        let until = Instant::now() + PATIENCE * 2;
        loop {
            if let Some(status) = self.end_of(pid) {
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
        for signal in [Signal::SIGTERM, Signal::SIGKILL] {
            for pid in self.gateways() {
                let _ = kill(Pid::from_raw(pid), signal);
            }
            let _ = holds_within(Duration::from_secs(5), || {
                let _ = self.gateway.try_wait();
                self.gateways().is_empty()
            });
        }
        let _ = self.gateway.kill();
        let _ = self.gateway.wait();
        // Buries the last of several, if this process has become its parent.
        let _ = self.end_of(self.pid);
    }
}

/// From now on a process whose parent dies becomes a child of the tests, where the postlude
/// finds it.
fn adopt_orphans() {
    nix::sys::prctl::set_child_subreaper(true).unwrap();
}

/// What a program is replaced by.
pub(crate) enum Contents<'a> {
    /// This program.
    Copy(&'a Path),
    /// A shell script.
    Script(&'a str),
}

const SETTINGS_FILE: &str = "framefarm.toml";

fn write_settings(folder: &Path, settings: &[(&str, &str)]) {
    let mut values = BTreeMap::from([("workers", "2")]);
    values.extend(settings.iter().copied());
    let lines = values
        .iter()
        .map(|(name, text)| format!("{name} = {text:?}\n"));
    let text: String = lines.collect();
    std::fs::write(folder.join(SETTINGS_FILE), text).unwrap();
}

/// Renamed into place: a program that runs cannot be written to.
fn install(folder: &Path, name: &str, contents: Contents<'_>) {
    let partial = folder.join("partial");
    match contents {
        Contents::Copy(program) => {
            std::fs::copy(program, &partial).unwrap();
        }
        Contents::Script(text) => {
            std::fs::write(&partial, format!("#!/bin/sh\n{text}\n")).unwrap();
            std::fs::set_permissions(&partial, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    std::fs::rename(partial, folder.join(name)).unwrap();
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE * 4))
        .build()
        .new_agent()
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
