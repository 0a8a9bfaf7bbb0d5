//! Every setting, once: the table below is where names, defaults, ranges, flags, help and
//! documentation all come from. [`Settings`] is what the rest of the gateway sees, and it
//! cannot be wrong any more.
//!
//! Nothing here opens a socket: arguments and environment are given, and of the machine no more is looked at than
//! how much of it there is (`settings/machine.rs`) and whether `source_roots` can be opened (`settings/roots.rs`).

mod choices;
mod configuration;
mod conflicts;
mod credentials;
mod file;
mod hosts;
mod imgproxy;
mod kind;
mod machine;
mod mistake;
mod nearest;
mod origins;
mod ports;
mod reload;
mod roots;
mod show;
mod table;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use crate::fetch::Place;

pub(crate) use self::choices::{LogFormat, Sandbox, WorkerCgroups};
pub(crate) use self::configuration::Configuration;
pub(crate) use self::hosts::HostList;
pub(crate) use self::mistake::{Mistake, Mistakes};
pub(crate) use self::nearest::nearest;
pub(crate) use self::origins::OriginList;
pub(crate) use self::ports::PortList;
pub(crate) use self::reload::{Change, Reload};
#[cfg(test)]
pub(crate) use self::show::markdown_table;
pub(crate) use self::table::Setting;
pub(crate) use self::texts::CONFIG_VARIABLE;

use self::hosts::Hosts;
use self::imgproxy::{Prefix, Presets};
use self::kind::{Address, Bytes, Choice, Count, Directives, Kind, Millis, Networks, Path, Switch};
use self::machine::{cpus, half_of_descriptors};
use self::origins::Origins;
use self::ports::Ports;
use self::roots::Places;
use self::table::settings;
use self::texts::Texts;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;

