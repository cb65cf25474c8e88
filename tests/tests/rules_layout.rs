//! Values of no size, of large alignment, with padding, and without live handles on the stack, in every container.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr;

use offset_std::prelude::*;
use offset_std::{Box, Filled, Result, Slot, String, Token, Vec};

mod attack;

use attack::{RegionFile, Temporary, check_no_leak};

/// No size, and the alignment of a cache line.
#[derive(Relocatable, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(C, align(64))]
struct Nothing {}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Nothings {
    small: u8,
    one: Nothing,
    list: Vec<Nothing>,
    boxed: Box<Nothing>,
    option: Option<Box<Nothing>>,
    maybe: Maybe<Nothing>,
    array: [Nothing; 3],
    arrays: Vec<[u64; 0]>,
    owners: Vec<[String; 0]>,
    marker: PhantomData<String>,
    deep: Box<Vec<Box<Vec<Nothing>>>>,
}

fn nothings() -> Image<Nothings> {
    Image::<Nothings>::new(NothingsInit {
        small: 1,
        one: NothingInit {},
        list: [NothingInit {}, NothingInit {}, NothingInit {}],
        boxed: NothingInit {},
        option: Some(NothingInit {}),
        maybe: Some(NothingInit {}),
        array: [NothingInit {}, NothingInit {}, NothingInit {}],
        arrays: [[0u64; 0], []],
        owners: [[""; 0]],
        marker: PhantomData,
        deep: Boxed([Boxed([NothingInit {}])]),
    })
    .unwrap()
}

#[test]
fn values_of_no_size_take_no_memory_in_any_container() {
    let mut image = nothings();
    let before = image.usage().allocated;
    for _ in 0..5 {
        let mut all = image.edit();
        all.list.push(NothingInit {});
        all.list.insert(1, NothingInit {});
        all.list.extend((0..100).map(|_| NothingInit {}));
        all.list.resize(150, Nothing0);
        drop(all.list.pop());
        drop(all.list.remove(5));
        drop(all.list.swap_remove(0));
        std::mem::forget(all.list.pop());
        all.list.sort();
        all.list.sort_unstable_by(|_, _| std::cmp::Ordering::Greater);
        all.list.reverse();
        all.list.rotate_left(7);
        all.list.swap(0, 9);
        let mut turn = false;
        all.list.retain(|_| {
            turn = !turn;
            turn
        });
        assert_eq!(all.list.len(), 73);
        all.list.dedup();
        assert_eq!(all.list.len(), 1);
        all.list.extend((0..10).map(|_| NothingInit {}));
        let mut drained = 0;
        all.list.drain(3.., |popped| {
            drained += 1;
            assert_eq!(ptr::from_ref(&*popped).addr() % 64, 0);
        });
        assert_eq!((drained, all.list.len()), (8, 3));
        all.list.shrink_to_fit();
        all.list.reserve(1000);
        all.list.get_mut(2).unwrap().set(NothingInit {});
        let (mut front, mut back) = all.list.split_at_mut(1);
        front.get_mut(0).unwrap().swap(&mut back.get_mut(1).unwrap());
        all.boxed.set(NothingInit {});
        let own = all.option.take().unwrap();
        assert_eq!(ptr::from_ref(&*own).addr() % 64, 0);
        all.option.set(Some(own));
        all.option.insert(NothingInit {});
        all.list.push(all.maybe.take().unwrap());
        all.maybe.set(all.list.pop());
        all.array.set([NothingInit {}, NothingInit {}, NothingInit {}]);
        all.arrays.push([0u64; 0]);
        all.owners.push([""; 0]);
        all.deep.into_mut().get_mut(0).unwrap().get_mut().push(NothingInit {});
        assert_eq!(image.usage().allocated, before);
        check_no_leak(&image);
    }
    let mut other = nothings();
    other.root_mut().swap(&mut image.root_mut());
    other.edit().list.append(&mut image.edit().list);
    check_no_leak(&other);
    check_no_leak(&image);
}

/// An initialiser that can be cloned.
#[derive(Clone)]
struct Nothing0;

