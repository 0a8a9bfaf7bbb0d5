//! A rectangle of a canvas to colour indices and the table that they point into: exactly
//! wherever the colours allowed are enough, else by the first frame's chosen colours where they
//! serve, else by colours of its own.

use protocol::Dither;

use super::difference::Area;
use super::dither::Ditherer;
use super::palette::{Colour, Palette};
use super::quantise::Quantiser;
use crate::picture::Picture;

/// Entries of a full table.
const ENTRIES_MAX: usize = 256;
/// Where the transparent entry stands in a table that has one.
const TRANSPARENT: u8 = 0;
/// Mean squared distance, of all channels together, up to which the first frame's colours
/// serve: 38 dB.
const SERVES: u64 = 30;

/// A rectangle of colour indices: width × height × 1.
pub(super) struct Indexed {
    pub(super) indices: Vec<u8>,
    pub(super) table: Table,
}

/// What the indices point into.
pub(super) enum Table {
    /// The table that was offered.
    Offered { transparent: bool },
    /// Holds every colour as it is.
    Exact(ExactTable),
    /// The transparent entry, then colours that stand for similar ones.
    Quantised(Quantiser),
    /// The first frame's quantised table.
    Shared(Vec<Colour>),
}

/// What a table may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    /// Most colours; the transparent entry comes on top, up to 256 in all.
    pub(super) colors: usize,
    pub(super) dither: Dither,
}

/// The global table, as later frames may use it.
pub(super) enum Global {
    Exact(ExactTable),
    Quantised(Quantiser),
}

/// Every colour as it is, behind the transparent entry if there is one.
#[derive(Clone)]
pub(super) struct ExactTable {
    palette: Palette,
    transparent: bool,
}

impl ExactTable {
    /// Red, green, blue of each entry.
    pub(super) fn entries(&self) -> Vec<u8> {
        with_transparent(self.transparent, self.palette.colours())
    }
}

impl Table {
    /// Red, green, blue of each entry; `None` for the offered table.
    pub(super) fn entries(&self) -> Option<Vec<u8>> {
        match self {
            Self::Offered { .. } | Self::Shared(_) => None,
            Self::Exact(table) => Some(table.entries()),
            Self::Quantised(quantiser) => Some(with_transparent(true, quantiser.colours())),
        }
    }

    /// The colour that an index of a quantised table stands for; `None` when it draws nothing
    /// or the table is exact.
    pub(super) fn approximation(&self, index: u8) -> Option<Colour> {
        let colours = match self {
            Self::Quantised(quantiser) => quantiser.colours(),
            Self::Shared(colours) => colours,
            Self::Offered { .. } | Self::Exact(_) => return None,
        };
        let index = usize::from(index).checked_sub(1)?;
        colours.get(index).copied()
    }

    /// Whether each index stands for exactly the colour that was to be drawn.
    pub(super) fn is_exact(&self) -> bool {
        matches!(self, Self::Offered { .. } | Self::Exact(_))
    }

    /// The index that draws nothing.
    pub(super) fn transparent(&self) -> Option<u8> {
        let has_one = match self {
            Self::Offered { transparent } => *transparent,
            Self::Exact(table) => table.transparent,
            Self::Quantised(_) | Self::Shared(_) => true,
        };
        has_one.then_some(TRANSPARENT)
    }
}

/// Whether a table of so many colours can hold every colour of `picture` as it is.
pub(super) fn fits_one_table(picture: &Picture, colors: usize) -> bool {
    let mut palette = Palette::new();
    let pixels = picture.as_pixels().iter();
    let mut transparent = false;
    let mut fits = |pixel: &[u8; 4]| match *pixel {
        [.., 0] => {
            transparent = true;
            true
        }
        [r, g, b, _] => palette.find_or_add([r, g, b], colors).is_some(),
    };
    pixels.into_iter().all(&mut fits)
        && palette.colours().len() + usize::from(transparent) <= ENTRIES_MAX
}

fn with_transparent(transparent: bool, colours: &[Colour]) -> Vec<u8> {
    let mut entries = vec![0; if transparent { 3 } else { 0 }];
    entries.extend(colours.iter().flatten());
    entries
}

