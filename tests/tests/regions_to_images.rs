//! Regions of a space become images, and reach files: with what they own, and nothing else.

use std::fs;

use offset_std::prelude::*;
use offset_std::{Box, ErrorKind, Image, Mapped, Region, Space, String, Vec};
use tests::Scratch;

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Node {
    small: u8,
    name: String,
    next: Option<Box<Node>>,
    rows: Vec<Vec<u32>>,
}

/// A list of `len` nodes, the last one first, with rows of different lengths.
fn build(region: &Region, len: u32) -> Own<'_, Option<Box<Node>>> {
    let mut list = region.alloc::<Option<Box<Node>>, _>(Empty);
    for n in 0..len {
        let mut handle = list.edit();
        let rest = handle.take();
        let rows = from_iter((0..n % 4).map(|row| from_iter(0..row * 50)));
        handle.set(Some(NodeInit { small: n as u8, name: format_args!("node {n}"), next: rest, rows }));
        // Something that is freed, between what stays.
        drop(region.alloc::<String, _>("a secret that is gone"));
    }
    list
}

fn check(list: &Option<Box<Node>>, len: u32) {
    let mut node = list.as_ref();
    for n in (0..len).rev() {
        let this = node.unwrap();
        assert_eq!((this.small, this.name.as_str()), (n as u8, &*format!("node {n}")));
        assert!((0..).zip(&this.rows).all(|(row, numbers)| numbers.iter().copied().eq(0..row * 50)));
        node = this.next.as_ref();
    }
    assert!(node.is_none());
}

#[test]
fn a_region_of_any_size_becomes_an_image() {
    let scratch = Scratch::new("promote");
    let space = Space::new().unwrap();
    for len in [0, 1, 10, 300, 5000] {
        // Neighbours that share its pages, before and after.
        let (before, after) = (Region::new_in(&space), Region::new_in(&space));
        let ours = before.alloc_iter::<u64, _>(0..70);
        let region = Region::new_in(&space);
        let list = build(&region, len);
        let theirs = after.alloc_iter::<u64, _>(70..140);
        let list = list.detach();
        let mut image: Image<Option<Box<Node>>> = region.promote(list).unwrap();
        check(&image, len);
        assert!(ours.iter().copied().eq(0..70) && theirs.iter().copied().eq(70..140));

        // What the region had is used again, and isn't the image's any more.
        let noise = Region::new_in(&space);
        noise.alloc_slice(&vec![0xffu8; 3 << 20]);
        check(&image, len);

        // It can be edited, and what was free is used, zeroed.
        for n in 0..200 {
            let kept = image.edit().take().map_or(0, |rest| rest.rows.len());
            assert!(kept < 4);
            image.edit().set(Some(NodeInit {
                small: n,
                name: "new",
                next: Empty,
                rows: from_iter([[1u32, 2], [3, 4]]),
            }));
        }
        assert_eq!(image.as_ref().unwrap().rows[1], [3, 4]);

        let path = scratch.file(&format!("list {len}"));
        image.save(&path).unwrap();
        assert_eq!(*Image::<Option<Box<Node>>>::load(&path).unwrap(), *image);
        // SAFETY: nobody else writes to the file.
        let mapped = unsafe { Mapped::<Option<Box<Node>>>::map(&path) }.unwrap();
        assert_eq!(*mapped, *image);
        assert!(fs::metadata(&path).unwrap().len() < 4096);
    }
}

#[test]
fn promotion_is_refused_while_something_refers_to_the_region() {
    let region = Region::new();
    let shared = region.alloc::<String, _>("shared").share();
    let refused = region.promote(Region::new().alloc::<u64, _>(1u64).detach()).unwrap_err();
    assert!(matches!(refused.error().kind(), ErrorKind::OtherRegion), "{refused}");
    let region = refused.into_region();
    let root = region.alloc::<u64, _>(5u64).detach();
    let refused = region.promote(root).unwrap_err();
    assert!(matches!(refused.error().kind(), ErrorKind::InUse { references: 1 }), "{refused}");
    drop(shared);
    let region = refused.into_region();
    let root = region.alloc::<Vec<String>, _>(["a", "b"]).detach();
    assert_eq!(*region.promote(root).unwrap(), ["a", "b"]);
}

#[test]
fn a_bounded_region_becomes_an_image_that_grows() {
    let region = Region::bounded(8192);
    let mut numbers = region.alloc::<Vec<u32>, _>(from_iter(0..1000));
    assert!(numbers.edit().try_reserve(2000).is_err());
    let numbers = numbers.detach();
    let mut image = region.promote(numbers).unwrap();
    image.edit().extend(1000..100_000);
    assert!(image.iter().copied().eq(0..100_000));
}

/// Blocks come dirty from other regions, and freed values leave bytes: neither reaches a file.
#[test]
fn a_file_has_live_bytes_only() {
    let scratch = Scratch::new("live-bytes");
    let space = Space::new().unwrap();
    Region::new_in(&space).alloc_slice(&b"SECRET-OF-ANOTHER-REGION".repeat(10_000));
    let region = Region::new_in(&space);
    let mut words = region.alloc::<Vec<String>, _>(["kept", "FREED-SECRET", "kept too"]);
    words.edit().remove(1);
    words.edit().push("x"); // grown, with slack
    let path = scratch.file("own");
    words.save(&path).unwrap();
    let mut files = vec![fs::read(&path).unwrap()];

    let words = words.detach();
    let image = region.promote(words).unwrap();
    let path = scratch.file("promoted");
    image.save(&path).unwrap();
    files.push(fs::read(&path).unwrap());

    let sealed = Region::try_build_in(&space, |region| region.try_alloc::<Vec<String>, _>(["a", "b"])).unwrap();
    let path = scratch.file("sealed");
    sealed.save(&path).unwrap();
    files.push(fs::read(&path).unwrap());
    for bytes in files {
        assert!(!bytes.windows(6).any(|window| window == b"SECRET"), "{}", bytes.escape_ascii());
    }
}

