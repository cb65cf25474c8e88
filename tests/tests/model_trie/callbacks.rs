//! Initialisers, closures and keys that panic, fail, lie and re-enter, at every call.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use offset_std::prelude::*;
use offset_std::{Filled, Image, Region, Result, Slot, String, Trie, TrieMut};

use crate::attack::parts::{Fuse, How, Part, part};
use crate::attack::{check, check_no_leak};

fn trie(count: u32) -> Image<Trie<String>> {
    Image::new(from_iter((0..count).map(|n| (format!("key {n}"), format!("value {n}"))))).unwrap()
}

#[test]
fn a_predicate_that_panics_keeps_every_entry() {
    for panics_at in [0, 1, 30, 99] {
        let mut image = trie(100);
        let before = format!("{:?}", *image);
        let mut left: u32 = panics_at;
        let retained = catch_unwind(AssertUnwindSafe(|| {
            image.edit().retain(|_, _| {
                left = left.checked_sub(1).unwrap_or_else(|| resume_unwind(std::boxed::Box::new("no more")));
                false
            });
        }));
        assert!(retained.is_err());
        assert_eq!(format!("{:?}", *image), before);
        check_no_leak(&image);
    }
}

type Parts<'a> = TrieMut<'a, Part>;

#[test]
fn an_initialiser_that_fails_at_any_step_changes_nothing() {
    type Attempt = fn(&mut Parts<'_>, &Fuse) -> Result<()>;
    let attempts: [(&str, Attempt); 7] = [
        ("insert", |trie, fuse| trie.try_insert("name 5 and a half", part(fuse, "new")).map(drop)),
        ("insert first", |trie, fuse| trie.try_insert("", part(fuse, "new")).map(drop)),
        ("insert last", |trie, fuse| trie.try_insert("zzz", part(fuse, "new")).map(drop)),
        ("insert a long key", |trie, fuse| trie.try_insert(&"name".repeat(100), part(fuse, "new")).map(drop)),
        ("insert another child", |trie, fuse| trie.try_insert("name !", part(fuse, "new")).map(drop)),
        ("replace", |trie, fuse| trie.try_insert("name 7", part(fuse, "newer")).map(drop)),
        ("entry", |trie, fuse| trie.entry("name 9!").try_or_insert(part(fuse, "new")).map(drop)),
    ];
    for count in [0, 8, 31] {
        for (name, attempt) in attempts {
            for how in [How::Error, How::Panic, How::ErrorAfter, How::PanicAfter, How::Forget] {
                let never = Fuse::never();
                let pairs = from_iter((0..count).map(|n| (format!("name {n}"), part(&never, "a part"))));
                let mut image = Image::<Trie<Part>>::new(pairs).unwrap();
                let before = format!("{:?}", *image);
                for steps in 0.. {
                    let fuse = Fuse::new(steps, how);
                    let done = catch_unwind(AssertUnwindSafe(|| attempt(&mut image.edit(), &fuse)));
                    if matches!(done, Ok(Ok(()))) {
                        break;
                    }
                    assert_eq!(format!("{:?}", *image), before, "{name} of {count}, step {steps}, {how:?}");
                }
                if how == How::Forget {
                    check(&image);
                } else {
                    check_no_leak(&image);
                }
            }
        }
    }
}

/// Building fails, or panics, in the middle: what was added until then is released.
#[test]
fn a_trie_that_is_not_finished_is_released() {
    for how in [How::Error, How::Panic, How::ErrorAfter, How::PanicAfter] {
        for steps in (0..200).step_by(7) {
            let mut image = Image::<Trie<Part>>::new(Empty).unwrap();
            let before = image.usage().allocated;
            let fuse = Fuse::new(steps, how);
            let pairs = || from_iter((0..8).map(|n| (format!("name {n}"), part(&fuse, "a part"))));
            let done = catch_unwind(AssertUnwindSafe(|| image.edit().try_set(pairs())));
            assert!(!matches!(done, Ok(Ok(()))), "{steps}");
            assert!(image.is_empty());
            assert_eq!(image.usage().allocated, before, "{how:?} {steps}");
        }
    }
}

/// A key that is another one whenever it is asked, and panics when asked often.
struct Shifty<'a>(&'a Cell<u32>, [std::string::String; 4]);

