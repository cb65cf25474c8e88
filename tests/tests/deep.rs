//! Structures far deeper than any stack, on a thread with a small one: built, saved, validated, copied and released without recursion.

use std::path::Path;

use offset_std::prelude::*;
use offset_std::{BTreeMap, Box, ErrorKind, HashMap, Region, Space, Vec};
use tests::Scratch;

/// A recursion of even a few thousand levels would overflow it.
const STACK: usize = 128 << 10;

/// Nodes of the list.
const NODES: u32 = 10_000_000;
/// Levels of what is nested.
const LEVELS: u32 = 200_000;

/// Runs `body` on a thread with a small stack.
fn on_a_small_stack(body: fn(&Scratch), name: &str) {
    let scratch = Scratch::new(name);
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn(move || body(&scratch)).unwrap().join().unwrap();
}

/// A type whose values nest as deep as one likes.
trait Deep: Portable + Sized {
    /// Makes the empty value `levels` deep.
    fn nest(root: Place<'_, Self>, levels: u32);
    /// Goes down, and counts levels.
    fn levels(&self) -> u32;
    /// Makes it empty again.
    fn clear(root: Place<'_, Self>);
}

/// Everything that walks a region.
fn walk<T: Deep>(mut image: Image<T>, levels: u32, path: &Path) {
    let empty = image.usage().allocated;
    T::nest(image.root_mut(), levels);
    assert_eq!(image.levels(), levels);
    let full = image.usage().allocated;
    assert!(full >= empty + u64::from(levels) * 8);
    image.save(path).unwrap();

    let copy = Image::<T>::new(DeepCopy(&*image)).unwrap();
    assert_eq!(copy.levels(), levels);
    drop(copy);

    T::clear(image.root_mut());
    assert_eq!((image.levels(), image.usage().allocated), (0, empty));
    drop(image);

    // SAFETY: nobody writes to the file.
    let mapped = unsafe { Mapped::<T>::map(path) }.unwrap();
    assert_eq!(mapped.levels(), levels);
    drop(mapped);

    let mut loaded = Image::<T>::load(path).unwrap();
    assert_eq!((loaded.levels(), loaded.usage().allocated), (levels, full));
    // Replaced as a whole, by a value of its own, which releases it.
    let root = loaded.alloc::<T, _>(DeepCopy(&*Image::<T>::load(path).unwrap())).detach();
    loaded.set_root(root).unwrap();
    assert_eq!((loaded.levels(), loaded.usage().allocated), (levels, full));
    T::clear(loaded.root_mut());
    assert_eq!((loaded.levels(), loaded.usage().allocated), (0, empty));
}

/// A list: each node owns the next.
#[derive(Relocatable)]
#[repr(C)]
struct Node {
    value: u32,
    next: Option<Box<Node>>,
}

impl Deep for Node {
    fn nest(mut root: Place<'_, Self>, levels: u32) {
        let mut next = root.edit().next;
        for value in 0..levels {
            let rest = next.take();
            next.set(Some(NodeInit { value, next: rest }));
        }
    }
    fn levels(&self) -> u32 {
        let (mut node, mut count) = (self, 0);
        while let Some(next) = &node.next {
            (node, count) = (next, count + 1);
        }
        count
    }
    fn clear(mut root: Place<'_, Self>) {
        root.edit().next.set(Empty);
    }
}

#[test]
fn a_list_of_ten_million_nodes_needs_no_stack() {
    on_a_small_stack(
        |scratch| {
            let image = Image::new(NodeInit { value: 0, next: Empty }).unwrap();
            walk::<Node>(image, NODES, &scratch.file("list"));
        },
        "deep-list",
    );
}

/// An enum that owns itself.
#[derive(Relocatable)]
#[repr(u8)]
enum Nest {
    End,
    Inner(Box<Nest>),
}

impl Deep for Nest {
    fn nest(mut root: Place<'_, Self>, levels: u32) {
        for _ in 0..levels {
            root.set(NestInnerInit(NestEndInit));
            let NestMut::Inner(inner) = root.into_fields() else { unreachable!("just set") };
            root = inner.into_mut();
        }
    }
    fn levels(&self) -> u32 {
        let (mut nest, mut count) = (self, 0);
        while let Nest::Inner(inner) = nest {
            (nest, count) = (inner, count + 1);
        }
        count
    }
    fn clear(mut root: Place<'_, Self>) {
        root.set(NestEndInit);
    }
}

#[test]
fn an_enum_nested_200_000_deep_needs_no_stack() {
    on_a_small_stack(
        |scratch| walk::<Nest>(Image::new(NestEndInit).unwrap(), LEVELS, &scratch.file("enum")),
        "deep-enum",
    );
}

/// A tree by vectors, of which each has two elements: the first goes on.
#[derive(Relocatable)]
#[repr(C)]
struct Tree {
    children: Vec<Tree>,
}

impl Deep for Tree {
    fn nest(root: Place<'_, Self>, levels: u32) {
        let mut children = root.into_fields().children;
        for _ in 0..levels {
            children.push(TreeInit { children: Empty });
            children.push(TreeInit { children: Empty });
            children = children.into_slice_mut().into_get_mut(0).unwrap().into_fields().children;
        }
    }
    fn levels(&self) -> u32 {
        let (mut tree, mut count) = (self, 0);
        while let Some(first) = tree.children.first() {
            (tree, count) = (first, count + 1);
        }
        count
    }
    fn clear(mut root: Place<'_, Self>) {
        let mut children = root.edit().children;
        children.clear();
        children.shrink_to_fit();
    }
}

#[test]
fn vectors_nested_200_000_deep_need_no_stack() {
    on_a_small_stack(
        |scratch| {
            let scratch = scratch.file("tree");
            let mut image = Image::<Tree>::new(TreeInit { children: Empty }).unwrap();
            Tree::nest(image.root_mut(), LEVELS);
            // A copy's buffers are exact, so that it is as large as what is loaded and copied again.
            let exact = Image::<Tree>::new(DeepCopy(&*image)).unwrap();
            assert_eq!(exact.levels(), LEVELS);
            exact.save(&scratch).unwrap();
            let mut loaded = Image::<Tree>::load(&scratch).unwrap();
            assert_eq!((loaded.levels(), loaded.usage().allocated), (LEVELS, exact.usage().allocated));
            Tree::clear(loaded.root_mut());
            Tree::clear(image.root_mut());
            assert_eq!(loaded.usage().allocated, image.usage().allocated);
            assert_eq!(image.usage().allocated, 8);
        },
        "deep-tree",
    );
}

/// Two types that own each other, one through a vector in an array.
#[derive(Relocatable)]
#[repr(C)]
struct Even {
    odd: Option<Box<Odd>>,
}

#[derive(Relocatable)]
#[repr(C)]
struct Odd {
    even: [Vec<Even>; 1],
}

impl Deep for Even {
    fn nest(root: Place<'_, Self>, levels: u32) {
        let mut place = root;
        for _ in 0..levels {
            place.set(EvenInit { odd: Some(OddInit { even: [[EvenInit { odd: Empty }]] }) });
            place = step(place);
        }
    }
    fn levels(&self) -> u32 {
        let (mut even, mut count) = (self, 0);
        while let Some(odd) = &even.odd {
            (even, count) = (&odd.even[0][0], count + 1);
        }
        count
    }
    fn clear(mut root: Place<'_, Self>) {
        root.edit().odd.clear();
    }
}

/// From an even level to the next.
fn step(place: Place<'_, Even>) -> Place<'_, Even> {
    let odd = place.into_fields().odd.into_mut().expect("just set");
    let even = odd.into_fields().even;
    let vec = even.into_fields().into_get_mut(0).expect("an array of one");
    vec.into_slice_mut().into_get_mut(0).expect("a vector of one")
}

#[test]
fn two_types_that_own_each_other_200_000_deep_need_no_stack() {
    on_a_small_stack(
        |scratch| walk::<Even>(Image::new(EvenInit { odd: Empty }).unwrap(), LEVELS, &scratch.file("mutual")),
        "deep-mutual",
    );
}

/// A list with a validation of its own.
#[derive(Relocatable)]
#[relocatable(validate = Checked::check)]
#[repr(C)]
struct Checked {
    value: u32,
    next: Option<Box<Checked>>,
}

impl Checked {
    fn check(&self) -> Result<(), &'static str> {
        if self.value == 0 { Err("it may not be zero") } else { Ok(()) }
    }
}

/// The last node is wrong, so that the path to it is as long as can be.
#[test]
fn an_error_200_000_levels_down_is_reported_without_recursion() {
    on_a_small_stack(
        |scratch| {
            let mut image = Image::<Checked>::new(CheckedInit { value: 1, next: Empty }).unwrap();
            let mut next = image.edit().next;
            for value in 0..LEVELS {
                let rest = next.take();
                next.set(Some(CheckedInit { value, next: rest }));
            }
            let path = scratch.file("checked");
            image.save(&path).unwrap();
            let error = Image::<Checked>::load(&path).map(drop).unwrap_err();
            let ErrorKind::InvalidValue { path, what, .. } = error.kind() else { panic!("{error}") };
            assert_eq!(what, "it may not be zero");
            assert_eq!(path.matches(".next").count(), LEVELS as usize);
        },
        "deep-error",
    );
}

/// Maps in maps, of both kinds in turn.
#[derive(Relocatable, Debug)]
#[repr(C)]
struct Maps {
    hashed: HashMap<u8, Box<Maps>>,
    ordered: BTreeMap<u8, Maps>,
}

fn no_maps() -> MapsInit<Empty, Empty> {
    MapsInit { hashed: Empty, ordered: Empty }
}

impl Deep for Maps {
    fn nest(mut root: Place<'_, Self>, levels: u32) {
        for level in 0..levels {
            let MapsMut { mut hashed, mut ordered } = root.into_fields();
            root = if level.is_multiple_of(2) {
                hashed.insert(1, no_maps());
                hashed.into_iter().next().expect("just inserted").1.into_mut()
            } else {
                ordered.insert(1, no_maps());
                ordered.into_iter().next().expect("just inserted").1
            };
        }
    }
    fn levels(&self) -> u32 {
        let (mut maps, mut count) = (self, 0);
        while let Some(next) = maps.hashed.get(&1).map(|next| &**next).or_else(|| maps.ordered.get(&1)) {
            (maps, count) = (next, count + 1);
        }
        count
    }
    fn clear(mut root: Place<'_, Self>) {
        root.set(no_maps());
    }
}

#[test]
fn maps_nested_200_000_deep_need_no_stack() {
    on_a_small_stack(
        |scratch| walk::<Maps>(Image::new(no_maps()).unwrap(), LEVELS, &scratch.file("maps")),
        "deep-maps",
    );
}

/// The same in regions: promoted, sealed, moved by compaction, and removed from one map while the rest stays.
#[test]
fn maps_nested_200_000_deep_are_promoted_and_moved_without_a_stack() {
    on_a_small_stack(
        |_| {
            let space = Space::new().unwrap();
            let build = |levels| {
                let region = Region::new_in(&space);
                let mut root = region.alloc::<Box<Maps>, _>(no_maps());
                Maps::nest(root.edit().into_place(), levels);
                let root = root.detach();
                (region, root)
            };
            let (region, root) = build(LEVELS);
            let mut image = region.promote(root).unwrap();
            assert_eq!(image.levels(), LEVELS);
            drop(image.edit().edit().hashed.remove(&1));
            assert_eq!(image.levels(), 0);
            // As deep as a region that may be moved holds.
            let (hole, filler) = build(2000);
            let (region, root) = build(1000);
            let movable = region.seal(root).unwrap().into_movable().unwrap();
            drop((hole, filler));
            assert_eq!(space.compact().moved, 1);
            assert_eq!(movable.read().levels(), 1000);
        },
        "deep-regions",
    );
}
