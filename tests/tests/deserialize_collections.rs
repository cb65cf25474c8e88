//! Straight from serde into queues, heaps, tries and interners, and the keys and symbols of others: as std reads them, and what comes of documents and formats that are broken.

use std::cmp::{Ordering, Reverse};
use std::collections::HashSet as StdSet;
use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};

use offset_std::prelude::*;
use offset_std::{
    BTreeMap, BinaryHeap, ErrorKind, Interner, Key, Maybe, Result, Seeded, String, Symbol, Trie, Vec, VecDeque,
};
use proptest::collection::{btree_map, hash_set, vec};
use proptest::prelude::*;
use serde::de::value::MapDeserializer;
use serde_json::{Value, json};

mod attack;
#[path = "deserialize/chaos.rs"]
mod chaos;

use attack::{check, check_no_leak};
use chaos::{Fuse, How};

type StdVec<T> = std::vec::Vec<T>;
type StdString = std::string::String;

/// Heaps aren't compared; these values are the same if they look so.
macro_rules! same_if_they_look_so {
    ($($type:ty),*) => {$(
        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                format!("{self:?}") == format!("{other:?}")
            }
        }
    )*};
}
same_if_they_look_so!(All, Moods);

/// One of each.
#[derive(Relocatable, DeserializeIn, serde::Serialize, Debug)]
#[repr(C)]
struct All {
    queue: VecDeque<String>,
    numbers: VecDeque<u16>,
    queues: VecDeque<VecDeque<u64>>,
    heap: BinaryHeap<String>,
    trie: Trie<Vec<u32>>,
    texts: Interner,
    symbol: Symbol,
    symbols: Vec<Symbol>,
    last_symbol: Option<Symbol>,
    key: Key<u64>,
    by_key: BTreeMap<Key<u64>, Maybe<u8>>,
    last_key: Option<Key<u64>>,
}

/// What std has for it.
#[derive(serde::Serialize, serde::Deserialize, Debug, Clone)]
struct Twin {
    queue: std::collections::VecDeque<StdString>,
    numbers: std::collections::VecDeque<u16>,
    queues: std::collections::VecDeque<std::collections::VecDeque<u64>>,
    heap: std::collections::BinaryHeap<StdString>,
    trie: std::collections::BTreeMap<StdString, StdVec<u32>>,
    texts: StdVec<StdString>,
    symbol: u32,
    symbols: StdVec<u32>,
    last_symbol: Option<u32>,
    key: NonZeroU64,
    by_key: std::collections::BTreeMap<NonZeroU64, Option<u8>>,
    last_key: Option<NonZeroU64>,
}

impl Twin {
    /// Whether a text comes twice, which an interner refuses.
    fn repeats(&self) -> bool {
        self.texts.iter().collect::<StdSet<_>>().len() < self.texts.len()
    }
}

fn same(all: &All, twin: &Twin) {
    assert_eq!(all.queue, twin.queue);
    assert_eq!(all.numbers, twin.numbers);
    assert!(all.queues.iter().eq(&twin.queues));
    assert!(all.heap.is_heap());
    assert!(all.heap.to_sorted_vec().into_iter().map(|text| text.as_str()).eq(twin.heap.clone().into_sorted_vec()));
    assert!(
        all.trie
            .iter()
            .map(|(key, value)| (key, &value[..]))
            .eq(twin.trie.iter().map(|(key, value)| (key.as_bytes(), &value[..])))
    );
    assert_eq!(all.texts, twin.texts);
    assert!(all.texts.is_well_placed());
    assert_eq!(all.symbol.index(), twin.symbol);
    assert!(all.symbols.iter().map(|symbol| symbol.index()).eq(twin.symbols.iter().copied()));
    assert_eq!(all.last_symbol.map(Symbol::index), twin.last_symbol);
    assert_eq!(all.key.to_bits(), twin.key.get());
    assert!(
        all.by_key
            .iter()
            .map(|(key, value)| (key.to_bits(), value.as_option().copied()))
            .eq(twin.by_key.iter().map(|(key, value)| (key.get(), *value)))
    );
    assert_eq!(all.last_key.map(Key::to_bits), twin.last_key.map(NonZeroU64::get));
}

