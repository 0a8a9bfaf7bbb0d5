//! Code that has taken over a worker tries to get out: every attempt ends the worker as a
//! violation, costs one request, and the slot heals. Where the system-call filter is left out,
//! the layers below refuse. Deaths that are no escape keep their true cause.

use crate::examples::ask;
use crate::formats;
use crate::made;
use crate::manifest;
use crate::postlude::{Baseline, serves};
use crate::service::{Answer, Service};

/// What the filter's handler names, and the number that it must name.
#[cfg(target_arch = "x86_64")]
const NAMED: [(&str, i64); 14] = [
    ("open", 257),
    ("create", 257),
    ("list", 257),
    ("signal the gateway", 62),
    ("signal itself", 234),
    ("prctl", 157),
    ("mprotect for code", 10),
    ("mmap for code", 9),
    ("become root", 117),
    ("raise a limit", 302),
    ("take the handler", 13),
    // The x32 bit is part of the number.
    ("an x32 call", 0x4000_0000 + 39),
    ("an x32 open", 0x4000_0000 + 2),
    // Allowed under its own number.
    ("an x32 write", 0x4000_0000 + 1),
];

/// What only an attack does: the kernel ends the worker before any code of it runs again.
const KILLED: [&str; 12] = [
    "socket",
    "connect",
    "execve",
    "fork",
    "clone3",
    "a thread",
    "ptrace",
    "process_vm_readv",
    "io_uring_setup",
    "memfd_create",
    "unshare",
    "mount",
];

fn attempt(service: &Service, name: &str) -> Answer {
    service.post("/v1/process", format!("attempt: {name}").as_bytes())
}

fn die(service: &Service, how: &str) -> Answer {
    service.post("/v1/process", format!("die: {how}").as_bytes())
}

#[cfg(target_arch = "x86_64")]
#[test]
fn an_escape_ends_the_worker_costs_one_request_and_the_slot_heals() {
    let mut service = Service::with_caged("filtered", &[("workers", "1")]);
    let baseline = Baseline::of(&service);
    for (name, number) in NAMED {
        let answer = attempt(&service, name);
        assert_eq!(
            answer.verdict(),
            (502, "sandbox_violation".to_owned()),
            "{name}"
        );
        let body = answer.json();
        assert_eq!(body["exit_code"], 159, "{name}");
        assert_eq!(body["syscall"], number, "{name}");
        serves(&service);
    }
    for name in KILLED {
        let answer = attempt(&service, name);
        assert_eq!(
            answer.verdict(),
            (502, "sandbox_violation".to_owned()),
            "{name}"
        );
        assert_eq!(answer.json()["signal"], 31, "{name}");
        serves(&service);
    }
    baseline.returns(&mut service);
}

/// A kernel without 32-bit calls answers with a fault, which is as good.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_call_by_another_architectures_table_gets_nowhere() {
    let service = Service::with_caged("filtered", &[]);
    let answer = attempt(&service, "a 32-bit call");
    let signal = answer.json()["signal"].as_i64();
    assert!(matches!(signal, Some(31 | 11)), "{}", answer.json());
}

#[test]
fn without_the_filter_the_layers_below_refuse() {
    let mut service = Service::with_caged("unfiltered", &[]);
    let baseline = Baseline::of(&service);
    let missing = service.status()["missing_layers"].clone();
    if missing != serde_json::json!(["system-call-filter"]) {
        manifest::say(&format!("NOT TESTED, this system lacks layers: {missing}"));
        return;
    }
    for (name, errors) in [
        ("open", ["EMFILE", "ENOENT"]),
        ("create", ["EMFILE", "EROFS"]),
        ("list", ["EMFILE", "EACCES"]),
        ("socket", ["EMFILE", "EMFILE"]),
        ("execve", ["EAGAIN", "ENOENT"]),
        ("fork", ["EAGAIN", "ENOMEM"]),
        ("a thread", ["EAGAIN", "EINVAL"]),
        ("ptrace", ["EPERM", "ESRCH"]),
        ("process_vm_readv", ["EPERM", "ESRCH"]),
        ("io_uring_setup", ["EMFILE", "EPERM"]),
        ("memfd_create", ["EMFILE", "EPERM"]),
        ("signal the gateway", ["EPERM", "ESRCH"]),
        ("unshare", ["EPERM", "ENOSPC"]),
        ("mount", ["EPERM", "EPERM"]),
        ("become root", ["EPERM", "EINVAL"]),
        ("raise a limit", ["EPERM", "EPERM"]),
    ] {
        let answer = attempt(&service, name);
        let said = String::from_utf8(answer.body).unwrap();
        assert!(errors.contains(&said.as_str()), "{name}: {said}");
    }
    baseline.returns(&mut service);
}

