//! `offset_std::VecDeque` against `std::collections::VecDeque`: random sequences of calls, compared after each, in images, in overlapping and in bounded regions, with saving, loading and mapping
//! among them.
//!
//! In modules: user code that panics, fails and changes the region meanwhile; regions without room; files that were forged.

use std::collections::VecDeque as StdDeque;
use std::fmt::Debug;

use offset_std::prelude::*;
use offset_std::{Region, Space, String, VecDeque, VecDequeMut};
use proptest::prelude::*;
use proptest::sample::Index;

mod attack;
#[path = "model_vec_deque/chaos.rs"]
mod chaos;
#[path = "model_vec_deque/hostile.rs"]
mod hostile;
#[path = "model_vec_deque/room.rs"]
mod room;
#[path = "model_vec_deque/rules.rs"]
mod rules;

#[path = "model_vec/elements.rs"]
#[allow(dead_code, reason = "the vectors' tests use more of it")]
mod elements;
#[path = "attack/nodes.rs"]
mod nodes;

use attack::Temporary;
use elements::{Build, Element, all};

type StdVec<T> = std::vec::Vec<T>;

/// The root: two deques, so that elements can go from one to the other.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Pair<T> {
    deque: VecDeque<T>,
    spare: VecDeque<T>,
}

#[derive(Clone, Debug)]
enum Op<M> {
    PushBack(M),
    PushFront(M),
    PopBack,
    PopFront,
    PopToSpare(bool),
    Insert(Index, M),
    Remove(Index),
    SwapRemove(Index, bool),
    Truncate(Index),
    Clear,
    Extend(StdVec<M>),
    ExtendFromSpare,
    AppendSpare,
    SwapWithSpare,
    SetSpare(StdVec<M>),
    Resize(usize, M),
    Reserve(usize),
    ReserveExact(usize),
    ShrinkToFit,
    Retain(u64),
    RetainMut(u64, u64, M),
    RemoveRange(Index, Index),
    Drain(Index, Index, u64),
    Swap(Index, Index),
    RotateLeft(Index),
    RotateRight(Index),
    MakeContiguous,
    Turn(usize),
    Slices(M, M),
    GetMut(Index, M),
    Ends(M, M),
    IterMut(u64, M),
    RangeMut(Index, Index, M),
    Range(Index, Index, u64),
    Search(M),
    Set(StdVec<M>),
    Copy,
    SaveAndLoad,
    SaveAndMap,
}

fn op<M: Clone + Debug + 'static>(element: BoxedStrategy<M>) -> BoxedStrategy<Op<M>> {
    let many = || prop::collection::vec(element.clone(), 0..12);
    let one = || element.clone();
    let at = any::<Index>;
    let bits = any::<u64>;
    let grows = prop_oneof![
        4 => one().prop_map(Op::PushBack),
        4 => one().prop_map(Op::PushFront),
        3 => (at(), one()).prop_map(|(at, one)| Op::Insert(at, one)),
        2 => many().prop_map(Op::Extend),
        1 => Just(Op::ExtendFromSpare),
        1 => Just(Op::AppendSpare),
        1 => Just(Op::SwapWithSpare),
        1 => many().prop_map(Op::SetSpare),
        1 => (0usize..40, one()).prop_map(|(len, one)| Op::Resize(len, one)),
        1 => (0usize..40).prop_map(Op::Reserve),
        1 => (0usize..40).prop_map(Op::ReserveExact),
        1 => many().prop_map(Op::Set),
    ];
    let shrinks = prop_oneof![
        2 => Just(Op::PopBack),
        2 => Just(Op::PopFront),
        2 => any::<bool>().prop_map(Op::PopToSpare),
        3 => at().prop_map(Op::Remove),
        2 => (at(), any::<bool>()).prop_map(|(at, front)| Op::SwapRemove(at, front)),
        1 => at().prop_map(Op::Truncate),
        1 => Just(Op::Clear),
        2 => Just(Op::ShrinkToFit),
        1 => bits().prop_map(Op::Retain),
        1 => (bits(), bits(), one()).prop_map(|(keep, edit, one)| Op::RetainMut(keep, edit, one)),
        1 => (at(), at()).prop_map(|(a, b)| Op::RemoveRange(a, b)),
        2 => (at(), at(), bits()).prop_map(|(a, b, bits)| Op::Drain(a, b, bits)),
    ];
    let edits = prop_oneof![
        (at(), at()).prop_map(|(a, b)| Op::Swap(a, b)),
        at().prop_map(Op::RotateLeft),
        at().prop_map(Op::RotateRight),
        Just(Op::MakeContiguous),
        (1usize..40).prop_map(Op::Turn),
        (one(), one()).prop_map(|(a, b)| Op::Slices(a, b)),
        (at(), one()).prop_map(|(at, one)| Op::GetMut(at, one)),
        (one(), one()).prop_map(|(a, b)| Op::Ends(a, b)),
        (bits(), one()).prop_map(|(bits, one)| Op::IterMut(bits, one)),
        (at(), at(), one()).prop_map(|(a, b, one)| Op::RangeMut(a, b, one)),
        (at(), at(), bits()).prop_map(|(a, b, bits)| Op::Range(a, b, bits)),
        one().prop_map(Op::Search),
        Just(Op::Copy),
    ];
    let files = prop_oneof![Just(Op::SaveAndLoad), Just(Op::SaveAndMap)];
    prop_oneof![12 => grows, 8 => shrinks, 10 => edits, 1 => files].boxed()
}

