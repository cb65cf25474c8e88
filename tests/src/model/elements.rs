//! The elements that collections are tried with: of every size and alignment, plain and owning, and collections themselves.

use std::collections::{BTreeMap as StdBTreeMap, HashMap as StdHashMap};

use offset_std::prelude::*;
use offset_std::{
    BTreeMap, BTreeMapMut, Box, Filled, HashMap, HashMapMut, OptionMut, Result, Slot, StableHash, StableHasher, String,
    StringMut, Vec, VecMut,
};

use super::{Build, Element, Key, Random};

type StdVec<T> = std::vec::Vec<T>;
type StdString = std::string::String;

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl Element for $type {
            type Model = $type;
            fn model(&self) -> $type {
                *self
            }
            fn build<'s>(model: $type, slot: Slot<'s, $type>) -> Result<Filled<'s, $type>> {
                slot.build(model)
            }
            fn edit(handle: &mut $type, to: &$type) -> Result<()> {
                *handle = *to;
                Ok(())
            }
            fn random(random: &mut Random) -> $type {
                match random.below(4) {
                    0 => random.bits() as $type,
                    1 => <$type>::MAX - random.below(3) as $type,
                    _ => random.below(100) as $type,
                }
            }
        }
        impl Key for $type {}
    )*};
}
numbers!(u8, u16, u32, u64, u128, i64);

impl Element for [u8; 3] {
    type Model = [u8; 3];
    fn model(&self) -> [u8; 3] {
        *self
    }
    fn build<'s>(model: [u8; 3], slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        slot.build(model)
    }
    fn edit(mut handle: Place<'_, [u8; 3]>, to: &[u8; 3]) -> Result<()> {
        *handle = *to;
        Ok(())
    }
    fn random(random: &mut Random) -> [u8; 3] {
        [0, 1, random.below(80) as u8]
    }
}

impl Key for [u8; 3] {}

/// No bytes at all.
#[derive(Relocatable, StableHash, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C)]
pub struct Nothing;

/// The model of [`Nothing`].
#[derive(StableHash, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NothingModel;

impl Element for Nothing {
    type Model = NothingModel;
    fn model(&self) -> NothingModel {
        NothingModel
    }
    fn build<'s>(_: NothingModel, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        slot.build(NothingInit)
    }
    fn edit(mut handle: Place<'_, Self>, _: &NothingModel) -> Result<()> {
        handle.try_set(NothingInit)
    }
    fn random(_: &mut Random) -> NothingModel {
        NothingModel
    }
}

impl Key for Nothing {}

/// A cache line, all of it plain.
#[derive(Relocatable, StableHash, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C, align(64))]
pub struct Line {
    words: [u64; 8],
}

impl Element for Line {
    type Model = [u64; 8];
    fn model(&self) -> [u64; 8] {
        assert_eq!(std::ptr::from_ref(self).addr() % 64, 0);
        self.words
    }
    fn build<'s>(words: [u64; 8], slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        slot.build(LineInit { words })
    }
    fn edit(mut handle: Place<'_, Self>, to: &[u64; 8]) -> Result<()> {
        handle.edit().words.copy_from_slice(to);
        Ok(())
    }
    fn random(random: &mut Random) -> [u64; 8] {
        [1, 2, 3, 4, 5, 6, 7, random.below(100) as u64]
    }
}

impl Key for Line {}

/// A cache line, with text and padding.
#[derive(Relocatable, StableHash, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C, align(64))]
pub struct Label {
    text: String,
}

impl Element for Label {
    type Model = StdString;
    fn model(&self) -> StdString {
        assert_eq!(std::ptr::from_ref(self).addr() % 64, 0);
        self.text.model()
    }
    fn build<'s>(text: StdString, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        slot.build(LabelInit { text })
    }
    fn edit(mut handle: Place<'_, Self>, to: &StdString) -> Result<()> {
        handle.edit().text.try_set(to)
    }
    fn random(random: &mut Random) -> StdString {
        random.text()
    }
}

impl Key for Label {}

impl Element for String {
    type Model = StdString;
    fn model(&self) -> StdString {
        StdString::from(std::str::from_utf8(self.as_bytes()).expect("a string is text"))
    }
    fn build<'s>(model: StdString, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        slot.build(model)
    }
    fn edit(mut handle: StringMut<'_>, to: &StdString) -> Result<()> {
        handle.clear();
        handle.try_push_str(to)
    }
    fn random(random: &mut Random) -> StdString {
        random.text()
    }
}

impl Key for String {}

impl<T: Element> Element for Vec<T> {
    type Model = StdVec<T::Model>;
    fn model(&self) -> Self::Model {
        self.iter().map(T::model).collect()
    }
    fn build<'s>(model: Self::Model, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        slot.build(model.into_iter().map(Build).collect::<StdVec<Build<T>>>())
    }
    fn edit(mut handle: VecMut<'_, T>, to: &Self::Model) -> Result<()> {
        handle.truncate(1);
        handle.try_extend(to.iter().cloned().map(Build))?;
        if handle.len() > to.len() {
            drop(handle.remove(0));
        }
        Ok(())
    }
    fn random(random: &mut Random) -> Self::Model {
        (0..random.below(4)).map(|_| T::random(random)).collect()
    }
}

impl<T: Key> Key for Vec<T> {}

