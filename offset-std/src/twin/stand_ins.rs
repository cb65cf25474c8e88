//! Stand-ins for types that have no twin of their own.

use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::rc::Rc;
use std::str::FromStr;
use std::sync::Arc;

use offset_core::{Error, Filled, Maybe, Result, Slot};

use super::{Twin, TwinType};
use crate::String;

/// The stand-in for types that can be written as text and parsed from it: the twin is a [`String`](crate::String).
///
/// ```
/// use std::net::SocketAddr;
/// use offset_std::twin::AsText;
/// use offset_std::{Image, Relocatable};
///
/// #[derive(Relocatable)]
/// #[relocatable(std)]
/// struct Server {
///     #[relocatable(with = AsText)]
///     address: SocketAddr,
///     #[relocatable(with = Vec<AsText>)]
///     others: Vec<SocketAddr>,
/// }
///
/// let server = Server { address: ([127, 0, 0, 1], 80).into(), others: vec![] };
/// let image = Image::<ServerTwin>::new(&server)?;
/// assert_eq!(image.address, "127.0.0.1:80");
/// assert_eq!(image.to_std().address, server.address);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AsText {}

impl<S: Display + FromStr<Err: Display>> TwinType<S> for AsText {
    type Region = String;
    type Optional = Maybe<String>;
}

impl<S: Display + FromStr<Err: Display>> Twin<S> for AsText {
    fn emplace<'s>(std: &S, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
        slot.build(format_args!("{std}"))
    }

    fn to_std(twin: &String) -> Result<S> {
        twin.parse().map_err(|error| Error::custom(format!("{twin:?} can't be parsed: {error}")))
    }

    fn equals(std: &S, twin: &String) -> bool {
        let mut rest = Rest(twin);
        fmt::write(&mut rest, format_args!("{std}")).is_ok() && rest.0.is_empty()
    }
}

/// What of a text hasn't been written yet.
struct Rest<'a>(&'a str);

impl fmt::Write for Rest<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// The stand-in for `Rc<T>` and `Arc<T>`: the twin is a [`Box`](crate::Box). What several share becomes as many copies, and so many values when one goes back.
///
/// ```
/// use std::sync::Arc;
/// use offset_std::twin::Unshared;
/// use offset_std::{Image, Relocatable};
///
/// #[derive(Relocatable)]
/// #[relocatable(std)]
/// struct Leaf {
///     #[relocatable(with = Unshared<String>)]
///     name: Arc<String>,
/// }
///
/// let image = Image::<LeafTwin>::new(&Leaf { name: Arc::new("oak".into()) })?;
/// assert_eq!(**image.name, *"oak");
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unshared<W>(PhantomData<W>);

macro_rules! counted {
    ($($counted:ident)*) => {$(
        impl<S, W: TwinType<S>> TwinType<$counted<S>> for Unshared<W> {
            type Region = crate::Box<W::Region>;
            type Optional = Option<crate::Box<W::Region>>;
        }

        impl<S, W: Twin<S>> Twin<$counted<S>> for Unshared<W> {
            fn emplace<'s>(std: &$counted<S>, slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>> {
                slot.build(offset_core::Boxed(super::FromStd::<S, W>::new(std)))
            }

            fn to_std(twin: &Self::Region) -> Result<$counted<S>> {
                W::to_std(twin).map($counted::new)
            }

            fn equals(std: &$counted<S>, twin: &Self::Region) -> bool {
                W::equals(std, twin)
            }
        }
    )*};
}
counted!(Rc Arc);
