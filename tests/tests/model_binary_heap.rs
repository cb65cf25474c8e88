//! `offset_std::BinaryHeap` against `std::collections::BinaryHeap`: random sequences of calls, compared after each, in images, in overlapping and in bounded regions, with saving, loading and mapping
//! among them.
//!
//! In modules: orders that panic and lie; regions without room; files that were forged, traits.

use std::collections::BinaryHeap as StdHeap;
use std::fmt::Debug;

use offset_std::prelude::*;
use offset_std::{BinaryHeap, BinaryHeapMut, Region, Space, String};
use proptest::prelude::*;

mod attack;
#[path = "model_binary_heap/order.rs"]
mod order;
#[path = "model_binary_heap/room.rs"]
mod room;
#[path = "model_binary_heap/rules.rs"]
mod rules;

#[path = "model_vec/elements.rs"]
#[allow(dead_code, reason = "the vectors' tests use more of it")]
mod elements;
#[path = "attack/nodes.rs"]
mod nodes;

use attack::Temporary;
use elements::{Build, Element, all, rank};

type StdVec<T> = std::vec::Vec<T>;

/// The root: two heaps, so that elements can go from one to the other.
#[derive(Relocatable)]
#[repr(C)]
struct Pair<T> {
    heap: BinaryHeap<T>,
    spare: BinaryHeap<T>,
}

#[derive(Clone, Debug)]
enum Op<M> {
    Push(M),
    Pop,
    PopToSpare,
    PeekAndLook,
    PeekAndSet(M),
    PeekAndEdit(M),
    PeekAndPop(Option<M>),
    PeekAndForget(M),
    Extend(StdVec<M>),
    AppendSpare,
    SwapWithSpare,
    SetSpare(StdVec<M>),
    Set(StdVec<M>),
    SetFromVector(StdVec<M>),
    Retain(usize),
    Drain(usize),
    Clear,
    Reserve(usize),
    ReserveExact(usize),
    ShrinkToFit,
    Sort,
    IntoSorted,
    Copy,
    SaveAndLoad,
    SaveAndMap,
}

fn op<M: Clone + Debug + 'static>(element: BoxedStrategy<M>) -> BoxedStrategy<Op<M>> {
    let many = || prop::collection::vec(element.clone(), 0..20);
    let one = || element.clone();
    prop_oneof![
        8 => one().prop_map(Op::Push),
        5 => Just(Op::Pop),
        2 => Just(Op::PopToSpare),
        1 => Just(Op::PeekAndLook),
        2 => one().prop_map(Op::PeekAndSet),
        2 => one().prop_map(Op::PeekAndEdit),
        1 => prop::option::of(one()).prop_map(Op::PeekAndPop),
        1 => one().prop_map(Op::PeekAndForget),
        3 => many().prop_map(Op::Extend),
        1 => Just(Op::AppendSpare),
        1 => Just(Op::SwapWithSpare),
        1 => many().prop_map(Op::SetSpare),
        1 => many().prop_map(Op::Set),
        1 => many().prop_map(Op::SetFromVector),
        1 => (0usize..3).prop_map(Op::Retain),
        1 => (0usize..3).prop_map(Op::Drain),
        1 => Just(Op::Clear),
        1 => (0usize..40).prop_map(Op::Reserve),
        1 => (0usize..40).prop_map(Op::ReserveExact),
        1 => Just(Op::ShrinkToFit),
        1 => Just(Op::Sort),
        1 => Just(Op::IntoSorted),
        1 => Just(Op::Copy),
        1 => Just(Op::SaveAndLoad),
        1 => Just(Op::SaveAndMap),
    ]
    .boxed()
}

/// Where the root is.
enum Home<'r, T: Element> {
    Image(Image<Pair<T>>),
    Region(&'r Region, Own<'r, Pair<T>>),
}

impl<T: Element> Home<'_, T> {
    fn root(&self) -> &Pair<T> {
        match self {
            Home::Image(image) => image,
            Home::Region(_, own) => own,
        }
    }

    fn edit(&mut self) -> PairMut<'_, T> {
        match self {
            Home::Image(image) => image.edit(),
            Home::Region(_, own) => own.edit(),
        }
    }
}

struct State<'r, T: Element> {
    home: Home<'r, T>,
    heap: StdHeap<T::Model>,
    spare: StdHeap<T::Model>,
}

