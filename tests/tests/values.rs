//! Each kind of value in each kind of place: built, read, edited, taken, replaced, copied, swapped between images, saved, loaded and mapped.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::net;
use std::num::*;
use std::time;

use offset_std::prelude::*;
use offset_std::{Box, Duration, ErrorKind, Ipv4Addr, Ipv6Addr, String, SystemTime, Vec};
use tests::Scratch;

/// The places that a value may have.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Places<T> {
    inline: T,
    boxed: Box<T>,
    option: Option<Box<T>>,
    maybe: Maybe<T>,
    array: [T; 2],
    vec: Vec<T>,
}

/// All places filled with `make`'s value.
fn filled<T: Portable, I: Emplace<T>>(make: impl Fn() -> I) -> Image<Places<T>> {
    Image::new(PlacesInit {
        inline: make(),
        boxed: Boxed(make()),
        option: Some(Boxed(make())),
        maybe: Some(make()),
        array: [make(), make()],
        vec: [make(), make()],
    })
    .unwrap()
}

/// Tries a type in every place. `a` and `b` make two values that differ, unless the type has one only.
fn everywhere<T, I>(name: &str, a: impl Fn() -> I, b: impl Fn() -> I)
where
    T: Portable + PartialEq + Debug,
    I: Emplace<T>,
{
    let (first, second) = (Image::<T>::new(a()).unwrap(), Image::<T>::new(b()).unwrap());
    if size_of::<T>() > 0 {
        assert_ne!(*first, *second, "{name}");
    }
    let (all_a, all_b) = (filled::<T, I>(&a), filled::<T, I>(&b));
    for value in [&all_a.inline, &*all_a.boxed, all_a.option.as_deref().unwrap(), all_a.maybe.as_option().unwrap()] {
        assert_eq!(value, &*first, "{name}");
    }
    assert!(all_a.array.iter().chain(&all_a.vec).all(|value| *value == *first), "{name}");

    replaced(name, &a, &b);
    taken(name, &a, &b);
    between_images(name, &a, &b);

    let copy = Image::<Places<T>>::new(DeepCopy(&*all_b)).unwrap();
    assert_eq!(*copy, *all_b, "{name} copied");
    assert_eq!(copy.usage(), all_b.usage(), "{name} copied");
    assert_eq!(format!("{:?}", *copy), format!("{:?}", *all_b));

    let scratch = Scratch::new(&format!("values-{}", name.replace(['<', '>', ':', ' '], "-")));
    let path = scratch.file("places");
    all_b.save(&path).unwrap();
    assert_eq!(*Image::<Places<T>>::load(&path).unwrap(), *all_b, "{name} loaded");
    // SAFETY: nobody writes to the file.
    let mapped = unsafe { Mapped::<Places<T>>::map(&path) }.unwrap();
    assert_eq!(*mapped, *all_b, "{name} mapped");
    drop(mapped);
    // SAFETY: nobody writes to the file, which was just written.
    let mapped = unsafe { Mapped::<Places<T>>::map_unchecked(&path) }.unwrap();
    assert_eq!(*mapped, *all_b, "{name} mapped unchecked");

    first.save(&path).unwrap();
    assert_eq!(*Image::<T>::load(&path).unwrap(), *first, "{name} as a root, loaded");
}

/// Every place is set to the other value, and nothing leaks.
fn replaced<T, I>(name: &str, a: &impl Fn() -> I, b: &impl Fn() -> I)
where
    T: Portable + PartialEq + Debug,
    I: Emplace<T>,
{
    let (mut image, expected) = (filled::<T, I>(a), filled::<T, I>(b));
    let mut fields = image.edit();
    fields.boxed.set(b());
    fields.option.set(Some(Boxed(b())));
    fields.maybe.set(Some(b()));
    fields.array.set([b(), b()]);
    fields.vec.as_slice_mut().set(0, b());
    fields.vec.set([b(), b()]);
    // What a generic handle has might need its `Drop`.
    drop(fields);
    let inline = Image::<T>::new(b()).unwrap();
    assert_eq!(image.boxed, expected.boxed, "{name}");
    assert_eq!(image.option, expected.option, "{name}");
    assert_eq!(image.maybe, expected.maybe, "{name}");
    assert_eq!((&image.array, &image.vec), (&expected.array, &expected.vec), "{name}");
    assert_eq!(image.inline, *Image::<T>::new(a()).unwrap(), "{name}: a neighbour was changed");

    image.root_mut().set(DeepCopy(&*expected));
    assert_eq!(image.inline, *inline, "{name}");
    assert_eq!(image.usage().allocated, expected.usage().allocated, "{name} leaked");

    let mut root = Image::<T>::new(a()).unwrap();
    root.root_mut().set(b());
    assert_eq!((&*root, root.usage().allocated), (&*inline, inline.usage().allocated), "{name} as a root");
    let token = root.alloc::<T, _>(a()).detach();
    root.set_root(token).unwrap();
    assert_eq!(*root, *Image::<T>::new(a()).unwrap(), "{name} as a new root");
}