fn sample() -> Twin {
    let key = Key::<u64>::nth(7).to_bits();
    Twin {
        queue: ["one", "two", "a text that is somewhat longer"].map(Into::into).into(),
        numbers: (0..9).collect(),
        queues: [[1, 2].into(), [].into(), [3].into()].into(),
        heap: ["b", "c", "a", "e", "d"].map(Into::into).into(),
        trie: ["", "rom", "romulus", "rub"].map(|key| (key.into(), vec![1, key.len() as u32])).into(),
        texts: ["Oslo", "Rome", "", "Paris"].map(Into::into).into(),
        symbol: 1,
        symbols: vec![3, 0],
        last_symbol: Some(2),
        key: NonZeroU64::new(key).unwrap(),
        by_key: [(NonZeroU64::new(key + 2).unwrap(), Some(1)), (NonZeroU64::MIN, None)].into(),
        last_key: NonZeroU64::new(key),
    }
}

fn twins() -> impl Strategy<Value = Twin> {
    let sequences = (vec(".{0,9}", 0..20), vec(any::<u16>(), 0..40), vec(vec(any::<u64>(), 0..5), 0..5));
    let others = (vec("[a-c]{0,3}", 0..20), btree_map("[a-c]{0,4}|.{0,3}", vec(any::<u32>(), 0..3), 0..40));
    let texts = hash_set(".{0,6}", 0..20);
    let symbols = (0..u32::MAX, vec(0..u32::MAX, 0..4), proptest::option::of(0..u32::MAX));
    let keys = (any::<NonZeroU64>(), btree_map(any::<NonZeroU64>(), any::<Option<u8>>(), 0..4), any::<u64>());
    (sequences, others, texts, symbols, keys).prop_map(|(sequences, others, texts, symbols, keys)| Twin {
        queue: sequences.0.into(),
        numbers: sequences.1.into(),
        queues: sequences.2.into_iter().map(Into::into).collect(),
        heap: others.0.into(),
        trie: others.1,
        texts: texts.into_iter().collect(),
        symbol: symbols.0,
        symbols: symbols.1,
        last_symbol: symbols.2,
        key: keys.0,
        by_key: keys.1,
        last_key: NonZeroU64::new(keys.2 & 1),
    })
}

fn from_json<T: Portable + DeserializeIn>(text: &str) -> Result<Image<T>> {
    Image::from_deserializer(&mut serde_json::Deserializer::from_str(text))
}

#[track_caller]
fn refusal<T: Portable + DeserializeIn>(text: &str) -> StdString {
    match from_json::<T>(text) {
        Ok(_) => panic!("{text} was read"),
        Err(error) => error.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn documents_are_read_as_std_types_read_them(twin in twins()) {
        let image = from_json::<All>(&serde_json::to_string(&twin).unwrap()).unwrap();
        same(&image, &twin);
        check_no_leak(&image);
        same(&from_json::<All>(&serde_json::to_string(&image).unwrap()).unwrap(), &twin);
        same(&image, &serde_json::from_str(&serde_json::to_string(&image).unwrap()).unwrap());

        let bytes = postcard::to_allocvec(&twin).unwrap();
        let image = Image::<All>::from_deserializer(&mut postcard::Deserializer::from_bytes(&bytes)).unwrap();
        same(&image, &twin);
        check_no_leak(&image);
        same(&image, &postcard::from_bytes(&postcard::to_allocvec(&image).unwrap()).unwrap());
    }

    #[test]
    fn keys_of_tries_are_any_bytes(pairs in btree_map(vec(any::<u8>(), 0..5), any::<u64>(), 0..40)) {
        let image = Image::<Trie<u64>>::new(&pairs).unwrap();
        let bytes = postcard::to_allocvec(&image).unwrap();
        let again = Image::<Trie<u64>>::from_deserializer(&mut postcard::Deserializer::from_bytes(&bytes)).unwrap();
        assert!(again.iter().eq(pairs.iter().map(|(key, value)| (&key[..], value))));
        check_no_leak(&again);
        // A format that people read may have bytes as well.
        let pairs = pairs.iter().map(|(key, value)| (&key[..], *value));
        let document = MapDeserializer::<_, serde::de::value::Error>::new(pairs);
        let again = Image::<Trie<u64>>::from_deserializer(document).unwrap();
        assert_eq!(*again, *image);
    }
}

/// Pushes what is read of a document, and removes it again: nothing may be left.
fn push<'de, D: serde::Deserializer<'de>>(image: &mut Image<Vec<All>>, from: D, std: Option<&Twin>) {
    let pushed = image.edit().try_push(FromDeserializer(from));
    match std.filter(|twin| !twin.repeats()) {
        Some(twin) => {
            pushed.unwrap();
            same(&image[0], twin);
            image.edit().clear();
        }
        None => assert!(pushed.is_err() && image.is_empty()),
    }
}

#[test]
fn a_document_that_ends_anywhere_or_is_changed_anywhere_is_read_or_refused_as_by_std() {
    let text = serde_json::to_vec(&sample()).unwrap();
    let mut image = Image::<Vec<All>>::new(Empty).unwrap();
    let mut read = 0;
    let mut alike = |text: &[u8]| {
        let mut from = serde_json::Deserializer::from_slice(text);
        let std = <Twin as serde::Deserialize>::deserialize(&mut from).ok();
        read += usize::from(std.is_some());
        push(&mut image, &mut serde_json::Deserializer::from_slice(text), std.as_ref());
    };
    for end in 0..=text.len() {
        alike(&text[..end]);
    }
    for at in 0..text.len() {
        for byte in *b"\"{}[],:0-ax\\ \xff" {
            let mut changed = text.clone();
            changed[at] = byte;
            alike(&changed);
        }
        let mut shorter = text.clone();
        shorter.remove(at);
        alike(&shorter);
    }
    assert!(read > 300, "{read}");
    image.edit().shrink_to_fit();
    check_no_leak(&image);
}

#[test]
fn bytes_that_end_anywhere_or_are_changed_anywhere_harm_nothing() {
    let bytes = postcard::to_allocvec(&sample()).unwrap();
    let mut image = Image::<Vec<All>>::new(Empty).unwrap();
    let mut alike = |bytes: &[u8], exact: bool| {
        let pushed = image.edit().try_push(FromDeserializer(&mut postcard::Deserializer::from_bytes(bytes)));
        // Keys of tries are read as bytes here, and needn't be text.
        if exact {
            assert_eq!(pushed.is_ok(), postcard::from_bytes::<Twin>(bytes).is_ok());
        }
        image.edit().clear();
    };
    for end in 0..=bytes.len() {
        alike(&bytes[..end], true);
    }
    for at in 0..bytes.len() {
        for byte in [0, 1, 2, 7, 0x7f, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] = byte;
            alike(&changed, false);
        }
    }
    image.edit().shrink_to_fit();
    check_no_leak(&image);
}

