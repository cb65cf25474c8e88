//! The time for which a thread runs.

use rustix::time::{ClockId, clock_gettime};

/// Counts the time for which this thread runs. Whoever else has the processor meanwhile isn't counted: measurements of one thread that never
/// waits differ little then on a machine that others use.
pub(crate) struct Stopwatch(f64);

impl Stopwatch {
    pub(crate) fn start() -> Stopwatch {
        Stopwatch(Self::now())
    }

    /// Since it was started.
    pub(crate) fn seconds(&self) -> f64 {
        Self::now() - self.0
    }

    fn now() -> f64 {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
    }
}
