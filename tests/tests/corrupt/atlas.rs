//! A type with every kind of part, how to edit all of it, and where it lies.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::{NonZeroU8, NonZeroU32};

use offset_std::prelude::*;
use offset_std::{Box, Duration, Ipv4Addr, Ipv6Addr, String, Vec};

#[derive(Relocatable, Debug, PartialEq, Hash)]
#[repr(C)]
pub(crate) struct Atlas {
    pub name: String,
    pub cities: Vec<City>,
    pub exact: Vec<u64>,
    pub growing: Vec<u64>,
    pub bytes: Vec<u8>,
    pub wide: Vec<Wide>,
    pub marks: Marks,
    pub capital: Option<Box<City>>,
    pub missing: Option<Box<City>>,
    pub home: Box<City>,
    pub motto: Maybe<String>,
    pub blank: Maybe<String>,
    pub shapes: Vec<Shape>,
    pub kind: Kind,
    pub odds: Odds,
    pub span: Span,
    pub spans: Vec<Span>,
    pub pair: [String; 2],
    pub grid: [[u16; 2]; 3],
    pub list: Option<Box<Link>>,
    pub nested: Vec<Vec<String>>,
    pub flags: Vec<bool>,
    pub letters: Vec<char>,
}

#[derive(Relocatable, Debug, PartialEq, Hash)]
#[repr(C)]
pub(crate) struct City {
    pub name: String,
    pub population: u64,
    pub tags: Vec<String>,
}

/// Larger in alignment than a unit.
#[derive(Relocatable, Debug, PartialEq, Hash)]
#[repr(C, align(64))]
pub(crate) struct Wide {
    pub text: String,
    pub number: u32,
}

#[derive(Relocatable, Debug, PartialEq, Hash)]
#[repr(C)]
pub(crate) struct Mark {}

/// Zero-sized elements, of which a changed file may claim two thousand million.
#[derive(Relocatable)]
#[repr(C)]
pub(crate) struct Marks {
    pub list: Vec<Mark>,
    pub boxed: Box<Mark>,
}

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} marks, {:?}", self.list.len(), self.boxed)
    }
}

impl PartialEq for Marks {
    fn eq(&self, other: &Marks) -> bool {
        self.list.len() == other.list.len()
    }
}

impl Hash for Marks {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.list.len().hash(state);
    }
}

#[derive(Relocatable, Debug, PartialEq, Hash)]
#[repr(u8)]
pub(crate) enum Shape {
    Dot,
    Circle { radius: u32 },
    Label(String) = 7,
    Many(Vec<Shape>),
}

#[derive(Relocatable, Debug, PartialEq, Hash)]
#[repr(C, i16)]
pub(crate) enum Kind {
    None = -1,
    Named(Box<Label>) = 300,
    Flag(bool),
}

#[derive(Relocatable, Debug, PartialEq, Hash)]
#[repr(C)]
pub(crate) struct Label {
    pub text: String,
}

#[derive(Relocatable, Debug, PartialEq, Hash)]
#[repr(C)]
pub(crate) struct Odds {
    pub flag: bool,
    pub letter: char,
    pub small: NonZeroU8,
    pub maybe: Option<NonZeroU32>,
    pub big: u128,
    pub lasted: Duration,
    pub four: Ipv4Addr,
    pub six: Ipv6Addr,
    pub some: Maybe<u64>,
}

/// Has something to say about its own values.
#[derive(Relocatable, Clone, Copy, Debug, PartialEq, Hash)]
#[relocatable(plain, validate = Span::check)]
#[repr(C)]
pub(crate) struct Span {
    low: u32,
    high: u32,
}

impl Span {
    pub(crate) fn new(low: u32, high: u32) -> Span {
        Span { low, high }
    }

    fn check(&self) -> Result<(), std::string::String> {
        if self.low <= self.high { Ok(()) } else { Err(format!("{} > {}", self.low, self.high)) }
    }
}

#[derive(Relocatable, Debug, PartialEq, Hash)]
#[repr(C)]
pub(crate) struct Link {
    pub value: u32,
    pub next: Option<Box<Link>>,
}

/// A small atlas.
pub(crate) fn atlas(id: u128) -> Image<Atlas> {
    let options = ImageOptions::new().id(id);
    let mut image = Image::<Atlas>::with_options(
        options,
        AtlasInit {
            name: "Atlas of two cities",
            cities: Empty,
            exact: [1u64, 2, 3],
            growing: Empty,
            bytes: [1u8, 2, 3, 4, 5],
            wide: [WideInit { text: "wide", number: 7 }],
            marks: MarksInit { list: [MarkInit {}, MarkInit {}], boxed: MarkInit {} },
            capital: Some(CityInit { name: "Rome", population: 2_800_000, tags: ["seven hills"] }),
            missing: Empty,
            home: CityInit { name: "Bern", population: 134_000, tags: Empty },
            motto: Some("per aspera"),
            blank: Empty,
            shapes: Empty,
            kind: KindNamedInit(LabelInit { text: "named" }),
            odds: OddsInit {
                flag: true,
                letter: 'ß',
                small: NonZeroU8::MAX,
                maybe: NonZeroU32::new(3),
                big: 1 << 100,
                lasted: Duration::from(std::time::Duration::from_millis(1500)),
                four: Ipv4Addr::from([127, 0, 0, 1]),
                six: Ipv6Addr::from([1; 16]),
                some: Some(5),
            },
            span: Span::new(1, 2),
            spans: [Span::new(0, 0), Span::new(3, 9)],
            pair: ["left", "right"],
            grid: [[1, 2], [3, 4], [5, 6]],
            list: Some(LinkInit { value: 1, next: Some(LinkInit { value: 2, next: Empty }) }),
            nested: [["a", "bc"], ["def", ""]],
            flags: [true, false, true],
            letters: ['a', 'ß', '\u{10ffff}'],
        },
    )
    .unwrap();
    let mut root = image.edit();
    root.cities.push(CityInit { name: "Paris", population: 2_102_650, tags: ["capital", "river"] });
    root.cities.push(CityInit { name: "Oslo", population: 717_000, tags: Empty });
    root.growing.extend([10u64, 20, 30]);
    root.shapes.push(ShapeDotInit);
    root.shapes.push(ShapeCircleInit { radius: 5 });
    root.shapes.push(ShapeLabelInit("label"));
    root.shapes.push(ShapeManyInit([ShapeLabelInit("inner")]));
    image
}

/// Replaces the root by one that owns as little as it can, so that what is in use then shows what was lost.
pub(crate) fn minimize(image: &mut Image<Atlas>) {
    image.root_mut().set(AtlasInit {
        name: Empty,
        cities: Empty,
        exact: Empty,
        growing: Empty,
        bytes: Empty,
        wide: Empty,
        marks: MarksInit { list: Empty, boxed: MarkInit {} },
        capital: Empty,
        missing: Empty,
        home: CityInit { name: Empty, population: 0, tags: Empty },
        motto: Empty,
        blank: Empty,
        shapes: Empty,
        kind: KindNoneInit,
        odds: OddsInit {
            flag: false,
            letter: '0',
            small: NonZeroU8::MIN,
            maybe: None::<NonZeroU32>,
            big: 0,
            lasted: Duration::default(),
            four: Ipv4Addr::from([0; 4]),
            six: Ipv6Addr::from([0; 16]),
            some: Empty,
        },
        span: Span::new(0, 0),
        spans: Empty,
        pair: [Empty, Empty],
        grid: [[0; 2]; 3],
        list: Empty,
        nested: Empty,
        flags: Empty,
        letters: Empty,
    });
}