impl<T: Element> State<'_, T> {
    fn apply(&mut self, op: &Op<T::Model>) {
        match op {
            Op::SetFromVector(many) => return self.set_from_vector(many),
            Op::SaveAndLoad => return self.load(),
            Op::SaveAndMap => return self.map(),
            _ => {}
        }
        let mut root = self.home.edit();
        let (len, heap, model) = (self.heap.len(), &mut root.heap, &mut self.heap);
        match op {
            Op::Push(one) => {
                heap.push(Build(one.clone()));
                model.push(one.clone());
            }
            Op::Pop => assert_eq!(heap.pop().map(|popped| popped.model()), model.pop()),
            Op::PopToSpare => {
                heap.pop().into_iter().for_each(|popped| root.spare.push(popped));
                model.pop().into_iter().for_each(|element| self.spare.push(element));
            }
            Op::Extend(many) => {
                heap.extend(all(many));
                model.extend(many.iter().cloned());
            }
            Op::AppendSpare => {
                heap.append(&mut root.spare);
                model.append(&mut self.spare);
                assert!(root.spare.is_empty());
            }
            Op::SwapWithSpare => {
                heap.swap_with(&mut root.spare);
                std::mem::swap(model, &mut self.spare);
            }
            Op::SetSpare(many) => {
                self.spare = many.iter().cloned().collect();
                root.spare.set(from_iter(all(many).into_iter().filter(|_| true)));
            }
            Op::Set(many) => {
                heap.set(all(many));
                *model = many.iter().cloned().collect();
            }
            Op::Retain(gone) => {
                heap.retain(|element| rank(&element.model()) != *gone);
                model.retain(|element| rank(element) != *gone);
            }
            Op::Drain(kept) => {
                let spare = &mut root.spare;
                heap.drain(|popped| {
                    if rank(&popped.model()) == *kept {
                        spare.push(popped);
                    }
                });
                self.spare.extend(model.drain().filter(|element| rank(element) == *kept));
            }
            Op::Clear => {
                heap.clear();
                model.clear();
            }
            Op::Reserve(extra) => {
                heap.reserve(*extra);
                assert!(heap.capacity() >= len + extra);
            }
            Op::ReserveExact(extra) => {
                heap.try_reserve_exact(*extra).unwrap();
                assert!(heap.capacity() >= len + extra);
            }
            Op::ShrinkToFit => {
                heap.shrink_to_fit();
                assert!(size_of::<T>() == 0 || heap.capacity() == len);
            }
            Op::Sort => {
                heap.sort();
                assert!(heap.as_slice().is_sorted_by(|one, next| one >= next));
            }
            Op::IntoSorted => {
                let sorted = root.heap.into_sorted();
                assert!(sorted.iter().rev().map(T::model).eq(model.clone().into_sorted_vec()));
            }
            Op::Copy => {
                let copy = Image::<BinaryHeap<T>>::new(DeepCopy(heap.as_heap())).unwrap();
                assert!(copy.is_heap());
                heap.set(DeepCopy(&*copy));
            }
            _ => Self::peek(heap, model, op),
        }
    }

    /// What goes through the guard of the greatest element.
    fn peek(heap: &mut BinaryHeapMut<'_, T>, model: &mut StdHeap<T::Model>, op: &Op<T::Model>) {
        let (guard, greatest) = (heap.peek_mut(), model.peek_mut());
        assert_eq!(guard.is_some(), greatest.is_some());
        let (Some(mut guard), Some(mut greatest)) = (guard, greatest) else { return };
        assert_eq!(guard.model(), *greatest);
        match op {
            Op::PeekAndLook => {}
            Op::PeekAndSet(one) => {
                guard.set(Build(one.clone()));
                assert_eq!(guard.model(), *one);
                greatest.clone_from(one);
            }
            Op::PeekAndEdit(one) => {
                // The same by the handle of the whole value.
                guard.place().set(Build(one.clone()));
                greatest.clone_from(one);
            }
            Op::PeekAndPop(edited) => {
                if let Some(one) = edited {
                    guard.set(Build(one.clone()));
                    greatest.clone_from(one);
                }
                let expected = greatest.clone();
                assert_eq!(guard.pop().model(), expected);
                // Std's guard pops what is the greatest after an edit; ours what it guards.
                drop(greatest);
                let mut others = model.drain().collect::<StdVec<_>>();
                let at = others.iter().position(|other| *other == expected).unwrap();
                others.swap_remove(at);
                model.extend(others);
            }
            Op::PeekAndForget(one) => {
                guard.set(Build(one.clone()));
                greatest.clone_from(one);
                std::mem::forget(guard);
                heap.restore();
            }
            _ => unreachable!("{op:?} is handled elsewhere"),
        }
    }

    /// A vector of the same region that is given up becomes the heap, without a copy of its elements.
    fn set_from_vector(&mut self, many: &[T::Model]) {
        match &mut self.home {
            Home::Image(image) => image.edit().heap.set(all(many)),
            Home::Region(region, root) => {
                let vector = region.alloc::<offset_std::Vec<T>, _>(all(many));
                let elements = vector.as_ptr();
                root.edit().heap.set(vector);
                assert!(many.is_empty() || std::ptr::eq(root.heap.as_slice().as_ptr(), elements));
            }
        }
        self.heap = many.iter().cloned().collect();
    }

    fn load(&mut self) {
        let file = Temporary::new();
        match &self.home {
            Home::Image(image) => {
                image.save(&file).unwrap();
                let loaded = Image::<Pair<T>>::load(&file).unwrap();
                assert_eq!(loaded.usage().allocated, image.usage().allocated, "something leaked");
                self.home = Home::Image(loaded);
            }
            Home::Region(_, own) => {
                own.save(&file).unwrap();
                self.compare(&Image::<Pair<T>>::load(&file).unwrap());
            }
        }
    }

    fn map(&mut self) {
        let file = Temporary::new();
        match &self.home {
            Home::Image(image) => image.save(&file).unwrap(),
            Home::Region(_, own) => own.save(&file).unwrap(),
        }
        // SAFETY: the file is this test's own.
        let mapped = unsafe { Mapped::<Pair<T>>::map(&file) }.unwrap();
        self.compare(&mapped);
    }

    fn compare(&self, root: &Pair<T>) {
        for (heap, model) in [(&root.heap, &self.heap), (&root.spare, &self.spare)] {
            assert_eq!((heap.len(), heap.is_empty()), (model.len(), model.is_empty()));
            assert!(heap.is_heap());
            assert_eq!(heap.peek().map(T::model).as_ref(), model.peek());
            let sorted = heap.to_sorted_vec().into_iter().map(T::model);
            assert!(sorted.eq(model.clone().into_sorted_vec()));
            assert_eq!(heap.iter().count(), heap.into_iter().len());
        }
    }
}

