//! Animations of which little changes from frame to frame. Of those only that is done, so each frame must be
//! what the same operations make of it when it is the only one.

use crate::apng_reader;
use crate::made;
use crate::picture::{Picture, Pixel};
use crate::service::Service;

const SIDES: (u16, u16) = (320, 200);
/// What each frame after the first draws: left, top, width, height and disposal.
const DRAWN: [(u16, u16, u16, u16, u8); 8] = [
    (10, 20, 30, 12, 1),
    (300, 190, 20, 10, 1),
    (0, 0, 1, 1, 2),
    (100, 60, 40, 30, 3),
    (150, 80, 25, 25, 2),
    (64, 64, 64, 8, 1),
    (90, 10, 7, 180, 1),
    (200, 100, 60, 40, 3),
];

/// In which every pixel of a frame differs from what was there, but some that are transparent.
fn animation() -> Vec<u8> {
    let frame = |number: usize, (left, top, width, height, disposal)| made::MadeFrame {
        left,
        top,
        width,
        delay_cs: 5,
        disposal,
        local: None,
        indexes: (0..usize::from(width) * usize::from(height))
            .map(|at| (at * at / 7 + at * 3 + number * 31) % 128)
            .map(|index| index as u8)
            .collect(),
    };
    let all = (0, 0, SIDES.0, SIDES.1, 1);
    let frames = std::iter::once(all).chain(DRAWN).enumerate();
    let frames: Vec<_> = frames.map(|(number, place)| frame(number, place)).collect();
    made::gif(SIDES.0, SIDES.1, None, &frames)
}

/// The frames behind these operations, without loss but of the colours of what is transparent.
fn frames(service: &Service, source: &[u8], operations: &str) -> Vec<Picture> {
    let operations = operations.replace(' ', "&op=");
    let answer = service.post(&format!("/v1/process?op={operations}&format=apng"), source);
    assert_eq!(answer.verdict(), (200, String::new()), "{operations}");
    let apng =
        apng_reader::read(&answer.body).unwrap_or_else(|error| panic!("{operations}: {error}"));
    let seen = |pixel: Pixel| if pixel[3] == 0 { [0; 4] } else { pixel };
    apng.frames.iter().map(|frame| frame.mapped(seen)).collect()
}

#[test]
fn each_frame_is_what_it_would_be_alone() {
    let service = Service::with(&[]);
    let gif = animation();
    let coded = |query: &str| service.post(&format!("/v1/process?{query}"), &gif).body;
    let sources = [
        ("gif", gif.clone()),
        ("apng", coded("format=apng")),
        ("webp", coded("format=webp&lossless=true")),
    ];
    let numbers = || 1..=1 + DRAWN.len();
    for (format, source) in &sources {
        for operations in [
            "invert",
            "blur:1",
            "resize:160",
            "resize:77 sharpen",
            "blur:1 resize:100:100:cover",
            "resize:200:200:contain:background=white",
            "resize:90:filter=mitchell",
            "thumbnail:64 border:3",
            "crop:100:80:left=60:top=50 median",
            "flip mirror",
            "rotate:90 resize:100",
            "pad:400:300 pixel:9",
            "circle",
            "round:40 extend:0:0:20:10",
            "vignette",
        ] {
            let got = frames(&service, source, operations);
            let alone = |number| {
                let operations = format!("still:{number} {operations}");
                frames(&service, source, &operations).remove(0)
            };
            let expected: Vec<Picture> = numbers().map(alone).collect();
            assert!(got == expected, "{format}: {operations}");
        }
        // Which frames come, and that they are the same.
        let all = frames(&service, source, "resize:200");
        let expected = |which: &[usize]| -> Vec<Picture> {
            which.iter().map(|number| all[number - 1].clone()).collect()
        };
        for (operations, which) in [
            ("resize:200 reverse", &[9, 8, 7, 6, 5, 4, 3, 2, 1][..]),
            ("reverse resize:200", &[9, 8, 7, 6, 5, 4, 3, 2, 1]),
            ("frames:2:8:3 resize:200", &[2, 5, 8]),
            ("resize:200 fps:10 reverse", &[9, 7, 5, 3, 1]),
            ("speed:0.5 resize:200 frames:7:9", &[7, 8, 9]),
            ("frames:6:9 bounce resize:200", &[6, 7, 8, 9, 8, 7]),
        ] {
            let got = frames(&service, source, operations);
            assert!(got == expected(which), "{format}: {operations}");
        }
    }
}
