// What `#[derive(Relocatable)]` makes of `node.in.rs`, formatted. Written by `UPDATE_EXPANDED=1 cargo test -p offset-derive`.

///What a [`Node`] is built from.
pub(crate) struct NodeInit<I0, I1> {
    ///What `next` is built from.
    next: I0,
    ///What `value` is built from.
    value: I1,
}
/**The handles of the fields of a [`Node`], which they edit in place.

`mem::swap` of two of them swaps the handles, not the values; the containers have `swap` methods for that.*/
pub(crate) struct NodeMut<'r, T>
where
    T: ::offset_std::__private::Relocatable,
    T: 'r,
{
    ///Edits `next`.
    next: <Option<Box<Node<T>>> as ::offset_std::__private::Relocatable>::Mut<'r>,
    ///Edits `value`.
    value: <T as ::offset_std::__private::Relocatable>::Mut<'r>,
}
const _: () = {
    use ::offset_std::__private as __offset;
    #[automatically_derived]
    unsafe impl<T> __offset::Relocatable for Node<T>
    where
        T: __offset::Relocatable,
    {
        type Mut<'r> = __offset::Place<'r, Self> where Self: 'r;
        type Fields<'r> = NodeMut<'r, T> where Self: 'r;
        const FACTS: __offset::Facts = {
            <Self as __Layout>::CHECK;
            let __facts = <Option<Box<Node<T>>> as __offset::Relocatable>::FACTS
                .and(<T as __offset::Relocatable>::FACTS)
                .packed(
                    ::core::mem::size_of::<Option<Box<Node<T>>>>()
                        + ::core::mem::size_of::<T>() == ::core::mem::size_of::<Self>(),
                )
                .not_copied();
            __facts
        };
        #[inline]
        unsafe fn handle<'r>(
            __at: ::core::ptr::NonNull<Self>,
            __writer: &'r __offset::Writer,
        ) -> __offset::Place<'r, Self>
        where
            Self: 'r,
        {
            const { <Node<T> as __offset::Relocatable>::FACTS };
            unsafe { __offset::Place::new(__at, __writer) }
        }
        #[inline]
        unsafe fn fields<'r>(
            __at: ::core::ptr::NonNull<Self>,
            __writer: &'r __offset::Writer,
        ) -> NodeMut<'r, T>
        where
            Self: 'r,
        {
            const { <Node<T> as __offset::Relocatable>::FACTS };
            NodeMut {
                next: unsafe {
                    <Option<
                        Box<Node<T>>,
                    > as __offset::Relocatable>::handle(
                        __at
                            .byte_add(::core::mem::offset_of!(Node < T >, next))
                            .cast::<Option<Box<Node<T>>>>(),
                        __writer,
                    )
                },
                value: unsafe {
                    <T as __offset::Relocatable>::handle(
                        __at
                            .byte_add(::core::mem::offset_of!(Node < T >, value))
                            .cast::<T>(),
                        __writer,
                    )
                },
            }
        }
        #[inline]
        unsafe fn trace<__V: __offset::Visitor>(
            __at: ::core::ptr::NonNull<Self>,
            __visitor: &mut __V,
        ) -> ::core::result::Result<(), __V::Stop> {
            const { <Node<T> as __offset::Relocatable>::FACTS };
            unsafe {
                <Option<
                    Box<Node<T>>,
                > as __offset::Relocatable>::trace(
                    __at
                        .byte_add(::core::mem::offset_of!(Node < T >, next))
                        .cast::<Option<Box<Node<T>>>>(),
                    __visitor,
                )
            }?;
            unsafe {
                <T as __offset::Relocatable>::trace(
                    __at
                        .byte_add(::core::mem::offset_of!(Node < T >, value))
                        .cast::<T>(),
                    __visitor,
                )
            }?;
            ::core::result::Result::Ok(())
        }
        fn description() -> &'static __offset::Description {
            const { <Node<T> as __offset::Relocatable>::FACTS };
            const {
                &__offset::Description {
                    name: "Node",
                    size: ::core::mem::size_of::<Self>(),
                    align: ::core::mem::align_of::<Self>(),
                    id: __offset::type_id::<Self>,
                    kind: <Self as __Layout>::KIND,
                }
            }
        }
    }
    #[automatically_derived]
    unsafe impl<T> __offset::Portable for Node<T>
    where
        T: __offset::Relocatable + __offset::Portable,
    {}
    fn __portable<T>()
    where
        T: __offset::Relocatable + __offset::Portable,
    {
        fn __assert<__F: __offset::Portable>() {}
        __assert::<Option<Box<Node<T>>>>();
        __assert::<T>();
    }
    #[automatically_derived]
    impl<
        T,
        __I0: __offset::Emplace<Option<Box<Node<T>>>>,
        __I1: __offset::Emplace<T>,
    > __offset::Emplace<Node<T>> for NodeInit<__I0, __I1>
    where
        T: __offset::Relocatable,
    {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, Node<T>>,
        ) -> ::core::result::Result<__offset::Filled<'s, Node<T>>, __offset::Error> {
            const { <Node<T> as __offset::Relocatable>::FACTS };
            let __f0 = unsafe {
                __slot
                    .field::<
                        Option<Box<Node<T>>>,
                        _,
                    >(::core::mem::offset_of!(Node < T >, next), self.next)
            }?;
            let __f1 = unsafe {
                __slot
                    .field::<
                        T,
                        _,
                    >(::core::mem::offset_of!(Node < T >, value), self.value)
            }?;
            __offset::Filled::keep(__f0);
            __offset::Filled::keep(__f1);
            ::core::result::Result::Ok(unsafe { __slot.assume_filled() })
        }
    }
    #[automatically_derived]
    impl<
        T,
        __I0: __offset::Emplace<Option<Box<Node<T>>>>,
        __I1: __offset::Emplace<T>,
    > __offset::Emplace<__offset::Box<Node<T>>> for NodeInit<__I0, __I1>
    where
        T: __offset::Relocatable,
    {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, __offset::Box<Node<T>>>,
        ) -> ::core::result::Result<
            __offset::Filled<'s, __offset::Box<Node<T>>>,
            __offset::Error,
        > {
            __offset::Emplace::emplace(__offset::Boxed(self), __slot)
        }
    }
    trait __Layout {
        const ALIGN: ::core::primitive::usize;
        const CHECK: ();
        const KIND: __offset::Kind;
    }
    #[automatically_derived]
    impl<T> __Layout for Node<T>
    where
        T: __offset::Relocatable,
    {
        const ALIGN: ::core::primitive::usize = {
            let mut __align = 1;
            if ::core::mem::align_of::<Option<Box<Node<T>>>>() > __align {
                __align = ::core::mem::align_of::<Option<Box<Node<T>>>>();
            }
            if ::core::mem::align_of::<T>() > __align {
                __align = ::core::mem::align_of::<T>();
            }
            __align
        };
        const CHECK: () = {
            let _: fn(Self) = __take_apart;
            let mut __end = 0;
            __end = __offset::c_offset(
                __end,
                ::core::mem::align_of::<Option<Box<Node<T>>>>(),
            );
            ::core::assert!(
                ::core::mem::offset_of!(Node < T >, next) == __end,
                "`Node` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            __end += ::core::mem::size_of::<Option<Box<Node<T>>>>();
            __end = __offset::c_offset(__end, ::core::mem::align_of::<T>());
            ::core::assert!(
                ::core::mem::offset_of!(Node < T >, value) == __end,
                "`Node` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            __end += ::core::mem::size_of::<T>();
            let __align = <Self as __Layout>::ALIGN;
            ::core::assert!(
                __align <= __offset::MAX_ALIGN,
                "`Node` is aligned to more than 64 bytes, which a region doesn't offer"
            );
            ::core::assert!(
                ::core::mem::align_of:: < Self > () == __align,
                "`Node` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            ::core::assert!(
                ::core::mem::size_of:: < Self > () == __offset::c_offset(__end, __align),
                "`Node` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            ::core::assert!(
                ! ::core::mem::needs_drop:: < Self > (),
                "`Node` runs code when it is dropped, which a value in a region never is"
            );
        };
        const KIND: __offset::Kind = __offset::Kind::Struct(
            &[
                __offset::Field {
                    name: "next",
                    offset: ::core::mem::offset_of!(Node < T >, next),
                    part: <Option<Box<Node<T>>> as __offset::Relocatable>::description,
                },
                __offset::Field {
                    name: "value",
                    offset: ::core::mem::offset_of!(Node < T >, value),
                    part: <T as __offset::Relocatable>::description,
                },
            ],
        );
    }
    fn __take_apart<T>(__value: Node<T>)
    where
        T: __offset::Relocatable,
    {
        let Node { next: mut __f0, value: mut __f1 } = __value;
        let _: *mut Option<Box<Node<T>>> = &raw mut __f0;
        let _: *mut T = &raw mut __f1;
    }
    trait __MustNotImplementDrop {}
    impl<__T: ::core::ops::Drop + ?::core::marker::Sized> __MustNotImplementDrop
    for __T {}
    impl<T> __MustNotImplementDrop for Node<T>
    where
        T: __offset::Relocatable,
    {}
};
