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
                self[..] == other[..]
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
