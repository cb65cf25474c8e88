//! What a field's type is in the twin's definition.
//!
//! `TwinOf<…>` of it, in which the parameters mean something else: a parameter `T` of the twin is what lies in the region already, so `InRegion<T>` takes its
//! place; a lifetime is `'static`, since what lies in the region borrows nothing.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Generics, Type};

use super::source::Part;

/// The parameters of the std type, and where paths start.
pub(super) struct Translation {
    types: Vec<Ident>,
    lifetimes: Vec<Ident>,
    root: TokenStream,
}

impl Translation {
    pub(super) fn new(generics: &Generics, root: TokenStream) -> Translation {
        Translation {
            types: generics.type_params().map(|param| param.ident.clone()).collect(),
            lifetimes: generics.lifetimes().map(|param| param.lifetime.ident.clone()).collect(),
            root,
        }
    }

    /// The type of a field of the twin.
    pub(super) fn field(&self, part: &Part) -> TokenStream {
        if part.concrete {
            return part.ty.to_token_stream();
        }
        let Some(with) = &part.with else { return self.twin_of(&part.ty) };
        let (ty, translated) = (self.arguments(part.ty.to_token_stream()), self.arguments(with.to_token_stream()));
        let root = spanned(&self.root, with.span());
        quote_spanned!(with.span()=> #root::TwinOf<#ty, #translated>)
    }

    /// The twin of a type that says itself what it is.
    pub(super) fn twin_of(&self, ty: &Type) -> TokenStream {
        if let Type::Path(path) = ty
            && let Some(param) = path.path.get_ident()
            && self.types.contains(param)
        {
            return param.to_token_stream();
        }
        let (root, translated) = (spanned(&self.root, ty.span()), self.arguments(ty.to_token_stream()));
        quote_spanned!(ty.span()=> #root::TwinOf<#translated>)
    }

    /// The same tokens with the twin's meaning of the parameters.
    fn arguments(&self, tokens: TokenStream) -> TokenStream {
        let (mut translated, mut after) = (TokenStream::new(), ' ');
        for token in tokens {
            let next = match &token {
                TokenTree::Punct(punct) => punct.as_char(),
                _ => ' ',
            };
            translated.extend(match token {
                TokenTree::Group(group) => {
                    let mut inside = Group::new(group.delimiter(), self.arguments(group.stream()));
                    inside.set_span(group.span());
                    TokenTree::Group(inside).into_token_stream()
                }
                TokenTree::Ident(name) if after == '\'' && self.lifetimes.contains(&name) => {
                    Ident::new("static", name.span()).into_token_stream()
                }
                TokenTree::Ident(name) if !matches!(after, '\'' | ':') && self.types.contains(&name) => {
                    let root = spanned(&self.root, name.span());
                    quote_spanned!(name.span()=> #root::InRegion<#name>)
                }
                other => other.into_token_stream(),
            });
            after = next;
        }
        translated
    }
}

/// The same tokens, where an error about them belongs.
fn spanned(tokens: &TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.clone().into_iter().map(|mut token| {
        token.set_span(span.resolved_at(token.span()));
        token
    });
    quote!(#(#tokens)*)
}
