//! `offset_std::Interner` against a vector of texts and a map from texts to numbers: random sequences of calls, compared after each, with saving, loading and mapping among
//! them.

use std::collections::HashMap as StdMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use offset_std::prelude::*;
use offset_std::{ErrorKind, Interner, InternerMut, Region, Seeded, String, Symbol, Vec};
use proptest::prelude::*;

mod attack;
#[path = "model_interner/hostile.rs"]
mod hostile;

use attack::{check, check_no_leak};

type StdString = std::string::String;

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Pair {
    names: Interner,
    spare: Interner,
}

#[derive(Clone, Debug)]
enum Op {
    Intern(StdString),
    Extend(std::vec::Vec<StdString>),
    Get(StdString),
    Reserve(usize, usize),
    ShrinkToFit,
    Clear,
    Set(std::vec::Vec<StdString>),
    SetSeeded(u64),
    Swap,
    Copy,
    SaveAndLoad,
    SaveAndMap,
}

fn text() -> BoxedStrategy<StdString> {
    prop_oneof!["[a-d]{0,3}", "[a-zäß€]{0,20}", Just("a longer text, longer than any unit".to_owned())].boxed()
}

fn op() -> BoxedStrategy<Op> {
    let many = |most: usize| prop::collection::vec(text(), 0..most);
    prop_oneof![
        20 => text().prop_map(Op::Intern),
        4 => many(60).prop_map(Op::Extend),
        1 => many(900).prop_map(Op::Extend),
        5 => text().prop_map(Op::Get),
        1 => (0usize..200, 0usize..2000).prop_map(|(texts, bytes)| Op::Reserve(texts, bytes)),
        2 => Just(Op::ShrinkToFit),
        1 => Just(Op::Clear),
        1 => many(60).prop_map(Op::Set),
        1 => any::<u64>().prop_map(Op::SetSeeded),
        1 => Just(Op::Swap),
        1 => Just(Op::Copy),
        2 => Just(Op::SaveAndLoad),
        1 => Just(Op::SaveAndMap),
    ]
    .boxed()
}

/// What an interner should have.
#[derive(Default)]
struct Model {
    texts: std::vec::Vec<StdString>,
    numbers: StdMap<StdString, u32>,
}

impl Model {
    fn intern(&mut self, text: &str) -> Symbol {
        let next = self.texts.len() as u32;
        let number = *self.numbers.entry(text.to_owned()).or_insert(next);
        if number == next {
            self.texts.push(text.to_owned());
        }
        Symbol::nth(number)
    }

    fn of(texts: &[StdString]) -> Model {
        let mut model = Model::default();
        texts.iter().for_each(|text| drop(format!("{:?}", model.intern(text))));
        model
    }

    fn compare(&self, interner: &Interner) {
        assert_eq!((interner.len(), interner.is_empty()), (self.texts.len(), self.texts.is_empty()));
        assert!(*interner == self.texts && interner.is_well_placed());
        assert!(interner.iter().rev().map(|(_, text)| text).eq(self.texts.iter().rev()));
        for (n, (symbol, text)) in interner.iter().enumerate() {
            assert_eq!((symbol, text), (Symbol::nth(n as u32), self.texts[n].as_str()));
            assert_eq!((interner.get(text), interner.resolve(symbol)), (Some(symbol), Some(text)));
        }
        assert_eq!(interner.resolve(Symbol::nth(self.texts.len() as u32)), None);
        assert_eq!(interner.resolve(Symbol::nth(u32::MAX - 1)), None);
    }
}

#[derive(Default)]
struct Models {
    names: Model,
    spare: Model,
}

