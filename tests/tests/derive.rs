//! What `#[derive(Relocatable)]` accepts: every kind of type, built in an image, edited, described and traced.

#![allow(non_snake_case, reason = "one of the names that generated code might trip over")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use offset_std::__private::Facts;
use offset_std::{Box, DeepCopy, Emplace, Empty, Error, Filled, Image, Portable, Relocatable, Slot, String, Vec};

#[derive(Relocatable)]
#[repr(C)]
pub(crate) struct City {
    pub name: String,
    pub population: u64,
    tags: Vec<String>,
    pub capital_of: Option<Box<Country>>,
}

#[derive(Relocatable)]
#[repr(C)]
pub(crate) struct Country {
    name: String,
    area: f64,
}

#[test]
fn a_struct_is_built_and_edited() {
    let mut image = Image::<City>::new(CityInit {
        name: "Paris",
        population: 2_102_650,
        tags: ["capital", "river"],
        capital_of: Some(CountryInit { name: "France", area: 643_801.0 }),
    })
    .unwrap();
    assert_eq!(&*image.name, "Paris");
    let mut city = image.edit();
    *city.population += 1;
    city.tags.push("seine");
    *city.capital_of.as_mut().unwrap().edit().area = 1.0;
    city.capital_of.clear();
    assert_eq!(image.population, 2_102_651);
    assert_eq!(&*image.tags[2], "seine");
    assert!(image.capital_of.is_none());
}

#[derive(Relocatable)]
#[repr(C)]
struct Pair(u32, String, [u8; 3]);

#[derive(Relocatable)]
#[repr(C)]
struct Nothing;

#[derive(Relocatable)]
#[repr(C)]
struct Braces {}

#[derive(Relocatable)]
#[repr(C)]
struct Small {
    pair: Pair,
    nothing: Nothing,
    braces: Braces,
    flag: bool,
}

#[test]
fn tuples_and_empty_structs() {
    let mut image = Image::<Small>::new(SmallInit {
        pair: PairInit(7, "seven", [1, 2, 3]),
        nothing: NothingInit,
        braces: BracesInit {},
        flag: true,
    })
    .unwrap();
    assert_eq!((image.pair.0, &*image.pair.1, image.pair.2), (7, "seven", [1, 2, 3]));
    let mut small = image.edit();
    *small.pair.edit().0 = 8;
    small.pair.edit().1.set("eight");
    small.nothing.edit();
    small.braces.set(BracesInit {});
    assert_eq!((image.pair.0, &*image.pair.1), (8, "eight"));
}

/// A recursive generic type: the bounds are on `T` only.
#[derive(Relocatable)]
#[repr(C)]
struct Node<T> {
    next: Option<Box<Node<T>>>,
    value: T,
}

#[derive(Relocatable)]
#[repr(C)]
struct SelfNode<T: Copy = u32>
where
    T: PartialEq,
{
    next: Option<Box<Self>>,
    value: T,
}

#[test]
fn recursive_generic_types() {
    let last = NodeInit { next: None::<NodeInit<Empty, &str>>, value: "last" };
    let mut image = Image::<Node<String>>::new(NodeInit { next: Some(last), value: "first" }).unwrap();
    assert_eq!(&*image.next.as_ref().unwrap().value, "last");
    image.edit().value.set("1st");
    image.edit().next.set(Empty);
    assert!(image.next.is_none());

    let image =
        Image::<SelfNode>::new(SelfNodeInit { next: Some(SelfNodeInit { next: Empty, value: 2u32 }), value: 1u32 })
            .unwrap();
    assert_eq!(image.next.as_ref().unwrap().value, 2);
}

#[derive(Relocatable)]
#[repr(u8)]
enum Shape<T> {
    Circle { radius: f64 },
    Named(String, T) = 7,
    Point,
    Nested { inner: Option<Box<Shape<T>>> },
}

#[test]
fn enums_with_fields() {
    let mut image = Image::<Shape<u16>>::new(ShapeNestedInit { inner: Some(ShapeCircleInit { radius: 1.0 }) }).unwrap();
    {
        let mut place = image.root_mut();
        let ShapeMut::Nested { mut inner } = place.edit() else { panic!("it is nested") };
        let mut inner = inner.as_mut().unwrap();
        match inner.edit() {
            ShapeMut::Circle { radius } => *radius += 1.0,
            ShapeMut::Named(..) | ShapeMut::Point | ShapeMut::Nested { .. } => panic!("it is a circle"),
        }
        assert!(matches!(*inner, Shape::Circle { radius: 2.0 }));
        inner.set(ShapePointInit);
        assert!(matches!(*inner, Shape::Point));
    }
    image.root_mut().set(ShapeNamedInit("seven", 7u16));
    let Shape::Named(name, number) = &*image else { panic!("it is named") };
    assert_eq!((&**name, *number), ("seven", 7));
}

