//! Internet addresses, laid out as on the wire.

use std::fmt;
use std::net;

use offset_derive::{Relocatable, StableHash};

macro_rules! address {
    ($(#[$doc:meta])* $name:ident, $std:ty, $len:literal) => {
        $(#[$doc])*
        #[derive(Relocatable, StableHash, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[relocatable(plain)]
        #[repr(C)]
        pub struct $name {
            octets: [u8; $len],
        }

        impl $name {
            /// The octets, the most significant first.
            pub const fn octets(&self) -> [u8; $len] {
                self.octets
            }

            /// The same address as std's type.
            pub fn to_std(self) -> $std {
                self.into()
            }
        }

        impl From<$std> for $name {
            fn from(address: $std) -> Self {
                $name { octets: address.octets() }
            }
        }

        impl From<$name> for $std {
            fn from(address: $name) -> Self {
                address.octets.into()
            }
        }

        impl From<[u8; $len]> for $name {
            fn from(octets: [u8; $len]) -> Self {
                $name { octets }
            }
        }

        impl PartialEq<$std> for $name {
            fn eq(&self, other: &$std) -> bool {
                self.octets == other.octets()
            }
        }

        impl PartialEq<$name> for $std {
            fn eq(&self, other: &$name) -> bool {
                other == self
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.to_std().fmt(f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.to_std().fmt(f)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.to_std().serialize(serializer)
            }
        }
    };
}

address! {
    /// An IPv4 address: four octets. Converts from and to [`std::net::Ipv4Addr`].
    ///
    /// ```
    /// use offset_std::{Image, Ipv4Addr};
    ///
    /// let image = Image::<Ipv4Addr>::new(Ipv4Addr::from(std::net::Ipv4Addr::LOCALHOST))?;
    /// assert_eq!(image.octets(), [127, 0, 0, 1]);
    /// assert!(image.to_std().is_loopback());
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    Ipv4Addr, net::Ipv4Addr, 4
}
address! {
    /// An IPv6 address: sixteen octets. Converts from and to [`std::net::Ipv6Addr`].
    Ipv6Addr, net::Ipv6Addr, 16
}
