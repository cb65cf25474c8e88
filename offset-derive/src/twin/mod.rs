//! `#[relocatable(std)]`: the twin of a type of std types.
//!
//! The twin is a type like one that a user writes, and is expanded as such ([`expand`](crate::expand)); its fields are `TwinOf<…>` of the std type's. Which type
//! that is, how it is built and how to get back is what the trait `Twin` says for each field's type, so nothing here knows the names of containers.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{DeriveInput, ExprPath};

use crate::check::{self, Layout};
use crate::errors::Errors;
use crate::expand;
use crate::model::{Model, without_self};
use crate::parse::{self, Attributes};

mod convert;
mod definition;
mod itself;
mod source;
mod translate;

pub(crate) use itself::itself;
use source::Source;

/// The twin, and what leads there and back; or all errors at once.
///
/// `named` is the input as it was written, `input` the same without `Self`.
pub(crate) fn derive(
    named: &DeriveInput,
    input: DeriveInput,
    attributes: Attributes,
    mut errors: Errors,
) -> syn::Result<TokenStream> {
    let tag = check::std(&input, &attributes.repr, &mut errors);
    let source = Source::new(input, &attributes, &mut errors);
    errors.finish(())?;

    let definition = definition::definition(&source, &attributes, tag.as_ref());
    let validate = validate(named, &source)?;
    let twin: DeriveInput = syn::parse2(definition.clone())?;
    let layout = Layout { align: 1, tag };
    let model = Model::new(twin, Attributes { validate, ..attributes }, layout);
    let (expansion, conversions) = (expand::expand(&model), convert::convert(&source, &model));
    Ok(quote!(#definition #expansion #conversions))
}

/// The function that validates the twin: `Self` is that here.
fn validate(named: &DeriveInput, source: &Source) -> syn::Result<Option<ExprPath>> {
    let Some(path) = parse::attributes(named, &mut Errors::default()).validate else { return Ok(None) };
    syn::parse2(without_self(path.into_token_stream(), &source.twin_itself())).map(Some)
}
