//! `#[derive(StableHash)]`: feeds the fields in order, after the tag of an enum.
//!
//! The implementation is safe code, so nothing is asserted about layouts: a type needs no `repr`, and may hold references, as a key in another form
//! does. Which types have a hash is up to the bound on each field.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Index, Member};

use crate::errors::Errors;
use crate::generics::{Extra, Generics};
use crate::model::without_self;
use crate::parse::{self, Attributes};

/// The whole way from the input to the expansion, or to all errors at once.
pub(crate) fn derive(input: TokenStream) -> syn::Result<TokenStream> {
    let named: DeriveInput = syn::parse2(input)?;
    let (ident, (_, arguments, _)) = (&named.ident, named.generics.split_for_impl());
    let ty = quote!(#ident #arguments);
    let input: DeriveInput = syn::parse2(without_self(quote!(#named), &ty))?;
    let mut errors = Errors::default();
    let attributes = parse::attributes(&input, &mut errors);
    if let Data::Union(data) = &input.data {
        errors.at(data.union_token, "a union has no hash, because nothing says which field is valid: write an enum");
    }
    errors.finish(())?;
    Ok(expand(&input, &attributes, &ty))
}

fn expand(input: &DeriveInput, attributes: &Attributes, ty: &TokenStream) -> TokenStream {
    let root = attributes.root();
    let inner = format_ident!("__offset");
    let header = Generics::new(input).header(&quote!(#inner::StableHash), Extra::default());
    let (params, clause, allow) = (&header.params, &header.clause, &attributes.allow);
    let body = match &input.data {
        Data::Struct(data) => {
            let (pattern, steps) = (pattern(&data.fields), steps(&data.fields));
            quote!(let Self #pattern = self; #steps)
        }
        Data::Enum(data) if data.variants.is_empty() => quote!(match *self {}),
        Data::Enum(data) => {
            let tag = attributes.repr.iter().find(|hint| hint.name != "C" && hint.argument.is_none());
            let tag =
                tag.map_or_else(|| quote!(isize), |hint| hint.name.to_string().parse().expect("a name is a token"));
            let names: Vec<_> = (0..data.variants.len()).map(|index| format_ident!("__TAG_{index}")).collect();
            let tags = data.variants.iter().enumerate().map(|(index, variant)| {
                let name = &names[index];
                let value = match (&variant.discriminant, index.checked_sub(1).map(|before| &names[before])) {
                    (Some((_, value)), _) => quote!(#value),
                    (None, Some(before)) => quote!(#before + 1),
                    (None, None) => quote!(0),
                };
                quote!(const #name: #tag = #value;)
            });
            let arms = data.variants.iter().zip(&names).map(|(variant, name)| {
                let (ident, pattern, steps) = (&variant.ident, pattern(&variant.fields), steps(&variant.fields));
                quote!(Self::#ident #pattern => { __hasher.write_u64(#name as i64 as u64); #steps })
            });
            quote!(#(#tags)* match self { #(#arms)* })
        }
        Data::Union(_) => TokenStream::new(),
    };
    quote! {
        #allow
        const _: () = {
            use #root as #inner;

            #[automatically_derived]
            impl #params #inner::StableHash for #ty #clause {
                #[inline]
                fn stable_hash(&self, __hasher: &mut #inner::StableHasher) {
                    #body
                }
            }
        };
    }
}

/// A pattern that names all fields.
fn pattern(fields: &Fields) -> TokenStream {
    let fields = fields.iter().enumerate().map(|(index, field)| {
        let member = field.ident.clone().map_or_else(|| Member::Unnamed(Index::from(index)), Member::Named);
        let local = format_ident!("__f{index}");
        quote!(#member: #local)
    });
    quote!({ #(#fields),* })
}

/// Statements that feed all fields. Each is at its field's type, so that a missing implementation is reported there.
fn steps(fields: &Fields) -> TokenStream {
    // The parameter of the generated function, also where a macro wrote the field's type.
    let (inner, hasher) = (format_ident!("__offset"), format_ident!("__hasher"));
    let steps = fields.iter().enumerate().map(|(index, field)| {
        let (ty, local) = (&field.ty, format_ident!("__f{index}"));
        quote_spanned!(ty.span()=> <#ty as #inner::StableHash>::stable_hash(#local, #hasher);)
    });
    quote!(#(#steps)*)
}
