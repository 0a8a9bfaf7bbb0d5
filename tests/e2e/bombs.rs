//! Small files that stand for much: refused from what they announce, before any of it is taken.

use std::time::{Duration, Instant};

use crate::made;
use crate::picture::{Picture, Pixel};
use crate::postlude::{Baseline, rss_bytes, rss_peak_bytes, serves};
use crate::service::Service;

/// A PNG of one grey, 900 megapixels, as a small file.
fn huge_png() -> Vec<u8> {
    const SIDE: u32 = 30_000;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIDE, SIDE);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().unwrap();
    let mut rows = writer.stream_writer().unwrap();
    let row = [0xFF; SIDE as usize / 8];
    for _ in 0..SIDE {
        std::io::Write::write_all(&mut rows, &row).unwrap();
    }
    rows.finish().unwrap();
    writer.finish().unwrap();
    bytes
}

/// One picture of noise, which does not compress.
fn noise(width: usize, height: usize) -> Picture {
    Picture::painted(width, height, |x, y| -> Pixel {
        let mut random = fastrand::Rng::with_seed((y * width + x) as u64);
        [random.u8(..), random.u8(..), random.u8(..), 255]
    })
}

#[test]
fn a_picture_of_900_megapixels_is_refused_at_once_by_its_head() {
    let mut service = Service::with(&[("workers", "1")]);
    let baseline = Baseline::of(&service);
    let bomb = huge_png();
    assert!(bomb.len() < 5_000_000, "{} bytes", bomb.len());
    serves(&service);
    let worker = service.idle_pids()[0];
    let before = rss_bytes(worker);
    let begun = Instant::now();
    let answer = service.post("/v1/process?op=invert", &bomb);
    // Milliseconds where nothing else runs; seconds would mean that it was decoded.
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(answer.verdict(), (413, "too_large".to_owned()));
    let body = answer.json();
    assert_eq!(body["limit"], "pixels_max");
    assert_eq!(body["value"], 900_000_000);
    assert_eq!(body["max"], 50_000_000);
    assert_eq!(service.idle_pids(), [worker], "and its worker lives");
    let peak = rss_peak_bytes(worker);
    assert!(peak < before + (20 << 20), "from {before} to {peak} bytes");
    baseline.returns(&mut service);
}

#[test]
fn an_animation_of_too_many_frames_is_refused_with_the_limit() {
    let mut service = Service::start();
    let baseline = Baseline::of(&service);
    let before = service.idle_pids();
    let frames: Vec<_> = (0..10_000)
        .map(|_| made::MadeFrame {
            left: 0,
            top: 0,
            width: 1,
            delay_cs: 1,
            disposal: 1,
            local: None,
            indexes: vec![3],
        })
        .collect();
    let answer = service.post("/v1/process?op=invert", &made::gif(8, 8, None, &frames));
    assert_eq!(answer.verdict(), (413, "too_many_frames".to_owned()));
    assert_eq!(answer.json()["limit"], "frames_max");
    assert_eq!(answer.json()["max"], 1000);
    assert_eq!(service.idle_pids(), before);
    baseline.returns(&mut service);
}

/// Frames of one pixel on a large canvas cost the canvas each time.
#[test]
fn frames_count_with_the_canvas_that_each_of_them_fills() {
    let mut service = Service::with(&[("pixels_max", "1000000"), ("total_pixels_max", "1000000")]);
    let baseline = Baseline::of(&service);
    let before = service.idle_pids();
    let frames: Vec<_> = (0..20)
        .map(|_| made::MadeFrame {
            left: 0,
            top: 0,
            width: 1,
            delay_cs: 1,
            disposal: 1,
            local: None,
            indexes: vec![3],
        })
        .collect();
    let answer = service.post("/v1/process?op=invert", &made::gif(400, 400, None, &frames));
    assert_eq!(answer.verdict(), (413, "too_large".to_owned()));
    assert_eq!(answer.json()["limit"], "total_pixels_max");
    assert_eq!(service.idle_pids(), before);
    baseline.returns(&mut service);
}