impl Element for Option<Box<String>> {
    type Model = Option<StdString>;
    fn model(&self) -> Self::Model {
        self.as_ref().map(|text| text.model())
    }
    fn build<'s>(model: Self::Model, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        slot.build(model.map(Boxed))
    }
    fn edit(mut handle: OptionMut<'_, String>, to: &Self::Model) -> Result<()> {
        match to {
            Some(text) => handle.try_insert(text)?.try_reserve(3),
            None => {
                handle.clear();
                Ok(())
            }
        }
    }
    fn random(random: &mut Random) -> Self::Model {
        (!random.one_in(4)).then(|| random.text())
    }
}

impl Key for Option<Box<String>> {}

macro_rules! maps {
    ($($map:ident, $handle:ident, $std:ident;)*) => {$(
        impl<K: Key, V: Element> Element for $map<K, V> {
            type Model = $std<K::Model, V::Model>;
            fn model(&self) -> Self::Model {
                self.iter().map(|(key, value)| (key.model(), value.model())).collect()
            }
            fn build<'s>(model: Self::Model, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
                slot.build(from_iter(model.into_iter().map(|(key, value)| (Build::<K>(key), Build::<V>(value)))))
            }
            fn edit(mut handle: $handle<'_, K, V>, to: &Self::Model) -> Result<()> {
                handle.retain(|key, _| to.contains_key(&key.model()));
                handle.try_extend(to.iter().map(|(key, value)| (Build::<K>(key.clone()), Build::<V>(value.clone()))))
            }
            fn random(random: &mut Random) -> Self::Model {
                (0..random.below(5)).map(|_| (K::random(random), V::random(random))).collect()
            }
        }
    )*};
}
maps! {
    HashMap, HashMapMut, StdHashMap;
    BTreeMap, BTreeMapMut, StdBTreeMap;
}

/// Padding before, between and after, and parts that are owned.
#[derive(Relocatable, StableHash, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C)]
pub struct Record {
    flag: bool,
    count: u64,
    name: String,
    initial: Maybe<char>,
    tags: Vec<u16>,
    last: u8,
}

impl Element for Record {
    type Model = (bool, u64, StdString, Option<char>, StdVec<u16>, u8);
    fn model(&self) -> Self::Model {
        let initial = self.initial.as_option().copied();
        (self.flag, self.count, self.name.model(), initial, self.tags.model(), self.last)
    }
    fn build<'s>(model: Self::Model, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        let (flag, count, name, initial, tags, last) = model;
        slot.build(RecordInit { flag, count, name, initial, tags, last })
    }
    fn edit(mut handle: Place<'_, Self>, to: &Self::Model) -> Result<()> {
        let mut fields = handle.edit();
        (*fields.flag, *fields.count, *fields.last) = (to.0, to.1, to.5);
        fields.name.try_set(&to.2)?;
        fields.initial.try_set(to.3)?;
        fields.tags.clear();
        fields.tags.try_extend_from_slice(&to.4)
    }
    fn random(random: &mut Random) -> Self::Model {
        let initial = ['a', '€', '\0', char::MAX].get(random.below(6)).copied();
        let tags = (0..random.below(5)).map(|_| random.bits() as u16).collect();
        (random.one_in(2), random.below(3) as u64, random.text(), initial, tags, random.below(2) as u8)
    }
}

impl Key for Record {}

/// One of several.
#[derive(Relocatable, StableHash, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Shape {
    /// Nothing more.
    Point,
    /// Plain data.
    Circle(u32),
    /// What is owned.
    Polygon {
        /// Text.
        name: String,
        /// A vector.
        corners: Vec<[i16; 2]>,
    },
}

/// The model of a [`Shape`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShapeModel {
    /// As there.
    Point,
    /// As there.
    Circle(u32),
    /// As there.
    Polygon(StdString, StdVec<[i16; 2]>),
}

impl StableHash for ShapeModel {
    fn stable_hash(&self, hasher: &mut StableHasher) {
        let image = Image::<Shape>::new(Build(self.clone())).expect("there is memory");
        image.stable_hash(hasher);
    }
}

impl Element for Shape {
    type Model = ShapeModel;
    fn model(&self) -> ShapeModel {
        match self {
            Shape::Point => ShapeModel::Point,
            Shape::Circle(radius) => ShapeModel::Circle(*radius),
            Shape::Polygon { name, corners } => ShapeModel::Polygon(name.model(), corners.to_vec()),
        }
    }
    fn build<'s>(model: ShapeModel, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        match model {
            ShapeModel::Point => slot.build(ShapePointInit),
            ShapeModel::Circle(radius) => slot.build(ShapeCircleInit(radius)),
            ShapeModel::Polygon(name, corners) => slot.build(ShapePolygonInit { name, corners }),
        }
    }
    fn edit(mut handle: Place<'_, Self>, to: &ShapeModel) -> Result<()> {
        match (handle.edit(), to) {
            (ShapeMut::Circle(radius), ShapeModel::Circle(to)) => {
                *radius = *to;
                Ok(())
            }
            (ShapeMut::Polygon { mut name, mut corners }, ShapeModel::Polygon(text, to)) => {
                name.try_replace_range(.., text)?;
                corners.try_set(to.clone())
            }
            _ => handle.try_set(Build(to.clone())),
        }
    }
    fn random(random: &mut Random) -> ShapeModel {
        match random.below(3) {
            0 => ShapeModel::Point,
            1 => ShapeModel::Circle(random.below(4) as u32),
            _ => ShapeModel::Polygon(random.text(), vec![[1, -1]; random.below(4)]),
        }
    }
}

impl Key for Shape {}