/// A bounded region is a run of its own among those of others, and as dirty as those who had it before.
#[test]
fn a_bounded_region_is_saved_and_mapped_without_a_byte_of_others() {
    let scratch = Scratch::new("bounded-file");
    let space = Space::new().unwrap();
    Region::new_in(&space).alloc_slice(&b"SECRET-OF-ANOTHER-REGION".repeat(10_000));
    let neighbour = Region::bounded_in(&space, 64);
    neighbour.alloc_slice(b"SECRET-OF-A-NEIGHBOUR");
    let region = Region::bounded_in(&space, 4096);
    let after = Region::bounded_in(&space, 64);
    after.alloc_slice(b"SECRET-OF-A-NEIGHBOUR");
    let mut words = region.alloc::<Vec<String>, _>(["kept", "FREED-SECRET", "kept too"]);
    words.edit().remove(1);
    words.edit().push("x");
    region.alloc_slice(b"SECRET-BESIDE-THE-ROOT");
    let path = scratch.file("own");
    words.save(&path).unwrap();
    let words = words.detach();
    let sealed = region.seal(words).unwrap();
    let sealed_path = scratch.file("sealed");
    sealed.save(&sealed_path).unwrap();
    for path in [&path, &sealed_path] {
        let bytes = fs::read(path).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"SECRET"), "{}", bytes.escape_ascii());
        // SAFETY: nobody writes to the file.
        let mapped = unsafe { Mapped::<Vec<String>>::map(path) }.unwrap();
        assert_eq!(*mapped, ["kept", "kept too", "x"]);
    }
}

/// After a churn that leaves holes, compaction makes a run that wasn't there, and everything reads as before.
#[test]
fn compaction_makes_room_and_changes_no_value() {
    let space = Space::new().unwrap();
    space.set_limit(4 << 20);
    let mut movables = std::vec::Vec::new();
    for len in (0..40).cycle() {
        if space.usage().largest_free < 128 << 10 {
            break;
        }
        let list = Region::try_build_in(&space, |region| Ok(build(region, len))).unwrap();
        movables.push((len, list.into_movable().unwrap()));
    }
    let mut n = 0;
    movables.retain(|_| (n += 1, n % 2 == 0).1);
    let wanted = 1 << 20;
    assert!(Region::try_bounded_in(&space, wanted).is_err());
    let pinned = movables.last().unwrap().1.read();
    let at = std::ptr::from_ref(&*pinned);
    let done = space.compact();
    assert!(done.moved > 10 && done.bytes > 0, "{done:?}");
    assert_eq!(std::ptr::from_ref(&*pinned), at, "a pinned value was moved");
    drop(pinned);
    let done = space.compact();
    assert!(done.largest_free_after >= wanted, "{done:?}");
    movables.iter().for_each(|(len, list)| check(&list.read(), *len));
    let large = Region::bounded_in(&space, wanted);
    large.alloc_slice(&vec![0xffu8; wanted as usize]);
    movables.iter().for_each(|(len, list)| check(&list.read(), *len));
}

/// What a writer built that is gone lies in blocks of its own, which go along.
#[test]
fn an_image_has_what_other_writers_built() {
    let space = Space::new().unwrap();
    for noise in [0, 10, 1000u64] {
        let region = Region::new_in(&space);
        region.alloc_plain(1u64);
        let writer = region.writer().unwrap();
        let theirs = build(&writer, 100).detach();
        (0..noise).for_each(|n| *region.alloc_plain(n) += 1);
        drop(writer);
        let root = region.alloc::<Vec<Box<Option<Box<Node>>>>, _>([theirs]);
        (0..noise).for_each(|n| *region.alloc_plain(n) += 1);
        let root = root.detach();
        let image = region.promote(root).unwrap();
        let other = Region::new_in(&space);
        other.alloc_slice(&vec![0xffu8; 1 << 20]);
        check(&image[0], 100);
    }
    assert_eq!(space.usage().regions, 0);
    assert_eq!(space.usage().in_use, 0);
}

#[test]
fn compaction_comes_to_rest() {
    let space = Space::new().unwrap();
    let mut movables = std::vec::Vec::new();
    for len in (0..600u32).map(|n| n * 7 % 23) {
        let list = Region::try_build_in(&space, |region| Ok(build(region, len))).unwrap();
        movables.push((len, list.into_movable().unwrap()));
    }
    let mut n = 0;
    movables.retain(|_| (n += 1, n % 3 == 0).1);
    assert!(space.compact().moved > 0);
    let calls = (0..10).take_while(|_| space.compact().moved > 0).count();
    assert!(calls < 3, "{calls} calls moved something");
    movables.iter().for_each(|(len, list)| check(&list.read(), *len));
}
