// What `#[derive(Relocatable)]` makes of `shape.in.rs`, formatted. Written by `UPDATE_EXPANDED=1 cargo test -p offset-derive`.

///What a [`Shape::Circle`] is built from.
pub struct ShapeCircleInit {
    ///The value of `radius`.
    pub radius: f64,
}
///What a [`Shape::Named`] is built from.
pub struct ShapeNamedInit<I0>(
    ///What `0` is built from.
    pub I0,
    ///The value of `1`.
    pub [u8; 4],
);
///What a [`Shape::Nothing`] is built from.
pub struct ShapeNothingInit;
/**The handles of the fields of a [`Shape`], for the variant that is there.

`mem::swap` of two of them swaps the handles, not the values. Another variant is written with `Place::set`.*/
pub enum ShapeMut<'r> {
    ///The handles of `Circle`.
    Circle {
        ///Edits `radius`.
        radius: <f64 as ::offset_std::__private::Relocatable>::Mut<'r>,
    },
    ///The handles of `Named`.
    Named(
        ///Edits `0`.
        <String as ::offset_std::__private::Relocatable>::Mut<'r>,
        ///Edits `1`.
        <[u8; 4] as ::offset_std::__private::Relocatable>::Mut<'r>,
    ),
    ///The handles of `Nothing`.
    Nothing,
}
const _: () = {
    use ::offset_std::__private as __offset;
    #[automatically_derived]
    unsafe impl __offset::Relocatable for Shape {
        type Mut<'r> = __offset::Place<'r, Self> where Self: 'r;
        type Fields<'r> = ShapeMut<'r> where Self: 'r;
        const FACTS: __offset::Facts = {
            <Self as __Layout>::CHECK;
            let __facts = <f64 as __offset::Relocatable>::FACTS
                .and(<String as __offset::Relocatable>::FACTS)
                .and(<[u8; 4] as __offset::Relocatable>::FACTS)
                .tagged()
                .packed(
                    ::core::mem::size_of::<::core::primitive::u8>()
                        + ::core::mem::size_of::<f64>() == ::core::mem::size_of::<Self>()
                        && ::core::mem::size_of::<::core::primitive::u8>()
                            + ::core::mem::size_of::<String>()
                            + ::core::mem::size_of::<[u8; 4]>()
                            == ::core::mem::size_of::<Self>()
                        && ::core::mem::size_of::<::core::primitive::u8>()
                            == ::core::mem::size_of::<Self>(),
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
            const { <Shape as __offset::Relocatable>::FACTS };
            unsafe { __offset::Place::new(__at, __writer) }
        }
        #[inline]
        unsafe fn fields<'r>(
            __at: ::core::ptr::NonNull<Self>,
            __writer: &'r __offset::Writer,
        ) -> ShapeMut<'r>
        where
            Self: 'r,
        {
            const { <Shape as __offset::Relocatable>::FACTS };
            match unsafe { &*__at.as_ptr() } {
                Shape::Circle { .. } => {
                    ShapeMut::Circle {
                        radius: unsafe {
                            <f64 as __offset::Relocatable>::handle(
                                __at
                                    .byte_add(<Shape as __Layout>::OFFSET_0_0)
                                    .cast::<f64>(),
                                __writer,
                            )
                        },
                    }
                }
                Shape::Named { .. } => {
                    ShapeMut::Named {
                        0: unsafe {
                            <String as __offset::Relocatable>::handle(
                                __at
                                    .byte_add(<Shape as __Layout>::OFFSET_1_0)
                                    .cast::<String>(),
                                __writer,
                            )
                        },
                        1: unsafe {
                            <[u8; 4] as __offset::Relocatable>::handle(
                                __at
                                    .byte_add(<Shape as __Layout>::OFFSET_1_1)
                                    .cast::<[u8; 4]>(),
                                __writer,
                            )
                        },
                    }
                }
                Shape::Nothing { .. } => ShapeMut::Nothing {},
            }
        }
        #[inline]
        unsafe fn trace<__V: __offset::Visitor>(
            __at: ::core::ptr::NonNull<Self>,
            __visitor: &mut __V,
        ) -> ::core::result::Result<(), __V::Stop> {
            const { <Shape as __offset::Relocatable>::FACTS };
            match unsafe {
                __visitor
                    .tag::<
                        ::core::primitive::u8,
                    >(
                        __at.cast::<::core::primitive::u8>(),
                        |__tag| ::core::matches!(__tag, __TAG_0 | __TAG_1 | __TAG_2),
                    )
            }? {
                __TAG_0 => {
                    unsafe {
                        <f64 as __offset::Relocatable>::trace(
                            __at.byte_add(<Shape as __Layout>::OFFSET_0_0).cast::<f64>(),
                            __visitor,
                        )
                    }?;
                }
                __TAG_1 => {
                    unsafe {
                        <String as __offset::Relocatable>::trace(
                            __at
                                .byte_add(<Shape as __Layout>::OFFSET_1_0)
                                .cast::<String>(),
                            __visitor,
                        )
                    }?;
                    unsafe {
                        <[u8; 4] as __offset::Relocatable>::trace(
                            __at
                                .byte_add(<Shape as __Layout>::OFFSET_1_1)
                                .cast::<[u8; 4]>(),
                            __visitor,
                        )
                    }?;
                }
                _ => {}
            }
            ::core::result::Result::Ok(())
        }
        fn description() -> &'static __offset::Description {
            const { <Shape as __offset::Relocatable>::FACTS };
            const {
                &__offset::Description {
                    name: "Shape",
                    size: ::core::mem::size_of::<Self>(),
                    align: ::core::mem::align_of::<Self>(),
                    id: __offset::type_id::<Self>,
                    kind: <Self as __Layout>::KIND,
                }
            }
        }
    }
    #[automatically_derived]
    unsafe impl __offset::Portable for Shape {}
    fn __portable() {
        fn __assert<__F: __offset::Portable>() {}
        __assert::<f64>();
        __assert::<String>();
        __assert::<[u8; 4]>();
    }
    #[automatically_derived]
    impl __offset::Emplace<Shape> for ShapeCircleInit {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, Shape>,
        ) -> ::core::result::Result<__offset::Filled<'s, Shape>, __offset::Error> {
            const { <Shape as __offset::Relocatable>::FACTS };
            unsafe { __slot.at().cast::<::core::primitive::u8>().write(__TAG_0) };
            let __f0 = unsafe {
                __slot.field::<f64, _>(<Shape as __Layout>::OFFSET_0_0, self.radius)
            }?;
            __offset::Filled::keep(__f0);
            ::core::result::Result::Ok(unsafe { __slot.assume_filled() })
        }
    }
    #[automatically_derived]
    impl __offset::Emplace<__offset::Box<Shape>> for ShapeCircleInit {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, __offset::Box<Shape>>,
        ) -> ::core::result::Result<
            __offset::Filled<'s, __offset::Box<Shape>>,
            __offset::Error,
        > {
            __offset::Emplace::emplace(__offset::Boxed(self), __slot)
        }
    }
    #[automatically_derived]
    impl<__I0: __offset::Emplace<String>> __offset::Emplace<Shape>
    for ShapeNamedInit<__I0> {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, Shape>,
        ) -> ::core::result::Result<__offset::Filled<'s, Shape>, __offset::Error> {
            const { <Shape as __offset::Relocatable>::FACTS };
            unsafe { __slot.at().cast::<::core::primitive::u8>().write(__TAG_1) };
            let __f0 = unsafe {
                __slot.field::<String, _>(<Shape as __Layout>::OFFSET_1_0, self.0)
            }?;
            let __f1 = unsafe {
                __slot.field::<[u8; 4], _>(<Shape as __Layout>::OFFSET_1_1, self.1)
            }?;
            __offset::Filled::keep(__f0);
            __offset::Filled::keep(__f1);
            ::core::result::Result::Ok(unsafe { __slot.assume_filled() })
        }
    }
    #[automatically_derived]
    impl<__I0: __offset::Emplace<String>> __offset::Emplace<__offset::Box<Shape>>
    for ShapeNamedInit<__I0> {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, __offset::Box<Shape>>,
        ) -> ::core::result::Result<
            __offset::Filled<'s, __offset::Box<Shape>>,
            __offset::Error,
        > {
            __offset::Emplace::emplace(__offset::Boxed(self), __slot)
        }
    }
    #[automatically_derived]
    impl __offset::Emplace<Shape> for ShapeNothingInit {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, Shape>,
        ) -> ::core::result::Result<__offset::Filled<'s, Shape>, __offset::Error> {
            const { <Shape as __offset::Relocatable>::FACTS };
            unsafe { __slot.at().cast::<::core::primitive::u8>().write(__TAG_2) };
            ::core::result::Result::Ok(unsafe { __slot.assume_filled() })
        }
    }
    #[automatically_derived]
    impl __offset::Emplace<__offset::Box<Shape>> for ShapeNothingInit {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, __offset::Box<Shape>>,
        ) -> ::core::result::Result<
            __offset::Filled<'s, __offset::Box<Shape>>,
            __offset::Error,
        > {
            __offset::Emplace::emplace(__offset::Boxed(self), __slot)
        }
    }
    const __TAG_0: ::core::primitive::u8 = 0;
    const __TAG_1: ::core::primitive::u8 = 7;
    const __TAG_2: ::core::primitive::u8 = __TAG_1 + 1;
    trait __Layout {
        const ALIGN: ::core::primitive::usize;
        const OFFSET_0_0: ::core::primitive::usize;
        const OFFSET_1_0: ::core::primitive::usize;
        const OFFSET_1_1: ::core::primitive::usize;
        const CHECK: ();
        const KIND: __offset::Kind;
    }
    #[automatically_derived]
    impl __Layout for Shape {
        const ALIGN: ::core::primitive::usize = {
            let mut __align = ::core::mem::align_of::<::core::primitive::u8>();
            if ::core::mem::align_of::<f64>() > __align {
                __align = ::core::mem::align_of::<f64>();
            }
            if ::core::mem::align_of::<String>() > __align {
                __align = ::core::mem::align_of::<String>();
            }
            if ::core::mem::align_of::<[u8; 4]>() > __align {
                __align = ::core::mem::align_of::<[u8; 4]>();
            }
            __align
        };
        const OFFSET_0_0: ::core::primitive::usize = __offset::c_offset(
            ::core::mem::size_of::<::core::primitive::u8>(),
            ::core::mem::align_of::<f64>(),
        );
        const OFFSET_1_0: ::core::primitive::usize = __offset::c_offset(
            ::core::mem::size_of::<::core::primitive::u8>(),
            ::core::mem::align_of::<String>(),
        );
        const OFFSET_1_1: ::core::primitive::usize = __offset::c_offset(
            <Self as __Layout>::OFFSET_1_0 + ::core::mem::size_of::<String>(),
            ::core::mem::align_of::<[u8; 4]>(),
        );
        const CHECK: () = {
            let _: fn(Self) = __take_apart;
            ::core::assert!(
                ::core::mem::size_of:: < ::core::mem::Discriminant < Self >> () ==
                ::core::mem::size_of:: < ::core::primitive::u8 > (),
                "`Shape` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            let mut __end = ::core::mem::size_of::<::core::primitive::u8>();
            let mut __value = ::core::mem::MaybeUninit::<Self>::uninit();
            let __at = __value.as_mut_ptr();
            let __start = __at.cast_const().cast::<::core::primitive::u8>();
            unsafe { __at.cast::<::core::primitive::u8>().write(__TAG_0) };
            match unsafe { &*__at } {
                Shape::Circle { radius: __f0 } => {
                    let __offset = unsafe {
                        (&raw const *__f0)
                            .cast::<::core::primitive::u8>()
                            .offset_from(__start)
                    };
                    ::core::assert!(
                        __offset == < Shape as __Layout > ::OFFSET_0_0 as
                        ::core::primitive::isize,
                        "`Shape` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
                    );
                }
                _ => {
                    ::core::panic!(
                        "`Shape` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
                    )
                }
            }
            if <Shape as __Layout>::OFFSET_0_0 + ::core::mem::size_of::<f64>() > __end {
                __end = <Shape as __Layout>::OFFSET_0_0 + ::core::mem::size_of::<f64>();
            }
            let mut __value = ::core::mem::MaybeUninit::<Self>::uninit();
            let __at = __value.as_mut_ptr();
            let __start = __at.cast_const().cast::<::core::primitive::u8>();
            unsafe { __at.cast::<::core::primitive::u8>().write(__TAG_1) };
            match unsafe { &*__at } {
                Shape::Named { 0: __f0, 1: __f1 } => {
                    let __offset = unsafe {
                        (&raw const *__f0)
                            .cast::<::core::primitive::u8>()
                            .offset_from(__start)
                    };
                    ::core::assert!(
                        __offset == < Shape as __Layout > ::OFFSET_1_0 as
                        ::core::primitive::isize,
                        "`Shape` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
                    );
                    let __offset = unsafe {
                        (&raw const *__f1)
                            .cast::<::core::primitive::u8>()
                            .offset_from(__start)
                    };
                    ::core::assert!(
                        __offset == < Shape as __Layout > ::OFFSET_1_1 as
                        ::core::primitive::isize,
                        "`Shape` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
                    );
                }
                _ => {
                    ::core::panic!(
                        "`Shape` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
                    )
                }
            }
            if <Shape as __Layout>::OFFSET_1_1 + ::core::mem::size_of::<[u8; 4]>()
                > __end
            {
                __end = <Shape as __Layout>::OFFSET_1_1
                    + ::core::mem::size_of::<[u8; 4]>();
            }
            let mut __value = ::core::mem::MaybeUninit::<Self>::uninit();
            let __at = __value.as_mut_ptr();
            unsafe { __at.cast::<::core::primitive::u8>().write(__TAG_2) };
            match unsafe { &*__at } {
                Shape::Nothing {} => {}
                _ => {
                    ::core::panic!(
                        "`Shape` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
                    )
                }
            }
            if ::core::mem::size_of::<::core::primitive::u8>() > __end {
                __end = ::core::mem::size_of::<::core::primitive::u8>();
            }
            let __align = <Self as __Layout>::ALIGN;
            ::core::assert!(
                __align <= __offset::MAX_ALIGN,
                "`Shape` is aligned to more than 64 bytes, which a region doesn't offer"
            );
            ::core::assert!(
                ::core::mem::align_of:: < Self > () == __align,
                "`Shape` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            ::core::assert!(
                ::core::mem::size_of:: < Self > () == __offset::c_offset(__end, __align),
                "`Shape` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            ::core::assert!(
                ! ::core::mem::needs_drop:: < Self > (),
                "`Shape` runs code when it is dropped, which a value in a region never is"
            );
        };
        const KIND: __offset::Kind = __offset::Kind::Enum {
            tag: __offset::Scalar::U8,
            variants: &[
                __offset::Variant {
                    name: "Circle",
                    tag: __TAG_0 as ::core::primitive::i128,
                    fields: &[
                        __offset::Field {
                            name: "radius",
                            offset: <Shape as __Layout>::OFFSET_0_0,
                            part: <f64 as __offset::Relocatable>::description,
                        },
                    ],
                },
                __offset::Variant {
                    name: "Named",
                    tag: __TAG_1 as ::core::primitive::i128,
                    fields: &[
                        __offset::Field {
                            name: "0",
                            offset: <Shape as __Layout>::OFFSET_1_0,
                            part: <String as __offset::Relocatable>::description,
                        },
                        __offset::Field {
                            name: "1",
                            offset: <Shape as __Layout>::OFFSET_1_1,
                            part: <[u8; 4] as __offset::Relocatable>::description,
                        },
                    ],
                },
                __offset::Variant {
                    name: "Nothing",
                    tag: __TAG_2 as ::core::primitive::i128,
                    fields: &[],
                },
            ],
        };
    }
    fn __take_apart(__value: Shape) {
        let _: fn(f64) -> Shape = |__f0| Shape::Circle { radius: __f0 };
        let _: fn(String, [u8; 4]) -> Shape = |__f0, __f1| Shape::Named {
            0: __f0,
            1: __f1,
        };
        let _: fn() -> Shape = || Shape::Nothing {};
        match __value {
            Shape::Circle { radius: mut __f0 } => {
                let _: *mut f64 = &raw mut __f0;
            }
            Shape::Named { 0: mut __f0, 1: mut __f1 } => {
                let _: *mut String = &raw mut __f0;
                let _: *mut [u8; 4] = &raw mut __f1;
            }
            Shape::Nothing {} => {}
        }
    }
    const _: __offset::Facts = <Shape as __offset::Relocatable>::FACTS;
    trait __MustNotImplementDrop {}
    impl<__T: ::core::ops::Drop + ?::core::marker::Sized> __MustNotImplementDrop
    for __T {}
    impl __MustNotImplementDrop for Shape {}
};