/// Values are taken out, and put elsewhere.
fn taken<T, I>(name: &str, a: &impl Fn() -> I, b: &impl Fn() -> I)
where
    T: Portable + PartialEq + Debug,
    I: Emplace<T>,
{
    let mut image = filled::<T, I>(a);
    let (value_a, value_b) = (Image::<T>::new(a()).unwrap(), Image::<T>::new(b()).unwrap());
    let mut fields = image.edit();
    assert_eq!(fields.option.take().as_deref(), Some(&*value_a), "{name}");
    assert!(fields.option.is_none() && fields.option.as_mut().is_none() && fields.option.take().is_none());
    assert_eq!(fields.maybe.take().as_deref(), Some(&*value_a), "{name}");
    assert!(fields.maybe.is_none() && fields.maybe.as_mut().is_none() && fields.maybe.take().is_none());

    drop(fields.option.get_or_insert(b()));
    drop(fields.option.get_or_insert(a()));
    assert_eq!(fields.option.as_deref(), Some(&*value_b), "{name}: get_or_insert replaced what was there");
    // From the box to the vector, from there to the other place, and back.
    fields.vec.push(fields.option.take().unwrap());
    assert_eq!(fields.vec[2], *value_b, "{name}");
    fields.maybe.set(fields.vec.pop());
    assert_eq!(fields.maybe.as_option(), Some(&*value_b), "{name}");
    fields.option.set(fields.maybe.take());
    assert_eq!(fields.option.as_deref(), Some(&*value_b), "{name}");
    assert!(fields.maybe.is_none());

    // Everything is released in the end.
    fields.option.clear();
    fields.vec.clear();
    fields.vec.shrink_to_fit();
    drop(fields);
    let empty =
        PlacesInit { inline: a(), boxed: Boxed(a()), option: Empty, maybe: Empty, array: [a(), a()], vec: Empty };
    let empty = Image::<Places<T>>::new(empty).unwrap();
    assert_eq!((&*image, image.usage().allocated), (&*empty, empty.usage().allocated), "{name}");
}

/// What is moved within an image is copied between two.
fn between_images<T, I>(name: &str, a: &impl Fn() -> I, b: &impl Fn() -> I)
where
    T: Portable + PartialEq + Debug,
    I: Emplace<T>,
{
    let (value_a, value_b) = (Image::<T>::new(a()).unwrap(), Image::<T>::new(b()).unwrap());
    let (mut left, mut right) = (Image::<T>::new(a()).unwrap(), Image::<T>::new(b()).unwrap());
    left.root_mut().swap(&mut right.root_mut());
    assert_eq!((&*left, &*right), (&*value_b, &*value_a), "{name} swapped");
    assert_eq!(left.usage().allocated, value_b.usage().allocated, "{name} leaked");
    assert_eq!(right.usage().allocated, value_a.usage().allocated, "{name} leaked");

    let (mut left, mut right) = (filled::<T, I>(a), filled::<T, I>(b));
    left.root_mut().swap(&mut right.root_mut());
    assert_eq!((&*left, &*right), (&*filled::<T, I>(b), &*filled::<T, I>(a)), "{name} swapped");

    let mut left = Image::<Vec<T>>::new([a(), b(), a()]).unwrap();
    let mut right = Image::<Vec<T>>::new([b()]).unwrap();
    left.edit().swap_with(&mut right.edit());
    assert_eq!((left.len(), right.len()), (1, 3));
    assert_eq!((&left[0], &right[2]), (&*value_b, &*value_a), "{name} in swapped vectors");
    left.edit().append(&mut right.edit());
    assert!(right.is_empty());
    assert_eq!(*left, *Image::<Vec<T>>::new([b(), a(), b(), a()]).unwrap(), "{name} appended");
    // What was popped or taken in one image is copied into another.
    right.edit().push(left.edit().pop().unwrap());
    right.edit().push(left.alloc::<T, _>(b()));
    assert_eq!(*right, *Image::<Vec<T>>::new([a(), b()]).unwrap(), "{name} moved to another image");
    right.edit().clear();
    right.edit().shrink_to_fit();
    assert_eq!(right.usage().allocated, 8, "{name} leaked");
}

