//! `CityInit`: what a value is built from.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::{checked, layout};
use crate::check::Tag;
use crate::generics::{Extra, Header};
use crate::model::{Body, Field, Fields, Model, Variant, quiet};

/// The initialisers' types: one for a struct, one a variant for an enum, none for a plain type, which is its own initialiser.
pub(super) fn types(model: &Model) -> TokenStream {
    let all = initialisers(model).into_iter().map(|initialiser| initialiser.definition(model));
    quote!(#(#all)*)
}

/// The implementations of `Emplace`.
pub(super) fn impls(model: &Model) -> TokenStream {
    if model.plain {
        return plain(model);
    }
    let all = initialisers(model).into_iter().map(|initialiser| initialiser.impls(model));
    quote!(#(#all)*)
}

/// One initialiser.
struct Initialiser<'a> {
    name: Ident,
    fields: &'a Fields,
    /// The tag, the number of the variant and the variant, of an enum.
    variant: Option<(&'a Tag, usize, &'a Variant)>,
}

fn initialisers<'a>(model: &'a Model) -> Vec<Initialiser<'a>> {
    match &model.body {
        _ if model.plain => Vec::new(),
        Body::Struct(fields) => {
            vec![Initialiser { name: model.derived_name(None, "Init"), fields, variant: None }]
        }
        Body::Enum(tag, variants) => {
            let one = |(index, variant): (usize, &'a Variant)| {
                let name = model.derived_name(Some(variant), "Init");
                Initialiser { name, fields: &variant.fields, variant: Some((tag, index, variant)) }
            };
            variants.iter().enumerate().map(one).collect()
        }
    }
}

impl Initialiser<'_> {
    /// The type: a parameter for each field that isn't a primitive.
    fn definition(&self, model: &Model) -> TokenStream {
        let (vis, name, allow) = (&model.vis, &self.name, &model.allow);
        let doc = match self.variant {
            Some((_, _, variant)) => format!("What a [`{0}::{1}`] is built from.", model.ident, variant.ident),
            None => format!("What a [`{}`] is built from.", model.ident),
        };
        let params: Vec<Ident> = self.generic().map(|field| format_ident!("I{}", field.index)).collect();
        let params = (!params.is_empty()).then(|| quote!(<#(#params),*>));
        let fields = self.fields.definition(|field| {
            let name = field.name();
            let doc = match field.concrete {
                true => format!("The value of `{name}`."),
                false => format!("What `{name}` is built from."),
            };
            let (label, vis, ty) = (field.label(), &field.vis, &field.ty);
            let param = format_ident!("I{}", field.index);
            let ty = if field.concrete { quiet(quote!(#ty)) } else { quote!(#param) };
            quote!(#[doc = #doc] #vis #label #ty)
        });
        let semicolon = (!self.fields.is_named()).then(|| quote!(;));
        quote! {
            #[doc = #doc]
            #allow
            #vis struct #name #params #fields #semicolon
        }
    }

    /// `Emplace` of the type, and of a `Box` of it.
    fn impls(&self, model: &Model) -> TokenStream {
        let (ty, root, slot, name) = (&model.ty, &model.inner, &model.slot, &self.name);
        let bounds = self.generic().map(|field| {
            let (param, ty) = (param(field), &field.ty);
            quote_spanned!(field.span()=> #param: #root::Emplace<#ty>)
        });
        let extra = Extra { lifetime: None, params: bounds.collect() };
        let Header { params, clause } = model.generics.header(&model.bound(&model.inner), extra);
        let arguments: Vec<Ident> = self.generic().map(param).collect();
        let arguments = (!arguments.is_empty()).then(|| quote!(<#(#arguments),*>));
        let checked = checked(model);

        let tag = self.variant.map(|(tag, _, variant)| {
            let (int, value) = (layout::tag_type(tag), &variant.tag);
            quote! {
                // SAFETY: the slot is ours alone, aligned, and the tag is at its start.
                unsafe { __slot.at().cast::<#int>().write(#value) };
            }
        });
        let build = self.fields.list.iter().map(|field| {
            let (ty, local, member) = (&field.ty, field.local(), &field.member);
            let offset = layout::offset(model, self.variant.map(|(_, index, _)| index), field);
            quote! {
                // SAFETY: the field is at this offset, and is built once.
                let #local = unsafe { __slot.field::<#ty, _>(#offset, self.#member) }?;
            }
        });
        let keep = self.fields.list.iter().map(|field| {
            let local = field.local();
            quote_spanned!(field.span()=> #root::Filled::keep(#local);)
        });
        quote! {
            #[automatically_derived]
            impl #params #root::Emplace<#ty> for #name #arguments #clause {
                #[inline]
            fn emplace<#slot>(
                    self,
                    __slot: #root::Slot<#slot, #ty>,
                ) -> ::core::result::Result<#root::Filled<#slot, #ty>, #root::Error> {
                    #checked
                    #tag
                    #(#build)*
                    #(#keep)*
                    // SAFETY: every field has been built; the padding is as it was.
                    ::core::result::Result::Ok(unsafe { __slot.assume_filled() })
                }
            }
        }
        .into_iter()
        .chain(boxed(model, &Header { params, clause }, &quote!(#name #arguments)))
        .collect()
    }

    /// The fields that have a parameter.
    fn generic(&self) -> impl Iterator<Item = &Field> {
        self.fields.list.iter().filter(|field| !field.concrete)
    }
}

/// The parameter for a field, where the user's types are named too.
fn param(field: &Field) -> Ident {
    format_ident!("__I{}", field.index)
}

/// `Emplace<Box<T>>` for an initialiser of `T`.
fn boxed(model: &Model, header: &Header, initialiser: &TokenStream) -> TokenStream {
    let (ty, root, slot) = (&model.ty, &model.inner, &model.slot);
    let (params, clause) = (&header.params, &header.clause);
    quote! {
        #[automatically_derived]
        impl #params #root::Emplace<#root::Box<#ty>> for #initialiser #clause {
            #[inline]
            fn emplace<#slot>(
                self,
                __slot: #root::Slot<#slot, #root::Box<#ty>>,
            ) -> ::core::result::Result<#root::Filled<#slot, #root::Box<#ty>>, #root::Error> {
                #root::Emplace::emplace(#root::Boxed(self), __slot)
            }
        }
    }
}

/// A plain type is built from its values, and from references to them.
fn plain(model: &Model) -> TokenStream {
    let (ty, root, slot) = (&model.ty, &model.inner, &model.slot);
    let header = model.generics.header(&model.bound(&model.inner), Extra::default());
    let (params, clause) = (&header.params, &header.clause);
    let checked = checked(model);
    let one = |initialiser: TokenStream, value: TokenStream| {
        quote! {
            #[automatically_derived]
            impl #params #root::Emplace<#ty> for #initialiser #clause {
                #[inline]
            fn emplace<#slot>(
                    self,
                    __slot: #root::Slot<#slot, #ty>,
                ) -> ::core::result::Result<#root::Filled<#slot, #ty>, #root::Error> {
                    #checked
                    ::core::result::Result::Ok(__slot.write(#value))
                }
            }
        }
    };
    let value = one(quote!(#ty), quote!(self));
    let reference = one(quote!(&#ty), quote!(*self));
    let boxed = boxed(model, &header, ty);
    quote!(#value #reference #boxed)
}
