//! A type with a part of every kind, for initialisers to fail in, and initialisers that do.

use std::cell::Cell;
use std::panic::resume_unwind;

use offset_std::prelude::*;
use offset_std::{Box, Error, Filled, Result, Slot, String, Vec};

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
pub(crate) struct Part {
    pub name: String,
    pub number: u32,
    pub tags: Vec<String>,
    pub child: Option<Box<Part>>,
    pub maybe: Maybe<String>,
    pub pair: [String; 2],
    pub boxed: Box<Label>,
    pub shape: Shape,
    pub wide: Vec<Wide>,
    pub nothing: Vec<Nothing>,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
pub(crate) struct Label {
    pub text: String,
}

/// Needs a whole cache line to itself.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C, align(64))]
pub(crate) struct Wide {
    pub text: String,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
pub(crate) struct Nothing {}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C, u16)]
pub(crate) enum Shape {
    Dot,
    Named { first: String, last: Box<Label> },
}

/// What there is of it in an image.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
pub(crate) struct Parts {
    pub list: Vec<Part>,
    pub option: Option<Box<Part>>,
    pub boxed: Box<Part>,
    pub maybe: Maybe<Part>,
    pub array: [Part; 2],
    pub texts: Vec<String>,
}

/// When and how an initialiser fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    /// An error, before anything is built.
    Error,
    Panic,
    /// An error, once the value is there.
    ErrorAfter,
    PanicAfter,
    /// An error, and the proof that the value is there is forgotten: a leak, and nothing worse.
    Forget,
}

/// A fuse that burns down by one at each initialiser that it is put into, and then blows.
#[derive(Debug)]
pub(crate) struct Fuse {
    left: Cell<u32>,
    how: How,
}

impl Fuse {
    pub(crate) fn new(left: u32, how: How) -> Fuse {
        Fuse { left: Cell::new(left), how }
    }

    /// One that lasts.
    pub(crate) fn never() -> Fuse {
        Fuse::new(u32::MAX, How::Error)
    }

    pub(crate) fn put<I>(&self, init: I) -> Fused<'_, I> {
        Fused { fuse: self, init }
    }

    fn burn(&self) -> bool {
        self.left.set(self.left.get().wrapping_sub(1));
        self.left.get() == u32::MAX
    }
}

/// An initialiser with a fuse in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fused<'a, I> {
    fuse: &'a Fuse,
    init: I,
}

impl<T: Relocatable, I: Emplace<T>> Emplace<T> for Fused<'_, I> {
    fn emplace<'s>(self, slot: Slot<'s, T>) -> Result<Filled<'s, T>> {
        if !self.fuse.burn() {
            return slot.build(self.init);
        }
        match self.fuse.how {
            How::Error => return Err(Error::custom("the fuse blew")),
            How::Panic => resume_unwind(std::boxed::Box::new("the fuse blew")),
            _ => {}
        }
        let filled = slot.build(self.init)?;
        match self.fuse.how {
            How::PanicAfter => resume_unwind(std::boxed::Box::new("the fuse blew")),
            How::Forget => std::mem::forget(filled),
            _ => drop(filled),
        }
        Err(Error::custom("the fuse blew"))
    }
}

/// The initialiser of a part with a part in it, and a fuse in every place.
pub(crate) fn part<'a>(fuse: &'a Fuse, name: &'a str) -> impl Emplace<Part> + Emplace<Box<Part>> + Clone + 'a {
    Twice(fuse, name)
}

#[derive(Clone, Copy)]
struct Twice<'a>(&'a Fuse, &'a str);

macro_rules! part_init {
    ($fuse:expr, $name:expr, $child:expr) => {
        PartInit {
            name: $fuse.put($name),
            number: 7,
            tags: $fuse.put([$fuse.put("one tag"), $fuse.put("another")]),
            child: $child,
            maybe: Some($fuse.put("perhaps a text")),
            pair: [$fuse.put("left of the pair"), $fuse.put("right of the pair")],
            boxed: $fuse.put(Boxed($fuse.put(LabelInit { text: $fuse.put("boxed text") }))),
            shape: ShapeNamedInit { first: $fuse.put("first name"), last: LabelInit { text: $fuse.put("last name") } },
            wide: from_iter((0..3).map(|_| WideInit { text: $fuse.put("wide text") })),
            nothing: [$fuse.put(NothingInit {}), $fuse.put(NothingInit {})],
        }
    };
}

impl Emplace<Part> for Twice<'_> {
    fn emplace<'s>(self, slot: Slot<'s, Part>) -> Result<Filled<'s, Part>> {
        let Twice(fuse, name) = self;
        let child = part_init!(fuse, "a child", Empty);
        slot.build(part_init!(fuse, name, Some(fuse.put(child))))
    }
}

impl Emplace<Box<Part>> for Twice<'_> {
    fn emplace<'s>(self, slot: Slot<'s, Box<Part>>) -> Result<Filled<'s, Box<Part>>> {
        slot.build(Boxed(self))
    }
}

/// An image of parts.
pub(crate) fn parts(options: ImageOptions) -> Result<Image<Parts>> {
    let fuse = Fuse::never();
    Image::with_options(
        options,
        PartsInit {
            list: [part(&fuse, "listed"), part(&fuse, "listed too")],
            option: Some(part(&fuse, "optional")),
            boxed: part(&fuse, "boxed"),
            maybe: Some(part(&fuse, "in place")),
            array: [part(&fuse, "first"), part(&fuse, "second")],
            texts: ["first text", "second text"],
        },
    )
}
