//! `StringMut`: editing text.

use std::fmt;
use std::ops::{Deref, RangeBounds};

use offset_core::raw::ends_of;
use offset_core::{Emplace, Result, VecMut};

use super::String;

/// Edits a string. Reads as a `str`.
///
/// The methods have std's names and meanings; each that allocates has a `try_` form. `write!` works on it.
///
/// ```
/// use std::fmt::Write;
/// use offset_std::{Image, String};
///
/// let mut image = Image::<String>::new("total")?;
/// let mut text = image.edit();
/// write!(text, " {}", 6 * 7)?;
/// text.replace_range(..5, "sum:");
/// assert_eq!(text, "sum: 42");
/// # Ok::<(), std::boxed::Box<dyn std::error::Error>>(())
/// ```
pub struct StringMut<'r> {
    /// UTF-8, between two calls.
    bytes: VecMut<'r, u8>,
}

impl<'r> StringMut<'r> {
    pub(super) fn new(bytes: VecMut<'r, u8>) -> Self {
        StringMut { bytes }
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        // SAFETY: the bytes are UTF-8 between two calls.
        unsafe { std::str::from_utf8_unchecked(&self.bytes) }
    }

    /// Gives up editing for reading, for as long as this handle could have lived.
    pub fn freeze(self) -> &'r str {
        // SAFETY: the bytes are UTF-8 between two calls.
        unsafe { std::str::from_utf8_unchecked(self.bytes.freeze()) }
    }

    /// How many bytes fit without growing.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Appends text. O(text), amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_push_str`](StringMut::try_push_str) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn push_str(&mut self, text: &str) {
        self.try_push_str(text).unwrap_or_else(|error| error.raise());
    }

    /// Appends text, or leaves the string as it is.
    ///
    /// # Errors
    ///
    /// No space, or 2 GiB of text.
    #[inline]
    pub fn try_push_str(&mut self, text: &str) -> Result<()> {
        self.bytes.try_extend_from_slice(text.as_bytes())
    }

    /// Appends a character. O(1), amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_push`](StringMut::try_push) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn push(&mut self, character: char) {
        self.try_push(character).unwrap_or_else(|error| error.raise());
    }

    /// Appends a character, or leaves the string as it is.
    ///
    /// # Errors
    ///
    /// No space, or 2 GiB of text.
    #[inline]
    pub fn try_push(&mut self, character: char) -> Result<()> {
        self.try_push_str(character.encode_utf8(&mut [0; 4]))
    }

    /// Inserts text before the byte `index`. O(len - index).
    ///
    /// # Panics
    ///
    /// If `index` isn't on a character's boundary, and where [`try_insert_str`](StringMut::try_insert_str) returns an error, with its text.
    #[track_caller]
    pub fn insert_str(&mut self, index: usize, text: &str) {
        self.try_insert_str(index, text).unwrap_or_else(|error| error.raise());
    }

    /// Inserts text before the byte `index`, or leaves the string as it is.
    ///
    /// # Errors
    ///
    /// No space, or 2 GiB of text.
    ///
    /// # Panics
    ///
    /// If `index` isn't on a character's boundary.
    #[track_caller]
    pub fn try_insert_str(&mut self, index: usize, text: &str) -> Result<()> {
        self.assert_boundary(index);
        self.try_push_str(text)?;
        // From one valid string to another; nothing in between can panic.
        self.bytes[index..].rotate_right(text.len());
        Ok(())
    }

    /// Inserts a character before the byte `index`. O(len - index).
    ///
    /// # Panics
    ///
    /// As for [`insert_str`](StringMut::insert_str).
    #[track_caller]
    pub fn insert(&mut self, index: usize, character: char) {
        self.insert_str(index, character.encode_utf8(&mut [0; 4]));
    }

    /// Inserts a character before the byte `index`, or leaves the string as it is.
    ///
    /// # Errors
    ///
    /// No space, or 2 GiB of text.
    ///
    /// # Panics
    ///
    /// If `index` isn't on a character's boundary.
    #[track_caller]
    pub fn try_insert(&mut self, index: usize, character: char) -> Result<()> {
        self.try_insert_str(index, character.encode_utf8(&mut [0; 4]))
    }

    /// Removes the last character. O(1).
    pub fn pop(&mut self) -> Option<char> {
        let last = self.as_str().chars().next_back()?;
        self.bytes.truncate(self.bytes.len() - last.len_utf8());
        Some(last)
    }

    /// Removes the character that begins at the byte `index`. O(len - index).
    ///
    /// # Panics
    ///
    /// If no character begins there.
    #[track_caller]
    pub fn remove(&mut self, index: usize) -> char {
        let character = self.as_str()[index..].chars().next().expect("cannot remove a char from the end of a string");
        self.bytes.remove_range(index..index + character.len_utf8());
        character
    }

    /// Removes the bytes of a range. O(len).
    ///
    /// # Panics
    ///
    /// If an end of the range isn't on a character's boundary.
    #[track_caller]
    pub fn remove_range<R: RangeBounds<usize>>(&mut self, range: R) {
        let (from, to) = self.bounds(range);
        self.bytes.remove_range(from..to);
    }

    /// Keeps the characters that `keep` says yes to. O(len), with as much other memory as what is kept.
    ///
    /// # Panics
    ///
    /// If `keep` panics; nothing has been removed then.
    pub fn retain<F: FnMut(char) -> bool>(&mut self, mut keep: F) {
        let kept: std::string::String = self.as_str().chars().filter(|character| keep(*character)).collect();
        // Not longer than before: nothing is allocated.
        self.bytes[..kept.len()].copy_from_slice(kept.as_bytes());
        self.bytes.truncate(kept.len());
    }

    /// Keeps the first `len` bytes. O(what is removed).
    ///
    /// # Panics
    ///
    /// If `len` isn't on a character's boundary, unless it is past the end.
    #[track_caller]
    pub fn truncate(&mut self, len: usize) {
        if len <= self.bytes.len() {
            self.assert_boundary(len);
            self.bytes.truncate(len);
        }
    }

    /// Removes everything. O(len).
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Replaces the bytes of a range with text. O(len + text).
    ///
    /// # Panics
    ///
    /// If an end of the range isn't on a character's boundary, and where [`try_replace_range`](StringMut::try_replace_range) returns an error, with
    /// its text.
    #[track_caller]
    pub fn replace_range<R: RangeBounds<usize>>(&mut self, range: R, text: &str) {
        self.try_replace_range(range, text).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the bytes of a range with text, or leaves the string as it is.
    ///
    /// # Errors
    ///
    /// No space, or 2 GiB of text.
    ///
    /// # Panics
    ///
    /// If an end of the range isn't on a character's boundary.
    #[track_caller]
    pub fn try_replace_range<R: RangeBounds<usize>>(&mut self, range: R, text: &str) -> Result<()> {
        let (from, to) = self.bounds(range);
        self.try_insert_str(to, text)?;
        self.bytes.remove_range(from..to);
        Ok(())
    }

    /// Replaces the whole text. The new one is built first.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](StringMut::try_set) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn set<I: Emplace<String>>(&mut self, init: I) {
        self.try_set(init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the whole text, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new one.
    #[inline]
    pub fn try_set<I: Emplace<String>>(&mut self, init: I) -> Result<()> {
        self.bytes.try_set(super::emplace::IntoBytes(init))
    }

    /// Makes room for `extra` more bytes. O(len) where the string grows.
    ///
    /// # Panics
    ///
    /// Where [`try_reserve`](StringMut::try_reserve) returns an error, with its text.
    #[track_caller]
    pub fn reserve(&mut self, extra: usize) {
        self.bytes.reserve(extra);
    }

    /// Makes room for `extra` more bytes.
    ///
    /// # Errors
    ///
    /// No space, or 2 GiB of text.
    pub fn try_reserve(&mut self, extra: usize) -> Result<()> {
        self.bytes.try_reserve(extra)
    }

    /// Gives up all that isn't needed for the text. O(what is given up).
    pub fn shrink_to_fit(&mut self) {
        self.bytes.shrink_to_fit();
    }

    /// Makes ASCII letters upper case. O(len).
    pub fn make_ascii_uppercase(&mut self) {
        self.bytes.make_ascii_uppercase();
    }

    /// Makes ASCII letters lower case. O(len).
    pub fn make_ascii_lowercase(&mut self) {
        self.bytes.make_ascii_lowercase();
    }

    /// The ends of a range, which are on boundaries.
    #[track_caller]
    fn bounds<R: RangeBounds<usize>>(&self, range: R) -> (usize, usize) {
        let (from, to) = ends_of(&range, self.len());
        self.assert_boundary(from);
        self.assert_boundary(to);
        (from, to)
    }

    #[track_caller]
    fn assert_boundary(&self, index: usize) {
        assert!(
            self.is_char_boundary(index),
            "byte {index} of a string of {} isn't on a character's boundary",
            self.len()
        );
    }
}

impl Deref for StringMut<'_> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Write for StringMut<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.try_push_str(text).map_err(|_| fmt::Error)
    }
}

impl<'a> Extend<&'a str> for StringMut<'_> {
    fn extend<I: IntoIterator<Item = &'a str>>(&mut self, texts: I) {
        texts.into_iter().for_each(|text| self.push_str(text));
    }
}

impl Extend<char> for StringMut<'_> {
    fn extend<I: IntoIterator<Item = char>>(&mut self, characters: I) {
        characters.into_iter().for_each(|character| self.push(character));
    }
}

impl fmt::Debug for StringMut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for StringMut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}
