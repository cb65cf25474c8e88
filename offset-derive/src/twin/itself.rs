//! `#[relocatable(plain, std)]`: plain data that lives in regions as it is.

use proc_macro2::TokenStream;
use quote::quote;

use crate::generics::Extra;
use crate::model::Model;

/// `TwinType` and `Twin` of a type that is its own twin.
pub(crate) fn itself(model: &Model) -> TokenStream {
    let (ty, root, inner, slot, allow) = (&model.ty, &model.root, &model.inner, &model.slot, &model.allow);
    let header = model.generics.header(&model.bound(inner), Extra::default());
    let (params, clause) = (&header.params, &header.clause);
    let compared = match (model.generics.is_empty(), clause.is_empty()) {
        (true, _) => clause.clone(),
        (false, true) => quote!(where #ty: ::core::cmp::PartialEq),
        (false, false) => quote!(#clause, #ty: ::core::cmp::PartialEq),
    };
    let filled = |of: TokenStream| quote!(::core::result::Result<#inner::Filled<#slot, #of>, #inner::Error>);
    let (one, vector, array) = (filled(quote!(Self)), filled(quote!(#inner::Vec<Self>)), filled(quote!([Self; __N])));
    quote! {
        #allow
        const _: () = {
            use #root as #inner;

            #[automatically_derived]
            impl #params #inner::TwinType for #ty #clause {
                type Region = Self;
                type Optional = #inner::Maybe<Self>;
            }

            #[automatically_derived]
            impl #params #inner::Twin for #ty #compared {
                #[inline]
                fn emplace<#slot>(__std: &Self, __slot: #inner::Slot<#slot, Self>) -> #one {
                    ::core::result::Result::Ok(__slot.write(*__std))
                }

                #[inline]
                fn to_std(__twin: &Self) -> ::core::result::Result<Self, #inner::Error> {
                    ::core::result::Result::Ok(*__twin)
                }

                #[inline]
                fn equals(__std: &Self, __twin: &Self) -> ::core::primitive::bool {
                    ::core::cmp::PartialEq::eq(__std, __twin)
                }

                fn emplace_slice<#slot>(__std: &[Self], __slot: #inner::Slot<#slot, #inner::Vec<Self>>) -> #vector {
                    __slot.build(__std)
                }

                fn emplace_array<#slot, const __N: ::core::primitive::usize>(
                    __std: &[Self; __N],
                    __slot: #inner::Slot<#slot, [Self; __N]>,
                ) -> #array {
                    __slot.build(__std)
                }

                fn to_vec(__twins: &[Self]) -> ::core::result::Result<#inner::StdVec<Self>, #inner::Error> {
                    ::core::result::Result::Ok(__twins.to_vec())
                }

                fn to_array<const __N: ::core::primitive::usize>(
                    __twins: &[Self; __N],
                ) -> ::core::result::Result<[Self; __N], #inner::Error> {
                    ::core::result::Result::Ok(*__twins)
                }
            }
        };
    }
}
