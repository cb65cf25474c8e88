//! The one error type.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, where, and what to do about it.
///
/// It is one word wide, so that a `Result` of a pointer travels in registers. Match on [`kind`](Error::kind).
///
/// ```
/// use offset_std::{Image, Vec};
///
/// let error = Image::<Vec<u64>>::load("/nowhere.region").unwrap_err();
/// assert_eq!(error.path(), Some("/nowhere.region".as_ref()));
/// assert!(error.to_string().starts_with("/nowhere.region: "));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    path: Option<PathBuf>,
}

/// The ways in which things go wrong, each with its evidence.
///
/// ```
/// use offset_std::{Empty, Error, ErrorKind, Image, Vec};
///
/// fn open_or_new(path: &str) -> Result<Image<Vec<u64>>, Error> {
///     match Image::load(path) {
///         Err(error) => match error.kind() {
///             ErrorKind::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => Image::new(Empty),
///             ErrorKind::Fingerprint { difference, .. } => panic!("an older file: {difference}"),
///             _ => Err(error),
///         },
///         opened => opened,
///     }
/// }
/// assert!(open_or_new("/nowhere.region")?.is_empty());
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file doesn't begin as a region file does.
    WrongMagic {
        /// Its first eight bytes.
        found: [u8; 8],
    },
    /// The file was written by a later version of this crate.
    NewerFormat {
        /// The version of the file.
        found: u32,
        /// The latest version that this build reads.
        supported: u32,
    },
    /// The file was written with the other byte order.
    ByteOrder {
        /// The byte order mark as read.
        found: u32,
    },
    /// The file has fewer bytes, or more, than its header says.
    Length {
        /// The length that the header gives; for a file without a whole header, the length of a header.
        expected: u64,
        /// The length of the file.
        found: u64,
    },
    /// A part of the file isn't what was written.
    Checksum {
        /// Which part.
        part: &'static str,
        /// The checksum in the file.
        stored: u64,
        /// The checksum of what is there.
        computed: u64,
    },
    /// The header, or the schema, contradicts itself.
    Malformed {
        /// What is wrong.
        what: Cow<'static, str>,
    },
    /// The file holds another type than the one asked for.
    Fingerprint {
        /// The name of the type in the file.
        file: String,
        /// The name of the type in the program.
        program: String,
        /// The first difference between the two.
        difference: String,
    },
    /// Bytes in the file aren't a value of their type.
    InvalidValue {
        /// Where in the structure, such as `Atlas.cities[3].name`.
        path: String,
        /// Where in the slot, in bytes.
        offset: u64,
        /// What is wrong.
        what: String,
    },
    /// The system refused memory or address space.
    NoMemory {
        /// What was asked for, in bytes.
        bytes: u64,
        /// What it was for.
        purpose: &'static str,
        /// Which limit was met, and what to do.
        cause: Refusal,
    },
    /// A limit of the region, or of the slot, was met.
    Limit {
        /// Which limit.
        what: &'static str,
        /// The bytes that would have been in use.
        needed: u64,
        /// The bytes that may be.
        limit: u64,
    },
    /// A sequence would have more elements than its length field can say.
    TooLong {
        /// How many elements it would have.
        len: u64,
        /// How many it may have.
        max: u64,
    },
    /// A value belongs to another region than the one it was handed to.
    OtherRegion,
    /// A value that is referred to lies outside the space of the region, or not at the start of a unit of 8 bytes.
    OtherSpace,
    /// Something counted refers to the region: a token, a shared or sealed value, a reader, another writer.
    InUse {
        /// How many.
        references: usize,
    },
    /// The system failed to read, write or map a file.
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A serde format gave something else than the value asked for, or the region had no room for it.
    #[cfg(feature = "serde")]
    Deserialize {
        /// What the format says, with the position if it knows it.
        message: String,
        /// The error of the region, or of an initialiser, that the format was told of.
        cause: Option<Error>,
    },
    /// An error of a user's [`Emplace`](crate::Emplace) implementation.
    Custom(Cow<'static, str>),
}

