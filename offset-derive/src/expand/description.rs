//! The type as data: the constants that `description` refers to.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use super::layout;
use crate::model::{Body, Fields, Model};

/// The value of `Kind` for the type.
pub(super) fn kind(model: &Model) -> TokenStream {
    let root = &model.inner;
    match &model.body {
        Body::Struct(fields) => {
            let fields = field_list(model, fields, None);
            quote!(#root::Kind::Struct(#fields))
        }
        Body::Enum(tag, variants) => {
            let scalar = Ident::new(tag.int.scalar(), Span::call_site());
            let variants = variants.iter().enumerate().map(|(index, variant)| {
                let name = variant.ident.unraw().to_string();
                let value = &variant.tag;
                let fields = field_list(model, &variant.fields, Some(index));
                quote! {
                    #root::Variant { name: #name, tag: #value as ::core::primitive::i128, fields: #fields }
                }
            });
            quote!(#root::Kind::Enum { tag: #root::Scalar::#scalar, variants: &[#(#variants),*] })
        }
    }
}

/// `&[Field { … }, …]`.
fn field_list(model: &Model, fields: &Fields, variant: Option<usize>) -> TokenStream {
    let root = &model.inner;
    let fields = fields.list.iter().map(|field| {
        let name = field.name();
        let offset = layout::offset(model, variant, field);
        let part = field.as_trait(root, "Relocatable");
        quote!(#root::Field { name: #name, offset: #offset, part: #part::description })
    });
    quote!(&[#(#fields),*])
}
