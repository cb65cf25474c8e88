//! A value has one owner, in one region: values, owners, tokens and handles of one image in the hands of another, forgotten, dropped elsewhere, or swapped.

use std::mem;
use std::thread;

use offset_std::prelude::*;
use offset_std::{Box, Error, ErrorKind, Filled, MaybeMut, OptionMut, Popped, Slot, String, Token, Vec, VecMut};

mod attack;

use attack::{RegionFile, Temporary, check, check_no_leak, leak};

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Root {
    list: Vec<Node>,
    option: Option<Box<Node>>,
    maybe: Maybe<Node>,
    boxed: Box<Node>,
    texts: Vec<String>,
    pair: [Node; 2],
    number: u64,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Node {
    text: String,
    next: Option<Box<Node>>,
    wide: Vec<Wide>,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C, align(64))]
struct Wide {
    text: String,
}

fn node(text: &str) -> impl Emplace<Node> + Emplace<Box<Node>> + use<'_> {
    NodeInit { text, next: Some(NodeInit { text, next: Empty, wide: Empty }), wide: [WideInit { text }] }
}

/// All texts have `mark` in them, so that a mixture shows.
fn root(mark: &str) -> Image<Root> {
    Image::<Root>::new(RootInit {
        list: [node(mark), node(mark), node(mark)],
        option: Some(node(mark)),
        maybe: Some(node(mark)),
        boxed: node(mark),
        texts: [mark, mark],
        pair: [node(mark), node(mark)],
        number: 7,
    })
    .unwrap()
}

/// How often `mark` is in it.
fn count(image: &Image<Root>, mark: &str) -> usize {
    format!("{:?}", **image).matches(&format!("{mark:?}")).count()
}

const ALL: usize = 26;

#[test]
fn values_swapped_between_images_are_copied() {
    let (mut one, mut two) = (root("one"), root("two"));
    assert_eq!((count(&one, "one"), count(&two, "two")), (ALL, ALL));
    one.root_mut().swap(&mut two.root_mut());
    assert_eq!((count(&one, "two"), count(&two, "one")), (ALL, ALL));
    check_no_leak(&one);
    check_no_leak(&two);
    {
        let (mut a, mut b) = (one.edit(), two.edit());
        a.list.swap_with(&mut b.list);
        a.texts.swap_with(&mut b.texts);
        a.pair.swap(&mut b.pair);
        mem::swap(&mut *a.number, &mut *b.number);
    }
    assert_eq!((count(&one, "one"), count(&two, "two")), (3 * 3 + 2 + 2 * 3, 3 * 3 + 2 + 2 * 3));
    check_no_leak(&one);
    drop(two);
    check_no_leak(&one);
}

#[test]
fn a_swap_between_images_without_room_leaves_both_as_they_were() {
    let big = "a text that is too long for the other image to hold, whatever it does".repeat(30);
    let mut one = Image::<Vec<String>>::new([&big[..], &big]).unwrap();
    for limit in (512..6000).step_by(64) {
        let mut two = Image::<Vec<String>>::with_options(ImageOptions::new().limit(limit), ["small", "texts"]).unwrap();
        let swapped = one.root_mut().try_swap(&mut two.root_mut());
        assert_eq!(swapped.is_ok(), one[0] == "small");
        if swapped.is_ok() {
            two.root_mut().swap(&mut one.root_mut());
        }
        assert_eq!((&*one[1], &*two[1]), (&*big, "texts"));
        check_no_leak(&one);
        check_no_leak(&two);
    }
    let mut small = Image::<Vec<String>>::with_options(ImageOptions::new().limit(512), ["small"]).unwrap();
    let appended = small.edit().try_append(&mut one.edit());
    assert!(appended.is_err() && one.len() == 2 && small.len() == 1);
    check_no_leak(&small);
    check_no_leak(&one);
}

#[test]
fn appending_across_images_copies_and_empties() {
    let (mut one, mut two) = (root("one"), root("two"));
    one.edit().list.append(&mut two.edit().list);
    assert_eq!((one.list.len(), two.list.len()), (6, 0));
    assert_eq!(count(&one, "two"), 9);
    drop(two);
    assert_eq!(count(&one, "two"), 9);
    check_no_leak(&one);
}

#[test]
fn handles_swapped_between_objects_edit_where_they_came_from() {
    let mut image = Image::<Vec<Node>>::new([node("left"), node("right")]).unwrap();
    let mut nodes = image.edit();
    let (mut left, mut right) = nodes.split_at_mut(1);
    let (mut left, mut right) = (left.get_mut(0).unwrap(), right.get_mut(0).unwrap());
    let (mut a, mut b) = (left.edit(), right.edit());
    mem::swap(&mut a.text, &mut b.text);
    mem::swap(&mut a.next, &mut b.next);
    mem::swap(&mut a.wide, &mut b.wide);
    a.text.push_str("+a");
    b.text.push_str("+b");
    a.next.as_mut().unwrap().edit().text.push_str("+a");
    a.wide.push(WideInit { text: "of a" });
    drop(b.next.take());
    assert_eq!((&*image[0].text, &*image[1].text), ("left+b", "right+a"));
    assert!(image[0].next.is_none() && image[1].wide.len() == 2);
    check_no_leak(&image);
}

