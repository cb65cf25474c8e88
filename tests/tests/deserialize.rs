//! Straight from serde: the same documents into std's types and into a region, and what comes of documents that are broken.

use std::collections::BTreeMap;
use std::fmt::Debug;

use offset_std::prelude::*;
use offset_std::{BTreeSet, HashMap, HashSet, String, Vec};
use proptest::prelude::*;
use serde::de::DeserializeOwned;

mod attack;
#[path = "deserialize/documents.rs"]
mod documents;
#[path = "deserialize/model.rs"]
mod model;

use attack::check_no_leak;
use documents::docs;
use model::{region, sample, twin};

type StdVec<T> = std::vec::Vec<T>;
type StdString = std::string::String;

/// An image from JSON, and the errors of both its value and what follows.
fn from_json<T: Portable + DeserializeIn>(text: &[u8]) -> Result<Image<T>, StdString> {
    let mut document = serde_json::Deserializer::from_slice(text);
    let image = Image::from_deserializer(&mut document).map_err(|error| error.to_string())?;
    document.end().map_err(|error| error.to_string())?;
    Ok(image)
}

/// What both make of a document must be the same, or the same error.
#[track_caller]
fn alike<T, S>(text: &[u8]) -> Option<Image<T>>
where
    T: Portable + DeserializeIn + serde::Serialize,
    S: DeserializeOwned + serde::Serialize + PartialEq + Debug,
{
    let shown = StdString::from_utf8_lossy(text);
    match (from_json::<T>(text), serde_json::from_slice::<S>(text)) {
        (Ok(ours), Ok(std)) => {
            assert_eq!(rewritten::<S>(&*ours), rewritten::<S>(&std), "{shown}");
            Some(ours)
        }
        (Err(ours), Err(std)) => {
            assert_eq!(ours, std.to_string(), "{shown}");
            None
        }
        (ours, std) => panic!("{shown}: {:?}, but {std:?}", ours.map(|ours| rewritten::<S>(&*ours))),
    }
}

/// What std's types read of what is written.
fn rewritten<S: DeserializeOwned>(value: &impl serde::Serialize) -> S {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn documents_are_read_as_std_types_read_them(docs in docs()) {
        let text = serde_json::to_vec(&docs).unwrap();
        let image = alike::<Vec<region::Doc>, StdVec<twin::Doc>>(&text).expect("it is valid");
        check_no_leak(&image);

        let bytes = postcard::to_allocvec(&docs).unwrap();
        let mut document = postcard::Deserializer::from_bytes(&bytes);
        let image = Image::<Vec<region::Doc>>::from_deserializer(&mut document).unwrap();
        check_no_leak(&image);
        // What is written again is what it was, but for the order of hash maps.
        let again: StdVec<twin::Doc> = postcard::from_bytes(&postcard::to_allocvec(&image).unwrap()).unwrap();
        prop_assert_eq!(again, docs);
    }
}

#[test]
fn a_document_that_ends_anywhere_or_is_changed_anywhere_is_read_or_refused_as_by_std() {
    let text = serde_json::to_vec(&sample()).unwrap();
    for end in 0..text.len() {
        assert!(alike::<region::Doc, twin::Doc>(&text[..end]).is_none());
    }
    for at in 0..text.len() {
        for byte in *b"\"{}[],:0-ax\\ \xff" {
            let mut changed = text.clone();
            changed[at] = byte;
            alike::<region::Doc, twin::Doc>(&changed);
        }
        let mut shorter = text.clone();
        shorter.remove(at);
        alike::<region::Doc, twin::Doc>(&shorter);
    }
}

#[test]
fn bytes_that_end_anywhere_or_are_changed_anywhere_harm_nothing() {
    let bytes = postcard::to_allocvec(&sample()).unwrap();
    let mut image = Image::<Vec<region::Doc>>::new(Empty).unwrap();
    let mut push = |bytes: &[u8]| {
        let pushed = image.edit().try_push(FromDeserializer(&mut postcard::Deserializer::from_bytes(bytes)));
        let std = postcard::from_bytes::<twin::Doc>(bytes);
        assert_eq!(pushed.is_ok(), std.is_ok());
        if let Ok(std) = std {
            let again = postcard::to_allocvec(&image[0]).unwrap();
            assert_eq!(
                format!("{:?}", postcard::from_bytes::<twin::Doc>(&again).unwrap().shapes),
                format!("{:?}", std.shapes)
            );
            image.edit().clear();
        }
        assert!(image.is_empty());
    };
    for end in 0..bytes.len() {
        push(&bytes[..end]);
    }
    for at in 0..bytes.len() {
        for byte in [0, 1, 2, 7, 0x7f, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] = byte;
            push(&changed);
        }
    }
    image.edit().shrink_to_fit();
    check_no_leak(&image);
}

