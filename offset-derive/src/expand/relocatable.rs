//! The implementation of `Relocatable`.

use proc_macro2::TokenStream;
use quote::quote;

use super::{checked, handles, layout};
use crate::check::Tag;
use crate::generics::Extra;
use crate::model::{Body, Field, Fields, Model, Variant};

/// The implementation.
pub(super) fn expand(model: &Model) -> TokenStream {
    let (ty, root, region) = (&model.ty, &model.inner, &model.region);
    let header = model.generics.header(&model.bound(&model.inner), Extra::default());
    let (params, clause) = (&header.params, &header.clause);
    let checked = checked(model);
    let facts = facts(model);
    let trace = trace(model);
    let name = model.name();

    let (whole, parts, handle, fields) = if model.plain {
        let whole = quote!(&#region mut Self);
        let handle = quote! {
            // SAFETY: the value is valid and nobody else's for the lifetime, by the caller's contract.
            unsafe { &mut *__at.as_ptr() }
        };
        (whole.clone(), whole, handle.clone(), handle)
    } else {
        let ident = handles::name(model);
        let arguments = model.generics.arguments_after(Some(region));
        let handle = quote! {
            // SAFETY: the caller's contract is that of `Place`.
            unsafe { #root::Place::new(__at, __writer) }
        };
        (quote!(#root::Place<#region, Self>), quote!(#ident #arguments), handle, handle_fields(model))
    };
    quote! {
        // SAFETY: `FACTS`, which each function begins with, compares the layout with what the type's representation says (R1, R2). The
        // bodies go through the same fields, which are all that there are (R3, R4), and make one handle for each (R5).
        #[automatically_derived]
        unsafe impl #params #root::Relocatable for #ty #clause {
            type Mut<#region> = #whole where Self: #region;
            type Fields<#region> = #parts where Self: #region;

            const FACTS: #root::Facts = #facts;

            #[inline]
            unsafe fn handle<#region>(
                __at: ::core::ptr::NonNull<Self>,
                __writer: &#region #root::Writer,
            ) -> #whole
            where
                Self: #region,
            {
                #checked
                #handle
            }

            #[inline]
            unsafe fn fields<#region>(
                __at: ::core::ptr::NonNull<Self>,
                __writer: &#region #root::Writer,
            ) -> #parts
            where
                Self: #region,
            {
                #checked
                #fields
            }

            #[inline]
            unsafe fn trace<__V: #root::Visitor>(
                __at: ::core::ptr::NonNull<Self>,
                __visitor: &mut __V,
            ) -> ::core::result::Result<(), __V::Stop> {
                #checked
                #trace
            }

            fn description() -> &'static #root::Description {
                #checked
                const {
                    &#root::Description {
                        name: #name,
                        size: ::core::mem::size_of::<Self>(),
                        align: ::core::mem::align_of::<Self>(),
                        id: #root::type_id::<Self>,
                        kind: <Self as __Layout>::KIND,
                    }
                }
            }
        }
    }
}