impl Emplace<Nothing> for Nothing0 {
    fn emplace<'s>(self, slot: Slot<'s, Nothing>) -> Result<Filled<'s, Nothing>> {
        slot.build(NothingInit {})
    }
}

#[test]
fn a_root_of_no_size_is_saved_loaded_and_replaced() {
    let mut image = Image::<Nothing>::new(NothingInit {}).unwrap();
    let loaded = check_no_leak(&image);
    assert_eq!((loaded.usage().allocated, ptr::from_ref(&*loaded).addr() % 64), (0, 0));
    image.root_mut().set(NothingInit {});
    let token: Token<Nothing> = image.alloc::<Nothing, _>(NothingInit {}).detach();
    image.set_root(token).unwrap();
    drop(image.alloc::<Nothing, _>(NothingInit {}).detach());
    image.root_mut().set(DeepCopy(&Nothing {}));
    check_no_leak(&image);
    // A file that puts it elsewhere.
    for unit in [0, 7, 8, 16, 1 << 20, u32::MAX - 7, u32::MAX] {
        let mut file = RegionFile::of(&image);
        file.set_u32(64, unit);
        if let Ok(mut image) = file.load::<Nothing>() {
            image.root_mut().set(NothingInit {});
            assert_eq!(ptr::from_ref(&*image).addr() % 64, 0);
            check_no_leak(&image);
        }
    }
}

