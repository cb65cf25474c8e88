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
}
