#![allow(unused)]

use offset_std::prelude::*;

use offset_std::{Own, Ref, Region, String, Token, Vec};

fn into_a_region_that_is_dropped_sooner(parent: &Region) {
    let mut refs = parent.alloc::<Vec<Ref<'_, String>>, _>(Empty);
    {
        let child = parent.child();
        let text = child.alloc::<String, _>("of the child").freeze();
        refs.edit().push(text);
    }
    let _ = refs[0].len();
}

fn as_a_token(child: Region) -> Token<Ref<'static, String>> {
    let parent = Region::new();
    let text = parent.alloc::<String, _>("of the parent").freeze();
    child.alloc::<Ref<'_, String>, _>(text).detach()
}

fn shared() {
    let region = Region::new();
    let text = region.alloc::<String, _>("of the region").freeze();
    let shared = region.alloc::<Ref<'_, String>, _>(text).share();
    drop(region);
    let _ = shared.len();
}

fn to_what_is_edited(region: &Region) {
    let mut own = region.alloc::<String, _>("edited");
    let reference = region.alloc::<Ref<'_, String>, _>(&*own);
    own.edit().push('!');
    let _ = reference.len();
}

fn lengthened<'p>(reference: &Ref<'p, String>) -> &'static String {
    reference.get()
}

fn main() {}
