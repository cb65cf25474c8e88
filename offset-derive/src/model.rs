//! What the expansion is made from: the input once it has been accepted, in the words of the generated code.

use proc_macro2::{Group, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Expr, ExprPath, Ident, Index, Lifetime, Lit, Member, Type};

use crate::check::{Layout, Tag};
use crate::generics::Generics;
use crate::parse::Attributes;

/// A type to derive for.
pub(crate) struct Model {
    pub(crate) ident: Ident,
    pub(crate) vis: TokenStream,
    pub(crate) generics: Generics,
    /// The type with its arguments: `Node<T>`.
    pub(crate) ty: TokenStream,
    /// The module that all generated paths start from: `::offset_std::__private`.
    pub(crate) root: TokenStream,
    /// The name that `root` is imported by, inside the `const` of the expansion.
    pub(crate) inner: Ident,
    pub(crate) plain: bool,
    pub(crate) validate: Option<ExprPath>,
    /// Attributes for the generated items.
    pub(crate) allow: TokenStream,
    /// `repr(align(N))`, or 1.
    pub(crate) align: u64,
    /// `'r`: how long a handle borrows the region.
    pub(crate) region: Lifetime,
    /// `'s`: the brand of a slot.
    pub(crate) slot: Lifetime,
    pub(crate) body: Body,
}

/// The fields, or the variants.
pub(crate) enum Body {
    Struct(Fields),
    Enum(Tag, Vec<Variant>),
}

/// A variant of an enum.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) discriminant: Option<Expr>,
    /// The constant with the value of its tag.
    pub(crate) tag: Ident,
    pub(crate) fields: Fields,
}

/// The fields of a struct or of a variant.
pub(crate) struct Fields {
    pub(crate) style: Style,
    pub(crate) list: Vec<Field>,
}

/// How fields are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Named,
    Tuple,
    Unit,
}

/// A field of a struct or of a variant.
pub(crate) struct Field {
    pub(crate) index: usize,
    pub(crate) member: Member,
    pub(crate) vis: TokenStream,
    pub(crate) ty: Type,
    /// Syntactically a primitive, or an array of one: such a field of an initialiser keeps its type, so that literals infer.
    pub(crate) concrete: bool,
}

