//! The way from the std type to its twin and back, in safe code: `Twin`, `Emplace`, `PartialEq`, `to_std`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericParam, Ident};

use super::source::{Part, Source};
use crate::generics::{Extra, Header};
use crate::model::{Body, Field, Fields, Model, Variant};

/// All implementations.
pub(super) fn convert(source: &Source, model: &Model) -> TokenStream {
    let (inner, allow) = (&model.inner, &model.allow);
    let root = &model.root;
    let header = source.header(&quote!(#inner::Argument), Extra::default());
    let parts = [
        twin_type(source, model),
        twin_impl(source, model, &header),
        emplace(source, model, &header),
        equality(source, model, &header),
        to_std(source, model),
    ];
    quote! {
        #allow
        const _: () = {
            use #root as #inner;
            #(#parts)*
        };
    }
}

/// `TwinType`, which asks for nothing that the definitions of the types don't.
fn twin_type(source: &Source, model: &Model) -> TokenStream {
    let (ty, inner) = (&source.ty, &model.inner);
    let Header { params, clause } = source.generics.header(&quote!(#inner::TwinType), Extra::default());
    let twin = source.twin_of(&quote!(#inner));
    quote! {
        #[automatically_derived]
        impl #params #inner::TwinType for #ty #clause {
            type Region = #twin;
            type Optional = #inner::Maybe<#twin>;
        }
    }
}

/// `Twin`: a `match` for each direction. A struct is taken for its only variant.
fn twin_impl(source: &Source, model: &Model, header: &Header) -> TokenStream {
    let (ty, inner, slot) = (&source.ty, &model.inner, &model.slot);
    let Header { params, clause } = header;
    let twin = source.twin_of(&quote!(#inner));
    let arms = arms(source, model);
    let (emplace, to_std, equals) = (
        arms.iter().map(|arm| arm.emplace(inner)),
        arms.iter().map(|arm| arm.to_std(inner)),
        arms.iter().map(|arm| arm.equals(inner)),
    );
    let differ = (arms.len() > 1).then(|| quote!(_ => false,));
    quote! {
        #[automatically_derived]
        impl #params #inner::Twin for #ty #clause {
            #[inline]
            fn emplace<#slot>(
                __std: &Self,
                __slot: #inner::Slot<#slot, #twin>,
            ) -> ::core::result::Result<#inner::Filled<#slot, #twin>, #inner::Error> {
                match __std { #(#emplace)* }
            }

            #[inline]
            fn to_std(__twin: &#twin) -> ::core::result::Result<Self, #inner::Error> {
                match __twin { #(#to_std)* }
            }

            #[inline]
            fn equals(__std: &Self, __twin: &#twin) -> ::core::primitive::bool {
                match (__std, __twin) { #(#equals)* #differ }
            }
        }
    }
}

/// One variant, or the struct, on both sides.
struct Arm<'a> {
    /// `City`, or `Shape::Circle`.
    std: TokenStream,
    /// `CityTwin`, or `ShapeTwin::Circle`.
    twin: TokenStream,
    /// `CityTwinInit`, or `ShapeTwinCircleInit`.
    init: Ident,
    fields: &'a Fields,
    parts: &'a [Part],
}

fn arms<'a>(source: &'a Source, model: &'a Model) -> Vec<Arm<'a>> {
    let (std, twin) = (&source.input.ident, &source.twin);
    let arm = |variant: Option<&Variant>, fields, parts| {
        let path = variant.map(|variant| &variant.ident).map(|ident| quote!(::#ident));
        let init = model.derived_name(variant, "Init");
        Arm { std: quote!(#std #path), twin: quote!(#twin #path), init, fields, parts }
    };
    match &model.body {
        Body::Struct(fields) => vec![arm(None, fields, &source.variants[0])],
        Body::Enum(_, variants) => {
            let pairs = variants.iter().zip(&source.variants);
            pairs.map(|(variant, parts)| arm(Some(variant), &variant.fields, parts)).collect()
        }
    }
}

impl Arm<'_> {
    /// The initialiser of the twin, from references to the std fields.
    fn emplace(&self, inner: &Ident) -> TokenStream {
        let (std, init) = (&self.std, &self.init);
        let pattern = self.fields.braced(|field| local(field, 's'));
        let fields = self.fields.braced(|field| {
            let (local, part) = (local(field, 's'), &self.parts[field.index]);
            let (ty, stand_in) = (&part.ty, part.stand_in());
            match part.concrete {
                true => quote!(*#local),
                false => quote_spanned!(stand_in.span()=> #inner::FromStd::<#ty, #stand_in>::new(#local)),
            }
        });
        quote!(#std #pattern => __slot.build(#init #fields),)
    }

    /// The std value, from references to the twin's fields.
    fn to_std(&self, inner: &Ident) -> TokenStream {
        let (std, twin) = (&self.std, &self.twin);
        let pattern = self.fields.braced(|field| local(field, 't'));
        let fields = self.fields.braced(|field| {
            let (twin, part) = (local(field, 't'), &self.parts[field.index]);
            let (ty, stand_in) = (&part.ty, part.stand_in());
            quote_spanned!(stand_in.span()=> <#stand_in as #inner::Twin<#ty>>::to_std(#twin)?)
        });
        quote!(#twin #pattern => ::core::result::Result::Ok(#std #fields),)
    }

    /// Whether all fields are equal.
    fn equals(&self, inner: &Ident) -> TokenStream {
        let (std, twin) = (&self.std, &self.twin);
        let (of_std, of_twin) =
            (self.fields.braced(|field| local(field, 's')), self.fields.braced(|field| local(field, 't')));
        let each = self.fields.list.iter().map(|field| {
            let (std, twin, part) = (local(field, 's'), local(field, 't'), &self.parts[field.index]);
            let (ty, stand_in) = (&part.ty, part.stand_in());
            quote_spanned!(stand_in.span()=> <#stand_in as #inner::Twin<#ty>>::equals(#std, #twin))
        });
        let all = each.reduce(|left, right| quote!(#left && #right)).unwrap_or_else(|| quote!(true));
        quote!((#std #of_std, #twin #of_twin) => #all,)
    }
}

/// The variable for a field, of the std value or of the twin.
fn local(field: &Field, side: char) -> TokenStream {
    let name = quote::format_ident!("__{side}{}", field.index);
    quote!(#name)
}

/// `Emplace` of the twin, and of a `Box` of it, from the std value and from a reference to it.
fn emplace(source: &Source, model: &Model, header: &Header) -> TokenStream {
    let (ty, inner, slot) = (&source.ty, &model.inner, &model.slot);
    let Header { params, clause } = header;
    let twin = source.twin_of(&quote!(#inner));
    let one = |from: TokenStream, to: TokenStream, build: TokenStream| {
        quote! {
            #[automatically_derived]
            impl #params #inner::Emplace<#to> for #from #clause {
                #[inline]
                fn emplace<#slot>(
                    self,
                    __slot: #inner::Slot<#slot, #to>,
                ) -> ::core::result::Result<#inner::Filled<#slot, #to>, #inner::Error> {
                    #build
                }
            }
        }
    };
    let boxed = quote!(#inner::Box<#twin>);
    let build_box = quote!(__slot.build(#inner::Boxed(self)));
    let all = [
        one(quote!(&#ty), twin.clone(), quote!(<#ty as #inner::Twin>::emplace(self, __slot))),
        one(quote!(#ty), twin.clone(), quote!(<#ty as #inner::Twin>::emplace(&self, __slot))),
        one(quote!(&#ty), boxed.clone(), build_box.clone()),
        one(quote!(#ty), boxed, build_box),
    ];
    quote!(#(#all)*)
}

/// `PartialEq` both ways.
fn equality(source: &Source, model: &Model, header: &Header) -> TokenStream {
    let (ty, inner) = (&source.ty, &model.inner);
    let Header { params, clause } = header;
    let twin = source.twin_of(&quote!(#inner));
    let one = |left: &TokenStream, right: &TokenStream, std: TokenStream, twin: TokenStream| {
        quote! {
            #[automatically_derived]
            impl #params ::core::cmp::PartialEq<#right> for #left #clause {
                #[inline]
                fn eq(&self, __other: &#right) -> ::core::primitive::bool {
                    <#ty as #inner::Twin>::equals(#std, #twin)
                }
            }
        }
    };
    let (there, back) = (one(ty, &twin, quote!(self), quote!(__other)), one(&twin, ty, quote!(__other), quote!(self)));
    quote!(#there #back)
}

/// The twin's methods. Which type arguments the std type had isn't known from the twin's, so with any the caller says it.
fn to_std(source: &Source, model: &Model) -> TokenStream {
    let (inner, vis, std) = (&model.inner, &model.vis, &source.ty);
    let link = source.link();
    let own = &source.input.generics.params;
    let generic = own.iter().any(|param| matches!(param, GenericParam::Type(_)));
    let (params, result, clause) = if generic {
        (quote!(<__S: #inner::Twin<Region = Self>>), quote!(__S), TokenStream::new())
    } else {
        let lifetimes: Vec<_> = own.iter().filter(|param| matches!(param, GenericParam::Lifetime(_))).collect();
        let params = if lifetimes.is_empty() { TokenStream::new() } else { quote!(<#(#lifetimes),*>) };
        (params, std.clone(), source.input.generics.where_clause.to_token_stream())
    };
    let consts = own.iter().filter_map(|param| match param {
        GenericParam::Lifetime(_) => None,
        GenericParam::Type(param) => {
            let ident = &param.ident;
            Some(quote!(#ident))
        }
        GenericParam::Const(param) => {
            let (ident, ty) = (&param.ident, &param.ty);
            Some(quote!(const #ident: #ty))
        }
    });
    let consts: Vec<TokenStream> = consts.collect();
    let of_twin = (!consts.is_empty()).then(|| quote!(<#(#consts),*>));
    let (twin, doc) = (source.twin_itself(), format!("The {link} that this is the twin of."));
    quote! {
        impl #of_twin #twin {
            #[doc = #doc]
            ///
            /// # Panics
            ///
            /// Where `try_to_std` returns an error, with its text.
            #[track_caller]
            #vis fn to_std #params (&self) -> #result #clause {
                match self.try_to_std() {
                    ::core::result::Result::Ok(__std) => __std,
                    ::core::result::Result::Err(__error) => __error.raise(),
                }
            }

            #[doc = #doc]
            ///
            /// # Errors
            ///
            /// A value that the std type can't express.
            #vis fn try_to_std #params (&self) -> ::core::result::Result<#result, #inner::Error> #clause {
                <#result as #inner::Twin>::to_std(self)
            }
        }
    }
}