macro_rules! everywhere {
    ($($test:ident { $($type:ty: $a:expr, $b:expr;)* })*) => {$(
        #[test]
        fn $test() {
            $(everywhere::<$type, _>(stringify!($type), || $a, || $b);)*
        }
    )*};
}

everywhere! {
    numbers_are_at_home_in_every_place {
        u8: 1, u8::MAX;
        u128: 1, u128::MAX;
        i16: -1, i16::MIN;
        f64: f64::MIN_POSITIVE, -0.5;
        bool: false, true;
        char: '\0', char::MAX;
    }
    nonzero_numbers_are_at_home_in_every_place {
        NonZeroU16: NonZeroU16::MIN, NonZeroU16::MAX;
        NonZeroI128: NonZeroI128::MIN, NonZeroI128::MAX;
        Option<NonZeroU64>: None, NonZeroU64::new(7);
        Option<NonZeroI8>: None, NonZeroI8::new(-7);
    }
    times_and_addresses_are_at_home_in_every_place {
        Duration: Duration::from(time::Duration::ZERO), Duration::from(time::Duration::MAX);
        SystemTime: SystemTime::UNIX_EPOCH, SystemTime::from_unix(-1, 999_999_999).unwrap();
        Ipv4Addr: Ipv4Addr::from(net::Ipv4Addr::LOCALHOST), Ipv4Addr::from([1, 2, 3, 4]);
        Ipv6Addr: Ipv6Addr::from(net::Ipv6Addr::LOCALHOST), Ipv6Addr::from([9; 16]);
    }
    zero_sized_values_are_at_home_in_every_place {
        PhantomData<String>: PhantomData, PhantomData;
        [String; 0]: [""; 0], [""; 0];
    }
    arrays_are_at_home_in_every_place {
        [u8; 3]: [1, 2, 3], [4; 3];
        [[String; 1]; 2]: [["a"], ["longer than a unit"]], [["c"]; 2];
        [Maybe<u8>; 2]: [Some(1), None], [None, Some(2)];
    }
    owners_are_at_home_in_every_place {
        String: "text", "another text, which is longer";
        Box<Box<u32>>: Boxed(Boxed(1)), Boxed(Boxed(2));
        Option<Box<String>>: None, Some(Boxed("there"));
        Maybe<u128>: None, Some(1);
        Maybe<Maybe<String>>: Some(None), Some(Some("there"));
        Vec<Vec<String>>: vec![vec!["a", "b"]], vec![vec![], vec!["c"]];
        Vec<Option<NonZeroU8>>: vec![None], vec![NonZeroU8::new(1); 9];
    }
}

macro_rules! scalars {
    ($($field:ident: $type:ty = $a:expr, $b:expr;)*) => {
        /// One of each of the plain types.
        #[derive(Relocatable, Debug, PartialEq)]
        #[repr(C)]
        struct Scalars {
            $($field: $type,)*
        }

        #[test]
        fn every_plain_type_is_kept_and_edited() {
            let mut image = Image::<Scalars>::new(ScalarsInit { $($field: $a,)* }).unwrap();
            $(assert_eq!(image.$field, $a, stringify!($type));)*
            let fields = image.edit();
            $(*fields.$field = $b;)*
            let scratch = Scratch::new("values-scalars");
            image.save(scratch.file("scalars")).unwrap();
            let loaded = Image::<Scalars>::load(scratch.file("scalars")).unwrap();
            $(assert_eq!(loaded.$field, $b, stringify!($type));)*
        }
    };
}

