//! Second pictures: how a request brings them, what is laid where, and what is said when one is
//! missing, broken, or not wanted.

use serde_json::Value;

use crate::forms::form;
use crate::gif_reader::Gif;
use crate::made;
use crate::origin::{LOOPBACK, Origin};
use crate::picture::{Picture, Pixel, assert_same};
use crate::png_reader;
use crate::service::{Answer, Service};

const RED: Pixel = [255, 0, 0, 255];
const GREEN: Pixel = [0, 255, 0, 255];

fn plain(width: usize, height: usize, colour: Pixel) -> Vec<u8> {
    made::png(&Picture::painted(width, height, |_, _| colour))
}

fn seen(answer: &Answer) -> Picture {
    assert_eq!(answer.verdict(), (200, String::new()));
    png_reader::read(&answer.body).expect("a sound PNG")
}

/// Red with a green square of 2 × 2 at `left`, `top`: 8 × 6.
fn marked(left: usize, top: usize) -> Picture {
    Picture::painted(8, 6, |x, y| {
        let inside = (left..left + 2).contains(&x) && (top..top + 2).contains(&y);
        if inside { GREEN } else { RED }
    })
}

#[test]
fn a_form_and_a_query_bring_a_second_picture() {
    let origin = Origin::start();
    let service = Service::with(&[LOOPBACK]);
    let (below, mark) = (plain(8, 6, RED), plain(2, 2, GREEN));
    let pictures = [("image", below.as_slice()), ("image2", &mark)];
    let corner = form(
        &service,
        "/v1/process?op=overlay:gravity=southeast",
        &pictures,
    );
    assert_same(&seen(&corner), &marked(6, 4), "in the corner");
    let job = br#"{"ops":[{"op":"overlay","gravity":"northwest","x":1}]}"#;
    let first = ("image2", mark.as_slice());
    let parts = [first, ("job", job), ("image", &below)];
    let left = form(&service, "/v1/process", &parts);
    assert_same(&seen(&left), &marked(1, 0), "parts in any order");
    let effect = form(&service, "/image/overlay/?gravity=north&y=3", &pictures);
    assert_same(&seen(&effect), &marked(3, 3), "as an effect");

    let picture = origin.url("/picture.png");
    let by_url = format!("?url={picture}&url2={picture}");
    for path in ["/image/overlay/", "/v1/process"] {
        let answer = service.get(&format!("{path}{by_url}&op=overlay"));
        assert_eq!(seen(&answer).size(), (12, 8), "{path}");
        assert!(
            answer
                .header("server-timing")
                .unwrap()
                .matches("fetch")
                .count()
                == 1
        );
    }
    let mixed = format!("/v1/process?op=overlay:gravity=northwest&url2={picture}");
    assert_eq!(
        seen(&service.post(&mixed, &plain(40, 40, RED))).size(),
        (40, 40)
    );
}

#[test]
fn a_third_picture_can_lie_on_the_second() {
    let service = Service::start();
    let path = "/v1/process?op=overlay:2:northwest&op=overlay:3:northwest";
    let blue = [0, 0, 255, 255];
    let (below, second, third) = (plain(8, 6, RED), plain(2, 2, GREEN), plain(1, 1, blue));
    let parts = [
        ("image", below.as_slice()),
        ("image2", &second),
        ("image3", &third),
    ];
    let picture = seen(&form(&service, path, &parts));
    assert_eq!(picture.pixel(0, 0), blue);
    assert_eq!(picture.pixel(1, 1), GREEN);
    assert_eq!(picture.pixel(2, 2), RED);
}

#[test]
fn an_animation_carries_it_on_every_frame_and_keeps_its_time() {
    let service = Service::start();
    let (animation, mark) = (made::animation(), plain(3, 2, GREEN));
    let before = Gif::parse(&animation).unwrap();
    let parts = [("image", animation.as_slice()), ("image2", &mark)];
    let answer = form(&service, "/v1/process?op=overlay:gravity=northwest", &parts);
    let after = Gif::parse(&answer.body).unwrap();
    let delays = |gif: &Gif<'_>| gif.frames.iter().map(|f| f.delay_cs).collect::<Vec<_>>();
    assert_eq!(delays(&after), delays(&before));
    assert_eq!(after.loops, before.loops);
    for (before, after) in before.canvases().zip(after.canvases()) {
        let (before, after) = (before.unwrap(), after.unwrap());
        assert_eq!(after.len(), before.len());
        assert_eq!(after[..12], GREEN.repeat(3), "the first row of the mark");
    }
}

