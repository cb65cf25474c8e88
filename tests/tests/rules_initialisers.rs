//! Initialisers are user code: they fail, panic, forget, and edit other things meanwhile. Whatever they do, the image stays whole and nothing is lost.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use offset_std::prelude::*;
use offset_std::{Box, Error, ErrorKind, Filled, Result, Slot, String, Vec, VecMut};

use tests::child;

mod attack;

use attack::parts::{Fuse, How, Part, Parts, PartsInit, PartsMut, part, parts};
use attack::{check, check_no_leak};

type Operation = (&'static str, fn(&mut PartsMut<'_>, &Fuse) -> Result<()>);

/// What builds parts, one way after the other.
const OPERATIONS: &[Operation] = &[
    ("push", |parts, fuse| parts.list.try_push(part(fuse, "pushed"))),
    ("insert", |parts, fuse| parts.list.try_insert(1, part(fuse, "inserted"))),
    ("set an element", |parts, fuse| parts.list.as_slice_mut().try_set(0, part(fuse, "set"))),
    ("extend", |parts, fuse| parts.list.try_extend((0..3).map(|_| part(fuse, "extended")))),
    ("resize", |parts, fuse| parts.list.try_resize(5, part(fuse, "resized"))),
    ("set a vector from an array", |parts, fuse| parts.list.try_set([part(fuse, "a"), part(fuse, "b")])),
    ("set a vector from an iterator", |parts, fuse| {
        parts.list.try_set(from_iter((0..3).map(|_| part(fuse, "iterated"))))
    }),
    ("set a vector from an iterator of unknown length", |parts, fuse| {
        parts.list.try_set(from_iter((0..6).filter(|index| index % 2 == 0).map(|_| part(fuse, "filtered"))))
    }),
    ("set a vector from a std vector", |parts, fuse| parts.list.try_set(vec![part(fuse, "std"), part(fuse, "vec")])),
    ("set an option", |parts, fuse| parts.option.try_set(Some(fuse.put(part(fuse, "another"))))),
    ("insert into an option", |parts, fuse| parts.option.try_insert(part(fuse, "inserted")).map(drop)),
    ("set a box", |parts, fuse| parts.boxed.try_set(part(fuse, "in a box"))),
    ("set a maybe", |parts, fuse| parts.maybe.try_set(Some(fuse.put(part(fuse, "maybe"))))),
    ("set an array", |parts, fuse| parts.array.try_set([part(fuse, "one"), part(fuse, "two")])),
    ("set an element of an array", |parts, fuse| parts.array.edit().try_set(1, part(fuse, "two"))),
    ("set a text", |parts, fuse| parts.texts.as_slice_mut().try_set(0, fuse.put("a new text"))),
];

/// Runs an operation with fuses of every length. Returns how many blew.
fn blow(operation: &Operation, how: How) -> u32 {
    let (name, operation) = operation;
    let mut image = parts(ImageOptions::new()).unwrap();
    let mut steps = 0;
    loop {
        let before = format!("{:?}", *image);
        let fuse = Fuse::new(steps, how);
        let done = catch_unwind(AssertUnwindSafe(|| operation(&mut image.edit(), &fuse)));
        let after = format!("{:?}", *image);
        if let Ok(Ok(())) = done {
            assert_ne!(before, after, "{name}");
            check_no_leak_unless(how == How::Forget, &image);
            return steps;
        }
        if let Ok(Err(error)) = &done {
            assert_eq!(error.to_string(), "the fuse blew");
            assert_eq!(before, after, "{name} failed at step {steps}");
        } else if *name == "extend" || *name == "resize" {
            // As in std, elements that were whole before the panic stay.
            image.edit().list.truncate(2);
            assert_eq!(before, format!("{:?}", *image), "{name} panicked at step {steps}");
        } else {
            assert_eq!(before, after, "{name} panicked at step {steps}");
        }
        check_no_leak_unless(how == How::Forget, &image);
        steps += 1;
    }
}

fn check_no_leak_unless(forgotten: bool, image: &Image<Parts>) {
    if forgotten {
        check(image)
    } else {
        check_no_leak(image)
    };
}

#[test]
fn an_error_at_any_step_leaves_everything_as_it_was() {
    for operation in OPERATIONS {
        let steps = blow(operation, How::Error);
        assert_eq!(steps, blow(operation, How::ErrorAfter));
        assert!(steps > 30 || operation.0 == "set a text", "{}: {steps} steps", operation.0);
    }
}