/// The part of a canvas that is to be drawn.
#[derive(Clone, Copy)]
pub(super) struct Drawing<'a> {
    /// Opaque or transparent pixels only.
    pub(super) canvas: &'a Picture,
    pub(super) area: Area,
    /// For each pixel of the area, whether it need not be drawn.
    pub(super) stays: Option<&'a [bool]>,
    pub(super) choice: Choice,
}

impl Drawing<'_> {
    /// The colours to draw, row by row; `None` where nothing is drawn.
    fn colours(self) -> impl Iterator<Item = Option<Colour>> {
        let pixels = self.area.pixels(self.canvas).enumerate();
        pixels.map(move |(index, [r, g, b, alpha])| {
            let stays = self
                .stays
                .is_some_and(|stays| stays.get(index) == Some(&true));
            (alpha != 0 && !stays).then_some([r, g, b])
        })
    }

    /// Indices and table, the `global` one when it holds every colour or serves well.
    pub(super) fn index(self, global: Option<&mut Global>) -> Indexed {
        let (exact, quantised) = match global {
            Some(Global::Exact(table)) => (Some(table), None),
            Some(Global::Quantised(quantiser)) => (None, Some(quantiser)),
            None => (None, None),
        };
        let offered = exact.and_then(|table| self.with(table));
        if let Some(indexed) = offered.or_else(|| self.exact(true)) {
            return indexed;
        }
        // The 256th colour may find its place if no entry, or no pixel, is left transparent.
        let whole = Self {
            stays: None,
            ..self
        };
        if let Some(indexed) = whole.exact(false) {
            return indexed;
        }
        if let Some(quantiser) = quantised
            && self.is_served_by(quantiser)
        {
            return Indexed {
                indices: self.approximated(quantiser),
                table: Table::Shared(quantiser.colours().to_vec()),
            };
        }
        self.quantised()
    }

    fn with(self, table: &ExactTable) -> Option<Indexed> {
        let first = u8::from(table.transparent);
        let index = |colour| match colour {
            None => table.transparent.then_some(TRANSPARENT),
            Some(colour) => table.palette.find(colour).map(|index| index + first),
        };
        Some(Indexed {
            indices: self.colours().map(index).collect::<Option<_>>()?,
            table: Table::Offered {
                transparent: table.transparent,
            },
        })
    }

    fn exact(self, transparent: bool) -> Option<Indexed> {
        let mut palette = Palette::new();
        let first = u8::from(transparent);
        let max = self.choice.colors.min(ENTRIES_MAX - usize::from(first));
        let index = |colour| match colour {
            None => transparent.then_some(TRANSPARENT),
            Some(colour) => palette.find_or_add(colour, max).map(|index| index + first),
        };
        let indices = self.colours().map(index).collect::<Option<_>>()?;
        let table = Table::Exact(ExactTable {
            palette,
            transparent,
        });
        Some(Indexed { indices, table })
    }

    /// Whether the colours of `quantiser` are near enough to those to be drawn.
    fn is_served_by(self, quantiser: &mut Quantiser) -> bool {
        let (mut squares, mut count) = (0_u64, 0_u64);
        for colour in self.colours().flatten() {
            let index = quantiser.nearest(colour);
            let chosen = quantiser.colours()[usize::from(index)];
            for (one, other) in colour.iter().zip(chosen) {
                squares += u64::from(one.abs_diff(other)).pow(2);
            }
            count += 1;
        }
        squares <= SERVES * count
    }

    fn quantised(self) -> Indexed {
        let length = self.area.width * self.area.height;
        let drawn = || self.colours().flatten();
        let count = self.choice.colors.min(ENTRIES_MAX - 1);
        let mut quantiser = Quantiser::new(drawn, length, count);
        Indexed {
            indices: self.approximated(&mut quantiser),
            table: Table::Quantised(quantiser),
        }
    }

    /// Indices behind the transparent entry.
    fn approximated(self, quantiser: &mut Quantiser) -> Vec<u8> {
        let count = quantiser.colours().len();
        let mut ditherer = Ditherer::new(self.choice.dither, self.area, count);
        let index = |(at, colour)| match ditherer.index(at, colour, quantiser) {
            None => TRANSPARENT,
            Some(index) => index + 1,
        };
        self.colours().enumerate().map(index).collect()
    }
}
