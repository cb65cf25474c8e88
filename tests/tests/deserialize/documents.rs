//! Documents at random.

use std::marker::PhantomData;
use std::num::{NonZeroI64, NonZeroU8, NonZeroU32};

use proptest::collection::{btree_map, btree_set, hash_map, hash_set, vec};
use proptest::prelude::*;

use crate::model::twin;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-z]{0,12}", 1 => ".{0,12}", 1 => Just("quote \" and \\ and\nline \u{1F600}".to_owned())]
}

fn leaf() -> impl Strategy<Value = twin::Leaf> {
    (text(), -1000i16..1000).prop_map(|(text, weight)| twin::Leaf { text, weight: f32::from(weight) / 8.0 })
}

fn shape() -> impl Strategy<Value = twin::Shape> {
    let simple = prop_oneof![
        Just(twin::Shape::Dot),
        (any::<i32>(), any::<i32>())
            .prop_map(|(radius, center_x)| twin::Shape::RoundCircle { radius: radius.into(), center_x }),
        text().prop_map(twin::Shape::Named),
        (vec(any::<[i16; 2]>(), 0..4), text()).prop_map(|(points, name)| twin::Shape::Polygon(points, name)),
        Just(twin::Shape::Empty {}),
        leaf().prop_map(twin::Shape::Leaf),
    ];
    simple.prop_recursive(3, 8, 2, |inner| {
        (inner.clone(), inner).prop_map(|(one, two)| twin::Shape::Both(Box::new(one), Box::new(two)))
    })
}

/// A document without another one in it.
fn single() -> impl Strategy<Value = twin::Doc> {
    let numbers = (any::<u64>(), any::<i8>(), -1e9..1e9f64, any::<u128>(), any::<bool>(), any::<char>());
    let optional = (any::<NonZeroU32>(), any::<NonZeroI64>(), any::<Option<NonZeroU8>>());
    let texts = (text(), vec(text(), 0..7), vec(any::<u16>(), 0..20), any::<[[u16; 2]; 3]>(), [text(), text()]);
    let maybes = (proptest::option::of(text()), proptest::option::of(any::<u32>()), leaf());
    let maps = (
        hash_map(text(), vec(any::<u32>(), 0..3), 0..9),
        btree_map(any::<i32>(), text(), 0..40),
        hash_set(text(), 0..9),
        btree_set(any::<u64>(), 0..40),
    );
    let others = (any::<u64>(), 0..1_000_000_000u32, any::<[u8; 4]>(), vec(shape(), 0..5), any::<u32>(), text());
    let rest = (vec(any::<Option<bool>>(), 0..5), 0..3usize, any::<[i32; 2]>());
    (numbers, optional, texts, maybes, maps, others, rest).prop_map(
        |(numbers, optional, texts, maybes, maps, others, rest)| twin::Doc {
            id: numbers.0,
            small_number: numbers.1,
            ratio: numbers.2,
            wide: numbers.3,
            flag: numbers.4,
            letter: numbers.5,
            positive: optional.0,
            signed: optional.1,
            maybe_zero: optional.2,
            name: texts.0,
            tags: texts.1,
            numbers: texts.2,
            grid: texts.3,
            names: texts.4,
            maybe: maybes.0,
            nested: maybes.1.map(Some),
            boxed: Box::new(maybes.2),
            next: None,
            lists: maps.0,
            sorted: maps.1,
            hashed: maps.2,
            ordered: maps.3,
            span: std::time::Duration::new(others.0 >> 1, others.1),
            when: std::time::UNIX_EPOCH + std::time::Duration::new(others.0 >> 24, others.1),
            host: others.2.into(),
            shapes: others.3,
            pair: twin::Pair(others.4, others.5),
            unit: twin::Unit,
            wrapped: twin::Wrapped(rest.0),
            nothings: (0..rest.1).map(|_| twin::Nothing {}).collect(),
            marker: PhantomData,
            point: twin::Point { x: rest.2[0].into(), y: rest.2[1].into() },
            seen: 0,
        },
    )
}

/// Documents, some in one another.
pub(crate) fn docs() -> impl Strategy<Value = Vec<twin::Doc>> {
    vec(vec(single(), 1..4), 0..4).prop_map(|chains| {
        let link = |chain: Vec<twin::Doc>| {
            let link = |next: Option<Box<twin::Doc>>, doc| Some(Box::new(twin::Doc { next, ..doc }));
            *chain.into_iter().fold(None, link).expect("a chain isn't empty")
        };
        chains.into_iter().map(link).collect()
    })
}