#[test]
fn a_panic_at_any_step_leaves_everything_as_it_was() {
    for operation in OPERATIONS {
        blow(operation, How::Panic);
        blow(operation, How::PanicAfter);
    }
}

#[test]
fn a_forgotten_proof_is_a_leak_and_nothing_worse() {
    for operation in OPERATIONS {
        blow(operation, How::Forget);
    }
}

#[test]
fn an_error_while_the_root_is_built_is_an_error() {
    let fuse = Fuse::never();
    for how in [How::Error, How::ErrorAfter, How::Panic, How::PanicAfter, How::Forget] {
        for steps in 0.. {
            let fuse = Fuse::new(steps, how);
            let built =
                catch_unwind(AssertUnwindSafe(|| Image::<Vec<Part>>::new([part(&fuse, "a"), part(&fuse, "b")])));
            match built {
                Ok(Ok(image)) => {
                    check_no_leak(&image);
                    break;
                }
                Ok(Err(error)) => assert_eq!(error.to_string(), "the fuse blew"),
                Err(_) => assert!(matches!(how, How::Panic | How::PanicAfter)),
            }
        }
    }
    let mut image = Image::<Part>::new(part(&fuse, "root")).unwrap();
    for steps in 0.. {
        let before = format!("{:?}", *image);
        let fuse = Fuse::new(steps, How::Panic);
        let set = catch_unwind(AssertUnwindSafe(|| image.root_mut().set(part(&fuse, "root"))));
        assert_eq!(before, format!("{:?}", *image));
        check_no_leak(&image);
        if set.is_ok() {
            break;
        }
    }
}

#[test]
fn a_full_region_leaves_everything_as_it_was() {
    let least = parts(ImageOptions::new()).unwrap().usage().allocated + 128;
    for (name, operation) in OPERATIONS {
        let mut limit = least;
        loop {
            let mut image = match parts(ImageOptions::new().limit(limit)) {
                Ok(image) => image,
                // Alignment takes a little more.
                Err(_) => {
                    limit += 8;
                    continue;
                }
            };
            let before = format!("{:?}", *image);
            match operation(&mut image.edit(), &Fuse::never()) {
                Ok(()) => {
                    check_no_leak(&image);
                    break;
                }
                Err(error) => {
                    assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{name}: {error}");
                    assert_eq!(before, format!("{:?}", *image), "{name}");
                    check_no_leak(&image);
                }
            }
            limit += 40;
        }
    }
}

/// Edits a sibling in the same region, and an image of the thread's, before and after it builds.
#[derive(Clone, Copy)]
struct Meddler<'a, 'r, I> {
    sibling: &'a RefCell<VecMut<'r, String>>,
    init: I,
}

thread_local! {
    static ELSEWHERE: RefCell<Image<Vec<String>>> = RefCell::new(Image::new(Empty).unwrap());
}

impl<I> Meddler<'_, '_, I> {
    fn meddle(&self) {
        let mut sibling = self.sibling.borrow_mut();
        sibling.push("meddled with a text that is long enough to take some room");
        if sibling.len() > 5 {
            drop(sibling.swap_remove(0));
            sibling.truncate(3);
            sibling.shrink_to_fit();
        }
        ELSEWHERE.with_borrow_mut(|image| {
            let mut texts = image.edit();
            texts.push("elsewhere");
            texts.try_push(DeepCopy(&sibling[0])).unwrap();
            if texts.len() > 10 {
                texts.clear();
            }
        });
    }
}

impl<T: Relocatable, I: Emplace<T>> Emplace<T> for Meddler<'_, '_, I> {
    fn emplace<'s>(self, slot: Slot<'s, T>) -> Result<Filled<'s, T>> {
        self.meddle();
        let filled = slot.build(self.init);
        self.sibling.borrow_mut().push("after");
        filled
    }
}