#[test]
fn handles_swapped_between_images_edit_where_they_came_from() {
    let (mut one, mut two) = (root("one"), root("two"));
    {
        let (mut a, mut b) = (one.edit(), two.edit());
        mem::swap(&mut a.list, &mut b.list);
        mem::swap(&mut a.option, &mut b.option);
        mem::swap(&mut a.maybe, &mut b.maybe);
        mem::swap(&mut a.boxed, &mut b.boxed);
        mem::swap(&mut a.pair, &mut b.pair);
        mem::swap(&mut a.number, &mut b.number);
        a.list.push(node("to two"));
        b.list.truncate(1);
        a.list.shrink_to_fit();
        // An owner of two's, put where a handle of one's is.
        let own = a.option.take().unwrap();
        b.option.set(Some(own));
        let popped = b.maybe.take().unwrap();
        a.list.push(popped);
        a.boxed.set(node("boxed in two"));
        b.pair.edit().swap(0, 1);
        a.texts.append(&mut b.texts);
        *a.number += 1;
    }
    assert_eq!((one.number, two.number), (7, 8));
    assert_eq!((one.list.len(), two.list.len()), (1, 5));
    assert_eq!((one.texts.len(), two.texts.len()), (4, 0));
    assert_eq!(one.option.as_ref().unwrap().text, "two");
    check_no_leak(&one);
    drop(one);
    assert_eq!(count(&two, "one"), 3);
    check_no_leak(&two);
}

#[test]
fn owners_of_one_image_handed_to_another_are_copied() {
    let (mut one, mut two) = (root("one"), root("two"));
    let before = two.usage().allocated;
    {
        let (mut a, mut b) = (one.edit(), two.edit());
        // An owner in a box, by value, in a vector, and as a whole.
        a.option.set(b.option.take());
        assert_eq!(a.option.as_ref().unwrap().text, "two");
        b.option.insert(node("two"));
        a.list.push(b.option.take().unwrap());
        b.option.insert(node("two"));
        a.maybe.set(b.option.take());
        b.option.insert(node("two"));
        a.boxed.set(b.option.take().unwrap());
        // What was popped, likewise.
        a.list.push(b.list.pop().unwrap());
        a.list.insert(0, b.list.remove(0));
        a.option.set(Some(b.list.swap_remove(0)));
        b.list.set([node("two"), node("two"), node("two")]);
        b.list.drain(.., |popped| a.list.push(popped));
        b.list.set([node("two"), node("two"), node("two")]);
        a.maybe.set(b.maybe.take());
        b.maybe.set(Some(node("two")));
        b.option.set(Some(node("two")));
        b.list.shrink_to_fit();
    }
    assert_eq!(two.usage().allocated, before);
    assert_eq!(count(&two, "two"), ALL);
    check_no_leak(&two);
    drop(two);
    assert_eq!(count(&one, "two"), 3 * (1 + 6 + 1 + 1));
    check_no_leak(&one);
}

/// A leaked image lends itself for as long as anybody likes, so lifetimes don't tell one from another.
#[test]
fn owners_of_leaked_images_are_told_apart() {
    let (one, two): (&'static mut Image<Root>, &'static mut Image<Root>) = (leak(root("one")), leak(root("two")));
    let (a, mut b) = (one.edit(), two.edit());
    let own = b.option.take().unwrap();
    let (mut list, mut maybe): (VecMut<'static, Node>, MaybeMut<'static, Node>) = (a.list, b.maybe);
    let option: &'static mut OptionMut<'static, Node> = leak(a.option);
    let popped: Popped<'_, Node> = b.list.pop().unwrap();
    list.push(popped);
    list.push(own);
    list.push(maybe.take().unwrap());
    option.set(Some(Boxed(b.list.pop().unwrap())));
    mem::swap(&mut list, &mut b.list);
    list.push(node("two"));
    b.list.push(node("one"));
    assert_eq!(list.iter().map(|node| &*node.text).collect::<std::vec::Vec<_>>(), ["two", "two"]);
    let texts = ["one", "one", "one", "two", "two", "two", "one"];
    assert_eq!(b.list.iter().map(|node| &*node.text).collect::<std::vec::Vec<_>>(), texts);
    assert_eq!(option.as_ref().unwrap().next.as_ref().unwrap().text, "two");
    let mut third = root("three");
    third.edit().list.append(&mut list);
    third.edit().list.append(&mut b.list);
    assert_eq!(third.list.len(), 12);
    check_no_leak(&third);
}

