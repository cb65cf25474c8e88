//! A region as the allocator of other crates' containers.

use std::alloc::Layout;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::ptr::NonNull;

use allocator_api2::alloc::Allocator;
use allocator_api2::boxed::Box as ForeignBox;
use allocator_api2::vec::Vec as ForeignVec;
use offset_std::{Region, Space};
use proptest::prelude::*;
use static_assertions::assert_not_impl_any;

#[path = "attack/nodes.rs"]
mod nodes;

use nodes::{address, build, check, dirty};

type Map<'r, K, V> = hashbrown::HashMap<K, V, BuildHasherDefault<DefaultHasher>, &'r Region>;

// Two threads would share the region's cursor.
assert_not_impl_any!(ForeignVec<u64, &'static Region>: Send, Sync);
assert_not_impl_any!(Map<'static, u64, u64>: Send, Sync);

#[test]
fn maps_grow_and_shrink_in_a_region() {
    let space = Space::new().unwrap();
    dirty(&space);
    let mut region = Region::new_in(&space);
    for round in 0..4u64 {
        {
            let mut map = Map::<u64, ForeignVec<u64, &Region>>::with_hasher_in(Default::default(), &region);
            let node = build(&region, round);
            for key in 0..3000 {
                map.entry(key % 700).or_insert_with(|| ForeignVec::new_in(&region)).push(key * round);
                if key % 5 == 0 {
                    map.remove(&(key % 300));
                }
            }
            let mut model = std::collections::HashMap::<u64, std::vec::Vec<u64>>::new();
            for key in 0..3000 {
                model.entry(key % 700).or_default().push(key * round);
                if key % 5 == 0 {
                    model.remove(&(key % 300));
                }
            }
            map.shrink_to_fit();
            assert_eq!(map.len(), model.len());
            assert!(map.iter().all(|(key, values)| values[..] == model[key][..]));
            check(&node, round);
            if round == 2 {
                std::mem::forget(map);
            }
        }
        region.reset();
    }
}

#[repr(align(4096))]
#[derive(Clone, Copy, PartialEq, Debug)]
struct Page(u64);

#[repr(align(65536))]
struct Wide(u8);

#[test]
fn alignments_beyond_a_line_hold() {
    let space = Space::new().unwrap();
    dirty(&space);
    for region in [Region::new_in(&space), Region::bounded_in(&space, 4 << 20)] {
        let mut pages = ForeignVec::new_in(&region);
        for page in 0..50 {
            pages.push(Page(page));
            let byte = ForeignBox::new_in(7u8, &region);
            assert!(address(&pages[0]).is_multiple_of(4096));
            assert!(*byte == 7 && (0..=page).all(|page| pages[page as usize] == Page(page)));
        }
        let wide = ForeignBox::new_in(Wide(9), &region);
        assert!(address(&*wide).is_multiple_of(65536) && wide.0 == 9);
        let nothing = ForeignVec::<[Page; 0], _>::with_capacity_in(100, &region);
        assert!(nothing.is_empty());
        let empty = ForeignBox::new_in([Page(0); 0], &region);
        assert!(address(&*empty).is_multiple_of(4096));
        assert!(pages.iter().map(|page| page.0).eq(0..50));
    }
}

#[test]
fn what_no_region_can_hold_is_refused() {
    let space = Space::new().unwrap();
    space.set_limit(1 << 20);
    for region in [&Region::new_in(&space), &Region::bounded_in(&space, 4096)] {
        for size in [1 << 21, 1 << 34, 1 << 40, isize::MAX as usize & !7] {
            assert!(region.allocate(Layout::from_size_align(size, 8).unwrap()).is_err(), "{size:#x}");
        }
        for shift in 21..63 {
            let layout = Layout::from_size_align(8, 1 << shift).unwrap();
            assert!(region.allocate(layout).is_err(), "1 << {shift}");
        }
        let mut vec = ForeignVec::<u64, _>::new_in(region);
        vec.extend(0..100);
        assert!(vec.try_reserve(1 << 30).is_err());
        assert!(vec.iter().copied().eq(0..100));
    }
}

#[test]
fn a_full_region_shrinks_and_grows_within_a_unit() {
    let region = Region::bounded(4096);
    let mut vec = ForeignVec::with_capacity_in(4096, &region);
    vec.extend([7u8; 99]);
    vec.shrink_to_fit();
    assert_eq!(vec.capacity(), 99);
    let mut others: std::vec::Vec<_> = (0..499).map(|_| ForeignBox::new_in(1u64, &region)).collect();
    assert!(ForeignBox::try_new_in(1u64, &region).is_err());
    vec.reserve_exact(5);
    assert_eq!((&*vec, vec.capacity()), (&[7; 99][..], 104));
    others.truncate(10);
    vec.extend([7; 3000]);
    assert!(vec.iter().all(|byte| *byte == 7) && others.iter().all(|one| **one == 1));
}

/// A block that a test holds: where, its layout, and what it is filled with.
struct Held {
    at: NonNull<u8>,
    layout: Layout,
    fill: u8,
}

impl Held {
    fn fill(&self) {
        // SAFETY: as many bytes as were asked for, and nobody else's.
        unsafe { self.at.write_bytes(self.fill, self.layout.size()) };
    }

    fn check(&self, len: usize) {
        // SAFETY: filled when it was allocated.
        let bytes = unsafe { std::slice::from_raw_parts(self.at.as_ptr(), len) };
        assert!(bytes.iter().all(|byte| *byte == self.fill), "{:?} at {:?}", self.layout, self.at);
        assert!(self.at.addr().get().is_multiple_of(self.layout.align()));
    }
}

#[derive(Clone, Debug)]
enum Step {
    Allocate { size: usize, align: u32, zeroed: bool },
    Free(prop::sample::Index),
    Resize { which: prop::sample::Index, size: usize, align: u32, zeroed: bool },
    Values,
}

fn size() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 0usize..40, 3 => 0usize..600, 2 => 0usize..9000, 1 => 0usize..100_000]
}

