//! Durations and points in time, with a fixed layout.

use std::fmt;
use std::time;

use offset_derive::{Relocatable, StableHash};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// A span of time, to the nanosecond: 16 bytes. Converts from and to [`std::time::Duration`].
///
/// ```
/// use offset_std::{Duration, Image, Vec};
///
/// let laps = [1500, 2250].map(std::time::Duration::from_millis).map(Duration::from);
/// let image = Image::<Vec<Duration>>::new(laps)?;
/// assert_eq!((image[1].as_secs(), image[1].subsec_nanos()), (2, 250_000_000));
/// assert_eq!(image[0].to_std().as_millis(), 1500);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Relocatable, StableHash, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[relocatable(plain, validate = Duration::validate)]
#[repr(C)]
pub struct Duration {
    seconds: u64,
    /// Fewer than a second's. 64 bits, so that there is no padding.
    nanos: u64,
}

/// A point in time, to the nanosecond, counted from the start of 1970 (UTC): 16 bytes. Converts from and to [`std::time::SystemTime`].
///
/// ```
/// use offset_std::{Image, SystemTime};
///
/// let image = Image::<SystemTime>::new(SystemTime::from(std::time::SystemTime::now()))?;
/// assert!(*image > SystemTime::UNIX_EPOCH);
/// let midnight = SystemTime::from_unix(86_400, 0).unwrap();
/// assert_eq!(midnight.to_std(), Some(std::time::UNIX_EPOCH + std::time::Duration::from_secs(86_400)));
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Relocatable, StableHash, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[relocatable(plain, validate = SystemTime::validate)]
#[repr(C)]
pub struct SystemTime {
    /// Rounded down: negative before 1970.
    seconds: i64,
    /// What comes on top; fewer than a second's.
    nanos: u64,
}

fn validate_nanos(nanos: u64) -> Result<(), &'static str> {
    if nanos < NANOS_PER_SECOND { Ok(()) } else { Err("a second has fewer nanoseconds") }
}

impl Duration {
    fn validate(&self) -> Result<(), &'static str> {
        validate_nanos(self.nanos)
    }

    /// Whole seconds.
    pub const fn as_secs(&self) -> u64 {
        self.seconds
    }

    /// Nanoseconds on top of the whole seconds.
    pub const fn subsec_nanos(&self) -> u32 {
        self.nanos as u32
    }

    /// The same span as std's type.
    pub fn to_std(self) -> time::Duration {
        self.into()
    }
}

impl From<time::Duration> for Duration {
    fn from(duration: time::Duration) -> Self {
        Duration { seconds: duration.as_secs(), nanos: duration.subsec_nanos().into() }
    }
}

impl From<Duration> for time::Duration {
    fn from(duration: Duration) -> Self {
        time::Duration::new(duration.seconds, duration.nanos as u32)
    }
}

impl SystemTime {
    /// The start of 1970 (UTC).
    pub const UNIX_EPOCH: SystemTime = SystemTime { seconds: 0, nanos: 0 };

    fn validate(&self) -> Result<(), &'static str> {
        validate_nanos(self.nanos)
    }

    /// The point `seconds` and `nanos` after the start of 1970 (UTC). More than a second's nanoseconds are carried over; `None` past the end of 64 bits.
    pub const fn from_unix(seconds: i64, nanos: u32) -> Option<SystemTime> {
        let (carried, nanos) = (nanos as u64 / NANOS_PER_SECOND, nanos as u64 % NANOS_PER_SECOND);
        match seconds.checked_add(carried as i64) {
            Some(seconds) => Some(SystemTime { seconds, nanos }),
            None => None,
        }
    }

    /// Whole seconds from the start of 1970 (UTC), rounded down.
    pub const fn unix_seconds(&self) -> i64 {
        self.seconds
    }

    /// Nanoseconds on top of the whole seconds.
    pub const fn subsec_nanos(&self) -> u32 {
        self.nanos as u32
    }

    /// The same point as std's type; `None` where that can't express it.
    pub fn to_std(self) -> Option<time::SystemTime> {
        let whole = time::Duration::from_secs(self.seconds.unsigned_abs());
        let seconds =
            if self.seconds < 0 { time::UNIX_EPOCH.checked_sub(whole) } else { time::UNIX_EPOCH.checked_add(whole) };
        seconds?.checked_add(time::Duration::from_nanos(self.nanos))
    }
}

/// Points that 64 bits of seconds don't reach become the nearest that they do.
impl From<time::SystemTime> for SystemTime {
    fn from(point: time::SystemTime) -> Self {
        let (seconds, nanos) = match point.duration_since(time::UNIX_EPOCH) {
            Ok(after) => (i128::from(after.as_secs()), after.subsec_nanos()),
            Err(before) => match (before.duration().as_secs(), before.duration().subsec_nanos()) {
                (seconds, 0) => (-i128::from(seconds), 0),
                (seconds, nanos) => (-i128::from(seconds) - 1, NANOS_PER_SECOND as u32 - nanos),
            },
        };
        let clamped = seconds.clamp(i64::MIN.into(), i64::MAX.into());
        SystemTime { seconds: clamped as i64, nanos: nanos.into() }
    }
}

/// The point that std's type can't express.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange(SystemTime);

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} seconds from 1970 are more than this system's time can express", self.0.seconds)
    }
}

impl std::error::Error for OutOfRange {}

impl TryFrom<SystemTime> for time::SystemTime {
    type Error = OutOfRange;

    fn try_from(point: SystemTime) -> Result<Self, OutOfRange> {
        point.to_std().ok_or(OutOfRange(point))
    }
}

impl PartialEq<time::Duration> for Duration {
    fn eq(&self, other: &time::Duration) -> bool {
        self.to_std() == *other
    }
}

impl PartialEq<time::SystemTime> for SystemTime {
    fn eq(&self, other: &time::SystemTime) -> bool {
        *self == SystemTime::from(*other)
    }
}

impl PartialEq<Duration> for time::Duration {
    fn eq(&self, other: &Duration) -> bool {
        other == self
    }
}

impl PartialEq<SystemTime> for time::SystemTime {
    fn eq(&self, other: &SystemTime) -> bool {
        other == self
    }
}

impl fmt::Debug for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_std().fmt(f)
    }
}

impl fmt::Debug for SystemTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SystemTime({}.{:09})", self.seconds, self.nanos)
    }
}

/// As serde serialises std's type.
#[cfg(feature = "serde")]
impl serde::Serialize for Duration {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_std().serialize(serializer)
    }
}

/// As serde serialises std's type.
#[cfg(feature = "serde")]
impl serde::Serialize for SystemTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        time::SystemTime::try_from(*self).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}
