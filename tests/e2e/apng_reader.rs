//! Reads the service's PNG and APNG answers to whole frames. The `png` crate gives the rectangles;
//! putting them together is done here, not by the worker's code.

use std::io::Cursor;

use png::{BlendOp, ColorType, Decoder, DisposeOp, FrameControl, Transformations};

use crate::picture::{Picture, Pixel};

/// A still or an animation.
pub(crate) struct Apng {
    pub(crate) frames: Vec<Picture>,
    /// Of each frame; empty for a still.
    pub(crate) delays_ms: Vec<u32>,
    /// How often it plays, 0 for ever; `None` for a still.
    pub(crate) plays: Option<u32>,
}

/// The whole of a file.
pub(crate) fn read(bytes: &[u8]) -> Result<Apng, String> {
    read_whole(bytes).map_err(|error| error.to_string())
}

fn read_whole(bytes: &[u8]) -> Result<Apng, Box<dyn std::error::Error>> {
    let mut decoder = Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
    let mut reader = decoder.read_info()?;
    let control = reader.info().animation_control;
    let [width, height] = [reader.info().width, reader.info().height].map(|side| side as usize);
    let mut canvas = Picture::painted(width, height, |_, _| [0; 4]);
    let mut apng = Apng {
        frames: Vec::new(),
        delays_ms: Vec::new(),
        plays: control.map(|control| control.num_plays),
    };
    let mut samples = vec![0; reader.output_buffer_size().ok_or("too large")?];
    while apng.frames.len() < control.map_or(1, |control| control.num_frames as usize) {
        let frame = reader.next_frame(&mut samples)?;
        let pixels = match frame.color_type {
            ColorType::Rgba => samples[..frame.buffer_size()].as_chunks().0.to_vec(),
            ColorType::GrayscaleAlpha => {
                let pixels = samples[..frame.buffer_size()].as_chunks::<2>().0.iter();
                pixels.map(|&[g, alpha]| [g, g, g, alpha]).collect()
            }
            other => return Err(format!("{other:?} was not asked for").into()),
        };
        let Some(place) = reader.info().frame_control.filter(|_| control.is_some()) else {
            // A still, or a picture for those who do not know APNG.
            if control.is_none() {
                apng.frames
                    .push(Picture::new(width, height, pixels.concat()));
            }
            continue;
        };
        let before = canvas.clone();
        draw(&mut canvas, &place, &pixels);
        apng.frames.push(canvas.clone());
        apng.delays_ms.push(delay_ms(&place));
        match place.dispose_op {
            DisposeOp::None => {}
            DisposeOp::Previous => canvas = before,
            DisposeOp::Background => {
                let place = FrameControl {
                    blend_op: BlendOp::Source,
                    ..place
                };
                draw(&mut canvas, &place, &vec![[0; 4]; pixels.len()]);
            }
        }
    }
    reader.finish()?;
    Ok(apng)
}

fn delay_ms(place: &FrameControl) -> u32 {
    let parts = match place.delay_den {
        0 => 100,
        parts => u32::from(parts),
    };
    u32::from(place.delay_num) * 1000 / parts
}

fn draw(canvas: &mut Picture, place: &FrameControl, pixels: &[Pixel]) {
    let [width, left, top] =
        [place.width, place.x_offset, place.y_offset].map(|length| length as usize);
    for (at, over) in pixels.iter().enumerate() {
        let (x, y) = (left + at % width, top + at / width);
        let pixel = match place.blend_op {
            BlendOp::Source => *over,
            BlendOp::Over => blended(canvas.pixel(x, y), *over),
        };
        let start = (y * canvas.width + x) * 4;
        canvas.rgba[start..start + 4].copy_from_slice(&pixel);
    }
}

/// Source over backdrop, not premultiplied.
fn blended(under: Pixel, over: Pixel) -> Pixel {
    let [above, below] = [over[3], under[3]].map(|alpha| f64::from(alpha) / 255.0);
    let alpha = above + below * (1.0 - above);
    if alpha == 0.0 {
        return [0; 4];
    }
    let channel = |at: usize| {
        let light = f64::from(over[at]) * above + f64::from(under[at]) * below * (1.0 - above);
        (light / alpha).round() as u8
    };
    [
        channel(0),
        channel(1),
        channel(2),
        (alpha * 255.0).round() as u8,
    ]
}

#[test]
fn a_still_is_read_as_one_frame_and_an_animation_as_it_was_made() {
    let still = crate::made::still(9, 7);
    let read_still = read(&crate::made::png(&still)).expect("a sound PNG");
    assert!(read_still.frames == [still] && read_still.plays.is_none());

    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/images/apng/apng_dispose_blend_exact.png"
    );
    let apng = read(&std::fs::read(path).unwrap()).expect("a sound APNG");
    let entries = crate::manifest::small_entries();
    let entry = entries
        .iter()
        .find(|entry| entry.name == "apng/apng_dispose_blend_exact.png")
        .unwrap();
    let hashes: Vec<_> = apng.frames.iter().map(Picture::sha256).collect();
    assert_eq!(hashes, entry.frame_hashes);
}
