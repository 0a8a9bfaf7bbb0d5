//! What is asked of a service, over both of its listeners, and what it answers.

use serde::Deserialize;
use serde_json::Value;

use super::*;

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
    pub(super) fn read_port(&self, path: &str) -> u16 {
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

    /// With these headers.
    pub(crate) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.agent.get(self.url(path));
        let request = headers.iter().fold(request, |request, (name, text)| {
            request.header(*name, *text)
        });
        self.answer(request.call())
    }

    pub(crate) fn admin_url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.admin_port)
    }

    /// From the admin listener.
    pub(crate) fn admin(&self, path: &str) -> Answer {
        self.fetch(&self.admin_url(path))
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

    pub(crate) fn options(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.agent.options(self.url(path));
        let request = headers.iter().fold(request, |request, (name, text)| {
            request.header(*name, *text)
        });
        self.answer(request.call())
    }

    /// From the admin listener, with these headers.
    pub(crate) fn admin_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.agent.get(self.admin_url(path));
        let request = headers.iter().fold(request, |request, (name, text)| {
            request.header(*name, *text)
        });
        self.answer(request.call())
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.answer(self.agent.delete(self.url(path)).call())
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
        self.post_with(path, &[("accept", accept)], body)
    }

    /// With further headers, and a raw body.
    pub(crate) fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let request = self.agent.post(self.url(path));
        let with = |request: ureq::RequestBuilder<_>, (name, value): &(&str, &str)| {
            request.header(*name, *value)
        };
        self.answer(headers.iter().fold(request, with).send(body))
    }

    pub(super) fn answer(
        &self,
        result: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Answer {
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
}
