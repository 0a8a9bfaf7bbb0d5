//! Workers that hold on to memory from job to job: replaced before it matters, at nobody's cost.

use std::collections::BTreeSet;

use crate::postlude::Baseline;
use crate::service::Service;

#[test]
fn a_worker_that_leaks_is_replaced_between_jobs_and_no_job_fails() {
    const JOBS: usize = 300;
    const LEAK_BYTES: u64 = 4 << 20;
    const MARK_BYTES: u64 = 64 << 20;
    let settings = [
        ("workers", "1"),
        ("worker_memory_bytes", "256 MiB"),
        ("worker_rss_max_bytes", "64 MiB"),
    ];
    let mut service = Service::with_caged("filtered", &settings);
    let baseline = Baseline::of(&service);
    let (mut pids, mut most) = (BTreeSet::new(), 0);
    for _ in 0..JOBS {
        let answer = service.post("/v1/process", format!("die: leak {LEAK_BYTES}").as_bytes());
        assert_eq!(answer.verdict(), (200, String::new()));
        let worker = service.status()["workers"][0].clone();
        // Both are absent while one goes and the next one comes.
        pids.extend(worker["pid"].as_i64());
        most = worker["rss_bytes"].as_u64().unwrap_or_default().max(most);
    }
    // What is leaked in all is many times the mark.
    let least = JOBS as u64 * LEAK_BYTES / MARK_BYTES;
    assert!(pids.len() as u64 >= least, "{} workers", pids.len());
    assert!(most > 0, "it was measured");
    assert!(
        most < MARK_BYTES + 2 * LEAK_BYTES,
        "{most} bytes in one worker"
    );
    let recycled = service.metric("framefarm_worker_kills_total{reason=\"recycled\"}");
    assert!(recycled >= least as f64, "{recycled} recycled");
    baseline.returns_without_leak(&mut service, 16 << 20);
}