fn bit(bits: u64, index: usize) -> bool {
    bits >> (index % 64) & 1 == 1
}

/// Two indices in order, each from 0 to `len`.
fn range(a: &Index, b: &Index, len: usize) -> std::ops::Range<usize> {
    let (a, b) = (a.index(len + 1), b.index(len + 1));
    a.min(b)..a.max(b)
}

/// Where the root is.
enum Home<'r, T: Element> {
    Image(Image<Pair<T>>),
    Region(Own<'r, Pair<T>>),
}

impl<T: Element> Home<'_, T> {
    fn root(&self) -> &Pair<T> {
        match self {
            Home::Image(image) => image,
            Home::Region(own) => own,
        }
    }

    fn edit(&mut self) -> PairMut<'_, T> {
        match self {
            Home::Image(image) => image.edit(),
            Home::Region(own) => own.edit(),
        }
    }
}

struct State<'r, T: Element> {
    home: Home<'r, T>,
    deque: StdDeque<T::Model>,
    spare: StdDeque<T::Model>,
}

fn edit<T: Element>(handle: Option<T::Mut<'_>>, element: Option<&mut T::Model>, to: &T::Model) {
    assert_eq!(handle.is_some(), element.is_some());
    handle.into_iter().for_each(|handle| T::edit(handle, to));
    element.into_iter().for_each(|element| element.clone_from(to));
}

