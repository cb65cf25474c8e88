//! `#[derive(DeserializeIn)]`: builds a value in its slot while a serde format parses.
//!
//! Fields are built in whatever order they come, each in its place. The proof that a field is filled is kept in a variable until all are there: an error or a panic drops the
//! proofs, which releases what was built.
//!
//! | file | |
//! | --- | --- |
//! | `attributes.rs` | `#[serde(…)]` |
//! | `names.rs` | the rules of `rename_all` |
//! | `expand.rs` | the implementations |

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::DeriveInput;

use crate::errors::Errors;
use crate::model::{Model, without_self};
use crate::{check, parse};

mod attributes;
mod expand;
mod names;

/// The whole way from the input to the expansion, or to all errors at once.
pub(crate) fn derive(input: TokenStream) -> syn::Result<TokenStream> {
    let named: DeriveInput = syn::parse2(input)?;
    let (ident, (_, arguments, _)) = (&named.ident, named.generics.split_for_impl());
    let input: DeriveInput = syn::parse2(without_self(named.to_token_stream(), &quote!(#ident #arguments)))?;

    let mut errors = Errors::default();
    let attributes = parse::attributes(&input, &mut errors);
    // What is wrong with the type itself `Relocatable` says as well, in the same words, which the compiler shows once.
    let layout = check::check(&input, &attributes, &mut errors);
    let container = attributes::container(&input, &mut errors);
    check_transparent(&container, &mut errors);
    errors.finish(())?;
    Ok(expand::expand(&Model::new(input, attributes, layout), &container))
}

/// A transparent type has one field that is read.
fn check_transparent(container: &attributes::Container, errors: &mut Errors) {
    let (Some(key), attributes::Parts::Struct(fields)) = (&container.transparent, &container.parts) else { return };
    if fields.iter().filter(|field| field.is_read()).count() != 1 {
        errors.at(key, "a transparent type is read as its only field: skip the others");
    }
}
