//! Safe programs that try to break regions of a shared space: sealing, resetting, limits, panics, re-entrancy, odd types.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use offset_std::prelude::*;
use offset_std::{Error, ErrorKind, Filled, Region, Result, Sealed, Slot, Space, String, Vec};
use tests::Scratch;

#[path = "attack/nodes.rs"]
mod nodes;

use nodes::{Node, NodeInit, address, build, check, dirty, try_build};

// Sealing.

#[test]
fn the_next_region_starts_right_behind_a_sealed_one() {
    let space = Space::new().unwrap();
    for seed in 0..50 {
        let sealed = Region::try_build_in(&space, |region| try_build(region, seed)).unwrap();
        let last = Region::try_build_in(&space, |region| region.try_alloc::<u64, _>(7u64)).unwrap();
        let next = Region::new_in(&space);
        let first = address(next.alloc_plain(1u8));
        assert!(first - address(&*last) <= 64, "{first:#x} after {:#x}", address(&*last));
        check(&sealed, seed);
        assert_eq!(*last, 7);
    }
    let usage = space.usage();
    assert_eq!((usage.regions, usage.in_use), (0, 0), "{usage:?}");
}

/// The header of a sealed region lies in the region if there is room for it, and never where values are.
#[test]
fn a_bounded_region_is_sealed_however_full_it_is() {
    let space = Space::new().unwrap();
    dirty(&space);
    for bytes in [64, 128, 192, 4096] {
        for count in 0..bytes / 8 {
            let region = Region::bounded_in(&space, bytes);
            let root = region.alloc::<Vec<u64>, _>(from_iter(0..count)).detach();
            let sealed = region.seal(root).unwrap();
            let next = Region::new_in(&space);
            let other = next.alloc_slice(&[!0u64; 8]);
            let clones: std::vec::Vec<_> = (0..10).map(|_| sealed.clone()).collect();
            assert_eq!(Sealed::references(&sealed), 11);
            assert!(sealed.iter().copied().eq(0..count) && *other == [!0; 8]);
            drop(sealed);
            assert!(clones[9].iter().copied().eq(0..count));
        }
    }
    assert_eq!((space.usage().regions, space.usage().in_use), (0, 0));
}

#[test]
fn a_full_space_seals_a_full_region() {
    let space = Space::new().unwrap();
    space.set_limit(128 + 256);
    let region = Region::bounded_in(&space, 256);
    let root = region.alloc::<Vec<u64>, _>(from_iter(0..31)).detach();
    let sealed = region.seal(root).unwrap();
    assert!(sealed.iter().copied().eq(0..31));
    assert!(Region::new_in(&space).try_alloc_plain(1u8).is_err());
    drop(sealed);
    assert_eq!(space.usage().in_use, 0);
}

#[test]
fn what_refuses_to_be_sealed_is_as_it_was() {
    let space = Space::new().unwrap();
    let region = Region::new_in(&space);
    let kept = build(&region, 9).detach();
    let before = region.usage().allocated;
    let writer = region.writer().unwrap();
    let root = build(&region, 8).detach();
    let refused = region.seal(root).unwrap_err();
    assert!(matches!(refused.error().kind(), ErrorKind::InUse { references: 1 }), "{refused}");
    let region = refused.into_region();
    assert!(region.usage().allocated <= before + 8, "the root was released, but for what alignment left out");
    check(&region.adopt(kept).unwrap(), 9);
    drop(writer);

    let elsewhere = Region::new_in(&space);
    let root = build(&elsewhere, 7).detach();
    let refused = region.seal(root).unwrap_err();
    assert!(matches!(refused.error().kind(), ErrorKind::OtherRegion), "{refused}");
    let region = refused.into_region();
    let root = build(&region, 6).detach();
    check(&region.seal(root).unwrap(), 6);
    check(&build(&elsewhere, 5), 5);
}

/// Regions that live as long as the test says, as if they were leaked.
#[derive(Default)]
struct Leaked(std::cell::RefCell<std::vec::Vec<*mut Region>>);