#[test]
fn an_animation_lies_on_a_picture_with_its_first_frame() {
    let service = Service::start();
    let (below, animation) = (plain(64, 64, RED), made::animation());
    let parts = [("image", below.as_slice()), ("image2", &animation)];
    let answer = form(&service, "/v1/process?op=overlay", &parts);
    assert_eq!(answer.header("content-type"), Some("image/png"));
    assert_ne!(seen(&answer).pixel(32, 32), RED);
}

#[test]
fn a_picture_that_is_missing_is_asked_for_before_anything_is_fetched() {
    let service = Service::start();
    // Fetching would be refused: nothing is allowed.
    for path in [
        "/v1/process?op=overlay&url=http://127.0.0.1:9/",
        "/image/overlay/?url=http://127.0.0.1:9/",
        "/v1/process?op=overlay:3&url=http://127.0.0.1:9/&url2=http://127.0.0.1:9/",
    ] {
        let answer = service.get(path);
        assert_eq!(
            answer.verdict(),
            (422, "bad_parameter".to_owned()),
            "{path}"
        );
        let wanted = if path.contains(":3") { "url3" } else { "url2" };
        assert_eq!(answer.json()["parameter"], wanted, "{path}");
        assert_eq!(answer.json()["detail"][0]["type"], "missing", "{path}");
    }
    let answer = service.post("/v1/process?op=overlay", &plain(2, 2, RED));
    assert_eq!(answer.verdict(), (422, "bad_parameter".to_owned()));
    assert_eq!(answer.json()["parameter"], "image2");
}

#[test]
fn a_picture_that_nothing_takes_is_refused_in_pipelines_and_ignored_in_effects() {
    let service = Service::start();
    let picture = plain(2, 2, RED);
    let parts = [("image", picture.as_slice()), ("image2", b"no picture")];
    let answer = form(&service, "/v1/process?op=invert", &parts);
    assert_eq!(answer.verdict(), (422, "bad_parameter".to_owned()));
    assert_eq!(answer.json()["parameter"], "url2");
    assert_eq!(form(&service, "/image/invert/", &parts).status, 200);
}

#[test]
fn a_second_picture_that_is_broken_is_refused_by_its_number() {
    let origin = Origin::start();
    let service = Service::with(&[LOOPBACK, ("pixels_max", "1000000")]);
    let (below, large) = (plain(8, 6, RED), plain(1001, 1000, GREEN));
    for (second, code) in [(b"hello".as_slice(), "not_an_image"), (&large, "too_large")] {
        let parts = [("image", below.as_slice()), ("image2", second)];
        let answer = form(&service, "/v1/process?op=overlay", &parts);
        assert_eq!(answer.code(), code);
        let message = answer.json()["message"].to_string();
        assert!(
            code == "too_large" || message.contains("picture 2"),
            "{message}"
        );
    }
    let url = |path| origin.url(path);
    let path = format!(
        "op=overlay&url={}&url2={}",
        url("/picture.png"),
        url("/none")
    );
    let answer = service.get(&format!("/v1/process?{path}"));
    assert_eq!(answer.verdict(), (502, "source_unreachable".to_owned()));
    assert_eq!(answer.json()["picture"], 2);
}

#[test]
fn all_pictures_together_are_bounded_like_one() {
    let service = Service::with(&[("source_bytes_max", "1 MiB")]);
    let picture = plain(8, 6, RED);
    let parts = [
        ("image", picture.as_slice()),
        ("image2", &vec![0; (1 << 20) + 1]),
    ];
    let answer = form(&service, "/v1/process?op=overlay", &parts);
    assert_eq!(answer.verdict(), (413, "too_large".to_owned()));
    let parts = [("image", picture.as_slice()), ("image2", &picture)];
    let blended = form(&service, "/v1/process?op=overlay:blend=difference", &parts);
    assert_eq!(
        seen(&blended).pixel(0, 0),
        [0, 0, 0, 255],
        "nothing stayed behind"
    );
}

#[test]
fn a_crash_over_two_pictures_comes_again() {
    let kept = tempfile::tempdir().unwrap();
    let folder = kept.path().to_str().unwrap();
    let settings = [("crash_bundles", folder), ("crash_bundle_sources", "true")];
    let service = Service::with_caged("filtered", &settings);
    let parts = [("image", b"die: fault".as_slice()), ("image2", b"")];
    let answer = form(&service, "/v1/process?op=overlay", &parts);
    assert_eq!(answer.status, 502, "{:?}", answer.verdict());
    service.wait_until("it is kept", || {
        crate::bundles::bundles(kept.path()).len() == 1
    });
    let bundle = &crate::bundles::bundles(kept.path())[0];
    let told: Value = serde_json::from_slice(&std::fs::read(bundle).unwrap()).unwrap();
    assert_eq!(told["source"]["cuts"], serde_json::json!([10]));
    let again = crate::bundles::replay(&service, bundle, &[]);
    assert!(again.status.success(), "{again:?}");
}
