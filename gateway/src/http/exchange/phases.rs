//! What a request spent its time on.

use std::time::{Duration, Instant};

use crate::pool::Done;
use crate::spans::Phase;

/// In the order in which they ended.
#[derive(Debug, Default)]
pub(super) struct Phases(Vec<Phase>);

impl Phases {
    pub(super) fn all(&self) -> &[Phase] {
        &self.0
    }

    /// Adds one that ends now.
    pub(super) fn spent(&mut self, name: &'static str, time: Duration) {
        self.spent_until(Instant::now(), name, time);
    }

    fn spent_until(&mut self, end: Instant, name: &'static str, time: Duration) {
        self.0.push(Phase { name, time, end });
    }

    /// Adds those of a finished job.
    pub(super) fn done(&mut self, done: &Done) {
        let timings = done.timings();
        let work = [
            ("decode", timings.decode_us),
            ("ops", timings.operations_us),
            ("encode", timings.encode_us),
        ];
        let work = work.map(|(phase, us)| (phase, Duration::from_micros(us)));
        // The job has just ended, and its phases followed each other.
        let all = work.iter().map(|(_, time)| *time).sum();
        let now = Instant::now();
        let mut end = now.checked_sub(all).unwrap_or(now);
        self.spent_until(end, "queue", done.queued);
        for (phase, time) in work {
            end += time;
            self.spent_until(end, phase, time);
        }
    }

    /// The same where no job was needed: whoever reads them finds them, and no time in them.
    pub(super) fn spared(&mut self) {
        for phase in ["queue", "decode", "ops", "encode"] {
            self.spent(phase, Duration::ZERO);
        }
    }

    /// The `Server-Timing` value: `fetch;dur=12.3, queue;dur=0.1, …`, ms.
    pub(super) fn server_timing(&self, total: Duration) -> String {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let parts = self.0.iter();
        let parts = parts.map(|phase| format!("{};dur={:.3}", phase.name, ms(phase.time)));
        let total = format!("total;dur={:.3}", ms(total));
        parts.chain([total]).collect::<Vec<_>>().join(", ")
    }
}