impl Leaked {
    fn leak(&self, region: Region) -> &'static Region {
        let leaked = std::boxed::Box::into_raw(std::boxed::Box::new(region));
        self.0.borrow_mut().push(leaked);
        // SAFETY: it lives until the end of the test, and so does what refers to it.
        unsafe { &*leaked }
    }
}

impl Drop for Leaked {
    fn drop(&mut self) {
        for leaked in self.0.take() {
            // SAFETY: made by `Box`, and nothing refers to it any more.
            drop(unsafe { std::boxed::Box::from_raw(leaked) });
        }
    }
}

/// A region that is leaked gives values of every lifetime.
#[test]
fn a_root_out_of_a_leaked_region_is_refused() {
    let leaked = Leaked::default();
    let other = leaked.leak(Region::new());
    let error = Region::try_build(|_| other.try_alloc::<String, _>("of another region")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OtherRegion), "{error}");
    let mut writer: Option<&'static Region> = None;
    let error = Region::try_build(|region| {
        let second = leaked.leak(region.writer()?);
        writer = Some(second);
        second.try_alloc::<String, _>("of another writer")
    })
    .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OtherRegion), "{error}");
    // The region went on as long as the writer.
    let text = writer.unwrap().alloc::<String, _>("still there");
    dirty(&Space::global().unwrap());
    assert_eq!(*text, "still there");
    drop(text);

    let error = Region::try_build(|region| {
        leaked.leak(region.writer()?);
        region.try_alloc::<u64, _>(7u64)
    })
    .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InUse { references: 1 }), "{error}");
}

#[test]
fn sealed_regions_are_cloned_and_dropped_on_many_threads() {
    let space = Space::new().unwrap();
    for round in 0..20 {
        let sealed = Region::try_build_in(&space, |region| try_build(region, round)).unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                let mine = sealed.clone();
                scope.spawn(move || {
                    for _ in 0..200 {
                        let more = [mine.clone(), mine.clone()];
                        check(&more[1], round);
                    }
                });
            }
            drop(sealed);
            dirty(&space);
        });
    }
    assert_eq!((space.usage().regions, space.usage().in_use), (0, 0));
}

#[test]
fn a_sealed_region_is_saved_as_it_reads() {
    let scratch = Scratch::new("sealed-attack");
    let space = Space::new().unwrap();
    dirty(&space);
    let file = scratch.file("sealed");
    for seed in [3, 150] {
        let sealed = Region::try_build_in(&space, |region| {
            build(region, 1).freeze();
            try_build(region, seed)
        })
        .unwrap();
        sealed.save(&file).unwrap();
        check(&Image::<Node>::load(&file).unwrap(), seed);
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(8).any(|window| window == [0xff; 8]), "what was there before is in the file");
        assert!(!bytes.windows(6).any(|window| window == b"node 1"[..6].as_ref()) || seed >= 100);
    }
}

// Odd types.

#[derive(Relocatable, Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
#[relocatable(plain)]
struct Line {
    words: [u64; 8],
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C, align(64))]
struct Aligned {
    text: String,
    line: Line,
}

#[derive(Relocatable, Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
#[relocatable(plain)]
struct Nothing {}