/// Runs with fuses of every length. Returns how many blew, and with how many of them the document was read all the same.
fn blow(how: How) -> (u32, u32) {
    let document = serde_json::to_value(sample()).unwrap();
    let mut image = Image::<Vec<All>>::new([FromDeserializer(&document)]).unwrap();
    let before = format!("{:?}", *image);
    let (mut steps, mut read) = (0, 0);
    loop {
        let fuse = Fuse::new(steps, how);
        let done = catch_unwind(AssertUnwindSafe(|| image.edit().try_push(FromDeserializer(fuse.read(&document)))));
        let blew = fuse.blew();
        if matches!(done, Ok(Ok(()))) {
            drop(image.edit().pop());
            if !blew {
                break;
            }
            read += 1;
        }
        assert_eq!(before, format!("{:?}", *image), "step {steps}");
        if how == How::Forget {
            check(&image);
        } else {
            check_no_leak(&image);
        }
        steps += 1;
    }
    (steps, read)
}

#[test]
fn a_format_that_fails_panics_or_lies_at_any_step_leaves_everything_as_it_was() {
    let (steps, read) = blow(How::Error);
    assert!(steps > 60 && read == 0, "{steps} steps");
    for how in [How::ErrorAfter, How::Panic, How::PanicAfter] {
        assert_eq!(blow(how), (steps, 0), "{how:?}");
    }
    assert!(blow(How::None).1 > 20);
    blow(How::Forget);
}

#[test]
fn a_full_region_leaves_everything_as_it_was() {
    let document = serde_json::to_value(sample()).unwrap();
    let (mut limit, mut failed) = (128, 0);
    loop {
        limit += 8;
        let Ok(mut image) = Image::<Vec<All>>::with_options(ImageOptions::new().limit(limit), Empty) else { continue };
        match image.edit().try_push(FromDeserializer(&document)) {
            Ok(()) => break,
            Err(error) => {
                let cause = match error.kind() {
                    ErrorKind::Deserialize { cause: Some(cause), .. } => cause,
                    _ => &error,
                };
                assert!(matches!(cause.kind(), ErrorKind::Limit { .. }), "{error}");
                failed += 1;
            }
        }
        assert!(image.is_empty());
        image.edit().shrink_to_fit();
        check_no_leak(&image);
    }
    assert!(failed > 40, "{failed}");
}

