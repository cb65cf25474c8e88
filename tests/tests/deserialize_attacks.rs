//! A format is user code: it fails, panics, lies about what is there and how much, and builds other things meanwhile. Whatever it does, the region stays whole and nothing is lost.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use offset_std::prelude::*;
use offset_std::{
    BTreeMap, BinaryHeap, Box, Error, ErrorKind, Filled, HashMap, HashSet, Interner, Region, Result, Seeded, Slot,
    String, Vec, VecDeque,
};
use serde::Deserializer;
use serde_json::{Value, json};

mod attack;
#[path = "deserialize/chaos.rs"]
mod chaos;
#[path = "deserialize/model.rs"]
mod model;

use attack::{check, check_no_leak};
use chaos::{Chaos, Fuse, How};
use model::{region, sample};

/// What there is in the image that documents are read into.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Places {
    list: Vec<region::Doc>,
    option: Option<Box<region::Doc>>,
    maybe: Maybe<region::Doc>,
    map: BTreeMap<String, region::Doc>,
    hashed: HashMap<String, region::Doc>,
}

fn value() -> Value {
    serde_json::to_value(sample()).unwrap()
}

fn places(options: ImageOptions) -> Result<Image<Places>> {
    let value = value();
    let doc = || FromDeserializer(&value);
    Image::with_options(
        options,
        PlacesInit {
            list: [doc()],
            option: Some(Boxed(doc())),
            maybe: Some(doc()),
            map: [("a", doc())],
            hashed: Seeded(1, [("a", doc())]),
        },
    )
}

