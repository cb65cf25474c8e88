//! Writes the implementations.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use super::attributes::{Container, Default, FieldPlan, Parts, VariantPlan};
use crate::check::Tag;
use crate::expand::layout;
use crate::generics::{Extra, Header};
use crate::model::{Body, Field, Fields, Model, Style, Variant};

/// Everything that is generated for a type.
pub(crate) fn expand(model: &Model, container: &Container) -> TokenStream {
    let (root, inner, allow) = (&model.root, &model.inner, &model.allow);
    let checks = layout::checks(model, &TokenStream::new(), &TokenStream::new());
    let bound = model.bound(inner);
    let header = model.generics.header(&quote!(#bound + #inner::DeserializeIn), Extra::default());
    let writer = Writer { model, container, header };
    let inside = match (&model.body, &container.parts) {
        (Body::Struct(fields), Parts::Struct(plans)) => writer.structure(fields, plans),
        (Body::Enum(tag, variants), Parts::Enum(plans)) => writer.enumeration(tag, variants, plans),
        _ => unreachable!("both were made of the same input"),
    };
    quote! {
        #allow
        const _: () = {
            use #root as #inner;
            #checks
            #inside
        };
    }
}

/// What all parts of the expansion need.
struct Writer<'a> {
    model: &'a Model,
    container: &'a Container,
    header: Header,
}

/// The fields of a struct or of a variant, and how they are read.
struct Product<'a> {
    fields: &'a Fields,
    plans: &'a [FieldPlan],
    /// The tag, the number of the variant and the variant, of an enum.
    variant: Option<(&'a Tag, usize, &'a Variant)>,
}

/// Which functions a product has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Named,
    Newtype,
    Tuple,
    Unit,
}

impl Product<'_> {
    /// The number that tells products of one type apart.
    fn number(&self) -> Literal {
        Literal::usize_unsuffixed(self.variant.map_or(0, |(_, index, _)| index))
    }

    fn shape(&self) -> Shape {
        match self.fields.style {
            Style::Named => Shape::Named,
            Style::Unit => Shape::Unit,
            // As with serde, a single field that isn't read makes it a tuple without fields.
            Style::Tuple if self.plans.len() == 1 && self.plans[0].is_read() => Shape::Newtype,
            Style::Tuple => Shape::Tuple,
        }
    }

    /// Of a variant: whether its fields come in a sequence or a map of their own.
    fn has_visitor(&self) -> bool {
        match self.shape() {
            Shape::Named => true,
            Shape::Tuple => self.plans.len() != 1,
            Shape::Newtype | Shape::Unit => false,
        }
    }

    /// The fields and their plans.
    fn all(&self) -> impl Iterator<Item = (&Field, &FieldPlan)> {
        self.fields.list.iter().zip(self.plans)
    }

    /// The fields that are read, and their plans.
    fn read(&self) -> impl Iterator<Item = (&Field, &FieldPlan)> {
        self.all().filter(|(_, plan)| plan.is_read())
    }

    /// How many are read.
    fn len(&self) -> Literal {
        Literal::usize_unsuffixed(self.read().count())
    }
}

