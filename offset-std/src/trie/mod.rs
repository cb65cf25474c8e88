//! `Trie<V>`: values by byte strings, in an adaptive radix tree; 12 bytes.
//!
//! ```text
//! Trie        unit of the root (0: no entries) | length | tag of the root
//!
//! node        the leaf of the key that ends here, how deep it is, and a child for each byte with which keys go on
//! leaf        value and key
//!
//!                      depth 1: "r"
//!                     /  'o'      \  'u'
//!          depth 2: "ro"           depth 2: "ru"        (ro, rom, romulus, rub, run)
//!         end: ro \  'm'          /  'b'    \  'n'
//!            depth 3: "rom"     rub          run
//!          end: rom \  'u'
//!                  romulus
//! ```
//!
//! The tree is that of Leis, Kemper and Neumann (["The Adaptive Radix Tree"](https://db.in.tum.de/~leis/papers/ART.pdf), ICDE 2013): each node takes as much memory as its children need, and what has a
//! single child is left out. What departs from it:
//!
//! - **Leaves have whole keys, and nodes only say how deep they are.** A search skips what nodes leave out, and compares once, at the leaf (the paper calls that optimistic). So
//!   iterators are those of std, from both ends, with keys that are borrowed from where they lie; paths of any length cost nothing in nodes; leaves stay where they are; and when an entry goes, its node is
//!   replaced by what is left in it, which needs no memory. Leaves with what is left of their keys, and nodes with what they skip, take less: by arithmetic, for the 132,000 paths below `/usr` of this
//!   machine 44 bytes a key instead of 100, for the words in them 33 instead of 36, for routes 25 instead of 31.
//! - **Nodes have room for 2, 5, 16, 48 or 256 children**, and all but the largest keep them in order. A node of 48 with an index of 256 bytes, as in the paper, would be 512 bytes instead of
//!   304, and three comparisons of 16 bytes find a child as well. Half of all nodes have two children: 24 bytes. (For the same keys, nodes take 19, 16 and 12 bytes a key; with the paper's sizes 27, 22 and 17.)
//! - **The kind of a child lies beside the edge to it** (`edge.rs`), so that a file can be validated: its size is known before it is read.
//! - **A key that is the beginning of others** has its leaf at the node where it ends, so keys may be anything: no byte is needed to end them.
//!
//! A tree is at most as high as its longest key is long, and has more leaves than nodes; what walks it keeps the way on a list of its own.
//!
//! | file | |
//! | --- | --- |
//! | `mod.rs` | the type, reading it, its traversal |
//! | `edge.rs` | what a node knows of its children |
//! | `node.rs`, `find.rs` | the bytes of nodes, and finding one |
//! | `leaf.rs` | values with their keys |
//! | `trace.rs` | the traversal of nodes and leaves |
//! | `search.rs` | finding keys, and what begins as they do |
//! | `walk.rs`, `iter.rs` | walking, and the iterators |
//! | `edit.rs`, `entry.rs` | `TrieMut`, and its entries |
//! | `change.rs` | adding a leaf, and taking one out |
//! | `emplace.rs`, `deserialize.rs` | what a trie is built from; a trie from a map of a serde format |
//! | `read.rs` | the std traits |
//! | `check.rs` | that a file's keys are where its nodes say |

use std::marker::PhantomData;
use std::ops::RangeBounds;
use std::ptr::NonNull;

use offset_core::raw::{Base, Description, Facts, Kind, Owner, Visitor, Writer, type_id};
use offset_core::{Portable, Relocatable};

mod change;
mod check;
#[cfg(feature = "serde")]
mod deserialize;
mod edge;
mod edit;
mod emplace;
mod entry;
mod find;
mod iter;
mod leaf;
mod node;
mod read;
mod search;
mod trace;
mod walk;

pub use edit::TrieMut;
pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use iter::{CommonPrefixes, Iter, IterMut, Keys, Range, RangeMut, Values, ValuesMut};

use edge::{Edge, Tag};
use leaf::Leaf;
use search::{Beginnings, Tree, below, find};
use trace::trace_edge;
use walk::Walk;

