//! The page that a worker shares with the gateway: where a job is, and was.

use crate::heavy;
use crate::postlude::Baseline;
use crate::service::Service;

#[test]
fn a_job_that_ran_out_of_time_says_where_it_was() {
    let mut service = Service::with(&[("job_deadline_ms", "1500")]);
    let baseline = Baseline::of(&service);
    let answer = heavy::post(&service);
    assert_eq!(answer.verdict(), (504, "deadline_exceeded".to_owned()));
    let body = answer.json();
    assert_eq!(body["phase"], "operations", "{body}");
    assert_eq!(body["op"], "zoomblur", "{body}");
    assert_eq!(body["frame"], 1, "{body}");
    baseline.returns(&mut service);
}

#[test]
fn status_shows_where_a_running_job_is() {
    let service = Service::with(&[("workers", "1")]);
    std::thread::scope(|scope| {
        let job = scope.spawn(|| heavy::post(&service));
        service.wait_until("the job is at an operation", || {
            let status = service.status();
            let job = &status["workers"][0]["job"];
            job["phase"] == "operations" && job["operation"].is_u64() && job["frame"] == 1
        });
        service.admin_post("/workers?count=1");
        nix::sys::signal::kill(
            nix::unistd::Pid::from_raw(service.busy_pid()),
            nix::sys::signal::Signal::SIGKILL,
        )
        .unwrap();
        let answer = job.join().unwrap();
        assert_eq!(answer.verdict(), (502, "worker_killed".to_owned()));
        assert_eq!(
            answer.json()["op"],
            "zoomblur",
            "even a killed one has said"
        );
    });
    service.wait_until("nothing is said of a job that is over", || {
        service.status()["workers"][0]["job"].is_null()
    });
}

#[test]
fn a_forbidden_call_is_named_by_its_number() {
    let mut service = Service::with_caged("filtered", &[]);
    let baseline = Baseline::of(&service);
    let answer = service.post("/v1/process", b"attempt: open");
    assert_eq!(answer.verdict(), (502, "sandbox_violation".to_owned()));
    assert_eq!(answer.json()["syscall"], nix::libc::SYS_openat);
    assert_eq!(answer.json()["phase"], "decode");
    baseline.returns(&mut service);
}

#[test]
fn a_page_full_of_lies_changes_nothing() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    let answer = service.post("/v1/process?op=invert", b"scribble");
    assert_eq!(answer.verdict(), (502, "worker_crashed".to_owned()));
    let body = answer.json();
    assert_eq!(body["phase"], "running", "{body}");
    assert_eq!(body["exit_code"], 3, "{body}");
    assert!(body.get("op").is_none(), "{body}");
    assert!(
        body.get("syscall").is_none(),
        "its exit code says otherwise: {body}"
    );
    baseline.returns(&mut service);
}
