//! Containers in containers, between kinds of containers and between regions, with user code that meddles: what no test of a single container would meet.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

use offset_std::prelude::*;
use offset_std::{
    BTreeMap, BTreeSet, Box, ErrorKind, Filled, HashMap, HashSet, Region, Result, Slot, Space, StableHash, String, Vec,
};

mod attack;

use attack::{RegionFile, check_no_leak, leak};

/// A text that is too long to be cheap, and says where it comes from.
fn text(name: &str) -> std::string::String {
    format!("{name}, which is long enough for an allocation of its own")
}

/// One text in each kind of container.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Kinds {
    vec: Vec<String>,
    hash_map: HashMap<String, String>,
    hash_set: HashSet<String>,
    tree: BTreeMap<String, String>,
    tree_set: BTreeSet<String>,
    option: Option<Box<String>>,
    maybe: Maybe<String>,
}

fn kinds() -> impl Emplace<Kinds> {
    KindsInit {
        vec: Empty,
        hash_map: Empty,
        hash_set: Empty,
        tree: Empty,
        tree_set: Empty,
        option: Empty,
        maybe: Empty,
    }
}

/// Takes a text out of each kind and puts it into the next, in the same region or in another.
fn pass_on(from: &mut KindsMut<'_>, to: &mut KindsMut<'_>, text: &str) {
    from.vec.push(text);
    to.hash_map.insert(from.vec.pop().unwrap(), "value");
    let (key, value) = to.hash_map.remove_entry(text).unwrap();
    assert_eq!((key.as_str(), value.as_str()), (text, "value"));
    from.tree.insert(key, value);
    let (key, value) = from.tree.pop_first().unwrap();
    to.hash_set.insert(key);
    to.option.set(Some(Boxed(value)));
    from.tree_set.insert(to.hash_set.take(text).unwrap());
    to.maybe.set(from.tree_set.pop_last());
    from.vec.push(to.maybe.take().unwrap());
    to.hash_map.insert("key", from.vec.swap_remove(0));
    from.maybe.set(to.hash_map.insert("key", "nothing"));
    let taken = from.maybe.take().unwrap();
    assert_eq!(taken.as_str(), text);
    to.option.insert(taken);
    from.vec.push(to.option.take().unwrap());
    to.vec.set([DeepCopy(&from.vec[0])]);
    drop(from.vec.remove(0));
    to.hash_map.remove("key");
    assert_eq!(to.vec.pop().unwrap().as_str(), text);
}

#[test]
fn what_one_kind_of_container_gave_up_goes_into_every_other_kind() {
    let text = text("a text");
    for _ in 0..3 {
        let (mut one, mut two) = (Image::<Kinds>::new(kinds()).unwrap(), Image::<Kinds>::new(kinds()).unwrap());
        let region = Region::new();
        let mut own = region.alloc::<Kinds, _>(kinds());
        pass_on(&mut one.edit(), &mut two.edit(), &text);
        pass_on(&mut one.edit(), &mut own.edit(), &text);
        pass_on(&mut own.edit(), &mut one.edit(), &text);
        let bounded = Region::bounded(1 << 14);
        pass_on(&mut bounded.alloc::<Kinds, _>(kinds()).edit(), &mut own.edit(), &text);
        for image in [&one, &two] {
            check_no_leak(image);
        }
    }
    // Within one region.
    let mut pair = Image::<[Kinds; 2]>::new([kinds(), kinds()]).unwrap();
    let (mut one, mut two) = pair.root_mut().into_fields().into_split_at(1);
    let (mut one, mut two) = (one.get_mut(0).unwrap(), two.get_mut(0).unwrap());
    pass_on(&mut one.edit(), &mut two.edit(), &text);
    pass_on(&mut two.edit(), &mut one.edit(), &text);
    check_no_leak(&pair);
}

type Nested = HashMap<String, Vec<BTreeMap<u64, HashSet<String>>>>;

fn nested(mark: &str) -> std::collections::HashMap<std::string::String, std::vec::Vec<Tree>> {
    (0..4u64).map(|n| (format!("{mark} {n}"), (0..n).map(|m| Tree(mark.to_owned(), m * 20)).collect())).collect()
}

/// The initialiser of a tree of sets.
#[derive(Clone)]
struct Tree(std::string::String, u64);

impl Emplace<BTreeMap<u64, HashSet<String>>> for Tree {
    fn emplace<'s>(
        self,
        slot: Slot<'s, BTreeMap<u64, HashSet<String>>>,
    ) -> Result<Filled<'s, BTreeMap<u64, HashSet<String>>>> {
        slot.build(from_iter(
            (0..self.1).map(|n| {
                (n, from_iter((0..3).map(|m| text(&format!("{}{n}{m}", self.0))).collect::<std::vec::Vec<_>>()))
            }),
        ))
    }
}

