//! What the attempts are made on.

use offset_std::prelude::*;
use offset_std::{Box, String, Vec};

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
pub struct City {
    pub name: String,
    pub population: u64,
    pub tags: Vec<String>,
    pub country: Option<Box<Country>>,
    pub motto: Maybe<String>,
    pub home: Box<Country>,
    code: [u8; 4],
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
pub struct Country {
    pub name: String,
}

/// Initialises a city.
pub struct New;

impl Emplace<City> for New {
    fn emplace<'s>(self, slot: offset_std::Slot<'s, City>) -> offset_std::Result<offset_std::Filled<'s, City>> {
        slot.build(CityInit {
            name: "Rome",
            population: 1,
            tags: ["old"],
            country: Some(CountryInit { name: "Italy" }),
            motto: Empty,
            home: CountryInit { name: "Italy" },
            code: [0; 4],
        })
    }
}
