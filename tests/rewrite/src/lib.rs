//! `#[rewrite("from", "to")]`: replaces text in an item, once. Below a derive, it changes the type after the derive has read it.

use proc_macro::TokenStream;

/// Replaces text in an item.
#[proc_macro_attribute]
pub fn rewrite(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let texts = arguments.into_iter().map(|token| token.to_string()).filter(|token| token != ",");
    let texts: Vec<String> = texts.map(|text| text.trim_matches('"').to_owned()).collect();
    let [from, to] = &texts[..] else { panic!("two strings are expected") };
    let item = item.to_string();
    assert!(item.contains(from), "{item}");
    item.replacen(from, to, 1).parse().expect("the result is Rust")
}
