//! Measures a contender in a process of its own.
//!
//! What one contender leaves behind changes the next: glibc's allocator learns from what is freed, and memory that was given back costs
//! page faults again. So each turn of a contender is a fresh process: this program runs itself with a hidden argument, and reads the figures
//! from its output, a line each.

use std::process::{Command, ExitCode, Stdio};

use super::{alive, churn, fill, huge, push, slots, threads};
use crate::harness::{Recorder, Result, Row, Unit};
use crate::json;

/// The first argument of a process that measures one contender.
const HIDDEN: &str = "--isolated";

/// A subject of which each turn is a process.
pub(crate) struct Task {
    pub(crate) name: &'static str,
    /// What a turn finds out, in this order.
    pub(crate) metrics: &'static [(&'static str, Unit)],
    pub(crate) contenders: &'static [Contender],
}

/// One of those that are compared.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// A turn with `n` of what the task counts: seconds, bytes or counts, in the order of the task's metrics; not a number for what this
    /// contender doesn't do.
    pub(crate) measure: fn(n: u64) -> Vec<f64>,
}

const TASKS: [&Task; 8] =
    [&fill::TASK, &push::TASK, &alive::TASK, &churn::TASK, &huge::TASK, &threads::TASK, &slots::TASK, &json::TASK];

impl Task {
    /// Gives each contender its turn, `rounds` times. Another one comes first in each round: on a virtual machine, whoever comes first after a
    /// while may find memory that the host has to back anew.
    ///
    /// # Errors
    ///
    /// If a process can't be started, or fails.
    pub(crate) fn run(&self, n: u64, rounds: usize) -> Result<Vec<Row>> {
        let mut recorder = Recorder::new(self.name, n);
        for round in 0..rounds {
            let (later, first) = self.contenders.split_at(round % self.contenders.len());
            for contender in first.iter().chain(later) {
                self.record(contender, &self.turn(contender, n)?, &mut recorder);
            }
        }
        Ok(recorder.finish())
    }

    /// A turn in a process of its own.
    fn turn(&self, contender: &Contender, n: u64) -> Result<Vec<f64>> {
        let arguments = [HIDDEN, self.name, contender.name, &n.to_string()];
        let output = Command::new(std::env::current_exe()?).args(arguments).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("{} of {} failed: {}", self.name, contender.name, output.status).into());
        }
        Ok(String::from_utf8(output.stdout)?.lines().map(str::parse).collect::<std::result::Result<_, _>>()?)
    }

    fn record(&self, contender: &Contender, figures: &[f64], recorder: &mut Recorder) {
        assert_eq!(figures.len(), self.metrics.len(), "a figure a metric");
        for (&(metric, unit), &figure) in self.metrics.iter().zip(figures) {
            if !figure.is_nan() {
                recorder.add(contender.name, metric, unit, figure);
            }
        }
    }

    /// A turn of each contender in this process, for tests: a test's program can't run itself.
    #[cfg(test)]
    pub(crate) fn try_all(&self, n: u64) {
        let mut recorder = Recorder::new(self.name, n);
        for contender in self.contenders {
            self.record(contender, &(contender.measure)(n), &mut recorder);
        }
        assert!(!recorder.finish().is_empty());
    }
}

/// If this process was started for one turn of a contender: does it, and says with which code to exit.
pub(crate) fn answer() -> Option<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [hidden, task, contender, n] = &arguments[..] else { return None };
    if hidden != HIDDEN {
        return None;
    }
    let task = TASKS.iter().find(|known| known.name == task)?;
    let contender = task.contenders.iter().find(|known| known.name == contender)?;
    for figure in (contender.measure)(n.parse().ok()?) {
        println!("{figure}");
    }
    Some(ExitCode::SUCCESS)
}
