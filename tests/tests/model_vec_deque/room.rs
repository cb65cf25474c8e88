//! No space at every allocation: the call says so, the deque is as it was, and goes on.

use offset_std::prelude::*;
use offset_std::{ErrorKind, Region, Result, Space, String, VecDeque, VecDequeMut};

use super::attack::check_no_leak;

type Call = fn(&mut VecDequeMut<'_, String>) -> Result<()>;

const TEXT: &str = "more text than a unit has room for";

fn others() -> Image<VecDeque<String>> {
    Image::new([TEXT; 20]).unwrap()
}

const CALLS: &[(&str, Call)] = &[
    ("push_back", |deque| deque.try_push_back(TEXT)),
    ("push_front", |deque| deque.try_push_front(TEXT)),
    ("insert", |deque| deque.try_insert(deque.len() / 3, TEXT)),
    ("insert further behind", |deque| deque.try_insert(deque.len() - deque.len() / 3, TEXT)),
    ("extend", |deque| deque.try_extend([TEXT; 20])),
    ("extend from a slice", |deque| deque.try_extend_from_slice(others().as_slices().0)),
    ("append from another region", |deque| {
        let mut others = others();
        let done = deque.try_append(&mut others.edit());
        assert_eq!(others.len(), if done.is_ok() { 0 } else { 20 });
        done
    }),
    ("resize", |deque| deque.try_resize(deque.len() + 9, TEXT)),
    ("reserve", |deque| deque.try_reserve(50)),
    ("reserve_exact", |deque| deque.try_reserve_exact(50)),
    ("set", |deque| deque.try_set([TEXT; 12])),
    ("copy", |deque| deque.try_set(DeepCopy(&*others()))),
    ("swap with another region", |deque| {
        let mut others = others();
        let done = deque.try_swap_with(&mut others.edit());
        assert!(done.is_ok() || others.iter().all(|text| text == TEXT) && others.len() == 20);
        done
    }),
];

fn texts(deque: &VecDeque<String>) -> std::vec::Vec<std::string::String> {
    deque.iter().map(std::string::String::from).collect()
}

/// A deque of so many texts whose first one isn't in place 0.
fn fill(deque: &mut VecDequeMut<'_, String>, len: usize) -> Result<()> {
    deque.try_extend((0..len).map(|number| format!("a text that takes some room: {number}")))?;
    for _ in 0..len / 2 {
        deque.rotate_left(1);
    }
    Ok(())
}

#[test]
fn no_space_at_any_allocation_leaves_the_deque_as_it_was() {
    for len in [0, 5, 7, 20] {
        for (name, call) in CALLS {
            let mut failed = 0;
            for limit in (128u64..).step_by(8) {
                let Ok(mut image) = Image::<VecDeque<String>>::with_options(ImageOptions::new().limit(limit), Empty)
                else {
                    continue;
                };
                if fill(&mut image.edit(), len).is_err() {
                    continue;
                }
                let before = texts(&image);
                let done = call(&mut image.edit());
                if let Err(error) = &done {
                    assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{error}");
                    failed += 1;
                    assert_eq!(texts(&image), before, "{name} with {limit} bytes");
                    // Removing, and putting in another order, takes no room.
                    let mut deque = image.edit();
                    deque.rotate_left(len / 3);
                    deque.rotate_right(len / 3);
                    deque.make_contiguous();
                    deque.shrink_to_fit();
                    assert_eq!(texts(&deque), before);
                    if len > 0 {
                        assert_eq!(deque.pop_front().unwrap().as_str(), before[0]);
                        deque.push_back("short");
                    }
                }
                check_no_leak(&image);
                if done.is_ok() {
                    break;
                }
            }
            assert!(failed > 0, "{name} of {len} never failed");
        }
    }
}

#[test]
fn a_bounded_region_that_is_full_says_so_and_goes_on() {
    let space = Space::new().unwrap();
    let region = Region::bounded_in(&space, 4096);
    let mut own = region.alloc::<VecDeque<u64>, _>(Empty);
    let mut deque = own.edit();
    let error = (0..).find_map(|number| deque.try_push_front(number).err()).unwrap();
    assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{error}");
    let len = deque.len() as u64;
    assert!(len > 100 && deque.iter().copied().eq((0..len).rev()));
    // Room that is given up is room for others.
    while deque.len() as u64 > len / 2 {
        deque.pop_back().unwrap();
    }
    deque.shrink_to_fit();
    assert!(region.try_alloc::<VecDeque<u64>, _>([7; 8]).is_ok());
    assert!(own.iter().copied().eq((len - len / 2..len).rev()));
}

#[test]
fn too_many_elements_are_an_error() {
    let mut image = Image::<VecDeque<u8>>::new([1]).unwrap();
    let error = image.edit().try_reserve(usize::MAX / 2).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLong { .. }), "{error}");
    let mut image = Image::<VecDeque<super::elements::Nothing>>::new(Empty).unwrap();
    let mut deque = image.edit();
    deque.try_reserve((1 << 31) - 1).unwrap();
    assert!(matches!(deque.try_reserve(1 << 31).unwrap_err().kind(), ErrorKind::TooLong { .. }));
    assert_eq!(deque.capacity(), (1 << 31) - 1);
}
