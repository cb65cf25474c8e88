//! What should compile does: otherwise a case that fails to compile would prove nothing.

use offset_std::prelude::*;

#[path = "../support/city.rs"]
mod city;
use city::*;

fn main() {
    let mut image = Image::<City>::new(New).unwrap();
    let mut city = image.edit();
    *city.population += 1;
    city.tags.push("new");
    city.country.clear();
    city.motto.set(Some("motto"));
    city.home.set(CountryInit { name: "San Marino" });
    let own = image.alloc::<City, _>(New);
    let token = own.detach();
    image.set_root(token).unwrap();
    assert_eq!(image.name, "Rome");
    std::thread::scope(|scope| {
        scope.spawn(|| image.population);
        scope.spawn(|| image.name.len());
    });
}
