//! Files that were changed: each is refused with an error that says where, or holds deques that can be read and edited.

use offset_std::prelude::*;
use offset_std::{Image, String, VecDeque, VecDequeMut};

use super::attack::{RegionFile, Temporary};

/// A cache line, aligned to one, with text.
#[derive(Relocatable, Debug)]
#[repr(C, align(64))]
struct Wide {
    text: String,
}

#[derive(Relocatable, Debug)]
#[repr(C)]
struct Empty0;

#[derive(Relocatable, Debug)]
#[repr(C)]
struct Root {
    numbers: VecDeque<u64>,
    texts: VecDeque<String>,
    flags: VecDeque<bool>,
    wide: VecDeque<Wide>,
    nested: VecDeque<VecDeque<String>>,
    nothing: VecDeque<Empty0>,
    none: VecDeque<u64>,
}

const DEQUES: usize = 7;

/// Makes the elements go on from place 0.
fn turn<T: Relocatable>(deque: &mut VecDequeMut<'_, T>) {
    deque.reserve(2);
    deque.rotate_right(1);
    assert!(!deque.as_slices().1.is_empty() && deque.capacity() > deque.len());
}

fn root() -> Image<Root> {
    let init = RootInit {
        numbers: [1, 2, 3, 4, 5],
        texts: ["the first text", "the second one", "three", "four"],
        flags: [true, false, true, true],
        wide: ["wide", "as a line", "of cache"].map(|text| WideInit { text }),
        nested: [["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]],
        nothing: [Empty0Init, Empty0Init],
        none: Empty,
    };
    let mut image = Image::<Root>::with_options(ImageOptions::new().id(1), init).unwrap();
    let mut root = image.edit();
    turn(&mut root.numbers);
    turn(&mut root.texts);
    turn(&mut root.flags);
    turn(&mut root.wide);
    turn(&mut root.nested);
    turn(&mut root.nested.front_mut().unwrap());
    image
}

/// Where a deque begins in the file.
fn at(file: &RegionFile, index: usize) -> usize {
    file.root() + index * 8
}

/// Where the head of its buffer is.
fn head(file: &RegionFile, index: usize) -> usize {
    file.follow(at(file, index)) - 8
}

fn exercise<T: Relocatable + std::fmt::Debug>(deque: &mut VecDequeMut<'_, T>, build: impl Fn(&mut VecDequeMut<'_, T>)) {
    for _ in 0..20 {
        build(deque);
        drop(deque.pop_front());
        build(deque);
        let len = deque.len();
        deque.rotate_left(len / 3);
        deque.swap(0, len - 1);
        drop(deque.remove(len / 2));
    }
    deque.retain(|element| format!("{element:?}").len() % 2 == 0);
    deque.make_contiguous();
    deque.shrink_to_fit();
    (0..5).for_each(|_| build(deque));
}

/// Loads and maps. If that works, reads and edits everything, saves and loads again, and releases it all.
fn survives(file: &mut RegionFile) -> bool {
    file.seal();
    let path = Temporary::with(&file.bytes);
    // SAFETY: the file is this test's own.
    let mapped = unsafe { Mapped::<Root>::map(&path) };
    let (mut image, mapped) = match (Image::<Root>::load(&path), mapped) {
        (Ok(image), Ok(mapped)) => (image, mapped),
        (Err(loading), Err(mapping)) => {
            assert_eq!(loading.to_string(), mapping.to_string());
            return false;
        }
        (loaded, mapped) => panic!("loading: {:?}, mapping: {:?}", loaded.err(), mapped.err()),
    };
    // Counted elements of no bytes may be two thousand millions; they show nothing that isn't shown by the others.
    for root in [&*image, &*mapped] {
        let shown = format!(
            "{:?}{:?}{:?}{:?}{:?}{:?}",
            root.numbers, root.texts, root.flags, root.wide, root.nested, root.none
        );
        assert!(shown.len() > 10);
        let _ = (root.nothing.front(), root.nothing.back(), root.nothing.as_slices());
        let copy = Image::<VecDeque<VecDeque<String>>>::new(DeepCopy(&root.nested)).unwrap();
        assert!(*copy == root.nested);
    }
    let mut root = image.edit();
    exercise(&mut root.numbers, |deque| deque.push_back(7));
    exercise(&mut root.texts, |deque| deque.push_front("a new text"));
    exercise(&mut root.flags, |deque| deque.push_back(true));
    exercise(&mut root.wide, |deque| deque.push_front(WideInit { text: "new" }));
    exercise(&mut root.nested, |deque| deque.push_back(["new"]));
    exercise(&mut root.none, |deque| deque.push_front(7));
    root.nothing.truncate(3);
    image.save(&path).unwrap();
    let mut again = Image::<Root>::load(&path).unwrap();
    assert_eq!(again.usage().allocated, image.usage().allocated);
    macro_rules! release {
        ($($field:ident)*) => {$(
            let mut root = again.edit();
            root.$field.clear();
            root.$field.shrink_to_fit();
        )*};
    }
    release!(numbers texts flags wide nested nothing none);
    assert_eq!(again.usage().allocated, size_of::<Root>() as u64, "something leaked");
    true
}

#[test]
fn an_untouched_file_survives() {
    assert!(survives(&mut RegionFile::of(&root())));
}

#[test]
fn any_changed_byte_of_a_body_is_refused_or_harmless() {
    let file = RegionFile::of(&root());
    let (mut harmless, mut refused) = (0, 0);
    for at in file.body() {
        let byte = file.bytes[at];
        for value in [byte ^ 1, byte ^ 0x80, 0, 0xff, byte.wrapping_add(1)] {
            if value == byte {
                continue;
            }
            let mut changed = file.clone();
            changed.bytes[at] = value;
            match survives(&mut changed) {
                true => harmless += 1,
                false => refused += 1,
            }
        }
    }
    assert!(harmless > 500 && refused > 100, "{harmless} harmless, {refused} refused");
}

#[track_caller]
fn refused(file: &RegionFile, changes: &[(usize, u32)], text: &str) {
    let mut changed = file.clone();
    changes.iter().for_each(|(at, value)| changed.set_u32(*at, *value));
    let error = changed.refusal::<Root>();
    assert!(error.contains(text), "{error}");
}

#[test]
fn heads_and_lengths_that_lie_are_refused_with_their_path() {
    let file = RegionFile::of(&root());
    for (index, name) in
        [(0, "Root.numbers"), (1, "Root.texts"), (2, "Root.flags"), (3, "Root.wide"), (4, "Root.nested")]
    {
        let (deque, head) = (at(&file, index), head(&file, index));
        let (capacity, first, len) = (file.u32(head), file.u32(head + 4), file.u32(deque + 4));
        assert!(capacity > len && first + len > capacity);
        let wrong = "the length of a deque, within a ring of places";
        for (at, value) in [
            (deque + 4, capacity + 1),
            (deque + 4, u32::MAX),
            (deque + 4, 1 << 31),
            (head, 0),
            (head, len - 1),
            (head, first),
            (head, 1 << 31),
            (head, u32::MAX),
            (head + 4, capacity),
            (head + 4, capacity + 1),
            (head + 4, u32::MAX),
        ] {
            refused(&file, &[(at, value)], wrong);
            refused(&file, &[(at, value)], name);
        }
        refused(&file, &[(head, (1 << 31) - 1)], "its allocation");
        refused(&file, &[(head, capacity + 100)], "its allocation");
        // A handle to nothing, with a length; to what isn't in the body; to another deque's places.
        refused(&file, &[(deque, 0)], "the length of an empty deque");
        for unit in [1, 15, 16, u32::MAX] {
            refused(&file, &[(deque, unit)], "its handle leaves the region");
        }
        let other = at(&file, (index + 1) % 5);
        let mut changed = file.clone();
        changed.set_u32(deque, file.u32(other));
        assert!(!survives(&mut changed));
    }
    // The allocation of what is aligned to 64 has a head of 64 bytes.
    let wide = at(&file, 3);
    for unit in [17, 18, 23] {
        refused(&file, &[(wide, unit), (wide + 4, 0)], "Root.wide");
    }
    refused(&file, &[(at(&file, 3), file.u32(at(&file, 3)) + 1)], "Root.wide");
    refused(&file, &[(at(&file, 5), 1)], "a vector of zero-sized elements");
    refused(&file, &[(at(&file, 6) + 4, 1)], "the length of an empty deque");
    assert_eq!(at(&file, DEQUES), file.root() + size_of::<Root>());
}

#[test]
fn two_deques_with_one_buffer_are_refused() {
    let file = RegionFile::of(&root());
    let (numbers, none) = (at(&file, 0), at(&file, 6));
    let unit = file.u32(numbers);
    refused(&file, &[(none, unit), (none + 4, 1)], "overlaps another");
    // Or a buffer in the free places of another.
    let (head, places) = (head(&file, 0), file.follow(numbers));
    let free = (file.u32(head + 4) + file.u32(numbers + 4)) % file.u32(head);
    let mut changed = file.clone();
    changed.set_u32(places + free as usize * 8, 1);
    changed.set_u32(none, unit + free + 1);
    assert!(changed.refusal::<Root>().contains("overlaps another"));
}

#[test]
fn an_element_that_is_no_value_is_named_by_its_index() {
    let file = RegionFile::of(&root());
    for (index, name, size) in [(1, "texts", 8), (2, "flags", 1), (3, "wide", 64)] {
        let (head, places) = (head(&file, index), file.follow(at(&file, index)));
        let (capacity, first, len) = (file.u32(head), file.u32(head + 4), file.u32(at(&file, index) + 4));
        for element in 0..len {
            let place = (first + element) % capacity;
            let mut changed = file.clone();
            // No handle, and no `bool`.
            let byte = places + place as usize * size;
            changed.bytes[byte..byte + size.min(4)].fill(7);
            let error = changed.refusal::<Root>();
            assert!(error.contains(&format!("Root.{name}[{element}]")), "{error}");
        }
        // What is in free places is nobody's.
        let mut changed = file.clone();
        let free = places + ((first + len) % capacity) as usize * size;
        changed.bytes[free..free + size].fill(7);
        assert!(survives(&mut changed));
    }
    // In a deque that goes on from place 0, in one that does so too.
    let nested = at(&file, 4);
    let (outer, places) = (head(&file, 4), file.follow(nested));
    let inner = places + file.u32(outer + 4) as usize * 8;
    let mut changed = file.clone();
    let text = file.follow(inner);
    changed.bytes[text..text + 4].fill(9);
    assert!(changed.refusal::<Root>().contains("Root.nested[0][1]"), "{}", changed.refusal::<Root>());
}

#[test]
fn free_places_of_a_file_show_nothing_of_what_was_removed() {
    let secret = "a secret that is long enough to be found";
    let mut image = Image::<VecDeque<String>>::new([secret; 3]).unwrap();
    let mut deque = image.edit();
    deque.push_front(secret);
    deque.extend(["kept"; 3]);
    drop(deque.pop_front());
    drop(deque.remove(1));
    deque.retain(|text| text != secret);
    deque.rotate_left(1);
    deque.make_contiguous();
    assert_eq!(deque, ["kept"; 3]);
    let file = RegionFile::of(&image);
    assert!(!file.bytes.windows(8).any(|window| window == &secret.as_bytes()[..8]));
    // Free places are zero: handles and lengths of what was there aren't in the file either.
    let (places, head) = (file.follow(file.root()), file.follow(file.root()) - 8);
    let (capacity, first, len) = (file.u32(head), file.u32(head + 4), file.u32(file.root() + 4));
    assert!(capacity > len);
    for index in len..capacity {
        let place = places + ((first + index) % capacity) as usize * 8;
        assert_eq!(file.bytes[place..place + 8], [0; 8]);
    }
}