impl<T: Element> State<'_, T> {
    fn apply(&mut self, op: &Op<T::Model>) {
        let mut root = self.home.edit();
        let (len, deque, model) = (self.deque.len(), &mut root.deque, &mut self.deque);
        match op {
            Op::PushBack(one) => {
                deque.push_back(Build(one.clone()));
                model.push_back(one.clone());
            }
            Op::PushFront(one) => {
                deque.push_front(Build(one.clone()));
                model.push_front(one.clone());
            }
            Op::PopBack => assert_eq!(deque.pop_back().map(|popped| popped.model()), model.pop_back()),
            Op::PopFront => assert_eq!(deque.pop_front().map(|popped| popped.model()), model.pop_front()),
            Op::PopToSpare(front) => {
                let (popped, from_model) =
                    if *front { (deque.pop_front(), model.pop_front()) } else { (deque.pop_back(), model.pop_back()) };
                popped.into_iter().for_each(|popped| root.spare.push_front(popped));
                from_model.into_iter().for_each(|element| self.spare.push_front(element));
            }
            Op::Insert(at, one) => {
                deque.insert(at.index(len + 1), Build(one.clone()));
                model.insert(at.index(len + 1), one.clone());
            }
            // One past the end too.
            Op::Remove(at) => {
                let at = at.index(len + 1);
                assert_eq!(deque.remove(at).map(|popped| popped.model()), model.remove(at));
            }
            Op::SwapRemove(at, front) => {
                let at = at.index(len + 1);
                let (popped, from_model) = if *front {
                    (deque.swap_remove_front(at), model.swap_remove_front(at))
                } else {
                    (deque.swap_remove_back(at), model.swap_remove_back(at))
                };
                assert_eq!(popped.map(|popped| popped.model()), from_model);
            }
            Op::Truncate(at) => {
                deque.truncate(at.index(len + 2));
                model.truncate(at.index(len + 2));
            }
            Op::Clear => {
                let capacity = deque.capacity();
                deque.clear();
                assert_eq!(deque.capacity(), capacity);
                model.clear();
            }
            Op::Extend(many) => {
                deque.extend(all(many));
                model.extend(many.iter().cloned());
            }
            Op::ExtendFromSpare => {
                let (front, back) = root.spare.as_slices();
                deque.extend_from_slice(front);
                deque.extend_from_slice(back);
                model.extend(self.spare.iter().cloned());
            }
            Op::AppendSpare => {
                deque.append(&mut root.spare);
                model.append(&mut self.spare);
            }
            Op::SwapWithSpare => {
                deque.swap_with(&mut root.spare);
                std::mem::swap(model, &mut self.spare);
            }
            Op::SetSpare(many) => {
                root.spare.set(from_iter(all(many).into_iter().filter(|_| true)));
                self.spare = many.iter().cloned().collect();
            }
            Op::Resize(to, one) => {
                deque.resize(*to, Build(one.clone()));
                model.resize(*to, one.clone());
            }
            Op::Reserve(extra) => {
                deque.reserve(*extra);
                assert!(deque.capacity() >= len + extra);
            }
            Op::ReserveExact(extra) => {
                deque.try_reserve_exact(*extra).unwrap();
                assert!(deque.capacity() >= len + extra);
            }
            Op::ShrinkToFit => {
                deque.shrink_to_fit();
                // What the last unit has room for.
                assert!(size_of::<T>() == 0 || (deque.capacity() - len) * size_of::<T>() < 8);
            }
            Op::RemoveRange(a, b) => {
                deque.remove_range(range(a, b, len));
                model.drain(range(a, b, len));
            }
            Op::Set(many) => {
                deque.set(all(many));
                *model = many.iter().cloned().collect();
            }
            Op::Copy => {
                let copy = Image::<VecDeque<T>>::new(DeepCopy(deque.as_deque())).unwrap();
                assert_eq!(*copy, *deque.as_deque());
                assert!(copy.as_slices().1.is_empty() && (size_of::<T>() == 0 || copy.capacity() == len));
                deque.set(DeepCopy(&*copy));
            }
            Op::SaveAndLoad => self.load(),
            Op::SaveAndMap => self.map(),
            _ => self.apply_in_order(op),
        }
    }

    /// What removes by a closure, and what puts elements into another order.
    fn apply_in_order(&mut self, op: &Op<T::Model>) {
        let mut root = self.home.edit();
        let (len, deque, model) = (self.deque.len(), &mut root.deque, &mut self.deque);
        match op {
            Op::Retain(bits) => {
                let mut index = 0..;
                deque.retain(|_| bit(*bits, index.next().unwrap()));
                let mut index = 0..;
                model.retain(|_| bit(*bits, index.next().unwrap()));
            }
            Op::RetainMut(keep, edit, one) => {
                let mut index = 0..;
                deque.retain_mut(|place| {
                    let index = index.next().unwrap();
                    if bit(*edit, index) {
                        place.set(Build(one.clone()));
                    }
                    bit(*keep, index)
                });
                let mut index = 0..;
                model.retain_mut(|element| {
                    let index = index.next().unwrap();
                    if bit(*edit, index) {
                        element.clone_from(one);
                    }
                    bit(*keep, index)
                });
            }
            Op::Drain(a, b, bits) => {
                let (mut index, spare) = (0.., &mut root.spare);
                let mut seen = StdVec::new();
                deque.drain(range(a, b, len), |popped| {
                    seen.push(popped.model());
                    if bit(*bits, index.next().unwrap()) {
                        spare.push_back(popped);
                    }
                });
                let drained: StdVec<_> = model.drain(range(a, b, len)).collect();
                assert_eq!(seen, drained);
                let kept = drained.into_iter().enumerate().filter(|(index, _)| bit(*bits, *index));
                self.spare.extend(kept.map(|(_, element)| element));
            }
            Op::Swap(a, b) if len > 0 => {
                deque.swap(a.index(len), b.index(len));
                model.swap(a.index(len), b.index(len));
            }
            Op::RotateLeft(by) => {
                deque.rotate_left(by.index(len + 1));
                model.rotate_left(by.index(len + 1));
            }
            Op::RotateRight(by) => {
                deque.rotate_right(by.index(len + 1));
                model.rotate_right(by.index(len + 1));
            }
            Op::MakeContiguous => {
                assert_eq!(deque.make_contiguous().len(), len);
                assert!(deque.as_slices().1.is_empty());
            }
            // Where the first element is goes round the ring.
            Op::Turn(times) if len > 0 => {
                for _ in 0..*times {
                    let first = deque.pop_front().unwrap().model();
                    deque.push_back(Build(first));
                    model.rotate_left(1);
                }
            }
            _ => self.apply_to_elements(op),
        }
    }

    /// What goes through the elements and their editing handles.
    fn apply_to_elements(&mut self, op: &Op<T::Model>) {
        let mut root = self.home.edit();
        let (len, deque, model) = (self.deque.len(), &mut root.deque, &mut self.deque);
        match op {
            // One past the end too.
            Op::GetMut(at, one) => edit::<T>(deque.get_mut(at.index(len + 1)), model.get_mut(at.index(len + 1)), one),
            Op::Ends(first, last) => {
                edit::<T>(deque.front_mut(), model.front_mut(), first);
                edit::<T>(deque.back_mut(), model.back_mut(), last);
            }
            Op::Slices(first, last) => {
                let (front, back) = deque.as_mut_slices();
                // All are alive at once.
                let handles: StdVec<_> = front.into_iter().chain(back).collect();
                assert_eq!(handles.len(), len);
                let picked = handles.into_iter().zip(model).enumerate();
                for (index, (handle, element)) in picked {
                    edit::<T>(Some(handle), Some(element), if index % 2 == 0 { first } else { last });
                }
            }
            Op::IterMut(bits, one) => {
                let mut handles = deque.iter_mut();
                assert_eq!(handles.len(), len);
                let mut elements = model.iter_mut();
                for index in 0..len + 1 {
                    let (handle, element) = if bit(*bits, index) {
                        (handles.next(), elements.next())
                    } else {
                        (handles.next_back(), elements.next_back())
                    };
                    if index % 3 == 0 {
                        edit::<T>(handle, element, one);
                    }
                }
            }
            Op::RangeMut(a, b, one) => {
                let handles = deque.range_mut(range(a, b, len));
                let elements = model.range_mut(range(a, b, len));
                assert_eq!(handles.len(), elements.len());
                handles.zip(elements).for_each(|(handle, element)| edit::<T>(Some(handle), Some(element), one));
            }
            Op::Range(a, b, bits) => {
                let (mut found, mut expected) = (deque.range(range(a, b, len)), model.range(range(a, b, len)));
                for index in 0..len + 1 {
                    assert_eq!(found.len(), expected.len());
                    let (found, expected) = if bit(*bits, index) {
                        (found.next(), expected.next())
                    } else {
                        (found.next_back(), expected.next_back())
                    };
                    assert_eq!(found.map(T::model).as_ref(), expected);
                }
            }
            Op::Search(one) => {
                let built = Image::<T>::new(Build(one.clone())).unwrap();
                assert_eq!(deque.contains(&*built), model.contains(one));
                deque.make_contiguous().sort();
                model.make_contiguous().sort();
                // So that the sorted elements go on from place 0.
                deque.rotate_left(len / 3);
                deque.rotate_right(len / 3);
                let found = deque.binary_search(&built);
                assert_eq!(found.is_ok(), model.binary_search(one).is_ok());
                assert_eq!(deque.binary_search_by(|element| element.model().cmp(one)), found);
                assert_eq!(deque.binary_search_by_key(one, T::model), found);
                let point = deque.partition_point(|element| element.model() < *one);
                assert_eq!(point, model.partition_point(|element| element < one));
            }
            _ => assert_eq!(len, 0, "{op:?} is skipped for an empty deque only"),
        }
    }

    fn load(&mut self) {
        match &self.home {
            // Not all elements can be told from one another by what they show, so they are compared again afterwards.
            Home::Image(image) => {
                let file = Temporary::new();
                image.save(&file).unwrap();
                let loaded = Image::<Pair<T>>::load(&file).unwrap();
                assert_eq!(loaded.usage().allocated, image.usage().allocated, "something leaked");
                self.home = Home::Image(loaded);
            }
            Home::Region(own) => {
                let file = Temporary::new();
                own.save(&file).unwrap();
                self.compare(&Image::<Pair<T>>::load(&file).unwrap());
            }
        }
    }

    fn map(&mut self) {
        let file = Temporary::new();
        match &self.home {
            Home::Image(image) => image.save(&file).unwrap(),
            Home::Region(own) => own.save(&file).unwrap(),
        }
        // SAFETY: the file is this test's own.
        let mapped = unsafe { Mapped::<Pair<T>>::map(&file) }.unwrap();
        self.compare(&mapped);
    }

    fn compare(&self, root: &Pair<T>) {
        for (deque, model) in [(&root.deque, &self.deque), (&root.spare, &self.spare)] {
            let models = |elements: &[T]| elements.iter().map(T::model).collect::<StdVec<_>>();
            assert_eq!((deque.len(), deque.is_empty()), (model.len(), model.is_empty()));
            assert!(deque.capacity() >= deque.len());
            assert!(deque.iter().map(T::model).eq(model.iter().cloned()));
            let (front, back) = deque.as_slices();
            assert!(models(front).into_iter().chain(models(back)).eq(model.iter().cloned()));
            let by_index = (0..=model.len()).map(|index| deque.get(index).map(T::model));
            assert!(by_index.eq((0..=model.len()).map(|index| model.get(index).cloned())));
            assert_eq!(deque.front().map(T::model).as_ref(), model.front());
            assert_eq!(deque.back().map(T::model).as_ref(), model.back());
        }
    }
}

