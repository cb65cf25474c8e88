//! What the derive makes of all kinds of types: generic, recursive, empty, renamed, plain.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::hash::Hash;

use offset_std::prelude::*;
use offset_std::twin::{self, Twin};
use offset_std::{StableHash, StableHasher};

use crate::attack::check_no_leak;

type Text = String;

/// Aliases, `Self` and parameters, with a default.
#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct Tree<T = Text, const N: usize = 2> {
    value: T,
    children: Vec<Self>,
    few: [Option<Box<T>>; N],
    by_name: BTreeMap<Text, Box<Tree<T, N>>>,
}

fn tree<T: Clone>(depth: u32, value: &T) -> Tree<T> {
    let child = (depth > 0).then(|| tree(depth - 1, value));
    Tree {
        value: value.clone(),
        children: child.clone().into_iter().chain(child.clone()).collect(),
        few: [None, Some(Box::new(value.clone()))],
        by_name: child.into_iter().map(|child| (format!("level {depth}"), Box::new(child))).collect(),
    }
}

fn round_trip<S: Twin + PartialEq<S::Region> + PartialEq + Debug>(std: &S) -> Image<S::Region>
where
    S::Region: Portable + Debug + PartialEq,
{
    let image = Image::<S::Region>::new(twin::from_std(std)).unwrap();
    assert!(*std == *image);
    assert_eq!(twin::to_std::<S>(&check_no_leak(&image)), *std);
    image
}

#[test]
fn generic_types_have_twins_for_each_argument() {
    let texts: Image<TreeTwin> = round_trip(&tree(4, &Text::from("text")));
    let back: Tree = texts.to_std();
    assert_eq!(back.by_name.len(), 1);
    round_trip(&tree(3, &7usize));
    round_trip(&tree(2, &vec![Some(Box::new(('a', 0.5)))]));
    round_trip(&tree(2, &tree(1, &true)));

    // The twin's argument is what lies in the region, and other std types may come to it as well.
    let boxed = tree(1, &Box::<str>::from("text"));
    let mut image = Image::<TreeTwin<offset_std::String>>::new(&boxed).unwrap();
    assert!(*image == boxed && *image == tree(1, &Text::from("text")));
    image.edit().value.push('!');
    let back: Tree<Cow<'static, str>> = image.to_std();
    assert_eq!(back.value, "text!");
}

/// What other derives are told goes along.
#[derive(Relocatable, serde::Serialize)]
#[relocatable(std, derive(serde::Serialize))]
#[serde(rename_all = "UPPERCASE")]
struct Labels<T> {
    first: Option<T>,
    #[serde(rename = "and then")]
    then: Vec<(T, u8)>,
}

#[test]
fn twins_serialise_as_their_std_types() {
    let std = Labels { first: Some("one".to_owned()), then: vec![("two".to_owned(), 2)] };
    let image = Image::<LabelsTwin<offset_std::String>>::new(&std).unwrap();
    assert_eq!(serde_json::to_string(&*image).unwrap(), serde_json::to_string(&std).unwrap());
    assert_eq!(serde_json::to_string(&*image).unwrap(), r#"{"FIRST":"one","and then":[["two",2]]}"#);
}

/// Two types that contain each other.
#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
enum Value {
    Null,
    Number(f64),
    Text(Box<str>),
    List(Vec<Value>),
    Object(Object),
}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct Object(HashMap<String, Value>);

#[test]
fn types_that_contain_each_other() {
    let list = Value::List(vec![Value::Null, Value::Number(0.5), Value::Text("text".into())]);
    let object = Value::Object(Object([("list".to_owned(), list.clone()), ("null".to_owned(), Value::Null)].into()));
    let mut image = round_trip(&Value::List(vec![object.clone(), list]));
    let ValueTwinMut::List(mut values) = image.edit() else { panic!("it is a list") };
    values.swap_remove(1);
    values.push(&object);
    values.push(ValueTwinTextInit("more"));
    assert!(*image == Value::List(vec![object.clone(), object, Value::Text("more".into())]));
}

/// The parameter of a map needs more than a twin.
#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, bound(K: Hash + Eq, K::Region: StableHash + Eq))]
struct Index<K: Eq + Hash, V>
where
    V: Clone,
{
    entries: HashMap<K, Vec<V>>,
}

#[test]
fn bounds_of_ones_own() {
    let std = Index { entries: HashMap::from([((1, "one".to_owned()), vec!['1']), ((2, "two".to_owned()), vec![])]) };
    let image = Image::<IndexTwin<twin::Tuple2<i32, offset_std::String>, char>>::new(&std).unwrap();
    assert_eq!(image.entries[&(1, "one")], ['1']);
    assert!(*image == std);
    let back: Index<(i32, String), char> = image.to_std();
    assert_eq!(back, std);
}

/// A name of its own, a visibility, a validation, and the twin's own methods.
#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std = StoredRange, validate = Self::check, derive(PartialEq, Debug, Eq, Hash))]
pub(crate) struct Range {
    pub(crate) start: usize,
    end: usize,
}

impl StoredRange {
    fn check(&self) -> Result<(), &'static str> {
        if self.start <= self.end { Ok(()) } else { Err("the range ends before it starts") }
    }

    fn len(&self) -> u64 {
        self.end - self.start
    }
}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std = "Quoted")]
struct Unquoted(u8, String);

