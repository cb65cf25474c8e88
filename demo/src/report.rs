//! Answers, numbers, times and paths for people to read.

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use offset_std::SystemTime;

use crate::index::{Kind, Troubles};
use crate::query::{Answer, Hit, Query};

/// Ends a program: says what went wrong, if something did.
///
/// Whoever reads the output may stop before its end (`| head`); that isn't an error.
pub fn end(program: &str, outcome: Result<(), Box<dyn Error>>) -> ExitCode {
    match outcome {
        Err(error) if !error.downcast_ref().is_some_and(is_broken_pipe) => {
            eprintln!("{program}: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

fn is_broken_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// A path, readable whatever bytes it has: what isn't UTF-8 or can't be printed is escaped.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a>(pub &'a [u8]);

/// A number with a comma after each three digits.
#[derive(Clone, Copy, Debug)]
pub struct Grouped(pub u64);

/// A number of bytes with a unit.
#[derive(Clone, Copy, Debug)]
pub struct Bytes(pub u64);

/// A time with a unit.
#[derive(Clone, Copy, Debug)]
pub struct Time(pub Duration);

/// A point in time: the date and the time of day, in UTC.
#[derive(Clone, Copy, Debug)]
pub struct Date(pub SystemTime);

/// An answer, with the question.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a>(pub &'a Query, pub &'a Answer);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for letter in chunk.valid().chars() {
                match letter {
                    letter if letter.is_control() || letter == '\\' => write!(f, "{}", letter.escape_default())?,
                    letter => write!(f, "{letter}")?,
                }
            }
            write!(f, "{}", chunk.invalid().escape_ascii())?;
        }
        Ok(())
    }
}

impl Display for Grouped {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut text = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        f.pad(&text)
    }
}

impl Display for Bytes {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        if self.0 < 1024 {
            return f.pad(&format!("{} B", self.0));
        }
        let power = self.0.ilog2() / 10;
        let value = self.0 as f64 / (1_u64 << (10 * power)) as f64;
        f.pad(&format!("{value:.1} {}", UNITS[power as usize - 1]))
    }
}

impl Display for Time {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs_f64();
        f.pad(&match seconds {
            seconds if seconds < 1e-3 => format!("{:.1} µs", seconds * 1e6),
            seconds if seconds < 1.0 => format!("{:.1} ms", seconds * 1e3),
            seconds => format!("{seconds:.2} s"),
        })
    }
}

impl Display for Date {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let seconds = self.0.unix_seconds();
        let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = date(days);
        write!(f, "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
    }
}

/// Year, month and day of the Gregorian calendar, from days since 1970.
///
/// A year is taken to begin in March, so that the day that some years lack is its last; 400 years have 146,097 days.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Query::Total => f.write_str("total"),
            Query::Largest => f.write_str("largest files"),
            Query::Newest => f.write_str("newest files"),
            Query::Size(sizes) => match *sizes.end() {
                u64::MAX => write!(f, "files of {} bytes and more", Grouped(*sizes.start())),
                end => write!(f, "files of {} to {} bytes", Grouped(*sizes.start()), Grouped(end)),
            },
            Query::Name(name) => write!(f, "entries named {}", Shown(name)),
            Query::Suffix(suffix) => write!(f, "paths ending in {}", Shown(suffix)),
            Query::At(path) => write!(f, "entry at {}", Shown(path)),
        }
    }
}

impl Display for Answered<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Answered(query, Answer { counts, hits }) = self;
        match query {
            Query::Total => writeln!(
                f,
                "  {} entries: {} files with {} ({} bytes), {} directories, {} links, {} others",
                Grouped(counts.entries()),
                Grouped(counts.files),
                Bytes(counts.bytes),
                Grouped(counts.bytes),
                Grouped(counts.directories),
                Grouped(counts.links),
                Grouped(counts.others),
            )?,
            Query::Largest | Query::Newest => writeln!(f, "  {} files in all", Grouped(counts.files))?,
            Query::Size(_) | Query::Name(_) | Query::Suffix(_) => {
                writeln!(f, "  {} paths, {} in files", Grouped(counts.entries()), Bytes(counts.bytes))?;
            }
            Query::At(_) if hits.is_empty() => writeln!(f, "  nothing there")?,
            Query::At(_) => {}
        }
        for Hit { path, kind, size, modified } in hits {
            let path = if path.is_empty() { b"." } else { path.as_slice() };
            writeln!(f, "  {:>10}  {}  {:9}  {}", Bytes(*size), Date(*modified), name(*kind), Shown(path))?;
        }
        Ok(())
    }
}

impl Display for Troubles {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Troubles { unreadable, vanished, loops } = *self;
        write!(f, "{} unreadable, {} vanished, {} loops", Grouped(unreadable), Grouped(vanished), Grouped(loops))
    }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "file",
        Kind::Directory => "directory",
        Kind::Link => "link",
        Kind::Special => "special",
        Kind::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_can_be_printed() {
        assert_eq!(Shown("grün\n\\".as_bytes()).to_string(), "grün\\n\\\\");
        assert_eq!(Shown(b"a\xff\xfeb").to_string(), "a\\xff\\xfeb");
    }

    #[test]
    fn numbers_have_units_and_commas() {
        assert_eq!(Grouped(1_234_567).to_string(), "1,234,567");
        assert_eq!(Grouped(12).to_string(), "12");
        assert_eq!(Bytes(1023).to_string(), "1023 B");
        assert_eq!(Bytes(1536).to_string(), "1.5 KiB");
        assert_eq!(Bytes(u64::MAX).to_string(), "16.0 EiB");
        assert_eq!(Time(Duration::from_micros(1500)).to_string(), "1.5 ms");
    }

    #[test]
    fn dates_are_right_at_the_ends_of_months() {
        let shown = |seconds| Date(SystemTime::from_unix(seconds, 0).unwrap()).to_string();
        assert_eq!(shown(0), "1970-01-01 00:00:00");
        assert_eq!(shown(-1), "1969-12-31 23:59:59");
        assert_eq!(shown(951_782_399), "2000-02-28 23:59:59");
        assert_eq!(shown(951_782_400), "2000-02-29 00:00:00");
        assert_eq!(shown(951_868_800), "2000-03-01 00:00:00");
        assert_eq!(shown(4_107_542_400), "2100-03-01 00:00:00");
    }
}
