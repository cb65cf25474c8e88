//! All errors of an input, reported at once.

use core::fmt::Display;

use quote::ToTokens;
use syn::Error;

/// Collects errors, so that a user sees all of them in one run of the compiler.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    /// Adds one that points at `culprit`, from its first token to its last.
    pub(crate) fn at(&mut self, culprit: impl ToTokens, message: impl Display) {
        self.add(Error::new_spanned(culprit, message));
    }

    /// Adds one that exists already.
    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            none => *none = Some(error),
        }
    }

    /// `value`, or all the errors there were.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, Error> {
        match self.0 {
            Some(errors) => Err(errors),
            None => Ok(value),
        }
    }
}