impl Models {
    fn apply(&mut self, root: &mut PairMut<'_>, op: &Op) {
        let (names, model) = (&mut root.names, &mut self.names);
        match op {
            Op::Intern(text) => assert_eq!(names.intern(text), model.intern(text)),
            Op::Extend(texts) => {
                let expected: std::vec::Vec<Symbol> = texts.iter().map(|text| model.intern(text)).collect();
                assert_eq!(names.extend(texts), expected);
            }
            Op::Get(text) => {
                let expected = model.numbers.get(text).map(|number| Symbol::nth(*number));
                assert_eq!((names.get(text), names.contains(text)), (expected, expected.is_some()));
            }
            Op::Reserve(texts, bytes) => names.reserve(*texts, *bytes),
            Op::ShrinkToFit => names.shrink_to_fit(),
            Op::Clear => {
                names.clear();
                *model = Model::default();
            }
            Op::Set(texts) => {
                names.set(texts.clone());
                *model = Model::of(texts);
            }
            Op::SetSeeded(seed) => {
                names.set(Seeded(*seed, &model.texts));
                assert_eq!(names.seed(), *seed);
            }
            Op::Swap => {
                names.swap_with(&mut root.spare);
                std::mem::swap(model, &mut self.spare);
            }
            Op::Copy => {
                let copy = Image::<Interner>::new(DeepCopy(names.as_interner())).unwrap();
                assert!(*copy == *names.as_interner() && copy.is_well_placed());
                names.set(DeepCopy(&*copy));
            }
            Op::SaveAndLoad | Op::SaveAndMap => {}
        }
    }

