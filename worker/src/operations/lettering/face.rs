//! The letters as lines along the middle of their strokes, drawn for this program. How thick the
//! strokes are and how they end is not said here.

/// One line of a letter; hundredths of its width and height, from the top left.
pub(super) enum Line {
    /// With sharp corners.
    Sharp(&'static [(i8, i8)]),
    /// With round ones, and ends that are cut off where they are.
    Round(&'static [(i8, i8)]),
    /// With round ones, and ending where it begins.
    Ring(&'static [(i8, i8)]),
}

/// A letter.
pub(super) struct Glyph {
    pub(super) letter: char,
    /// Width of its lines, hundredths of their height.
    pub(super) width: i8,
    pub(super) lines: &'static [Line],
}

use Line::{Ring, Round, Sharp};

const fn glyph(letter: char, width: i8, lines: &'static [Line]) -> Glyph {
    Glyph {
        letter,
        width,
        lines,
    }
}

const STEM: Line = Sharp(&[(0, 0), (0, 100)]);
const TOP: Line = Sharp(&[(0, 0), (100, 0)]);
const BOTTOM: Line = Sharp(&[(0, 100), (100, 100)]);

#[rustfmt::skip]
pub(super) const FACE: &[Glyph] = &[
    glyph(' ', 22, &[]),
    glyph('.', 0, &[Sharp(&[(0, 100)])]),
    glyph(',', 8, &[Sharp(&[(100, 100), (0, 118)])]),
    glyph(':', 0, &[Sharp(&[(0, 32)]), Sharp(&[(0, 88)])]),
    glyph('-', 34, &[Sharp(&[(0, 55), (100, 55)])]),
    glyph('=', 40, &[Sharp(&[(0, 38), (100, 38)]), Sharp(&[(0, 70), (100, 70)])]),
    glyph('+', 44, &[Sharp(&[(0, 54), (100, 54)]), Sharp(&[(50, 28), (50, 80)])]),
    glyph('*', 44, &[Sharp(&[(50, 20), (50, 80)]), Sharp(&[(0, 34), (100, 66)]), Sharp(&[(0, 66), (100, 34)])]),
    glyph('#', 52, &[Sharp(&[(34, 0), (18, 100)]), Sharp(&[(82, 0), (66, 100)]), Sharp(&[(2, 32), (100, 32)]), Sharp(&[(0, 68), (98, 68)])]),
    glyph('%', 60, &[Sharp(&[(92, 0), (8, 100)]), Ring(&[(0, 0), (34, 0), (34, 34), (0, 34)]), Ring(&[(66, 66), (100, 66), (100, 100), (66, 100)])]),
    glyph('@', 70, &[Round(&[(100, 100), (0, 100), (0, 0), (100, 0), (100, 72), (68, 72), (68, 30)]), Ring(&[(32, 30), (68, 30), (68, 72), (32, 72)])]),
    glyph('$', 46, &[Round(&[(100, 30), (100, 12), (0, 12), (0, 48), (100, 52), (100, 88), (0, 88), (0, 70)]), Sharp(&[(50, 0), (50, 100)])]),
    glyph('0', 44, &[Ring(&[(0, 0), (100, 0), (100, 100), (0, 100)])]),
    glyph('1', 22, &[Sharp(&[(100, 100), (100, 0), (0, 22)])]),
    glyph('2', 44, &[Round(&[(0, 28), (0, 0), (100, 0), (100, 44), (0, 100)]), BOTTOM]),
    glyph('3', 44, &[Round(&[(0, 26), (0, 0), (98, 0), (98, 48), (34, 48)]), Round(&[(34, 48), (100, 48), (100, 100), (0, 100), (0, 74)])]),
    glyph('4', 48, &[Sharp(&[(76, 100), (76, 0), (0, 70), (100, 70)])]),
    glyph('5', 44, &[Sharp(&[(94, 0), (4, 0), (0, 44)]), Round(&[(0, 44), (100, 38), (100, 100), (0, 100), (0, 76)])]),
    glyph('6', 44, &[Round(&[(98, 24), (98, 0), (0, 0), (0, 60)]), Ring(&[(0, 44), (100, 44), (100, 100), (0, 100)])]),
    glyph('7', 42, &[Sharp(&[(0, 0), (100, 0), (34, 100)])]),
    glyph('8', 44, &[Ring(&[(4, 0), (96, 0), (96, 48), (4, 48)]), Ring(&[(0, 48), (100, 48), (100, 100), (0, 100)])]),
    glyph('9', 44, &[Round(&[(2, 76), (2, 100), (100, 100), (100, 40)]), Ring(&[(0, 0), (100, 0), (100, 56), (0, 56)])]),
    glyph('A', 58, &[Sharp(&[(0, 100), (50, 0), (100, 100)]), Sharp(&[(24, 68), (76, 68)])]),
    glyph('B', 46, &[STEM, Round(&[(0, 0), (94, 0), (94, 47), (0, 47)]), Round(&[(0, 47), (100, 47), (100, 100), (0, 100)])]),
    glyph('C', 46, &[Round(&[(100, 30), (100, 0), (0, 0), (0, 100), (100, 100), (100, 70)])]),
    glyph('D', 48, &[STEM, Round(&[(0, 0), (100, 0), (100, 100), (0, 100)])]),
    glyph('E', 38, &[STEM, TOP, BOTTOM, Sharp(&[(0, 49), (88, 49)])]),
    glyph('F', 38, &[STEM, TOP, Sharp(&[(0, 50), (86, 50)])]),
    glyph('G', 48, &[Round(&[(100, 26), (100, 0), (0, 0), (0, 100), (100, 100), (100, 58)]), Sharp(&[(62, 58), (100, 58)])]),
    glyph('I', 0, &[STEM]),
    glyph('L', 36, &[STEM, BOTTOM]),
    glyph('N', 52, &[STEM, Sharp(&[(0, 0), (100, 100)]), Sharp(&[(100, 0), (100, 100)])]),
    glyph('O', 50, &[Ring(&[(0, 0), (100, 0), (100, 100), (0, 100)])]),
    glyph('R', 48, &[STEM, Round(&[(0, 0), (98, 0), (98, 52), (0, 52)]), Sharp(&[(46, 52), (100, 100)])]),
    glyph('S', 46, &[Round(&[(98, 24), (98, 0), (0, 0), (0, 48), (100, 52), (100, 100), (0, 100), (0, 76)])]),
    glyph('T', 48, &[TOP, Sharp(&[(50, 0), (50, 100)])]),
    glyph('V', 56, &[Sharp(&[(0, 0), (50, 100), (100, 0)])]),
    glyph('W', 92, &[Sharp(&[(0, 0), (26, 100), (50, 4), (74, 100), (100, 0)])]),
];