/// Width and height stand in the head; the rows that follow are fewer, or more.
#[test]
fn a_head_that_lies_about_the_rows_costs_no_worker() {
    let mut service = Service::start();
    let baseline = Baseline::of(&service);
    let before = service.idle_pids();
    let honest = made::png(&made::still(64, 64));
    for [width, height] in [[64, 6400], [6400, 64], [1, 64], [64, 1], [0, 64], [64, 0]] {
        let lying = with_png_size(&honest, width, height);
        let answer = service.post("/v1/process?op=invert", &lying);
        // Too few rows are damage; too many are ignored, as viewers do.
        assert!(
            answer.status == 422 && answer.code() == "bad_image" || answer.status == 200,
            "{width}x{height}: {:?}",
            answer.verdict()
        );
        if answer.status == 200 {
            assert!(
                width * height < 64 * 64,
                "{width}x{height} has no such rows"
            );
        }
    }
    let answer = service.post("/v1/process", &with_png_size(&honest, 70_000, 70_000));
    assert_eq!(answer.verdict(), (413, "too_large".to_owned()));
    assert_eq!(service.idle_pids(), before);
    baseline.returns(&mut service);
}

/// The same file with another width and height in its first chunk, and that chunk's checksum.
fn with_png_size(png: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut lying = png.to_vec();
    lying[16..20].copy_from_slice(&width.to_be_bytes());
    lying[20..24].copy_from_slice(&height.to_be_bytes());
    let checksum = crc32(&lying[12..29]);
    lying[29..33].copy_from_slice(&checksum.to_be_bytes());
    lying
}

/// The checksum of PNG chunks, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1));
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), step)
    })
}

#[test]
fn a_result_over_its_limit_is_refused_by_the_worker_which_lives() {
    let mut service = Service::with(&[("output_bytes_max", "64 KiB")]);
    let baseline = Baseline::of(&service);
    let before = service.idle_pids();
    let answer = service.post("/v1/process?op=invert", &made::png(&noise(300, 300)));
    assert_eq!(answer.verdict(), (413, "output_too_large".to_owned()));
    assert_eq!(answer.json()["limit"], "output_bytes_max");
    assert_eq!(answer.json()["max"], 64 << 10);
    assert_eq!(service.idle_pids(), before);
    baseline.returns(&mut service);
}

#[test]
fn a_reply_over_its_limit_is_never_taken_into_memory() {
    let settings = [("output_bytes_max", "256 MiB"), ("workers", "1")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let before = rss_peak_bytes(service.pid());
    for length in [(256 << 20) + 1, 1_u64 << 40, u64::MAX] {
        let script = format!("endless reply:{length}");
        let answer = service.post("/v1/process", script.as_bytes());
        assert_eq!(answer.verdict(), (502, "protocol_error".to_owned()));
        assert_eq!(service.post("/v1/process", b"echo").body, b"echo");
    }
    let peak = rss_peak_bytes(service.pid());
    assert!(peak < before + (16 << 20), "from {before} to {peak} bytes");
    baseline.returns_without_leak(&mut service, 16 << 20);
}

/// A promise of much is given memory only as it is kept.
#[test]
fn a_reply_that_announces_much_and_brings_little_holds_little() {
    let settings = [("output_bytes_max", "1 GiB"), ("job_deadline_ms", "3000")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let before = rss_peak_bytes(service.pid());
    let answer = service.post("/v1/process", b"promise:1073741824");
    assert_eq!(answer.verdict(), (504, "deadline_exceeded".to_owned()));
    let peak = rss_peak_bytes(service.pid());
    assert!(peak < before + (16 << 20), "from {before} to {peak} bytes");
    baseline.returns_without_leak(&mut service, 16 << 20);
}

#[cfg(target_arch = "x86_64")]
#[test]
fn a_bomb_of_processes_or_threads_ends_its_worker_and_nothing_else() {
    let mut service = Service::with_caged("filtered", &[]);
    let baseline = Baseline::of(&service);
    for bomb in ["a fork bomb", "a thread bomb"] {
        let answer = service.post("/v1/process", format!("attempt: {bomb}").as_bytes());
        assert_eq!(
            answer.verdict(),
            (502, "sandbox_violation".to_owned()),
            "{bomb}"
        );
        assert_eq!(answer.json()["signal"], 31, "{bomb}");
        serves(&service);
    }
    baseline.returns(&mut service);
}

#[test]
fn without_the_filter_a_bomb_makes_not_one_process_or_thread() {
    let mut service = Service::with_caged("unfiltered", &[]);
    let baseline = Baseline::of(&service);
    let layers = service.status()["missing_layers"].clone();
    if layers != serde_json::json!(["system-call-filter"]) {
        return crate::manifest::say(&format!("NOT TESTED, this system lacks layers: {layers}"));
    }
    for bomb in ["a fork bomb", "a thread bomb"] {
        let answer = service.post("/v1/process", format!("attempt: {bomb}").as_bytes());
        let said = String::from_utf8(answer.body).unwrap();
        assert!(said.starts_with("0 got through"), "{bomb}: {said}");
    }
    baseline.returns(&mut service);
}
