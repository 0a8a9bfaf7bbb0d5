//! An independent GIF reader: its own block parser, LZW and compositing, so that the service's
//! codec is never its own judge.
//!
//! Frames are composited as browsers do: the canvas starts transparent, "restore to background"
//! clears to transparent, frames are clipped to the logical screen. Strict about damage.

mod lzw;

use std::ops::Range;

use self::lzw::unpack;

/// The blocks of a GIF, and what they say about the animation.
pub(crate) struct Gif<'a> {
    bytes: &'a [u8],
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// The raw loop count; `None` where the file says nothing (play once).
    pub(crate) loops: Option<u16>,
    /// Colours in the global table.
    pub(crate) global_colours: Option<usize>,
    global_table: Range<usize>,
    pub(crate) frames: Vec<Frame>,
    /// Whether the trailer byte stands where it belongs.
    pub(crate) ended: bool,
}

/// One image block with its graphic control.
pub(crate) struct Frame {
    pub(crate) delay_cs: u16,
    /// 0 or 1 leave, 2 restore to background, 3 restore to previous.
    pub(crate) disposal: u8,
    /// Colours in the local table.
    pub(crate) local_colours: Option<usize>,
    transparent: Option<u8>,
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    interlaced: bool,
    local_table: Range<usize>,
    minimum_code_size: u8,
    data: Vec<u8>,
}

#[derive(Default)]
struct Control {
    delay_cs: u16,
    disposal: u8,
    transparent: Option<u8>,
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn byte(&mut self) -> Result<u8, String> {
        let byte = self.bytes.get(self.at).ok_or("the file ends early")?;
        self.at += 1;
        Ok(*byte)
    }

