use offset_std::{Image, String};

type Optional<T> = Option<T>;

fn main() {
    let _ = Image::<Optional<String>>::new(Some("text"));
    let _ = Image::<Optional<u32>>::new(Some(1u32));
}
