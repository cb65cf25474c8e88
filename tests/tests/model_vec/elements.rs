//! The element types that vectors are tried with, each with a std type that models it.

use std::fmt::Debug;

use offset_std::prelude::*;
use offset_std::{Box, Error, Filled, Slot, String, Vec};
use proptest::prelude::*;

type StdVec<T> = std::vec::Vec<T>;
type StdString = std::string::String;

/// An element type, with the std type that models it.
pub(crate) trait Element: Portable + Ord + Debug + 'static {
    type Model: Clone + Ord + Debug + 'static;

    fn model(&self) -> Self::Model;
    fn build<'s>(model: Self::Model, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>, Error>;
    /// Writes another value through the element's editing handle.
    fn edit(handle: Self::Mut<'_>, to: &Self::Model);
    fn strategy() -> BoxedStrategy<Self::Model>;
}

/// The initialiser of an element from its model.
pub(crate) struct Build<T: Element>(pub(crate) T::Model);

impl<T: Element> Clone for Build<T> {
    fn clone(&self) -> Self {
        Build(self.0.clone())
    }
}

impl<T: Element> Emplace<T> for Build<T> {
    fn emplace<'s>(self, slot: Slot<'s, T>) -> Result<Filled<'s, T>, Error> {
        T::build(self.0, slot)
    }
}

pub(crate) fn all<T: Element>(models: &[T::Model]) -> StdVec<Build<T>> {
    models.iter().cloned().map(Build).collect()
}

/// Something that many values share, for what looks at keys.
pub(crate) fn rank<M: Debug>(model: &M) -> usize {
    format!("{model:?}").bytes().map(usize::from).sum::<usize>() % 3
}

macro_rules! number {
    ($($type:ty),*) => {$(
        impl Element for $type {
            type Model = $type;
            fn model(&self) -> $type {
                *self
            }
            fn build<'s>(model: $type, slot: Slot<'s, $type>) -> Result<Filled<'s, $type>, Error> {
                slot.build(model)
            }
            fn edit(handle: &mut $type, to: &$type) {
                *handle = *to;
            }
            fn strategy() -> BoxedStrategy<$type> {
                prop_oneof![any::<$type>(), (0u8..3).prop_map(<$type>::from)].boxed()
            }
        }
    )*};
}
number!(u8, u64, u128);

impl Element for [u8; 3] {
    type Model = [u8; 3];
    fn model(&self) -> [u8; 3] {
        *self
    }
    fn build<'s>(model: [u8; 3], slot: Slot<'s, Self>) -> Result<Filled<'s, Self>, Error> {
        slot.build(model)
    }
    fn edit(mut handle: Place<'_, [u8; 3]>, to: &[u8; 3]) {
        *handle = *to;
    }
    fn strategy() -> BoxedStrategy<[u8; 3]> {
        prop_oneof![any::<[u8; 3]>(), Just([0, 0, 1])].boxed()
    }
}

/// No bytes at all.
#[derive(Relocatable, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C)]
pub(crate) struct Nothing;

impl Element for Nothing {
    type Model = ();
    fn model(&self) {}
    fn build<'s>(_: (), slot: Slot<'s, Self>) -> Result<Filled<'s, Self>, Error> {
        slot.build(NothingInit)
    }
    fn edit(mut handle: Place<'_, Self>, _: &()) {
        handle.set(NothingInit);
    }
    fn strategy() -> BoxedStrategy<()> {
        Just(()).boxed()
    }
}

/// A cache line, all of it plain.
#[derive(Relocatable, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C, align(64))]
pub(crate) struct Line {
    words: [u64; 8],
}

impl Element for Line {
    type Model = [u64; 8];
    fn model(&self) -> [u64; 8] {
        assert_eq!(std::ptr::from_ref(self).addr() % 64, 0);
        self.words
    }
    fn build<'s>(words: [u64; 8], slot: Slot<'s, Self>) -> Result<Filled<'s, Self>, Error> {
        slot.build(LineInit { words })
    }
    fn edit(mut handle: Place<'_, Self>, to: &[u64; 8]) {
        handle.edit().words.copy_from_slice(to);
    }
    fn strategy() -> BoxedStrategy<[u64; 8]> {
        prop_oneof![any::<[u64; 8]>(), Just([1; 8])].boxed()
    }
}

/// Half a cache line, with text and padding.
#[derive(Relocatable, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C, align(32))]
pub(crate) struct Label {
    text: String,
}

impl Element for Label {
    type Model = StdString;
    fn model(&self) -> StdString {
        assert_eq!(std::ptr::from_ref(self).addr() % 32, 0);
        StdString::from(&self.text)
    }
    fn build<'s>(text: StdString, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>, Error> {
        slot.build(LabelInit { text })
    }
    fn edit(mut handle: Place<'_, Self>, to: &StdString) {
        handle.edit().text.set(to);
    }
    fn strategy() -> BoxedStrategy<StdString> {
        text()
    }
}

