//! A sheet: everything that one operation made, as one picture to keep and to look at, a row for
//! each source, and a line of text for each row with what a picture cannot show.
//!
//! Of an animation four frames are kept, the first and the last among them; of a large picture every
//! second, third … pixel, so that all parts of it are there. The sheets stay small and are
//! no proof of what they leave out.

use std::path::Path;

use super::leavings;
use crate::apng_reader::Apng;
use crate::picture::{Picture, Pixel};
use crate::{made, png_reader};

/// Longest side of a picture on the sheet, px.
const LONGEST: usize = 96;
/// Between the pictures, px.
const GAP: usize = 1;

/// What is kept of one operation.
#[derive(PartialEq)]
pub(super) struct Sheet {
    /// Of each row: name of the source, size, frames, delays, loops.
    pub(super) text: String,
    pub(super) picture: Picture,
}

/// By how much a sheet may differ from the one that is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tolerance {
    /// A difference that is none: of a channel, colours premultiplied.
    pub(super) channel: u8,
    /// Pixels that may differ by more, in thousandths of all.
    pub(super) pixels_per_mille: usize,
}

impl Sheet {
    /// Of the results, each with the name of its source.
    pub(super) fn of(results: &[(&str, Apng)]) -> Self {
        let rows: Vec<Vec<Picture>> = results.iter().map(|(_, apng)| row(apng)).collect();
        Self {
            text: results
                .iter()
                .map(|(name, apng)| facts(name, apng))
                .collect(),
            picture: laid_out(&rows),
        }
    }