#[test]
fn tokens_are_taken_by_their_own_region_only() {
    let (mut one, mut two) = (Image::<Node>::new(node("one")).unwrap(), Image::<Node>::new(node("two")).unwrap());
    let token: Token<Node> = one.alloc::<Node, _>(node("new")).detach();
    let token = two.set_root(token).unwrap_err();
    assert_eq!(two.text, "two");
    one.set_root(token).unwrap();
    assert_eq!(one.text, "new");
    check_no_leak(&one);
    check_no_leak(&two);
    // The two images trade places: a token knows its region by more than where the image is.
    let token = one.alloc::<Node, _>(node("newer")).detach();
    mem::swap(&mut one, &mut two);
    let token = one.set_root(token).unwrap_err();
    two.set_root(token).unwrap();
    assert_eq!((&*one.text, &*two.text), ("two", "newer"));
    check_no_leak(&two);
}

#[test]
fn a_token_of_a_region_that_is_gone_is_taken_by_nobody() {
    // Slots are used again, so each new image lies where the one before lay.
    let mut tokens = std::vec::Vec::new();
    for round in 0..40 {
        let mut image = Image::<Node>::new(node("text")).unwrap();
        for token in mem::take(&mut tokens) {
            tokens.push(image.set_root(token).unwrap_err());
        }
        tokens.push(image.alloc::<Node, _>(node("token")).detach());
        if round % 3 == 0 {
            tokens.remove(0);
        }
        assert_eq!(image.text, "text");
    }
    let mut loaded = RegionFile::of(&Image::<Node>::new(node("text")).unwrap()).load::<Node>().unwrap();
    for token in tokens {
        drop(loaded.set_root(token).unwrap_err());
    }
    check_no_leak(&loaded);
}

#[test]
fn a_token_of_the_image_that_was_saved_isnt_one_of_the_image_that_was_loaded() {
    let mut image = Image::<Node>::with_options(ImageOptions::new().id(7), node("text")).unwrap();
    let token = image.alloc::<Node, _>(node("token")).detach();
    let file = Temporary::new();
    image.save(&file).unwrap();
    let mut loaded = Image::<Node>::load(&file).unwrap();
    assert_eq!(loaded.id(), image.id());
    let token = loaded.set_root(token).unwrap_err();
    image.set_root(token).unwrap();
    check_no_leak(&image);
}

#[test]
fn a_token_as_an_initialiser_is_linked_in_its_own_region_only() {
    #[derive(Relocatable, Debug, PartialEq)]
    #[repr(C)]
    struct Two {
        list: Vec<Box<Node>>,
        option: Option<Box<Node>>,
        pairs: Vec<Pair>,
    }
    #[derive(Relocatable, Debug, PartialEq)]
    #[repr(C)]
    struct Pair {
        boxed: Box<Node>,
        text: String,
    }
    struct Refuses;
    impl Emplace<String> for Refuses {
        fn emplace<'s>(self, _: Slot<'s, String>) -> Result<Filled<'s, String>, Error> {
            Err(Error::custom("refused"))
        }
    }
    let new = || Image::<Two>::new(TwoInit { list: Empty, option: Empty, pairs: Empty }).unwrap();
    let (mut one, mut two) = (new(), new());
    let least = one.usage().allocated;
    for _ in 0..3 {
        let token = |image: &mut Image<Two>, text| image.alloc::<Node, _>(node(text)).detach();
        let (a, b, c, d) = (token(&mut one, "a"), token(&mut one, "b"), token(&mut one, "c"), token(&mut one, "d"));
        let refused = two.edit().list.try_push(a).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::OtherRegion), "{refused}");
        assert!(two.edit().option.try_set(Some(b)).is_err());
        // Linked, and then released with what it was to be a part of.
        let refused = one.edit().pairs.try_push(PairInit { boxed: c, text: Refuses }).unwrap_err();
        assert_eq!(refused.to_string(), "refused");
        one.edit().list.push(d);
        let e = token(&mut one, "e");
        one.edit().option.set(Some(e));
        assert_eq!(two.usage().allocated, two.edit().list.capacity() as u64 / 2 * 8 + least + 8);
    }
    assert_eq!(one.list.iter().map(|node| &*node.text).collect::<std::vec::Vec<_>>(), ["d", "d", "d"]);
    assert_eq!(one.option.as_ref().unwrap().text, "e");
    check_no_leak(&one);
    check_no_leak(&two);
    one.root_mut().set(TwoInit { list: Empty, option: Empty, pairs: Empty });
    assert_eq!(one.usage().allocated, least);
}