fn text() -> BoxedStrategy<StdString> {
    prop_oneof!["[a-c]{0,2}", "[a-zäß€😀]{0,30}"].boxed()
}

impl Element for String {
    type Model = StdString;
    fn model(&self) -> StdString {
        StdString::from(self)
    }
    fn build<'s>(model: StdString, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>, Error> {
        slot.build(model)
    }
    fn edit(mut handle: offset_std::StringMut<'_>, to: &StdString) {
        handle.clear();
        handle.push_str(to);
    }
    fn strategy() -> BoxedStrategy<StdString> {
        text()
    }
}

impl Element for Vec<String> {
    type Model = StdVec<StdString>;
    fn model(&self) -> StdVec<StdString> {
        self.iter().map(StdString::from).collect()
    }
    fn build<'s>(model: Self::Model, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>, Error> {
        slot.build(model)
    }
    fn edit(mut handle: offset_std::VecMut<'_, String>, to: &Self::Model) {
        handle.truncate(1);
        handle.extend(to);
        if handle.len() > to.len() {
            drop(handle.remove(0));
        }
    }
    fn strategy() -> BoxedStrategy<Self::Model> {
        prop::collection::vec(text(), 0..4).boxed()
    }
}

impl Element for Option<Box<String>> {
    type Model = Option<StdString>;
    fn model(&self) -> Self::Model {
        self.as_ref().map(|text| StdString::from(&**text))
    }
    fn build<'s>(model: Self::Model, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>, Error> {
        slot.build(model.map(Boxed))
    }
    fn edit(mut handle: offset_std::OptionMut<'_, String>, to: &Self::Model) {
        match to {
            Some(text) => handle.insert(text).reserve(3),
            None => handle.clear(),
        }
    }
    fn strategy() -> BoxedStrategy<Self::Model> {
        prop::option::of(text()).boxed()
    }
}

/// Padding before, between and after, and parts that are owned.
#[derive(Relocatable, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C)]
pub(crate) struct Record {
    flag: bool,
    count: u64,
    name: String,
    initial: Maybe<char>,
    tags: Vec<u16>,
    last: u8,
}

pub(crate) type RecordModel = (bool, u64, StdString, Option<char>, StdVec<u16>, u8);

impl Element for Record {
    type Model = RecordModel;
    fn model(&self) -> RecordModel {
        let initial = self.initial.as_option().copied();
        (self.flag, self.count, StdString::from(&self.name), initial, self.tags.to_vec(), self.last)
    }
    fn build<'s>(model: RecordModel, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>, Error> {
        let (flag, count, name, initial, tags, last) = model;
        slot.build(RecordInit { flag, count, name, initial, tags, last })
    }
    fn edit(mut handle: Place<'_, Self>, to: &RecordModel) {
        let mut fields = handle.edit();
        (*fields.flag, *fields.count, *fields.last) = (to.0, to.1, to.5);
        fields.name.set(&to.2);
        fields.initial.set(to.3);
        fields.tags.clear();
        fields.tags.extend_from_slice(&to.4);
    }
    fn strategy() -> BoxedStrategy<RecordModel> {
        (any::<bool>(), 0u64..3, text(), any::<Option<char>>(), any::<StdVec<u16>>(), any::<u8>()).boxed()
    }
}

/// One of several.
#[derive(Relocatable, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Shape {
    Point,
    Circle(u32),
    Polygon { name: String, corners: Vec<[i16; 2]> },
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ShapeModel {
    Point,
    Circle(u32),
    Polygon(StdString, StdVec<[i16; 2]>),
}

impl Element for Shape {
    type Model = ShapeModel;
    fn model(&self) -> ShapeModel {
        match self {
            Shape::Point => ShapeModel::Point,
            Shape::Circle(radius) => ShapeModel::Circle(*radius),
            Shape::Polygon { name, corners } => ShapeModel::Polygon(StdString::from(name), corners.to_vec()),
        }
    }
    fn build<'s>(model: ShapeModel, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>, Error> {
        match model {
            ShapeModel::Point => slot.build(ShapePointInit),
            ShapeModel::Circle(radius) => slot.build(ShapeCircleInit(radius)),
            ShapeModel::Polygon(name, corners) => slot.build(ShapePolygonInit { name, corners }),
        }
    }
    fn edit(mut handle: Place<'_, Self>, to: &ShapeModel) {
        match (handle.edit(), to) {
            (ShapeMut::Circle(radius), ShapeModel::Circle(to)) => *radius = *to,
            (ShapeMut::Polygon { mut name, mut corners }, ShapeModel::Polygon(text, to)) => {
                name.replace_range(.., text);
                corners.set(to.clone());
            }
            _ => handle.set(Build(to.clone())),
        }
    }
    fn strategy() -> BoxedStrategy<ShapeModel> {
        prop_oneof![
            Just(ShapeModel::Point),
            (0u32..4).prop_map(ShapeModel::Circle),
            (text(), any::<StdVec<[i16; 2]>>()).prop_map(|(name, corners)| ShapeModel::Polygon(name, corners)),
        ]
        .boxed()
    }
}