#[test]
fn nested_containers_go_from_region_to_region_at_every_level() {
    let mut image = Image::<Nested>::new(nested("image")).unwrap();
    let region = Region::new();
    let mut own = region.alloc::<Nested, _>(nested("region"));
    let (before, other) = (format!("{:?}", image["image 3"]), format!("{:?}", own["region 3"]));
    {
        let (mut one, mut two) = (image.edit(), own.edit());
        let (mut a, mut b) = (one.get_mut("image 3").unwrap(), two.get_mut("region 3").unwrap());
        // The outermost first, then what came from there, inside.
        a.swap_with(&mut b);
        a.get_mut(2).unwrap().append(&mut b.get_mut(1).unwrap());
        a.get_mut(0).unwrap().swap_with(&mut b.get_mut(0).unwrap());
        b.get_mut(2).unwrap().get_mut(&7).unwrap().swap_with(&mut a.get_mut(2).unwrap().get_mut(&8).unwrap());
        drop(b.pop());
        a.append(&mut b);
        assert_eq!((a.len(), b.len()), (5, 0));
    }
    assert_ne!(format!("{:?}", image["image 3"]), before);
    assert!(other.len() > 100);
    drop(own);
    drop(region);
    let loaded = check_no_leak(&image);
    assert_eq!(loaded["image 3"].iter().map(|tree| tree.len()).sum::<usize>(), 20 + 40);
    image.edit().swap_with(&mut Image::<Nested>::new(Empty).unwrap().edit());
    assert!(image.is_empty());
    check_no_leak(&image);
}

/// Drops a region and dirties another one: what user code may do at any time.
fn meddle(regions: &RefCell<std::vec::Vec<Region>>) {
    regions.borrow_mut().pop();
    let region = Region::new();
    region.alloc_slice(&[0xffu8; 1000]);
}

fn regions(space: &Space, count: usize) -> RefCell<std::vec::Vec<Region>> {
    RefCell::new(
        (0..count)
            .map(|n| {
                let region = Region::new_in(space);
                region.alloc_slice(&vec![0xaau8; n * 40]);
                region
            })
            .collect(),
    )
}

/// A key whose order, equality and hash drop regions.
#[derive(Relocatable, Debug)]
#[repr(C)]
struct Meddling {
    name: String,
}

thread_local! {
    static REGIONS: RefCell<std::vec::Vec<Region>> = const { RefCell::new(std::vec::Vec::new()) };
}

impl PartialEq for Meddling {
    fn eq(&self, other: &Self) -> bool {
        REGIONS.with(meddle);
        self.name == other.name
    }
}

impl Eq for Meddling {}

impl PartialOrd for Meddling {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Meddling {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        REGIONS.with(meddle);
        self.name.cmp(&other.name)
    }
}

impl StableHash for Meddling {
    fn stable_hash(&self, hasher: &mut offset_std::StableHasher) {
        REGIONS.with(meddle);
        self.name.stable_hash(hasher);
    }
}

#[derive(Relocatable, Debug)]
#[repr(C)]
struct Meddled {
    vec: Vec<Meddling>,
    map: HashMap<Meddling, String>,
    tree: BTreeMap<Meddling, String>,
}

#[test]
fn comparisons_and_hashes_that_drop_regions_of_the_same_space_change_nothing() {
    let space = Space::global().unwrap();
    let region = Region::new_in(&space);
    let names: std::vec::Vec<_> = (0..200u32).map(|n| text(&format!("{}", n * 7919 % 200))).collect();
    let mut own = region.alloc::<Meddled, _>(MeddledInit {
        vec: from_iter(names.iter().map(|name| MeddlingInit { name })),
        map: Empty,
        tree: Empty,
    });
    REGIONS.set(regions(&space, 500).into_inner());
    let mut fields = own.edit();
    fields.vec.sort();
    for name in &names {
        let key = Image::<Meddling>::new(MeddlingInit { name }).unwrap();
        fields.map.insert(DeepCopy(&*key), name);
        fields.tree.insert(DeepCopy(&*key), name);
    }
    fields.map.retain(|_, value| !value.contains('3'));
    fields.map.shrink_to_fit();
    fields.vec.dedup();
    REGIONS.set(std::vec::Vec::new());
    let mut sorted = names.clone();
    sorted.sort();
    assert!(own.vec.iter().map(|one| one.name.as_str()).eq(sorted.iter().map(|name| &**name)));
    assert!(
        own.tree
            .iter()
            .map(|(key, value)| (key.name.as_str(), value.as_str()))
            .eq(sorted.iter().map(|name| (&**name, &**name)))
    );
    assert_eq!(own.map.len(), names.iter().filter(|name| !name.contains('3')).count());
    assert!(own.map.iter().all(|(key, value)| key.name.as_str() == value.as_str()));
}

