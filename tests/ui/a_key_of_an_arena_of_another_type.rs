use offset_std::{Arena, Image, Key, String};

fn main() {
    let image = Image::<Arena<String>>::new(["one"]).unwrap();
    let key: Key<u64> = Key::nth(0);
    let _ = image.get(key);
}