#[test]
fn over_aligned_and_zero_sized_values_lie_where_they_must() {
    let space = Space::new().unwrap();
    dirty(&space);
    let line = Line { words: [9; 8] };
    for bytes in [64, 320] {
        let region = Region::bounded_in(&space, bytes);
        let own = region.alloc::<Line, _>(line);
        assert!(address(&*own).is_multiple_of(64) && own.words == [9; 8]);
    }
    let mut region = Region::new_in(&space);
    for round in 0..3 {
        for _ in 0..40 {
            region.alloc_plain(1u8);
            let plain = region.alloc_plain(line);
            assert!(address(plain).is_multiple_of(64) && *plain == line);
            let own = region.alloc::<Aligned, _>(AlignedInit { text: "aligned", line });
            assert!(address(&*own).is_multiple_of(64) && own.line == line && own.text == "aligned");
            let mut vec = region.alloc::<Vec<Aligned>, _>(Empty);
            for _ in 0..5 {
                region.alloc_plain(1u8);
                vec.edit().push(AlignedInit { text: "element", line });
            }
            assert!(vec.iter().all(|one| address(one).is_multiple_of(64) && one.line == line && one.text == "element"));
            let nothing = region.alloc::<Nothing, _>(Nothing {});
            assert!(address(&*nothing).is_multiple_of(64));
            assert!(address(region.alloc_plain(Nothing {})).is_multiple_of(64));
            let mut many = region.alloc::<Vec<Nothing>, _>([Nothing {}; 3]);
            many.edit().resize(1000, Nothing {});
            assert_eq!((many.len(), many.edit().pop().map(|popped| *popped)), (1000, Some(Nothing {})));
            assert_eq!(region.alloc_slice(&[Nothing {}; 7]).len(), 7);
        }
        assert!(round == 2 || region.usage().allocated > 0);
        region.reset();
    }
    let sealed = Region::try_build_in(&space, |region| region.try_alloc::<Nothing, _>(Nothing {})).unwrap();
    let shared = region.alloc::<Nothing, _>(Nothing {}).share();
    assert_eq!((*sealed.clone(), *shared.clone()), (Nothing {}, Nothing {}));
    drop((sealed, region));
    assert!(address(&*shared).is_multiple_of(64));
}

// Callbacks.

/// Counts down, and then fails.
struct Bomb<'a>(&'a std::cell::Cell<u32>, bool);

impl Emplace<String> for Bomb<'_> {
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
        match self.0.get().checked_sub(1) {
            Some(left) => self.0.set(left),
            None if self.1 => panic!("a bomb"),
            None => return Err(Error::custom("a bomb")),
        }
        slot.build(format_args!("{} left, and a text that is longer than a few units", self.0.get()))
    }
}

#[test]
fn initialisers_fail_and_panic_at_every_index() {
    let space = Space::new().unwrap();
    dirty(&space);
    for panics in [false, true] {
        for index in 0..40 {
            let region = Region::new_in(&space);
            let mut kept = region.alloc::<Vec<String>, _>(["kept"]);
            let whole = region.usage().allocated;
            let count = std::cell::Cell::new(index);
            let bomb = || Bomb(&count, panics);
            let inits = || {
                [(); 3].map(|()| NodeInit {
                    tag: 1,
                    name: bomb(),
                    wide: 2,
                    flag: true,
                    next: Empty,
                    parts: [[1u16; 40]; 3],
                    maybe: Some(bomb()),
                    words: [bomb(), bomb()],
                })
            };
            let built = catch_unwind(AssertUnwindSafe(|| {
                let nodes = region.try_alloc::<Vec<Node>, _>(from_iter(inits().into_iter().filter(|_| true)))?;
                let array = region.try_alloc::<[Node; 3], _>(inits())?;
                kept.edit().try_extend((0..16).map(|_| bomb()))?;
                Ok::<_, Error>((nodes.len(), array.len()))
            }));
            assert_eq!(matches!(built, Ok(Ok(_))), index >= 40, "bomb {index}");
            // As in std, what was pushed before a panic stays.
            kept.edit().truncate(1);
            kept.edit().shrink_to_fit();
            assert_eq!(*kept, ["kept"]);
            // What alignment left out, before the nodes, isn't given back.
            assert!(region.usage().allocated <= whole + 64, "bomb {index}");
            check(&build(&region, index.into()), index.into());
        }
    }
}

/// Allocates, frees and leaves things behind in the region that it is built in.
struct Meddler<'a>(&'a Region, usize);

