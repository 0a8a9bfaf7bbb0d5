//! The loop filter: edges of blocks made smooth, sixteen pixels of an edge side by side.
//!
//! Source: RFC 6386, section 15.

/// How strongly edges of a macroblock are filtered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strength {
    /// Steps up to which an edge is one of the coding and not of the picture: at the sides of a
    /// macroblock, inside it, and beside the edge.
    outer: i16,
    inner: i16,
    beside: i16,
    /// Steps beside the edge from which on only the pixels next to it are changed.
    busy: i16,
}

/// One row of pixels along an edge.
pub(super) type Line = [u8; 16];
/// Four pixels to each side of an edge.
type Across<'a> = &'a mut [Line; 8];

impl Strength {
    /// `None` if nothing is filtered.
    pub(super) fn new(level: u8, sharpness: u8) -> Option<Self> {
        let beside = match sharpness {
            0 => level,
            1..=4 => (level >> 1).min(9 - sharpness),
            _ => (level >> 2).min(9 - sharpness),
        };
        let beside = i16::from(beside.max(1));
        let busy = match level {
            40.. => 2,
            15.. => 1,
            _ => 0,
        };
        let level = i16::from(level);
        (level > 0).then_some(Self {
            outer: 2 * (level + 2) + beside,
            inner: 2 * level + beside,
            beside,
            busy,
        })
    }

    /// An edge between macroblocks.
    pub(super) fn filter_outer(&self, across: Across<'_>) {
        for at in 0..16 {
            let own = Step::read(across, at);
            let is_on = own.is_on(self.outer, self.beside);
            let is_busy = own.is_busy(self.busy);
            let Step {
                p2,
                p1,
                p0,
                q0,
                q1,
                q2,
                ..
            } = own;
            let step = signed(signed(p1 - q1) + 3 * (q0 - p0));
            let part = |weight: i16| signed((weight * step + 63) >> 7);
            let pick = |busy: i16, calm: i16| {
                if !is_on {
                    0
                } else if is_busy {
                    busy
                } else {
                    calm
                }
            };
            let near = part(27);
            across[3][at] = unsigned(p0 + pick(signed(step + 3) >> 3, near));
            across[4][at] = unsigned(q0 - pick(signed(step + 4) >> 3, near));
            let further = pick(0, part(18));
            across[2][at] = unsigned(p1 + further);
            across[5][at] = unsigned(q1 - further);
            let furthest = pick(0, part(9));
            across[1][at] = unsigned(p2 + furthest);
            across[6][at] = unsigned(q2 - furthest);
        }
    }

    /// An edge inside a macroblock.
    pub(super) fn filter_inner(&self, across: Across<'_>) {
        for at in 0..16 {
            let own = Step::read(across, at);
            let is_on = own.is_on(self.inner, self.beside);
            let is_busy = own.is_busy(self.busy);
            let Step { p1, p0, q0, q1, .. } = own;
            let outer = if is_busy { signed(p1 - q1) } else { 0 };
            let step = signed(outer + 3 * (q0 - p0));
            let pick = |value: i16| if is_on { value } else { 0 };
            let near = signed(step + 4) >> 3;
            across[3][at] = unsigned(p0 + pick(signed(step + 3) >> 3));
            across[4][at] = unsigned(q0 - pick(near));
            let further = if is_busy { 0 } else { pick((near + 1) >> 1) };
            across[2][at] = unsigned(p1 + further);
            across[5][at] = unsigned(q1 - further);
        }
    }

    /// Any edge, by the simple filter.
    pub(super) fn filter_simply(&self, across: Across<'_>, is_inside: bool) {
        let limit = if is_inside { self.inner } else { self.outer };
        for at in 0..16 {
            let own = Step::read(across, at);
            let is_on = own.is_low(limit);
            let Step { p1, p0, q0, q1, .. } = own;
            let step = signed(signed(p1 - q1) + 3 * (q0 - p0));
            let pick = |value: i16| if is_on { value } else { 0 };
            across[3][at] = unsigned(p0 + pick(signed(step + 3) >> 3));
            across[4][at] = unsigned(q0 - pick(signed(step + 4) >> 3));
        }
    }
}

/// The pixels across an edge: before it, from it on.
struct Step {
    p3: i16,
    p2: i16,
    p1: i16,
    p0: i16,
    q0: i16,
    q1: i16,
    q2: i16,
    q3: i16,
}

impl Step {
    #[inline(always)]
    fn read(across: &[Line; 8], at: usize) -> Self {
        let [p3, p2, p1, p0, q0, q1, q2, q3] = std::array::from_fn(|of| i16::from(across[of][at]));
        Self {
            p3,
            p2,
            p1,
            p0,
            q0,
            q1,
            q2,
            q3,
        }
    }

    #[inline(always)]
    fn is_low(&self, limit: i16) -> bool {
        (self.p0 - self.q0).abs() * 2 + ((self.p1 - self.q1).abs() >> 1) <= limit
    }

    /// Whether the edge is one of the coding.
    #[inline(always)]
    fn is_on(&self, limit: i16, beside: i16) -> bool {
        let steps = [
            self.p3 - self.p2,
            self.p2 - self.p1,
            self.p1 - self.p0,
            self.q1 - self.q0,
            self.q2 - self.q1,
            self.q3 - self.q2,
        ];
        let highest = steps
            .into_iter()
            .fold(0, |highest, step| step.abs().max(highest));
        self.is_low(limit) & (highest <= beside)
    }

    #[inline(always)]
    fn is_busy(&self, from: i16) -> bool {
        ((self.p1 - self.p0).abs() > from) | ((self.q1 - self.q0).abs() > from)
    }
}

#[inline(always)]
fn signed(value: i16) -> i16 {
    value.clamp(-128, 127)
}

#[inline(always)]
fn unsigned(value: i16) -> u8 {
    value.clamp(0, 255) as u8
}
