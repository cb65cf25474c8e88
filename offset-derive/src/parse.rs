//! Reads the attributes: `#[repr(…)]` and `#[relocatable(…)]`, on the type and on its fields.
//!
//! Only their syntax is judged here. Whether a representation suits the type is for [`check`](crate::check) to say.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::token::Paren;
use syn::{
    Attribute, Data, DeriveInput, ExprPath, Field, Ident, LitInt, LitStr, Meta, Path, Token, Type, WherePredicate,
    parenthesized,
};

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
    /// `#[relocatable(std)]`, at its word.
    pub(crate) std: Option<Ident>,
    /// `#[relocatable(std = Name)]`.
    pub(crate) twin: Option<Ident>,
    /// `#[relocatable(derive(…))]`, at its word: what is derived for the twin.
    pub(crate) derives: Option<(Ident, Vec<Path>)>,
    /// `#[relocatable(bound(…))]`, at its word: what the twin needs beside `T: Twin`.
    pub(crate) bounds: Option<(Ident, Vec<WherePredicate>)>,
    /// `#[allow(…)]` for the generated items: what the type allows, and what it makes necessary.
    pub(crate) allow: TokenStream,
}

/// One word of `#[repr(…)]`: `C`, `u8`, `align(16)`.
pub(crate) struct Hint {
    pub(crate) name: Ident,
    pub(crate) argument: Option<LitInt>,
}

/// Reads the attributes of `input`, and rejects `#[relocatable(…)]` on its fields and variants where it means nothing.
pub(crate) fn attributes(input: &DeriveInput, errors: &mut Errors) -> Attributes {
    let mut attributes = Attributes {
        repr: Vec::new(),
        plain: None,
        validate: None,
        root: None,
        std: None,
        twin: None,
        derives: None,
        bounds: None,
        allow: allow(input),
    };
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
    attributes.combinations(errors);
    let of_std = attributes.std.is_some() && attributes.plain.is_none();
    for (attribute, of_field) in inner_attributes(&input.data) {
        if attribute.path().is_ident("relocatable") && !(of_field && of_std) {
            let with = attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string().starts_with("with"));
            let message = match with && of_field {
                true => {
                    "`with` goes with `#[relocatable(std)]` on the type: a field of a type that lies in a region is what it is"
                }
                false => "`#[relocatable(…)]` goes on the whole type, above its `struct` or `enum`",
            };
            errors.at(attribute, message);
        }
    }
    attributes
}

/// Reads `#[relocatable(with = Type)]` of a field: the stand-in for its type.
pub(crate) fn stand_in(field: &Field, errors: &mut Errors) -> Option<Type> {
    let mut with = None;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("relocatable")) {
        let result = attribute.parse_args_with(|stream: ParseStream<'_>| {
            while !stream.is_empty() {
                let key = Ident::parse_any(stream)?;
                if key == "with" {
                    let ty = quoted_value(stream, &key, "the stand-in for the field's type: `with = AsText`")?;
                    once(&mut with, &key, ty, errors);
                } else {
                    errors.at(&key, format!("unknown option `{key}` of a field: there is `with = Type`"));
                    skip_to_comma(stream)?;
                }
                if !stream.is_empty() {
                    stream.parse::<Token![,]>()?;
                }
            }
            Ok(())
        });
        if let Err(error) = result {
            errors.add(error);
        }
    }
    with
}

impl Attributes {
    /// Where `offset_std` says that its generated paths start.
    pub(crate) fn root(&self) -> TokenStream {
        match &self.root {
            Some(path) => quote!(#path::__private),
            None => quote!(::offset_std::__private),
        }
    }

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
            } else if key == "std" {
                once(&mut self.std, &key, key.clone(), errors);
                if stream.peek(Token![=]) {
                    self.twin = Some(quoted_value(stream, &key, "the name of the twin: `std = CityTwin`")?);
                }
            } else if key == "derive" {
                let list = list(stream, &key, "what the twin derives: `derive(Debug, PartialEq)`")?;
                once(&mut self.derives, &key, (key.clone(), list), errors);
            } else if key == "bound" {
                let list = list(stream, &key, "predicates: `bound(K: Hash + Eq, K::Region: StableHash + Eq)`")?;
                once(&mut self.bounds, &key, (key.clone(), list), errors);
            } else {
                errors.at(
                    &key,
                    format!("unknown option `{key}`: there are `plain`, `std`, `derive(…)`, `bound(…)`, `validate = path` and `crate = path`"),
                );
                skip_to_comma(stream)?;
            }
            if !stream.is_empty() {
                stream.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }

    /// Rejects options that don't go together.
    fn combinations(&self, errors: &mut Errors) {
        let of_twin = [self.derives.as_ref().map(|(key, _)| key), self.bounds.as_ref().map(|(key, _)| key)];
        for key in of_twin.into_iter().flatten() {
            if self.std.is_none() {
                errors.at(key, format!("`{key}(…)` is about the twin that `std` makes: write `std, {key}(…)`"));
            } else if self.plain.is_some() {
                errors.at(key, format!("a type that is `plain` and `std` is its own twin: remove `{key}(…)`"));
            }
        }
        if let (Some(twin), Some(_)) = (&self.twin, &self.plain) {
            errors.at(twin, "a type that is `plain` and `std` is its own twin: write `std` without a name");
        }
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

/// Reads `= value`, also in quotes.
fn quoted_value<T: Parse>(stream: ParseStream<'_>, key: &Ident, wanted: &str) -> syn::Result<T> {
    if stream.peek(Token![=]) && stream.peek2(LitStr) {
        stream.parse::<Token![=]>()?;
        return stream.parse::<LitStr>()?.parse();
    }
    value(stream, key, T::parse, wanted)
}

/// Reads `(one, two)`.
fn list<T: Parse>(stream: ParseStream<'_>, key: &Ident, wanted: &str) -> syn::Result<Vec<T>> {
    if !stream.peek(Paren) {
        return Err(syn::Error::new_spanned(key, format!("`{key}` needs {wanted}")));
    }
    let inside;
    parenthesized!(inside in stream);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&inside)?.into_iter().collect())
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
    let mut all = input.attrs.iter().chain(inner_attributes(&input.data).map(|(attribute, _)| attribute));
    if all.any(|attribute| attribute.path().is_ident("deprecated")) {
        allow.extend(quote!(#[allow(deprecated)]));
    }
    allow
}

/// The attributes of a field, as [`inner_attributes`] lists them.
fn of_field(field: &Field) -> impl Iterator<Item = (&Attribute, bool)> {
    field.attrs.iter().map(|attribute| (attribute, true))
}

/// The attributes of all fields and variants, and whether they are a field's.
fn inner_attributes(data: &Data) -> impl Iterator<Item = (&Attribute, bool)> {
    let mut all: Vec<(&Attribute, bool)> = Vec::new();
    match data {
        Data::Struct(data) => data.fields.iter().for_each(|field| all.extend(of_field(field))),
        Data::Union(data) => data.fields.named.iter().for_each(|field| all.extend(of_field(field))),
        Data::Enum(data) => {
            for variant in &data.variants {
                all.extend(variant.attrs.iter().map(|attribute| (attribute, false)));
                variant.fields.iter().for_each(|field| all.extend(of_field(field)));
            }
        }
    }
    all.into_iter()
}
