//! A type as data: names, layout and parts.
//!
//! A [`Description`] is what the derive generates: a constant with edges (functions) to the descriptions of its parts. A [`Schema`]
//! is what is made of it at run time, and what a file stores: the same, with types numbered in the order of the
//! walk. The fingerprint is the hash of the schema's bytes.

use core::any::TypeId;

mod definition;
mod diff;
mod encode;
mod path;

pub(crate) use definition::Schema;
pub(crate) use path::describe;

/// A type as data, as the derive generates it.
#[derive(Debug)]
pub struct Description {
    /// The type's own name, without its path: two binaries must agree on it.
    pub name: &'static str,
    /// `size_of`, in bytes.
    pub size: usize,
    /// `align_of`, in bytes.
    pub align: usize,
    /// What tells the type from others of the same name.
    pub id: fn() -> TypeId,
    /// What it consists of.
    pub kind: Kind,
}

/// An edge to the description of a part.
pub type Part = fn() -> &'static Description;

/// What a type consists of.
#[derive(Debug)]
pub enum Kind {
    /// One plain number, character or the like.
    Scalar(Scalar),
    /// Named fields, in order.
    Struct(&'static [Field]),
    /// A tag at offset 0, and the variants.
    Enum {
        /// The type of the tag.
        tag: Scalar,
        /// The variants, in the order of declaration.
        variants: &'static [Variant],
    },
    /// `count` elements, one after another.
    Array {
        /// The type of an element.
        element: Part,
        /// How many there are.
        count: usize,
    },
    /// A handle to something that lies elsewhere in the region.
    Owner {
        /// How what it owns is laid out.
        layout: Owner,
        /// The types of what it owns.
        parts: &'static [Part],
    },
}

/// A field of a struct or of a variant.
#[derive(Debug)]
pub struct Field {
    /// Its name, or its number for a tuple.
    pub name: &'static str,
    /// Bytes from the start of the whole value, tag included.
    pub offset: usize,
    /// Its type.
    pub part: Part,
}

/// A variant of an enum.
#[derive(Debug)]
pub struct Variant {
    /// Its name.
    pub name: &'static str,
    /// Its tag, sign-extended where the tag's type is signed.
    pub tag: i128,
    /// Its fields.
    pub fields: &'static [Field],
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum $name { $($(#[$variant_doc])* $variant = $code,)* }

        impl $name {
            /// The one with this code in the file format.
            pub(crate) fn from_code(code: u8) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

codes! {
    /// A plain number, character or the like, with its code in the file format.
    Scalar {
        /// `u8`
        U8 = 1,
        /// `u16`
        U16 = 2,
        /// `u32`
        U32 = 3,
        /// `u64`
        U64 = 4,
        /// `u128`
        U128 = 5,
        /// `i8`
        I8 = 6,
        /// `i16`
        I16 = 7,
        /// `i32`
        I32 = 8,
        /// `i64`
        I64 = 9,
        /// `i128`
        I128 = 10,
        /// `f32`
        F32 = 11,
        /// `f64`
        F64 = 12,
        /// `bool`: one byte, 0 or 1
        Bool = 13,
        /// `char`: four bytes, a Unicode scalar value
        Char = 14,
    }
}

codes! {
    /// How what a handle owns is laid out, with its code in the file format.
    Owner {
        /// `Box<T>`: a handle to one `T`
        Box = 1,
        /// `Option<Box<T>>`: a handle to one `T`, or zero
        OptionBox = 2,
        /// `Vec<T>`: a handle and a length
        Vec = 3,
        /// `String`: as `Vec<u8>`, in UTF-8
        String = 4,
        /// `HashMap<K, V>`: a handle to groups of entries, a length, a size and a seed
        HashMap = 5,
        /// `HashSet<T>`: as `HashMap<T, V>`, with a `V` of no bytes
        HashSet = 6,
        /// `BTreeMap<K, V>`: a handle to the root of a tree, the length, and the height
        BTreeMap = 7,
        /// `VecDeque<T>`: a handle to a ring of places with a head, and a length
        VecDeque = 8,
        /// `BinaryHeap<T>`: as `Vec<T>`, in heap order
        BinaryHeap = 9,
        /// `Trie<V>`: a handle to the root of a tree, the length, and the tag of the root
        Trie = 10,
        /// `Arena<T>`: as a `Vec` of seats, with the number of values and the start of a list of free seats
        Arena = 11,
        /// `Interner`: text as a `String`, the ends of its parts as a `Vec<u32>`, and a `HashMap` from numbers of parts to nothing
        Interner = 12,
    }
}

impl Owner {
    /// Whether it owns elements that have numbers.
    pub(crate) fn is_sequence(self) -> bool {
        matches!(
            self,
            Owner::Vec | Owner::HashMap | Owner::HashSet | Owner::VecDeque | Owner::BinaryHeap | Owner::Arena
        )
    }
}

/// What tells a type from all others, lifetimes aside.
#[doc(hidden)]
pub fn type_id<T: ?Sized>() -> TypeId {
    typeid::of::<T>()
}
