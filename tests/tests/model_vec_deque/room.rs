//! Regions that are full, and more elements than there may be.

use offset_std::prelude::*;
use offset_std::{ErrorKind, Region, Space, VecDeque};

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
    let mut image = Image::<VecDeque<tests::model::Nothing>>::new(Empty).unwrap();
    let mut deque = image.edit();
    deque.try_reserve((1 << 31) - 1).unwrap();
    assert!(matches!(deque.try_reserve(1 << 31).unwrap_err().kind(), ErrorKind::TooLong { .. }));
    assert_eq!(deque.capacity(), (1 << 31) - 1);
}
