//! What a result is made of, in 32 bytes.

use std::fmt;

use crate::pool::{Identity, Work};

/// Two jobs of one key have the same result, byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key(Identity);

impl Key {
    /// `source` is the identity of all of the job's pictures, `program` the digest of the worker program, if there is
    /// one: two workers that understand the same messages may still draw differently. Whose job it is makes no difference, nor
    /// when it is to be done.
    pub(crate) fn of(work: &Work, source: &Identity, program: Option<[u8; 32]>) -> Self {
        // Debug text is canonical within one build, and the build is part of it. A limit that is
        // lowered must not be passed by a result that was made before.
        let plan = format!(
            "{} {:?} {:?} {:?} {:?}",
            protocol::build_id(),
            work.output,
            work.operations,
            work.cuts,
            work.limits
        );
        let done = source.with(plan);
        Self(program.map_or(done, |program| done.with(program)))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        self.0.bytes()
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
