//! The std traits of a string.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::ffi::OsStr;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::Path;

use super::{String, StringMut};

impl fmt::Debug for String {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for String {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl Eq for String {}

impl PartialOrd for String {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for String {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

/// As `str`, so that a map keyed by strings can be asked for a `&str`.
impl Hash for String {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

macro_rules! as_ref {
    ($($to:ty),*) => {$(
        impl AsRef<$to> for String {
            fn as_ref(&self) -> &$to {
                self.as_str().as_ref()
            }
        }
    )*};
}
as_ref!(str, [u8], OsStr, Path);

impl Borrow<str> for String {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<&String> for std::string::String {
    fn from(text: &String) -> Self {
        text.as_str().to_owned()
    }
}

/// Equality with everything that is text.
macro_rules! equal {
    ($($left:ty, $right:ty;)*) => {$(
        impl PartialEq<$right> for $left {
            #[inline]
            fn eq(&self, other: &$right) -> bool {
                same(self, other)
            }
        }
    )*};
}
equal! {
    String, String;
    String, str;
    String, &str;
    String, std::string::String;
    String, Cow<'_, str>;
    str, String;
    &str, String;
    std::string::String, String;
    Cow<'_, str>, String;
    StringMut<'_>, str;
    StringMut<'_>, &str;
    StringMut<'_>, std::string::String;
    StringMut<'_>, String;
}

/// Whether two texts are the same. Most are short, and then calling what compares memory takes longer than comparing.
#[inline(always)]
fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let len = one.len();
    if len != other.len() {
        return false;
    }
    /// Both ends of up to twice as many bytes, which overlap where they are fewer.
    macro_rules! ends {
        ($number:ty) => {{
            let ends = |bytes: &[u8]| {
                Some((<$number>::from_ne_bytes(*bytes.first_chunk()?), <$number>::from_ne_bytes(*bytes.last_chunk()?)))
            };
            ends(one) == ends(other)
        }};
    }
    match len {
        8..=16 => ends!(u64),
        4..8 => ends!(u32),
        _ => one == other,
    }
}

impl PartialOrd<str> for String {
    fn partial_cmp(&self, other: &str) -> Option<Ordering> {
        self.as_str().partial_cmp(other)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for String {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}
