//! Derived types of every shape: built, edited through their handles, saved, loaded and mapped.

use std::cell::RefCell;
use std::fmt::Debug;
use std::fs;
use std::marker::PhantomData;

use offset_std::prelude::*;
use offset_std::{Box, ErrorKind, String, Vec};
use tests::Scratch;

/// Saves the image, and looks at it loaded, mapped, and copied. Gives the file.
fn everywhere<T: Portable + PartialEq + Debug>(name: &str, image: &Image<T>) -> std::vec::Vec<u8> {
    let scratch = Scratch::new(&format!("round-trip-{name}"));
    let path = scratch.file("image");
    image.save(&path).unwrap();
    assert_eq!(*Image::<T>::load(&path).unwrap(), **image, "{name} loaded");
    // SAFETY: nobody writes to the file.
    assert_eq!(*unsafe { Mapped::<T>::map(&path) }.unwrap(), **image, "{name} mapped");
    assert_eq!(*Image::<T>::new(DeepCopy(&**image)).unwrap(), **image, "{name} copied");
    fs::read(path).unwrap()
}

/// The first bytes of the root in a file.
fn root_bytes(file: &[u8]) -> &[u8] {
    let unit = u32::from_le_bytes(file[64..68].try_into().unwrap()) as usize;
    &file[unit * 8..]
}

macro_rules! reprs {
    ($($test:ident: $name:ident [$($repr:tt)*] $tag:ident, $circle:ident, $named:ident, $empty:ident, $handles:ident;)*) => {$(
        #[derive(Relocatable, Debug, PartialEq)]
        #[repr($($repr)*)]
        enum $name {
            Circle { radius: u128 } = $tag::MIN,
            Named(String, [u8; 3], Option<Box<$name>>) = 7,
            Empty = $tag::MAX,
        }

        #[test]
        fn $test() {
            let mut image = Image::<$name>::new($circle { radius: 5 }).unwrap();
            let file = everywhere(stringify!($name), &image);
            assert_eq!(root_bytes(&file)[..size_of::<$tag>()], $tag::MIN.to_le_bytes());
            let $handles::Circle { radius } = image.edit() else { panic!("{image:?}") };
            *radius = u128::MAX;
            assert_eq!(*image, $name::Circle { radius: u128::MAX });

            image.root_mut().set($named("text", [1, 2, 3], Some($empty)));
            let file = everywhere(stringify!($name), &image);
            assert_eq!(root_bytes(&file)[..size_of::<$tag>()], (7 as $tag).to_le_bytes());
            let $handles::Named(mut text, mut bytes, mut next) = image.edit() else { panic!("{image:?}") };
            text.push('!');
            bytes[1] = 9;
            next.as_mut().unwrap().set($circle { radius: 6 });
            let $name::Named(text, bytes, Some(next)) = &*image else { panic!("{image:?}") };
            assert_eq!((&text[..], bytes), ("text!", &[1, 9, 3]));
            assert_eq!(**next, $name::Circle { radius: 6 });
            everywhere(stringify!($name), &image);

            let used = image.usage().allocated;
            image.root_mut().set($empty);
            assert!(image.usage().allocated < used, "what the other variant owned wasn't released");
            let file = everywhere(stringify!($name), &image);
            let mut expected = std::vec::Vec::from($tag::MAX.to_le_bytes());
            expected.resize(size_of::<$name>(), 0);
            assert_eq!(root_bytes(&file)[..size_of::<$name>()], expected, "bytes of another variant are left");
        }
    )*};
}

reprs! {
    an_enum_of_u8: U8 [u8] u8, U8CircleInit, U8NamedInit, U8EmptyInit, U8Mut;
    an_enum_of_u16: U16 [u16] u16, U16CircleInit, U16NamedInit, U16EmptyInit, U16Mut;
    an_enum_of_u32: U32 [u32] u32, U32CircleInit, U32NamedInit, U32EmptyInit, U32Mut;
    an_enum_of_u64: U64 [u64] u64, U64CircleInit, U64NamedInit, U64EmptyInit, U64Mut;
    an_enum_of_i8: I8 [i8] i8, I8CircleInit, I8NamedInit, I8EmptyInit, I8Mut;
    an_enum_of_i16: I16 [i16] i16, I16CircleInit, I16NamedInit, I16EmptyInit, I16Mut;
    an_enum_of_i32: I32 [i32] i32, I32CircleInit, I32NamedInit, I32EmptyInit, I32Mut;
    an_enum_of_i64: I64 [i64] i64, I64CircleInit, I64NamedInit, I64EmptyInit, I64Mut;
    an_enum_of_c_and_u8: CU8 [C, u8] u8, CU8CircleInit, CU8NamedInit, CU8EmptyInit, CU8Mut;
    an_enum_of_c_and_i32: CI32 [C, i32] i32, CI32CircleInit, CI32NamedInit, CI32EmptyInit, CI32Mut;
    an_enum_of_c_and_i16_aligned: Aligned [C, i16, align(32)] i16, AlignedCircleInit, AlignedNamedInit, AlignedEmptyInit, AlignedMut;
}

