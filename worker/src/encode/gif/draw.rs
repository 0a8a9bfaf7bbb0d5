//! A rectangle of a canvas to colour indices: as it is where a table holds all of its colours,
//! else by the nearest of a chosen few.

use protocol::Dither;

use super::changes::drawn;
use super::dither::Ditherer;
use super::histogram::{self, Counted};
use super::nearest::Nearest;
use super::palette::{Colour, Palette};
use crate::picture::{Area, Picture};

/// Entries of a full table.
pub(super) const ENTRIES_MAX: usize = 256;
/// Where the transparent entry stands in a table that has one.
pub(super) const TRANSPARENT: u8 = 0;
/// Squared distance, of all channels together, from which anybody sees that a colour is another.
const FAR: u64 = 32 * 32;
/// Pixels that are asked how well they are served, and that colours are chosen by: of a larger
/// area it is every second, or every third, and so on.
const ASKED: usize = 1 << 13;
const COUNTED: usize = 1 << 18;

/// Every colour as it is, behind the transparent entry if there is one.
pub(super) struct ExactTable {
    palette: Palette,
    pub(super) transparent: bool,
}

impl ExactTable {
    /// All entries.
    pub(super) fn entries(&self) -> Vec<Colour> {
        let hidden = self.transparent.then_some([0; 3]);
        hidden
            .into_iter()
            .chain(self.palette.colours().iter().copied())
            .collect()
    }
}

/// How far chosen colours are from those that they stand for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Error {
    /// Sum of squared distances.
    pub(super) squares: u64,
    /// Pixels that are far off.
    pub(super) far: u64,
    pub(super) pixels: u64,
}

/// The part of a canvas that is to be drawn.
#[derive(Clone, Copy)]
pub(super) struct Drawing<'a> {
    /// Opaque or transparent pixels only.
    pub(super) canvas: &'a Picture,
    pub(super) area: Area,
    /// For each pixel of the area, whether it need not be drawn.
    pub(super) stays: Option<&'a [bool]>,
    /// Whether nothing else is to be seen.
    pub(super) alone: bool,
}

impl<'a> Drawing<'a> {
    /// All of it.
    pub(super) fn whole(canvas: &'a Picture) -> Self {
        Self {
            canvas,
            area: Area::whole(canvas),
            stays: None,
            alone: true,
        }
    }

    /// All that is to be seen of it.
    pub(super) fn visible(canvas: &'a Picture) -> Self {
        let pixels = canvas.as_pixels().iter();
        let hidden: Vec<bool> = pixels.map(|pixel| pixel[3] == 0).collect();
        let width = canvas.size.width as usize;
        Self {
            area: drawn(&hidden, width).unwrap_or(Area::FIRST_PIXEL),
            ..Self::whole(canvas)
        }
    }

    /// The same with nothing left out.
    pub(super) fn complete(self) -> Self {
        Self {
            stays: None,
            ..self
        }
    }

    /// Rows of pixels, and whether each stays (nothing: none does).
    fn rows(self) -> impl Iterator<Item = (&'a [[u8; 4]], &'a [bool])> {
        let Self {
            canvas,
            area,
            stays,
            ..
        } = self;
        let width = canvas.size.width as usize;
        (0..area.height).map(move |y| {
            let start = (area.top + y) * width + area.left;
            let row = &canvas.as_pixels()[start..start + area.width];
            let stays = stays.map_or(&[][..], |stays| &stays[y * area.width..][..area.width]);
            (row, stays)
        })
    }

    /// The colours to draw, row by row; `None` where nothing is drawn.
    pub(super) fn colours(self) -> impl Iterator<Item = Option<Colour>> {
        self.rows().flat_map(|(row, stays)| {
            row.iter().enumerate().map(|(x, &[r, g, b, alpha])| {
                let stays = stays.get(x).is_some_and(|stays| *stays);
                (alpha != 0 && !stays).then_some([r, g, b])
            })
        })
    }