/// Runs the calls in one kind of home, and releases everything in the end.
fn run_in<T: Element>(home: Home<'_, T>, ops: &[Op<T::Model>]) {
    let mut state = State { home, heap: StdHeap::new(), spare: StdHeap::new() };
    for op in ops {
        state.apply(op);
        state.compare(state.home.root());
    }
    state.load();
    let mut root = state.home.edit();
    let mut popped = StdVec::new();
    while let Some(element) = root.heap.pop() {
        popped.push(element.model());
    }
    popped.reverse();
    assert_eq!(popped, state.heap.into_sorted_vec());
    root.spare.clear();
    for heap in [&mut root.heap, &mut root.spare] {
        heap.shrink_to_fit();
    }
    if let Home::Image(image) = &state.home {
        let fresh = Image::<Pair<T>>::new(PairInit { heap: Empty, spare: Empty }).unwrap();
        assert_eq!(image.usage().allocated, fresh.usage().allocated, "something leaked");
    }
}

fn run<T: Element>(ops: &[Op<T::Model>]) {
    let empty = || PairInit { heap: Empty, spare: Empty };
    run_in(Home::Image(Image::<Pair<T>>::new(empty()).unwrap()), ops);
    let space = Space::new().unwrap();
    nodes::dirty(&space);
    for region in [Region::new_in(&space), Region::bounded_in(&space, 1 << 20)] {
        let before = region.usage().allocated;
        run_in(Home::Region(&region, region.alloc::<Pair<T>, _>(empty())), ops);
        // What alignment leaves out in a block counts as allocated.
        assert!(region.usage().allocated == before || align_of::<T>() > 8, "something leaked");
    }
}

macro_rules! model {
    ($($name:ident: $element:ty;)*) => {$(
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(100))]
            #[test]
            fn $name(ops in prop::collection::vec(op(<$element>::strategy()), 1..80)) {
                run::<$element>(&ops);
            }
        }
    )*};
}

model! {
    a_heap_of_bytes_is_like_std: u8;
    a_heap_of_u64_is_like_std: u64;
    a_heap_of_three_byte_arrays_is_like_std: [u8; 3];
    a_heap_of_zero_sized_values_is_like_std: elements::Nothing;
    a_heap_of_cache_lines_is_like_std: elements::Line;
    a_heap_of_over_aligned_texts_is_like_std: elements::Label;
    a_heap_of_strings_is_like_std: String;
    a_heap_of_vectors_of_strings_is_like_std: offset_std::Vec<String>;
    a_heap_of_padded_records_is_like_std: elements::Record;
}