/// Types of the user's with the names of std's.
mod shadows {
    use offset_std::Relocatable;

    #[derive(Relocatable, Debug, PartialEq)]
    #[repr(C)]
    pub(crate) struct Vec(pub(crate) u8);

    #[derive(Relocatable, Debug, PartialEq)]
    #[repr(C)]
    pub(crate) struct String {
        pub(crate) text: offset_std::String,
    }

    #[derive(Relocatable, Debug, PartialEq)]
    #[repr(C)]
    pub(crate) struct Box<T> {
        pub(crate) inner: offset_std::Box<T>,
    }

    #[derive(Relocatable, Debug, PartialEq)]
    #[repr(u8)]
    pub(crate) enum Option<T> {
        None,
        Some(T),
    }

    #[derive(Relocatable, Debug, PartialEq)]
    #[repr(C)]
    pub(crate) struct Some;

    #[derive(Relocatable, Debug, PartialEq)]
    #[repr(u8)]
    pub(crate) enum Result {
        Ok(self::Vec),
        Err { error: String },
    }

    #[derive(Relocatable, Debug, PartialEq)]
    #[repr(C)]
    pub(crate) struct All {
        pub(crate) vec: Vec,
        pub(crate) string: String,
        pub(crate) boxed: Box<String>,
        pub(crate) option: Option<Result>,
        pub(crate) some: Some,
        pub(crate) none: Option<Vec>,
    }
}

#[test]
fn types_with_the_names_of_std_types_are_fields() {
    use shadows::*;
    let mut image = Image::<All>::new(AllInit {
        vec: VecInit(1),
        string: StringInit { text: "a" },
        boxed: BoxInit { inner: StringInit { text: "b" } },
        option: OptionSomeInit(ResultErrInit { error: StringInit { text: "c" } }),
        some: SomeInit,
        none: OptionNoneInit,
    })
    .unwrap();
    everywhere("shadows", &image);
    let mut all = image.edit();
    *all.vec.edit().0 = 2;
    all.string.edit().text.push('a');
    all.boxed.edit().inner.edit().text.push('b');
    let OptionMut::Some(mut result) = all.option.edit() else { panic!("it was set") };
    let ResultMut::Err { mut error } = result.edit() else { panic!("it was set") };
    error.edit().text.push('c');
    all.none.set(OptionSomeInit(VecInit(3)));
    assert_eq!((image.vec.0, &image.string.text[..], &image.boxed.inner.text[..]), (2, "aa", "bb"));
    let Option::Some(Result::Err { error }) = &image.option else { panic!("{image:?}") };
    assert_eq!((&error.text[..], &image.none), ("cc", &Option::Some(Vec(3))));
    everywhere("shadows", &image);
    image.edit().option.set(OptionSomeInit(ResultOkInit(VecInit(4))));
    assert_eq!(image.option, Option::Some(Result::Ok(Vec(4))));
}

/// Parameters of each kind, and clauses.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Matrix<T, M, const ROWS: usize, const COLUMNS: usize>
where
    T: Copy + PartialEq,
    [T; COLUMNS]: Sized,
    M: Debug,
{
    cells: [[T; COLUMNS]; ROWS],
    names: [String; ROWS],
    marker: PhantomData<M>,
    more: Vec<[T; COLUMNS]>,
}

