//! An animation as of a screen of which little changes: before panels of many colours a line of text grows, and
//! moves.

/// A GIF of `width` × `height` px.
pub(crate) fn gif(width: u16, height: u16, frames: u16) -> Vec<u8> {
    let (wide, text) = (usize::from(width), (width / 5, height / 40));
    let palette: Vec<u8> = (0..=255u8)
        .flat_map(|at| [at, at.wrapping_mul(7), at.wrapping_mul(31)])
        .collect();
    let mut file = Vec::new();
    let mut encoder = ::gif::Encoder::new(&mut file, width, height, &palette).expect("a header");
    let mut draw = |(left, top): (u16, u16), (width, height): (u16, u16), pixels: Vec<u8>| {
        let mut frame = ::gif::Frame::from_indexed_pixels(width, height, pixels, None);
        (frame.left, frame.top, frame.delay) = (left, top, 8);
        encoder.write_frame(&frame).expect("a frame");
    };
    let panels = (0..wide * usize::from(height)).map(|at| {
        let (x, y) = (at % wide, at / wide);
        let grain = if (x / 60 + y / 40) % 3 == 0 {
            x * y % 11
        } else {
            0
        };
        ((x / 60) * 13 + (y / 40) * 29 + grain) as u8
    });
    draw((0, 0), (width, height), panels.collect());
    for number in 1..frames {
        let (across, down) = (usize::from(text.0), usize::from(text.1));
        let letters = (0..across * down).map(|at| {
            let (x, y) = (at % across, at / across);
            let written = x < across * usize::from(number) / usize::from(frames);
            (u8::from(written && (x * 5 + x * y) % 7 < 3)) * 200
        });
        let at = (width / 4, height / 2 - number % (height / 4));
        draw(at, text, letters.collect());
    }
    drop(encoder);
    file
}