#[derive(Relocatable)]
#[repr(i16)]
enum Level {
    Low = -3,
    Middle,
    High = 1 << 4,
}

#[derive(Relocatable)]
#[repr(i64, align(32))]
enum Aligned {
    Only(u8) = i64::MIN,
    Other,
}

#[derive(Relocatable)]
#[repr(C, align(64))]
struct Line(u8);

#[test]
fn enums_without_fields() {
    let mut image = Image::<Level>::new(LevelMiddleInit).unwrap();
    assert!(matches!(*image, Level::Middle));
    match image.edit() {
        LevelMut::Low | LevelMut::High => panic!("it is neither"),
        LevelMut::Middle => {}
    }
    image.root_mut().set(LevelHighInit);
    assert!(matches!(*image, Level::High));
    assert_eq!(Level::Low as i16, -3);
    let image = Image::<Aligned>::new(AlignedOnlyInit(3)).unwrap();
    assert!(matches!(*image, Aligned::Only(3)));
    let _ = AlignedOtherInit;
    let image = Image::<Line>::new(LineInit(3)).unwrap();
    assert_eq!(image.0, 3);
}

#[derive(Relocatable, Clone, Copy, PartialEq, Debug)]
#[relocatable(plain)]
#[repr(C)]
struct Point<T> {
    x: T,
    y: T,
}

#[derive(Relocatable, Clone, Copy, PartialEq, Debug)]
#[relocatable(plain)]
#[repr(u8)]
enum Colour {
    Red(u8),
    Grey(i8),
}

#[derive(Relocatable, Clone, Copy, PartialEq, Debug)]
#[relocatable(plain, validate = Month::check)]
#[repr(C)]
struct Month(u8);

impl Month {
    fn check(&self) -> Result<(), std::string::String> {
        if (1..=12).contains(&self.0) { Ok(()) } else { Err(format!("{} is no month", self.0)) }
    }
}

#[derive(Relocatable)]
#[repr(C)]
struct Plains {
    point: Point<f32>,
    boxed: Box<Point<u8>>,
    all: Vec<Point<u8>>,
    month: Month,
    only: OnlyRed,
}

#[derive(Relocatable, Clone, Copy, PartialEq, Debug)]
#[relocatable(plain)]
#[repr(u8)]
enum OnlyRed {
    Red,
    Green,
}

#[test]
fn plain_types_are_edited_through_references() {
    let mut image = Image::<Plains>::new(PlainsInit {
        point: Point { x: 1.0, y: 2.0 },
        boxed: Point { x: 1, y: 2 },
        all: [Point { x: 1, y: 2 }],
        month: &Month(12),
        only: OnlyRed::Red,
    })
    .unwrap();
    let plains = image.edit();
    plains.point.x = 3.0;
    *plains.only = OnlyRed::Green;
    *plains.month = Month(1);
    assert_eq!((image.point, *image.boxed), (Point { x: 3.0, y: 2.0 }, Point { x: 1, y: 2 }));
    let _ = (Colour::Red(1), Colour::Grey(1));
}

mod projections {
    use super::*;

    pub(crate) trait Family {
        type Item;
    }

    #[derive(Relocatable)]
    #[repr(C)]
    pub(crate) struct Member<T: Family> {
        item: T::Item,
        more: Vec<<T as Family>::Item>,
    }

    impl Family for u8 {
        type Item = String;
    }

    #[test]
    fn associated_types_get_bounds() {
        let image = Image::<Member<u8>>::new(MemberInit { item: "one", more: ["two"] }).unwrap();
        assert_eq!((&*image.item, &*image.more[0]), ("one", "two"));
    }
}

#[derive(Relocatable)]
#[repr(C)]
#[allow(non_camel_case_types)]
pub(crate) struct r#struct {
    r#type: u8,
    r#fn: String,
}

#[derive(Relocatable)]
#[repr(u8)]
#[allow(non_camel_case_types)]
enum r#enum {
    r#match { r#in: u8 },
    r#loop,
}

