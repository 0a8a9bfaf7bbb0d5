//! What comes out of each option that is served.

use super::*;

#[test]
fn each_option_does_what_the_page_says() {
    let origin = origin();
    let presets = "small=w:8/h:8,default=bg:000";
    let service = Service::with(&[LOOPBACK, ("imgproxy_presets", presets)]);
    let get = |options: &str| picture(&service.get(&unsigned(&origin, options, "@png")));
    for (options, size) in [
        ("", (80, 40)),
        ("rs:fit:20:20", (20, 10)),
        ("resize:fill:20:20", (20, 20)),
        ("rs:fill:100:20", (80, 20)),
        ("rs:fill-down:100:100", (40, 40)),
        ("rs:force:20:30", (20, 30)),
        ("rs:auto:20:0", (20, 10)),
        ("size:160:0", (80, 40)),
        ("s:160:0:1", (160, 80)),
        ("width:40", (40, 20)),
        ("h:10", (20, 10)),
        ("w:160/enlarge:t", (160, 80)),
        ("w:10/zoom:2", (20, 10)),
        ("w:10/dpr:2/pd:1", (24, 14)),
        ("rs:fit:20:20:0:1", (20, 20)),
        ("w:100/h:100/ex:1:no", (100, 100)),
        ("w:20/h:20/exar:1", (20, 20)),
        ("c:30:20", (30, 20)),
        ("crop:30:0:we/w:15", (15, 20)),
        ("pd:1:2:3:4", (86, 44)),
        ("rot:90", (40, 80)),
        ("rot:90/w:20", (20, 40)),
        ("preset:small", (8, 4)),
        ("pr:small/h:2", (4, 2)),
        ("cb:abc/sm:1/kcr:0/scp:1/eth:0/ar:1/raw:0", (80, 40)),
    ] {
        assert_eq!(get(options).size(), size, "{options}");
    }
    let corner = |options: &str| get(options).pixel(0, 0);
    let (red, green, blue) = ([255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]);
    assert_eq!(corner("c:10:10:nowe"), red);
    assert_eq!(corner("c:10:10/g:noea"), green);
    assert_eq!(corner("rs:fill:20:40:0/g:ea"), green);
    assert_eq!(corner("fl:1"), green);
    assert_eq!(corner("fl:0:1"), blue);
    assert_eq!(corner("rot:90"), blue);
    assert_eq!(corner("pd:3"), [0, 0, 0, 255], "the preset's background");
    assert_eq!(corner("pd:3/bg:1:2:3"), [1, 2, 3, 255]);
    assert_eq!(corner("pd:3/bg:"), [0; 4]);
    let framed = format!("{PREFIX}/_/t:5/plain/{}@png", origin.url("/framed.png"));
    for (trim, size) in [
        ("t:5", (10, 12)),
        ("t:5:ffffff", (10, 12)),
        ("t:5:00f", (20, 20)),
    ] {
        let path = framed.replace("t:5", trim);
        assert_eq!(picture(&service.get(&path)).size(), size, "{trim}");
    }
    for blurred in ["bl:4", "pix:30", "sh:2/bl:1"] {
        assert_ne!(get(blurred).rgba, get("").rgba, "{blurred}");
    }
}

#[test]
fn without_an_extension_the_format_stays_that_of_the_source() {
    let service = Service::with(&[LOOPBACK]);
    for (file, kind) in [
        ("photo/photo_tiny_hopper.jpg", "image/jpeg"),
        ("webp/hopper_lossy.webp", "image/webp"),
        ("other/hopper.avif", "image/avif"),
        ("gif/gif_all_disposals.gif", "image/gif"),
    ] {
        let path = format!("{}/tests/images/{file}", env!("CARGO_MANIFEST_DIR"));
        let origin = Origin::serving([("/file", std::fs::read(path).unwrap())]);
        let get = |options: &str| {
            let answer = service.get(&format!(
                "{PREFIX}/unsafe/{options}/plain/{}",
                origin.url("/file")
            ));
            assert_eq!(
                answer.header("content-type"),
                Some(kind),
                "{options} {file}"
            );
            answer.body.len()
        };
        get("w:20");
        get("pd:4/bg:f00");
        if kind != "image/gif" {
            assert!(get("q:10") < get("q:90"), "{file}");
        }
    }
    // One that is read and not written, and a still in a format of animations.
    let pnm = b"P6 2 1 255\n\xff\0\0\0\xff\0".to_vec();
    let pixel =
        b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
    for (file, kind) in [(pnm, "image/png"), (pixel.to_vec(), "image/gif")] {
        let origin = Origin::serving([("/file", file)]);
        let answer = service.get(&format!("{PREFIX}/unsafe/plain/{}", origin.url("/file")));
        assert_eq!(answer.header("content-type"), Some(kind));
    }
}

#[test]
fn formats_qualities_and_names_of_files_are_as_asked() {
    let origin = origin();
    let service = Service::with(&[LOOPBACK]);
    let get = |options: &str, extension: &str| service.get(&unsigned(&origin, options, extension));
    for (options, extension, expected) in [
        ("", "", "image/png"),
        ("", "@jpg", "image/jpeg"),
        ("f:webp", "", "image/webp"),
        ("f:webp", "@gif", "image/gif"),
        ("ext:avif", "", "image/avif"),
    ] {
        let answer = get(options, extension);
        assert_eq!(
            answer.header("content-type"),
            Some(expected),
            "{options}{extension}"
        );
        assert!(answer.header("content-disposition").is_none());
    }
    let length = |options: &str| get(options, "@jpg").body.len();
    assert!(length("q:10/bl:1") < length("q:95/bl:1"));
    assert_eq!(length("fq:jpg:10:webp:90"), length("q:10"));
    assert!(length("mb:900") <= 900);
    for (options, expected) in [
        ("fn:my%20cat", "inline; filename=\"my cat.jpg\""),
        ("fn:bXkgY2F0:1/att:1", "attachment; filename=\"my cat.jpg\""),
        ("att:t", "attachment"),
        (
            "fn:k%C3%A4tzchen",
            "inline; filename*=UTF-8''k%C3%A4tzchen.jpg",
        ),
    ] {
        let answer = get(options, "@jpg");
        assert_eq!(
            answer.header("content-disposition"),
            Some(expected),
            "{options}"
        );
    }
    let named = unsigned(&origin, "fn:cat", "@jpg");
    let tag = service.get(&named).header("etag").unwrap().to_owned();
    let known = service.get_with(&named, &[("if-none-match", &tag)]);
    assert_eq!(known.status, 304);
    assert!(known.header("content-disposition").is_none());
    let animation = format!("{PREFIX}/_/w:5/plain/{}", origin.url("/animation.gif"));
    let animation = service.get(&animation);
    assert_eq!(animation.header("content-type"), Some("image/gif"));
    is_forged(&get("exp:1000000000", ""), "expired");
    assert_eq!(get("exp:9999999999", "").status, 200);
}