#[test]
fn initialisers_that_edit_the_same_region_meanwhile_harm_nothing() {
    let fuse = Fuse::never();
    let mut image = parts(ImageOptions::new()).unwrap();
    for round in 0..50 {
        let fields = image.edit();
        let sibling = &RefCell::new(fields.texts);
        let (mut list, mut option, mut maybe, mut array) = (fields.list, fields.option, fields.maybe, fields.array);
        let meddler = || Meddler { sibling, init: part(&fuse, "meddled") };
        list.push(meddler());
        list.insert(0, meddler());
        list.as_slice_mut().set(0, meddler());
        list.extend((0..round % 4).map(|_| {
            meddler().meddle();
            meddler()
        }));
        option.set(Some(Boxed(meddler())));
        let _ = option.insert(meddler());
        maybe.set(Some(meddler()));
        array.set([meddler(), meddler()]);
        list.retain(|_| {
            meddler().meddle();
            true
        });
        list.sort_by(|a, b| {
            meddler().meddle();
            a.name.cmp(&b.name)
        });
        list.drain(2.., |popped| {
            meddler().meddle();
            assert_eq!(popped.number, 7);
        });
        if round % 8 == 0 {
            list.set(from_iter((0..5).map(|_| {
                meddler().meddle();
                meddler()
            })));
            check_no_leak(&image);
        }
    }
    check_no_leak(&image);
    assert!(image.list.iter().all(|part| part.name == "meddled" && part.tags == ["one tag", "another"]));
    ELSEWHERE.with_borrow(|image| check_no_leak(image).usage());
}

/// A hint that has nothing to do with what comes.
struct Liar {
    left: u32,
    hint: Cell<usize>,
    step: usize,
}

impl Iterator for Liar {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.left = self.left.checked_sub(1)?;
        Some(u64::from(self.left))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let hint = self.hint.get();
        self.hint.set(hint.wrapping_add(self.step));
        (hint, Some(hint / 2))
    }
}

#[test]
fn iterators_that_lie_about_their_length_cost_nothing() {
    let hints = [
        0,
        1,
        2,
        3,
        99,
        100,
        101,
        1 << 20,
        1 << 28,
        (1 << 31) - 1,
        1 << 31,
        1 << 32,
        1 << 40,
        usize::MAX - 1,
        usize::MAX,
    ];
    for hint in hints {
        for step in [0, 1, usize::MAX, 1 << 33] {
            let liar = || Liar { left: 100, hint: Cell::new(hint), step };
            let expected: std::vec::Vec<u64> = (0..100).rev().collect();
            let mut image = Image::<Vec<u64>>::new(from_iter(liar())).unwrap();
            assert_eq!(*image, expected);
            assert!(image.usage().allocated < 2 << 20, "{hint}: {:?}", image.usage());
            check_no_leak(&image);
            image.edit().clear();
            image.edit().extend(liar());
            assert_eq!(*image, expected);
            image.edit().extend(liar());
            assert_eq!(image.len(), 200);
            assert!(image.usage().allocated < 4 << 20, "{hint}: {:?}", image.usage());
            image.edit().set(from_iter(liar()));
            image.edit().shrink_to_fit();
            assert_eq!(check_no_leak(&image).usage().allocated, 808, "{hint}");
        }
    }
}

/// Says `None` once, and then goes on.
struct Unfused(u32);

impl Iterator for Unfused {
    type Item = std::string::String;

    fn next(&mut self) -> Option<std::string::String> {
        self.0 += 1;
        (!self.0.is_multiple_of(3)).then(|| format!("text {}", self.0))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (5, None)
    }
}

#[test]
fn an_iterator_that_goes_on_after_its_end_harms_nothing() {
    let mut image = Image::<Vec<String>>::new(from_iter(Unfused(0))).unwrap();
    image.edit().extend(Unfused(1));
    assert!(image.len() >= 3);
    assert_eq!(image[0], "text 1");
    check_no_leak(&image);
}

/// Writes some text, then fails.
struct Broken(How);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text before it breaks, and enough of it to grow the buffer a few times over and over")?;
        match self.0 {
            How::Panic => panic!("broken"),
            _ => Err(fmt::Error),
        }
    }
}

#[test]
fn a_display_that_fails_leaves_no_text_behind() {
    let mut image = Image::<Vec<String>>::new(["before"]).unwrap();
    for how in [How::Panic, How::Error] {
        for _ in 0..3 {
            let text = Broken(how);
            let pushed = catch_unwind(AssertUnwindSafe(|| image.edit().try_push(format_args!("{text} and {text}"))));
            let set =
                catch_unwind(AssertUnwindSafe(|| image.edit().get_mut(0).unwrap().try_set(format_args!("{text}"))));
            assert!(!matches!((pushed, set), (Ok(Ok(())), _) | (_, Ok(Ok(())))));
            assert_eq!(*image, ["before"]);
            check_no_leak(&image);
        }
    }
    // The string that is written to keeps what was written before the panic, as std's does.
    let text = Broken(How::Panic);
    let written = catch_unwind(AssertUnwindSafe(|| {
        use std::fmt::Write;
        write!(image.edit().get_mut(0).unwrap(), "{text}")
    }));
    assert!(written.is_err() && image[0].starts_with("beforetext"));
    check_no_leak(&image);
}