/// Values by byte strings, in order: a map that also finds what begins with a key, and which keys a key begins with. 12 bytes.
///
/// A key is whatever is `AsRef<[u8]>`: `&str`, `&[u8]`, `[u8; 4]`, strings of this crate and of std; keys may be empty, and of any bytes. They are given back as `&[u8]`, in the order of their bytes. Numbers
/// keep their order if they are written big-endian (`n.to_be_bytes()`), signed ones with the top bit flipped (`(n ^ i32::MIN).to_be_bytes()`).
///
/// It is edited through [`TrieMut`], and built from arrays of pairs, std's maps, [`from_iter`](crate::from_iter) and [`Empty`](crate::Empty). Looking up, adding and removing take O(length of the key),
/// however many entries there are.
///
/// ```
/// use offset_std::{Image, Trie};
///
/// let image = Image::<Trie<u32>>::new([("/usr/bin", 1), ("/usr/lib", 2), ("/usr/lib/rustlib", 3), ("/var", 4)])?;
/// assert_eq!(image.get("/var"), Some(&4));
/// assert!(image.prefix("/usr/lib").map(|(_, value)| value).eq(&[2, 3]));
/// assert_eq!(image.longest_prefix("/usr/lib/libc.so"), Some((&b"/usr/lib"[..], &2)));
/// # Ok::<(), offset_std::Error>(())
/// ```
///
/// In a table of routes, keys are the leading bytes of addresses, and the longest one that an address begins with is its route. A route whose length isn't a multiple of eight bits is entered as each of the bytes
/// that it stands for, unless a longer one has that byte already.
///
/// ```
/// use offset_std::{Empty, Image, Trie};
///
/// let mut image = Image::<Trie<u32>>::new(Empty)?;
/// let mut routes = image.edit();
/// routes.insert(&[10], 1); // 10.0.0.0/8
/// for third in 64..=127 {
///     routes.entry(&[10, 1, third]).or_insert(2); // 10.1.64.0/18
/// }
/// assert_eq!(routes.longest_prefix(&[10, 1, 80, 1]).unwrap().1, &2);
/// assert_eq!(routes.longest_prefix(&[10, 1, 128, 1]).unwrap().1, &1);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[repr(C)]
pub struct Trie<V> {
    root: u32,
    len: u32,
    tag: u32,
    values: PhantomData<V>,
}

const _: () = assert!(size_of::<Trie<u64>>() == 12 && align_of::<Trie<u64>>() == 4);

