//! `CityMut<'r>`: the handles of the fields.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Member;
use syn::ext::IdentExt;

use crate::generics::Extra;
use crate::model::{Body, Field, Fields, Model, Variant};

/// The name of the handles' type.
pub(super) fn name(model: &Model) -> Ident {
    model.derived_name(None, "Mut")
}

/// The handles' type, except for plain types: they are edited through `&mut`.
pub(super) fn types(model: &Model) -> TokenStream {
    if model.plain {
        return TokenStream::new();
    }
    match &model.body {
        Body::Struct(fields) => structure(model, fields),
        Body::Enum(_, variants) => enumeration(model, variants),
    }
}

/// `CityMut`.
fn structure(model: &Model, fields: &Fields) -> TokenStream {
    let (vis, name, region, allow) = (&model.vis, name(model), &model.region, &model.allow);
    let (params, clause) = header(model);
    let doc = format!(
        "The handles of the fields of a [`{0}`], which they edit in place.\n\n\
         `mem::swap` of two of them swaps the handles, not the values; the containers have `swap` methods for that.",
        model.ident,
    );
    let definition = if fields.list.is_empty() {
        quote!(#clause { __region: ::core::marker::PhantomData<&#region mut ()> })
    } else {
        let fields_of = fields.definition(|field| {
            let doc = format!("Edits `{}`.", field.name());
            let (vis, handle) = (&field.vis, handle(model, field));
            quote!(#[doc = #doc] #vis #handle)
        });
        if fields.is_named() { quote!(#clause #fields_of) } else { quote!(#fields_of #clause;) }
    };
    quote! {
        #[doc = #doc]
        #allow
        #vis struct #name #params #definition
    }
}

/// `ShapeMut`.
fn enumeration(model: &Model, variants: &[Variant]) -> TokenStream {
    let (vis, name, region, allow) = (&model.vis, name(model), &model.region, &model.allow);
    let (params, clause) = header(model);
    let doc = format!(
        "The handles of the fields of a [`{0}`], for the variant that is there.\n\n\
         `mem::swap` of two of them swaps the handles, not the values. Another variant is written with `Place::set`.",
        model.ident,
    );
    let bodies = variants.iter().map(|variant| {
        let ident = &variant.ident;
        let doc = format!("The handles of `{}`.", ident.unraw());
        let fields = variant.fields.definition(|field| {
            let doc = format!("Edits `{}`.", field.name());
            let handle = handle(model, field);
            quote!(#[doc = #doc] #handle)
        });
        quote!(#[doc = #doc] #ident #fields,)
    });
    // Uses the lifetime where no field does. It has no value, so a `match` by value need not mention it.
    let never = model.fields().next().is_none().then(|| {
        quote! {
            #[doc(hidden)]
            __Never(::core::convert::Infallible, ::core::marker::PhantomData<&#region mut ()>),
        }
    });
    quote! {
        #[doc = #doc]
        #allow
        #vis enum #name #params #clause { #(#bodies)* #never }
    }
}

/// The parameters and the `where` clause: those of the type, each outliving the region's lifetime.
fn header(model: &Model) -> (TokenStream, TokenStream) {
    let extra = Extra { lifetime: Some(&model.region), params: Vec::new() };
    let header = model.generics.header(&model.bound(&model.root), extra);
    (header.params, header.clause)
}

/// The label and the type of one handle.
fn handle(model: &Model, field: &Field) -> TokenStream {
    let (label, part, region) = (field.label(), field.as_trait(&model.root, "Relocatable"), &model.region);
    match field.member {
        Member::Named(_) => {
            let whole = quote_spanned!(field.span()=> #part::Mut<#region>);
            quote!(#label #whole)
        }
        // Without a name, the type is what a lint for unread fields points at: it must be seen to be generated.
        Member::Unnamed(_) => {
            let (ty, root) = (&field.ty, &model.root);
            quote!(<#ty as #root::Relocatable>::Mut<#region>)
        }
    }
}
