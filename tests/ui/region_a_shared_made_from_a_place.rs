#![allow(unused)]

use offset_std::prelude::*;

use offset_std::{Region, Shared, String, Vec};

fn attempt(region: &Region, mut place: Place<'_, String>) {
    let mut words = region.alloc::<Vec<String>, _>(["one", "two"]);
    let mut edit = words.edit();
    let shared: Shared<String> = edit.get_mut(0).unwrap().share();
    let shared: Shared<String> = edit.pop().unwrap().share();
    let token = edit.pop().unwrap().detach();
    let shared: Shared<String> = place.share();
}

fn twice(region: &Region) {
    let own = region.alloc::<String, _>("once");
    let _ = (own.share(), own.detach());
}

fn while_it_is_read(region: &Region) {
    let own = region.alloc::<String, _>("read");
    let text = own.as_str();
    let token = own.detach();
    let _ = text.len();
}

fn while_it_is_edited(region: &Region) {
    let mut own = region.alloc::<String, _>("edited");
    let mut edit = own.edit();
    let shared = own.share();
    edit.push('!');
}

fn main() {}