impl<V> Trie<V> {
    /// How many entries there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.root == 0
    }

    /// The tree, if there are entries.
    #[inline(always)]
    fn tree(&self) -> Option<Tree> {
        if self.root == 0 {
            return None;
        }
        // SAFETY: a trie with a handle lies in a slot (H3).
        let base = unsafe { Base::containing(self) };
        Some(Tree { base, root: self.root_edge() })
    }

    #[inline(always)]
    fn root_edge(&self) -> Edge {
        Edge { unit: self.root, tag: Tag::from_code(self.tag as u8) }
    }

    /// Shows a leaf.
    ///
    /// # Safety
    ///
    /// It is one of this trie.
    #[inline(always)]
    unsafe fn show(&self, leaf: Leaf<V>) -> (&[u8], &V) {
        // SAFETY: A1: a leaf of a trie that nobody edits while it is borrowed.
        let value = unsafe { leaf.value().as_ref() };
        // SAFETY: as above.
        (unsafe { leaf.key() }, value)
    }

    #[inline(always)]
    fn find(&self, key: &[u8]) -> Option<Leaf<V>> {
        find(self.tree()?, key)
    }

    /// The value of a key. O(length of the key).
    #[inline]
    pub fn get<Q: AsRef<[u8]> + ?Sized>(&self, key: &Q) -> Option<&V> {
        let leaf = self.find(key.as_ref())?;
        // SAFETY: A1: a leaf of a trie that nobody edits while it is borrowed.
        Some(unsafe { leaf.value().as_ref() })
    }

    /// The entry of a key. O(length of the key).
    #[inline]
    pub fn get_key_value<Q: AsRef<[u8]> + ?Sized>(&self, key: &Q) -> Option<(&[u8], &V)> {
        // SAFETY: just found.
        self.find(key.as_ref()).map(|leaf| unsafe { self.show(leaf) })
    }

    /// Whether there is an entry with a key. O(length of the key).
    #[inline]
    pub fn contains_key<Q: AsRef<[u8]> + ?Sized>(&self, key: &Q) -> bool {
        self.find(key.as_ref()).is_some()
    }

    /// The entry with the longest key that `key` begins with. O(length of `key`).
    ///
    /// ```
    /// # use offset_std::{Image, Trie};
    /// let routes = Image::<Trie<u32>>::new([(&[10][..], 1), (&[10, 1], 2), (&[10, 1, 2, 3], 3)])?;
    /// assert_eq!(routes.longest_prefix(&[10, 1, 2, 4]), Some((&[10, 1][..], &2)));
    /// assert_eq!(routes.longest_prefix(&[10, 7, 0, 0]), Some((&[10][..], &1)));
    /// assert_eq!(routes.longest_prefix(&[11, 0, 0, 0]), None);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn longest_prefix<Q: AsRef<[u8]> + ?Sized>(&self, key: &Q) -> Option<(&[u8], &V)> {
        // SAFETY: just found.
        self.find_longest(key.as_ref()).map(|leaf| unsafe { self.show(leaf) })
    }

    #[inline(always)]
    fn find_longest(&self, key: &[u8]) -> Option<Leaf<V>> {
        let mut beginnings = Beginnings::new::<V>(self.tree()?, key);
        let mut longest = None;
        while let Some(leaf) = beginnings.next() {
            longest = Some(leaf);
        }
        longest
    }

    /// The entries with keys that `key` begins with, the shortest first. O(length of `key`) for all of them.
    ///
    /// ```
    /// # use offset_std::{Image, Trie};
    /// let words = Image::<Trie<u32>>::new([("a", 1), ("an", 2), ("and", 3), ("ant", 4), ("any", 5)])?;
    /// assert!(words.common_prefixes("antler").map(|(_, value)| value).eq(&[1, 2, 4]));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn common_prefixes<'a, 'k, Q: AsRef<[u8]> + ?Sized>(&'a self, key: &'k Q) -> CommonPrefixes<'a, 'k, V> {
        CommonPrefixes::new(self.tree().map(|tree| Beginnings::new::<V>(tree, key.as_ref())))
    }

    /// The entries with keys that begin with `prefix`, in order. O(length of `prefix`) to find them.
    ///
    /// ```
    /// # use offset_std::{Image, Trie};
    /// let words = Image::<Trie<u32>>::new([("car", 1), ("care", 2), ("cat", 3), ("dog", 4)])?;
    /// assert!(words.prefix("car").map(|(key, _)| key).eq([&b"car"[..], b"care"]));
    /// assert_eq!(words.prefix("ca").next_back(), Some((&b"cat"[..], &3)));
    /// assert_eq!(words.prefix("").count(), 4);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn prefix<Q: AsRef<[u8]> + ?Sized>(&self, prefix: &Q) -> Range<'_, V> {
        // SAFETY: nobody edits the trie while it is borrowed.
        unsafe { Range::new(self.walk_below(prefix.as_ref())) }
    }

    fn walk_below(&self, prefix: &[u8]) -> Walk {
        let part = self.tree().and_then(|tree| {
            let found = below::<V>(tree, prefix)?;
            Some(Tree { root: found.edge, ..tree })
        });
        Walk::all(part)
    }

    /// The entries with keys in a range, in order. O(length of the keys) for the ends. There are none if the range ends before it begins.
    ///
    /// ```
    /// # use offset_std::{Image, Trie};
    /// let words = Image::<Trie<u32>>::new([("ant", 1), ("bee", 2), ("cat", 3), ("dog", 4)])?;
    /// assert!(words.range("b".."d").map(|(_, value)| value).eq(&[2, 3]));
    /// assert!(words.range(..="cat").rev().map(|(_, value)| value).eq(&[3, 2, 1]));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn range<Q: AsRef<[u8]>, R: RangeBounds<Q>>(&self, range: R) -> Range<'_, V> {
        // SAFETY: nobody edits the trie while it is borrowed.
        unsafe { Range::new(self.walk_between(&range)) }
    }

    fn walk_between<Q: AsRef<[u8]>, R: RangeBounds<Q>>(&self, range: &R) -> Walk {
        // The bounds are asked once each: what they are then is what they were.
        let (from, to) = (range.start_bound().map(Q::as_ref), range.end_bound().map(Q::as_ref));
        Walk::between::<V>(self.tree(), from, to)
    }

    /// The entry with the smallest key. O(its length).
    pub fn first_key_value(&self) -> Option<(&[u8], &V)> {
        // SAFETY: a leaf of this trie.
        self.tree().map(|tree| unsafe { self.show(tree.first()) })
    }

    /// The entry with the largest key. O(its length).
    ///
    /// ```
    /// # use offset_std::{Image, Trie};
    /// let image = Image::<Trie<char>>::new([("c", 'c'), ("a", 'a'), ("b", 'b')])?;
    /// assert_eq!(image.first_key_value(), Some((&b"a"[..], &'a')));
    /// assert_eq!(image.last_key_value(), Some((&b"c"[..], &'c')));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn last_key_value(&self) -> Option<(&[u8], &V)> {
        self.iter().next_back()
    }

    /// The entries in the order of their keys.
    pub fn iter(&self) -> Iter<'_, V> {
        // SAFETY: nobody edits the trie while it is borrowed.
        unsafe { Iter::new(Walk::all(self.tree()), self.len()) }
    }

    /// The keys in order.
    pub fn keys(&self) -> Keys<'_, V> {
        Keys::new(self.iter())
    }

    /// The values in the order of their keys.
    ///
    /// ```
    /// # use offset_std::{Image, Trie};
    /// let image = Image::<Trie<char>>::new([("3", 'c'), ("1", 'a'), ("2", 'b')])?;
    /// assert_eq!(image.values().rev().collect::<std::string::String>(), "cba");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn values(&self) -> Values<'_, V> {
        Values::new(self.iter())
    }
}