    fn word(&mut self) -> Result<u16, String> {
        Ok(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn span(&mut self, length: usize) -> Result<Range<usize>, String> {
        let span = self.at..self.at + length;
        self.bytes
            .get(span.clone())
            .ok_or("the file ends inside a block")?;
        self.at = span.end;
        Ok(span)
    }

    fn sub_blocks(&mut self) -> Result<Vec<&[u8]>, String> {
        let mut spans = Vec::new();
        loop {
            match self.byte()? {
                0 => break,
                length => spans.push(self.span(usize::from(length))?),
            }
        }
        Ok(spans.into_iter().map(|span| &self.bytes[span]).collect())
    }

    fn table(&mut self, flags: u8) -> Result<(Option<usize>, Range<usize>), String> {
        if flags & 0x80 == 0 {
            return Ok((None, 0..0));
        }
        let colours = 2_usize << (flags & 7);
        Ok((Some(colours), self.span(3 * colours)?))
    }
}

impl<'a> Gif<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        if !bytes.starts_with(b"GIF87a") && !bytes.starts_with(b"GIF89a") {
            return Err("no GIF header".to_owned());
        }
        let mut cursor = Cursor { bytes, at: 6 };
        let (width, height) = (usize::from(cursor.word()?), usize::from(cursor.word()?));
        let flags = cursor.byte()?;
        cursor.word()?; // background colour, which browsers ignore, and aspect ratio
        let (global_colours, global_table) = cursor.table(flags)?;
        let mut gif = Self {
            bytes,
            width,
            height,
            loops: None,
            global_colours,
            global_table,
            frames: Vec::new(),
            ended: false,
        };
        gif.read_blocks(&mut cursor)?;
        Ok(gif)
    }

    fn read_blocks(&mut self, cursor: &mut Cursor<'_>) -> Result<(), String> {
        let mut control = Control::default();
        while cursor.at < cursor.bytes.len() {
            match cursor.byte()? {
                0x3b => {
                    self.ended = true;
                    break;
                }
                0x21 => self.read_extension(cursor, &mut control)?,
                0x2c => self
                    .frames
                    .push(Frame::read(cursor, std::mem::take(&mut control))?),
                other => return Err(format!("no block begins with {other:#04x}")),
            }
        }
        Ok(())
    }

    fn read_extension(
        &mut self,
        cursor: &mut Cursor<'_>,
        control: &mut Control,
    ) -> Result<(), String> {
        let label = cursor.byte()?;
        let blocks = cursor.sub_blocks()?;
        match (label, blocks.first().copied()) {
            (0xf9, Some(&[flags, low, high, transparent, ..])) => {
                *control = Control {
                    delay_cs: u16::from_le_bytes([low, high]),
                    disposal: flags >> 2 & 7,
                    transparent: (flags & 1 == 1).then_some(transparent),
                };
            }
            (0xff, Some(b"NETSCAPE2.0" | b"ANIMEXTS1.0")) => {
                for block in &blocks[1..] {
                    if let [1, low, high, ..] = block {
                        self.loops = Some(u16::from_le_bytes([*low, *high]));
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The canvas after each frame, as non-premultiplied RGBA; transparent is 0, 0, 0, 0.
    pub(crate) fn canvases(&self) -> impl Iterator<Item = Result<Vec<u8>, String>> + '_ {
        let mut canvas = vec![0; self.width * self.height * 4];
        self.frames.iter().map(move |frame| {
            let before = (frame.disposal == 3).then(|| canvas.clone());
            self.paint(frame, &mut canvas)?;
            let shown = canvas.clone();
            match before {
                Some(before) => canvas = before,
                None if frame.disposal == 2 => self.clear(frame, &mut canvas),
                None => {}
            }
            Ok(shown)
        })
    }

    fn paint(&self, frame: &Frame, canvas: &mut [u8]) -> Result<(), String> {
        let table = if frame.local_colours.is_some() {
            &self.bytes[frame.local_table.clone()]
        } else {
            &self.bytes[self.global_table.clone()]
        };
        if table.is_empty() {
            return Err("no colour table".to_owned());
        }
        let indexes = unpack(
            &frame.data,
            frame.minimum_code_size,
            frame.width * frame.height,
        )?;
        for (source, row) in rows(frame.height, frame.interlaced).enumerate() {
            let y = frame.top + row;
            if y >= self.height {
                continue;
            }
            let visible = frame.visible_width(self.width);
            let indexes = &indexes[source * frame.width..][..visible];
            for (x, &index) in indexes.iter().enumerate() {
                let colour = usize::from(index) * 3;
                if Some(index) == frame.transparent || colour >= table.len() {
                    continue;
                }
                let pixel = (y * self.width + frame.left + x) * 4;
                canvas[pixel..pixel + 3].copy_from_slice(&table[colour..colour + 3]);
                canvas[pixel + 3] = 255;
            }
        }
        Ok(())
    }

    fn clear(&self, frame: &Frame, canvas: &mut [u8]) {
        let visible = frame.visible_width(self.width);
        for y in frame.top..self.height.min(frame.top + frame.height) {
            let start = (y * self.width + frame.left.min(self.width)) * 4;
            canvas[start..start + 4 * visible].fill(0);
        }
    }
}

impl Frame {
    fn read(cursor: &mut Cursor<'_>, control: Control) -> Result<Self, String> {
        let [left, top, width, height] = [
            cursor.word()?,
            cursor.word()?,
            cursor.word()?,
            cursor.word()?,
        ]
        .map(usize::from);
        let flags = cursor.byte()?;
        let (local_colours, local_table) = cursor.table(flags)?;
        Ok(Self {
            delay_cs: control.delay_cs,
            disposal: control.disposal,
            local_colours,
            transparent: control.transparent,
            left,
            top,
            width,
            height,
            interlaced: flags & 0x40 != 0,
            local_table,
            minimum_code_size: cursor.byte()?,
            data: cursor.sub_blocks()?.concat(),
        })
    }

    fn visible_width(&self, canvas_width: usize) -> usize {
        self.width.min(canvas_width.saturating_sub(self.left))
    }
}

/// The canvas row of each stored row.
fn rows(height: usize, interlaced: bool) -> Box<dyn Iterator<Item = usize>> {
    if !interlaced {
        return Box::new(0..height);
    }
    let passes = [(0, 8), (4, 8), (2, 4), (1, 2)];
    Box::new(
        passes
            .into_iter()
            .flat_map(move |(first, step)| (first..height).step_by(step)),
    )
}