    /// Indices into `table`, when it holds every colour.
    pub(super) fn within(self, table: &ExactTable) -> Option<Vec<u8>> {
        let first = u8::from(table.transparent);
        self.indexed(table.transparent, |colour| {
            table.palette.find(colour).map(|index| index + first)
        })
    }

    /// Indices and a table of at most `colors`, when those are enough.
    pub(super) fn exact(self, transparent: bool, colors: usize) -> Option<(Vec<u8>, ExactTable)> {
        let mut palette = Palette::new();
        let first = u8::from(transparent);
        let max = colors.min(ENTRIES_MAX - usize::from(first));
        let indices = self.indexed(transparent, |colour| {
            palette.find_or_add(colour, max).map(|index| index + first)
        })?;
        Some((
            indices,
            ExactTable {
                palette,
                transparent,
            },
        ))
    }

    fn indexed(
        self,
        transparent: bool,
        mut find: impl FnMut(Colour) -> Option<u8>,
    ) -> Option<Vec<u8>> {
        let mut indices = Vec::with_capacity(self.area.width * self.area.height);
        // Neighbours are alike where so few colours are enough.
        let mut last = (None, transparent.then_some(TRANSPARENT));
        for colour in self.colours() {
            if colour != last.0 || last.1.is_none() {
                last = (
                    colour,
                    match colour {
                        None => transparent.then_some(TRANSPARENT),
                        Some(colour) => find(colour),
                    },
                );
            }
            indices.push(last.1?);
        }
        Some(indices)
    }

    /// Calls `take` with the colours to draw, of at least `enough` pixels.
    #[inline]
    fn sample(self, enough: usize, mut take: impl FnMut(Colour)) {
        let step = (self.area.width * self.area.height / enough).max(1);
        for (y, (row, stays)) in self.rows().enumerate() {
            // Shifted from row to row, so that no column is left out.
            for x in (y % step..row.len()).step_by(step) {
                let [r, g, b, alpha] = row[x];
                if alpha != 0 && !stays.get(x).is_some_and(|stays| *stays) {
                    take([r, g, b]);
                }
            }
        }
    }

    /// The colours to draw, counted.
    pub(super) fn counted(self) -> Counted {
        histogram::count(|take| self.sample(COUNTED, take))
    }

    /// How well the colours of `nearest` serve.
    pub(super) fn error(self, nearest: &mut Nearest) -> Error {
        let mut error = Error::default();
        self.sample(ASKED, |colour| {
            let entry = nearest.entry(colour);
            let chosen = nearest.colours()[usize::from(entry) - 1];
            let distances = [0, 1, 2].map(|c| u64::from(colour[c].abs_diff(chosen[c])).pow(2));
            let distance: u64 = distances.iter().sum();
            error.squares += distance;
            error.far += u64::from(distance >= FAR);
            error.pixels += 1;
        });
        error
    }

    /// Indices of the colours of `nearest` behind the transparent entry.
    pub(super) fn approximated(self, nearest: &mut Nearest, dither: Dither) -> Vec<u8> {
        if dither == Dither::None {
            return self.mapped(nearest);
        }
        let mut ditherer = Ditherer::new(dither, self.area, nearest);
        let index = |(at, colour)| ditherer.index(at, colour, nearest).unwrap_or(TRANSPARENT);
        self.colours().enumerate().map(index).collect()
    }

    fn mapped(self, nearest: &mut Nearest) -> Vec<u8> {
        let mut indices = Vec::with_capacity(self.area.width * self.area.height);
        for (row, stays) in self.rows() {
            let drawn = |[r, g, b, alpha]: [u8; 4], nearest: &mut Nearest| {
                if alpha == 0 {
                    TRANSPARENT
                } else {
                    nearest.entry([r, g, b])
                }
            };
            if stays.is_empty() {
                indices.extend(row.iter().map(|&pixel| drawn(pixel, nearest)));
            } else {
                let pairs = row.iter().zip(stays);
                indices.extend(pairs.map(|(&pixel, &stays)| {
                    if stays {
                        TRANSPARENT
                    } else {
                        drawn(pixel, nearest)
                    }
                }));
            }
        }
        indices
    }
}
