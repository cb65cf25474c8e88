//! `offset_std::Vec` against `std::vec::Vec`: random sequences of calls, compared after each, with saving, loading and mapping among them.

use std::fmt::Debug;

use offset_std::Vec;
use offset_std::prelude::*;
use proptest::prelude::*;
use proptest::sample::Index;
use tests::Scratch;

#[path = "model_vec/elements.rs"]
mod elements;

use elements::{Build, Element, all, rank};

type StdVec<T> = std::vec::Vec<T>;

/// The root: two vectors, so that elements can go from one to the other.
#[derive(Relocatable)]
#[repr(C)]
struct Pair<T> {
    vec: Vec<T>,
    spare: Vec<T>,
}

#[derive(Clone, Debug)]
enum Op<M> {
    Push(M),
    Pop,
    Insert(Index, M),
    Remove(Index),
    SwapRemove(Index),
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
    Dedup,
    DedupByKey,
    DedupBy,
    RemoveRange(Index, Index),
    Drain(Index, Index, u64),
    Sort,
    SortByKey,
    SortUnstable,
    Swap(Index, Index),
    Reverse,
    RotateLeft(Index),
    RotateRight(Index),
    GetMut(Index, M),
    IterMut(u64, M),
    FirstMut(M),
    LastMut(M),
    SplitAtMut(Index, M, M),
    SetElement(Index, M),
    Set(StdVec<M>),
    SaveAndLoad,
    SaveAndMap,
}

fn op<M: Clone + Debug + 'static>(element: BoxedStrategy<M>) -> BoxedStrategy<Op<M>> {
    let many = || prop::collection::vec(element.clone(), 0..12);
    let one = || element.clone();
    let at = any::<Index>;
    let bits = any::<u64>;
    let grows = prop_oneof![
        4 => one().prop_map(Op::Push),
        2 => (at(), one()).prop_map(|(at, one)| Op::Insert(at, one)),
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
        2 => Just(Op::Pop),
        2 => at().prop_map(Op::Remove),
        2 => at().prop_map(Op::SwapRemove),
        1 => at().prop_map(Op::Truncate),
        1 => Just(Op::Clear),
        2 => Just(Op::ShrinkToFit),
        1 => bits().prop_map(Op::Retain),
        1 => (bits(), bits(), one()).prop_map(|(keep, edit, one)| Op::RetainMut(keep, edit, one)),
        1 => Just(Op::Dedup),
        1 => Just(Op::DedupByKey),
        1 => Just(Op::DedupBy),
        1 => (at(), at()).prop_map(|(a, b)| Op::RemoveRange(a, b)),
        1 => (at(), at(), bits()).prop_map(|(a, b, bits)| Op::Drain(a, b, bits)),
    ];
    let edits = prop_oneof![
        Just(Op::Sort),
        Just(Op::SortByKey),
        Just(Op::SortUnstable),
        (at(), at()).prop_map(|(a, b)| Op::Swap(a, b)),
        Just(Op::Reverse),
        at().prop_map(Op::RotateLeft),
        at().prop_map(Op::RotateRight),
        (at(), one()).prop_map(|(at, one)| Op::GetMut(at, one)),
        (bits(), one()).prop_map(|(bits, one)| Op::IterMut(bits, one)),
        one().prop_map(Op::FirstMut),
        one().prop_map(Op::LastMut),
        (at(), one(), one()).prop_map(|(at, a, b)| Op::SplitAtMut(at, a, b)),
        (at(), one()).prop_map(|(at, one)| Op::SetElement(at, one)),
    ];
    let files = prop_oneof![Just(Op::SaveAndLoad), Just(Op::SaveAndMap)];
    prop_oneof![12 => grows, 8 => shrinks, 8 => edits, 1 => files].boxed()
}

fn bit(bits: u64, index: usize) -> bool {
    bits >> (index % 64) & 1 == 1
}

/// Two indices in order, each from 0 to `len`.
fn range(a: &Index, b: &Index, len: usize) -> std::ops::Range<usize> {
    let (a, b) = (a.index(len + 1), b.index(len + 1));
    a.min(b)..a.max(b)
}

struct State<T: Element> {
    image: Image<Pair<T>>,
    vec: StdVec<T::Model>,
    spare: StdVec<T::Model>,
    scratch: Scratch,
}