/// An initialiser that allocates, links, frees and drops in the very region that the container is built in.
struct Busy<'a, 'r> {
    region: &'r Region,
    kept: &'a RefCell<std::vec::Vec<Own<'r, Vec<String>>>>,
    name: std::string::String,
}

impl Emplace<String> for Busy<'_, '_> {
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
        self.kept.borrow_mut().push(self.region.alloc(["one", "two"]));
        if self.kept.borrow().len() > 5 {
            self.kept.borrow_mut().remove(2);
        }
        drop(self.region.alloc::<Vec<u64>, _>([0xffff_ffff_ffff_ffff; 40]));
        let filled = slot.build(&*self.name)?;
        drop(self.region.alloc::<String, _>(&*self.name).detach());
        let mut kept = self.kept.borrow_mut();
        kept.iter_mut().for_each(|one| one.edit().push("more of it"));
        drop(kept);
        Ok(filled)
    }
}

#[test]
fn initialisers_that_work_in_the_region_of_the_container_that_they_build_harm_nothing() {
    for kind in 0..3 {
        let region = match kind {
            0 => Region::new(),
            1 => Region::bounded(1 << 20),
            _ => Region::limited_in(&Space::global().unwrap(), 1 << 20),
        };
        let kept = RefCell::new(std::vec::Vec::new());
        let busy = |n: u32| Busy { region: &region, kept: &kept, name: text(&n.to_string()) };
        let expected = |n: u32| text(&n.to_string());
        let mut vec = region.alloc::<Vec<String>, _>(from_iter((0..40).filter(|_| true).map(busy)));
        let mut map = region.alloc::<HashMap<u32, String>, _>(from_iter((0..40).map(|n| (n, busy(n)))));
        let mut tree =
            region.alloc::<BTreeMap<u32, String>, _>(from_iter((0..80).map(|n| (n * 7 % 80, busy(n * 7 % 80)))));
        for n in 40..100 {
            vec.edit().insert(3, busy(n));
            map.edit().entry(n).or_insert(busy(n));
            tree.edit().insert(n, busy(n));
        }
        map.edit().try_extend((90..120).map(|n| (n, busy(n)))).unwrap();
        tree.edit().retain(|_, place| {
            place.set(busy(7));
            true
        });
        vec.edit().retain_mut(|place| {
            place.set(busy(8));
            true
        });
        assert!(vec.len() == 100 && vec.iter().all(|one| *one == *expected(8)));
        assert!(map.len() == 120 && map.iter().all(|(n, value)| *value == *expected(*n)));
        assert!(tree.len() == 100 && tree.values().all(|value| *value == *expected(7)));
        assert!(kept.borrow().iter().all(|one| one[0] == "one" && one[2..].iter().all(|text| text == "more of it")));
    }
}

type Boxes = HashMap<u64, Box<String>>;

#[test]
fn owners_and_tokens_of_another_region_are_copied_into_maps_or_refused() {
    // Leaked, so that no lifetime tells them apart.
    let (here, there) = (&*leak(Region::new()), &*leak(Region::new()));
    let mut map = here.alloc::<Boxes, _>(Empty);
    let mut tree = here.alloc::<BTreeMap<u64, Box<String>>, _>(Empty);
    map.edit().insert(1, here.alloc::<String, _>("here"));
    map.edit().insert(2, there.alloc::<String, _>("there"));
    map.edit().insert(3, here.alloc::<String, _>("linked").detach());
    tree.edit().insert(3, here.alloc::<String, _>("linked").detach());
    for _ in 0..3 {
        let refused = map.edit().try_insert(4, there.alloc::<String, _>("token").detach()).map(drop).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::OtherRegion), "{refused}");
        let refused = map.edit().try_insert(1, there.alloc::<String, _>("token").detach()).map(drop).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::OtherRegion), "{refused}");
        let refused = tree.edit().try_insert(3, there.alloc::<String, _>("token").detach()).map(drop).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::OtherRegion), "{refused}");
        let refused =
            tree.edit().entry(4).try_or_insert(there.alloc::<String, _>("token").detach()).map(drop).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::OtherRegion), "{refused}");
    }
    let words = |map: &Boxes| {
        let mut words: std::vec::Vec<_> = map.values().map(|word| word.to_string()).collect();
        words.sort();
        words
    };
    assert_eq!(words(&map), ["here", "linked", "there"]);
    assert_eq!(tree.len(), 1);
    // A tree split off there is copied here, as a whole.
    let mut other = there.alloc::<BTreeMap<u64, Box<String>>, _>(from_iter((0..100).map(|n| (n, Boxed(text("x"))))));
    let rest = other.edit().split_off(&50);
    tree.edit().set(rest);
    assert_eq!((tree.len(), other.len()), (50, 50));
    assert!(tree.values().all(|value| **value == *text("x")));
}

