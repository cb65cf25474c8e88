//! No space at every allocation: the call says so, the heap is as it was, and goes on.

use offset_std::prelude::*;
use offset_std::{BinaryHeap, BinaryHeapMut, ErrorKind, Result, String};

use super::attack::Temporary;

type Call = fn(&mut BinaryHeapMut<'_, String>) -> Result<()>;

const TEXT: &str = "more text than a unit has room for";

fn others() -> Image<BinaryHeap<String>> {
    Image::new([TEXT; 20]).unwrap()
}

const CALLS: &[(&str, Call)] = &[
    ("push", |heap| heap.try_push(TEXT)),
    ("peek and set", |heap| heap.peek_mut().map_or(Ok(()), |mut guard| guard.try_set(TEXT))),
    ("extend", |heap| heap.try_extend([TEXT; 20])),
    ("append from another region", |heap| {
        let mut others = others();
        let done = heap.try_append(&mut others.edit());
        assert_eq!(others.len(), if done.is_ok() { 0 } else { 20 });
        done
    }),
    ("reserve", |heap| heap.try_reserve(50)),
    ("reserve_exact", |heap| heap.try_reserve_exact(50)),
    ("set", |heap| heap.try_set([TEXT; 12])),
    ("copy", |heap| heap.try_set(DeepCopy(&*others()))),
    ("swap with another region", |heap| {
        let mut others = others();
        let done = heap.try_swap_with(&mut others.edit());
        assert!(done.is_ok() || others.iter().all(|text| text == TEXT) && others.len() == 20);
        done
    }),
];

fn texts(heap: &BinaryHeap<String>) -> std::vec::Vec<std::string::String> {
    heap.iter().map(std::string::String::from).collect()
}

#[test]
fn no_space_at_any_allocation_leaves_the_heap_as_it_was() {
    for len in [0, 5, 7, 20] {
        for (name, call) in CALLS {
            let mut failed = 0;
            for limit in (128u64..).step_by(8) {
                let texts_of = (0..len).map(|number| format!("a text that takes some room: {}", number * 7 % 10));
                let options = ImageOptions::new().limit(limit);
                let Ok(mut image) = Image::<BinaryHeap<String>>::with_options(options, from_iter(texts_of)) else {
                    continue;
                };
                let before = texts(&image);
                let done = call(&mut image.edit());
                if let Err(error) = &done {
                    assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{error}");
                    failed += 1;
                    assert_eq!(texts(&image), before, "{name} with {limit} bytes");
                }
                assert!(image.is_heap());
                let file = Temporary::new();
                image.save(&file).unwrap();
                let loaded = Image::<BinaryHeap<String>>::load(&file).unwrap();
                assert_eq!(texts(&loaded), texts(&image));
                assert_eq!(loaded.usage().allocated, image.usage().allocated, "{name} leaked with {limit} bytes");
                // Removing takes no room, and makes some.
                let mut heap = image.edit();
                let greatest = heap.to_sorted_vec().last().map(|text| text.as_str().to_owned());
                assert_eq!(heap.pop().map(|popped| popped.as_str().to_owned()), greatest);
                heap.retain(|text| !text.ends_with('3'));
                assert!(heap.is_heap());
                if done.is_ok() {
                    break;
                }
            }
            assert!(failed > 0 || *name == "peek and set" && len == 0, "{name} of {len} never failed");
        }
    }
}
