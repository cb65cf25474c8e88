//! Writes the expansion: one file a generated thing.
//!
//! What users name (`CityInit`, `CityMut`) goes beside the type, with its visibility. The rest is inside one `const _`. Every path is absolute, so that
//! the user's own `Vec`, `Option` or `Ok` don't get in the way, and every generated name that could meet a name of the user's starts with `__`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Model;

mod description;
mod handles;
mod init;
pub(crate) mod layout;
mod markers;
mod relocatable;

/// Everything that is generated for a type.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let initialisers = init::types(model);
    let handles = handles::types(model);
    let inside = [relocatable::expand(model), markers::expand(model), init::impls(model), layout::expand(model)];
    let (root, inner, allow) = (&model.root, &model.inner, &model.allow);
    quote! {
        #initialisers
        #handles
        #allow
        const _: () = {
            use #root as #inner;
            #(#inside)*
        };
    }
}

/// The checks, as the first statement of a generated function: `FACTS` has them.
///
/// A constant of a generic type is evaluated only where it is used, so each function uses it.
fn checked(model: &Model) -> TokenStream {
    let (ty, root) = (&model.ty, &model.inner);
    quote!(const { <#ty as #root::Relocatable>::FACTS };)
}