#[test]
fn hints_that_lie_cost_little() {
    let document = serde_json::to_value(sample()).unwrap();
    for hint in [0, 1, 2, 3, 8, 9, 10, 1 << 20, 1 << 28, (1 << 31) - 1, 1 << 31, 1 << 40, usize::MAX] {
        let fuse = Fuse::with_hint(hint);
        let image = Image::<All>::from_deserializer(fuse.read(&document)).unwrap();
        same(&image, &sample());
        assert!(image.usage().allocated < 4 << 20, "{hint}: {:?}", image.usage());
        check_no_leak(&image);
        // Where there isn't as much as the hint asks for, what is there is enough.
        let small = ImageOptions::new().limit(4096);
        same(&Image::<All>::with_options(small, FromDeserializer(fuse.read(&document))).unwrap(), &sample());
        // Deques have no more room than they need, whatever was said.
        let image = Image::<[VecDeque<u64>; 2]>::from_deserializer(fuse.read(&json!([[1, 2, 3], []]))).unwrap();
        assert_eq!(image.usage().allocated, 16 + 8 + 24, "{hint}");
    }
}

#[test]
fn a_long_sequence_grows_as_it_comes() {
    let numbers: StdVec<u64> = (0..50_000).collect();
    for hint in [None, Some(0), Some(1), Some(1000), Some(usize::MAX)] {
        let (document, fuse) = (json!(numbers), hint.map_or_else(Fuse::never, Fuse::with_hint));
        let mut image = Image::<Vec<VecDeque<u64>>>::new([[7u64]]).unwrap();
        image.edit().push(FromDeserializer(fuse.read(&document)));
        assert_eq!(image[1], numbers[..]);
        check_no_leak(&image);
    }
}