impl Emplace<String> for Meddler<'_> {
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
        let region = self.0;
        region.alloc_slice(&vec![0xeeu8; self.1]);
        drop(region.alloc::<Vec<u8>, _>(vec![0xddu8; self.1 * 3]));
        drop(build(region, self.1 as u64).detach());
        let filled = slot.build(format_args!("meddled {}", self.1))?;
        region.alloc_slice(&vec![0xccu8; self.1]);
        drop(region.alloc::<Vec<u8>, _>(vec![0xbbu8; self.1 + 1]));
        Ok(filled)
    }
}

#[test]
fn an_initialiser_may_allocate_in_the_region_it_is_built_in() {
    let space = Space::new().unwrap();
    dirty(&space);
    for size in [1, 40, 300, 5_000, 40_000] {
        let region = Region::new_in(&space);
        let mut nodes = region.alloc::<Vec<Node>, _>(Empty);
        for _ in 0..10 {
            let meddler = || Meddler(&region, size);
            nodes.edit().push(NodeInit {
                tag: 1,
                name: meddler(),
                wide: 3,
                flag: true,
                next: Empty,
                parts: from_iter((0..3).map(|_| [7u16; 5])),
                maybe: Some(meddler()),
                words: [meddler(), meddler()],
            });
            nodes.edit().get_mut(0).unwrap().edit().name.set(meddler());
        }
        let text = format!("meddled {size}");
        for node in &*nodes {
            assert!(node.name == text && node.words == [&*text, &*text] && node.maybe.as_option().unwrap() == &text);
            assert_eq!(node.parts, [[7; 5], [7; 5], [7; 5]]);
        }
        let boxed =
            Region::try_build_in(&space, |region| region.try_alloc::<String, _>(Meddler(region, size))).unwrap();
        assert_eq!(*boxed, *text);
    }
}

// Limits.

/// Whatever allocation is the one that doesn't fit, what is there stays as it was.
#[test]
fn a_space_that_is_full_at_any_allocation_leaves_values_whole() {
    for limit in (0..600).map(|lines| 128 + lines * 64).step_by(5) {
        let space = Space::new().unwrap();
        space.set_limit(limit);
        let (one, two) = (Region::new_in(&space), Region::limited_in(&space, limit / 3));
        let mut nodes = std::vec::Vec::new();
        let error = 'full: loop {
            for region in [&one, &two] {
                let seed = nodes.len() as u64;
                match try_build(region, seed) {
                    Ok(node) => nodes.push((node, seed)),
                    Err(error) => break 'full error,
                }
                let Some((node, seed)) = nodes.last_mut() else { continue };
                let before = node.parts.len();
                if let Err(error) = node.edit().parts.try_push([1u16; 300]) {
                    break 'full error;
                }
                node.edit().parts.truncate(before);
                if let Err(error) = node.edit().name.try_push_str(&"z".repeat(500)) {
                    break 'full error;
                }
                node.edit().name.set(format_args!("node {seed}"));
            }
        };
        assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{error}");
        for (node, seed) in &nodes {
            check(node, *seed);
        }
        for (node, _) in &mut nodes {
            // Smaller than what is there, and set field by field: needs little, and may fail too.
            let _ = node.edit().name.try_set("small");
            node.edit().words.edit().get_mut(1).unwrap().clear();
            assert!(node.name == "small" || node.name.starts_with("node"));
            assert_eq!(node.words[1], "");
        }
        drop(nodes);
        drop((one, two));
        assert_eq!((space.usage().regions, space.usage().in_use), (0, 0));
    }
}

#[test]
fn a_bounded_region_takes_its_bound_and_no_more() {
    let space = Space::new().unwrap();
    let regions: std::vec::Vec<_> = (1..200).map(|lines| Region::bounded_in(&space, lines * 64 - lines % 64)).collect();
    for (lines, region) in (1u64..).zip(&regions) {
        let mut count = 0;
        while region.try_alloc_plain(count << 32 | lines).is_ok() {
            count += 1;
        }
        assert_eq!(count, lines * 8);
        assert_eq!(region.usage().allocated, lines * 64);
        assert_eq!(region.usage().capacity, lines * 64);
        let error = region.try_alloc::<Vec<u8>, _>([1, 2]).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Limit { what: "the bound of the region", .. }), "{error}");
        let error = region.writer().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Custom { .. }), "{error}");
    }
    let bytes: u64 = (1..200).map(|lines| lines * 64).sum();
    assert_eq!((space.usage().in_use, space.usage().regions), (bytes, 199));
}