    fn compare(&self, root: &Pair) {
        self.names.compare(&root.names);
        self.spare.compare(&root.spare);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn an_interner_is_a_vector_and_a_map(ops in prop::collection::vec(op(), 1..100)) {
        let empty = || PairInit { names: Seeded(3, Empty), spare: Empty };
        let mut image = Image::<Pair>::new(empty()).unwrap();
        let fresh = image.usage().allocated;
        let region = Region::new();
        let mut own = region.alloc::<Pair, _>(empty());
        let (mut models, mut again) = (Models::default(), Models::default());
        for op in &ops {
            models.apply(&mut image.edit(), op);
            models.compare(&image);
            again.apply(&mut own.edit(), op);
            again.compare(&own);
            match op {
                Op::SaveAndLoad => image = check_no_leak(&image),
                Op::SaveAndMap => {
                    check(&image);
                    let file = attack::Temporary::new();
                    own.save(&file).unwrap();
                    again.compare(&Image::<Pair>::load(&file).unwrap());
                }
                _ => {}
            }
        }
        check_no_leak(&image);
        let mut root = image.edit();
        for interner in [&mut root.names, &mut root.spare] {
            interner.clear();
            interner.shrink_to_fit();
        }
        assert_eq!(image.usage().allocated, fresh, "something leaked");
    }
}

#[test]
fn interners_are_built_from_texts_of_any_kind() {
    let texts = ["b", "a", "b", ""];
    let distinct = ["b", "a", ""];
    let owned = texts.map(StdString::from);
    let (list, offset) = (owned.to_vec(), Image::<Vec<String>>::new(texts).unwrap());
    for image in [
        Image::<Interner>::new(texts),
        Image::new(texts.to_vec()),
        Image::new(&owned[..]),
        Image::new(&list),
        Image::new(from_iter(offset.iter())),
        Image::new(Seeded(1, from_iter(texts.iter().filter(|_| true)))),
        Image::new(Seeded(1, owned.clone())),
    ] {
        let image = image.unwrap();
        assert!(*image == distinct && *image == distinct[..] && *image == distinct.to_vec());
        assert_eq!((image.get("b"), image.get(""), image.get("c")), (Some(Symbol::nth(0)), Some(Symbol::nth(2)), None));
        check_no_leak(&image);
    }
    let image = Image::<Interner>::new(texts).unwrap();
    assert_eq!(format!("{:?}", *image), r#"["b", "a", ""]"#);
    assert_eq!(serde_json::to_value(&*image).unwrap(), serde_json::json!(["b", "a", ""]));
    assert_eq!(serde_json::to_value([Some(Symbol::nth(1)), None]).unwrap(), serde_json::json!([1, null]));
}

#[test]
fn symbols_are_numbers_with_a_niche() {
    assert_eq!((size_of::<Symbol>(), size_of::<Option<Symbol>>()), (4, 4));
    for n in [0, 1, 77, u32::MAX - 1] {
        assert_eq!(Symbol::nth(n).index(), n);
    }
    assert!(catch_unwind(|| Symbol::nth(u32::MAX)).is_err());
    let stored = Image::<Vec<Option<Symbol>>>::new([None, Some(Symbol::nth(0))]).unwrap();
    assert_eq!(*check_no_leak(&stored), [None, Some(Symbol::nth(0))]);
    let map = Image::<offset_std::HashMap<Symbol, Symbol>>::new([(Symbol::nth(7), Symbol::nth(8))]).unwrap();
    assert_eq!(map.get(&Symbol::nth(7)), Some(&Symbol::nth(8)));
}

#[test]
fn the_same_calls_with_a_seed_write_the_same_bytes() {
    let build = |seed| {
        let options = ImageOptions::new().id(1);
        let mut image =
            Image::<Interner>::with_options(options, Seeded(seed, from_iter((0..500).map(|n| format!("{n}")))))
                .unwrap();
        image.edit().extend((0..900).map(|n| format!("text {n}")));
        image.edit().shrink_to_fit();
        attack::RegionFile::of(&image).bytes
    };
    assert_eq!(build(7), build(7));
    assert_ne!(build(7), build(8));
    let mut image = Image::<Interner>::new(["a secret"]).unwrap();
    image.edit().clear();
    let bytes = attack::RegionFile::of(&image).bytes;
    assert!(!bytes.windows(6).any(|part| part == b"secret"));
}

#[test]
fn a_built_interner_takes_what_the_documentation_says() {
    let texts = from_iter((0..10_000).map(|n| format!("{n:08}")));
    let image = Image::<Interner>::new(texts).unwrap();
    // 8 bytes of text, 4 for its end, and less than 8 of the table.
    let each = (image.usage().allocated - 40) as f64 / 10_000.0;
    assert!((19.5..20.0).contains(&each), "{each}");
}

#[test]
fn an_iterator_that_panics_or_finds_no_space_leaves_the_texts_as_they_were() {
    for fuse in 0..60 {
        let mut image = Image::<Interner>::new(["one", "two"]).unwrap();
        let done = catch_unwind(AssertUnwindSafe(|| {
            image.edit().extend(
                (0..60)
                    .map(|n| if n == fuse { resume_unwind(std::boxed::Box::new("no")) } else { format!("{}", n % 40) }),
            )
        }));
        assert!(done.is_err() && *image == ["one", "two"] && image.is_well_placed());
        check_no_leak(&image);
        assert_eq!(image.edit().intern("three"), Symbol::nth(2));
    }
    type Call = fn(&mut InternerMut<'_>) -> offset_std::Result<()>;
    let calls: [(&str, Call); 5] = [
        ("intern", |interner| interner.try_intern("a text that takes some room").map(drop)),
        ("extend", |interner| interner.try_extend((0..200).map(|n| format!("text {}", n % 150))).map(drop)),
        ("reserve", |interner| interner.try_reserve(100, 1000)),
        ("shrink_to_fit", |interner| interner.try_shrink_to_fit()),
        ("set", |interner| interner.try_set(["a text that takes some room", "another one of those texts"])),
    ];
    for len in [0, 3, 26, 40] {
        for (name, call) in calls {
            let mut failed = 0;
            for limit in (128u64..).step_by(8) {
                let options = ImageOptions::new().limit(limit);
                let built =
                    Image::<Interner>::with_options(options, std::vec::Vec::from_iter((0..len).map(|n| n.to_string())));
                let Ok(mut image) = built else { continue };
                let before: std::vec::Vec<StdString> = image.iter().map(|(_, text)| text.to_owned()).collect();
                let done = call(&mut image.edit());
                if let Err(error) = &done {
                    assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{error}");
                    failed += 1;
                    assert!(*image == before, "{name} with {limit} bytes");
                }
                assert!(image.is_well_placed());
                check_no_leak(&image);
                if done.is_ok() {
                    break;
                }
            }
            assert!(failed > 0 || name == "shrink_to_fit", "{name} of {len} never failed");
        }
    }
}

mod shared {
    use super::*;
    static_assertions::assert_impl_all!(Interner: Send, Sync);
    static_assertions::assert_not_impl_any!(InternerMut<'static>: Send, Sync);
    static_assertions::assert_not_impl_any!(Interner: Clone, Default);
}