/// What the fields' facts make of the whole. Whoever asks for them has the layout checked.
fn facts(model: &Model) -> TokenStream {
    let root = &model.inner;
    let parts = model.fields().map(|field| field.as_trait(root, "Relocatable"));
    let joined = parts.map(|part| quote!(#part::FACTS)).reduce(|left, right| quote!(#left.and(#right)));
    let mut facts = joined.unwrap_or_else(|| quote!(#root::Facts::BITS));
    if let Body::Enum(..) = &model.body {
        facts = quote!(#facts.tagged());
    }
    let packed = match &model.body {
        Body::Struct(fields) => is_packed(None, fields),
        Body::Enum(tag, variants) => {
            let variants = variants.iter().map(|variant| is_packed(Some(tag), &variant.fields));
            quote!(#(#variants)&&*)
        }
    };
    let validated = model.validate.as_ref().map(|_| quote!(.validated()));
    let copied = (!model.plain).then(|| quote!(.not_copied()));
    let plain = model.plain.then(|| {
        let message = format!(
            "`{}` can't be `plain`: it has padding, or a handle. Order its fields so that there is no gap and fill the end with a `[u8; N]`, or remove `plain`",
            model.name(),
        );
        quote!(::core::assert!(__facts.plain, #message);)
    });
    quote! {{
        <Self as __Layout>::CHECK;
        let __facts = #facts.packed(#packed) #copied #validated;
        #plain
        __facts
    }}
}

/// An expression: whether the sizes of the tag and the fields add up to the size of the whole.
fn is_packed(tag: Option<&Tag>, fields: &Fields) -> TokenStream {
    let tag = tag.map(layout::tag_type);
    let fields = fields.list.iter().map(|field| &field.ty);
    let sizes = tag.into_iter().chain(fields.map(|ty| quote!(#ty))).map(|ty| quote!(::core::mem::size_of::<#ty>()));
    let sum = sizes.reduce(|left, right| quote!(#left + #right)).unwrap_or_else(|| quote!(0));
    quote!(#sum == ::core::mem::size_of::<Self>())
}

/// The body of `fields`: the handles of all fields, of the variant that is there.
fn handle_fields(model: &Model) -> TokenStream {
    let ident = &model.ident;
    let name = handles::name(model);
    match &model.body {
        Body::Struct(fields) if fields.list.is_empty() => {
            quote!(#name { __region: ::core::marker::PhantomData })
        }
        Body::Struct(fields) => {
            let fields = fields.braced(|field| handle_field(model, None, field));
            quote!(#name #fields)
        }
        Body::Enum(_, variants) => {
            let arms = variants.iter().enumerate().map(|(index, variant)| {
                let variant_name = &variant.ident;
                let fields = variant.fields.braced(|field| handle_field(model, Some(index), field));
                quote!(#ident::#variant_name { .. } => #name::#variant_name #fields,)
            });
            quote! {
                // SAFETY: the value is valid, and read only until its variant is known.
                match unsafe { &*__at.as_ptr() } { #(#arms)* }
            }
        }
    }
}

/// The handle of one field.
fn handle_field(model: &Model, variant: Option<usize>, field: &Field) -> TokenStream {
    let part = field.as_trait(&model.inner, "Relocatable");
    let at = pointer(model, variant, field);
    quote! {
        // SAFETY: the field is in the value, and no other handle is made for it.
        unsafe { #part::handle(#at, __writer) }
    }
}

/// A pointer to a field of the value at `__at`.
fn pointer(model: &Model, variant: Option<usize>, field: &Field) -> TokenStream {
    let ty = &field.ty;
    let offset = layout::offset(model, variant, field);
    quote!(__at.byte_add(#offset).cast::<#ty>())
}

/// The body of `trace`.
fn trace(model: &Model) -> TokenStream {
    let deferred = model.validate.as_ref().map(|_| {
        quote! {
            // SAFETY: the visitor asks only once it knows that the value is valid.
            unsafe { __visitor.deferred::<Self>(__at, <Self as __Layout>::ask) };
        }
    });
    let body = match &model.body {
        Body::Struct(fields) => trace_fields(model, None, fields),
        Body::Enum(tag, variants) => trace_enum(model, tag, variants),
    };
    quote!(#deferred #body ::core::result::Result::Ok(()))
}

/// Statements that trace the tag, and then the fields of its variant.
fn trace_enum(model: &Model, tag: &Tag, variants: &[Variant]) -> TokenStream {
    let int = layout::tag_type(tag);
    let tags: Vec<_> = variants.iter().map(|variant| &variant.tag).collect();
    let known = quote! {
        // SAFETY: the tag is at the start.
        unsafe {
            __visitor.tag::<#int>(__at.cast::<#int>(), |__tag| ::core::matches!(__tag, #(#tags)|*))
        }?
    };
    if model.fields().next().is_none() {
        return quote!(#known;);
    }
    let arms = variants.iter().enumerate().filter(|(_, variant)| !variant.fields.list.is_empty());
    let arms = arms.map(|(index, variant)| {
        let tag = &variant.tag;
        let fields = trace_fields(model, Some(index), &variant.fields);
        quote!(#tag => { #fields })
    });
    quote!(match #known { #(#arms)* _ => {} })
}

/// Statements that trace fields.
fn trace_fields(model: &Model, variant: Option<usize>, fields: &Fields) -> TokenStream {
    let steps = fields.list.iter().map(|field| {
        let part = field.as_trait(&model.inner, "Relocatable");
        let at = pointer(model, variant, field);
        quote! {
            // SAFETY: the caller's contract, for a part of the value.
            unsafe { #part::trace(#at, __visitor) }?;
        }
    });
    quote!(#(#steps)*)
}
