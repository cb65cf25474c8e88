//! An index of a directory tree: one process builds it in a region and saves it, another maps it and answers at once.
//!
//! | module | what it has |
//! | --- | --- |
//! | [`index`] | the schema, which both processes share: the structs *are* the file |
//! | [`walk`] | reads a directory tree, with a stack of its own, and survives what it finds there |
//! | [`builder`] | fills an index in place while walking |
//! | [`query`] | questions, and their answers from an index or from the file system |
//! | [`report`] | numbers, times and paths for people to read |
//!
//! The binaries are thin: `writer DIR FILE`, `reader FILE [QUERY…]`, and `demo [DIR]`, which runs the two one after the other.

pub mod builder;
pub mod index;
pub mod query;
pub mod report;
pub mod walk;
