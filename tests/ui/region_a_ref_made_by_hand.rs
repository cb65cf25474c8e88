#![allow(unused)]

use offset_std::prelude::*;
use offset_std::{Ref, Region, String};

fn copied<'p>(reference: &Ref<'p, String>) -> Ref<'p, String> {
    *reference
}

fn cloned<'p>(reference: &Ref<'p, String>) -> Ref<'p, String> {
    reference.clone()
}

fn written<'p>(mut place: Place<'_, Ref<'p, String>>, owned: Ref<'p, String>) {
    *place = owned;
}

fn converted<'p>(text: &'p String) -> Ref<'p, String> {
    text.into()
}

fn taken<'p>(mut place: Place<'_, Ref<'p, String>>) -> Ref<'p, String> {
    place.into_inner()
}

fn edited(reference: &mut Ref<'_, String>) {
    let text: &mut String = &mut **reference;
}

fn main() {}
