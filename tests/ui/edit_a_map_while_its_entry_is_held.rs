use offset_std::{HashMap, Image, String};

fn main() {
    let mut image = Image::<HashMap<u64, String>>::new([(1, "one")]).unwrap();
    let mut map = image.edit();
    let value = map.get_mut(&1).unwrap();
    map.remove(&1);
    drop(value);
    let removed = map.remove(&1);
    map.insert(2, "two");
    drop(removed);
    let mut kept = Vec::new();
    map.drain(|_, value| kept.push(value));
    map.iter_mut().for_each(|(key, _)| *key = 3);
}