type Operation = (&'static str, fn(&mut PlacesMut<'_>, Chaos<'_>) -> Result<()>);

/// Each place that a document can be read into.
const OPERATIONS: &[Operation] = &[
    ("push", |places, from| places.list.try_push(FromDeserializer(from))),
    ("set an element", |places, from| places.list.as_slice_mut().try_set(0, FromDeserializer(from))),
    ("set an option", |places, from| places.option.try_set(Some(Boxed(FromDeserializer(from))))),
    ("set a maybe", |places, from| places.maybe.try_set(Some(FromDeserializer(from)))),
    ("insert into a map", |places, from| places.map.try_insert("b", FromDeserializer(from)).map(drop)),
    ("replace in a map", |places, from| places.map.try_insert("a", FromDeserializer(from)).map(drop)),
    ("insert into a table", |places, from| places.hashed.try_insert("b", FromDeserializer(from)).map(drop)),
];

/// Runs an operation with fuses of every length. Returns how many blew, and with how many of them the document was read all the same.
fn blow((name, operation): &Operation, how: How) -> (u32, u32) {
    let value = value();
    let mut image = places(ImageOptions::new()).unwrap();
    let (mut steps, mut read) = (0, 0);
    loop {
        let before = format!("{:?}", *image);
        let fuse = Fuse::new(steps, how);
        let done = catch_unwind(AssertUnwindSafe(|| operation(&mut image.edit(), fuse.read(&value))));
        let blew = fuse.blew();
        match done {
            Ok(Ok(())) if blew => {
                // It was read without what wasn't there.
                read += 1;
                image = places(ImageOptions::new()).unwrap();
            }
            Ok(Ok(())) => {
                check_unless(how == How::Forget, &image);
                return (steps, read);
            }
            Ok(Err(error)) => {
                let lies = matches!(how, How::None | How::Forget);
                assert!(lies || error.to_string() == "the fuse blew", "{name} at step {steps}: {error}");
                assert!(matches!(error.kind(), ErrorKind::Deserialize { cause: None, .. }));
                assert_eq!(before, format!("{:?}", *image), "{name} failed at step {steps}");
            }
            Err(_) => assert_eq!(before, format!("{:?}", *image), "{name} panicked at step {steps}"),
        }
        if steps % 5 == 0 {
            check_unless(how == How::Forget, &image);
        }
        steps += 1;
    }
}

fn check_unless(forgotten: bool, image: &Image<Places>) {
    if forgotten {
        check(image)
    } else {
        check_no_leak(image)
    };
}

#[test]
fn an_error_at_any_step_leaves_everything_as_it_was() {
    for operation in OPERATIONS {
        let (steps, read) = blow(operation, How::Error);
        assert_eq!((steps, read), blow(operation, How::ErrorAfter));
        assert!(steps > 300 && read == 0, "{steps} steps");
    }
}

#[test]
fn a_panic_at_any_step_leaves_everything_as_it_was() {
    for operation in OPERATIONS {
        assert_eq!(blow(operation, How::Panic).1, 0);
        assert_eq!(blow(operation, How::PanicAfter).1, 0);
    }
}

#[test]
fn a_format_that_denies_what_it_has_built_harms_nothing() {
    for operation in &OPERATIONS[..2] {
        assert!(blow(operation, How::None).1 > 20);
        blow(operation, How::Forget);
    }
}

/// Each field of a sequence is denied once: what has a default is built anew where something was built before.
#[test]
fn a_field_that_was_built_and_denied_is_built_by_its_default() {
    #[derive(Relocatable, DeserializeIn, Debug, PartialEq)]
    #[serde(default)]
    #[repr(C)]
    struct Lists {
        names: Vec<String>,
        numbers: Vec<u64>,
        maybe: Maybe<String>,
        words: HashSet<String>,
        text: String,
    }
    let document = json!([["a", "b"], [1, 2], "perhaps", ["one", "two"], "text"]);
    let (mut read, mut steps) = (0, 0);
    loop {
        let fuse = Fuse::new(steps, How::None);
        if let Ok(image) = Image::<Lists>::from_deserializer(fuse.read(&document)) {
            check_no_leak(&image);
            read += 1;
        }
        if !fuse.blew() {
            break;
        }
        steps += 1;
    }
    assert_eq!((steps, read), (11, 12));
}

#[test]
fn hints_that_lie_cost_little() {
    let document = json!({ "numbers": [1, 2, 3, 4, 5, 6, 7, 8, 9], "texts": ["a", "b"], "map": {"x": "1", "y": "2"}, "set": ["q"] });
    #[derive(Relocatable, DeserializeIn, Debug, PartialEq)]
    #[repr(C)]
    struct Lists {
        numbers: Vec<u64>,
        texts: Vec<String>,
        map: HashMap<String, String>,
        set: HashSet<String>,
    }
    let exact = Image::<Lists>::from_deserializer(&document).unwrap();
    for hint in [0, 1, 2, 3, 8, 9, 10, 1 << 20, 1 << 28, (1 << 31) - 1, 1 << 31, 1 << 40, usize::MAX] {
        let fuse = Fuse::with_hint(hint);
        let image = Image::<Lists>::from_deserializer(fuse.read(&document)).unwrap();
        assert!(*image == *exact && image.usage().allocated < 4 << 20, "{hint}: {:?}", image.usage());
        check_no_leak(&image);
        // Vectors are exact, whatever was said.
        let vectors =
            Image::<[Vec<u64>; 2]>::from_deserializer(Fuse::with_hint(hint).read(&json!([[1, 2, 3], []]))).unwrap();
        assert_eq!(vectors.usage().allocated, 16 + 24, "{hint}");
        // Where there isn't as much as the hint asks for, what is there is enough.
        let small = ImageOptions::new().limit(4096);
        let image =
            Image::<Lists>::with_options(small, FromDeserializer(Fuse::with_hint(hint).read(&document))).unwrap();
        assert_eq!(*image, *exact);
    }
}

#[test]
fn a_long_sequence_grows_as_it_comes() {
    for hint in [None, Some(0), Some(1), Some(1000), Some(usize::MAX)] {
        let numbers: std::vec::Vec<u64> = (0..100_000).collect();
        let (numbers, fuse) = (json!(numbers), hint.map_or_else(Fuse::never, Fuse::with_hint));
        let mut image = Image::<Vec<Vec<u64>>>::new([[7u64]]).unwrap();
        image.edit().push(FromDeserializer(fuse.read(&numbers)));
        assert!(image[1].iter().enumerate().all(|(index, number)| index as u64 == *number));
        assert_eq!(image[1].len(), 100_000);
        check_no_leak(&image);
    }
}

#[test]
fn a_full_region_leaves_everything_as_it_was() {
    let value = value();
    let least = places(ImageOptions::new()).unwrap().usage().allocated + 128;
    for (name, operation) in OPERATIONS {
        let mut limit = least;
        let mut failed = 0;
        loop {
            limit += 56;
            let Ok(mut image) = places(ImageOptions::new().limit(limit)) else { continue };
            let before = format!("{:?}", *image);
            let fuse = Fuse::never();
            match operation(&mut image.edit(), fuse.read(&value)) {
                Ok(()) => break,
                Err(error) => {
                    let cause = match error.kind() {
                        ErrorKind::Deserialize { cause: Some(cause), .. } => cause,
                        _ => &error,
                    };
                    assert!(matches!(cause.kind(), ErrorKind::Limit { .. }), "{name}: {error}");
                    assert!(error.to_string().contains("raise it, or drop something first"));
                    assert_eq!(before, format!("{:?}", *image), "{name}");
                    failed += 1;
                }
            }
            check_no_leak(&image);
        }
        assert!(failed > 3, "{name}: {failed}");
    }
}

#[test]
fn the_text_of_a_format_is_kept_with_its_position_and_so_is_the_cause() {
    let small = ImageOptions::new().limit(256);
    let text = "[\"a text that is long enough\",\n \"and one that is much longer, so that the image has no room for it, as it is limited\"]";
    let error =
        Image::<Vec<String>>::with_options(small, FromDeserializer(&mut serde_json::Deserializer::from_str(text)));
    let error = error.unwrap_err();
    assert!(error.to_string().ends_with("at line 2 column 86"), "{error}");
    let ErrorKind::Deserialize { cause: Some(cause), .. } = error.kind() else { panic!("{error:?}") };
    assert!(matches!(cause.kind(), ErrorKind::Limit { .. }));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), cause.to_string());

    // postcard keeps no text.
    let bytes = postcard::to_allocvec(&["x".repeat(300)]).unwrap();
    let small = ImageOptions::new().limit(256);
    let error =
        Image::<[String; 1]>::with_options(small, FromDeserializer(&mut postcard::Deserializer::from_bytes(&bytes)));
    assert!(error.unwrap_err().to_string().contains("raise it, or drop something first"));
}

