// What `#[derive(Relocatable)]` makes of `user.in.rs`, formatted. Written by `UPDATE_EXPANDED=1 cargo test -p offset-derive`.

#[derive(Debug)]
///What a [`User`] is in a region.
///
/// A user, as the rest of the program has it.
#[repr(C)]
pub struct UserTwin {
    ///What `name` is in a region.
    pub name: ::offset_std::__private::TwinOf<String>,
    ///What `logins` is in a region.
    pub logins: u64,
    ///What `address` is in a region.
    address: ::offset_std::__private::TwinOf<IpAddr, AsText>,
    ///What `friends` is in a region.
    friends: ::offset_std::__private::TwinOf<Vec<Option<Box<User>>>>,
}
///What a [`UserTwin`] is built from.
pub struct UserTwinInit<I0, I2, I3> {
    ///What `name` is built from.
    pub name: I0,
    ///The value of `logins`.
    pub logins: u64,
    ///What `address` is built from.
    address: I2,
    ///What `friends` is built from.
    friends: I3,
}
/**The handles of the fields of a [`UserTwin`], which they edit in place.

`mem::swap` of two of them swaps the handles, not the values; the containers have `swap` methods for that.*/
pub struct UserTwinMut<'r> {
    ///Edits `name`.
    pub name: <::offset_std::__private::TwinOf<
        String,
    > as ::offset_std::__private::Relocatable>::Mut<'r>,
    ///Edits `logins`.
    pub logins: <u64 as ::offset_std::__private::Relocatable>::Mut<'r>,
    ///Edits `address`.
    address: <::offset_std::__private::TwinOf<
        IpAddr,
        AsText,
    > as ::offset_std::__private::Relocatable>::Mut<'r>,
    ///Edits `friends`.
    friends: <::offset_std::__private::TwinOf<
        Vec<Option<Box<User>>>,
    > as ::offset_std::__private::Relocatable>::Mut<'r>,
}
const _: () = {
    use ::offset_std::__private as __offset;
    #[automatically_derived]
    unsafe impl __offset::Relocatable for UserTwin {
        type Mut<'r> = __offset::Place<'r, Self> where Self: 'r;
        type Fields<'r> = UserTwinMut<'r> where Self: 'r;
        const FACTS: __offset::Facts = {
            <Self as __Layout>::CHECK;
            let __facts = <::offset_std::__private::TwinOf<
                String,
            > as __offset::Relocatable>::FACTS
                .and(<u64 as __offset::Relocatable>::FACTS)
                .and(
                    <::offset_std::__private::TwinOf<
                        IpAddr,
                        AsText,
                    > as __offset::Relocatable>::FACTS,
                )
                .and(
                    <::offset_std::__private::TwinOf<
                        Vec<Option<Box<User>>>,
                    > as __offset::Relocatable>::FACTS,
                )
                .packed(
                    ::core::mem::size_of::<::offset_std::__private::TwinOf<String>>()
                        + ::core::mem::size_of::<u64>()
                        + ::core::mem::size_of::<
                            ::offset_std::__private::TwinOf<IpAddr, AsText>,
                        >()
                        + ::core::mem::size_of::<
                            ::offset_std::__private::TwinOf<Vec<Option<Box<User>>>>,
                        >() == ::core::mem::size_of::<Self>(),
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
            const { <UserTwin as __offset::Relocatable>::FACTS };
            unsafe { __offset::Place::new(__at, __writer) }
        }
        #[inline]
        unsafe fn fields<'r>(
            __at: ::core::ptr::NonNull<Self>,
            __writer: &'r __offset::Writer,
        ) -> UserTwinMut<'r>
        where
            Self: 'r,
        {
            const { <UserTwin as __offset::Relocatable>::FACTS };
            UserTwinMut {
                name: unsafe {
                    <::offset_std::__private::TwinOf<
                        String,
                    > as __offset::Relocatable>::handle(
                        __at
                            .byte_add(::core::mem::offset_of!(UserTwin, name))
                            .cast::<::offset_std::__private::TwinOf<String>>(),
                        __writer,
                    )
                },
                logins: unsafe {
                    <u64 as __offset::Relocatable>::handle(
                        __at
                            .byte_add(::core::mem::offset_of!(UserTwin, logins))
                            .cast::<u64>(),
                        __writer,
                    )
                },
                address: unsafe {
                    <::offset_std::__private::TwinOf<
                        IpAddr,
                        AsText,
                    > as __offset::Relocatable>::handle(
                        __at
                            .byte_add(::core::mem::offset_of!(UserTwin, address))
                            .cast::<::offset_std::__private::TwinOf<IpAddr, AsText>>(),
                        __writer,
                    )
                },
                friends: unsafe {
                    <::offset_std::__private::TwinOf<
                        Vec<Option<Box<User>>>,
                    > as __offset::Relocatable>::handle(
                        __at
                            .byte_add(::core::mem::offset_of!(UserTwin, friends))
                            .cast::<
                                ::offset_std::__private::TwinOf<Vec<Option<Box<User>>>>,
                            >(),
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
            const { <UserTwin as __offset::Relocatable>::FACTS };
            unsafe {
                <::offset_std::__private::TwinOf<
                    String,
                > as __offset::Relocatable>::trace(
                    __at
                        .byte_add(::core::mem::offset_of!(UserTwin, name))
                        .cast::<::offset_std::__private::TwinOf<String>>(),
                    __visitor,
                )
            }?;
            unsafe {
                <u64 as __offset::Relocatable>::trace(
                    __at
                        .byte_add(::core::mem::offset_of!(UserTwin, logins))
                        .cast::<u64>(),
                    __visitor,
                )
            }?;
            unsafe {
                <::offset_std::__private::TwinOf<
                    IpAddr,
                    AsText,
                > as __offset::Relocatable>::trace(
                    __at
                        .byte_add(::core::mem::offset_of!(UserTwin, address))
                        .cast::<::offset_std::__private::TwinOf<IpAddr, AsText>>(),
                    __visitor,
                )
            }?;
            unsafe {
                <::offset_std::__private::TwinOf<
                    Vec<Option<Box<User>>>,
                > as __offset::Relocatable>::trace(
                    __at
                        .byte_add(::core::mem::offset_of!(UserTwin, friends))
                        .cast::<
                            ::offset_std::__private::TwinOf<Vec<Option<Box<User>>>>,
                        >(),
                    __visitor,
                )
            }?;
            ::core::result::Result::Ok(())
        }
        fn description() -> &'static __offset::Description {
            const { <UserTwin as __offset::Relocatable>::FACTS };
            const {
                &__offset::Description {
                    name: "UserTwin",
                    size: ::core::mem::size_of::<Self>(),
                    align: ::core::mem::align_of::<Self>(),
                    id: __offset::type_id::<Self>,
                    kind: <Self as __Layout>::KIND,
                }
            }
        }
    }
    #[automatically_derived]
    unsafe impl __offset::Portable for UserTwin {}
    fn __portable() {
        fn __assert<__F: __offset::Portable>() {}
        __assert::<::offset_std::__private::TwinOf<String>>();
        __assert::<u64>();
        __assert::<::offset_std::__private::TwinOf<IpAddr, AsText>>();
        __assert::<::offset_std::__private::TwinOf<Vec<Option<Box<User>>>>>();
    }
    #[automatically_derived]
    impl<
        __I0: __offset::Emplace<::offset_std::__private::TwinOf<String>>,
        __I2: __offset::Emplace<::offset_std::__private::TwinOf<IpAddr, AsText>>,
        __I3: __offset::Emplace<::offset_std::__private::TwinOf<Vec<Option<Box<User>>>>>,
    > __offset::Emplace<UserTwin> for UserTwinInit<__I0, __I2, __I3> {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, UserTwin>,
        ) -> ::core::result::Result<__offset::Filled<'s, UserTwin>, __offset::Error> {
            const { <UserTwin as __offset::Relocatable>::FACTS };
            let __f0 = unsafe {
                __slot
                    .field::<
                        ::offset_std::__private::TwinOf<String>,
                        _,
                    >(::core::mem::offset_of!(UserTwin, name), self.name)
            }?;
            let __f1 = unsafe {
                __slot
                    .field::<
                        u64,
                        _,
                    >(::core::mem::offset_of!(UserTwin, logins), self.logins)
            }?;
            let __f2 = unsafe {
                __slot
                    .field::<
                        ::offset_std::__private::TwinOf<IpAddr, AsText>,
                        _,
                    >(::core::mem::offset_of!(UserTwin, address), self.address)
            }?;
            let __f3 = unsafe {
                __slot
                    .field::<
                        ::offset_std::__private::TwinOf<Vec<Option<Box<User>>>>,
                        _,
                    >(::core::mem::offset_of!(UserTwin, friends), self.friends)
            }?;
            __offset::Filled::keep(__f0);
            __offset::Filled::keep(__f1);
            __offset::Filled::keep(__f2);
            __offset::Filled::keep(__f3);
            ::core::result::Result::Ok(unsafe { __slot.assume_filled() })
        }
    }
    #[automatically_derived]
    impl<
        __I0: __offset::Emplace<::offset_std::__private::TwinOf<String>>,
        __I2: __offset::Emplace<::offset_std::__private::TwinOf<IpAddr, AsText>>,
        __I3: __offset::Emplace<::offset_std::__private::TwinOf<Vec<Option<Box<User>>>>>,
    > __offset::Emplace<__offset::Box<UserTwin>> for UserTwinInit<__I0, __I2, __I3> {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, __offset::Box<UserTwin>>,
        ) -> ::core::result::Result<
            __offset::Filled<'s, __offset::Box<UserTwin>>,
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
    impl __Layout for UserTwin {
        const ALIGN: ::core::primitive::usize = {
            let mut __align = 1;
            if ::core::mem::align_of::<::offset_std::__private::TwinOf<String>>()
                > __align
            {
                __align = ::core::mem::align_of::<
                    ::offset_std::__private::TwinOf<String>,
                >();
            }
            if ::core::mem::align_of::<u64>() > __align {
                __align = ::core::mem::align_of::<u64>();
            }
            if ::core::mem::align_of::<::offset_std::__private::TwinOf<IpAddr, AsText>>()
                > __align
            {
                __align = ::core::mem::align_of::<
                    ::offset_std::__private::TwinOf<IpAddr, AsText>,
                >();
            }
            if ::core::mem::align_of::<
                ::offset_std::__private::TwinOf<Vec<Option<Box<User>>>>,
            >() > __align
            {
                __align = ::core::mem::align_of::<
                    ::offset_std::__private::TwinOf<Vec<Option<Box<User>>>>,
                >();
            }
            __align
        };
        const CHECK: () = {
            let _: fn(Self) = __take_apart;
            let mut __end = 0;
            __end = __offset::c_offset(
                __end,
                ::core::mem::align_of::<::offset_std::__private::TwinOf<String>>(),
            );
            ::core::assert!(
                ::core::mem::offset_of!(UserTwin, name) == __end,
                "`UserTwin` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            __end += ::core::mem::size_of::<::offset_std::__private::TwinOf<String>>();
            __end = __offset::c_offset(__end, ::core::mem::align_of::<u64>());
            ::core::assert!(
                ::core::mem::offset_of!(UserTwin, logins) == __end,
                "`UserTwin` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            __end += ::core::mem::size_of::<u64>();
            __end = __offset::c_offset(
                __end,
                ::core::mem::align_of::<
                    ::offset_std::__private::TwinOf<IpAddr, AsText>,
                >(),
            );
            ::core::assert!(
                ::core::mem::offset_of!(UserTwin, address) == __end,
                "`UserTwin` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            __end
                += ::core::mem::size_of::<
                    ::offset_std::__private::TwinOf<IpAddr, AsText>,
                >();
            __end = __offset::c_offset(
                __end,
                ::core::mem::align_of::<
                    ::offset_std::__private::TwinOf<Vec<Option<Box<User>>>>,
                >(),
            );
            ::core::assert!(
                ::core::mem::offset_of!(UserTwin, friends) == __end,
                "`UserTwin` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            __end
                += ::core::mem::size_of::<
                    ::offset_std::__private::TwinOf<Vec<Option<Box<User>>>>,
                >();
            let __align = <Self as __Layout>::ALIGN;
            ::core::assert!(
                __align <= __offset::MAX_ALIGN,
                "`UserTwin` is aligned to more than 64 bytes, which a region doesn't offer"
            );
            ::core::assert!(
                ::core::mem::align_of:: < Self > () == __align,
                "`UserTwin` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            ::core::assert!(
                ::core::mem::size_of:: < Self > () == __offset::c_offset(__end, __align),
                "`UserTwin` isn't laid out as it says: an attribute below `#[derive(Relocatable)]` has changed it"
            );
            ::core::assert!(
                ! ::core::mem::needs_drop:: < Self > (),
                "`UserTwin` runs code when it is dropped, which a value in a region never is"
            );
        };
        const KIND: __offset::Kind = __offset::Kind::Struct(
            &[
                __offset::Field {
                    name: "name",
                    offset: ::core::mem::offset_of!(UserTwin, name),
                    part: <::offset_std::__private::TwinOf<
                        String,
                    > as __offset::Relocatable>::description,
                },
                __offset::Field {
                    name: "logins",
                    offset: ::core::mem::offset_of!(UserTwin, logins),
                    part: <u64 as __offset::Relocatable>::description,
                },
                __offset::Field {
                    name: "address",
                    offset: ::core::mem::offset_of!(UserTwin, address),
                    part: <::offset_std::__private::TwinOf<
                        IpAddr,
                        AsText,
                    > as __offset::Relocatable>::description,
                },
                __offset::Field {
                    name: "friends",
                    offset: ::core::mem::offset_of!(UserTwin, friends),
                    part: <::offset_std::__private::TwinOf<
                        Vec<Option<Box<User>>>,
                    > as __offset::Relocatable>::description,
                },
            ],
        );
    }
    fn __take_apart(__value: UserTwin) {
        let UserTwin {
            name: mut __f0,
            logins: mut __f1,
            address: mut __f2,
            friends: mut __f3,
        } = __value;
        let _: *mut ::offset_std::__private::TwinOf<String> = &raw mut __f0;
        let _: *mut u64 = &raw mut __f1;
        let _: *mut ::offset_std::__private::TwinOf<IpAddr, AsText> = &raw mut __f2;
        let _: *mut ::offset_std::__private::TwinOf<Vec<Option<Box<User>>>> = &raw mut __f3;
    }
    const _: __offset::Facts = <UserTwin as __offset::Relocatable>::FACTS;
    trait __MustNotImplementDrop {}
    impl<__T: ::core::ops::Drop + ?::core::marker::Sized> __MustNotImplementDrop
    for __T {}
    impl __MustNotImplementDrop for UserTwin {}
};
const _: () = {
    use ::offset_std::__private as __offset;
    #[automatically_derived]
    impl __offset::TwinType for User {
        type Region = UserTwin;
        type Optional = __offset::Maybe<UserTwin>;
    }
    #[automatically_derived]
    impl __offset::Twin for User {
        #[inline]
        fn emplace<'s>(
            __std: &Self,
            __slot: __offset::Slot<'s, UserTwin>,
        ) -> ::core::result::Result<__offset::Filled<'s, UserTwin>, __offset::Error> {
            match __std {
                User { name: __s0, logins: __s1, address: __s2, friends: __s3 } => {
                    __slot
                        .build(UserTwinInit {
                            name: __offset::FromStd::<String, String>::new(__s0),
                            logins: *__s1,
                            address: __offset::FromStd::<IpAddr, AsText>::new(__s2),
                            friends: __offset::FromStd::<
                                Vec<Option<Box<User>>>,
                                Vec<Option<Box<User>>>,
                            >::new(__s3),
                        })
                }
            }
        }
        #[inline]
        fn to_std(__twin: &UserTwin) -> ::core::result::Result<Self, __offset::Error> {
            match __twin {
                UserTwin { name: __t0, logins: __t1, address: __t2, friends: __t3 } => {
                    ::core::result::Result::Ok(User {
                        name: <String as __offset::Twin<String>>::to_std(__t0)?,
                        logins: <u64 as __offset::Twin<u64>>::to_std(__t1)?,
                        address: <AsText as __offset::Twin<IpAddr>>::to_std(__t2)?,
                        friends: <Vec<
                            Option<Box<User>>,
                        > as __offset::Twin<Vec<Option<Box<User>>>>>::to_std(__t3)?,
                    })
                }
            }
        }
        #[inline]
        fn equals(__std: &Self, __twin: &UserTwin) -> ::core::primitive::bool {
            match (__std, __twin) {
                (
                    User { name: __s0, logins: __s1, address: __s2, friends: __s3 },
                    UserTwin { name: __t0, logins: __t1, address: __t2, friends: __t3 },
                ) => {
                    <String as __offset::Twin<String>>::equals(__s0, __t0)
                        && <u64 as __offset::Twin<u64>>::equals(__s1, __t1)
                        && <AsText as __offset::Twin<IpAddr>>::equals(__s2, __t2)
                        && <Vec<
                            Option<Box<User>>,
                        > as __offset::Twin<Vec<Option<Box<User>>>>>::equals(__s3, __t3)
                }
            }
        }
    }
    #[automatically_derived]
    impl __offset::Emplace<UserTwin> for &User {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, UserTwin>,
        ) -> ::core::result::Result<__offset::Filled<'s, UserTwin>, __offset::Error> {
            <User as __offset::Twin>::emplace(self, __slot)
        }
    }
    #[automatically_derived]
    impl __offset::Emplace<UserTwin> for User {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, UserTwin>,
        ) -> ::core::result::Result<__offset::Filled<'s, UserTwin>, __offset::Error> {
            <User as __offset::Twin>::emplace(&self, __slot)
        }
    }
    #[automatically_derived]
    impl __offset::Emplace<__offset::Box<UserTwin>> for &User {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, __offset::Box<UserTwin>>,
        ) -> ::core::result::Result<
            __offset::Filled<'s, __offset::Box<UserTwin>>,
            __offset::Error,
        > {
            __slot.build(__offset::Boxed(self))
        }
    }
    #[automatically_derived]
    impl __offset::Emplace<__offset::Box<UserTwin>> for User {
        #[inline]
        fn emplace<'s>(
            self,
            __slot: __offset::Slot<'s, __offset::Box<UserTwin>>,
        ) -> ::core::result::Result<
            __offset::Filled<'s, __offset::Box<UserTwin>>,
            __offset::Error,
        > {
            __slot.build(__offset::Boxed(self))
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq<UserTwin> for User {
        #[inline]
        fn eq(&self, __other: &UserTwin) -> ::core::primitive::bool {
            <User as __offset::Twin>::equals(self, __other)
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq<User> for UserTwin {
        #[inline]
        fn eq(&self, __other: &User) -> ::core::primitive::bool {
            <User as __offset::Twin>::equals(__other, self)
        }
    }
    impl UserTwin {
        ///The [`User`] that this is the twin of.
        ///
        /// # Panics
        ///
        /// Where `try_to_std` returns an error, with its text.
        #[track_caller]
        pub fn to_std(&self) -> User {
            match self.try_to_std() {
                ::core::result::Result::Ok(__std) => __std,
                ::core::result::Result::Err(__error) => __error.raise(),
            }
        }
        ///The [`User`] that this is the twin of.
        ///
        /// # Errors
        ///
        /// A value that the std type can't express.
        pub fn try_to_std(&self) -> ::core::result::Result<User, __offset::Error> {
            <User as __offset::Twin>::to_std(self)
        }
    }
};
