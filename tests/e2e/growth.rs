//! Workers that hold on to memory from job to job: replaced before it matters, at nobody's cost.

use std::collections::BTreeSet;

use crate::made;
use crate::picture::Picture;
use crate::postlude::{Baseline, rss_bytes};
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

#[test]
fn memory_stays_with_a_worker_from_job_to_job_and_is_returned_when_it_rests() {
    const JOBS: u64 = 20;
    const REST_BYTES: u64 = 16 << 20;
    let service = Service::with(&[("workers", "1")]);
    let hue = |x: usize, y: usize| [x as u8, y as u8, (x / 8 * y) as u8, 255];
    let source = made::png(&Picture::painted(1500, 1500, hue));
    let canvas_pages = 1500 * 1500 * 4 / 4096;
    let job = || {
        let answer = service.post("/v1/process?op=invert", &source);
        assert_eq!(answer.verdict(), (200, String::new()));
    };
    job();
    let worker = service.idle_pids()[0];
    let before = minor_faults(worker);
    (0..JOBS).for_each(|_| job());
    let faults = minor_faults(worker) - before;
    // A canvas that is asked for anew costs a fault for each of its pages.
    assert!(faults < JOBS * canvas_pages / 4, "{faults} faults");

    service.wait_until("it has returned its memory", || {
        rss_bytes(worker) < REST_BYTES
    });
}

/// A frame of bands, so that what is coded is small beside what is drawn.
fn banded(number: u16, (width, height): (u16, u16)) -> made::MadeFrame {
    let band = |y: usize| ((y / 8 + usize::from(number)) % 127) as u8;
    made::MadeFrame {
        left: number * 50,
        top: number * 40,
        width,
        delay_cs: 5,
        disposal: 1,
        local: None,
        indexes: (0..usize::from(height))
            .flat_map(|y| std::iter::repeat_n(band(y), usize::from(width)))
            .collect(),
    }
}

#[test]
fn an_animation_costs_a_few_canvases_however_many_frames_it_has() {
    const SIDES: (u16, u16) = (5000, 3200);
    const CANVAS: usize = SIDES.0 as usize * SIDES.1 as usize * 4;
    let mut frames = vec![banded(0, SIDES)];
    frames.extend((1..4).map(|number| banded(number, (90, 70))));
    let uncompressed = made::gif(SIDES.0, SIDES.1, None, &frames);
    let generous = Service::with(&[]);
    let coded = |query: &str| {
        let answer = generous.post(&format!("/v1/process?{query}"), &uncompressed);
        assert_eq!(answer.verdict(), (200, String::new()), "{query}");
        answer.body
    };
    // Canvases are held in less than four bytes a pixel, but for those with transparency.
    let sources = [
        ("gif", coded("op=flip&format=gif"), 3, "gif webp apng"),
        (
            "webp",
            coded("format=webp&lossless=true"),
            3,
            "gif webp apng",
        ),
        ("apng", coded("format=apng"), 3, "gif webp apng"),
        (
            "soft apng",
            coded("op=opacity:0.7&format=apng"),
            4,
            "gif webp apng",
        ),
    ];
    // Each is encoded in another way; what is blurred has more colours than a table. Of the one operation
    // only what changes is done, of the other each frame as a whole.
    for (from, source, enough, formats) in sources {
        let jobs = formats
            .split(' ')
            .flat_map(|format| [("blur", format), ("vignette", format)]);
        for (operation, format) in jobs {
            let case = format!("{operation}: {from} to {format}");
            let canvases = |count: usize| {
                let bytes = count * CANVAS + 2 * source.len() + (4 << 20);
                let bytes = bytes.to_string();
                let settings = [("workers", "1"), ("worker_memory_bytes", &*bytes)];
                let service = Service::with(&settings);
                service.post(
                    &format!("/v1/process?op={operation}&format={format}"),
                    &source,
                )
            };
            let answer = canvases(enough);
            assert_eq!(answer.verdict(), (200, String::new()), "{case}");
            let limited = (422, "memory_limit".to_owned());
            assert_eq!(canvases(1).verdict(), limited, "{case}: the limit counts");
        }
    }
}

#[test]
fn operations_take_no_canvas_that_they_can_do_without() {
    const SIDES: (u16, u16) = (2800, 1900);
    // All of it changes from frame to frame.
    let frames = [0, 1, 2].map(|number| made::MadeFrame {
        left: 0,
        top: 0,
        ..banded(number, SIDES)
    });
    let source = made::gif(SIDES.0, SIDES.1, None, &frames);
    let [width, height] = [SIDES.0, SIDES.1].map(usize::from);
    for (operation, (width, height), canvases) in [
        ("sharpen:0.3", (width, height), 4),
        ("border:100", (width + 200, height + 200), 3),
        ("glitch", (width, height), 3),
    ] {
        let bytes = canvases * width * height * 4 + source.len() + (4 << 20);
        let bytes = bytes.to_string();
        let service = Service::with(&[("workers", "1"), ("worker_memory_bytes", &*bytes)]);
        let answer = service.post(&format!("/v1/process?op={operation}"), &source);
        assert_eq!(answer.verdict(), (200, String::new()), "{operation}");
    }
}

#[test]
fn a_library_that_gets_no_memory_is_told_as_the_limit_that_it_is() {
    const SIDE: usize = 2800;
    // Noise, so that what is coded takes much memory as well.
    let soft = |x: usize, y: usize| {
        let [r, g, b, a] = ((x * 7919 + y * 104_729) as u32)
            .wrapping_mul(2_654_435_761)
            .to_le_bytes();
        [r, g, b, a | 1]
    };
    let source = made::png(&Picture::painted(SIDE, SIDE, soft));
    let mut answers = BTreeSet::new();
    // libwebp asks the kernel for its own, and says in several ways that it got none.
    for mebibytes in (64..=150).step_by(6) {
        let bytes = format!("{mebibytes} MiB");
        let service = Service::with(&[("workers", "1"), ("worker_memory_bytes", &*bytes)]);
        let answer = service.post("/v1/process?format=webp", &source);
        answers.insert(match answer.status {
            200 => String::new(),
            _ => answer.code(),
        });
    }
    let expected = [String::new(), "memory_limit".to_owned()];
    assert_eq!(answers, BTreeSet::from(expected));
}

/// Pages that the process has been given so far without reading them from a disk.
fn minor_faults(pid: i32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The second field, the name, may hold anything.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    fields.split_whitespace().nth(7).unwrap().parse().unwrap()
}