#[test]
fn a_key_that_comes_twice_gets_the_last_value() {
    let image = from_json::<Trie<String>>(
        r#"{"b": "first", "a": "one", "b": "second", "\u0061": "two", "": "", "b": "third"}"#,
    );
    let image = image.unwrap();
    assert!(image["b"] == "third" && image["a"] == "two" && image.len() == 3);
    check_no_leak(&image);
    assert!(refusal::<Trie<String>>(r#"{"\ud800": ""}"#).starts_with("unexpected end of hex escape"));
    assert!(refusal::<Trie<String>>(r#"["a"]"#).starts_with("invalid type: sequence, expected a map"));
}

#[test]
fn a_text_that_comes_twice_would_make_symbols_name_others() {
    let error = refusal::<Interner>(r#"["a", "b", "a", "c"]"#);
    assert_eq!(error, r#"invalid value: string "a", expected a string that didn't come before at line 1 column 14"#);
    let image = Image::<Interner>::new(Seeded(42, FromDeserializer(&json!(["b", "a"])))).unwrap();
    assert_eq!((image.seed(), &image[Symbol::nth(0)], image.get("a")), (42, "b", Some(Symbol::nth(1))));
    check_no_leak(&image);
    let error = Image::<Interner>::new(Seeded(42, FromDeserializer(&json!(["b", 1])))).unwrap_err();
    assert_eq!(error.to_string(), "invalid type: integer `1`, expected a string");
}

#[test]
fn numbers_that_name_nothing_are_refused() {
    assert!(refusal::<Key<u64>>("0").starts_with("invalid value: integer `0`, expected a key"));
    assert!(refusal::<Option<Key<u64>>>("0").starts_with("invalid value: integer `0`, expected a key"));
    assert!(refusal::<Symbol>("4294967295").starts_with("invalid value: integer `4294967295`, expected a symbol"));
    assert!(refusal::<Key<u64>>("null").starts_with("invalid type: null, expected u64"));
    assert_eq!(*from_json::<Option<Key<u64>>>("null").unwrap(), None);
    assert_eq!(
        *from_json::<[Option<Symbol>; 2]>("[4294967294, null]").unwrap(),
        [Some(Symbol::nth(u32::MAX - 1)), None]
    );
}

#[test]
fn what_isnt_there_is_empty_by_default() {
    #[derive(Relocatable, DeserializeIn, Debug)]
    #[serde(default)]
    #[repr(C)]
    struct Defaults {
        queue: VecDeque<String>,
        heap: BinaryHeap<String>,
        trie: Trie<String>,
        texts: Interner,
        #[serde(skip)]
        arena: offset_std::Arena<String>,
        key: Option<Key<String>>,
        symbol: Option<Symbol>,
    }
    same_if_they_look_so!(Defaults);
    let image = from_json::<Defaults>(r#"{"queue": ["a"]}"#).unwrap();
    assert!(image.queue == ["a"] && image.heap.is_empty() && image.trie.is_empty() && image.texts.is_empty());
    assert!(image.arena.is_empty() && image.key.is_none() && image.symbol.is_none());
    check_no_leak(&image);
}

/// A text that panics when it is compared, if it is "panic".
#[derive(Relocatable, DeserializeIn, Debug)]
#[repr(C)]
struct Moody {
    text: String,
}

impl PartialEq for Moody {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Moody {}

impl PartialOrd for Moody {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moody {
    fn cmp(&self, other: &Self) -> Ordering {
        assert!(self.text != "panic" && other.text != "panic", "compared");
        self.text.cmp(&other.text)
    }
}

#[derive(Relocatable, DeserializeIn, Debug)]
#[repr(C)]
struct Moods(BinaryHeap<Moody>);

#[test]
fn a_comparison_that_panics_loses_no_element() {
    let mut image = Image::<Vec<Moods>>::new(Empty).unwrap();
    let document = |texts: &[&str]| Value::from_iter(texts.iter().map(|text| json!({ "text": text })));
    image.edit().push(FromDeserializer(&document(&["a", "c", "b"])));
    for at in 0..6 {
        let mut texts = ["d", "g", "e", "h", "f", "i"];
        texts[at] = "panic";
        let pushed = catch_unwind(AssertUnwindSafe(|| image.edit().try_push(FromDeserializer(&document(&texts)))));
        assert!(pushed.is_err() && image.len() == 1 && image[0].0.peek().unwrap().text == "c");
        check_no_leak(&image);
    }
    image.edit().shrink_to_fit();
    check_no_leak(&image);
}

#[test]
fn a_heap_is_put_in_order() {
    let image = from_json::<BinaryHeap<u32>>("[1, 5, 3, 9, 7]").unwrap();
    assert_eq!((image.peek(), image.is_heap()), (Some(&9), true));
    let again = from_json::<BinaryHeap<u32>>(&serde_json::to_string(&image).unwrap()).unwrap();
    assert_eq!(again.as_slice(), image.as_slice());
    let mut sorted: StdVec<_> = image.iter().collect();
    sorted.sort_by_key(|number| Reverse(**number));
    assert_eq!(sorted, [&9, &7, &5, &3, &1]);
}

#[test]
fn wide_and_empty_values_lie_where_they_must() {
    #[derive(Relocatable, DeserializeIn, Debug, PartialEq, Eq, PartialOrd, Ord)]
    #[repr(C, align(64))]
    struct Wide {
        text: String,
    }
    #[derive(Relocatable, DeserializeIn, Debug, PartialEq, Eq, PartialOrd, Ord)]
    #[repr(C, align(32))]
    struct Nothing {}
    #[derive(Relocatable, DeserializeIn, Debug)]
    #[repr(C)]
    struct Places {
        wides: VecDeque<Wide>,
        heap: BinaryHeap<Wide>,
        trie: Trie<Wide>,
        nothings: VecDeque<Nothing>,
        heap_of_nothing: BinaryHeap<Nothing>,
        trie_of_nothing: Trie<Nothing>,
    }
    same_if_they_look_so!(Places);
    let wide = json!({ "text": "wide" });
    let document = json!({
        "wides": [wide, wide, wide, wide, wide], "heap": [wide, wide, wide], "trie": { "a": wide, "b": wide },
        "nothings": [{}, {}, {}, {}, {}], "heap_of_nothing": [{}, {}], "trie_of_nothing": { "a": {}, "b": {} },
    });
    for hint in [0, 1, 5, usize::MAX] {
        let image = Image::<Places>::from_deserializer(Fuse::with_hint(hint).read(&document)).unwrap();
        let aligned = |wide: &Wide| std::ptr::from_ref(wide).addr().is_multiple_of(64) && wide.text == "wide";
        assert!(image.wides.iter().chain(&image.heap).chain(image.trie.values()).all(aligned));
        assert_eq!((image.wides.len(), image.heap.len(), image.trie.len()), (5, 3, 2));
        assert_eq!((image.nothings.len(), image.heap_of_nothing.len(), image.trie_of_nothing.len()), (5, 2, 2));
        check_no_leak(&image);
    }
}
