//! The options of the output formats: what each does, and what is refused.

use serde_json::json;

use crate::gif_reader::Gif;
use crate::made;
use crate::outputs::{bytes, photo};
use crate::service::Service;

/// The first marker of a JPEG's frame, and its components' sampling factors.
fn frame_header(jpeg: &[u8]) -> (u8, Vec<u8>) {
    let mut at = 2;
    loop {
        let (marker, length) = (
            jpeg[at + 1],
            u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]),
        );
        if matches!(marker, 0xc0..=0xc3) {
            let components = jpeg[at + 10..].chunks(3).take(jpeg[at + 9].into());
            return (marker, components.map(|component| component[1]).collect());
        }
        at += 2 + usize::from(length);
    }
}

#[test]
fn options_do_what_they_say() {
    let service = Service::start();
    let source = made::png(&photo());
    let bytes = |query: &str| bytes(&service, query, &source);
    for format in ["jpeg", "webp", "avif"] {
        let sizes = ["10", "50", "95"]
            .map(|quality| bytes(&format!("format={format}&quality={quality}")).len());
        assert!(
            sizes.is_sorted() && sizes[0] < sizes[2],
            "{format}: {sizes:?}"
        );
    }
    assert_eq!(frame_header(&bytes("format=jpeg")).0, 0xc0);
    assert_eq!(frame_header(&bytes("format=jpeg&progressive=true")).0, 0xc2);
    for (name, luma) in [("420", 0x22), ("422", 0x21), ("444", 0x11)] {
        let query = format!("format=jpg&subsampling={name}");
        assert_eq!(frame_header(&bytes(&query)).1, [luma, 0x11, 0x11], "{name}");
    }
    let best = bytes("format=png&compression=smallest").len();
    assert!(best < bytes("format=png").len(), "{best}");
    let few = bytes("format=gif&colors=8");
    let gif = Gif::parse(&few).unwrap();
    assert!(gif.global_colours.is_some_and(|colours| colours <= 16));
    let plain = bytes("format=gif&colors=8&dither=none");
    assert_eq!(few, plain, "the default, and the same bytes every time");
    for dither in ["ordered", "diffusion"] {
        let other = bytes(&format!("format=gif&colors=8&dither={dither}"));
        assert_ne!(other, plain, "{dither}");
    }
    assert_eq!(&bytes("format=webp")[12..16], b"VP8 ");
    assert_eq!(&bytes("format=webp&lossless=1")[12..16], b"VP8L");
}

#[test]
fn a_form_may_name_the_output_too() {
    let service = Service::start();
    let job = json!({"ops": [], "output": {"format": "jpeg", "quality": 30, "progressive": true}});
    let mut body = b"--x\r\ncontent-disposition: form-data; name=\"job\"\r\n\r\n".to_vec();
    body.extend(job.to_string().bytes());
    body.extend(b"\r\n--x\r\ncontent-disposition: form-data; name=\"image\"\r\n\r\n");
    body.extend(made::png(&photo()));
    body.extend(b"\r\n--x--\r\n");
    let answer = service.post_as("/v1/process", "multipart/form-data; boundary=x", &body);
    assert_eq!(answer.header("content-type"), Some("image/jpeg"));
    assert_eq!(frame_header(&answer.body).0, 0xc2);
}

#[test]
fn options_that_cannot_be_met_are_refused_by_name() {
    let service = Service::start();
    let source = made::png(&made::still(8, 8));
    for (query, parameter, said) in [
        ("format=png&quality=80", "quality", "only jpeg, webp, avif"),
        ("quality=80", "quality", "format be one of auto"),
        ("format=jpeg&quality=101", "quality", "from 1 to 100"),
        (
            "format=gif&dither=maybe",
            "dither",
            "one of none, ordered, diffusion",
        ),
        (
            "format=jpeg&background=mauve-ish",
            "background",
            "a colour like",
        ),
        (
            "format=jpeg&qualty=80",
            "qualty",
            "did you mean \"quality\"",
        ),
        ("format=webb", "format", "must be one of auto"),
    ] {
        let answer = service.post(&format!("/v1/process?{query}"), &source);
        assert_eq!(
            answer.verdict(),
            (422, "bad_parameter".to_owned()),
            "{query}"
        );
        let body = answer.json();
        assert_eq!(body["parameter"], parameter, "{query}");
        let message = body["message"].as_str().unwrap();
        assert!(message.contains(said), "{message}");
    }
    let body = service.post("/v1/process?format=webb", &source).json();
    assert_eq!(body["did_you_mean"], "webp");
}

#[test]
fn a_picture_too_wide_for_its_format_is_refused_with_the_limit() {
    let service = Service::start();
    let source = made::png(&made::opaque_still(2, 1));
    let answer = service.post("/v1/process?op=resize:16384:1:stretch&format=webp", &source);
    assert_eq!(answer.verdict(), (413, "output_too_large".to_owned()));
    let body = answer.json();
    assert_eq!(
        (&body["limit"], &body["max"]),
        (&json!("output_side_max"), &json!(16383))
    );
}

#[test]
fn the_catalogue_lists_every_option_with_its_formats() {
    let service = Service::start();
    let catalogue = service.get("/v1/effects").json();
    let formats = json!(["auto", "png", "gif", "jpeg", "webp", "apng", "avif"]);
    assert_eq!(catalogue["formats"], formats);
    let options = catalogue["output"].as_array().unwrap();
    let quality = options
        .iter()
        .find(|option| option["name"] == "quality")
        .unwrap();
    assert_eq!(quality["formats"], json!(["jpeg", "webp", "avif"]));
    assert_eq!(quality["maximum"], json!(100.0));
}
