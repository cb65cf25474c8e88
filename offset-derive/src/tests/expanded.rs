//! The checked-in expansions of the examples are up to date.
//!
//! `UPDATE_EXPANDED=1 cargo test -p offset-derive` writes them anew.

use std::fs;
use std::path::Path;

use quote::ToTokens;
use syn::{File, Item};

#[test]
fn the_expanded_examples_are_up_to_date() {
    for name in ["city", "node", "shape", "point", "user"] {
        check(name);
    }
}

fn check(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/expanded");
    let input = fs::read_to_string(folder.join(format!("{name}.in.rs"))).expect("the input is readable");
    let input: File = syn::parse_file(&input).expect("the input is Rust");
    let mut output = File { items: Vec::new(), ..input.clone() };
    for item in input.items {
        let (Item::Struct(_) | Item::Enum(_)) = item else { panic!("only types are expected") };
        let expansion = crate::derive(item.to_token_stream()).expect("the input is accepted");
        output.items.extend(syn::parse2::<File>(expansion).expect("the expansion is Rust").items);
    }
    let header = format!(
        "// What `#[derive(Relocatable)]` makes of `{name}.in.rs`, formatted. Written by `UPDATE_EXPANDED=1 cargo test -p offset-derive`."
    );
    let formatted = format!("{header}\n\n{}", prettyplease::unparse(&output));

    let path = folder.join(format!("{name}.expanded.rs"));
    if std::env::var_os("UPDATE_EXPANDED").is_some() {
        fs::write(&path, &formatted).expect("the expansion is writable");
    }
    let expected = fs::read_to_string(&path).expect("the expansion is readable");
    assert!(formatted == expected, "{} is out of date: run with UPDATE_EXPANDED=1", path.display());
}