#[test]
fn twins_have_names_methods_and_validations() {
    let image = Image::<StoredRange>::new(Range { start: 3, end: 8 }).unwrap();
    assert_eq!(image.len(), 5);
    check_no_leak(&image);
    let backwards = Image::<StoredRange>::new(StoredRangeInit { start: 9u64, end: 8u64 }).unwrap();
    assert_eq!(backwards.to_std(), Range { start: 9, end: 8 });
    let message = crate::attack::RegionFile::of(&backwards).refusal::<StoredRange>();
    assert!(message.contains("the range ends before it starts"), "{message}");

    let image = Image::<Quoted>::new(Unquoted(1, "one".into())).unwrap();
    assert!(*image == Unquoted(1, "one".into()) && *image != Unquoted(1, "two".into()));
}

/// Plain data serves on both sides.
#[derive(Relocatable, Clone, Copy, Debug, PartialEq)]
#[relocatable(plain, std)]
#[repr(C)]
struct Point<T> {
    x: T,
    y: T,
}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct Polygon {
    points: Vec<Point<f64>>,
    corners: [Point<u8>; 3],
    centre: Option<Point<f64>>,
    label: Box<Point<i32>>,
}

#[test]
fn plain_data_is_its_own_twin() {
    let std = Polygon {
        points: (0..100).map(|n| Point { x: f64::from(n), y: 0.5 }).collect(),
        corners: [Point { x: 1, y: 2 }; 3],
        centre: Some(Point { x: 0.5, y: 0.25 }),
        label: Box::new(Point { x: -1, y: 1 }),
    };
    let mut image = round_trip(&std);
    let points: &[Point<f64>] = &image.points;
    assert_eq!(points, std.points);
    image.edit().points[3].x = -3.0;
    assert!(*image != std);
}

/// Types without fields, with one variant, with tags.
#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct Nothing;

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct Braces {}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
enum Only {
    One(Nothing, Braces),
}

#[derive(Relocatable, StableHash, Clone, Copy, Debug, PartialEq, Eq)]
#[relocatable(std, derive(Debug, PartialEq, Eq, StableHash))]
enum Level {
    Low = -1,
    High = 300,
    Higher,
}

#[derive(Relocatable, StableHash, Clone, Copy, Debug, PartialEq, Eq)]
#[relocatable(std, derive(Debug, PartialEq, Eq, StableHash))]
#[repr(u16)]
enum Code {
    None = Code::FIRST - 1,
    First,
}

impl Code {
    const FIRST: u16 = 256;
}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct Raw {
    r#type: r#Kind,
    r#fn: Option<Nothing>,
}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
#[allow(non_camel_case_types)]
enum r#Kind {
    r#struct { r#in: u8 },
}

#[test]
fn small_types() {
    round_trip(&vec![Nothing, Nothing]);
    round_trip(&vec![Only::One(Nothing, Braces {}); 3]);
    round_trip(&Raw { r#type: Kind::r#struct { r#in: 1 }, r#fn: Some(Nothing) });
    for (level, size) in [(Level::Low, 2), (Level::High, 2), (Level::Higher, 2)] {
        let image = round_trip(&level);
        assert_eq!(size_of::<LevelTwin>(), size);
        assert_eq!(StableHasher::hash_one(&*image, 1), StableHasher::hash_one(&level, 1));
    }
    for code in [Code::None, Code::First] {
        let image = round_trip(&code);
        assert_eq!((size_of::<CodeTwin>(), StableHasher::hash_one(&*image, 1)), (2, StableHasher::hash_one(&code, 1)));
    }
}

/// A list, which std drops and clones by recursion as well.
#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std)]
struct Link {
    number: u64,
    next: Option<Box<Link>>,
}

#[test]
fn a_value_as_deep_as_std_can_clone_goes_there_and_back() {
    const LEVELS: u64 = 10_000;
    let run = || {
        let list = (0..LEVELS).fold(None, |next, number| Some(Box::new(Link { number, next }))).unwrap();
        let image = Image::<LinkTwin>::new(&*list.clone()).unwrap();
        assert!(*image == *list);
        assert_eq!(image.to_std().next.unwrap().number, LEVELS - 2);
    };
    std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
}