impl Model {
    /// Restates what [`check`](crate::check) has accepted.
    pub(crate) fn new(input: DeriveInput, attributes: Attributes, layout: Layout) -> Model {
        let tokens = input.to_token_stream();
        let generics = Generics::new(&input);
        let ident = input.ident;
        let vis = quiet(input.vis.to_token_stream());
        let arguments = generics.arguments();
        let root = attributes.root();
        let body = match (input.data, layout.tag) {
            (Data::Enum(data), Some(tag)) => {
                let variants = data.variants.into_iter().enumerate().map(|(index, variant)| Variant {
                    ident: quiet_ident(variant.ident),
                    discriminant: variant.discriminant.map(|(_, value)| value),
                    tag: format_ident!("__TAG_{index}"),
                    fields: Fields::new(variant.fields, Some(&vis)),
                });
                Body::Enum(tag, variants.collect())
            }
            (Data::Struct(data), _) => Body::Struct(Fields::new(data.fields, None)),
            _ => unreachable!("a union, or an enum without a tag, has been rejected"),
        };
        Model {
            ty: quote!(#ident #arguments),
            ident,
            vis,
            generics,
            root,
            inner: format_ident!("__offset"),
            plain: attributes.plain.is_some(),
            validate: attributes.validate,
            allow: attributes.allow,
            align: layout.align,
            region: fresh_lifetime("r", &tokens),
            slot: fresh_lifetime("s", &tokens),
            body,
        }
    }

    /// The name without `r#`.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// The name of a generated type: `CityInit`.
    pub(crate) fn derived_name(&self, variant: Option<&Variant>, suffix: &str) -> Ident {
        let (ident, variant) = (self.ident.unraw(), variant.map(|variant| &variant.ident));
        let span = variant.unwrap_or(&self.ident).span().resolved_at(Span::call_site());
        let variant = variant.map(|variant| variant.unraw().to_string()).unwrap_or_default();
        Ident::new(&format!("{ident}{variant}{suffix}"), span)
    }

    /// All fields, of all variants.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        let (structure, variants) = match &self.body {
            Body::Struct(fields) => (Some(fields), None),
            Body::Enum(_, variants) => (None, Some(variants)),
        };
        let of_variants = variants.into_iter().flatten().map(|variant| &variant.fields);
        structure.into_iter().chain(of_variants).flat_map(|fields| &fields.list)
    }

    /// The trait that a type parameter must have: what the type is, its parts are.
    pub(crate) fn bound(&self, root: &impl ToTokens) -> TokenStream {
        if self.plain { quote!(#root::Plain) } else { quote!(#root::Relocatable) }
    }
}

impl Fields {
    /// `vis` is the visibility of the fields of a variant, which have none of their own.
    fn new(fields: syn::Fields, vis: Option<&TokenStream>) -> Fields {
        let style = match &fields {
            syn::Fields::Named(_) => Style::Named,
            syn::Fields::Unnamed(_) => Style::Tuple,
            syn::Fields::Unit => Style::Unit,
        };
        let list = fields.into_iter().enumerate().map(|(index, field)| Field {
            index,
            member: field.ident.map_or_else(|| Index::from(index).into(), |ident| Member::Named(quiet_ident(ident))),
            vis: vis.cloned().unwrap_or_else(|| quiet(field.vis.to_token_stream())),
            concrete: is_concrete(&field.ty),
            ty: field.ty,
        });
        Fields { style, list: list.collect() }
    }

    /// Whether a definition ends without a semicolon, and has its `where` clause before the fields.
    pub(crate) fn is_named(&self) -> bool {
        self.style == Style::Named
    }

    /// A pattern or an expression with these fields: `{ name: …, }` or `{ 0: …, }`, whatever the style.
    pub(crate) fn braced(&self, value: impl Fn(&Field) -> TokenStream) -> TokenStream {
        let fields = self.list.iter().map(|field| {
            let (member, value) = (&field.member, value(field));
            quote!(#member: #value)
        });
        quote!({ #(#fields),* })
    }

    /// The definition of a struct or a variant with fields in the same style, without the semicolon of a struct.
    pub(crate) fn definition(&self, field: impl Fn(&Field) -> TokenStream) -> TokenStream {
        let fields = self.list.iter().map(field);
        match self.style {
            Style::Named => quote!({ #(#fields,)* }),
            Style::Tuple => quote!((#(#fields,)*)),
            Style::Unit => TokenStream::new(),
        }
    }
}

impl Field {
    /// The name without `r#`, or the number.
    pub(crate) fn name(&self) -> String {
        match &self.member {
            Member::Named(ident) => ident.unraw().to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        }
    }

    /// The variable that stands for the field in generated functions.
    pub(crate) fn local(&self) -> Ident {
        format_ident!("__f{}", self.index)
    }

    /// The start of a definition: `name:` in a struct with names, nothing in a tuple.
    pub(crate) fn label(&self) -> TokenStream {
        match &self.member {
            Member::Named(ident) => quote!(#ident:),
            Member::Unnamed(_) => TokenStream::new(),
        }
    }

    /// `<Type as Trait>`, all of it at the type, so that an unsatisfied bound is reported there.
    pub(crate) fn as_trait(&self, root: &impl ToTokens, name: &str) -> TokenStream {
        let ty = &self.ty;
        let name = Ident::new(name, Span::call_site());
        quote_spanned!(self.span()=> <#ty as #root::#name>)
    }

    /// Where the type is, for errors about its bounds.
    pub(crate) fn span(&self) -> Span {
        let first = self.ty.to_token_stream().into_iter().next();
        first.map_or_else(Span::call_site, |token| token.span())
    }
}

/// Whether `ty` is a primitive, or an array of one with a literal length.
pub(crate) fn is_concrete(ty: &Type) -> bool {
    match ty {
        Type::Array(array) => {
            matches!(&array.len, Expr::Lit(len) if matches!(len.lit, Lit::Int(_))) && is_concrete(&array.elem)
        }
        Type::Group(group) => is_concrete(&group.elem),
        _ => crate::check::is_primitive(ty),
    }
}

/// The same tokens as a part of the expansion, so that lints fire for the user's own only.
pub(crate) fn quiet(tokens: TokenStream) -> TokenStream {
    let quiet = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &mut token {
            let span = group.span();
            *group = Group::new(group.delimiter(), self::quiet(group.stream()));
            group.set_span(span);
        }
        token.set_span(token.span().resolved_at(Span::call_site()));
        token
    };
    tokens.into_iter().map(quiet).collect()
}

/// The same for an identifier.
fn quiet_ident(mut ident: Ident) -> Ident {
    ident.set_span(ident.span().resolved_at(Span::call_site()));
    ident
}

/// A lifetime of this name, with `__` before it if the input has one of the same name.
fn fresh_lifetime(name: &str, input: &TokenStream) -> Lifetime {
    let prefix = if mentions_lifetime(name, input.clone()) { "'__" } else { "'" };
    Lifetime::new(&format!("{prefix}{name}"), Span::call_site())
}

/// Whether a lifetime of this name is among the tokens.
fn mentions_lifetime(name: &str, tokens: TokenStream) -> bool {
    let mut after_quote = false;
    tokens.into_iter().any(|token| {
        let found = match &token {
            TokenTree::Ident(ident) => after_quote && ident == name,
            TokenTree::Group(group) => mentions_lifetime(name, group.stream()),
            _ => false,
        };
        after_quote = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
        found
    })
}

/// Writes the type's own name for `Self`: fields are repeated where `Self` is another type.
///
/// `Self` alone becomes `Node<T>`, and `Self::LEN` becomes `<Node<T>>::LEN`.
pub(crate) fn without_self(tokens: TokenStream, ty: &TokenStream) -> TokenStream {
    let mut replaced = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "Self" => {
                let ty = spanned(ty.clone(), ident.span());
                let qualifies = matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':' && punct.spacing() == Spacing::Joint);
                replaced.extend(if qualifies { quote_spanned!(ident.span()=> <#ty>) } else { ty });
            }
            TokenTree::Group(group) => {
                let mut inside = Group::new(group.delimiter(), without_self(group.stream(), ty));
                inside.set_span(group.span());
                replaced.extend([TokenTree::Group(inside)]);
            }
            other => replaced.extend([other]),
        }
    }
    replaced
}

/// The same tokens, at `span`.
fn spanned(tokens: TokenStream, span: Span) -> TokenStream {
    let respan = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    tokens.into_iter().map(respan).collect()
}
