//! What crosses the socket between gateway and worker, and nothing else.
//!
//! One socketpair per worker, strictly half-duplex:
//!
//! ```text
//! worker  → Hello                          once, when it is ready for work
//! gateway → Job      + source bytes        one at a time
//! worker  → Started                        from here on the job is never retried
//! worker  → Reply    + result bytes        or
//! worker  → Refusal                        and the worker is ready again
//! ```
//!
//! Every message is a 16-byte [prelude](frame), a bincode header of at most 64 KiB, and
//! (for `Job` and `Reply` only) a raw body that never passes through bincode. Nothing the
//! other side says is believed before it is checked: both lengths are compared with their
//! caps before a byte is allocated for them.
//!
//! Beside the wire stand the worker's command line, before it, and the page that it leaves behind.
//!
//! The crate does no input or output of its own, and knows neither tokio nor a codec.

mod arguments;
mod breadcrumb;
mod catalogue;
mod codec;
mod colour;
pub mod frame;
mod last_words;
mod layer;
mod limits;
mod message;
mod operation;
mod output;
mod parameter;
mod start;

pub use arguments::{Arguments, Fault, Unknown};
pub use breadcrumb::{BREADCRUMB_TEXT_BYTES, Breadcrumb, Field, PAGE_BYTES, WORD_BYTES};
pub use catalogue::{Alias, Group, OperationSpec, ParameterKind, ParameterSpec};
pub use colour::Colour;
pub use frame::{FrameError, Kind, Prelude};
pub use last_words::LastWords;
pub use layer::Layer;
pub use limits::{
    HEADER_BYTES_MAX, Limit, Limits, OPERATIONS_MAX, PICTURES_MAX, PROTOCOL_VERSION, TEXT_BYTES_MAX,
};
pub use message::{
    Excess, FromWorker, Hello, Job, Message, OutputFormat, Phase, Reason, Refusal, Reply, Started,
    Timings, clip,
};
pub use operation::*;
pub use output::{
    Compression, Dither, FormatChoice, OUTPUT_OPTIONS, OptionSpec, Output, Subsampling, Traded,
    nearest_format, unknown as unknown_output,
};
pub use parameter::Ratio;
pub use start::{Cage, NotAStart, Start};

/// Identifies one build of this workspace: a gateway talks only to workers of its own build,
/// because the wire carries no field names and a mixed pair would misread each other silently.
#[must_use]
pub fn build_id() -> &'static str {
    concat!(env!("CARGO_PKG_VERSION"), "+", env!("FRAMEFARM_BUILD"))
}
