//! Reads the attributes: `#[repr(…)]` and `#[relocatable(…)]`.
//!
//! Only their syntax is judged here. Whether a representation suits the type is for [`check`](crate::check) to say.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::token::Paren;
use syn::{Attribute, Data, DeriveInput, ExprPath, Ident, LitInt, LitStr, Meta, Path, Token, parenthesized};

use crate::errors::Errors;

/// What the attributes of a type say.
pub(crate) struct Attributes {
    /// Everything inside `#[repr(…)]`, in order.
    pub(crate) repr: Vec<Hint>,
    /// `#[relocatable(plain)]`.
    pub(crate) plain: Option<Ident>,
    /// `#[relocatable(validate = path)]`.
    pub(crate) validate: Option<ExprPath>,
    /// `#[relocatable(crate = path)]`.
    pub(crate) root: Option<Path>,
    /// `#[allow(…)]` for the generated items: what the type allows, and what it makes necessary.
    pub(crate) allow: TokenStream,
}

/// One word of `#[repr(…)]`: `C`, `u8`, `align(16)`.
pub(crate) struct Hint {
    pub(crate) name: Ident,
    pub(crate) argument: Option<LitInt>,
}

/// Reads the attributes of `input`, and rejects `#[relocatable(…)]` on its fields and variants, where it means nothing.
pub(crate) fn attributes(input: &DeriveInput, errors: &mut Errors) -> Attributes {
    let mut attributes = Attributes { repr: Vec::new(), plain: None, validate: None, root: None, allow: allow(input) };
    for attribute in &input.attrs {
        let result = if attribute.path().is_ident("repr") {
            attribute.parse_args_with(|stream: ParseStream<'_>| hints(stream, &mut attributes.repr))
        } else if attribute.path().is_ident("relocatable") {
            attribute.parse_args_with(|stream: ParseStream<'_>| attributes.options(stream, errors))
        } else {
            Ok(())
        };
        if let Err(error) = result {
            errors.add(error);
        }
    }
    for misplaced in inner_attributes(&input.data).filter(|attribute| attribute.path().is_ident("relocatable")) {
        errors.at(misplaced, "`#[relocatable(…)]` goes on the whole type, above its `struct` or `enum`");
    }
    attributes
}

impl Attributes {
    /// Reads what is inside one `#[relocatable(…)]`.
    fn options(&mut self, stream: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
        while !stream.is_empty() {
            let key = Ident::parse_any(stream)?;
            if key == "plain" {
                once(&mut self.plain, &key, key.clone(), errors);
            } else if key == "validate" {
                let path = value(stream, &key, ExprPath::parse, "a function: `validate = Self::check`")?;
                once(&mut self.validate, &key, path, errors);
            } else if key == "crate" {
                let path = value(stream, &key, Path::parse_mod_style, "a path: `crate = ::offset_std`")?;
                once(&mut self.root, &key, path, errors);
            } else {
                errors.at(
                    &key,
                    format!("unknown option `{key}`: there are `plain`, `validate = path` and `crate = path`"),
                );
                skip_to_comma(stream)?;
            }
            if !stream.is_empty() {
                stream.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }
}

/// Stores the value of an option, unless it has one already.
fn once<T>(option: &mut Option<T>, key: &Ident, value: T, errors: &mut Errors) {
    if option.is_some() {
        errors.at(key, format!("`{key}` is given twice: remove one"));
    } else {
        *option = Some(value);
    }
}

/// Reads `= value`.
fn value<T>(
    stream: ParseStream<'_>,
    key: &Ident,
    parse: fn(ParseStream<'_>) -> syn::Result<T>,
    wanted: &str,
) -> syn::Result<T> {
    if !stream.peek(Token![=]) {
        return Err(syn::Error::new_spanned(key, format!("`{key}` needs {wanted}")));
    }
    stream.parse::<Token![=]>()?;
    if stream.peek(LitStr) {
        let quoted: LitStr = stream.parse()?;
        return Err(syn::Error::new_spanned(quoted, format!("`{key}` needs {wanted}, without quotes")));
    }
    parse(stream)
}

/// Passes over what follows an unknown key, so that the keys after it are still looked at.
fn skip_to_comma(stream: ParseStream<'_>) -> syn::Result<()> {
    while !stream.is_empty() && !stream.peek(Token![,]) {
        stream.parse::<TokenTree>()?;
    }
    Ok(())
}

/// Reads what is inside one `#[repr(…)]`.
fn hints(stream: ParseStream<'_>, hints: &mut Vec<Hint>) -> syn::Result<()> {
    while !stream.is_empty() {
        let name = Ident::parse_any(stream)?;
        let argument = if stream.peek(Paren) {
            let inside;
            parenthesized!(inside in stream);
            Some(inside.parse()?)
        } else {
            None
        };
        hints.push(Hint { name, argument });
        if !stream.is_empty() {
            stream.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

/// The lints that the type allows, or expects, and `deprecated` if it is, or has a part that is.
fn allow(input: &DeriveInput) -> TokenStream {
    let mut allow = TokenStream::new();
    for attribute in &input.attrs {
        if let Meta::List(list) = &attribute.meta
            && (list.path.is_ident("allow") || list.path.is_ident("expect"))
        {
            let lints = &list.tokens;
            allow.extend(quote!(#[allow(#lints)]));
        }
    }
    let mut all = input.attrs.iter().chain(inner_attributes(&input.data));
    if all.any(|attribute| attribute.path().is_ident("deprecated")) {
        allow.extend(quote!(#[allow(deprecated)]));
    }
    allow
}

/// The attributes of all fields and variants.
fn inner_attributes(data: &Data) -> impl Iterator<Item = &Attribute> {
    let mut all: Vec<&Attribute> = Vec::new();
    match data {
        Data::Struct(data) => all.extend(data.fields.iter().flat_map(|field| &field.attrs)),
        Data::Union(data) => all.extend(data.fields.named.iter().flat_map(|field| &field.attrs)),
        Data::Enum(data) => {
            for variant in &data.variants {
                all.extend(&variant.attrs);
                all.extend(variant.fields.iter().flat_map(|field| &field.attrs));
            }
        }
    }
    all.into_iter()
}