/// A text that reads another document first, into the same region and into another one.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Meddler {
    text: String,
}

thread_local! {
    static ELSEWHERE: RefCell<Image<Vec<Meddler>>> = RefCell::new(Image::new(Empty).unwrap());
}

impl DeserializeIn for Meddler {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        from: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        let text: std::string::String = serde::Deserialize::deserialize(from)?;
        if let Some(inner) = text.strip_prefix('>') {
            let inner = Value::from(inner);
            ELSEWHERE.with(|elsewhere| {
                if let Ok(mut elsewhere) = elsewhere.try_borrow_mut() {
                    elsewhere.edit().push(FromDeserializer(&inner));
                    // Its failures are its own.
                    let broken = elsewhere.edit().try_push(FromDeserializer(&json!([1])));
                    assert!(broken.is_err());
                }
            });
            let limited =
                Image::<String>::with_options(ImageOptions::new().limit(160), FromDeserializer(&json!("x".repeat(99))));
            assert!(limited.is_err());
        }
        slot.build(MeddlerInit { text: text.as_str() }).map_err(Error::into_serde)
    }
}

#[test]
fn documents_that_are_read_while_one_is_read_harm_nothing() {
    let region = Region::new();
    let texts = json!([">>one", "two", ">three", ">>>four", "five", "six"]);
    let meddlers = region.alloc::<Vec<Meddler>, _>(FromDeserializer(&texts));
    assert_eq!(meddlers.iter().map(|meddler| meddler.text.len()).sum::<usize>(), 5 + 3 + 6 + 7 + 4 + 3);
    let error = region.try_alloc::<Vec<Meddler>, _>(FromDeserializer(&json!([">a", 3]))).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Deserialize { cause: None, .. }), "{error:?}");
    ELSEWHERE.with_borrow(|image| drop(check_no_leak(image)));
}

/// A format that allocates in the region that is being built in.
struct Busy<'a>(&'a Region, &'a Value);

