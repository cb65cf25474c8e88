//! `offset_std::Interner` against a vector of texts: random sequences of calls, and user code and memory that fail at every step.
//!
//! In a module: files that were forged.

use std::panic::catch_unwind;

use offset_std::prelude::*;
use offset_std::{Interner, InternerMut, Seeded, String, Symbol, Vec};
use tests::model_tests;

mod attack;
#[path = "model_interner/hostile.rs"]
mod hostile;

use attack::check_no_leak;

type StdString = std::string::String;

model_tests! {
    an_interner_is_a_vector_of_texts: is_like_std<Interner>;
    panics_leave_an_interner_as_it_was: survives_panics<Interner>;
    an_interner_without_room_stays_as_it_was: survives_exhaustion<Interner>;
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
    assert!((19.0..20.0).contains(&each), "{each}");
}

mod shared {
    use super::*;
    static_assertions::assert_impl_all!(Interner: Send, Sync);
    static_assertions::assert_not_impl_any!(InternerMut<'static>: Send, Sync);
    static_assertions::assert_not_impl_any!(Interner: Clone, Default);
}