/// Replaces a part of a document.
fn edited(edit: impl FnOnce(&mut serde_json::Value)) -> StdVec<u8> {
    let mut value = serde_json::to_value(sample()).unwrap();
    edit(&mut value);
    serde_json::to_vec(&value).unwrap()
}

#[test]
fn every_field_may_be_missing_null_or_of_another_type_as_in_std() {
    let fields: StdVec<StdString> =
        serde_json::to_value(sample()).unwrap().as_object().unwrap().keys().cloned().collect();
    assert!(fields.contains(&"smallNumber".to_owned()) && !fields.contains(&"seen".to_owned()));
    let mut read = 0;
    for field in &fields {
        let missing = edited(|doc| drop(doc.as_object_mut().unwrap().remove(field)));
        read += usize::from(alike::<region::Doc, twin::Doc>(&missing).is_some());
        for other in ["null", "true", "1", "-1", "1.5", "\"text\"", "[]", "[1]", "{}", "{\"a\": 1}", "[[1, 2], [3]]"] {
            let changed = edited(|doc| doc[field] = serde_json::from_str(other).unwrap());
            alike::<region::Doc, twin::Doc>(&changed);
        }
    }
    // Those that are optional, or have a default.
    assert_eq!(read, 8);
}

#[test]
fn variants_are_read_as_in_std() {
    let texts = [
        r#""dot""#,
        r#"{"dot": null}"#,
        r#"{"dot": 1}"#,
        r#""Dot""#,
        r#""named""#,
        r#"{"named": "a"}"#,
        r#"{"named": 1}"#,
        r#"{"round-circle": {"RADIUS": 1, "CENTER_X": 2}}"#,
        r#"{"round-circle": {"CENTER_X": 2, "RADIUS": 1}}"#,
        r#"{"round-circle": [1, 2]}"#,
        r#"{"round-circle": [1]}"#,
        r#"{"round-circle": [1, 2, 3]}"#,
        r#"{"round-circle": {"RADIUS": 1}}"#,
        r#"{"round-circle": {"RADIUS": 1, "RADIUS": 1}}"#,
        r#"{"round-circle": {"RADIUS": 1, "other": 1}}"#,
        r#"{"polygon": [[], "a"]}"#,
        r#"{"poly": [[[1, 2]], "a"]}"#,
        r#"{"polygon": [[]]}"#,
        r#"{"polygon": [[], "a", 1]}"#,
        r#"{"polygon": {}}"#,
        r#"{"empty": {}}"#,
        r#"{"empty": []}"#,
        r#"{"both": ["dot", {"named": "a"}]}"#,
        r#"{"both": ["dot", {"named": 1}]}"#,
        r#"{"leaf": {"text": "a", "weight": 1}}"#,
        r#"{"leaf": {"text": "a", "weight": 1, "more": 1}}"#,
        r#"{"dot": null, "named": "a"}"#,
        r#"{}"#,
        r#"0"#,
        r#"{"0": null}"#,
        r#"{"none": 1}"#,
        r#"[]"#,
    ];
    let mut read = 0;
    for text in texts {
        read += usize::from(alike::<region::Shape, twin::Shape>(text.as_bytes()).is_some());
    }
    assert_eq!(read, 12);
}

#[test]
fn a_key_that_comes_twice_gets_the_last_value() {
    let text = br#"{"b": "first", "a": "one", "b": "second", "a": "two", "c": "", "b": "third"}"#;
    let hashed = alike::<HashMap<String, String>, std::collections::HashMap<StdString, StdString>>(text).unwrap();
    let sorted = alike::<offset_std::BTreeMap<String, String>, BTreeMap<StdString, StdString>>(text).unwrap();
    assert!(hashed["b"] == "third" && sorted["a"] == "two" && hashed.len() == 3);
    check_no_leak(&hashed);
    check_no_leak(&sorted);
    let text = br#"["b", "a", "b", "c", "a"]"#;
    let hashed = alike::<HashSet<String>, std::collections::HashSet<StdString>>(text).unwrap();
    let sorted = alike::<BTreeSet<String>, std::collections::BTreeSet<StdString>>(text).unwrap();
    assert!(hashed.len() == 3 && sorted.len() == 3);
    check_no_leak(&hashed);
    check_no_leak(&sorted);
}
