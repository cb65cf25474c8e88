//! Takes samples, and turns them into medians, a table and a file.
//!
//! A subject runs its contenders in turn, round after round, in one process: what slows the machine for a while slows all of
//! them. The first round only warms up (the page cache, the allocators, the branch predictors) and isn't counted.

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::clock::Stopwatch;

/// What a comparison may fail with.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The name of our contender, to which the others are compared. Its variants have names that begin with it.
pub(crate) const OURS: &str = "offset";

/// What a measurement counts in: a name, and how many seconds or bytes one of it is.
#[derive(Clone, Copy)]
pub(crate) struct Unit {
    name: &'static str,
    size: f64,
}

/// Seconds.
pub(crate) const SECONDS: Unit = Unit { name: "s", size: 1.0 };
/// Milliseconds.
pub(crate) const MILLIS: Unit = Unit { name: "ms", size: 1e-3 };
/// Microseconds.
pub(crate) const MICROS: Unit = Unit { name: "µs", size: 1e-6 };
/// Nanoseconds.
pub(crate) const NANOS: Unit = Unit { name: "ns", size: 1e-9 };
/// Bytes.
pub(crate) const BYTES: Unit = Unit { name: "B", size: 1.0 };
/// How many of what the metric names, or how many times as much.
pub(crate) const COUNT: Unit = Unit { name: "", size: 1.0 };
/// Mebibytes.
pub(crate) const MEBIBYTES: Unit = Unit { name: "MiB", size: 1048576.0 };

/// All samples of one contender for one metric.
struct Series {
    metric: &'static str,
    unit: Unit,
    contender: &'static str,
    values: Vec<f64>,
}

/// Collects the samples of one subject at one size.
pub(crate) struct Recorder {
    subject: &'static str,
    n: u64,
    series: Vec<Series>,
}

/// One figure of the outcome.
pub(crate) struct Row {
    subject: &'static str,
    n: u64,
    metric: &'static str,
    unit: Unit,
    contender: &'static str,
    value: f64,
}

impl Recorder {
    /// Starts a subject with `n` elements.
    pub(crate) fn new(subject: &'static str, n: u64) -> Recorder {
        Recorder { subject, n, series: Vec::new() }
    }

    /// Runs `work` and takes its time as a sample. What it returns is dropped by the caller, outside of the time.
    pub(crate) fn time<T>(
        &mut self,
        contender: &'static str,
        metric: &'static str,
        unit: Unit,
        work: impl FnOnce() -> T,
    ) -> T {
        let start = Instant::now();
        let outcome = std::hint::black_box(work());
        let time = start.elapsed().as_secs_f64();
        self.add(contender, metric, unit, time);
        outcome
    }

    /// Runs `work`, which does the same thing `count` times, and takes the time for which the thread ran for one as a sample.
    pub(crate) fn each<T>(
        &mut self,
        contender: &'static str,
        metric: &'static str,
        count: usize,
        work: impl FnOnce() -> T,
    ) -> T {
        let start = Stopwatch::start();
        let outcome = std::hint::black_box(work());
        self.add(contender, metric, NANOS, start.seconds() / count as f64);
        outcome
    }

    /// Takes a number of bytes as a sample.
    pub(crate) fn bytes(&mut self, contender: &'static str, metric: &'static str, bytes: u64) {
        self.add(contender, metric, MEBIBYTES, bytes as f64);
    }

    /// Forgets the samples taken so far: they warmed up.
    pub(crate) fn forget(&mut self) {
        self.series.iter_mut().for_each(|series| series.values.clear());
    }

    /// The same, but for bytes, which don't vary.
    pub(crate) fn forget_times(&mut self) {
        self.series.retain(|series| series.unit.name == MEBIBYTES.name);
    }

    /// The median of each series.
    pub(crate) fn finish(self) -> Vec<Row> {
        let Recorder { subject, n, series } = self;
        series
            .into_iter()
            .filter(|series| !series.values.is_empty())
            .map(|Series { metric, unit, contender, values }| Row {
                subject,
                n,
                metric,
                unit,
                contender,
                value: median(values),
            })
            .collect()
    }

    /// Takes a number of seconds, bytes or things as a sample.
    pub(crate) fn add(&mut self, contender: &'static str, metric: &'static str, unit: Unit, raw: f64) {
        let value = raw / unit.size;
        let same = |series: &&mut Series| series.metric == metric && series.contender == contender;
        match self.series.iter_mut().find(same) {
            Some(series) => series.values.push(value),
            None => self.series.push(Series { metric, unit, contender, values: vec![value] }),
        }
    }
}

/// The middle value, or the mean of the two middle ones.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { (values[half - 1] + values[half]) / 2.0 }
}