/// An initialiser whose clone panics.
struct Uncloneable<'a>(&'a Cell<u32>);

impl Clone for Uncloneable<'_> {
    fn clone(&self) -> Self {
        self.0.set(self.0.get() - 1);
        assert!(self.0.get() > 0, "no more clones");
        Uncloneable(self.0)
    }
}

impl Emplace<String> for Uncloneable<'_> {
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
        slot.build("a clone")
    }
}

#[test]
fn a_clone_that_panics_leaves_what_was_built_before() {
    let mut image = Image::<Vec<String>>::new(Empty).unwrap();
    let left = Cell::new(4);
    catch_unwind(AssertUnwindSafe(|| image.edit().resize(10, Uncloneable(&left)))).unwrap_err();
    assert!(image.len() < 10 && image.iter().all(|text| text == "a clone"));
    check_no_leak(&image);
}

/// An initialiser that catches the panic of another.
struct Catcher<I>(I);

impl<T: Relocatable, I: Emplace<T>> Emplace<T> for Catcher<I> {
    fn emplace<'s>(self, slot: Slot<'s, T>) -> Result<Filled<'s, T>> {
        catch_unwind(AssertUnwindSafe(|| slot.build(self.0))).unwrap_or_else(|_| Err(Error::custom("the fuse blew")))
    }
}

#[test]
fn an_initialiser_that_catches_a_panic_gives_an_error() {
    let mut image = parts(ImageOptions::new()).unwrap();
    for steps in 0.. {
        let before = format!("{:?}", *image);
        let fuse = Fuse::new(steps, How::Panic);
        if image.edit().list.try_push(Catcher(part(&fuse, "caught"))).is_ok() {
            break;
        }
        assert_eq!(before, format!("{:?}", *image));
        check_no_leak(&image);
    }
    assert_eq!(image.list.len(), 3);
}

/// Builds from a value of its own type that it has copied to the side first.
struct Recursive(u32);

impl Emplace<Box<Vec<String>>> for Recursive {
    fn emplace<'s>(self, slot: Slot<'s, Box<Vec<String>>>) -> Result<Filled<'s, Box<Vec<String>>>> {
        let mut other = Image::<Vec<String>>::new(["depth"])?;
        if self.0 > 0 {
            let mut inner = Image::<Box<Vec<String>>>::new(Recursive(self.0 - 1))?;
            inner.edit().into_mut().append(&mut other.edit());
            assert!(other.is_empty());
            return slot.build(Boxed(DeepCopy(&**inner)));
        }
        slot.build(Boxed(DeepCopy(&*other)))
    }
}

#[test]
fn initialisers_that_build_images_of_their_own_nest() {
    let image = Image::<Box<Vec<String>>>::new(Recursive(20)).unwrap();
    assert_eq!(image.len(), 21);
    check_no_leak(&image);
}

#[test]
fn a_large_array_is_built_with_little_stack() {
    let built = std::thread::Builder::new().stack_size(1 << 20).spawn(|| {
        let image = Image::<Box<[u64; 50_000]>>::new(Boxed([7u64; 50_000])).unwrap();
        (image.iter().sum::<u64>(), image.usage().allocated)
    });
    assert_eq!(built.unwrap().join().unwrap(), (350_000, 8 + 400_000));
}

/// In a process of its own: a stack that overflows ends it.
#[test]
fn a_large_array_is_copied_from_a_reference_with_little_stack() {
    static NUMBERS: [u64; 200_000] = [7; 200_000];
    if child::role().is_none() {
        child::rerun_successfully("a_large_array_is_copied_from_a_reference_with_little_stack", "child");
        return;
    }
    let built = std::thread::Builder::new().stack_size(1 << 20).spawn(|| {
        let mut image = Image::<Box<[u64; 200_000]>>::new(Boxed(&NUMBERS)).unwrap();
        image.edit().set(DeepCopy(&NUMBERS));
        (image.iter().sum::<u64>(), image.usage().allocated)
    });
    assert_eq!(built.unwrap().join().unwrap(), (1_400_000, 8 + 1_600_000));
}

/// `PartsInit` is built of initialisers that need no fuse, too.
#[test]
fn everything_can_be_empty() {
    let fuse = Fuse::never();
    let image = Image::<Parts>::new(PartsInit {
        list: Empty,
        option: Empty,
        boxed: part(&fuse, "boxed"),
        maybe: Empty,
        array: [part(&fuse, "one"), part(&fuse, "two")],
        texts: Empty,
    });
    check_no_leak(&image.unwrap());
}