impl AsRef<[u8]> for Shifty<'_> {
    fn as_ref(&self) -> &[u8] {
        let call = self.0.replace(self.0.get() + 1);
        self.1[call as usize % 4].as_bytes()
    }
}

#[test]
fn a_key_that_changes_is_what_it_was_when_it_was_asked() {
    let mut image = trie(50);
    let calls = Cell::new(0);
    for n in 0..400u32 {
        let name = |m: u32| format!("key {}", (n * 7 + m * 13) % 80);
        let key = Shifty(&calls, [0, 1, 2, 3].map(name));
        let mut trie = image.edit();
        match n % 8 {
            0 => drop(trie.insert(&key, "inserted")),
            1 => trie.entry(&key).or_insert("entered").push('!'),
            2 => drop(trie.remove(&key)),
            3 => assert!(trie.range::<Shifty<'_>, _>(&key..&key).count() <= trie.len()),
            4 => assert!(trie.prefix(&key).count() <= trie.len()),
            5 => assert!(trie.common_prefixes(&key).count() <= trie.len()),
            6 => trie.extend([(key, "extended")]),
            _ => assert!(trie.remove_prefix(&key) <= 50),
        }
        assert_eq!(image.iter().count(), image.len());
        assert!(image.keys().is_sorted());
    }
    check_no_leak(&image);
}

/// An initialiser that allocates in the region that it builds in, and leaves holes there.
struct Busy<'r>(&'r Region, u32);

impl Emplace<String> for Busy<'_> {
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
        let one = self.0.alloc::<Trie<String>, _>([("key 1", "another trie")]);
        let kept = self.0.alloc::<String, _>("kept for a while");
        drop(one);
        let filled = slot.build(format!("value {}", self.1));
        drop(kept);
        filled
    }
}

#[test]
fn an_initialiser_may_use_the_region_meanwhile() {
    let region = Region::new();
    let mut root = region.alloc::<Trie<String>, _>(Empty);
    for n in 0..300u32 {
        let mut trie = root.edit();
        let key = format!("key {}", n * 7 % 300);
        assert!(trie.insert(&key, Busy(&region, n)).is_none());
        drop(trie.insert(&key, Busy(&region, n)));
        trie.retain(|_, place| {
            if n % 50 == 0 {
                place.set(Busy(&region, n));
            }
            true
        });
        assert_eq!(trie.len(), n as usize + 1);
    }
    assert!(root.values().all(|value| value.starts_with("value ")));
}

/// What is removed and leaked is lost until the file is loaded again, and that is all.
#[test]
fn a_removed_value_that_is_leaked_does_no_harm() {
    let mut image = trie(200);
    for n in 0..190 {
        let mut edit = image.edit();
        std::mem::forget(edit.remove(&format!("key {}", n * 3 % 200)));
        // The value alone: the key is std's, and a sanitizer would miss it.
        edit.pop_first().into_iter().for_each(|(_, value)| std::mem::forget(value));
        if n % 5 == 0 {
            edit.insert(&format!("key {n} {}", "long".repeat(n)), "again");
            std::mem::forget(edit.insert(&format!("key {n} {}", "long".repeat(n)), "and again"));
        }
    }
    check(&image);
}

/// An iterator that goes half way, and handles that stay.
#[test]
fn handles_of_an_iterator_outlive_it() {
    let mut image = trie(100);
    let mut trie = image.edit();
    let mut iter = trie.iter_mut();
    let (mut first, mut last) = (iter.next().unwrap().1, iter.next_back().unwrap().1);
    let mut middle = iter.nth(50).unwrap().1;
    drop(iter);
    for handle in [&mut first, &mut middle, &mut last] {
        handle.push_str(&"longer".repeat(20));
    }
    check_no_leak(&image);
    assert_eq!(image.values().filter(|value| value.ends_with("longer")).count(), 3);
}
