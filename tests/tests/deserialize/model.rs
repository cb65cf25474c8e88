//! The same types twice: in a region, and of std's.

use std::marker::PhantomData;
use std::num::{NonZeroI64, NonZeroU8, NonZeroU32};

/// What is the same for both; only the names of the types mean something else.
macro_rules! model {
    (#[$derive:meta] #[$plain:meta]) => {
        #[$derive]
        #[serde(rename_all = "camelCase")]
        #[repr(C)]
        pub(crate) struct Doc {
            pub(crate) id: u64,
            pub(crate) small_number: i8,
            pub(crate) ratio: f64,
            pub(crate) wide: u128,
            pub(crate) flag: bool,
            pub(crate) letter: char,
            pub(crate) positive: NonZeroU32,
            pub(crate) signed: NonZeroI64,
            #[serde(rename = "zero or more")]
            pub(crate) maybe_zero: Option<NonZeroU8>,
            pub(crate) name: String,
            #[serde(alias = "labels", alias = "marks")]
            pub(crate) tags: Vec<String>,
            pub(crate) numbers: Vec<u16>,
            pub(crate) grid: [[u16; 2]; 3],
            pub(crate) names: [String; 2],
            pub(crate) maybe: Maybe<String>,
            pub(crate) nested: Maybe<Maybe<u32>>,
            pub(crate) boxed: Box<Leaf>,
            pub(crate) next: Option<Box<Doc>>,
            #[serde(default)]
            pub(crate) lists: HashMap<String, Vec<u32>>,
            #[serde(default)]
            pub(crate) sorted: BTreeMap<i32, String>,
            #[serde(default)]
            pub(crate) hashed: HashSet<String>,
            #[serde(default)]
            pub(crate) ordered: BTreeSet<u64>,
            pub(crate) span: Duration,
            pub(crate) when: SystemTime,
            pub(crate) host: Ipv4Addr,
            pub(crate) shapes: Vec<Shape>,
            pub(crate) pair: Pair<u32>,
            pub(crate) unit: Unit,
            pub(crate) wrapped: Wrapped,
            pub(crate) nothings: Vec<Nothing>,
            pub(crate) marker: PhantomData<u8>,
            pub(crate) point: Point,
            #[serde(skip)]
            pub(crate) seen: u32,
        }

        #[$derive]
        #[serde(deny_unknown_fields)]
        #[repr(C)]
        pub(crate) struct Leaf {
            pub(crate) text: String,
            pub(crate) weight: f32,
        }

        #[$derive]
        #[serde(rename_all = "kebab-case", rename_all_fields = "UPPERCASE", deny_unknown_fields)]
        #[repr(C, u16)]
        pub(crate) enum Shape {
            Dot,
            RoundCircle {
                radius: f64,
                center_x: i32,
            },
            Named(String),
            #[serde(alias = "poly")]
            Polygon(Vec<[i16; 2]>, String),
            Empty {},
            Both(Box<Shape>, Box<Shape>),
            Leaf(Leaf),
        }

        #[$derive]
        #[repr(C)]
        pub(crate) struct Pair<T>(pub(crate) T, pub(crate) String);

        #[$derive]
        #[repr(C)]
        pub(crate) struct Unit;

        #[$derive]
        #[repr(C)]
        pub(crate) struct Wrapped(pub(crate) Vec<Maybe<bool>>);

        #[$derive]
        #[repr(C)]
        pub(crate) struct Nothing {}

        #[$derive]
        #[$plain]
        #[repr(C)]
        pub(crate) struct Point {
            pub(crate) x: f64,
            pub(crate) y: f64,
        }
    };
}

/// In a region.
pub(crate) mod region {
    use super::*;
    use offset_std::{
        BTreeMap, BTreeSet, Box, DeserializeIn, Duration, HashMap, HashSet, Ipv4Addr, Maybe, Relocatable, String,
        SystemTime, Vec,
    };

    model! {
        #[derive(Relocatable, DeserializeIn, serde::Serialize, Debug, PartialEq)]
        #[allow(dead_code)]
    }
}

/// Of std's.
pub(crate) mod twin {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
    use std::net::Ipv4Addr;
    use std::option::Option as Maybe;
    use std::time::{Duration, SystemTime};

    model! {
        #[derive(serde::Serialize, serde::Deserialize, Debug, PartialEq, Clone)]
        #[allow(dead_code)]
    }
}

/// A document with something in every place, the same each time.
pub(crate) fn sample() -> twin::Doc {
    let doc = |name: &str, next| twin::Doc {
        id: 7,
        small_number: -8,
        ratio: 0.5,
        wide: u64::MAX.into(),
        flag: true,
        letter: 'é',
        positive: NonZeroU32::MIN,
        signed: NonZeroI64::MIN,
        maybe_zero: NonZeroU8::new(9),
        name: name.to_owned(),
        tags: vec!["one tag".into(), "another".into()],
        numbers: vec![1, 2, 3, 4, 5],
        grid: [[1, 2], [3, 4], [5, 6]],
        names: ["left".into(), "right".into()],
        maybe: Some("perhaps".into()),
        nested: Some(Some(1)),
        boxed: Box::new(twin::Leaf { text: "in a box".into(), weight: 1.5 }),
        next,
        lists: [("first list".to_owned(), vec![1, 2]), ("second list".to_owned(), vec![])].into(),
        sorted: [(2, "two".to_owned()), (-1, "minus one".to_owned())].into(),
        hashed: ["a word".to_owned(), "and another".to_owned()].into(),
        ordered: [3, 1, 2].into(),
        span: std::time::Duration::new(3, 5),
        when: std::time::UNIX_EPOCH + std::time::Duration::new(8, 9),
        host: [127, 0, 0, 1].into(),
        shapes: vec![
            twin::Shape::Dot,
            twin::Shape::RoundCircle { radius: 2.0, center_x: -3 },
            twin::Shape::Named("a name".into()),
            twin::Shape::Polygon(vec![[1, 2], [3, 4]], "polygon".into()),
            twin::Shape::Empty {},
            twin::Shape::Both(Box::new(twin::Shape::Dot), Box::new(twin::Shape::Named("inner".into()))),
            twin::Shape::Leaf(twin::Leaf { text: "leaf".into(), weight: 0.25 }),
        ],
        pair: twin::Pair(4, "of the pair".into()),
        unit: twin::Unit,
        wrapped: twin::Wrapped(vec![Some(true), None]),
        nothings: vec![twin::Nothing {}, twin::Nothing {}],
        marker: PhantomData,
        point: twin::Point { x: 1.0, y: -2.0 },
        seen: 0,
    };
    doc("outer", Some(Box::new(doc("inner", None))))
}