settings! {
    /// What this gateway was told, checked.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct Settings;

    "Listening" {
        /// Address of the public API; port 0 takes any free port.
        listen: SocketAddr = "127.0.0.1:8080", Address, restart;
        /// Address of /status, /metrics and the admin calls; port 0 takes any free port.
        admin_listen: SocketAddr = "127.0.0.1:9090", Address, restart;
        /// File that the port of `listen` is written to once it is open.
        port_file: Option<PathBuf> = "", Path, restart;
        /// File that the port of `admin_listen` is written to once it is open.
        admin_port_file: Option<PathBuf> = "", Path, restart;
        /// Path before URLs of imgproxy's form.
        imgproxy_prefix: Option<String> = "/imgproxy", Prefix, now;
        /// Presets of such URLs; one that is called default is part of each.
        imgproxy_presets: BTreeMap<String, String> = "", Presets, now;
        /// Whether there are pages for people: / to try operations, /docs to read and try every route.
        playground: bool = "true", Switch, now;
        /// Origins of web pages that may call the public API from browsers.
        cors_origins: OriginList = "", Origins, now;
    }

    "Clients" {
        /// Most connections of the public listener at once; the next ones wait in the kernel.
        connections_max: usize = "auto" or "half of the descriptors that the process may have, at most 100000"
            => Some(half_of_descriptors()), Count(1..=1_000_000), restart;
        /// Longest time for the head of a request, from its first byte or the beginning of the connection.
        head_timeout[ms]: Duration = "10000", Millis(100..=HOUR_MS), now;
        /// Longest pause between two requests on one connection.
        keep_alive[ms]: Duration = "75000", Millis(100..=HOUR_MS), restart;
        /// Time over which it is looked at how fast a client sends a body or reads its answer.
        slow_client[ms]: Duration = "20000", Millis(100..=HOUR_MS), now;
        /// Least bytes per second of such a client, while the service waits for it; 0: any but none.
        slow_client_bytes_per_s: u64 = "500", Count(0..=1_000_000_000), now;
        /// Most requests in progress on one connection of HTTP/2.
        http2_streams_max: u32 = "100", Count(1..=10_000), now;
    }

    "Access" {
        /// TOML file with the tokens that requests need, read again with the settings; absent: none.
        tokens_file: Option<PathBuf> = "", Path, now;
        /// TOML file with the keys of signed URLs, read again with the settings; absent: none.
        signing_keys_file: Option<PathBuf> = "", Path, now;
        /// Whether requests without a token are served where there are tokens or other machines.
        allow_anonymous: bool = "false", Switch, now;
        /// Whether other machines may reach admin_listen, which asks nobody; allow_anonymous implies it.
        allow_anonymous_admin: bool = "false", Switch, now;
        /// Requests per minute of an address without a token, where there are tokens.
        anonymous_requests_per_minute: u32 = "60", Count(1..=1_000_000), now;
        /// Most requests at once of such an address.
        anonymous_burst: u32 = "auto" or "anonymous_requests_per_minute"
            => anonymous_requests_per_minute, Count(1..=1_000_000), now;
        /// Most requests in progress of such an address.
        anonymous_jobs_max: u32 = "4", Count(1..=10_000), now;
        /// Proxies whose X-Forwarded-For or Forwarded is believed, to tell such addresses.
        trusted_proxies: Vec<IpNet> = "", Networks, now;
    }

    "Processes and threads" {
        /// Worker processes, each of which does one job at a time.
        workers: usize = "auto" or "the CPUs that the cgroup and the affinity grant"
            => Some(cpus()), Count(1..=WORKERS_MAX), now;
        /// The worker program; absent: framefarm-worker beside this program.
        worker: Option<PathBuf> = "", Path, restart;
        /// Memory of one worker.
        worker_memory_bytes: u64 = "1 GiB", Bytes(64 * MIB..=TIB), new_workers;
        /// How long a worker may take from its start to its readiness.
        worker_start_timeout[ms]: Duration = "5000", Millis(100..=HOUR_MS), now;
        /// Jobs after which a worker is replaced by a fresh one, ± 10 %.
        worker_jobs_max: u64 = "500", Count(1..=1_000_000_000), now;
        /// Age at which a worker is replaced by a fresh one.
        worker_age_max[ms]: Duration = "3600000", Millis(1000..=DAY_MS), now;
        /// Resident memory at which a worker is replaced by a fresh one, between jobs.
        worker_rss_max_bytes: u64 = "auto" or "half of worker_memory_bytes"
            => worker_memory_bytes.map(|bytes| bytes / 2), Bytes(MIB..=TIB), now;
        /// How much of the workers' cage must stand.
        sandbox: Sandbox = "best-effort", Choice(
            &[
                ("required", Sandbox::Required),
                ("best-effort", Sandbox::BestEffort),
                ("off", Sandbox::Off),
            ],
            "",
        ), restart;
        /// Whether each worker gets a control group of its own, in which the kernel holds its memory.
        worker_cgroups: WorkerCgroups = "auto", Choice(
            &[
                ("auto", WorkerCgroups::Auto),
                ("off", WorkerCgroups::Off),
                ("required", WorkerCgroups::Required),
            ],
            "auto: where cgroup v2 with the memory controller is delegated to the gateway",
        ), restart;
        /// Threads that serve HTTP, and as many that talk to workers.
        http_threads: usize = "auto" or "half as many as workers, at most 8"
            => workers.map(|workers| workers.div_ceil(2).min(8)), Count(1..=1024), restart;
    }

    "Jobs" {
        /// Longest life of a job, from its acceptance to its answer, queueing and fetching included.
        job_deadline[ms]: Duration = "30000", Millis(1..=HOUR_MS), now;
        /// Most CPU time of a job in its worker, rounded up to whole seconds.
        job_cpu[ms]: Duration = "auto" or "job_deadline_ms"
            => job_deadline, Millis(1..=HOUR_MS), now;
        /// How long running jobs may still take when the service is told to stop.
        drain_timeout[ms]: Duration = "30000", Millis(0..=HOUR_MS), now;
        /// Jobs that may wait for a worker.
        queue_jobs: usize = "auto" or "8 × workers"
            => workers.map(|workers| 8 * workers), Count(1..=1_000_000), now;
        /// Source bytes that may wait for a worker.
        queue_bytes: u64 = "256 MiB", Bytes(1..=TIB), now;
        /// How long a job that has killed two workers is refused; 0 switches that off.
        quarantine[ms]: Duration = "3600000", Millis(0..=DAY_MS), now;
        /// Memory for finished results, which also lets equal requests in progress share one job; 0 switches both off.
        cache_bytes: u64 = "64 MiB", Bytes(0..=TIB), now;
        /// Folder in which finished results are kept too, so that they outlive the process; absent: none.
        cache_folder: Option<PathBuf> = "", Path, restart;
        /// Disk space for results in cache_folder; the longest unused give way.
        cache_folder_bytes: u64 = "1 GiB", Bytes(MIB..=TIB), now;
        /// Memory for fetched files that their origins let be kept; 0 keeps none.
        source_cache_bytes: u64 = "64 MiB", Bytes(0..=TIB), now;
        /// How long others may keep the answer to a GET if the origin of its picture says nothing.
        max_age[ms]: Duration = "300000", Millis(0..=365 * DAY_MS), now;
    }

    "Pictures" {
        /// Largest source file.
        source_bytes_max: u64 = "20 MiB", Bytes(1..=GIB), now;
        /// Most pixels in one frame of a source (width × height).
        pixels_max: u64 = "50_000_000", Count(1..=1_000_000_000), now;
        /// Most frames of a source.
        frames_max: u32 = "1000", Count(1..=1_000_000), now;
        /// Most pixels in all frames of a source (width × height × frames).
        total_pixels_max: u64 = "250_000_000", Count(1..=1_000_000_000_000), now;
        /// Most pixels in one frame of a result, between operations too.
        output_pixels_max: u64 = "50_000_000", Count(1..=1_000_000_000), now;
        /// Largest encoded result.
        output_bytes_max: u64 = "64 MiB", Bytes(1..=GIB), now;
    }

    "Fetching" {
        /// Longest time that fetching a source may take, redirects included.
        fetch_timeout[ms]: Duration = "10000", Millis(1..=HOUR_MS), now;
        /// Most redirects that are followed.
        redirects_max: u32 = "5", Count(0..=20), now;
        /// Networks that sources may come from beside the public internet.
        allow_source_networks: Vec<IpNet> = "", Networks, now;
        /// Hosts that sources may come from; empty: any. Redirects must stay among them.
        allow_source_hosts: HostList = "", Hosts, now;
        /// Hosts that sources may not come from, whatever else is allowed.
        deny_source_hosts: HostList = "", Hosts, now;
        /// Ports that sources may come from.
        allow_source_ports: PortList = "auto" or "all but those that browsers refuse, such as 25"
            => Some(PortList::for_the_web()), Ports, now;
        /// Folders and buckets that sources may be read from too, by everybody who may ask for jobs.
        source_roots: Vec<Place> = "", Places, now;
        /// Most fetches from one host at once; the others wait, within their time.
        fetches_per_host_max: usize = "auto" or "4 × workers, at least 16"
            => workers.map(|workers| (4 * workers).max(16)), Count(1..=10_000), now;
    }

    "Crashes" {
        /// Folder in which crashes are kept for `framefarm replay`; absent: none are.
        crash_bundles: Option<PathBuf> = "", Path, restart;
        /// Size of all crashes that are kept; the oldest give way.
        crash_bundles_bytes_max: u64 = "100 MiB", Bytes(MIB..=TIB), restart;
        /// Whether the pictures are kept too, and not only what is known of them.
        crash_bundle_sources: bool = "false", Switch, restart;
    }

    "Logging" {
        /// Time in a worker from which on a job is logged, with its phase, operations and digest.
        slow_job[ms]: Duration = "10000", Millis(1..=HOUR_MS), now;
        /// What is logged.
        log: String = "info,actix_server=warn,actix_http=off", Directives, now;
        /// How log lines look.
        log_format: LogFormat = "human", Choice(
            &[("human", LogFormat::Human), ("json", LogFormat::Json)],
            "",
        ), restart;
    }
}

/// Beyond this the pool's bookkeeping was never measured.
pub(crate) const WORKERS_MAX: usize = 1024;
/// Longer waits are mistakes of a factor of 1000 (seconds taken for milliseconds).
const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

impl Settings {
    /// What a job may cost, for the workers.
    #[must_use]
    pub(crate) fn limits(&self) -> protocol::Limits {
        protocol::Limits {
            pixels_max: self.pixels_max,
            frames_max: self.frames_max,
            total_pixels_max: self.total_pixels_max,
            output_pixels_max: self.output_pixels_max,
            output_bytes_max: self.output_bytes_max,
        }
    }

    /// The defaults with some settings changed, for tests.
    #[cfg(test)]
    pub(crate) fn with(changes: &[(&str, &str)]) -> Self {
        Configuration::gather(None, tests::flags(changes), [])
            .unwrap_or_else(|mistakes| panic!("{mistakes}"))
            .settings
    }
}
