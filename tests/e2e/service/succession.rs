//! The gateways of a service, of which an upgrade makes a second one.

use super::*;

impl Service {
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
}