/// A number that must be even, wherever it comes from.
#[derive(Relocatable, StableHash, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[relocatable(validate = Even::check)]
#[repr(C)]
struct Even {
    number: u64,
}

thread_local! {
    static PANICS: Cell<bool> = const { Cell::new(false) };
}

impl Even {
    fn check(&self) -> std::result::Result<(), &'static str> {
        assert!(!PANICS.get(), "a validation that panics");
        if self.number.is_multiple_of(2) { Ok(()) } else { Err("an odd number") }
    }
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Evens {
    hashed: HashMap<Even, String>,
    ordered: BTreeMap<Even, Vec<Even>>,
    set: BTreeSet<Even>,
}

fn even(number: u64) -> EvenInit {
    EvenInit { number: number * 2 }
}

impl offset_std::Comparable<Even> for EvenInit {
    fn compare(&self, key: &Even) -> std::cmp::Ordering {
        self.number.cmp(&key.number)
    }
}

impl StableHash for EvenInit {
    fn stable_hash(&self, hasher: &mut offset_std::StableHasher) {
        self.number.stable_hash(hasher);
    }
}

impl PartialEq<Even> for EvenInit {
    fn eq(&self, key: &Even) -> bool {
        self.number == key.number
    }
}

#[test]
fn keys_with_a_validation_of_their_own_are_asked_wherever_they_are() {
    const MARK: u64 = 0x1234_5678_9abc;
    let image = Image::<Evens>::new(EvensInit {
        hashed: from_iter((0..50).map(|n| (even(MARK + n), "value"))),
        ordered: from_iter((0..50).map(|n| (even(MARK + 100 + n), [even(MARK + 200 + n)]))),
        set: from_iter((0..50).map(|n| even(MARK + 300 + n))),
    })
    .unwrap();
    check_no_leak(&image);
    let file = RegionFile::of(&image);
    let mut refused = [0; 4];
    for at in file.body().step_by(8) {
        let number = u64::from_le_bytes(file.bytes[at..at + 8].try_into().unwrap());
        let Some(kind) = number.checked_sub(MARK * 2).filter(|from| *from < 700) else { continue };
        let mut changed = file.clone();
        changed.bytes[at] |= 1;
        let error = changed.refusal::<Evens>();
        assert!(error.contains("an odd number"), "{error}");
        refused[kind as usize / 200] += 1;
    }
    // Trees of two levels have some keys twice: as separators.
    assert!(refused[0] == 50 && refused[1] > 50 && refused[2] == 50 && refused[3] > 50, "{refused:?}");

    // A validation that panics leaves nothing behind, and the file as it was.
    let mut file = file.clone();
    file.seal();
    let path = attack::Temporary::with(&file.bytes);
    PANICS.set(true);
    let loaded = catch_unwind(AssertUnwindSafe(|| Image::<Evens>::load(&path).map(drop)));
    PANICS.set(false);
    assert!(loaded.is_err());
    assert!(*Image::<Evens>::load(&path).unwrap() == *image);
}

/// What is popped of a container in a container, while the outer ones change elsewhere.
#[test]
fn forgotten_parts_of_nested_containers_are_lost_and_nothing_else() {
    let mut image = Image::<Nested>::new(nested("image")).unwrap();
    for round in 0..20u64 {
        let mut outer = image.edit();
        let mut list = outer.get_mut("image 3").unwrap();
        let mut tree = list.get_mut(2).unwrap();
        std::mem::forget(tree.pop_first());
        tree.insert(1000 + round, from_iter((0..2).map(|n| text(&n.to_string())).collect::<std::vec::Vec<_>>()));
        if round % 5 == 4 {
            std::mem::forget(list.pop());
            list.push(Tree("again".to_owned(), 40));
        }
        if round % 7 == 6 {
            std::mem::forget(outer.remove_entry("image 2"));
            outer.insert("image 2", [Tree("again".to_owned(), 3)]);
        }
    }
    let loaded = attack::check(&image);
    assert!(loaded.usage().allocated < image.usage().allocated);
}