    /// The sheet that is kept for an operation of that name.
    pub(super) fn kept(folder: &Path, name: &str) -> Result<Self, String> {
        let read = |kind: &str| {
            let path = folder.join(format!("{name}.{kind}"));
            std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        Ok(Self {
            text: String::from_utf8_lossy(&read("txt")?).into_owned(),
            picture: png_reader::read(&read("png")?)?,
        })
    }

    /// The two files that [`Sheet::kept`] reads.
    pub(super) fn files(&self, name: &str) -> [(String, Vec<u8>); 2] {
        [
            (format!("{name}.txt"), self.text.clone().into_bytes()),
            (format!("{name}.png"), made::small_png(&self.picture)),
        ]
    }

    /// Whether it is near enough to the one that is kept, or what differs.
    pub(super) fn compare(&self, kept: &Self, tolerance: Tolerance) -> Result<(), String> {
        if self.text != kept.text {
            return Err(format!("it was\n{}and is\n{}", kept.text, self.text));
        }
        if self.picture.size() != kept.picture.size() {
            return Err(self.picture.first_difference(&kept.picture));
        }
        self.fault(kept, tolerance).map_or(Ok(()), Err)
    }

    /// Leaves both and where they differ to look at, and says where.
    pub(super) fn leave(&self, kept: &Self, name: &str) -> String {
        let left = |kind: &str, picture: &Picture| {
            let path = leavings().join(format!("{name}.{kind}.png"));
            std::fs::write(&path, made::small_png(picture)).unwrap();
            path.display().to_string()
        };
        let mut places = vec![left("is", &self.picture), left("was", &kept.picture)];
        if self.picture.size() == kept.picture.size() {
            places.push(left("difference", &self.difference(kept)));
        }
        places.join(", ")
    }

    fn fault(&self, kept: &Self, tolerance: Tolerance) -> Option<String> {
        let pairs = self.picture.pixels().zip(kept.picture.pixels());
        let differences: Vec<u8> = pairs.map(|(one, two)| difference(*one, *two)).collect();
        let beyond = differences.iter().filter(|far| **far > tolerance.channel);
        let (beyond, seen) = (beyond.count(), kept.seen());
        (beyond * 1000 > tolerance.pixels_per_mille * seen).then(|| {
            let most = differences.iter().max().unwrap_or(&0);
            let first = self.picture.first_difference(&kept.picture);
            format!(
                "{beyond} of {seen} pixels differ by more than {}, at most by {most}, {first}",
                tolerance.channel
            )
        })
    }

    /// Pixels that are not wholly transparent; what is between the pictures must not count.
    fn seen(&self) -> usize {
        self.picture.pixels().filter(|pixel| pixel[3] > 0).count()
    }

    /// Black where the two are alike, the whiter the more they differ.
    fn difference(&self, kept: &Self) -> Picture {
        Picture::painted(self.picture.width, self.picture.height, |x, y| {
            let far = difference(self.picture.pixel(x, y), kept.picture.pixel(x, y));
            // Small ones must be seen too.
            let light = if far == 0 {
                0
            } else {
                far.saturating_mul(8).max(64)
            };
            [light, light, light, 255]
        })
    }
}

/// Largest difference of a channel, as the pixels look on black.
fn difference(one: Pixel, two: Pixel) -> u8 {
    let premultiplied = |[red, green, blue, alpha]: Pixel| {
        let times = |channel| (u32::from(channel) * u32::from(alpha) + 127) / 255;
        [times(red), times(green), times(blue), u32::from(alpha)]
    };
    let (one, two) = (premultiplied(one), premultiplied(two));
    let differences = one.iter().zip(two).map(|(one, two)| one.abs_diff(two));
    differences.max().unwrap_or(0) as u8
}

fn facts(name: &str, apng: &Apng) -> String {
    let (width, height) = apng.frames[0].size();
    let moves = match apng.plays {
        None => String::new(),
        Some(plays) => format!(
            ", {} frames of {} ms, plays {plays}",
            apng.frames.len(),
            in_runs(&apng.delays_ms)
        ),
    };
    format!("{name}: {width}x{height}{moves}\n")
}

/// `40 × 30, 70`: 40 for thirty frames, then 70.
fn in_runs(delays_ms: &[u32]) -> String {
    let runs = delays_ms.chunk_by(|one, two| one == two);
    let run = |run: &[u32]| match run.len() {
        1 => run[0].to_string(),
        times => format!("{} × {times}", run[0]),
    };
    runs.map(run).collect::<Vec<_>>().join(", ")
}

fn row(apng: &Apng) -> Vec<Picture> {
    let last = apng.frames.len() - 1;
    let mut kept = vec![0, last / 3, last * 2 / 3, last];
    kept.dedup();
    let small = |at: usize| thinned(&apng.frames[at]);
    kept.into_iter().map(small).collect()
}

/// Every n-th pixel of a picture that is longer than the sheet allows, from the middle of n.
fn thinned(picture: &Picture) -> Picture {
    let (width, height) = picture.size();
    let step = width.max(height).div_ceil(LONGEST);
    let begin = |side: usize| (step / 2).min(side - 1);
    let count = |side: usize| (side - begin(side)).div_ceil(step);
    Picture::painted(count(width), count(height), |x, y| {
        picture.pixel(begin(width) + x * step, begin(height) + y * step)
    })
    .visible()
}

fn laid_out(rows: &[Vec<Picture>]) -> Picture {
    let wide = |row: &Vec<Picture>| row.iter().map(|one| one.width + GAP).sum::<usize>();
    let high = |row: &Vec<Picture>| row.iter().map(|one| one.height).max().unwrap_or(0) + GAP;
    let width = rows.iter().map(wide).max().unwrap_or(1);
    let mut sheet = Picture::painted(width, rows.iter().map(high).sum(), |_, _| [0; 4]);
    let mut top = 0;
    for row in rows {
        let mut left = 0;
        for picture in row {
            for (y, line) in picture.rgba.chunks_exact(picture.width * 4).enumerate() {
                let start = ((top + y) * width + left) * 4;
                sheet.rgba[start..start + line.len()].copy_from_slice(line);
            }
            left += picture.width + GAP;
        }
        top += high(row);
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(change: impl Fn(Pixel) -> Pixel) -> Sheet {
        let still = made::opaque_still(40, 25).mapped(change);
        let apng = Apng {
            frames: vec![still],
            delays_ms: Vec::new(),
            plays: None,
        };
        Sheet::of(&[("made", apng)])
    }

    #[test]
    fn a_sheet_is_kept_and_read_back_and_differences_beyond_the_tolerance_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, exact) = (
            sheet(|pixel| pixel),
            Tolerance {
                channel: 0,
                pixels_per_mille: 0,
            },
        );
        for (name, bytes) in kept.files("one") {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        assert!(Sheet::kept(folder.path(), "one").unwrap() == kept);
        assert_eq!(kept.compare(&kept, exact), Ok(()));

        let off = sheet(|[red, green, blue, alpha]| [red ^ 1, green, blue, alpha]);
        assert!(off.compare(&kept, exact).is_err());
        let near = Tolerance {
            channel: 1,
            pixels_per_mille: 0,
        };
        assert_eq!(off.compare(&kept, near), Ok(()));

        // x * 5 of 40 columns: one column of forty, 25 thousandths.
        let column = sheet(|pixel| {
            if pixel[0] == 100 {
                [0, 0, 0, 255]
            } else {
                pixel
            }
        });
        for (pixels_per_mille, found) in [(24, true), (25, false)] {
            let tolerance = Tolerance {
                channel: 9,
                pixels_per_mille,
            };
            let compared = column.compare(&kept, tolerance);
            assert_eq!(compared.is_err(), found, "{compared:?}");
        }
    }
}