impl Writer<'_> {
    /// The implementations for a struct.
    fn structure(&self, fields: &Fields, plans: &[FieldPlan]) -> TokenStream {
        let root = &self.model.inner;
        let product = Product { fields, plans, variant: None };
        let name = &self.container.name;
        if self.container.transparent.is_some() {
            let body = self.inner_body(&product);
            return self.deserialize_in(&quote!(let __inner = __deserializer; #body));
        }
        let start = quote!(#root::derived::Deserializer);
        let (names, len) = (quote!(<Self as #root::derived::Product<0>>::NAMES), product.len());
        let body = match product.shape() {
            Shape::Named => quote! {
                #start::deserialize_struct(__deserializer, #name, #names, #root::derived::NamedVisitor::<Self, 0>(__slot))
            },
            Shape::Newtype => quote! {
                #start::deserialize_newtype_struct(__deserializer, #name, #root::derived::NewtypeVisitor::<Self, 0>(__slot))
            },
            Shape::Tuple => quote! {
                #start::deserialize_tuple_struct(__deserializer, #name, #len, #root::derived::TupleVisitor::<Self, 0>(__slot))
            },
            Shape::Unit => quote! {
                #start::deserialize_unit_struct(__deserializer, #name, #root::derived::UnitVisitor::<Self, 0>(__slot))
            },
        };
        let (whole, product) = (self.deserialize_in(&body), self.product(&product));
        quote!(#whole #product)
    }

    /// The implementations for an enum.
    fn enumeration(&self, tag: &Tag, variants: &[Variant], plans: &[VariantPlan]) -> TokenStream {
        let (root, name) = (&self.model.inner, &self.container.name);
        let body = quote! {
            #root::derived::Deserializer::deserialize_enum(
                __deserializer,
                #name,
                <Self as #root::derived::Sum>::NAMES,
                #root::derived::EnumVisitor::<Self>(__slot),
            )
        };
        let whole = self.deserialize_in(&body);
        let read = variants.iter().zip(plans).enumerate().filter(|(_, (_, plan))| !plan.names.is_empty());
        let products: Vec<Product<'_>> = read
            .map(|(index, (variant, plan))| Product {
                fields: &variant.fields,
                plans: &plan.fields,
                variant: Some((tag, index, variant)),
            })
            .collect();
        let sum = self.sum(&products, plans);
        let products = products.iter().filter(|product| product.has_visitor()).map(|product| self.product(product));
        quote!(#whole #sum #(#products)*)
    }

    /// `DeserializeIn`.
    fn deserialize_in(&self, body: &TokenStream) -> TokenStream {
        let (ty, root, slot) = (&self.model.ty, &self.model.inner, &self.model.slot);
        let Header { params, clause } = &self.header;
        quote! {
            #[automatically_derived]
            impl #params #root::DeserializeIn for #ty #clause {
                #[inline]
                fn deserialize_in<#slot, '__de, __D: #root::derived::Deserializer<'__de>>(
                    __slot: #root::Slot<#slot, Self>,
                    __deserializer: __D,
                ) -> ::core::result::Result<#root::Filled<#slot, Self>, __D::Error> {
                    const { <Self as __Layout>::CHECK };
                    #body
                }
            }
        }
    }

    /// `Sum`: which variant comes, and how it is read.
    fn sum(&self, products: &[Product<'_>], plans: &[VariantPlan]) -> TokenStream {
        let (ty, root, slot) = (&self.model.ty, &self.model.inner, &self.model.slot);
        let Header { params, clause } = &self.header;
        let expecting = format!("enum {}", self.model.name());
        let names = plans.iter().flat_map(|plan| &plan.names);
        let count = Literal::usize_unsuffixed(plans.len());
        let find = plans.iter().enumerate().filter(|(_, plan)| !plan.names.is_empty()).map(|(index, plan)| {
            let (names, index) = (&plan.names, Literal::usize_unsuffixed(index));
            quote!(#(#names)|* => ::core::option::Option::Some(#index),)
        });
        // The numbers with which serde writes variants, which count those that aren't read.
        let numbers = products.iter().map(|product| {
            let number = product.number();
            quote!(#number => ::core::option::Option::Some(#number),)
        });
        let arms = products.iter().map(|product| {
            let (number, body) = (product.number(), self.variant(product));
            quote!(#number => { #body })
        });
        quote! {
            #[automatically_derived]
            impl #params #root::derived::Sum for #ty #clause {
                const EXPECTING: &'static ::core::primitive::str = #expecting;
                const NAMES: &'static [&'static ::core::primitive::str] = &[#(#names),*];
                const COUNT: ::core::primitive::u64 = #count;

                fn find(__name: &::core::primitive::str) -> ::core::option::Option<::core::primitive::u32> {
                    match __name {
                        #(#find)*
                        _ => ::core::option::Option::None,
                    }
                }

                fn number(__number: ::core::primitive::u64) -> ::core::option::Option<::core::primitive::u32> {
                    match __number {
                        #(#numbers)*
                        _ => ::core::option::Option::None,
                    }
                }

                #[inline]
                fn from_enum<#slot, '__de, __A: #root::derived::Enum<'__de>>(
                    __slot: #root::Slot<#slot, Self>,
                    __data: __A,
                ) -> ::core::result::Result<#root::Filled<#slot, Self>, __A::Error> {
                    let (__variant, __content) =
                        #root::derived::Enum::variant_seed(__data, #root::derived::VariantSeed::<Self>::NEW)?;
                    match __variant {
                        #(#arms)*
                        _ => ::core::result::Result::Err(#root::derived::no_variant()),
                    }
                }
            }
        }
    }

    /// Reads the content of one variant.
    fn variant(&self, product: &Product<'_>) -> TokenStream {
        let root = &self.model.inner;
        let (number, len) = (product.number(), product.len());
        let access = quote!(#root::derived::VariantAccess);
        match product.shape() {
            Shape::Named => quote! {
                #access::struct_variant(
                    __content,
                    <Self as #root::derived::Product<#number>>::NAMES,
                    #root::derived::NamedVisitor::<Self, #number>(__slot),
                )
            },
            Shape::Newtype => {
                let (tag, part) = (self.tag(product), self.part(product, &product.fields.list[0]));
                let (field, keep) = (&product.fields.list[0], keep(product, root));
                let (ty, local) = (&field.ty, field.local());
                let read = quote_spanned!(at(field)=> #root::derived::newtype_variant::<#ty, _>(__part, __content)?);
                quote! {
                    #tag
                    let __part = #part;
                    let #local = #read;
                    #keep
                }
            }
            Shape::Tuple if product.has_visitor() => quote! {
                #access::tuple_variant(__content, #len, #root::derived::TupleVisitor::<Self, #number>(__slot))
            },
            Shape::Tuple | Shape::Unit => {
                let (tag, keep) = (self.tag(product), keep(product, root));
                let skipped = product.all().map(|(field, plan)| self.skipped(product, field, plan));
                quote! {
                    #access::unit_variant(__content)?;
                    #tag
                    #(#skipped)*
                    #keep
                }
            }
        }
    }

    /// `Product`, and what belongs to its shape.
    fn product(&self, product: &Product<'_>) -> TokenStream {
        let (ty, root, slot) = (&self.model.ty, &self.model.inner, &self.model.slot);
        let Header { params, clause } = &self.header;
        let (number, expecting) = (product.number(), self.expecting(product));
        let names = product.read().flat_map(|(_, plan)| &plan.names);
        let from_seq = self.seq_body(product, &expecting);
        let mutable = product.read().next().is_some().then(|| quote!(mut));
        let more = match product.shape() {
            Shape::Named => self.named(product),
            Shape::Newtype => {
                let body = self.inner_body(product);
                quote! {
                    #[automatically_derived]
                    impl #params #root::derived::Newtype<#number> for #ty #clause {
                        #[inline]
                        fn from_inner<#slot, '__de, __D: #root::derived::Deserializer<'__de>>(
                            __slot: #root::Slot<#slot, Self>,
                            __inner: __D,
                        ) -> ::core::result::Result<#root::Filled<#slot, Self>, __D::Error> {
                            #body
                        }
                    }
                }
            }
            Shape::Tuple | Shape::Unit => TokenStream::new(),
        };
        quote! {
            #[automatically_derived]
            impl #params #root::derived::Product<#number> for #ty #clause {
                const EXPECTING: &'static ::core::primitive::str = #expecting;
                const NAMES: &'static [&'static ::core::primitive::str] = &[#(#names),*];

                #[inline]
                fn from_seq<#slot, '__de, __A: #root::derived::Seq<'__de>>(
                    __slot: #root::Slot<#slot, Self>,
                    #mutable __seq: __A,
                ) -> ::core::result::Result<#root::Filled<#slot, Self>, __A::Error> {
                    #from_seq
                }
            }
            #more
        }
    }

    /// `Named`: fields in whatever order they come.
    fn named(&self, product: &Product<'_>) -> TokenStream {
        let (ty, root, slot) = (&self.model.ty, &self.model.inner, &self.model.slot);
        let Header { params, clause } = &self.header;
        let (number, count, strict) = (product.number(), product.len(), self.container.strict);
        let find = product.read().enumerate().map(|(index, (_, plan))| {
            let (names, index) = (&plan.names, Literal::usize_unsuffixed(index));
            quote!(#(#names)|* => ::core::option::Option::Some(#index),)
        });
        let from_map = self.map_body(product);
        quote! {
            #[automatically_derived]
            impl #params #root::derived::Named<#number> for #ty #clause {
                const COUNT: ::core::primitive::u64 = #count;
                const STRICT: ::core::primitive::bool = #strict;

                #[inline]
                fn find(__name: &::core::primitive::str) -> ::core::option::Option<::core::primitive::u32> {
                    match __name {
                        #(#find)*
                        _ => ::core::option::Option::None,
                    }
                }

                #[inline]
                fn from_map<#slot, '__de, __A: #root::derived::Map<'__de>>(
                    __slot: #root::Slot<#slot, Self>,
                    mut __map: __A,
                ) -> ::core::result::Result<#root::Filled<#slot, Self>, __A::Error> {
                    #from_map
                }
            }
        }
    }

    /// The body of `from_map`: tracks the fields that have come by the proofs that they are filled.
    fn map_body(&self, product: &Product<'_>) -> TokenStream {
        let root = &self.model.inner;
        let (number, tag, keep) = (product.number(), self.tag(product), keep(product, root));
        let none = product.read().map(|(field, _)| {
            let (ty, local) = (&field.ty, field.local());
            quote!(let mut #local: ::core::option::Option<#root::Filled<'_, #ty>> = ::core::option::Option::None;)
        });
        let arms = product.read().enumerate().map(|(index, (field, plan))| {
            let (ty, local, part) = (&field.ty, field.local(), self.part(product, field));
            let (index, name) = (Literal::usize_unsuffixed(index), &plan.name);
            let read = quote_spanned!(at(field)=> #root::derived::next_value::<#ty, _>(__part, &mut __map)?);
            quote! {
                ::core::option::Option::Some(#index) => {
                    if #local.is_some() {
                        return ::core::result::Result::Err(#root::derived::duplicate(#name));
                    }
                    let __part = #part;
                    #local = ::core::option::Option::Some(#read);
                }
            }
        });
        let rest = product.all().map(|(field, plan)| {
            if !plan.is_read() {
                return self.skipped(product, field, plan);
            }
            let (local, part) = (field.local(), self.part(product, field));
            let default = self.default(field, plan).unwrap_or_else(|| {
                let (ty, name) = (&field.ty, &plan.name);
                quote_spanned!(at(field)=> #root::derived::missing::<#ty, _>(__part, #name)?)
            });
            quote! {
                let #local = match ::core::convert::identity(#local) {
                    ::core::option::Option::Some(__filled) => __filled,
                    ::core::option::Option::None => {
                        let __part = #part;
                        #default
                    }
                };
            }
        });
        quote! {
            #(#none)*
            while let ::core::option::Option::Some(__field) =
                #root::derived::Map::next_key_seed(&mut __map, #root::derived::FieldSeed::<Self, #number>::NEW)?
            {
                match __field {
                    #(#arms)*
                    _ => #root::derived::ignore_value(&mut __map)?,
                }
            }
            #tag
            #(#rest)*
            #keep
        }
    }

    /// The body of `from_seq`.
    fn seq_body(&self, product: &Product<'_>, expecting: &str) -> TokenStream {
        let root = &self.model.inner;
        let (tag, keep) = (self.tag(product), keep(product, root));
        let count = product.read().count();
        let expected = format!("{expecting} with {count} element{}", if count == 1 { "" } else { "s" });
        let mut index = 0;
        let fields = product.all().map(|(field, plan)| {
            if !plan.is_read() {
                return self.skipped(product, field, plan);
            }
            let (ty, local, part) = (&field.ty, field.local(), self.part(product, field));
            let read = quote_spanned!(at(field)=> #root::derived::next_field::<#ty, _>(__part, &mut __seq)?);
            let number = Literal::usize_unsuffixed(index);
            index += 1;
            let otherwise = match self.default(field, plan) {
                Some(default) => quote!(::core::result::Result::Err(__part) => #default,),
                None => quote! {
                    ::core::result::Result::Err(_) => {
                        return ::core::result::Result::Err(#root::derived::too_short(#number, #expected));
                    }
                },
            };
            quote! {
                let __part = #part;
                let #local = match #read {
                    ::core::result::Result::Ok(__filled) => __filled,
                    #otherwise
                };
            }
        });
        let fields: Vec<_> = fields.collect();
        let unused = (count == 0).then(|| quote!(let _ = __seq;));
        quote!(#unused #(#fields)* #tag #keep)
    }

    /// Builds the one field that is read from what the whole is read from.
    fn inner_body(&self, product: &Product<'_>) -> TokenStream {
        let root = &self.model.inner;
        let keep = keep(product, root);
        let fields = product.all().map(|(field, plan)| {
            if !plan.is_read() {
                return self.skipped(product, field, plan);
            }
            let (local, part, read) = (field.local(), self.part(product, field), field.as_trait(root, "DeserializeIn"));
            let read = quote_spanned!(at(field)=> #read::deserialize_in(__part, __inner)?);
            quote! {
                let __part = #part;
                let #local = #read;
            }
        });
        quote!(#(#fields)* #keep)
    }

    /// Builds a field that isn't read.
    fn skipped(&self, product: &Product<'_>, field: &Field, plan: &FieldPlan) -> TokenStream {
        let (local, part) = (field.local(), self.part(product, field));
        let default = self.default(field, plan);
        quote! {
            let __part = #part;
            let #local = #default;
        }
    }

    /// Builds a field that the document leaves out, in `__part`; none if it must be there.
    fn default(&self, field: &Field, plan: &FieldPlan) -> Option<TokenStream> {
        let (root, ty) = (&self.model.inner, &field.ty);
        Some(match plan.default.as_ref()? {
            Default::Trait => quote_spanned!(at(field)=> #root::derived::default::<#ty, _>(__part)?),
            Default::Path(path) => quote_spanned!(at(field)=> #root::derived::build::<#ty, _, _>(__part, #path())?),
        })
    }

    /// The slot of a field.
    fn part(&self, product: &Product<'_>, field: &Field) -> TokenStream {
        let ty = &field.ty;
        let offset = layout::offset(self.model, product.variant.map(|(_, index, _)| index), field);
        quote! {
            // SAFETY: the field is at this offset, and there is no other slot or proof for it.
            unsafe { __slot.part::<#ty>(#offset) }
        }
    }

    /// Writes the tag of a variant.
    fn tag(&self, product: &Product<'_>) -> TokenStream {
        let Some((tag, _, variant)) = product.variant else { return TokenStream::new() };
        let (int, value) = (layout::tag_type(tag), &variant.tag);
        quote! {
            // SAFETY: the slot is ours alone, aligned, and the tag is at its start.
            unsafe { __slot.at().cast::<#int>().write(#value) };
        }
    }

    /// What a format is told is expected.
    fn expecting(&self, product: &Product<'_>) -> String {
        let name = self.model.name();
        let (style, variant) = (product.fields.style, product.variant.map(|(_, _, variant)| variant.ident.unraw()));
        match (style, variant) {
            (Style::Named, None) => format!("struct {name}"),
            (Style::Tuple, None) => format!("tuple struct {name}"),
            (Style::Unit, None) => format!("unit struct {name}"),
            (Style::Named, Some(variant)) => format!("struct variant {name}::{variant}"),
            (_, Some(variant)) => format!("tuple variant {name}::{variant}"),
        }
    }
}

/// Where the type of a field is, for errors about its bounds, with names that mean what they mean in the rest of the expansion.
fn at(field: &Field) -> Span {
    field.span().resolved_at(Span::call_site())
}

/// Gives all fields over to the value, which is whole.
fn keep(product: &Product<'_>, root: &Ident) -> TokenStream {
    let locals = product.fields.list.iter().map(Field::local);
    quote! {
        #(#root::Filled::keep(#locals);)*
        // SAFETY: every field has been built; the padding is as it was.
        ::core::result::Result::Ok(unsafe { __slot.assume_filled() })
    }
}