impl<'de> Deserializer<'de> for Busy<'_> {
    type Error = serde_json::Error;

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, serde_json::Error> {
        struct List<'a>(&'a Region, std::slice::Iter<'a, Value>);

        impl<'de> serde::de::SeqAccess<'de> for List<'_> {
            type Error = serde_json::Error;

            fn next_element_seed<S: serde::de::DeserializeSeed<'de>>(
                &mut self,
                seed: S,
            ) -> Result<Option<S::Value>, serde_json::Error> {
                let kept = self.0.alloc::<Vec<String>, _>(["allocated", "meanwhile"]);
                let value = self.1.next().map(|value| seed.deserialize(Busy(self.0, value))).transpose();
                self.0.alloc_slice(&[0xffu8; 40]);
                assert_eq!(kept[1], "meanwhile");
                value
            }
        }
        match self.1 {
            Value::Array(list) => visitor.visit_seq(List(self.0, list.iter())),
            Value::String(text) => visitor.visit_str(text),
            other => panic!("{other}"),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct option
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[test]
fn a_format_that_allocates_in_the_same_region_harms_nothing() {
    let lists = json!([["a", "b", "c", "d", "e", "f"], [], ["g"], ["h", "i"], [], [], ["j", "k", "l", "m", "n"]]);
    let region = Region::new();
    for _ in 0..20 {
        let built = region.alloc::<Vec<Vec<String>>, _>(FromDeserializer(Busy(&region, &lists)));
        assert_eq!(serde_json::to_value(&built).unwrap(), lists);
        let set = region.alloc::<HashSet<String>, _>(FromDeserializer(Busy(&region, &lists[0])));
        assert_eq!(set.len(), 6);
        let queues = region.alloc::<VecDeque<VecDeque<String>>, _>(FromDeserializer(Busy(&region, &lists)));
        assert_eq!(serde_json::to_value(&queues).unwrap(), lists);
        let heap = region.alloc::<BinaryHeap<String>, _>(FromDeserializer(Busy(&region, &lists[0])));
        assert_eq!(heap.peek().unwrap(), "f");
        let texts = region.alloc::<Interner, _>(FromDeserializer(Busy(&region, &lists[0])));
        assert_eq!(serde_json::to_value(&texts).unwrap(), lists[0]);
    }
}

#[test]
fn a_map_that_is_the_whole_document_may_have_a_seed() {
    let pairs = json!({ "a": 1, "b": 2 });
    let image = Image::<HashMap<String, u64>>::new(Seeded(42, FromDeserializer(&pairs))).unwrap();
    assert!(image.seed() == 42 && image["b"] == 2);
    let error = Image::<HashMap<String, u64>>::new(Seeded(42, FromDeserializer(&json!({ "a": "b" })))).unwrap_err();
    assert_eq!(error.to_string(), "invalid type: string \"b\", expected u64");
}

#[test]
fn wide_and_empty_values_lie_where_they_must() {
    #[derive(Relocatable, DeserializeIn, Debug, PartialEq)]
    #[repr(C, align(64))]
    struct Wide {
        text: String,
    }
    #[derive(Relocatable, DeserializeIn, Debug, PartialEq)]
    #[repr(C, align(32))]
    struct Nothing {}
    #[derive(Relocatable, DeserializeIn, Debug, PartialEq)]
    #[repr(C)]
    struct All {
        wides: Vec<Wide>,
        boxed: Box<Wide>,
        maybe: Maybe<Wide>,
        map: BTreeMap<u64, Wide>,
        nothings: Vec<Nothing>,
        boxed_nothing: Box<Nothing>,
        array: [Nothing; 3],
    }
    let wide = json!({ "text": "wide" });
    let document = json!({
        "wides": [wide, wide, wide, wide, wide], "boxed": wide, "maybe": wide, "map": { "1": wide, "2": wide },
        "nothings": [{}, {}, {}, {}, {}], "boxed_nothing": {}, "array": [{}, {}, {}],
    });
    let image = Image::<All>::from_deserializer(&document).unwrap();
    let aligned = |wide: &Wide| std::ptr::from_ref(wide).addr().is_multiple_of(64) && wide.text == "wide";
    assert!(image.wides.iter().all(aligned) && aligned(&image.boxed) && image.map.values().all(aligned));
    assert_eq!((image.wides.len(), image.nothings.len()), (5, 5));
    check_no_leak(&image);
}

#[test]
fn a_recursive_document_is_stopped_by_its_format() {
    #[derive(Relocatable, DeserializeIn, Debug, PartialEq)]
    #[repr(C)]
    struct Tree(Vec<Tree>);
    let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    let read = |text: &str| Image::<Tree>::from_deserializer(&mut serde_json::Deserializer::from_str(text));
    check_no_leak(&read(&deep(120)).unwrap());
    assert!(read(&deep(10_000)).unwrap_err().to_string().starts_with("recursion limit exceeded"));
}
