//! `String`: UTF-8 text in 8 bytes.
//!
//! | file | |
//! | --- | --- |
//! | `mod.rs` | the type, reading it, its traversal |
//! | `edit.rs` | `StringMut` |
//! | `emplace.rs`, `deserialize.rs` | what a string is built from |
//! | `read.rs` | the std traits |

use std::ops::Deref;
use std::ptr::NonNull;

use offset_core::raw::{Description, Facts, Kind, Owner, Visitor, Writer, type_id};
use offset_core::{Portable, Relocatable, Vec};

#[cfg(feature = "serde")]
mod deserialize;
mod edit;
mod emplace;
mod read;

pub use edit::StringMut;

/// Growable UTF-8 text. 8 bytes, and as many in the region as the text has, rounded up to 8.
///
/// Reads as a `str`. It is built from `&str`, std's `String`, `char`, `format_args!`, [`from_iter`](crate::from_iter) and [`Empty`](crate::Empty), and
/// edited through [`StringMut`].
///
/// ```
/// use offset_std::{Image, String, Vec};
///
/// let image = Image::<Vec<String>>::new(["Ada Lovelace", "Alan Turing"])?;
/// let first = image[0].split(' ').next();
/// assert_eq!(first, Some("Ada"));
/// # Ok::<(), offset_std::Error>(())
/// ```
#[repr(transparent)]
pub struct String(Vec<u8>);

impl String {
    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        // SAFETY: a string holds UTF-8 only: initialisers and `StringMut` write whole `str`s, and validation checks it.
        unsafe { std::str::from_utf8_unchecked(&self.0) }
    }
}

/// Most text is short and ASCII, which a look at whole units tells.
#[inline]
fn is_utf8(bytes: &Vec<u8>) -> bool {
    const NOT_ASCII: u64 = 0x8080_8080_8080_8080;
    bytes.units().iter().fold(0, |all, unit| all | unit) & NOT_ASCII == 0 || std::str::from_utf8(bytes).is_ok()
}

impl Deref for String {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

// SAFETY: R1: a transparent `Vec<u8>`; R3: what that reports, and that it is UTF-8; R5: `StringMut` gives no handle.
unsafe impl Relocatable for String {
    type Mut<'r>
        = StringMut<'r>
    where
        Self: 'r;
    type Fields<'r>
        = StringMut<'r>
    where
        Self: 'r;
    const FACTS: Facts = Facts { shallow: true, ..Facts::OWNER };

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> StringMut<'r>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract; the string is that vector.
        StringMut::new(unsafe { Vec::handle(at.cast(), writer) })
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> StringMut<'r>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Self::handle(at, writer) }
    }

    #[inline]
    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        let bytes = at.cast::<Vec<u8>>();
        // SAFETY: the caller's contract.
        unsafe { Vec::trace(bytes, visitor) }?;
        // SAFETY: the vector has been reported, and its bytes may be anything.
        unsafe { visitor.require(bytes, |bytes| if is_utf8(bytes) { Ok(()) } else { Err("the text isn't UTF-8") }) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "String",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Owner { layout: Owner::String, parts: &[] },
            }
        }
    }
}

// SAFETY: it owns bytes.
unsafe impl Portable for String {}
