//! What `#[derive(DeserializeIn)]` rejects of `#[serde(…)]`, and the names that it gives.

use proc_macro2::TokenStream;

use crate::deserialize::derive;

/// The messages for an input, in order.
fn messages(input: &str) -> Vec<String> {
    let tokens: TokenStream = input.parse().expect("the input is Rust");
    derive(tokens).map_or_else(|errors| errors.into_iter().map(|error| error.to_string()).collect(), |_| Vec::new())
}

/// Asserts that there is one message, which has `part` in it.
#[track_caller]
fn rejects(input: &str, part: &str) {
    let messages = messages(input);
    assert!(messages.len() == 1 && messages[0].contains(part), "{input}: {messages:#?}");
}

#[track_caller]
fn accepts(input: &str) {
    assert_eq!(messages(input), [""; 0], "{input}");
}

/// The names that fields or variants are looked up by, in order.
fn names(input: &str) -> Vec<String> {
    let tokens: TokenStream = input.parse().expect("the input is Rust");
    let text = derive(tokens).expect("the input is accepted").to_string();
    let lists = text.split("const NAMES : & 'static [& 'static :: core :: primitive :: str] = & [").skip(1);
    let lists = lists.map(|list| list.split(']').next().unwrap_or_default().replace([' ', '"'], ""));
    lists.collect()
}

#[test]
fn options_that_have_parts_wait_are_rejected_where_they_stand() {
    rejects("#[repr(u8)] #[serde(tag = \"type\")] enum A { B }", "no `tag`");
    rejects("#[repr(u8)] #[serde(untagged)] enum A { B }", "no `untagged`");
    rejects("#[repr(C)] struct A { #[serde(flatten)] b: B }", "no `flatten`");
    rejects("#[repr(C)] #[serde(try_from = \"B\")] struct A { b: B }", "implement `DeserializeIn` by hand");
    rejects("#[repr(C)] struct A { #[serde(with = \"m\")] b: B }", "a type of its own");
    rejects("#[repr(C)] struct A { #[serde(borrow)] b: B }", "borrows nothing");
    rejects("#[repr(C)] #[serde(bound = \"\")] struct A<T> { b: T }", "every type parameter");
    rejects("#[repr(u8)] enum A { B, #[serde(other)] C }", "an unknown variant is an error");
    let input = "#[repr(C)]\nstruct A {\n    fine: u32,\n    #[serde(default, flatten)]\n    wrong: B,\n}";
    let error = derive(input.parse().expect("tokens")).expect_err("it is rejected");
    assert_eq!((error.span().start().line, error.span().start().column), (4, 21));
}

#[test]
fn options_in_the_wrong_place_or_form_are_rejected() {
    rejects("#[repr(C)] #[serde(skip)] struct A { b: u8 }", "a type has no option `skip`");
    rejects("#[repr(C)] struct A { #[serde(deny_unknown_fields)] b: u8 }", "a field has no option");
    rejects("#[repr(u8)] #[serde(default)] enum A { B }", "an enum has no such option");
    rejects("#[repr(u8)] #[serde(transparent)] enum A { B }", "an enum has no such option");
    rejects("#[repr(C)] #[serde(transparent)] struct A { b: u8, c: u8 }", "skip the others");
    rejects("#[repr(C)] #[serde(default = \"f\")] struct A { b: u8 }", "write `default` alone");
    rejects("#[repr(C)] struct A { #[serde(renam = \"c\")] b: u8 }", "unknown option `renam`");
    rejects("#[repr(C)] struct A { #[serde(rename)] b: u8 }", "`rename` needs a text");
    rejects("#[repr(C)] struct A { #[serde(rename = 3)] b: u8 }", "`rename` needs a text");
    rejects("#[repr(C)] struct A { #[serde(rename = \"c\", rename = \"d\")] b: u8 }", "given twice");
    rejects("#[repr(C)] struct A { b: u8, #[serde(rename = \"b\")] c: u8 }", "two of them are named `b`");
    rejects("#[repr(u8)] enum A { B, #[serde(alias = \"B\")] C }", "two of them are named `B`");
    rejects("#[repr(C)] struct A(#[serde(rename = \"b\")] u8, u8);", "has no name in a document");
    rejects("#[repr(C)] #[serde(rename_all = \"Kebab\")] struct A { b: u8 }", "no rule is named `Kebab`");
    rejects("#[repr(C)] struct A { #[serde(default = \"1\")] b: u8 }", "expected");
}

#[test]
fn what_only_bears_upon_writing_is_left_to_serde() {
    accepts(
        "#[repr(C)] #[serde(crate = \"s\", into = \"B\", rename(serialize = \"x\"), bound(serialize = \"\"))] struct A {
            #[serde(skip_serializing, skip_serializing_if = \"f\", serialize_with = \"f\", rename(serialize = \"y\"))] b: u8
        }",
    );
}

#[test]
fn names_follow_the_rules() {
    let of = |rule: &str| {
        let fields =
            names(&format!("#[repr(C)] #[serde(rename_all = \"{rule}\")] struct A {{ two_words: u8, r#type: u8 }}"));
        let variants = names(&format!("#[repr(u8)] #[serde(rename_all = \"{rule}\")] enum A {{ TwoWords, B }}"));
        (fields.join(";"), variants.join(";"))
    };
    let expected = [
        ("lowercase", "two_words,type", "twowords,b"),
        ("UPPERCASE", "TWO_WORDS,TYPE", "TWOWORDS,B"),
        ("PascalCase", "TwoWords,Type", "TwoWords,B"),
        ("camelCase", "twoWords,type", "twoWords,b"),
        ("snake_case", "two_words,type", "two_words,b"),
        ("SCREAMING_SNAKE_CASE", "TWO_WORDS,TYPE", "TWO_WORDS,B"),
        ("kebab-case", "two-words,type", "two-words,b"),
        ("SCREAMING-KEBAB-CASE", "TWO-WORDS,TYPE", "TWO-WORDS,B"),
    ];
    for (rule, fields, variants) in expected {
        assert_eq!(of(rule), (fields.to_owned(), variants.to_owned()), "{rule}");
    }
    let renamed = "#[repr(C)] #[serde(rename_all = \"UPPERCASE\")] struct A {
        #[serde(rename(serialize = \"no\", deserialize = \"yes\"), alias = \"b\", alias = \"a\")] c: u8, #[serde(skip)] d: u8
    }";
    assert_eq!(names(renamed), ["a,b,yes"]);
}
