//! The std type: what its twin's definition and the conversions are made from.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Field, GenericParam, Type, WherePredicate};

use super::translate::Translation;
use crate::errors::Errors;
use crate::generics::{Extra, Generics, Header};
use crate::model::is_concrete;
use crate::parse::{self, Attributes};

/// A type of std types that has been accepted.
pub(super) struct Source {
    pub(super) input: DeriveInput,
    /// The name of the twin.
    pub(super) twin: Ident,
    /// The type with its arguments: `Tree<'a, T>`.
    pub(super) ty: TokenStream,
    pub(super) generics: Generics,
    pub(super) translation: Translation,
    /// What of each field of each variant can't be seen from the twin; a struct has one variant.
    pub(super) variants: Vec<Vec<Part>>,
    bounds: Vec<WherePredicate>,
}

/// A field of the std type.
pub(super) struct Part {
    pub(super) ty: Type,
    /// `#[relocatable(with = Type)]`.
    pub(super) with: Option<Type>,
    /// Written as a primitive or an array of one, which is its own twin.
    pub(super) concrete: bool,
}

impl Source {
    /// Restates a type, and reads the attributes of its fields.
    pub(super) fn new(input: DeriveInput, attributes: &Attributes, errors: &mut Errors) -> Source {
        let generics = Generics::new(&input);
        let (ident, arguments) = (&input.ident, generics.arguments());
        let parts = |fields: &syn::Fields, errors: &mut Errors| {
            fields.iter().map(|field| Part::new(field, errors)).collect::<Vec<_>>()
        };
        let variants = match &input.data {
            Data::Struct(data) => vec![parts(&data.fields, errors)],
            Data::Enum(data) => data.variants.iter().map(|variant| parts(&variant.fields, errors)).collect(),
            Data::Union(_) => Vec::new(),
        };
        let twin = attributes.twin.clone().unwrap_or_else(|| {
            Ident::new(&format!("{}Twin", ident.unraw()), ident.span().resolved_at(Span::call_site()))
        });
        Source {
            twin,
            ty: quote!(#ident #arguments),
            translation: Translation::new(&input.generics, attributes.root()),
            variants,
            bounds: attributes.bounds.as_ref().map(|(_, bounds)| bounds.clone()).unwrap_or_default(),
            generics,
            input,
        }
    }

    /// The twin with the arguments that its own definition gives it: `TreeTwin<T>`.
    pub(super) fn twin_itself(&self) -> TokenStream {
        self.twin_with(|param| param.to_token_stream())
    }

    /// The twin with the arguments that the std type's make: `TreeTwin<<T as TwinType>::Region>`.
    pub(super) fn twin_of(&self, root: &TokenStream) -> TokenStream {
        self.twin_with(|param| quote!(<#param as #root::TwinType>::Region))
    }

    fn twin_with(&self, of_type: impl Fn(&Ident) -> TokenStream) -> TokenStream {
        let twin = &self.twin;
        let arguments: Vec<TokenStream> = self
            .input
            .generics
            .params
            .iter()
            .filter_map(|param| match param {
                GenericParam::Type(param) => Some(of_type(&param.ident)),
                GenericParam::Const(param) => Some(param.ident.to_token_stream()),
                GenericParam::Lifetime(_) => None,
            })
            .collect();
        if arguments.is_empty() { quote!(#twin) } else { quote!(#twin<#(#arguments),*>) }
    }

    /// The header of an implementation in which every type parameter is a `bound`, and what `bound(…)` says holds.
    pub(super) fn header(&self, bound: &TokenStream, extra: Extra<'_>) -> Header {
        let Header { params, clause } = self.generics.header(bound, extra);
        let bounds = &self.bounds;
        let clause = match (clause.is_empty(), bounds.is_empty()) {
            (_, true) => clause,
            (true, false) => quote!(where #(#bounds),*),
            (false, false) => quote!(#clause, #(#bounds),*),
        };
        Header { params, clause }
    }

    /// Whether the twin has the std type's name in the documentation.
    pub(super) fn link(&self) -> String {
        format!("[`{}`]", self.input.ident.unraw())
    }
}

impl Part {
    fn new(field: &Field, errors: &mut Errors) -> Part {
        let with = parse::stand_in(field, errors);
        Part { concrete: with.is_none() && is_concrete(&field.ty), with, ty: field.ty.clone() }
    }

    /// The type that says what becomes of the field: its own, unless there is another.
    pub(super) fn stand_in(&self) -> &Type {
        self.with.as_ref().unwrap_or(&self.ty)
    }
}
