//! Which colour table a frame is drawn with: exactly wherever the colours allowed are enough, else
//! by chosen colours that are at hand, as long as they serve, else by colours of its own. Tables
//! that stay the same are what lets pixels stay: the same colour becomes the same index.

use protocol::Dither;

use super::cut;
use super::draw::{Drawing, ENTRIES_MAX, Error, ExactTable};
use super::nearest::Nearest;
use super::palette::Colour;

/// Mean squared distance, of all channels together, up to which chosen colours may serve frames
/// that they were not chosen for: 40 dB.
const SERVES: u64 = 20;
/// As long as it is at most twice what it was for the frame that they were chosen for, and this.
const WORSE: u64 = 4;
/// The part of the pixels that may be far off beside those that were, one of so many.
const FAR_ONE_OF: u64 = 512;

/// A rectangle of colour indices, and what they stand for.
pub(super) struct Indexed {
    /// Width × height × 1.
    pub(super) indices: Vec<u8>,
    pub(super) entries: Vec<Colour>,
    /// Whether the entries are those of the global table.
    pub(super) global: bool,
    /// Whether each index stands for exactly the colour that was to be drawn.
    pub(super) exact: bool,
    /// Whether the first entry draws nothing.
    pub(super) transparent: bool,
}

/// The tables of an animation, and what they may be.
pub(super) struct Tables {
    /// Most colours; the transparent entry comes on top, up to 256 in all.
    colors: usize,
    dither: Dither,
    global: Option<Global>,
    /// What served the last frame that the global table did not serve.
    local: Option<Chosen>,
}

enum Global {
    Exact(ExactTable),
    Chosen(Chosen),
}

/// Colours that stand for similar ones.
struct Chosen {
    nearest: Nearest,
    /// Of the frame that they were chosen for.
    error: Error,
}

impl Tables {
    pub(super) fn new(colors: usize, dither: Dither) -> Self {
        Self {
            colors,
            dither,
            global: None,
            local: None,
        }
    }

    /// Most colours of a table.
    pub(super) fn colors(&self) -> usize {
        self.colors
    }

    /// Indices for `drawing`; those of the first one make the global table.
    pub(super) fn index(&mut self, drawing: Drawing<'_>) -> Indexed {
        if let Some(Global::Exact(table)) = &self.global
            && let Some(indices) = drawing.within(table)
        {
            return Indexed::exactly(indices, table, true);
        }
        // The 256th colour may find its place if no entry, or no pixel, is left transparent.
        let exact = drawing.exact(true, self.colors);
        if let Some((indices, table)) =
            exact.or_else(|| drawing.complete().exact(false, self.colors))
        {
            let first = self.global.is_none();
            let indexed = Indexed::exactly(indices, &table, first);
            if first {
                self.global = Some(Global::Exact(table));
            }
            return indexed;
        }
        self.approximated(drawing)
    }

    fn approximated(&mut self, drawing: Drawing<'_>) -> Indexed {
        let dither = self.dither;
        if let Some(Global::Chosen(chosen)) = &mut self.global
            && chosen.serves(drawing)
        {
            return chosen.index(drawing, dither, true);
        }
        if let Some(chosen) = &mut self.local
            && chosen.serves(drawing)
        {
            return chosen.index(drawing, dither, false);
        }
        let mut chosen = Chosen::new(drawing, self.colors.min(ENTRIES_MAX - 1));
        let first = self.global.is_none();
        let indexed = chosen.index(drawing, dither, first);
        if first {
            self.global = Some(Global::Chosen(chosen));
        } else {
            self.local = Some(chosen);
        }
        indexed
    }
}

impl Chosen {
    fn new(drawing: Drawing<'_>, count: usize) -> Self {
        let mut counted = drawing.counted();
        let colours = cut::colours(&mut counted.points, count);
        let mut nearest = Nearest::new(colours, counted.fine);
        let error = drawing.error(&mut nearest);
        Self { nearest, error }
    }

    /// Whether the colours are near enough to those to be drawn: about as near as to those that
    /// they were chosen for, and not far off where something new has come into the picture.
    fn serves(&mut self, drawing: Drawing<'_>) -> bool {
        let (now, then) = (drawing.error(&mut self.nearest), self.error);
        let both = now.pixels * then.pixels;
        let (squares_now, squares_then) = (now.squares * then.pixels, then.squares * now.pixels);
        let usual = (2 * squares_then + WORSE * both).min(SERVES * both);
        // Where 40 dB were out of reach from the first, they cannot be asked for.
        let near = squares_now <= usual.max(squares_then / 2 * 3);
        near && now.far * then.pixels <= then.far * now.pixels + both / FAR_ONE_OF
    }

    fn index(&mut self, drawing: Drawing<'_>, dither: Dither, global: bool) -> Indexed {
        let indices = drawing.approximated(&mut self.nearest, dither);
        let mut entries = vec![[0; 3]];
        entries.extend_from_slice(self.nearest.colours());
        Indexed {
            indices,
            entries,
            global,
            exact: false,
            transparent: true,
        }
    }
}

impl Indexed {
    fn exactly(indices: Vec<u8>, table: &ExactTable, global: bool) -> Self {
        Self {
            indices,
            entries: table.entries(),
            global,
            exact: true,
            transparent: table.transparent,
        }
    }
}
