//! What a string is built from.

use std::borrow::Cow;
use std::fmt;

use offset_core::{Emplace, Empty, Error, Filled, FromIter, Relocatable, Result, Slot, Vec};

use super::{String, StringMut};

/// Builds a string from UTF-8.
#[inline]
fn fill<'s>(slot: Slot<'s, String>, text: &str) -> Result<Filled<'s, String>> {
    // SAFETY: a string is one vector, and the only one at offset 0.
    unsafe { slot.field::<Vec<u8>, &[u8]>(0, text.as_bytes()) }?.keep();
    // SAFETY: UTF-8 is there.
    Ok(unsafe { slot.assume_filled() })
}

/// Builds an empty string, and lets `write` append to it.
fn fill_with<'s>(
    slot: Slot<'s, String>,
    write: impl FnOnce(&mut StringMut<'_>) -> Result<()>,
) -> Result<Filled<'s, String>> {
    let (at, writer) = (slot.at(), slot.writer());
    let filled = slot.build(Empty)?;
    // SAFETY: a valid string, which `filled` only holds to release it should this fail.
    write(&mut unsafe { String::handle(at, writer) })?;
    Ok(filled)
}

/// The bytes of a string that an initialiser builds.
pub(super) struct IntoBytes<I>(pub(super) I);

impl<I: Emplace<String>> Emplace<Vec<u8>> for IntoBytes<I> {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, Vec<u8>>) -> Result<Filled<'s, Vec<u8>>> {
        // SAFETY: a string is a vector of bytes; the result is used as a string again, or as bytes, which may be anything.
        unsafe { slot.field::<String, I>(0, self.0) }?.keep();
        // SAFETY: its bytes are there.
        Ok(unsafe { slot.assume_filled() })
    }
}

macro_rules! from_text {
    ($([$($generics:tt)*] $from:ty: $text:ident => $str:expr;)*) => {$(
        impl<$($generics)*> Emplace<String> for $from {
            #[inline]
            fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
                let $text = self;
                fill(slot, $str)
            }
        }
    )*};
}
from_text! {
    [] &str: text => text;
    [] &&str: text => text;
    [] std::string::String: text => &text;
    [] &std::string::String: text => text;
    [] std::boxed::Box<str>: text => &text;
    [] &std::boxed::Box<str>: text => text;
    [] std::rc::Rc<str>: text => &text;
    [] std::sync::Arc<str>: text => &text;
    [] Cow<'_, str>: text => &text;
    [] &Cow<'_, str>: text => text;
    [] &String: text => text;
    [] char: character => character.encode_utf8(&mut [0; 4]);
}

impl Emplace<String> for Empty {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
        fill(slot, "")
    }
}

impl Emplace<String> for fmt::Arguments<'_> {
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
        if let Some(text) = self.as_str() {
            return fill(slot, text);
        }
        fill_with(slot, |string| {
            let mut adapter = Adapter { string, error: None };
            fmt::write(&mut adapter, self)
                .map_err(|_| adapter.error.take().unwrap_or_else(|| Error::custom("a `Display` implementation failed")))
        })
    }
}

/// Writes to a string, and remembers why it failed.
struct Adapter<'a, 'r> {
    string: &'a mut StringMut<'r>,
    error: Option<Error>,
}

impl fmt::Write for Adapter<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.string.try_push_str(text).map_err(|error| {
            self.error = Some(error);
            fmt::Error
        })
    }
}

/// What a string can be put together from.
pub trait Part {
    /// Appends it.
    fn append(self, to: &mut StringMut<'_>) -> Result<()>;
}

impl Part for char {
    fn append(self, to: &mut StringMut<'_>) -> Result<()> {
        to.try_push(self)
    }
}

impl Part for &str {
    fn append(self, to: &mut StringMut<'_>) -> Result<()> {
        to.try_push_str(self)
    }
}

impl Part for std::string::String {
    fn append(self, to: &mut StringMut<'_>) -> Result<()> {
        to.try_push_str(&self)
    }
}

impl<I: Iterator<Item: Part>> Emplace<String> for FromIter<I> {
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
        fill_with(slot, |string| self.into_inner().try_for_each(|part| part.append(string)))
    }
}