#[test]
fn a_type_with_parameters_of_every_kind() {
    let mut image = Image::<Matrix<u16, String, 2, 3>>::new(MatrixInit {
        cells: [[1u16, 2, 3], [4, 5, 6]],
        names: ["first", "second"],
        marker: PhantomData,
        more: [[7u16, 8, 9]],
    })
    .unwrap();
    everywhere("matrix", &image);
    let mut matrix = image.edit();
    matrix.cells[1][2] = 60;
    matrix.names.edit().get_mut(1).unwrap().push_str(" row");
    matrix.more.push([10, 11, 12]);
    matrix.more[0][0] = 70;
    assert_eq!((image.cells, &image.names[1][..]), ([[1, 2, 3], [4, 5, 60]], "second row"));
    assert_eq!(image.more, [[70, 8, 9], [10, 11, 12]]);
    everywhere("matrix", &image);
    // Other arguments are another type.
    let scratch = Scratch::new("round-trip-arguments");
    image.save(scratch.file("matrix")).unwrap();
    let error = Image::<Matrix<u16, String, 3, 2>>::load(scratch.file("matrix")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Fingerprint { .. }), "{error}");
}

/// Owns itself in every way there is.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Tree<T> {
    value: T,
    children: Vec<Tree<T>>,
    left: Option<Box<Tree<T>>>,
    right: Maybe<Box<Tree<T>>>,
    both: [Option<Box<Self>>; 2],
    other: Option<Box<Forest<T>>>,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(u8)]
enum Forest<T> {
    One(Box<Tree<T>>),
    Many { trees: Vec<Tree<T>> },
}

/// A tree of a name and nothing else.
struct Leaf(&'static str);

impl Emplace<Tree<String>> for Leaf {
    fn emplace<'s>(
        self,
        slot: offset_std::Slot<'s, Tree<String>>,
    ) -> offset_std::Result<offset_std::Filled<'s, Tree<String>>> {
        slot.build(TreeInit {
            value: self.0,
            children: Empty,
            left: Empty,
            right: Empty,
            both: [Empty, Empty],
            other: Empty,
        })
    }
}

#[test]
fn a_type_that_owns_itself_in_every_way() {
    let mut image = Image::<Tree<String>>::new(Leaf("root")).unwrap();
    let empty = image.usage().allocated;
    let mut tree = image.edit();
    tree.children.extend([Leaf("child 0"), Leaf("child 1")]);
    tree.left.set(Some(Boxed(Leaf("left"))));
    tree.right.set(Some(Boxed(Leaf("right"))));
    tree.both.edit().set(1, Some(Boxed(Leaf("both"))));
    tree.other.insert(ForestManyInit { trees: [Leaf("other")] });
    everywhere("tree", &image);

    let mut tree = image.edit();
    let mut child = tree.children.get_mut(1).unwrap();
    child.edit().left.set(Some(Boxed(Leaf("grandchild"))));
    tree.left.as_mut().unwrap().edit().value.push('!');
    let mut right = tree.right.as_mut().unwrap();
    right.edit().children.push(Leaf("great"));
    let mut both = tree.both.edit();
    both.get_mut(1).unwrap().edit().unwrap().value.set("was both");
    both.swap(0, 1);
    let mut other = tree.other.as_mut().unwrap();
    let ForestMut::Many { mut trees } = other.edit() else { panic!("it has many") };
    trees.push(Leaf("another"));
    assert_eq!(image.children[1].left.as_ref().unwrap().value, "grandchild");
    assert_eq!(image.left.as_ref().unwrap().value, "left!");
    assert_eq!(image.right.as_option().unwrap().children[0].value, "great");
    assert_eq!(image.both[0].as_ref().unwrap().value, "was both");
    assert!(image.both[1].is_none());
    let Some(Forest::Many { trees }) = image.other.as_deref() else { panic!("it has many") };
    assert_eq!(trees[1].value, "another");
    everywhere("tree", &image);

    // A part is moved to be the whole of another, and everything goes in the end.
    let mut tree = image.edit();
    let left = tree.left.take().unwrap();
    tree.other.as_mut().unwrap().set(ForestOneInit(left));
    let Some(Forest::One(one)) = image.other.as_deref() else { panic!("it has one") };
    assert_eq!(one.value, "left!");
    everywhere("tree", &image);
    image.root_mut().set(Leaf("root"));
    assert_eq!(image.usage().allocated, empty, "something leaked");
}

/// Fields that can't be named from outside: what the module offers is all there is.
mod account {
    use offset_std::prelude::*;
    use offset_std::{Error, String, Vec};

    #[derive(Relocatable, Debug, PartialEq)]
    #[repr(C)]
    pub(crate) struct Account {
        pub(crate) owner: String,
        balance: i64,
        history: Vec<i64>,
    }