// SAFETY: R1: three words; R3: `trace`; R5: `TrieMut` gives values only, each once.
unsafe impl<V: Relocatable> Relocatable for Trie<V> {
    type Mut<'r>
        = TrieMut<'r, V>
    where
        Self: 'r;
    type Fields<'r>
        = TrieMut<'r, V>
    where
        Self: 'r;
    const FACTS: Facts = Facts::OWNER.validated();

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> TrieMut<'r, V>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { TrieMut::new(at, writer) }
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> TrieMut<'r, V>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { TrieMut::new(at, writer) }
    }

    #[inline]
    unsafe fn trace<S: Visitor>(at: NonNull<Self>, visitor: &mut S) -> Result<(), S::Stop> {
        // The words one by one: they needn't be a trie yet.
        let words = at.cast::<[u32; 3]>();
        // SAFETY: twelve readable bytes.
        let [root, len, tag] = unsafe { words.read() };
        let part = words.cast::<u32>();
        // SAFETY: inside the trie.
        let len_at = unsafe { part.add(1) };
        // SAFETY: inside the trie.
        let tag_at = unsafe { part.add(2) };
        // SAFETY: a readable word.
        unsafe { visitor.leaf(len_at, |_| (len == 0) == (root == 0), "the length of a trie, zero if it has no root") }?;
        let valid = tag <= u32::from(u8::MAX) && (tag == 0) == (root == 0);
        // SAFETY: a readable word.
        unsafe { visitor.leaf(tag_at, |_| valid, "the tag of the root of a trie") }?;
        if root == 0 {
            return Ok(());
        }
        // SAFETY: `part` stores a handle that isn't zero; so is the tag not.
        unsafe { trace_edge::<V, S>(part, Tag::from_code(tag as u8), visitor) }?;
        // SAFETY: the trie has been reported.
        unsafe { visitor.deferred(at, check::check::<V>) };
        Ok(())
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Trie",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Owner { layout: Owner::Trie, parts: &[V::description] },
            }
        }
    }
}

// SAFETY: it owns keys, which are bytes, and values, and refers to nothing else.
unsafe impl<V: Portable> Portable for Trie<V> {}
