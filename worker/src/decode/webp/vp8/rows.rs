//! The edges of a row of macroblocks, one macroblock after the other.

use super::edges::{Line, Strength};
use super::{CHROMA_SIDE, KeyFrame, SIDE};
use crate::planes::Plane;

/// Pixels beyond an edge that tell how it is filtered.
const BEYOND: usize = 4;

/// What is done to the edges of a macroblock.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Edges {
    pub(super) strength: Option<Strength>,
    /// Those of its blocks too.
    pub(super) inside: bool,
}

/// Which edges are filtered, and how.
#[derive(Clone, Copy)]
struct Way {
    strength: Strength,
    outer: bool,
    inside: bool,
    is_simple: bool,
}

/// Filters row `y` of macroblocks.
pub(super) fn filter(frame: &mut KeyFrame, y: usize, edges: &[Edges], is_simple: bool) {
    for (x, Edges { strength, inside }) in edges.iter().copied().enumerate() {
        let Some(strength) = strength else {
            continue;
        };
        let way = |outer| Way {
            strength,
            outer,
            inside,
            is_simple,
        };
        filter_luma(&mut frame.luma, (x, y), &way);
        if !is_simple {
            filter_chroma(&mut frame.chroma, (x, y), &way);
        }
    }
}

fn filter_luma(plane: &mut Plane, (x, y): (usize, usize), way: &impl Fn(bool) -> Way) {
    let stride = plane.stride;
    let top = y * SIDE * stride + x * SIDE;
    let mut lines = [[0; 16]; BEYOND + SIDE];
    for (line, row) in lines[BEYOND..]
        .iter_mut()
        .zip(plane.samples[top..].chunks(stride))
    {
        line.copy_from_slice(&row[..SIDE]);
    }
    turn(&mut lines);
    if x > 0 {
        let rows = plane.samples[top - BEYOND..].chunks(stride);
        for (at, row) in rows.take(SIDE).enumerate() {
            for (line, pixel) in lines.iter_mut().zip(&row[..BEYOND]) {
                line[at] = *pixel;
            }
        }
    }
    way(x > 0).filter(&mut lines);
    if x > 0 {
        let rows = plane.samples[top - BEYOND..].chunks_mut(stride);
        for (at, row) in rows.take(SIDE).enumerate() {
            for (line, pixel) in lines.iter().zip(&mut row[..BEYOND]) {
                *pixel = line[at];
            }
        }
    }
    turn(&mut lines);
    let beyond = if y > 0 { BEYOND } else { 0 };
    let top = top - beyond * stride;
    let rows = plane.samples[top..].chunks(stride);
    for (line, row) in lines[BEYOND - beyond..BEYOND].iter_mut().zip(rows) {
        line.copy_from_slice(&row[..SIDE]);
    }
    way(y > 0).filter(&mut lines);
    let rows = plane.samples[top..].chunks_mut(stride);
    for (line, row) in lines[BEYOND - beyond..].iter().zip(rows) {
        row[..SIDE].copy_from_slice(line);
    }
}

/// Blue and red side by side: eight pixels of an edge are from each.
fn filter_chroma(planes: &mut [Plane; 2], (x, y): (usize, usize), way: &impl Fn(bool) -> Way) {
    const HALF: usize = CHROMA_SIDE;
    let stride = planes[0].stride;
    let top = y * HALF * stride + x * HALF;
    let beyond = if x > 0 { BEYOND } else { 0 };
    let mut rows = [[0; 16]; 2 * HALF];
    for (plane, rows) in planes.iter().zip(rows.as_chunks_mut::<HALF>().0) {
        for (row, own) in rows
            .iter_mut()
            .zip(plane.samples[top - beyond..].chunks(stride))
        {
            row[BEYOND - beyond..][..beyond + HALF].copy_from_slice(&own[..beyond + HALF]);
        }
    }
    let mut lines = transposed(&rows);
    if let Some(lines) = lines.first_chunk_mut::<{ BEYOND + HALF }>() {
        way(x > 0).filter(lines);
    }
    let rows = transposed(&lines);
    for (plane, rows) in planes.iter_mut().zip(rows.as_chunks::<HALF>().0) {
        for (row, own) in rows
            .iter()
            .zip(plane.samples[top - beyond..].chunks_mut(stride))
        {
            own[..beyond + HALF].copy_from_slice(&row[BEYOND - beyond..][..beyond + HALF]);
        }
    }
    let beyond = if y > 0 { BEYOND } else { 0 };
    let top = top - beyond * stride;
    let mut lines = [[0; 16]; BEYOND + HALF];
    for (plane, half) in planes.iter().zip([0, HALF]) {
        let rows = plane.samples[top..].chunks(stride);
        for (line, row) in lines[BEYOND - beyond..].iter_mut().zip(rows) {
            line[half..][..HALF].copy_from_slice(&row[..HALF]);
        }
    }
    way(y > 0).filter(&mut lines);
    for (plane, half) in planes.iter_mut().zip([0, HALF]) {
        let rows = plane.samples[top..].chunks_mut(stride);
        for (line, row) in lines[BEYOND - beyond..].iter().zip(rows) {
            row[..HALF].copy_from_slice(&line[half..][..HALF]);
        }
    }
}

impl Way {
    /// Filters the edge between the first four lines and the others, and those inside these.
    fn filter<const LINES: usize>(&self, lines: &mut [Line; LINES]) {
        for edge in (BEYOND..LINES).step_by(BEYOND) {
            let is_inside = edge > BEYOND;
            let is_on = if is_inside { self.inside } else { self.outer };
            let Some(across) = lines[edge - BEYOND..].first_chunk_mut::<8>() else {
                continue;
            };
            match is_inside {
                _ if !is_on => {}
                _ if self.is_simple => self.strength.filter_simply(across, is_inside),
                true => self.strength.filter_inner(across),
                false => self.strength.filter_outer(across),
            }
        }
    }
}

/// Rows of a macroblock as its columns, or the other way round.
fn turn(lines: &mut [Line; BEYOND + SIDE]) {
    if let Some(own) = lines.last_chunk_mut::<SIDE>() {
        *own = transposed(own);
    }
}

/// Rows as columns, by interleaving halves four times.
fn transposed(rows: &[Line; 16]) -> [Line; 16] {
    let mut rows = *rows;
    for _ in 0..4 {
        let mut woven = [[0; 16]; 16];
        for (at, pair) in woven.as_chunks_mut::<2>().0.iter_mut().enumerate() {
            let (upper, lower) = (&rows[at], &rows[at + 8]);
            for (half, woven) in pair.iter_mut().enumerate() {
                let (upper, lower) = (&upper[8 * half..], &lower[8 * half..]);
                for (pixels, (upper, lower)) in woven
                    .as_chunks_mut::<2>()
                    .0
                    .iter_mut()
                    .zip(upper.iter().zip(lower))
                {
                    *pixels = [*upper, *lower];
                }
            }
        }
        rows = woven;
    }
    rows
}