impl<T: Element> State<T> {
    fn apply(&mut self, op: &Op<T::Model>) {
        let mut root = self.image.edit();
        let (len, vec, model) = (self.vec.len(), &mut root.vec, &mut self.vec);
        match op {
            Op::Push(one) => {
                vec.push(Build(one.clone()));
                model.push(one.clone());
            }
            Op::Pop => assert_eq!(vec.pop().map(|popped| popped.model()), model.pop()),
            Op::Insert(at, one) => {
                let at = at.index(len + 1);
                vec.insert(at, Build(one.clone()));
                model.insert(at, one.clone());
            }
            Op::Remove(at) if len > 0 => assert_eq!(vec.remove(at.index(len)).model(), model.remove(at.index(len))),
            Op::SwapRemove(at) if len > 0 => {
                assert_eq!(vec.swap_remove(at.index(len)).model(), model.swap_remove(at.index(len)));
            }
            Op::Truncate(at) => {
                vec.truncate(at.index(len + 2));
                model.truncate(at.index(len + 2));
            }
            Op::Clear => {
                vec.clear();
                model.clear();
            }
            Op::Extend(many) => {
                vec.extend(all(many));
                model.extend(many.iter().cloned());
            }
            Op::ExtendFromSpare => {
                vec.extend_from_slice(&root.spare);
                model.extend_from_slice(&self.spare);
            }
            Op::AppendSpare => {
                vec.append(&mut root.spare);
                model.append(&mut self.spare);
            }
            Op::SwapWithSpare => {
                vec.swap_with(&mut root.spare);
                std::mem::swap(model, &mut self.spare);
            }
            Op::SetSpare(many) => {
                root.spare.set(from_iter(all(many).into_iter().filter(|_| true)));
                self.spare.clone_from(many);
            }
            Op::Resize(to, one) => {
                vec.resize(*to, Build(one.clone()));
                model.resize(*to, one.clone());
            }
            Op::Reserve(extra) => {
                vec.reserve(*extra);
                assert!(vec.capacity() >= len + extra);
            }
            Op::ReserveExact(extra) => {
                vec.try_reserve_exact(*extra).unwrap();
                assert!(vec.capacity() >= len + extra);
            }
            Op::ShrinkToFit => {
                vec.shrink_to_fit();
                assert!(size_of::<T>() == 0 || vec.capacity() == len);
            }
            Op::Retain(bits) => {
                let mut index = 0..;
                vec.retain(|_| bit(*bits, index.next().unwrap()));
                let mut index = 0..;
                model.retain(|_| bit(*bits, index.next().unwrap()));
            }
            Op::RetainMut(keep, edit, one) => {
                let mut index = 0..;
                vec.retain_mut(|place| {
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
            Op::Dedup => {
                vec.dedup();
                model.dedup();
            }
            Op::DedupByKey => {
                vec.dedup_by_key(|element| rank(&element.model()));
                model.dedup_by_key(|element| rank(element));
            }
            Op::DedupBy => {
                vec.dedup_by(|element, kept| {
                    let same = rank(&element.model()) == rank(&kept.model());
                    if same {
                        kept.set(Build(element.model()));
                    }
                    same
                });
                model.dedup_by(|element, kept| {
                    let same = rank(element) == rank(kept);
                    if same {
                        kept.clone_from(element);
                    }
                    same
                });
            }
            Op::RemoveRange(a, b) => {
                vec.remove_range(range(a, b, len));
                model.drain(range(a, b, len));
            }
            Op::Drain(a, b, bits) => {
                let (mut index, spare) = (0.., &mut root.spare);
                vec.drain(range(a, b, len), |popped| {
                    if bit(*bits, index.next().unwrap()) {
                        spare.push(popped);
                    }
                });
                let kept = model.drain(range(a, b, len)).enumerate().filter(|(index, _)| bit(*bits, *index));
                self.spare.extend(kept.map(|(_, element)| element));
            }
            Op::Sort => {
                vec.sort();
                model.sort();
            }
            Op::SortByKey => {
                vec.sort_by_key(|element| rank(&element.model()));
                model.sort_by_key(rank);
            }
            Op::SortUnstable => {
                vec.sort_unstable();
                model.sort_unstable();
            }
            Op::Swap(a, b) if len > 0 => {
                vec.swap(a.index(len), b.index(len));
                model.swap(a.index(len), b.index(len));
            }
            Op::Reverse => {
                vec.reverse();
                model.reverse();
            }
            Op::RotateLeft(by) => {
                vec.rotate_left(by.index(len + 1));
                model.rotate_left(by.index(len + 1));
            }
            Op::RotateRight(by) => {
                vec.rotate_right(by.index(len + 1));
                model.rotate_right(by.index(len + 1));
            }
            Op::SetElement(at, one) if len > 0 => {
                vec.as_slice_mut().set(at.index(len), Build(one.clone()));
                model[at.index(len)].clone_from(one);
            }
            Op::Set(many) => {
                vec.set(all(many));
                model.clone_from(many);
            }
            Op::SaveAndLoad => self.load(),
            Op::SaveAndMap => self.map(),
            _ => self.apply_to_handles(op),
        }
    }

    /// What goes through the editing handles of elements.
    fn apply_to_handles(&mut self, op: &Op<T::Model>) {
        let mut root = self.image.edit();
        let (len, vec, model) = (self.vec.len(), &mut root.vec, &mut self.vec);
        let edit = |handle: Option<T::Mut<'_>>, element: Option<&mut T::Model>, to: &T::Model| {
            assert_eq!(handle.is_some(), element.is_some());
            handle.into_iter().for_each(|handle| T::edit(handle, to));
            element.into_iter().for_each(|element| element.clone_from(to));
        };
        match op {
            // One past the end too.
            Op::GetMut(at, one) => edit(vec.get_mut(at.index(len + 1)), model.get_mut(at.index(len + 1)), one),
            Op::FirstMut(one) => edit(vec.first_mut(), model.first_mut(), one),
            Op::LastMut(one) => edit(vec.last_mut(), model.last_mut(), one),
            Op::SplitAtMut(at, a, b) => {
                let (mut front, mut back) = vec.split_at_mut(at.index(len + 1));
                let (front_model, back_model) = model.split_at_mut(at.index(len + 1));
                // Both are alive at once.
                let (first, last) = (front.get_mut(0), back.len().checked_sub(1).and_then(|last| back.get_mut(last)));
                edit(first, front_model.first_mut(), a);
                edit(last, back_model.last_mut(), b);
            }
            Op::IterMut(bits, one) => {
                let handles: StdVec<T::Mut<'_>> = vec.iter_mut().collect();
                assert_eq!(handles.len(), model.len());
                for (index, (handle, element)) in handles.into_iter().zip(model).enumerate() {
                    if bit(*bits, index) {
                        T::edit(handle, one);
                        element.clone_from(one);
                    }
                }
            }
            _ => assert_eq!(len, 0, "{op:?} is skipped for an empty vector only"),
        }
    }

    fn load(&mut self) {
        let path = self.scratch.file("model.region");
        self.image.save(&path).unwrap();
        let (before, id) = (self.image.usage(), self.image.id());
        self.image = Image::load(&path).unwrap();
        assert_eq!((self.image.usage().allocated, self.image.id()), (before.allocated, id));
    }

    fn map(&mut self) {
        let path = self.scratch.file("model.region");
        self.image.save(&path).unwrap();
        // SAFETY: the file is ours alone, and isn't written again before the mapping goes.
        let mapped = unsafe { Mapped::<Pair<T>>::map(&path) }.unwrap();
        self.compare(&mapped);
    }

    fn compare(&self, root: &Pair<T>) {
        assert_eq!(root.vec.iter().map(T::model).collect::<StdVec<_>>(), self.vec);
        assert_eq!(root.spare.iter().map(T::model).collect::<StdVec<_>>(), self.spare);
    }
}

/// Runs the calls, then releases everything.
fn run<T: Element>(name: &str, ops: &[Op<T::Model>]) {
    let empty = PairInit { vec: Empty, spare: Empty };
    let image = Image::<Pair<T>>::new(empty).unwrap();
    let fresh = image.usage().allocated;
    let mut state = State { image, vec: StdVec::new(), spare: StdVec::new(), scratch: Scratch::new(name) };
    for op in ops {
        state.apply(op);
        state.compare(&state.image);
    }
    let mut root = state.image.edit();
    for vec in [&mut root.vec, &mut root.spare] {
        vec.clear();
        vec.shrink_to_fit();
    }
    assert_eq!(state.image.usage().allocated, fresh, "something leaked");
}

macro_rules! model {
    ($($name:ident: $element:ty;)*) => {$(
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(200))]
            #[test]
            fn $name(ops in prop::collection::vec(op(<$element>::strategy()), 1..80)) {
                run::<$element>(stringify!($name), &ops);
            }
        }
    )*};
}

model! {
    a_vector_of_bytes_is_like_std: u8;
    a_vector_of_u64_is_like_std: u64;
    a_vector_of_u128_is_like_std: u128;
    a_vector_of_three_byte_arrays_is_like_std: [u8; 3];
    a_vector_of_zero_sized_values_is_like_std: elements::Nothing;
    a_vector_of_cache_lines_is_like_std: elements::Line;
    a_vector_of_over_aligned_texts_is_like_std: elements::Label;
    a_vector_of_strings_is_like_std: offset_std::String;
    a_vector_of_vectors_of_strings_is_like_std: Vec<offset_std::String>;
    a_vector_of_optional_boxes_is_like_std: Option<offset_std::Box<offset_std::String>>;
    a_vector_of_padded_records_is_like_std: elements::Record;
    a_vector_of_enums_is_like_std: elements::Shape;
}
