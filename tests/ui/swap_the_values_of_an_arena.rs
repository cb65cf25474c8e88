use offset_std::{Arena, Image, String};

fn main() {
    let mut one = Image::<Arena<String>>::new(["one"]).unwrap();
    let mut other = Image::<Arena<String>>::new(["two"]).unwrap();
    std::mem::swap(&mut *one.root_mut(), &mut *other.root_mut());
    let key = one.keys().next().unwrap();
    let mut arena = one.edit();
    let text: &mut String = &mut arena.place(key).unwrap();
    std::mem::swap(text, &mut *other.edit().place(key).unwrap());
}
