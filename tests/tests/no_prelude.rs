//! The derive works without a prelude, beside types with the prelude's names, and where unsafe code and missing documentation are forbidden.

#![no_implicit_prelude]
#![forbid(unsafe_code, missing_docs, dead_code, unused_qualifications)]

/// Types with the names that an expansion might use.
#[allow(non_camel_case_types)]
pub mod shadowed {
    use ::core::clone::Clone;

    /// Not `std`'s.
    pub struct Vec;
    /// Not `std`'s.
    pub struct Option;
    /// Not `std`'s.
    pub struct Result;
    /// Not `std`'s.
    pub struct Ok;
    /// Not `std`'s.
    pub struct Some;
    /// Not `std`'s.
    pub struct Box;
    /// Not `std`'s.
    pub struct String;
    /// Not `std`'s.
    pub struct u8;
    /// Not `std`'s.
    pub struct usize;
    /// Not `std`'s.
    pub trait Copy {}
    /// Not `std`'s.
    pub trait Sized {}

    /// A struct.
    #[derive(::offset_std::Relocatable)]
    #[repr(C)]
    pub struct City<T> {
        /// Its name.
        pub name: ::offset_std::String,
        /// Another one.
        pub next: ::core::option::Option<::offset_std::Box<Self>>,
        hidden: T,
    }

    /// An enum.
    #[derive(::offset_std::Relocatable)]
    #[repr(u8)]
    pub enum Shape {
        /// A tuple.
        Tuple(u32),
        /// Named.
        Named {
            /// A number.
            number: f32,
        },
        /// A unit.
        Unit,
    }

    /// An enum without fields.
    #[derive(::offset_std::Relocatable)]
    #[repr(u8)]
    pub enum Unit {
        /// The first.
        First,
        /// The second.
        Second,
    }

    /// Plain data.
    #[derive(::offset_std::Relocatable, Clone, ::core::marker::Copy)]
    #[repr(C)]
    #[relocatable(plain)]
    pub struct Point {
        /// Across.
        pub x: f32,
        /// Up.
        pub y: f32,
    }

    /// Plain data that is its own twin.
    #[derive(::offset_std::Relocatable, Clone, ::core::marker::Copy, ::core::cmp::PartialEq)]
    #[repr(C)]
    #[relocatable(plain, std)]
    pub struct Pixel {
        /// Red, green, blue.
        pub colours: [f32; 3],
    }

    /// A type of std types.
    #[derive(::offset_std::Relocatable)]
    #[relocatable(std, derive(::core::fmt::Debug))]
    pub struct User<'a, T, const N: ::core::primitive::usize> {
        /// Its name.
        pub name: ::std::borrow::Cow<'a, ::core::primitive::str>,
        /// Other ones.
        pub friends: ::std::vec::Vec<::core::option::Option<::std::boxed::Box<Self>>>,
        hidden: (T, [f64; 3], [T; N]),
    }

    /// An enum of std types.
    #[derive(::offset_std::Relocatable)]
    #[relocatable(std = Stored)]
    pub enum Action {
        /// A tuple.
        Tuple(i32, ::std::vec::Vec<()>),
        /// Named.
        Named {
            /// A text.
            text: ::std::string::String,
        },
        /// A unit.
        Unit,
    }
}
