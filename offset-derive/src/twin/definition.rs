//! `CityTwin`: the definition of the twin.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Data, Fields, GenericParam};

use super::source::{Part, Source};
use crate::check::Tag;
use crate::model::quiet;
use crate::parse::Attributes;

/// Attributes that mean the same on the twin.
const COPIED: [&str; 4] = ["doc", "deprecated", "must_use", "non_exhaustive"];

/// The definition, with what else is derived for it.
pub(super) fn definition(source: &Source, attributes: &Attributes, tag: Option<&Tag>) -> TokenStream {
    let derives = attributes.derives.as_ref().map(|(_, list)| list.as_slice()).unwrap_or_default();
    let has = |name: &str| derives.iter().any(|path| path.segments.last().is_some_and(|last| last.ident == name));
    let serialized = has("Serialize");
    let copied = |list: &[Attribute]| copied(list, serialized);
    let documented = |name: String, list: &[Attribute]| {
        let doc = (!is_documented(list)).then(|| format!("What `{name}` is in a region."));
        let (doc, copied) = (doc.into_iter(), copied(list));
        quote!(#(#[doc = #doc])* #copied)
    };

    let derive = (!derives.is_empty()).then(|| quote!(#[derive(#(#derives),*)]));
    // Of the derives that might be there, this one asks for it.
    let root = attributes.root.as_ref().filter(|_| has("StableHash"));
    let root = root.map(|path| quote!(#[relocatable(crate = #path)]));
    let doc = format!("What a {} is in a region.", source.link());
    let more = is_documented(&source.input.attrs).then(|| quote!(#[doc = ""]));
    let (own, allow, vis) = (copied(&source.input.attrs), &attributes.allow, quiet(source.input.vis.to_token_stream()));
    let (twin, params) = (&source.twin, params(source));
    let fields = |fields: &Fields, parts: &[Part]| fields_of(source, fields, parts, &documented);

    let (repr, body) = match (&source.input.data, tag) {
        (Data::Enum(data), Some(tag)) => {
            let variants = data.variants.iter().zip(&source.variants).map(|(variant, parts)| {
                let (ident, fields) = (&variant.ident, fields(&variant.fields, parts));
                let own = documented(ident.unraw().to_string(), &variant.attrs);
                let discriminant = variant.discriminant.as_ref().map(|(_, value)| quote!(= #value));
                let ident = quiet(ident.to_token_stream());
                quote!(#own #ident #fields #discriminant)
            });
            (Ident::new(tag.int.primitive(), Span::call_site()), quote!(enum #twin #params { #(#variants),* }))
        }
        (Data::Struct(data), _) => {
            let semicolon = (!matches!(data.fields, Fields::Named(_))).then(|| quote!(;));
            let fields = fields(&data.fields, &source.variants[0]);
            (Ident::new("C", Span::call_site()), quote!(struct #twin #params #fields #semicolon))
        }
        _ => unreachable!("a union, or an enum without a tag, has been rejected"),
    };
    quote!(#derive #[doc = #doc] #more #own #root #allow #[repr(#repr)] #vis #body)
}

/// The fields of a struct or a variant, as they are defined.
fn fields_of(
    source: &Source,
    fields: &Fields,
    parts: &[Part],
    attributes: &impl Fn(String, &[Attribute]) -> TokenStream,
) -> TokenStream {
    let list = fields.iter().zip(parts).enumerate().map(|(index, (field, part))| {
        let name = field.ident.as_ref().map_or_else(|| index.to_string(), |ident| ident.unraw().to_string());
        let (own, vis) = (attributes(name, &field.attrs), quiet(field.vis.to_token_stream()));
        let ty = source.translation.field(part);
        let label = field.ident.as_ref().map(|ident| quiet(quote!(#ident:)));
        quote!(#own #vis #label #ty)
    });
    match fields {
        Fields::Named(_) => quote!({ #(#list),* }),
        Fields::Unnamed(_) => quote!((#(#list),*)),
        Fields::Unit => TokenStream::new(),
    }
}

/// The parameters: no lifetimes, and none of the bounds, which are about the std types.
fn params(source: &Source) -> TokenStream {
    let params = source.input.generics.params.iter().filter_map(|param| match param {
        GenericParam::Lifetime(_) => None,
        GenericParam::Type(param) => {
            let ident = &param.ident;
            let default = param.default.as_ref().map(|(_, ty)| source.translation.twin_of(ty));
            let default = default.map(|ty| quote!(= #ty));
            Some(quote!(#ident #default))
        }
        GenericParam::Const(param) => {
            let (ident, ty) = (&param.ident, &param.ty);
            let default = param.default.as_ref().map(|(_, value)| quote!(= #value));
            Some(quote!(const #ident: #ty #default))
        }
    });
    let params: Vec<TokenStream> = params.collect();
    if params.is_empty() { TokenStream::new() } else { quote!(<#(#params),*>) }
}

fn is_documented(list: &[Attribute]) -> bool {
    list.iter().any(|attribute| attribute.path().is_ident("doc"))
}

/// Those attributes that go along: what `serde` is told too, if the twin is serialised.
fn copied(list: &[Attribute], serialized: bool) -> TokenStream {
    let goes_along = |attribute: &&Attribute| {
        let path = attribute.path();
        COPIED.iter().any(|name| path.is_ident(name)) || (serialized && path.is_ident("serde"))
    };
    list.iter().filter(goes_along).map(ToTokens::to_token_stream).collect()
}