#[test]
fn deaths_that_are_no_escape_keep_their_true_cause() {
    let mut service = Service::with_caged("filtered", &[]);
    let baseline = Baseline::of(&service);
    for (how, signal) in [("abort", 6), ("fault", 11), ("overflow", 6)] {
        let answer = die(&service, how);
        assert_eq!(
            answer.verdict(),
            (502, "worker_crashed".to_owned()),
            "{how}"
        );
        assert_eq!(answer.json()["signal"], signal, "{how}");
    }
    let overflow = die(&service, "overflow").json();
    let said = overflow["stderr"].as_str().unwrap_or_default();
    assert!(said.contains("stack overflow"), "{overflow}");

    let before = service.idle_pids();
    let answer = die(&service, "panic at the third row");
    assert_eq!(answer.verdict(), (422, "bad_image".to_owned()));
    let panic = answer.json()["panic"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(panic.contains("at the third row"), "{panic}");
    assert_eq!(service.idle_pids(), before, "a panic costs no worker");
    baseline.returns(&mut service);
}

#[test]
fn a_job_that_asks_for_too_much_memory_ends_with_the_figures() {
    const CAP: u64 = 128 << 20;
    let mut service = Service::with_caged("filtered", &[("worker_memory_bytes", "128 MiB")]);
    let baseline = Baseline::of(&service);
    let answer = die(&service, "allocate 200000000");
    assert_eq!(answer.verdict(), (422, "memory_limit".to_owned()));
    let body = answer.json();
    assert_eq!(body["max"], CAP);
    assert_eq!(body["source"], "allocator");
    assert_eq!(body["exit_code"], 160);
    let asked = body["asked"].as_u64().unwrap();
    assert!(
        (200_000_000..200_000_000 + (16 << 20)).contains(&asked),
        "{asked}"
    );
    // Below the cap it is nobody's business, and what the allocator never hears of is held by
    // the net.
    assert_eq!(die(&service, "allocate 100000000").status, 200);
    assert_eq!(die(&service, "map 400000000").body, b"ENOMEM");
    baseline.returns(&mut service);
}

#[test]
fn every_operation_works_on_every_kind_of_picture_inside_the_cage() {
    // More jobs than a worker may usually have.
    let mut service = Service::with(&[("worker_jobs_max", "1000000")]);
    let baseline = Baseline::of(&service);
    let before = service.idle_pids();
    let image = |name: &str| std::fs::read(manifest::root().join(name)).unwrap();
    let mut sources = vec![
        ("png", made::png(&made::still(48, 32))),
        ("16-bit png", image("png/pngsuite/basn6a16.png")),
        ("jpeg", image("photo/gray_hopper.jpg")),
        (
            "progressive jpeg",
            image("photo/progressive_successive_approximation.jpg"),
        ),
        ("cmyk jpeg", image("photo/cmyk_adobe.jpg")),
        ("animated gif", made::animation()),
        ("interlaced gif", image("gif/interlaced_540x330.gif")),
        ("animated png", image("apng/apng_dispose_blend_exact.png")),
        ("avif", image("other/hopper.avif")),
        ("webp", image("webp/hopper_lossy.webp")),
        ("animated webp", image("webp/webp_anim_lossless_exact.webp")),
        (
            "png with colours of its own",
            made::png_with_colours(&made::still(48, 32)),
        ),
    ];
    sources.extend(formats::all(&made::opaque_still(48, 32)));
    for (what, source) in &sources {
        for spec in protocol::CATALOGUE {
            for format in ["png", "gif"] {
                let example = spec.example;
                let answer = ask(&service, &[example], &format!("format={format}"), source);
                assert_eq!(answer.verdict(), (200, String::new()), "{what} {example}");
            }
        }
        // Small, because AV1 is slow and asks the kernel for nothing that grows with the size.
        for format in protocol::OutputFormat::ALL {
            for options in ["", "&max_bytes=900"] {
                let name = format.name();
                let path = format!("/v1/process?op=resize:40&format={name}{options}");
                let answer = service.post(&path, source);
                // Whether a budget can be met is not the cage's affair.
                let refused = !options.is_empty() && answer.status == 413;
                assert!(
                    answer.status == 200 || refused,
                    "{what} {path}: {}",
                    answer.status
                );
            }
        }
        for options in [
            "webp&lossless=1",
            "jpeg&progressive=1",
            "png&compression=smallest",
        ] {
            let path = format!("/v1/process?op=resize:40&format={options}");
            assert_eq!(service.post(&path, source).status, 200, "{what} {path}");
        }
    }
    assert_eq!(
        service.idle_pids(),
        before,
        "and no worker was lost over it"
    );
    baseline.returns(&mut service);
}
