use offset_std::{Arena, Image, String};

fn main() {
    let mut image = Image::<Arena<String>>::new(["one", "two"]).unwrap();
    let mut keys = image.keys();
    let (one, two) = (keys.next().unwrap(), keys.next().unwrap());
    let mut arena = image.edit();
    let value = arena.get_mut(one).unwrap();
    arena.insert("three");
    drop(value);
    let removed = arena.remove(two).unwrap();
    arena.insert(removed);
    let mut kept = Vec::new();
    arena.drain(|_, value| kept.push(value));
    arena.insert_with_key(|_| arena.remove(one).unwrap());
    let text: &str = &image[one];
    image.edit().clear();
    println!("{text}");
}
