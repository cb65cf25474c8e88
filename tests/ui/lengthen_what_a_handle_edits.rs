#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/brand.rs"]
mod brand;
use brand::Brand;

use offset_std::{Box, Token, Vec};

fn place<'r, 'a>(handle: Place<'r, Brand<'a>>) -> Place<'r, Brand<'static>> {
    handle
}

fn vec<'r, 'a>(vec: &'r Vec<Brand<'a>>) -> &'r Vec<Brand<'static>> {
    vec
}

fn boxed<'r, 'a>(boxed: &'r Box<Brand<'a>>) -> &'r Box<Brand<'static>> {
    boxed
}

fn token<'a>(token: Token<Brand<'a>>) -> Token<Brand<'static>> {
    token
}

fn main() {}