/// Checks that all contenders found the same answers.
///
/// # Panics
///
/// If they didn't: then they don't do the same work, and the comparison is worth nothing.
pub(crate) fn agree<A: PartialEq + std::fmt::Debug>(answers: &[(&'static str, A)]) {
    for pair in answers.windows(2) {
        assert_eq!(pair[0].1, pair[1].1, "{} and {} don't agree", pair[0].0, pair[1].0);
    }
}

/// The rows as an aligned table: a line a metric, a column a contender, ours first, then the ratios of ours to each peer.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut contenders: Vec<&str> = Vec::new();
    let mut metrics: Vec<(u64, &str)> = Vec::new();
    for row in rows {
        if !contenders.contains(&row.contender) {
            contenders.push(row.contender);
        }
        if !metrics.contains(&(row.n, row.metric)) {
            metrics.push((row.n, row.metric));
        }
    }
    contenders.sort_by_key(|&contender| (contender != OURS, !contender.starts_with(OURS)));
    let peers: Vec<&str> = contenders.iter().copied().filter(|contender| !contender.starts_with(OURS)).collect();

    let mut cells = vec![vec!["subject".to_owned(), "n".into(), "metric".into(), "unit".into()]];
    cells[0].extend(contenders.iter().map(|&contender| contender.to_owned()));
    cells[0].extend(peers.iter().map(|peer| format!("{OURS}/{peer}")));
    for (n, metric) in metrics {
        let find =
            |contender: &str| rows.iter().find(|row| (row.n, row.metric) == (n, metric) && row.contender == contender);
        let Some(any) = contenders.iter().find_map(|contender| find(contender)) else { continue };
        let mut line = vec![any.subject.to_owned(), n.to_string(), metric.to_owned(), any.unit.name.to_owned()];
        line.extend(contenders.iter().map(|contender| find(contender).map_or("-".into(), |row| figure(row.value))));
        line.extend(peers.iter().map(|peer| match (find(OURS), find(peer)) {
            (Some(ours), Some(peer)) if peer.value > 0.0 => format!("{:.2}", ours.value / peer.value),
            _ => "-".into(),
        }));
        cells.push(line);
    }
    aligned(&cells)
}

/// A value with three digits that count.
fn figure(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v if v >= 0.1 => format!("{v:.2}"),
        v => format!("{v:.4}"),
    }
}

/// Cells in columns: numbers to the right, words to the left.
fn aligned(cells: &[Vec<String>]) -> String {
    let width = |column: usize| cells.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for line in cells {
        for (column, cell) in line.iter().enumerate() {
            let blank = " ".repeat(width(column) - cell.chars().count());
            match column {
                0 => text += &format!("{cell}{blank}"),
                2 | 3 => text += &format!("  {cell}{blank}"),
                _ => text += &format!("  {blank}{cell}"),
            }
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

/// The rows as a JSON list of `{subject, n, metric, unit, contender, value}`.
///
/// No name has a character that JSON would want escaped.
fn json(rows: &[Row]) -> String {
    let mut text = String::from("[\n");
    for (place, row) in rows.iter().enumerate() {
        let Row { subject, n, metric, contender, value, .. } = row;
        let unit = row.unit.name;
        let comma = if place + 1 < rows.len() { "," } else { "" };
        let _ = writeln!(
            text,
            r#"  {{"subject": "{subject}", "n": {n}, "metric": "{metric}", "unit": "{unit}", "contender": "{contender}", "value": {value}}}{comma}"#
        );
    }
    text.push_str("]\n");
    text
}

/// Writes the rows to `compare/SUBJECT.json` in the target directory, and returns where that is.
///
/// # Errors
///
/// If the file can't be written.
pub(crate) fn write_json(subject: &str, rows: &[Row]) -> Result<PathBuf> {
    let path = scratch_directory()?.join(format!("{subject}.json"));
    fs::write(&path, json(rows))?;
    Ok(path)
}

/// The directory `compare` in cargo's target directory, which cargo marks with a `CACHEDIR.TAG`. It is made if it isn't there.
///
/// # Errors
///
/// If it can't be made.
pub(crate) fn scratch_directory() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().find(|directory| directory.join("CACHEDIR.TAG").exists());
    let path = target.unwrap_or(Path::new("target")).join("compare");
    fs::create_dir_all(&path)?;
    Ok(path)
}

/// A file in the scratch directory that is deleted when this is dropped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Names a file. The name tells processes apart that run at the same time.
    ///
    /// # Errors
    ///
    /// If the directory can't be made.
    pub(crate) fn new(name: &str) -> Result<Scratch> {
        Ok(Scratch(scratch_directory()?.join(format!("{name}.{}.scratch", std::process::id()))))
    }

    /// Where the file is, or will be.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing to do about a file that is gone already or can't be removed: it lies in the target directory.
        let _ = fs::remove_file(&self.0);
    }
}

/// Saves bytes as durably as an image is saved, so that the two can be compared: a temporary file in the same directory, `fsync`,
/// `rename`, `fsync` of the directory.
///
/// # Errors
///
/// Those of the file system.
pub(crate) fn save_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("temporary");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    match path.parent() {
        Some(directory) => File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let row = |metric, contender, value| Row { subject: "s", n: 10, metric, unit: MICROS, contender, value };
        vec![row("read", "peer", 4.0), row("read", OURS, 1.0), row("write", "peer", 1234.5)]
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![9.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 9.0]), 3.0);
    }

    #[test]
    fn a_table_has_ours_first_and_a_dash_for_what_nobody_measured() {
        let expected = "subject   n  metric  unit  offset  peer  offset/peer\n\
                        s        10  read    µs      1.00  4.00         0.25\n\
                        s        10  write   µs         -  1234            -\n";
        assert_eq!(table(&rows()), expected);
    }

    #[test]
    fn json_is_a_list_of_rows() {
        let text = json(&rows()[..2]);
        let first = r#"  {"subject": "s", "n": 10, "metric": "read", "unit": "µs", "contender": "peer", "value": 4},"#;
        assert_eq!(text.lines().nth(1), Some(first));
        assert_eq!(text.matches("},").count(), 1);
        assert!(text.ends_with("}\n]\n"));
    }
}
