//! Editing every node of an atlas.

use std::num::{NonZeroU8, NonZeroU32};

use offset_std::prelude::*;
use offset_std::{
    BoxMut, Duration, Emplace, Ipv4Addr, Ipv6Addr, MaybeMut, OptionMut, Place, Relocatable, SliceMut, String,
    StringMut, Vec, VecMut,
};

use crate::atlas::*;

/// Edits what a handle reaches: every container below is filled to its capacity and beyond, and shrinks again.
pub(crate) trait Poke {
    fn poke(&mut self);
}

/// A type of which vectors can be given elements.
pub(crate) trait Sample: Relocatable + 'static {
    fn sample() -> impl Emplace<Self>;
}

macro_rules! samples {
    ($($type:ty: $value:expr;)*) => {$(
        impl Sample for $type {
            fn sample() -> impl Emplace<Self> {
                $value
            }
        }
    )*};
}
samples! {
    u8: 0xa5u8;
    u64: 0xa5a5_a5a5_a5a5_a5a5u64;
    bool: true;
    char: '\u{10ffff}';
    Span: Span::new(7, 7);
    Mark: MarkInit {};
    String: "poked";
    Vec<String>: ["poked"];
    City: CityInit { name: "poked", population: 1, tags: ["poked"] };
    Label: LabelInit { text: "poked" };
    Wide: WideInit { text: "poked", number: 1 };
    Shape: ShapeLabelInit("poked");
    Link: LinkInit { value: 1, next: Empty };
}

impl Poke for StringMut<'_> {
    fn poke(&mut self) {
        while self.len() < self.capacity().min(self.len() + 100) {
            self.push('!');
        }
        self.push('ß');
        self.insert(0, 'ö');
        let _ = self.pop();
        self.remove(0);
        self.push_str("poked");
    }
}

impl<T: Sample> Poke for VecMut<'_, T>
where
    for<'a> T::Mut<'a>: Poke,
{
    fn poke(&mut self) {
        if size_of::<T>() == 0 && self.len() > 1000 {
            self.truncate(1);
        }
        for mut element in self.iter_mut() {
            element.poke();
        }
        let mut left = 100;
        while self.len() < self.capacity() && left > 0 {
            self.push(T::sample());
            left -= 1;
        }
        self.insert(0, T::sample());
        self.as_slice_mut().set(0, T::sample());
        drop(self.pop());
        self.push(T::sample());
        drop(self.swap_remove(0));
        self.reverse();
        self.insert(self.len(), T::sample());
        if self.len() > 1 {
            drop(self.remove(1));
        }
    }
}

impl<T: Sample> Poke for OptionMut<'_, T>
where
    for<'a> T::Mut<'a>: Poke,
{
    fn poke(&mut self) {
        if let Some(mut value) = self.as_mut() {
            value.poke();
        }
        if let Some(own) = self.take() {
            self.set(Some(own));
        } else {
            let _ = self.insert(T::sample());
        }
    }
}

impl<T: Sample> Poke for MaybeMut<'_, T>
where
    for<'a> T::Mut<'a>: Poke,
{
    fn poke(&mut self) {
        if let Some(mut value) = self.as_mut() {
            value.poke();
        }
        drop(self.take());
        self.set(Some(T::sample()));
    }
}

impl<T: Sample> Poke for BoxMut<'_, T>
where
    for<'a> T::Mut<'a>: Poke,
{
    fn poke(&mut self) {
        self.get_mut().poke();
    }
}

impl<T: Sample> Poke for SliceMut<'_, T>
where
    for<'a> T::Mut<'a>: Poke,
{
    fn poke(&mut self) {
        for mut element in self.iter_mut() {
            element.poke();
        }
        self.reverse();
    }
}

macro_rules! plain {
    ($($type:ty: $value:expr;)*) => {$(
        impl Poke for &mut $type {
            fn poke(&mut self) {
                **self = $value;
            }
        }
    )*};
}
plain! {
    u8: 0x5a;
    u16: 0x5a5a;
    u32: 0x5a5a_5a5a;
    u64: 0x5a5a_5a5a_5a5a_5a5a;
    u128: 1;
    bool: false;
    char: 'z';
    NonZeroU8: NonZeroU8::MIN;
    Option<NonZeroU32>: None;
    Span: Span::new(0, 1);
    Duration: Duration::default();
    Ipv4Addr: Ipv4Addr::from([9; 4]);
    Ipv6Addr: Ipv6Addr::from([9; 16]);
}

/// Pokes each field in turn.
macro_rules! places {
    ($($type:ident { $($field:ident),* })*) => {$(
        impl Poke for Place<'_, $type> {
            fn poke(&mut self) {
                #[allow(unused_mut, unused_variables)]
                let mut fields = self.edit();
                $(fields.$field.poke();)*
            }
        }
    )*};
}
places! {
    City { name, population, tags }
    Wide { text, number }
    Mark {}
    Marks { list, boxed }
    Label { text }
    Link { value, next }
    Odds { flag, letter, small, maybe, big, lasted, four, six, some }
    Atlas {
        name, cities, exact, growing, bytes, wide, marks, capital, missing, home, motto, blank, shapes, kind, odds, span, spans, pair, grid,
        list, nested, flags, letters
    }
}

impl Poke for Place<'_, Shape> {
    fn poke(&mut self) {
        match self.edit() {
            ShapeMut::Dot => {}
            ShapeMut::Circle { radius } => *radius = 1,
            ShapeMut::Label(mut text) => text.poke(),
            ShapeMut::Many(mut shapes) => shapes.poke(),
        }
        if **self == Shape::Dot {
            self.set(ShapeManyInit([ShapeLabelInit("was a dot")]));
        }
    }
}

impl Poke for Place<'_, Kind> {
    fn poke(&mut self) {
        match self.edit() {
            KindMut::None => {}
            KindMut::Named(mut label) => label.poke(),
            KindMut::Flag(flag) => *flag = !*flag,
        }
        self.set(KindNamedInit(LabelInit { text: "poked" }));
    }
}

impl Poke for Place<'_, [String; 2]> {
    fn poke(&mut self) {
        self.edit().poke();
    }
}

impl Poke for Place<'_, [[u16; 2]; 3]> {
    fn poke(&mut self) {
        self[1][1] = 1;
        self.edit()[0] = [9, 9];
    }
}

impl Sample for [u16; 2] {
    fn sample() -> impl Emplace<Self> {
        [1u16, 2]
    }
}