/// Runs the calls in one kind of home, and releases everything in the end.
fn run_in<T: Element>(home: Home<'_, T>, ops: &[Op<T::Model>]) {
    let mut state = State { home, deque: StdDeque::new(), spare: StdDeque::new() };
    for op in ops {
        state.apply(op);
        state.compare(state.home.root());
    }
    state.load();
    let mut root = state.home.edit();
    for deque in [&mut root.deque, &mut root.spare] {
        deque.clear();
        deque.shrink_to_fit();
    }
    if let Home::Image(image) = &state.home {
        let fresh = Image::<Pair<T>>::new(PairInit { deque: Empty, spare: Empty }).unwrap();
        assert_eq!(image.usage().allocated, fresh.usage().allocated, "something leaked");
    }
}

fn run<T: Element>(ops: &[Op<T::Model>]) {
    let empty = || PairInit { deque: Empty, spare: Empty };
    run_in(Home::Image(Image::<Pair<T>>::new(empty()).unwrap()), ops);
    let space = Space::new().unwrap();
    nodes::dirty(&space);
    for region in [Region::new_in(&space), Region::bounded_in(&space, 1 << 20)] {
        let before = region.usage().allocated;
        run_in(Home::Region(region.alloc::<Pair<T>, _>(empty())), ops);
        // What alignment leaves out in a block counts as allocated.
        assert!(region.usage().allocated == before || align_of::<T>() > 8, "something leaked");
    }
}