/// What fails takes nothing along: blocks that wait since a reset are there for the next allocation.
#[test]
fn an_allocation_that_fails_after_a_reset_loses_nothing() {
    let space = Space::new().unwrap();
    let mut limited = Region::limited_in(&space, 4096);
    let fill =
        |region: &Region| std::iter::repeat_with(|| region.try_alloc_plain(7u64)).take_while(Result::is_ok).count();
    assert_eq!(fill(&limited), 512);
    for _ in 0..3 {
        limited.reset();
        assert!(limited.try_alloc_slice(&[0u8; 4000]).is_err());
        assert!(limited.try_alloc_slice(&[0u8; 5000]).is_err());
        assert_eq!(limited.usage().allocated, 0);
        assert_eq!(fill(&limited), 512);
    }
    space.set_limit(space.usage().committed + 128);
    let mut region = Region::new_in(&space);
    drop(limited);
    let count = fill(&region);
    region.reset();
    assert!(region.try_alloc_slice(&[0u8; 8000]).is_err());
    assert_eq!(fill(&region), count);
}

#[test]
fn a_space_is_full_only_when_regions_have_it() {
    let space = Space::new().unwrap();
    space.set_limit(64 << 10);
    let mut regions = vec![];
    while let (region, Ok(())) = {
        let region = Region::new_in(&space);
        let filled = region.try_alloc_slice(&[1u8; 200]).map(drop);
        (region, filled)
    } {
        regions.push(region);
    }
    regions.truncate(1);
    for size in 1..60u8 {
        let region = Region::new_in(&space);
        region.alloc_slice(&vec![size; usize::from(size) << 10]);
        drop(region);
        Region::bounded_in(&space, u64::from(size) << 10).alloc_slice(&vec![size; usize::from(size) << 10]);
    }
    drop(regions);
    let region = Region::new_in(&space);
    let mut bytes = 0;
    while region.try_alloc_plain(0u64).is_ok() {
        bytes += 8;
    }
    assert!(bytes > 60 << 10, "{bytes} bytes of 64 KiB");
}

/// What sealing leaves over is given out piece by piece, and none of it is out of reach.
#[test]
fn a_long_rest_of_a_sealed_region_is_for_all() {
    let space = Space::new().unwrap();
    let sealed = Region::try_build_in(&space, |region| {
        drop(region.alloc_iter::<u64, _>(0..1 << 20));
        region.try_alloc::<u64, _>(7u64)
    })
    .unwrap();
    let small = Region::new_in(&space);
    assert!(address(small.alloc_plain(1u8)) - address(&*sealed) <= 64);
    assert!(small.usage().held <= 4096, "{:?}", small.usage());
    assert!(thread::scope(|scope| scope.spawn(|| space.trim()).join().unwrap()) > 7 << 20);
    assert_eq!(*sealed, 7);
}

#[test]
fn limits_are_reported_whatever_was_asked_for() {
    let space = Space::new().unwrap();
    for region in [Region::limited_in(&space, 4096), Region::bounded_in(&space, 4096), Region::limited_in(&space, 0)] {
        let vec = region.try_alloc::<Vec<u64>, _>(Empty);
        let error = vec.and_then(|mut own| own.edit().try_reserve_exact((1 << 31) - 1)).unwrap_err();
        let ErrorKind::Limit { needed, limit, .. } = *error.kind() else { panic!("{error}") };
        assert!(limit == region.usage().capacity && (needed > 16 << 30 || limit == 0), "{error}");
    }
}