scalars! {
    a: u8 = 1, u8::MAX;
    b: u16 = 1, u16::MAX;
    c: u32 = 1, u32::MAX;
    d: u64 = 1, u64::MAX;
    e: u128 = 1, u128::MAX;
    f: i8 = -1, i8::MIN;
    g: i16 = -1, i16::MIN;
    h: i32 = -1, i32::MIN;
    i: i64 = -1, i64::MIN;
    j: i128 = -1, i128::MIN;
    k: f32 = 0.5, f32::NEG_INFINITY;
    l: f64 = f64::MAX, -0.5;
    m: bool = true, false;
    n: char = '\u{d7ff}', '\u{e000}';
    o: NonZeroU8 = NonZeroU8::MIN, NonZeroU8::MAX;
    p: NonZeroU16 = NonZeroU16::MIN, NonZeroU16::MAX;
    q: NonZeroU32 = NonZeroU32::MIN, NonZeroU32::MAX;
    r: NonZeroU64 = NonZeroU64::MIN, NonZeroU64::MAX;
    s: NonZeroU128 = NonZeroU128::MIN, NonZeroU128::MAX;
    t: NonZeroI8 = NonZeroI8::MIN, NonZeroI8::MAX;
    u: NonZeroI16 = NonZeroI16::MIN, NonZeroI16::MAX;
    v: NonZeroI32 = NonZeroI32::MIN, NonZeroI32::MAX;
    w: NonZeroI64 = NonZeroI64::MIN, NonZeroI64::MAX;
    x: NonZeroI128 = NonZeroI128::MIN, NonZeroI128::MAX;
    y: Option<NonZeroU8> = None, NonZeroU8::new(7);
    z: Option<NonZeroU16> = NonZeroU16::new(7), None;
    aa: Option<NonZeroU32> = None, NonZeroU32::new(7);
    bb: Option<NonZeroU64> = NonZeroU64::new(7), None;
    cc: Option<NonZeroU128> = None, NonZeroU128::new(7);
    dd: Option<NonZeroI8> = NonZeroI8::new(-7), None;
    ee: Option<NonZeroI16> = None, NonZeroI16::new(-7);
    ff: Option<NonZeroI32> = NonZeroI32::new(-7), None;
    gg: Option<NonZeroI64> = None, NonZeroI64::new(-7);
    hh: Option<NonZeroI128> = NonZeroI128::new(-7), None;
}

/// Sizes that the format promises.
#[test]
fn values_have_the_sizes_that_are_promised() {
    assert_eq!((size_of::<Box<u128>>(), size_of::<Option<Box<u128>>>()), (4, 4));
    assert_eq!((size_of::<Vec<u128>>(), size_of::<String>()), (8, 8));
    assert_eq!((size_of::<Maybe<u8>>(), size_of::<Maybe<u64>>()), (2, 16));
    assert_eq!((size_of::<Duration>(), size_of::<SystemTime>()), (16, 16));
    assert_eq!((size_of::<Ipv4Addr>(), size_of::<Ipv6Addr>(), align_of::<Ipv6Addr>()), (4, 16, 1));
}

/// The handles of values, which std has methods for.
#[test]
fn values_are_edited_through_their_handles() {
    let mut image = filled::<u64, u64>(|| 1);
    let mut fields = image.edit();
    *fields.inline += 1;
    *fields.boxed.get_mut() += 2;
    *fields.option.as_mut().unwrap() += 3;
    *fields.maybe.as_mut().unwrap() += 4;
    fields.array[1] += 5;
    fields.array.edit().swap(0, 1);
    fields.vec[0] += 6;
    fields.vec.swap(0, 1);
    *fields.vec.last_mut().unwrap() += 1;
    let expected = (2, 3, Some(4), Some(5), [6, 1]);
    let maybe = image.maybe.as_option().copied();
    assert_eq!((image.inline, *image.boxed, image.option.as_deref().copied(), maybe, image.array), expected);
    assert_eq!(image.vec, [1, 8]);

    let mut image = filled::<String, &str>(|| "a");
    let mut fields = image.edit();
    fields.inline.push('1');
    fields.boxed.get_mut().push('2');
    fields.option.as_mut().unwrap().push('3');
    fields.option.edit().unwrap().push('3');
    fields.maybe.as_mut().unwrap().push('4');
    fields.maybe.edit().unwrap().push('4');
    fields.array.edit().iter_mut().for_each(|mut text| text.push('5'));
    fields.array.edit().get_mut(1).unwrap().push('6');
    for mut text in &mut fields.vec {
        text.push('7');
    }
    assert_eq!((&image.inline[..], &image.boxed[..]), ("a1", "a2"));
    assert_eq!(image.option.as_ref().unwrap().as_str(), "a33");
    assert_eq!(image.maybe, Some("a44"));
    assert!(image.array == ["a5", "a56"] && image.vec == ["a7", "a7"]);
}

/// A token that was linked into another region would be a handle to whatever lies there.
#[test]
fn a_token_is_linked_in_its_own_region_only() {
    let mut ours = Image::<Vec<Box<String>>>::new(Empty).unwrap();
    let mut other = Image::<Vec<Box<String>>>::new(Empty).unwrap();
    let before = ours.usage().allocated;
    let token = ours.alloc::<String, _>("here").detach();
    let error = other.edit().try_push(token).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OtherRegion), "{error}");
    assert!(other.is_empty());
    // The refused value went back to its region.
    ours.edit();
    assert_eq!(ours.usage().allocated, before);
    let token = ours.alloc::<String, _>("here").detach();
    ours.edit().push(token);
    assert_eq!(*ours[0], "here");
}
