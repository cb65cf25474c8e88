//! What must hold of the type that the compiler saw in the end.
//!
//! An attribute macro below the derive can rewrite the type after the derive has read it, so tokens prove nothing. The expansion has
//!
//! - a function that takes a value apart: it compiles only if there are these variants and fields, of exactly these types;
//! - `__Layout::CHECK`, which compares every offset, the size and the alignment with what `repr(C)` gives (for enums: RFC 2195). It is evaluated
//!   with `FACTS`, and so by every generated function;
//! - an implementation that conflicts with any `Drop`.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::description;
use crate::check::Tag;
use crate::generics::Extra;
use crate::model::{Body, Field, Fields, Model, Variant};

/// Where a field lies in its value, as an expression. `variant` is the number of its variant.
pub(crate) fn offset(model: &Model, variant: Option<usize>, field: &Field) -> TokenStream {
    let ty = &model.ty;
    match variant {
        None => {
            let member = &field.member;
            quote!(::core::mem::offset_of!(#ty, #member))
        }
        Some(variant) => {
            let name = offset_const(variant, field);
            quote!(<#ty as __Layout>::#name)
        }
    }
}

/// The primitive that is the tag.
pub(crate) fn tag_type(tag: &Tag) -> TokenStream {
    let name = Ident::new(tag.int.primitive(), tag.span.resolved_at(Span::call_site()));
    quote!(::core::primitive::#name)
}

/// The constants and the checks, with what `Relocatable` has beside them.
pub(super) fn expand(model: &Model) -> TokenStream {
    let (ty, root, kind) = (&model.ty, &model.inner, description::kind(model));
    // A type without parameters is checked where it is defined, even if nothing uses it.
    let now = model.generics.is_empty().then(|| quote!(const _: #root::Facts = <#ty as #root::Relocatable>::FACTS;));
    // The user's path stands in a safe function: it must name one too.
    let ask = model.validate.as_ref().map(|_| quote!(fn ask(&self) -> ::core::result::Result<(), #root::String>;));
    let asked = model.validate.as_ref().map(|path| {
        quote! {
            fn ask(&self) -> ::core::result::Result<(), #root::String> {
                #path(self).map_err(|__error| #root::ToString::to_string(&__error))
            }
        }
    });
    let checks =
        checks(model, &quote!(const KIND: #root::Kind; #ask), &quote!(const KIND: #root::Kind = #kind; #asked));
    let drop = no_drop(model);
    quote!(#checks #now #drop)
}

/// The constants and the checks that whoever builds a value in place needs. `declared` and `defined` come on top.
pub(crate) fn checks(model: &Model, declared: &TokenStream, defined: &TokenStream) -> TokenStream {
    let (tags, offsets, body) = match &model.body {
        Body::Struct(fields) => (TokenStream::new(), Vec::new(), check_struct(model, fields)),
        Body::Enum(tag, variants) => {
            (tags(tag, variants), offsets(model, tag, variants), check_enum(model, tag, variants))
        }
    };
    let (names, values): (Vec<_>, Vec<_>) = offsets.into_iter().unzip();
    let ty = &model.ty;
    let header = model.generics.header(&model.bound(&model.inner), Extra::default());
    let (params, clause) = (&header.params, &header.clause);
    let align = largest_align(model);
    let apart = take_apart(model);
    quote! {
        #tags
        trait __Layout {
            const ALIGN: ::core::primitive::usize;
            #(const #names: ::core::primitive::usize;)*
            const CHECK: ();
            #declared
        }
        #[automatically_derived]
        impl #params __Layout for #ty #clause {
            const ALIGN: ::core::primitive::usize = #align;
            #(const #names: ::core::primitive::usize = #values;)*
            const CHECK: () = {
                // Used, so that what it constructs counts as constructed.
                let _: fn(Self) = __take_apart;
                #body
            };
            #defined
        }
        #apart
    }
}

/// A constant for the tag of each variant.
fn tags(tag: &Tag, variants: &[Variant]) -> TokenStream {
    let int = tag_type(tag);
    let mut previous: Option<&Ident> = None;
    let constants = variants.iter().map(|variant| {
        let name = &variant.tag;
        let value = match (&variant.discriminant, previous) {
            (Some(value), _) => quote!(#value),
            (None, Some(previous)) => quote!(#previous + 1),
            (None, None) => quote!(0),
        };
        previous = Some(name);
        quote!(const #name: #int = #value;)
    });
    quote!(#(#constants)*)
}

/// The name of the constant with the offset of a variant's field.
fn offset_const(variant: usize, field: &Field) -> Ident {
    format_ident!("OFFSET_{variant}_{}", field.index)
}

/// The offsets of the fields of all variants, by the C layout rules.
///
/// ```text
/// repr(u8)       union of structs   | tag | padding | field 0 | padding | field 1 | …
/// repr(C, u8)    tag, then union    | tag | padding to the alignment of the union | field 0 | padding | field 1 | …
/// ```
fn offsets(model: &Model, tag: &Tag, variants: &[Variant]) -> Vec<(Ident, TokenStream)> {
    let root = &model.inner;
    let mut offsets = Vec::new();
    let first = start(model, tag);
    for (index, variant) in variants.iter().enumerate() {
        let mut end = first.clone();
        for field in &variant.fields.list {
            let ty = &field.ty;
            let name = offset_const(index, field);
            offsets.push((name.clone(), quote!(#root::c_offset(#end, ::core::mem::align_of::<#ty>()))));
            end = quote!(<Self as __Layout>::#name + ::core::mem::size_of::<#ty>());
        }
    }
    offsets
}

/// Where the fields of a variant start, their own alignment aside.
fn start(model: &Model, tag: &Tag) -> TokenStream {
    let (root, int) = (&model.inner, tag_type(tag));
    if tag.before_union {
        // The tag's own alignment, which is part of `ALIGN`, changes nothing: its size is a multiple of it.
        quote!(#root::c_offset(::core::mem::size_of::<#int>(), <Self as __Layout>::ALIGN))
    } else {
        quote!(::core::mem::size_of::<#int>())
    }
}

/// The largest alignment of the tag and the fields.
fn largest_align(model: &Model) -> TokenStream {
    let first = match &model.body {
        Body::Struct(_) => quote!(1),
        Body::Enum(tag, _) => {
            let int = tag_type(tag);
            quote!(::core::mem::align_of::<#int>())
        }
    };
    let mut steps = model
        .fields()
        .map(|field| {
            let ty = &field.ty;
            quote! {
                if ::core::mem::align_of::<#ty>() > __align {
                    __align = ::core::mem::align_of::<#ty>();
                }
            }
        })
        .peekable();
    if steps.peek().is_none() {
        return first;
    }
    quote!({ let mut __align = #first; #(#steps)* __align })
}

/// Compares a struct with what `repr(C)` makes of its fields.
fn check_struct(model: &Model, fields: &Fields) -> TokenStream {
    let root = &model.inner;
    let message = message(model);
    let steps = fields.list.iter().map(|field| {
        let (ty, offset) = (&field.ty, offset(model, None, field));
        quote! {
            __end = #root::c_offset(__end, ::core::mem::align_of::<#ty>());
            ::core::assert!(#offset == __end, #message);
            __end += ::core::mem::size_of::<#ty>();
        }
    });
    let mutable = (!fields.list.is_empty()).then(|| quote!(mut));
    let common = check_whole(model);
    quote!(let #mutable __end = 0; #(#steps)* #common)
}

/// Compares an enum with what its representation makes of its variants.
///
/// For each variant, its tag is written into a value that is otherwise uninitialised, which is then matched on: in const evaluation that fails
/// unless the tag is where it should be, as wide as it should be, and selects this variant. The pattern binds the fields, whose addresses
/// give their offsets. (The tag of an only variant is never read, neither here nor by anything else that is compiled.)
fn check_enum(model: &Model, tag: &Tag, variants: &[Variant]) -> TokenStream {
    let int = tag_type(tag);
    let ident = &model.ident;
    let message = message(model);
    let start = start(model, tag);
    let others = (variants.len() > 1).then(|| quote!(_ => ::core::panic!(#message),));
    let steps = variants.iter().enumerate().map(|(index, variant)| {
        let (name, value) = (&variant.ident, &variant.tag);
        let pattern = variant.fields.braced(|field| field.local().into_token_stream());
        let offsets = variant.fields.list.iter().map(|field| {
            let (local, expected) = (field.local(), offset(model, Some(index), field));
            quote! {
                // SAFETY: both point into `__value`.
                let __offset = unsafe { (&raw const *#local).cast::<::core::primitive::u8>().offset_from(__start) };
                ::core::assert!(__offset == #expected as ::core::primitive::isize, #message);
            }
        });
        let end = match variant.fields.list.last() {
            Some(last) => {
                let (ty, offset) = (&last.ty, offset(model, Some(index), last));
                quote!(#offset + ::core::mem::size_of::<#ty>())
            }
            None => start.clone(),
        };
        let bytes = (!variant.fields.list.is_empty())
            .then(|| quote!(let __start = __at.cast_const().cast::<::core::primitive::u8>();));
        quote! {
            let mut __value = ::core::mem::MaybeUninit::<Self>::uninit();
            let __at = __value.as_mut_ptr();
            #bytes
            // SAFETY: const evaluation stops if the value is too small or not aligned for its tag.
            unsafe { __at.cast::<#int>().write(#value) };
            // SAFETY: only the tag is read, and const evaluation stops if that isn't initialised or has no variant.
            match unsafe { &*__at } {
                #ident::#name #pattern => { #(#offsets)* }
                #others
            }
            if #end > __end {
                __end = #end;
            }
        }
    });
    let common = check_whole(model);
    quote! {
        ::core::assert!(::core::mem::size_of::<::core::mem::Discriminant<Self>>() == ::core::mem::size_of::<#int>(), #message);
        let mut __end = #start;
        #(#steps)*
        #common
    }
}

/// Compares the size and the alignment; `__end` is the end of the last field.
fn check_whole(model: &Model) -> TokenStream {
    let root = &model.inner;
    let message = message(model);
    let name = model.name();
    let align = if model.align > 1 {
        let align = Literal::u64_unsuffixed(model.align);
        quote!(if <Self as __Layout>::ALIGN > #align { <Self as __Layout>::ALIGN } else { #align })
    } else {
        quote!(<Self as __Layout>::ALIGN)
    };
    let too_large = format!("`{name}` is aligned to more than 64 bytes, which a region doesn't offer");
    let needs_drop = format!("`{name}` runs code when it is dropped, which a value in a region never is");
    quote! {
        let __align = #align;
        ::core::assert!(__align <= #root::MAX_ALIGN, #too_large);
        ::core::assert!(::core::mem::align_of::<Self>() == __align, #message);
        ::core::assert!(::core::mem::size_of::<Self>() == #root::c_offset(__end, __align), #message);
        ::core::assert!(!::core::mem::needs_drop::<Self>(), #needs_drop);
    }
}

/// What is said when the compiler saw another layout than the derive.
fn message(model: &Model) -> String {
    format!("`{}` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it", model.name())
}

/// A function that compiles only if the type has these variants and fields, of exactly these types. It is never called.
fn take_apart(model: &Model) -> TokenStream {
    let (ty, ident) = (&model.ty, &model.ident);
    let header = model.generics.header(&model.bound(&model.inner), Extra::default());
    let (params, clause) = (&header.params, &header.clause);
    let pattern = |fields: &Fields| {
        fields.braced(|field| {
            let local = field.local();
            quote!(mut #local)
        })
    };
    // Nothing is coerced behind a raw pointer, and `*mut` is invariant: these are the same types, lifetimes included.
    let types = |fields: &Fields| {
        let types = fields.list.iter().map(|field| {
            let (ty, local) = (&field.ty, field.local());
            quote!(let _: *mut #ty = &raw mut #local;)
        });
        quote!(#(#types)*)
    };
    let body = match &model.body {
        Body::Struct(fields) => {
            let (pattern, types) = (pattern(fields), types(fields));
            quote!(let #ident #pattern = __value; #types)
        }
        Body::Enum(_, variants) => {
            let arms = variants.iter().map(|variant| {
                let (name, pattern, types) = (&variant.ident, pattern(&variant.fields), types(&variant.fields));
                quote!(#ident::#name #pattern => { #types })
            });
            let used = variants.iter().map(|variant| constructed(model, variant));
            quote!(#(#used)* match __value { #(#arms)* })
        }
    };
    quote! {
        fn __take_apart #params (__value: #ty) #clause { #body }
    }
}

/// A statement that constructs a variant. Users construct initialisers, and would be told that the variant is never constructed.
fn constructed(model: &Model, variant: &Variant) -> TokenStream {
    let (ty, ident, name) = (&model.ty, &model.ident, &variant.ident);
    let types = variant.fields.list.iter().map(|field| &field.ty);
    let locals = variant.fields.list.iter().map(Field::local);
    let values = variant.fields.braced(|field| field.local().into_token_stream());
    quote!(let _: fn(#(#types),*) -> #ty = |#(#locals),*| #ident::#name #values;)
}

/// Two implementations that overlap if the type has a `Drop` of its own.
fn no_drop(model: &Model) -> TokenStream {
    let ty = &model.ty;
    let header = model.generics.header(&model.bound(&model.inner), Extra::default());
    let (params, clause) = (&header.params, &header.clause);
    quote! {
        trait __MustNotImplementDrop {}
        impl<__T: ::core::ops::Drop + ?::core::marker::Sized> __MustNotImplementDrop for __T {}
        impl #params __MustNotImplementDrop for #ty #clause {}
    }
}
