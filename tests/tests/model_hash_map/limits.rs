//! No space at every allocation: the map is as it was, and goes on.

use offset_std::prelude::*;
use offset_std::{ErrorKind, HashMap, HashMapMut, Image, Result, String};

use super::check_no_leak;

type Map = HashMap<String, String>;
type Call = fn(&mut HashMapMut<'_, String, String>) -> Result<()>;

fn text(number: usize) -> std::string::String {
    format!("a text that takes some room: {number}")
}

const CALLS: &[(&str, Call)] = &[
    ("insert", |map| map.try_insert(text(1000), text(1)).map(drop)),
    ("insert what is there", |map| map.try_insert(text(1), text(2)).map(drop)),
    ("or_insert", |map| map.entry(text(1000)).try_or_insert(text(1)).map(drop)),
    ("try_extend", |map| map.try_extend((0..50).map(|number| (text(number), text(number + 1))))),
    ("reserve", |map| map.try_reserve(200)),
    ("reserve_exact", |map| map.try_reserve_exact(200)),
    ("shrink_to_fit", |map| map.try_shrink_to_fit()),
    ("set", |map| map.try_set([(text(1), text(1)), (text(2), text(2))])),
];

#[test]
fn no_space_at_any_allocation_leaves_the_map_as_it_was() {
    for (len, room) in [(0, 0), (3, 0), (7, 0), (20, 30), (26, 0)] {
        for (name, call) in CALLS {
            // The least that the map itself takes, found by trying.
            let built = |limit| -> Result<Image<Map>> {
                let mut image = Image::<Map>::with_options(
                    ImageOptions::new().limit(limit),
                    from_iter((0..len).map(|n| (text(n), text(n)))),
                )?;
                image.edit().try_reserve(room)?;
                Ok(image)
            };
            let mut failed = 0;
            for limit in (128u64..).step_by(8) {
                let Ok(mut image) = built(limit) else { continue };
                let before: std::collections::BTreeMap<_, _> =
                    image.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
                let done = call(&mut image.edit());
                match &done {
                    Ok(()) => {}
                    Err(error) => {
                        assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{error}");
                        failed += 1;
                        let after: std::collections::BTreeMap<_, _> =
                            image.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
                        assert_eq!(before, after, "{name} with {limit} bytes");
                    }
                }
                assert!(image.is_well_placed());
                check_no_leak(&image);
                if len > 0 {
                    assert!(image.edit().remove(&text(1)).is_some());
                }
                if done.is_ok() {
                    break;
                }
            }
            assert!(failed > 0 || len == 0 || *name == "shrink_to_fit" || room > 0, "{name} of {len} never failed");
        }
    }
}

#[test]
fn an_initialiser_that_finds_no_space_leaves_nothing() {
    for limit in (128..6000).step_by(8) {
        let options = || ImageOptions::new().limit(limit);
        let built = Image::<Map>::with_options(options(), from_iter((0..30).map(|n| (text(n), text(n)))));
        let mut kept = match Image::<offset_std::Vec<Map>>::with_options(options(), Empty) {
            Ok(kept) => kept,
            Err(_) => continue,
        };
        let before = kept.usage().allocated;
        let pushed = kept.edit().try_push(std::vec::Vec::from_iter((0..30).map(|n| (text(n), text(n)))));
        assert!(built.is_ok() || pushed.is_err());
        if pushed.is_err() {
            kept.edit().shrink_to_fit();
            assert_eq!(kept.usage().allocated, before);
        }
    }
}