impl Element for VecDeque<String> {
    type Model = StdDeque<std::string::String>;
    fn model(&self) -> Self::Model {
        self.iter().map(std::string::String::from).collect()
    }
    fn build<'s>(
        model: Self::Model,
        slot: offset_std::Slot<'s, Self>,
    ) -> Result<offset_std::Filled<'s, Self>, offset_std::Error> {
        slot.build(model)
    }
    fn edit(mut handle: VecDequeMut<'_, String>, to: &Self::Model) {
        handle.truncate(2);
        drop(handle.pop_front());
        handle.extend(to.iter());
        if handle.len() > to.len() {
            drop(handle.pop_front());
        }
    }
    fn strategy() -> BoxedStrategy<Self::Model> {
        prop::collection::vec_deque("[a-z]{0,12}", 0..5).boxed()
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
    a_deque_of_bytes_is_like_std: u8;
    a_deque_of_u64_is_like_std: u64;
    a_deque_of_three_byte_arrays_is_like_std: [u8; 3];
    a_deque_of_zero_sized_values_is_like_std: elements::Nothing;
    a_deque_of_cache_lines_is_like_std: elements::Line;
    a_deque_of_over_aligned_texts_is_like_std: elements::Label;
    a_deque_of_strings_is_like_std: String;
    a_deque_of_deques_of_strings_is_like_std: VecDeque<String>;
    a_deque_of_vectors_of_strings_is_like_std: offset_std::Vec<String>;
    a_deque_of_optional_boxes_is_like_std: Option<offset_std::Box<String>>;
    a_deque_of_padded_records_is_like_std: elements::Record;
}
