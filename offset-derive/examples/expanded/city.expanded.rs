// What `#[derive(Relocatable)]` makes of `city.in.rs`, formatted. Written by `UPDATE_EXPANDED=1 cargo test -p offset-derive`.

///What a [`City`] is built from.
pub struct CityInit<I0, I2> {
    ///What `name` is built from.
    pub name: I0,
    ///The value of `population`.
    pub population: u64,
    ///What `tags` is built from.
    tags: I2,
}
/**The handles of the fields of a [`City`], which they edit in place.

`mem::swap` of two of them swaps the handles, not the values; the containers have `swap` methods for that.*/
pub struct CityMut<'r> {
    ///Edits `name`.
    pub name: <String as ::offset_std::__private::Relocatable>::Mut<'r>,
    ///Edits `population`.
    pub population: <u64 as ::offset_std::__private::Relocatable>::Mut<'r>,
    ///Edits `tags`.
    tags: <Vec<String> as ::offset_std::__private::Relocatable>::Mut<'r>,
}
const _: () = {
    use ::offset_std::__private as __offset;
    #[automatically_derived]
    unsafe impl __offset::Relocatable for City {
        type Mut<'r> = __offset::Place<'r, Self> where Self: 'r;
        type Fields<'r> = CityMut<'r> where Self: 'r;
        const FACTS: __offset::Facts = {
            <Self as __Layout>::CHECK;
            let __facts = <String as __offset::Relocatable>::FACTS
                .and(<u64 as __offset::Relocatable>::FACTS)
                .and(<Vec<String> as __offset::Relocatable>::FACTS)
                .packed(
                    ::core::mem::size_of::<String>() + ::core::mem::size_of::<u64>()
                        + ::core::mem::size_of::<Vec<String>>()
                        == ::core::mem::size_of::<Self>(),
                )
                .not_copied()
                .validated();
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
            const { <City as __offset::Relocatable>::FACTS };
            unsafe { __offset::Place::new(__at, __writer) }
        }
        #[inline]
        unsafe fn fields<'r>(
            __at: ::core::ptr::NonNull<Self>,
            __writer: &'r __offset::Writer,
        ) -> CityMut<'r>
        where
            Self: 'r,
        {
            const { <City as __offset::Relocatable>::FACTS };
            CityMut {
                name: unsafe {
                    <String as __offset::Relocatable>::handle(
                        __at
                            .byte_add(::core::mem::offset_of!(City, name))
                            .cast::<String>(),
                        __writer,
                    )
                },
                population: unsafe {
                    <u64 as __offset::Relocatable>::handle(
                        __at
                            .byte_add(::core::mem::offset_of!(City, population))
                            .cast::<u64>(),
                        __writer,
                    )
                },
                tags: unsafe {
                    <Vec<
                        String,
                    > as __offset::Relocatable>::handle(
                        __at
                            .byte_add(::core::mem::offset_of!(City, tags))
                            .cast::<Vec<String>>(),
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
            const { <City as __offset::Relocatable>::FACTS };
            unsafe { __visitor.deferred::<Self>(__at, <Self as __Layout>::ask) };
            unsafe {
                <String as __offset::Relocatable>::trace(
                    __at.byte_add(::core::mem::offset_of!(City, name)).cast::<String>(),
                    __visitor,
                )
            }?;
            unsafe {
                <u64 as __offset::Relocatable>::trace(
                    __at
                        .byte_add(::core::mem::offset_of!(City, population))
                        .cast::<u64>(),
                    __visitor,
                )
            }?;
            unsafe {
                <Vec<
                    String,
                > as __offset::Relocatable>::trace(
                    __at
                        .byte_add(::core::mem::offset_of!(City, tags))
                        .cast::<Vec<String>>(),
                    __visitor,
                )
            }?;
            ::core::result::Result::Ok(())
        }
        fn description() -> &'static __offset::Description {
            const { <City as __offset::Relocatable>::FACTS };
            const {
                &__offset::Description {
                    name: "City",
                    size: ::core::mem::size_of::<Self>(),
                    align: ::core::mem::align_of::<Self>(),
                    id: __offset::type_id::<Self>,
                    kind: <Self as __Layout>::KIND,
                }
            }
        }
    }
    #[automatically_derived]
    unsafe impl __offset::Portable for City {}
    fn __portable() {
        fn __assert<__F: __offset::Portable>() {}
        __assert::<String>();
        __assert::<u64>();
        __assert::<Vec<String>>();
    }
    #[automatically_derived]
    impl<
        __I0: __offset::Emplace<String>,
        __I2: __offset::Emplace<Vec<String>>,
    > __offset::Emplace<City> for CityInit<__I0, __I2> {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, City>,
        ) -> ::core::result::Result<__offset::Filled<'s, City>, __offset::Error> {
            const { <City as __offset::Relocatable>::FACTS };
            let __f0 = unsafe {
                __slot.field::<String, _>(::core::mem::offset_of!(City, name), self.name)
            }?;
            let __f1 = unsafe {
                __slot
                    .field::<
                        u64,
                        _,
                    >(::core::mem::offset_of!(City, population), self.population)
            }?;
            let __f2 = unsafe {
                __slot
                    .field::<
                        Vec<String>,
                        _,
                    >(::core::mem::offset_of!(City, tags), self.tags)
            }?;
            __offset::Filled::keep(__f0);
            __offset::Filled::keep(__f1);
            __offset::Filled::keep(__f2);
            ::core::result::Result::Ok(unsafe { __slot.assume_filled() })
        }
    }
    #[automatically_derived]
    impl<
        __I0: __offset::Emplace<String>,
        __I2: __offset::Emplace<Vec<String>>,
    > __offset::Emplace<__offset::Box<City>> for CityInit<__I0, __I2> {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, __offset::Box<City>>,
        ) -> ::core::result::Result<
            __offset::Filled<'s, __offset::Box<City>>,
            __offset::Error,
        > {
            __offset::Emplace::emplace(__offset::Boxed(self), __slot)
        }
    }
    trait __Layout {
        const ALIGN: ::core::primitive::usize;
        const CHECK: ();
        const KIND: __offset::Kind;
        fn ask(&self) -> ::core::result::Result<(), __offset::String>;
    }
    #[automatically_derived]
    impl __Layout for City {
        const ALIGN: ::core::primitive::usize = {
            let mut __align = 1;
            if ::core::mem::align_of::<String>() > __align {
                __align = ::core::mem::align_of::<String>();
            }
            if ::core::mem::align_of::<u64>() > __align {
                __align = ::core::mem::align_of::<u64>();
            }
            if ::core::mem::align_of::<Vec<String>>() > __align {
                __align = ::core::mem::align_of::<Vec<String>>();
            }
            __align
        };
        const CHECK: () = {
            let _: fn(Self) = __take_apart;
            let mut __end = 0;
            __end = __offset::c_offset(__end, ::core::mem::align_of::<String>());
            ::core::assert!(
                ::core::mem::offset_of!(City, name) == __end,
                "`City` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            __end += ::core::mem::size_of::<String>();
            __end = __offset::c_offset(__end, ::core::mem::align_of::<u64>());
            ::core::assert!(
                ::core::mem::offset_of!(City, population) == __end,
                "`City` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            __end += ::core::mem::size_of::<u64>();
            __end = __offset::c_offset(__end, ::core::mem::align_of::<Vec<String>>());
            ::core::assert!(
                ::core::mem::offset_of!(City, tags) == __end,
                "`City` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            __end += ::core::mem::size_of::<Vec<String>>();
            let __align = <Self as __Layout>::ALIGN;
            ::core::assert!(
                __align <= __offset::MAX_ALIGN,
                "`City` is aligned to more than 64 bytes, which a region doesn't offer"
            );
            ::core::assert!(
                ::core::mem::align_of:: < Self > () == __align,
                "`City` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            ::core::assert!(
                ::core::mem::size_of:: < Self > () == __offset::c_offset(__end, __align),
                "`City` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            ::core::assert!(
                ! ::core::mem::needs_drop:: < Self > (),
                "`City` runs code when it is dropped, which a value in a region never is"
            );
        };
        const KIND: __offset::Kind = __offset::Kind::Struct(
            &[
                __offset::Field {
                    name: "name",
                    offset: ::core::mem::offset_of!(City, name),
                    part: <String as __offset::Relocatable>::description,
                },
                __offset::Field {
                    name: "population",
                    offset: ::core::mem::offset_of!(City, population),
                    part: <u64 as __offset::Relocatable>::description,
                },
                __offset::Field {
                    name: "tags",
                    offset: ::core::mem::offset_of!(City, tags),
                    part: <Vec<String> as __offset::Relocatable>::description,
                },
            ],
        );
        fn ask(&self) -> ::core::result::Result<(), __offset::String> {
            City::check(self).map_err(|__error| __offset::ToString::to_string(&__error))
        }
    }
    fn __take_apart(__value: City) {
        let City { name: mut __f0, population: mut __f1, tags: mut __f2 } = __value;
        let _: *mut String = &raw mut __f0;
        let _: *mut u64 = &raw mut __f1;
        let _: *mut Vec<String> = &raw mut __f2;
    }
    const _: __offset::Facts = <City as __offset::Relocatable>::FACTS;
    trait __MustNotImplementDrop {}
    impl<__T: ::core::ops::Drop + ?::core::marker::Sized> __MustNotImplementDrop
    for __T {}
    impl __MustNotImplementDrop for City {}
};