    impl Account {
        pub(crate) fn open(owner: &str) -> impl Emplace<Account> {
            AccountInit { owner, balance: 0, history: Empty }
        }

        pub(crate) fn balance(&self) -> i64 {
            assert_eq!(self.balance, self.history.iter().sum());
            self.balance
        }
    }

    impl AccountMut<'_> {
        pub(crate) fn pay(&mut self, amount: i64) -> Result<(), Error> {
            self.history.try_push(amount)?;
            *self.balance += amount;
            Ok(())
        }
    }
}

#[test]
fn private_fields_are_edited_through_methods_of_the_module() {
    let mut image = Image::<Vec<account::Account>>::new(Empty).unwrap();
    image.edit().push(account::Account::open("Ada"));
    image.edit().push(account::Account::open("Bob"));
    let mut accounts = image.edit();
    let mut ada = accounts.get_mut(0).unwrap();
    ada.edit().pay(30).unwrap();
    ada.edit().pay(-10).unwrap();
    ada.edit().owner.push_str(" L.");
    assert_eq!((image[0].balance(), image[1].balance(), &image[0].owner[..]), (20, 0, "Ada L."));
    everywhere("account", &image);
}

thread_local! {
    /// The names of what has been asked about itself, in order.
    static ASKED: RefCell<std::vec::Vec<std::string::String>> = const { RefCell::new(std::vec::Vec::new()) };
}

fn asked() -> std::vec::Vec<std::string::String> {
    ASKED.take()
}

#[derive(Relocatable, Debug, PartialEq)]
#[relocatable(validate = Judged::judge)]
#[repr(C)]
struct Judged {
    name: String,
    parts: Vec<Judged>,
    first: Option<Box<Judged>>,
}

impl Judged {
    fn judge(&self) -> Result<(), std::string::String> {
        ASKED.with_borrow_mut(|asked| asked.push(self.name.as_str().to_owned()));
        if self.name.is_empty() { Err(format!("one with {} parts has no name", self.parts.len())) } else { Ok(()) }
    }
}

#[test]
fn a_validation_is_asked_once_a_value_and_parts_before_wholes() {
    let none = || JudgedInit { name: "none", parts: Empty, first: Empty };
    let mut image = Image::<Judged>::new(JudgedInit {
        name: "a",
        parts: [
            JudgedInit { name: "b", parts: [none()], first: Some(none()) },
            JudgedInit { name: "c", parts: [none()], first: Some(none()) },
        ],
        first: Some(none()),
    })
    .unwrap();
    let mut root = image.edit();
    root.first.edit().unwrap().name.set("d");
    root.parts.get_mut(0).unwrap().edit().parts.get_mut(0).unwrap().edit().name.set("e");
    assert!(asked().is_empty(), "building and editing trust the program");

    let scratch = Scratch::new("round-trip-judged");
    let path = scratch.file("judged");
    image.save(&path).unwrap();
    assert!(asked().is_empty());
    let check = |order: std::vec::Vec<std::string::String>| {
        let at = |name: &str| order.iter().position(|asked| asked == name).expect(name);
        assert_eq!((order.len(), at("a")), (8, 7), "{order:?}");
        assert!(at("e") < at("b") && at("b") < at("a") && at("d") < at("a"), "{order:?}");
    };
    let mut loaded = Image::<Judged>::load(&path).unwrap();
    check(asked());
    // SAFETY: nobody writes to the file.
    drop(unsafe { Mapped::<Judged>::map(&path) }.unwrap());
    check(asked());
    // SAFETY: nobody writes to the file, which was just written.
    drop(unsafe { Mapped::<Judged>::map_unchecked(&path) }.unwrap());
    assert!(asked().is_empty(), "an unchecked file is trusted");

    // One that says no is found, with where it is.
    loaded.edit().parts.get_mut(1).unwrap().edit().name.set("");
    loaded.save(&path).unwrap();
    let error = Image::<Judged>::load(&path).unwrap_err();
    let ErrorKind::InvalidValue { path: place, what, .. } = error.kind() else { panic!("{error}") };
    assert_eq!((&place[..], &what[..]), ("Judged.parts[1]", "one with 1 parts has no name"));
    // SAFETY: nobody writes to the file.
    let error = unsafe { Mapped::<Judged>::map(&path) }.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidValue { .. }), "{error}");
}