#[test]
fn tokens_dropped_on_another_thread_are_released_by_the_next_edit() {
    let mut image = Image::<Vec<Node>>::new([node("one"), node("two")]).unwrap();
    let before = image.usage().allocated;
    for round in 0..50 {
        let tokens: std::vec::Vec<_> =
            (0..20).map(|index| image.alloc::<Node, _>(node(&format!("{round} {index}"))).detach()).collect();
        thread::scope(|scope| {
            let dropping = scope.spawn(move || drop(tokens));
            // Meanwhile the image is edited.
            for index in 0..100 {
                image.edit().push(node("pushed"));
                if index % 2 == 0 {
                    drop(image.edit().swap_remove(0));
                }
            }
            dropping.join().unwrap();
        });
        image.edit().truncate(2);
        image.edit().shrink_to_fit();
        assert_eq!(image.usage().allocated, before, "round {round}");
        check_no_leak(&image);
    }
}

#[test]
#[allow(clippy::forget_non_drop, reason = "what isn't dropped today may be tomorrow")]
fn guards_that_are_forgotten_leak_and_nothing_worse() {
    let mut image = root("one");
    for _ in 0..3 {
        let mut fields = image.edit();
        mem::forget(fields.list.pop());
        mem::forget(fields.list.get_mut(0));
        mem::forget(fields.list.iter_mut());
        mem::forget(fields.option.take());
        mem::forget(fields.maybe.take());
        mem::forget(fields.list.as_slice_mut());
        fields.list.drain(1.., |popped| mem::forget(popped));
        fields.list.push(node("one"));
        fields.list.insert(0, node("one"));
        fields.option.set(Some(node("one")));
        fields.maybe.set(Some(node("one")));
        mem::forget(fields.pair);
        mem::forget(image.edit());
        mem::forget(image.root_mut());
        mem::forget(image.alloc::<Node, _>(node("forgotten")));
        leak(image.alloc::<Node, _>(node("forgotten")).detach());
        let frozen: &Node = image.alloc::<Node, _>(node("frozen")).freeze();
        assert_eq!(frozen.next.as_ref().unwrap().text, "frozen");
        check(&image);
    }
    assert_eq!(image.list.len(), 3);
    // A load finds what was leaked.
    let loaded = check(&image);
    assert!(loaded.usage().allocated < image.usage().allocated);
    check_no_leak(&loaded);
    // So does replacing everything, as far as it goes.
    let mut loaded = loaded;
    loaded.root_mut().set(DeepCopy(&*root("two")));
    check_no_leak(&loaded);
}

/// A popped element of an exact buffer takes the end of the buffer with it.
#[test]
fn an_exact_buffer_that_shrinks_under_forgotten_elements_stays_exact() {
    for kept in 0..10 {
        let mut image = Image::<Vec<Node>>::new(from_iter((0..10).map(|_| node("text")))).unwrap();
        while image.len() > kept {
            mem::forget(image.edit().pop());
            check(&image);
        }
        image.edit().extend((0..5).map(|_| node("again")));
        check(&image);
        let mut odd = Image::<Vec<[u8; 3]>>::new([[1u8, 2, 3]; 10]).unwrap();
        while odd.len() > kept {
            mem::forget(odd.edit().pop());
        }
        odd.edit().push([9u8; 3]);
        assert_eq!(odd.last(), Some(&[9; 3]));
        check(&odd);
    }
}

#[test]
fn taking_apart_and_putting_together_keeps_the_same_memory() {
    let mut image = root("one");
    let before = image.usage().allocated;
    for _ in 0..100 {
        let mut fields = image.edit();
        let own = fields.option.take().unwrap();
        let popped = fields.maybe.take().unwrap();
        fields.list.push(popped);
        fields.option.set(Some(Boxed(fields.list.pop().unwrap())));
        fields.maybe.set(Some(own));
        fields.list.swap(0, 2);
        fields.list.rotate_left(1);
        fields.list.shrink_to_fit();
    }
    assert_eq!(count(&image, "one"), ALL);
    assert_eq!(image.usage().allocated, before);
    check_no_leak(&image);
}

#[derive(Relocatable, Clone, Copy, Debug, PartialEq)]
#[relocatable(plain, validate = Limits::check)]
#[repr(C)]
struct Limits {
    low: u32,
    high: u32,
}

impl Limits {
    fn check(&self) -> Result<(), &'static str> {
        if self.low <= self.high { Ok(()) } else { Err("low above high") }
    }
}

#[test]
fn a_dropped_token_doesnt_change_what_can_be_saved() {
    let mut image = Image::<Vec<Limits>>::new([Limits { low: 9, high: 1 }]).unwrap();
    let file = Temporary::new();
    let before = image.save(&file).is_ok();
    drop(image.alloc::<Limits, _>(Limits { low: 1, high: 2 }).detach());
    assert_eq!(image.save(&file).is_ok(), before);
}
