//! `Portable`, and `Plain` where the type says so.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::generics::Extra;
use crate::model::Model;

/// The implementations.
pub(super) fn expand(model: &Model) -> TokenStream {
    let portable = (!model.generics.has_lifetime()).then(|| portable(model));
    let plain = model.plain.then(|| plain(model));
    quote!(#portable #plain)
}

/// `Portable`. Its bounds are on the parameters only, since bounds on the fields of a recursive type overflow; the fields are asserted in
/// a function that is checked but never called.
fn portable(model: &Model) -> TokenStream {
    let (ty, root, bound) = (&model.ty, &model.inner, model.bound(&model.inner));
    let header = model.generics.header(&quote!(#bound + #root::Portable), Extra::default());
    let (params, clause) = (&header.params, &header.clause);
    let assertions = assertions(model, "Portable");
    quote! {
        // SAFETY: no field refers to another region: each is `Portable`, by the function below.
        #[automatically_derived]
        unsafe impl #params #root::Portable for #ty #clause {}

        fn __portable #params () #clause { #assertions }
    }
}

/// `Plain`. That there is no padding is asserted in `FACTS`.
fn plain(model: &Model) -> TokenStream {
    let (ty, root) = (&model.ty, &model.inner);
    let header = model.generics.header(&model.bound(&model.inner), Extra::default());
    let (params, clause) = (&header.params, &header.clause);
    let assertions = assertions(model, "Plain");
    quote! {
        // SAFETY: that there is no padding and no handle is asserted in `FACTS`, which every generated function evaluates.
        #[automatically_derived]
        unsafe impl #params #root::Plain for #ty #clause {}

        fn __plain #params () #clause { #assertions }
    }
}

/// Statements that compile only if every field has the trait.
fn assertions(model: &Model, name: &str) -> TokenStream {
    let root = &model.inner;
    let name = format_ident!("{name}");
    let calls = model.fields().map(|field| {
        let ty = &field.ty;
        quote!(__assert::<#ty>();)
    });
    let mut calls = calls.peekable();
    let function = calls.peek().is_some().then(|| quote!(fn __assert<__F: #root::#name>() {}));
    quote!(#function #(#calls)*)
}
