//! The type's parameters, and the headers of the items that are generated from them.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Field, GenericParam, Ident, Lifetime, Type, WherePredicate};

use crate::check::types_in;

/// The parameters of a type, without their defaults.
pub(crate) struct Generics {
    params: Vec<GenericParam>,
    predicates: Vec<WherePredicate>,
    /// Types like `T::Item` among the fields: they need bounds of their own, and can't be recursive.
    projections: Vec<Type>,
}

/// The parameters and the `where` clause of an item.
pub(crate) struct Header {
    /// `<'r, T: Bound>`, or nothing.
    pub(crate) params: TokenStream,
    /// `where …`, or nothing.
    pub(crate) clause: TokenStream,
}

/// What a header has beside the type's own parameters.
#[derive(Default)]
pub(crate) struct Extra<'a> {
    /// A lifetime that all parameters must outlive.
    pub(crate) lifetime: Option<&'a Lifetime>,
    /// Type parameters with their bounds.
    pub(crate) params: Vec<TokenStream>,
}

impl Generics {
    /// Reads the parameters of `input`.
    pub(crate) fn new(input: &DeriveInput) -> Generics {
        let mut params: Vec<GenericParam> = input.generics.params.iter().cloned().collect();
        for param in &mut params {
            match param {
                GenericParam::Lifetime(param) => param.attrs.clear(),
                GenericParam::Type(param) => {
                    param.attrs.clear();
                    param.default = None;
                }
                GenericParam::Const(param) => {
                    param.attrs.clear();
                    param.default = None;
                }
            }
        }
        let clause = input.generics.where_clause.as_ref();
        let predicates = clause.into_iter().flat_map(|clause| clause.predicates.iter().cloned()).collect();
        let names: Vec<&Ident> = input.generics.type_params().map(|param| &param.ident).collect();
        let mut projections = Vec::new();
        for field in fields(&input.data) {
            collect_projections(&field.ty, &names, &mut projections);
        }
        Generics { params, predicates, projections }
    }

    /// Whether there are no parameters at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.params.is_empty()
    }

    /// Whether there is a lifetime.
    pub(crate) fn has_lifetime(&self) -> bool {
        self.params.iter().any(|param| matches!(param, GenericParam::Lifetime(_)))
    }

    /// The types of fields that a parameter's associated types are in.
    pub(crate) fn projections(&self) -> &[Type] {
        &self.projections
    }

    /// The arguments that name the type again: `<'a, T, N>`.
    pub(crate) fn arguments(&self) -> TokenStream {
        self.arguments_after(None)
    }

    /// The arguments with a lifetime before them: `<'r, 'a, T, N>`.
    pub(crate) fn arguments_after(&self, lifetime: Option<&Lifetime>) -> TokenStream {
        let names = self.params.iter().map(|param| match param {
            GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
            GenericParam::Type(param) => param.ident.to_token_stream(),
            GenericParam::Const(param) => param.ident.to_token_stream(),
        });
        angled(lifetime.map(ToTokens::to_token_stream).into_iter().chain(names).collect())
    }

    /// The header of an item in which every type parameter has `bound` too.
    pub(crate) fn header(&self, bound: &TokenStream, extra: Extra<'_>) -> Header {
        let own = self.params.iter().map(|param| match param {
            GenericParam::Type(param) => param.ident.to_token_stream(),
            other => other.to_token_stream(),
        });
        // All bounds stand in the clause: a lint minds a parameter that has some in both places.
        let bounds = self.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => {
                let (ident, bounds) = (&param.ident, param.bounds.iter());
                Some(quote!(#ident: #(#bounds +)* #bound))
            }
            _ => None,
        });
        let lifetime = extra.lifetime.map(ToTokens::to_token_stream);
        let params = lifetime.into_iter().chain(own).chain(extra.params).collect();

        let mut predicates: Vec<TokenStream> =
            bounds.chain(self.predicates.iter().map(ToTokens::to_token_stream)).collect();
        predicates.extend(self.projections.iter().map(|ty| quote!(#ty: #bound)));
        if let Some(lifetime) = extra.lifetime {
            predicates.extend(self.params.iter().filter_map(|param| match param {
                GenericParam::Lifetime(param) => {
                    let name = &param.lifetime;
                    Some(quote!(#name: #lifetime))
                }
                GenericParam::Type(param) => {
                    let name = &param.ident;
                    Some(quote!(#name: #lifetime))
                }
                GenericParam::Const(_) => None,
            }));
            predicates.extend(self.projections.iter().map(|ty| quote!(#ty: #lifetime)));
        }
        let clause = if predicates.is_empty() { TokenStream::new() } else { quote!(where #(#predicates),*) };
        Header { params: angled(params), clause }
    }
}

/// `<a, b>`, or nothing.
fn angled(list: Vec<TokenStream>) -> TokenStream {
    if list.is_empty() { TokenStream::new() } else { quote!(<#(#list),*>) }
}

/// The fields of a struct, or of all variants.
fn fields(data: &Data) -> impl Iterator<Item = &Field> {
    let (structure, variants) = match data {
        Data::Struct(data) => (Some(&data.fields), None),
        Data::Enum(data) => (None, Some(&data.variants)),
        Data::Union(_) => (None, None),
    };
    let of_variants = variants.into_iter().flatten().map(|variant| &variant.fields);
    structure.into_iter().chain(of_variants).flatten()
}

/// Finds `T::Item` and `<T as Trait>::Item` in `ty`, where `T` is one of `names`.
fn collect_projections(ty: &Type, names: &[&Ident], found: &mut Vec<Type>) {
    match ty {
        Type::Array(array) => collect_projections(&array.elem, names, found),
        Type::Group(group) => collect_projections(&group.elem, names, found),
        Type::Paren(paren) => collect_projections(&paren.elem, names, found),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|ty| collect_projections(ty, names, found)),
        Type::Path(path) => {
            let is_param = |path: &syn::Path| names.iter().any(|name| path.is_ident(*name));
            let projects = match &path.qself {
                Some(qself) => {
                    matches!(&*qself.ty, Type::Path(inner) if inner.qself.is_none() && is_param(&inner.path))
                }
                None => {
                    path.path.segments.len() > 1
                        && path.path.leading_colon.is_none()
                        && path.path.segments.first().is_some_and(|first| names.contains(&&first.ident))
                }
            };
            if projects {
                found.push(ty.clone());
                return;
            }
            for argument in path.path.segments.iter().flat_map(types_in) {
                collect_projections(argument, names, found);
            }
        }
        _ => {}
    }
}
