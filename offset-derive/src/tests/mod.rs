//! Tests on tokens. What needs the compiler is in the workspace's `tests`.

use quote::ToTokens;
use syn::DeriveInput;

mod expanded;
mod rejected;
mod twins;

/// The messages for an input, in order.
fn messages(input: &str) -> Vec<String> {
    let input: DeriveInput = syn::parse_str(input).expect("the input is Rust");
    match crate::derive(input.into_token_stream()) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.into_iter().map(|error| error.to_string()).collect(),
    }
}

/// Asserts that there is one message, which has `part` in it.
#[track_caller]
fn rejects(input: &str, part: &str) {
    let messages = messages(input);
    assert!(messages.len() == 1 && messages[0].contains(part), "{input}: {messages:#?}");
}

/// Asserts that there is none.
#[track_caller]
fn accepts(input: &str) {
    assert_eq!(messages(input), [""; 0], "{input}");
}
