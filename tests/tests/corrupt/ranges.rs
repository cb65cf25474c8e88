//! Where the parts of an atlas lie: no byte has two owners.

use offset_std::{Box, Maybe, String, Vec};

use crate::atlas::*;

type Ranges = std::vec::Vec<(usize, usize)>;

/// Adds the addresses of everything that a value owns.
pub(crate) trait Owned {
    fn ranges(&self, into: &mut Ranges);
}

/// Panics if two allocations of `value` overlap.
#[track_caller]
pub(crate) fn assert_disjoint<T: Owned>(value: &T) {
    let start = std::ptr::from_ref(value).addr();
    let mut ranges = vec![(start, start + size_of::<T>())];
    value.ranges(&mut ranges);
    ranges.sort_unstable();
    for pair in ranges.windows(2) {
        assert!(pair[0].1 <= pair[1].0, "{:#x?} overlaps {:#x?}", pair[0], pair[1]);
    }
    if let (Some(first), Some(last)) = (ranges.first(), ranges.last()) {
        assert_eq!(first.0 >> 35, (last.1 - 1) >> 35, "all of it lies in one slot");
    }
}

macro_rules! nothing {
    ($($type:ty),*) => {$(
        impl Owned for $type {
            fn ranges(&self, _: &mut Ranges) {}
        }
    )*};
}
nothing!(u8, u64, bool, char, Span, Mark);

impl Owned for String {
    fn ranges(&self, into: &mut Ranges) {
        if !self.is_empty() {
            into.push((self.as_ptr().addr(), self.as_ptr().addr() + self.len()));
        }
    }
}

impl<T: Owned> Owned for Vec<T> {
    fn ranges(&self, into: &mut Ranges) {
        if size_of::<T>() > 0 && !self.is_empty() {
            let range = self.as_ptr_range();
            into.push((range.start.addr(), range.end.addr()));
            self.iter().for_each(|element| element.ranges(into));
        }
    }
}

impl<T: Owned> Owned for Box<T> {
    fn ranges(&self, into: &mut Ranges) {
        if size_of::<T>() > 0 {
            let start = std::ptr::from_ref(&**self).addr();
            into.push((start, start + size_of::<T>()));
            (**self).ranges(into);
        }
    }
}

impl<T: Owned> Owned for Option<Box<T>> {
    fn ranges(&self, into: &mut Ranges) {
        self.iter().for_each(|value| value.ranges(into));
    }
}

impl<T: Owned> Owned for Maybe<T> {
    fn ranges(&self, into: &mut Ranges) {
        self.as_option().iter().for_each(|value| value.ranges(into));
    }
}

impl<T: Owned, const N: usize> Owned for [T; N] {
    fn ranges(&self, into: &mut Ranges) {
        self.iter().for_each(|value| value.ranges(into));
    }
}

macro_rules! structs {
    ($($type:ident { $($field:ident),* })*) => {$(
        impl Owned for $type {
            fn ranges(&self, into: &mut Ranges) {
                $(self.$field.ranges(into);)*
            }
        }
    )*};
}
structs! {
    City { name, tags }
    Wide { text }
    Marks { boxed }
    Label { text }
    Link { next }
    Atlas {
        name, cities, exact, growing, bytes, wide, marks, capital, missing, home, motto, blank, shapes, kind, spans, pair, list, nested, flags,
        letters
    }
}

impl Owned for Shape {
    fn ranges(&self, into: &mut Ranges) {
        match self {
            Shape::Dot | Shape::Circle { .. } => {}
            Shape::Label(text) => text.ranges(into),
            Shape::Many(shapes) => shapes.ranges(into),
        }
    }
}

impl Owned for Kind {
    fn ranges(&self, into: &mut Ranges) {
        if let Kind::Named(label) = self {
            label.ranges(into);
        }
    }
}