fn step() -> impl Strategy<Value = Step> {
    let align = prop_oneof![6 => 0u32..5, 2 => 5u32..8, 1 => 8u32..14];
    prop_oneof![
        5 => (size(), align.clone(), any::<bool>()).prop_map(|(size, align, zeroed)| Step::Allocate { size, align, zeroed }),
        3 => any::<prop::sample::Index>().prop_map(Step::Free),
        3 => (any::<prop::sample::Index>(), size(), align, any::<bool>())
            .prop_map(|(which, size, align, zeroed)| Step::Resize { which, size, align, zeroed }),
        1 => Just(Step::Values),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Against what was written: no byte is handed out twice, nothing is lost when a block is resized, alignment holds, zeroed memory is zero.
    #[test]
    fn never_hands_out_a_byte_twice(steps in prop::collection::vec(step(), 1..250), bounded in any::<bool>()) {
        let space = Space::new().unwrap();
        dirty(&space);
        let owner = if bounded { Region::bounded_in(&space, 300_000) } else { Region::new_in(&space) };
        let region = &owner;
        let neighbour = Region::new_in(&space);
        let mut held: std::vec::Vec<Held> = std::vec::Vec::new();
        let mut values = std::vec::Vec::new();
        for (step, fill) in steps.into_iter().zip((1..=255u8).cycle()) {
            match step {
                Step::Allocate { size, align, zeroed } => {
                    let layout = Layout::from_size_align(size, 1 << align).unwrap();
                    let block = if zeroed { region.allocate_zeroed(layout) } else { region.allocate(layout) };
                    let Ok(block) = block else { prop_assert!(bounded); continue };
                    prop_assert!(block.len() >= size);
                    let one = Held { at: block.cast(), layout, fill };
                    if zeroed {
                        Held { fill: 0, ..one }.check(size);
                    }
                    one.fill();
                    held.push(one);
                }
                Step::Free(which) if !held.is_empty() => {
                    let one = held.swap_remove(which.index(held.len()));
                    one.check(one.layout.size());
                    // SAFETY: allocated from this region with this layout, and forgotten.
                    unsafe { region.deallocate(one.at, one.layout) };
                }
                Step::Resize { which, size, align, zeroed } if !held.is_empty() => {
                    let at = which.index(held.len());
                    let one = &mut held[at];
                    let (old, layout) = (one.layout, Layout::from_size_align(size, 1 << align).unwrap());
                    let done = if size >= old.size() && zeroed {
                        // SAFETY: allocated from this region with the old layout, and the new one isn't smaller.
                        unsafe { region.grow_zeroed(one.at, old, layout) }
                    } else if size >= old.size() {
                        // SAFETY: as above.
                        unsafe { region.grow(one.at, old, layout) }
                    } else {
                        // SAFETY: allocated from this region with the old layout, and the new one is smaller.
                        unsafe { region.shrink(one.at, old, layout) }
                    };
                    let Ok(block) = done else { prop_assert!(bounded); continue };
                    prop_assert!(block.len() >= size);
                    (one.at, one.layout) = (block.cast(), layout);
                    one.check(old.size().min(size));
                    if size > old.size() && zeroed {
                        // SAFETY: inside the block, and initialised, which is what is tested.
                        let all = unsafe { std::slice::from_raw_parts(one.at.as_ptr(), size) };
                        let added = &all[old.size()..];
                        prop_assert!(added.iter().all(|byte| *byte == 0));
                    }
                    one.fill = fill;
                    one.fill();
                }
                Step::Values => {
                    check(&build(&neighbour, fill.into()), fill.into());
                    if let Ok(node) = nodes::try_build(region, fill.into()) {
                        values.push((node, u64::from(fill)));
                    }
                    if values.len() > 3 {
                        values.swap_remove(0);
                    }
                }
                Step::Free(_) | Step::Resize { .. } => {}
            }
        }
        held.iter().for_each(|one| one.check(one.layout.size()));
        values.iter().for_each(|(value, seed)| check(value, *seed));
        let mut ends: std::vec::Vec<_> = held.iter().map(|one| (one.at.addr().get(), one.layout.size())).collect();
        ends.retain(|(_, size)| *size > 0);
        ends.sort_unstable();
        prop_assert!(ends.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0));
    }
}