#[test]
fn raw_identifiers() {
    let mut image = Image::<r#struct>::new(structInit { r#type: 1, r#fn: "2" }).unwrap();
    *image.edit().r#type += 1;
    assert_eq!((image.r#type, &*image.r#fn), (2, "2"));
    let names = format!("{:?}", <r#struct as Relocatable>::description());
    assert!(names.contains("\"struct\"") && names.contains("\"type\"") && !names.contains("r#"), "{names}");
    let image = Image::<r#enum>::new(enummatchInit { r#in: 1 }).unwrap();
    assert!(matches!(*image, r#enum::r#match { r#in: 1 }));
}

#[derive(Relocatable)]
#[repr(C)]
struct Lengths {
    four: [u32; Self::FOUR],
    named: [u32; Lengths::FOUR],
}

impl Lengths {
    const FOUR: usize = 4;
}

#[test]
fn self_in_array_lengths() {
    let image = Image::<Lengths>::new(LengthsInit { four: [4; 4], named: [5u32; 4] }).unwrap();
    assert_eq!((image.four, image.named), ([4; 4], [5; 4]));
}

macro_rules! defines {
    ($name:ident, $field:ident: $type:ty) => {
        #[derive(Relocatable)]
        #[repr(C)]
        struct $name {
            $field: $type,
            list: Vec<$type>,
        }
    };
}

defines!(Defined, number: Option<Box<u64>>);
defines!(Primitive, number: u64);
defines!(Primitives, numbers: [i16; 2]);

#[test]
fn types_defined_by_macros() {
    let image = Image::<Defined>::new(DefinedInit { number: Some(1u64), list: Empty }).unwrap();
    assert_eq!(image.number.as_deref(), Some(&1));
    let image = Image::<Primitive>::new(PrimitiveInit { number: 1, list: [1u64] }).unwrap();
    assert_eq!((image.number, &*image.list), (1, &[1][..]));
    let image = Image::<Primitives>::new(PrimitivesInit { numbers: [1, 2], list: Empty }).unwrap();
    assert_eq!((image.numbers, image.list.len()), ([1, 2], 0));
}

/// Names that generated code might trip over.
#[derive(Relocatable)]
#[repr(C)]
#[allow(non_camel_case_types, clippy::upper_case_acronyms)]
struct Names {
    at: u8,
    writer: NamesOfVariants,
    visitor: u64,
}

impl Names {
    const ALIGN: usize = 1;
    const CHECK: usize = 2;
    const FACTS: usize = 3;
}

#[derive(Relocatable)]
#[repr(C, u8)]
#[allow(non_camel_case_types, clippy::upper_case_acronyms)]
enum NamesOfVariants {
    ALIGN(u64),
    CHECK { end: u8, ALIGN: String },
    Mut,
    Fields,
    FACTS,
    OFFSET_0_0,
    Stop(u8),
    Ok,
    None,
}

#[test]
fn names_are_no_trap() {
    assert_eq!((Names::ALIGN, Names::CHECK, Names::FACTS), (1, 2, 3));
    let writer = NamesOfVariantsCHECKInit { end: 1, ALIGN: "2" };
    let mut image = Image::<Names>::new(NamesInit { at: 1, writer, visitor: 3 }).unwrap();
    let mut names = image.edit();
    match names.writer.edit() {
        NamesOfVariantsMut::CHECK { end, .. } => *end += 1,
        _ => panic!("it is another"),
    }
    assert!(matches!(&image.writer, NamesOfVariants::CHECK { end: 2, ALIGN } if &**ALIGN == "2"));
}

#[test]
fn types_inside_a_function() {
    const LEN: usize = 2;
    #[derive(Relocatable)]
    #[repr(C)]
    struct Inner<T> {
        list: Vec<T>,
        numbers: [u8; LEN],
    }
    let image = Image::<Inner<u8>>::new(InnerInit { list: [3u8], numbers: [1, 2] }).unwrap();
    assert_eq!((&*image.list, image.numbers), (&[3][..], [1, 2]));
}

struct Fails;

impl Emplace<String> for Fails {
    fn emplace<'s>(self, _: Slot<'s, String>) -> offset_std::Result<Filled<'s, String>> {
        Err(Error::custom("on purpose"))
    }
}

struct Panics;

impl Emplace<String> for Panics {
    fn emplace<'s>(self, _: Slot<'s, String>) -> offset_std::Result<Filled<'s, String>> {
        panic!("on purpose")
    }
}

#[derive(Relocatable)]
#[repr(C, u16)]
enum Both {
    Strings(String, String),
}

#[test]
fn a_failing_field_releases_the_ones_before() {
    let mut image = Image::<Vec<Both>>::new(Empty).unwrap();
    let allocated = |image: &Image<Vec<Both>>| image.usage().allocated;
    let before = allocated(&image);

    let long = "longer than any string that could be stored inline";
    assert!(image.try_alloc::<Both, _>(BothStringsInit(long, Fails)).is_err());
    assert_eq!(allocated(&image), before);
    let panicked = catch_unwind(AssertUnwindSafe(|| drop(image.alloc::<Both, _>(BothStringsInit(long, Panics)))));
    assert!(panicked.is_err());
    assert_eq!(allocated(&image), before);

    let built = image.alloc::<Both, _>(BothStringsInit(long, long));
    let Both::Strings(first, second) = &*built;
    assert_eq!((&**first, &**second), (long, long));
    drop(built);
    assert_eq!(allocated(&image), before);
}

/// Saves an image and loads it again: every byte is traced to be written, and again to be validated.
fn reloaded<T: Portable>(image: &Image<T>, name: &str) -> offset_std::Result<Image<T>> {
    let path = std::env::temp_dir().join(format!("offset-derive-{}-{name}.region", std::process::id()));
    image.save(&path)?;
    let loaded = Image::load(&path);
    std::fs::remove_file(&path).unwrap();
    loaded
}

#[derive(Relocatable)]
#[repr(C)]
struct Everything {
    small: Small,
    shapes: Vec<Shape<Level>>,
    node: Option<Box<Node<Aligned>>>,
    plains: Box<Plains>,
    line: Line,
}

#[test]
fn what_was_saved_is_loaded() {
    let image = Image::<Everything>::new(EverythingInit {
        small: SmallInit {
            pair: PairInit(7, "seven", [1, 2, 3]),
            nothing: NothingInit,
            braces: BracesInit {},
            flag: true,
        },
        shapes: [ShapeNamedInit("low", LevelLowInit), ShapeNamedInit("high", LevelLowInit)],
        node: Some(NodeInit {
            next: Some(NodeInit { next: Empty, value: AlignedOtherInit }),
            value: AlignedOnlyInit(9),
        }),
        plains: PlainsInit {
            point: Point { x: 1.0, y: 2.0 },
            boxed: Point { x: 1, y: 2 },
            all: [Point { x: 1, y: 2 }, Point { x: 3, y: 4 }],
            month: Month(12),
            only: OnlyRed::Green,
        },
        line: LineInit(64),
    })
    .unwrap();
    let loaded = reloaded(&image, "everything").unwrap();
    assert_eq!((loaded.small.pair.0, &*loaded.small.pair.1, loaded.small.flag), (7, "seven", true));
    let [Shape::Named(low, Level::Low), Shape::Named(high, Level::Low)] = &*loaded.shapes else {
        panic!("they are named")
    };
    assert_eq!((&**low, &**high), ("low", "high"));
    let node = loaded.node.as_ref().unwrap();
    assert!(matches!(node.value, Aligned::Only(9)));
    assert!(matches!(node.next.as_ref().unwrap().value, Aligned::Other));
    assert_eq!((*loaded.plains.boxed, loaded.plains.all[1]), (Point { x: 1, y: 2 }, Point { x: 3, y: 4 }));
    assert_eq!((loaded.plains.month, loaded.plains.only, loaded.line.0), (Month(12), OnlyRed::Green, 64));

    let copy = Image::<Everything>::new(DeepCopy(&*loaded)).unwrap();
    assert_eq!(&*copy.small.pair.1, "seven");
}

#[test]
fn a_validation_of_the_users_own_is_asked() {
    let image = Image::<Vec<Month>>::new([Month(12), Month(13)]).unwrap();
    let error = reloaded(&image, "month").unwrap_err().to_string();
    assert!(error.contains("13 is no month"), "{error}");
    let image = Image::<Vec<Month>>::new([Month(12), Month(1)]).unwrap();
    assert!(reloaded(&image, "month").is_ok());
}

#[derive(Relocatable)]
#[relocatable(validate = Self::check)]
#[repr(C)]
struct Range<T> {
    start: T,
    end: T,
    name: String,
}

impl<T> Range<T> {
    fn check(&self) -> Result<(), &'static str> {
        if self.name.is_empty() { Err("a range has a name") } else { Ok(()) }
    }
}

