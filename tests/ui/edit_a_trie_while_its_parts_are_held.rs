use offset_std::{Image, String, Trie};

fn main() {
    let mut image = Image::<Trie<String>>::new([("a", "one")]).unwrap();
    let mut trie = image.edit();
    let (key, _) = trie.first_key_value().unwrap();
    trie.remove("a");
    println!("{key:?}");
    let value = trie.get_mut("a").unwrap();
    trie.clear();
    drop(value);
    let removed = trie.remove("a");
    trie.insert("b", "two");
    drop(removed);
    let entry = trie.entry("c");
    trie.remove_prefix("");
    entry.or_insert("three");
    let mut iter = trie.iter_mut();
    trie.insert("d", "four");
    iter.next();
    let mut kept = Vec::new();
    trie.retain(|_, value| {
        kept.push(value);
        true
    });
    let keys = image.keys();
    drop(image);
    keys.count();
}