#[derive(Relocatable, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C, align(64))]
struct Line {
    number: u32,
    text: String,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Lines {
    small: u8,
    list: Vec<Line>,
    boxed: Box<Line>,
    option: Option<Box<Line>>,
    maybe: Maybe<Line>,
    array: [Line; 2],
    sixteen: Vec<u128>,
    one: Box<u128>,
    inner: Vec<Vec<Line>>,
    bytes: Vec<u8>,
}

fn line(number: u32) -> LineInit<std::string::String> {
    LineInit { number, text: format!("line {number}") }
}

fn assert_aligned(lines: &Lines) {
    let mut all: std::vec::Vec<&Line> =
        lines.list.iter().chain(&lines.array).chain(lines.inner.iter().flatten()).collect();
    all.push(&lines.boxed);
    all.extend(lines.option.as_deref());
    all.extend(lines.maybe.as_option());
    for line in all {
        assert_eq!(ptr::from_ref(line).addr() % 64, 0);
        assert_eq!(line.text, format!("line {}", line.number));
    }
    assert_eq!(lines.sixteen.as_ptr().addr() % 16, 0);
    assert_eq!(ptr::from_ref(&*lines.one).addr() % 16, 0);
}

#[test]
fn values_of_large_alignment_are_aligned_wherever_they_go() {
    let mut image = Image::<Lines>::new(LinesInit {
        small: 1,
        list: Empty,
        boxed: line(0),
        option: Some(line(0)),
        maybe: Some(line(0)),
        array: [line(0), line(1)],
        sixteen: [1u128],
        one: 1u128,
        inner: [[line(7)]],
        bytes: [1u8],
    })
    .unwrap();
    for round in 0..60 {
        let mut lines = image.edit();
        // An odd number of units in between, so that the frontier is seldom where it should be.
        lines.bytes.set(&vec![round as u8; (round as usize * 13) % 90 + 1][..]);
        lines.list.push(line(round));
        lines.list.insert(0, line(round));
        if round % 5 == 0 {
            lines.list.shrink_to_fit();
        }
        if round % 7 == 0 {
            let kept: std::vec::Vec<u32> = lines.list.iter().map(|line| line.number).take(5).collect();
            lines.list.set(from_iter(kept.into_iter().map(line)));
        }
        lines.option.set(lines.list.pop().map(Boxed));
        lines.maybe.set(lines.option.take());
        lines.option.set(Some(line(round)));
        lines.array.edit().swap(0, 1);
        lines.array.set([line(round), line(round)]);
        lines.boxed.set(line(round));
        lines.sixteen.push(u128::from(round));
        lines.inner.push([line(round), line(round)]);
        lines.inner.sort();
        lines.list.sort_by(|a, b| b.number.cmp(&a.number));
        assert_aligned(&image);
        if round % 6 == 0 {
            assert_aligned(&check_no_leak(&image));
        }
    }
    let copy = Image::<Lines>::new(DeepCopy(&*image)).unwrap();
    assert_aligned(&copy);
    check_no_leak(&copy);
}

/// Padding inside and behind.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Gaps {
    small: u8,
    large: u64,
    tail: u16,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct AllGaps {
    one: Gaps,
    array: [Gaps; 2],
    deep: [[Gaps; 2]; 2],
    list: Vec<Gaps>,
    arrays: Vec<[Gaps; 2]>,
    boxed: Box<[Gaps; 2]>,
    maybe: Maybe<[Gaps; 2]>,
    choice: Choice,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(u8)]
enum Choice {
    Small(u8),
    Large { gaps: Gaps, more: [Gaps; 1] },
}

const DIRT: u8 = 0xaa;

/// A value whose padding is dirty.
fn dirty<T, const N: usize>(fill: impl Fn(*mut T)) -> [T; N] {
    let mut array = MaybeUninit::<[T; N]>::uninit();
    // SAFETY: the bytes are the array's own.
    unsafe { array.as_mut_ptr().cast::<u8>().write_bytes(DIRT, size_of::<[T; N]>()) };
    for index in 0..N {
        fill(array.as_mut_ptr().cast::<T>().wrapping_add(index));
    }
    // SAFETY: every element has been filled.
    unsafe { array.assume_init() }
}

fn dirty_gaps<const N: usize>() -> [Gaps; N] {
    dirty(|gaps: *mut Gaps| {
        // SAFETY: a field of an element of the array.
        let write = |offset: usize, byte: u8, len: usize| unsafe { fill(gaps.cast(), offset, byte, len) };
        write(std::mem::offset_of!(Gaps, small), 1, 1);
        write(std::mem::offset_of!(Gaps, large), 2, 8);
        write(std::mem::offset_of!(Gaps, tail), 3, 2);
    })
}

/// # Safety
///
/// `len` writable bytes lie `offset` bytes after `at`.
unsafe fn fill(at: *mut u8, offset: usize, byte: u8, len: usize) {
    // SAFETY: the caller's contract.
    unsafe { at.wrapping_add(offset).write_bytes(byte, len) };
}

#[test]
fn padding_of_values_that_are_copied_from_the_stack_stays_there() {
    let [one] = &dirty_gaps::<1>();
    let (array, more) = (&dirty_gaps::<2>(), &dirty_gaps::<1>());
    let deep = &[dirty_gaps::<2>(), dirty_gaps::<2>()];
    let mut image = Image::<AllGaps>::new(AllGapsInit {
        one: DeepCopy(one),
        array: DeepCopy(array),
        deep: DeepCopy(deep),
        list: [DeepCopy(one), DeepCopy(one)],
        arrays: [DeepCopy(array)],
        boxed: DeepCopy(array),
        maybe: Some(DeepCopy(array)),
        choice: ChoiceLargeInit { gaps: DeepCopy(one), more: DeepCopy(more) },
    })
    .unwrap();
    let clean = |image: &Image<AllGaps>| {
        let file = RegionFile::of(image);
        assert!(!file.bytes[file.body()].contains(&DIRT), "{:02x?}", &file.bytes[file.body()]);
        check_no_leak(image);
    };
    clean(&image);
    let mut all = image.edit();
    all.one.set(DeepCopy(one));
    all.list.push(DeepCopy(one));
    all.list.extend_from_slice(array);
    all.arrays.push(DeepCopy(array));
    all.arrays.extend_from_slice(deep);
    all.maybe.set(Some(DeepCopy(array)));
    all.choice.set(ChoiceSmallInit(1));
    all.deep.edit().set(1, DeepCopy(array));
    all.boxed.edit().set(1, DeepCopy(one));
    clean(&image);
    let again = Image::<AllGaps>::new(DeepCopy(&*image)).unwrap();
    clean(&again);
}

/// Values that own nothing, made by safe code outside of any region.
#[derive(Relocatable, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(C)]
struct Loose {
    number: u32,
    next: Option<Box<Loose>>,
    other: Option<Box<Vec<String>>>,
    choice: Either,
    array: [Option<Box<String>>; 2],
    nothing: Maybe<String>,
}

#[derive(Relocatable, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
enum Either {
    Nothing,
    Text(String),
    Boxed(Option<Box<Loose>>),
}

fn loose(number: u32) -> Loose {
    Loose { number, next: None, other: None, choice: Either::Boxed(None), array: [None, None], nothing: Maybe::None }
}

#[test]
fn values_without_handles_work_outside_of_regions() {
    let (one, two) = (loose(1), std::boxed::Box::new(loose(2)));
    static THREE: Loose = Loose {
        number: 3,
        next: None,
        other: None,
        choice: Either::Nothing,
        array: [None, None],
        nothing: Maybe::None,
    };
    assert!(one < *two && one == loose(1) && one != THREE);
    assert_eq!(format!("{one:?}").matches("None").count(), 6);
    let hash = |value: &Loose| {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        hasher.finish()
    };
    assert_eq!(hash(&one), hash(&loose(1)));
    let mut image = Image::<Vec<Loose>>::new([DeepCopy(&one), DeepCopy(&two), DeepCopy(&THREE)]).unwrap();
    assert_eq!(hash(&image[0]), hash(&one));
    assert_eq!(image.as_slice(), [loose(1), loose(2), THREE_AGAIN]);
    image.edit().extend_from_slice(&[loose(4), loose(5)]);
    image.edit().sort_by(|a, b| b.cmp(a));
    image.edit().get_mut(0).unwrap().edit().next.set(Some(Boxed(DeepCopy(&one))));
    assert_eq!(**image[0].next.as_ref().unwrap(), one);
    image.edit().get_mut(1).unwrap().set(DeepCopy(&loose(9)));
    check_no_leak(&image);
}

const THREE_AGAIN: Loose =
    Loose { number: 3, next: None, other: None, choice: Either::Nothing, array: [None, None], nothing: Maybe::None };

#[test]
fn what_is_empty_reads_as_empty_wherever_it_is() {
    #[derive(Relocatable, Debug, PartialEq)]
    #[repr(C)]
    struct Hollow {
        list: Vec<String>,
        numbers: Vec<u128>,
        text: String,
        nested: Vec<Vec<Line>>,
    }
    let empty = || HollowInit { list: Empty, numbers: Empty, text: "", nested: [Empty, Empty] };
    let mut image = Image::<Hollow>::new(empty()).unwrap();
    let file = Temporary::new();
    for _ in 0..3 {
        image.save(&file).unwrap();
        // SAFETY: the file is this test's own.
        let mapped = unsafe { Mapped::<Hollow>::map(&file) }.unwrap();
        for hollow in [&*image, &*mapped] {
            assert!(hollow.list.is_empty() && hollow.numbers.is_empty() && hollow.text.is_empty());
            assert!(hollow.nested.iter().all(|lines| lines.is_empty() && lines.iter().next().is_none()));
            assert_eq!((hollow.list.len(), hollow.numbers.as_ptr().addr() % 16), (0, 0));
            assert_eq!((hollow.list.first(), hollow.text.as_str()), (None, ""));
            assert_eq!(hollow.nested[0].as_ptr().addr() % 64, 0);
        }
        let mut fields = image.edit();
        fields.list.push("text");
        fields.text.push('x');
        fields.numbers.push(1u128);
        fields.nested.get_mut(0).unwrap().push(line(1));
        check_no_leak(&image);
        // Emptied by each way there is.
        let mut fields = image.edit();
        drop(fields.list.pop());
        fields.list.shrink_to_fit();
        fields.numbers.clear();
        fields.text.truncate(0);
        fields.nested.get_mut(0).unwrap().retain(|_| false);
        check_no_leak(&image);
    }
    image.root_mut().set(empty());
    check_no_leak(&image);
}
