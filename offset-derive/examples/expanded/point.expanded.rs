// What `#[derive(Relocatable)]` makes of `point.in.rs`, formatted. Written by `UPDATE_EXPANDED=1 cargo test -p offset-derive`.

const _: () = {
    use ::offset_std::__private as __offset;
    #[automatically_derived]
    unsafe impl __offset::Relocatable for Point {
        type Mut<'r> = &'r mut Self where Self: 'r;
        type Fields<'r> = &'r mut Self where Self: 'r;
        const FACTS: __offset::Facts = {
            <Self as __Layout>::CHECK;
            let __facts = <f64 as __offset::Relocatable>::FACTS
                .and(<f64 as __offset::Relocatable>::FACTS)
                .packed(
                    ::core::mem::size_of::<f64>() + ::core::mem::size_of::<f64>()
                        == ::core::mem::size_of::<Self>(),
                );
            ::core::assert!(
                __facts.plain,
                "`Point` can't be `plain`: it has padding, or a handle. Order its fields so that there is no gap and fill the end with a `[u8; N]`, or remove `plain`"
            );
            __facts
        };
        #[inline]
        unsafe fn handle<'r>(
            __at: ::core::ptr::NonNull<Self>,
            __writer: &'r __offset::Writer,
        ) -> &'r mut Self
        where
            Self: 'r,
        {
            const { <Point as __offset::Relocatable>::FACTS };
            unsafe { &mut *__at.as_ptr() }
        }
        #[inline]
        unsafe fn fields<'r>(
            __at: ::core::ptr::NonNull<Self>,
            __writer: &'r __offset::Writer,
        ) -> &'r mut Self
        where
            Self: 'r,
        {
            const { <Point as __offset::Relocatable>::FACTS };
            unsafe { &mut *__at.as_ptr() }
        }
        #[inline]
        unsafe fn trace<__V: __offset::Visitor>(
            __at: ::core::ptr::NonNull<Self>,
            __visitor: &mut __V,
        ) -> ::core::result::Result<(), __V::Stop> {
            const { <Point as __offset::Relocatable>::FACTS };
            unsafe {
                <f64 as __offset::Relocatable>::trace(
                    __at.byte_add(::core::mem::offset_of!(Point, x)).cast::<f64>(),
                    __visitor,
                )
            }?;
            unsafe {
                <f64 as __offset::Relocatable>::trace(
                    __at.byte_add(::core::mem::offset_of!(Point, y)).cast::<f64>(),
                    __visitor,
                )
            }?;
            ::core::result::Result::Ok(())
        }
        fn description() -> &'static __offset::Description {
            const { <Point as __offset::Relocatable>::FACTS };
            const {
                &__offset::Description {
                    name: "Point",
                    size: ::core::mem::size_of::<Self>(),
                    align: ::core::mem::align_of::<Self>(),
                    id: __offset::type_id::<Self>,
                    kind: <Self as __Layout>::KIND,
                }
            }
        }
    }
    #[automatically_derived]
    unsafe impl __offset::Portable for Point {}
    fn __portable() {
        fn __assert<__F: __offset::Portable>() {}
        __assert::<f64>();
        __assert::<f64>();
    }
    #[automatically_derived]
    unsafe impl __offset::Plain for Point {}
    fn __plain() {
        fn __assert<__F: __offset::Plain>() {}
        __assert::<f64>();
        __assert::<f64>();
    }
    #[automatically_derived]
    impl __offset::Emplace<Point> for Point {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, Point>,
        ) -> ::core::result::Result<__offset::Filled<'s, Point>, __offset::Error> {
            const { <Point as __offset::Relocatable>::FACTS };
            ::core::result::Result::Ok(__slot.write(self))
        }
    }
    #[automatically_derived]
    impl __offset::Emplace<Point> for &Point {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, Point>,
        ) -> ::core::result::Result<__offset::Filled<'s, Point>, __offset::Error> {
            const { <Point as __offset::Relocatable>::FACTS };
            ::core::result::Result::Ok(__slot.write(*self))
        }
    }
    #[automatically_derived]
    impl __offset::Emplace<__offset::Box<Point>> for Point {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, __offset::Box<Point>>,
        ) -> ::core::result::Result<
            __offset::Filled<'s, __offset::Box<Point>>,
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
    impl __Layout for Point {
        const ALIGN: ::core::primitive::usize = {
            let mut __align = 1;
            if ::core::mem::align_of::<f64>() > __align {
                __align = ::core::mem::align_of::<f64>();
            }
            if ::core::mem::align_of::<f64>() > __align {
                __align = ::core::mem::align_of::<f64>();
            }
            __align
        };
        const CHECK: () = {
            let _: fn(Self) = __take_apart;
            let mut __end = 0;
            __end = __offset::c_offset(__end, ::core::mem::align_of::<f64>());
            ::core::assert!(
                ::core::mem::offset_of!(Point, x) == __end,
                "`Point` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            __end += ::core::mem::size_of::<f64>();
            __end = __offset::c_offset(__end, ::core::mem::align_of::<f64>());
            ::core::assert!(
                ::core::mem::offset_of!(Point, y) == __end,
                "`Point` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            __end += ::core::mem::size_of::<f64>();
            let __align = <Self as __Layout>::ALIGN;
            ::core::assert!(
                __align <= __offset::MAX_ALIGN,
                "`Point` is aligned to more than 64 bytes, which a region doesn't offer"
            );
            ::core::assert!(
                ::core::mem::align_of:: < Self > () == __align,
                "`Point` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            ::core::assert!(
                ::core::mem::size_of:: < Self > () == __offset::c_offset(__end, __align),
                "`Point` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            ::core::assert!(
                ! ::core::mem::needs_drop:: < Self > (),
                "`Point` runs code when it is dropped, which a value in a region never is"
            );
        };
        const KIND: __offset::Kind = __offset::Kind::Struct(
            &[
                __offset::Field {
                    name: "x",
                    offset: ::core::mem::offset_of!(Point, x),
                    part: <f64 as __offset::Relocatable>::description,
                },
                __offset::Field {
                    name: "y",
                    offset: ::core::mem::offset_of!(Point, y),
                    part: <f64 as __offset::Relocatable>::description,
                },
            ],
        );
    }
    fn __take_apart(__value: Point) {
        let Point { x: mut __f0, y: mut __f1 } = __value;
        let _: *mut f64 = &raw mut __f0;
        let _: *mut f64 = &raw mut __f1;
    }
    const _: __offset::Facts = <Point as __offset::Relocatable>::FACTS;
    trait __MustNotImplementDrop {}
    impl<__T: ::core::ops::Drop + ?::core::marker::Sized> __MustNotImplementDrop
    for __T {}
    impl __MustNotImplementDrop for Point {}
};
