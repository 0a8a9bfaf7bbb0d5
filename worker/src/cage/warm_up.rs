//! What the standard library does only once, done before the filter: a job must find nothing
//! left to do for the first time.

use std::collections::HashMap;
use std::time::Instant;

use crate::{kernel, serve};

pub(super) fn warm_up() {
    // The keys of a thread's hash maps are drawn with its first one.
    std::hint::black_box(HashMap::<u8, u8>::new());
    // glibc's qsort, which libwebp uses, asks once how much memory the machine has.
    kernel::sort_once();
    // The clock, which on some machines is not the vDSO's alone.
    std::hint::black_box(Instant::now());
    // The standard hook asks for thread and environment, and opens files for a backtrace.
    serve::install_panic_hook();
    serve::rehearse_a_panic();
}
