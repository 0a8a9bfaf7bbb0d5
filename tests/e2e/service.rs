//! The service under test: starts the real programs on free ports, speaks HTTP to them, looks
//! at them through the kernel and the admin listener, and stops them when dropped.

mod answers;
mod installation;
mod succession;

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

pub(crate) use crate::programs::example;
use crate::programs::{gateway_behind, program};
pub(crate) use answers::{Answer, Worker};
pub(crate) use installation::Contents;
use installation::{SETTINGS_FILE, install, write_settings};

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

    /// The same behind a command that becomes the gateway.
    pub(crate) fn with_file_behind(prefix: &[&str], settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::from_file(folder, gateway_behind(prefix), settings)
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
        let service = Self::launch(folder, program, &[("workers", ""), ("cache_bytes", "")]);
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
            // Most tests send equal requests and mean as many jobs.
            ("cache_bytes", "0"),
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