#[test]
fn a_generic_type_is_validated_too() {
    let range = |name: &'static str| Image::<Range<u8>>::new(RangeInit { start: 1u8, end: 2u8, name }).unwrap();
    let named = reloaded(&range("x"), "range").unwrap();
    assert_eq!((named.start, named.end, &*named.name), (1, 2, "x"));
    let error = reloaded(&range(""), "range").err().expect("it has no name").to_string();
    assert!(error.contains("a range has a name"), "{error}");
}

#[test]
fn facts_follow_from_the_fields() {
    assert_eq!(<Line as Relocatable>::FACTS, Facts { plain: false, copied: false, ..Facts::BITS });
    assert_eq!(<Nothing as Relocatable>::FACTS, Facts { copied: false, ..Facts::BITS });
    assert_eq!(<Point<f32> as Relocatable>::FACTS, Facts::BITS);
    assert_eq!(<Colour as Relocatable>::FACTS, Facts::LEAF);
    assert_eq!(<Month as Relocatable>::FACTS, Facts { checked: true, ..Facts::LEAF });
    assert_eq!(<Pair as Relocatable>::FACTS, Facts { shallow: true, ..Facts::OWNER });
    assert_eq!(<Small as Relocatable>::FACTS, Facts { shallow: true, ..Facts::OWNER });
}