/// Why the system refused memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The limit on the address space of the process (`RLIMIT_AS`).
    AddressSpaceLimit {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The limit on the data of the process (`RLIMIT_DATA`).
    DataLimit {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The system doesn't promise more memory than it has (`vm.overcommit_memory = 2`).
    StrictOvercommit,
    /// The address space has no more room for a slot.
    OutOfSlots {
        /// How many slots the process holds.
        held: u64,
    },
    /// The limit on the number of mappings of the process (`vm.max_map_count`), or no memory is left.
    OutOfMemory,
}

impl Error {
    /// An error of your own, for an [`Emplace`](crate::Emplace) implementation.
    #[cold]
    pub fn custom(message: impl Into<Cow<'static, str>>) -> Error {
        ErrorKind::Custom(message.into()).into()
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The file that it went wrong in, if there is one.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// The same error, with the file that it is about.
    #[cold]
    pub(crate) fn in_file(mut self, path: &Path) -> Error {
        self.0.path.get_or_insert_with(|| path.to_owned());
        self
    }

    #[cold]
    pub(crate) fn io(doing: &'static str, source: impl Into<io::Error>) -> Error {
        ErrorKind::Io { doing, source: source.into() }.into()
    }

    #[cold]
    pub(crate) fn malformed(what: impl Into<Cow<'static, str>>) -> Error {
        ErrorKind::Malformed { what: what.into() }.into()
    }

    /// Panics with this error's text: what `push` does where `try_push` returns.
    #[doc(hidden)]
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub fn raise(self) -> ! {
        panic!("{self}")
    }
}

impl From<ErrorKind> for Error {
    #[cold]
    fn from(kind: ErrorKind) -> Error {
        Error(Box::new(Inner { kind, path: None }))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("kind", &self.0.kind).field("path", &self.0.path).finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.0.path {
            write!(f, "{}: ", path.display())?;
        }
        self.0.kind.fmt(f)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ErrorKind::WrongMagic { found } => {
                write!(f, "not a region file: it begins with {:?}", found.escape_ascii().to_string())
            }
            ErrorKind::NewerFormat { found, supported } => write!(
                f,
                "the file has format version {found}, this program reads up to {supported}: build it with a newer offset-std"
            ),
            ErrorKind::ByteOrder { found } => {
                write!(
                    f,
                    "the file has the other byte order (mark {found:#010x}): write it again on a little-endian machine"
                )
            }
            ErrorKind::Length { expected, found } if found < expected => {
                write!(f, "the file is cut short: {found} bytes of {expected}")
            }
            ErrorKind::Length { expected, found } => {
                write!(f, "the file has {found} bytes, its header says {expected}: something was written after its end")
            }
            ErrorKind::Checksum { part, stored, computed } => write!(
                f,
                "the {part} of the file was changed after it was written: checksum {stored:#018x} stored, {computed:#018x} computed"
            ),
            ErrorKind::Malformed { what } => write!(f, "the file is malformed: {what}"),
            ErrorKind::Fingerprint { file, program, difference } if file == program => {
                write!(f, "the file's `{file}` isn't this program's: {difference}")
            }
            ErrorKind::Fingerprint { file, program, difference } => {
                write!(f, "the file holds a `{file}`, not a `{program}`: {difference}")
            }
            ErrorKind::InvalidValue { path, offset, what } => {
                write!(f, "invalid value at {path} (offset {offset:#x}): {what}")
            }
            ErrorKind::NoMemory { bytes, purpose, cause } => {
                write!(f, "the system refused {bytes} bytes for {purpose}: {cause}")
            }
            ErrorKind::Limit { what, needed, limit } => {
                write!(f, "{what} is {limit} bytes and {needed} would be in use: raise it, or drop something first")
            }
            ErrorKind::TooLong { len, max } => write!(f, "{len} elements are more than a sequence can have ({max})"),
            ErrorKind::OtherRegion => {
                write!(f, "the value belongs to another region: copy it with `DeepCopy`, or build it in this one")
            }
            ErrorKind::OtherSpace => f.write_str(
                "a `Ref` reaches values in the space of its region that begin on a unit of 8 bytes: put both regions into one space, or copy the value",
            ),
            ErrorKind::InUse { references } => {
                write!(f, "counted references to the region are alive ({references}): drop its tokens, shared values, readers and other writers first")
            }
            ErrorKind::Io { doing, source } => write!(f, "{doing}: {source}"),
            #[cfg(feature = "serde")]
            ErrorKind::Deserialize { message, cause } => {
                f.write_str(message)?;
                // Some formats keep no text.
                let cause = cause.as_ref().map(Error::to_string).filter(|cause| !message.contains(cause.as_str()));
                cause.map_or(Ok(()), |cause| write!(f, ": {cause}"))
            }
            ErrorKind::Custom(message) => f.write_str(message),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::AddressSpaceLimit { limit } => {
                write!(f, "the limit on address space is {limit} bytes; raise it (`ulimit -v unlimited`, RLIMIT_AS)")
            }
            Refusal::DataLimit { limit } => {
                write!(f, "the limit on data is {limit} bytes; raise it (`ulimit -d unlimited`, RLIMIT_DATA)")
            }
            Refusal::StrictOvercommit => f.write_str(
                "the system doesn't overcommit memory; set `vm.overcommit_memory` to 0 or 1, or raise `vm.overcommit_ratio`",
            ),
            Refusal::OutOfSlots { held } => {
                write!(f, "{held} slots fill the address space; drop some images, or put more into one")
            }
            Refusal::OutOfMemory => {
                f.write_str("memory, or the number of mappings (`vm.max_map_count`), is used up; drop something first")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.kind {
            ErrorKind::Io { source, .. } => Some(source),
            #[cfg(feature = "serde")]
            ErrorKind::Deserialize { cause: Some(cause), .. } => Some(cause),
            _ => None,
        }
    }
}
