//! Types of other crates, which a stand-in speaks for.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use offset_std::prelude::*;
use offset_std::twin::{AsText, Twin, TwinType, Unshared};
use offset_std::{Error, Filled, Slot};

use crate::attack::check_no_leak;

/// Somebody else's types.
mod elsewhere {
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub(crate) struct Uuid(pub(crate) u128);

    /// Always even.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Even(u32);

    impl Even {
        pub(crate) fn new(number: u32) -> Option<Even> {
            number.is_multiple_of(2).then_some(Even(number))
        }

        pub(crate) fn get(&self) -> u32 {
            self.0
        }
    }
}
use elsewhere::{Even, Uuid};

enum AsBytes {}

impl TwinType<Uuid> for AsBytes {
    type Region = [u8; 16];
    type Optional = Maybe<[u8; 16]>;
}

impl Twin<Uuid> for AsBytes {
    fn emplace<'s>(uuid: &Uuid, slot: Slot<'s, [u8; 16]>) -> Result<Filled<'s, [u8; 16]>, Error> {
        slot.build(uuid.0.to_be_bytes())
    }

    fn to_std(bytes: &[u8; 16]) -> Result<Uuid, Error> {
        Ok(Uuid(u128::from_be_bytes(*bytes)))
    }

    fn equals(uuid: &Uuid, bytes: &[u8; 16]) -> bool {
        uuid.0.to_be_bytes() == *bytes
    }
}

enum AsNumber {}

impl TwinType<Even> for AsNumber {
    type Region = u32;
    type Optional = Maybe<u32>;
}

impl Twin<Even> for AsNumber {
    fn emplace<'s>(even: &Even, slot: Slot<'s, u32>) -> Result<Filled<'s, u32>, Error> {
        slot.build(even.get())
    }

    fn to_std(number: &u32) -> Result<Even, Error> {
        Even::new(*number).ok_or_else(|| Error::custom(format!("{number} is odd")))
    }

    fn equals(even: &Even, number: &u32) -> bool {
        even.get() == *number
    }
}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct Account {
    #[relocatable(with = AsBytes)]
    id: Uuid,
    #[relocatable(with = "HashMap<AsBytes, Vec<Option<AsBytes>>>")]
    friends: HashMap<Uuid, Vec<Option<Uuid>>>,
    #[relocatable(with = BTreeSet<(AsBytes, String)>)]
    names: BTreeSet<(Uuid, String)>,
    #[relocatable(with = [AsNumber; 2])]
    evens: [Even; 2],
    #[relocatable(with = Option<AsText>)]
    address: Option<SocketAddr>,
    #[relocatable(with = AsText)]
    host: IpAddr,
    #[relocatable(with = Vec<Unshared<String>>)]
    shared: Vec<Arc<String>>,
    #[relocatable(with = Option<Unshared<Vec<AsBytes>>>)]
    counted: Option<Rc<Vec<Uuid>>>,
}

fn account() -> Account {
    let name = Arc::new("name".to_owned());
    Account {
        id: Uuid(7),
        friends: [(Uuid(1), vec![None, Some(Uuid(2))]), (Uuid(3), vec![])].into(),
        names: (0..50).map(|n| (Uuid(n % 7), format!("name {n}"))).collect(),
        evens: [Even::new(2).unwrap(), Even::new(4).unwrap()],
        address: Some(([127, 0, 0, 1], 80).into()),
        host: IpAddr::from([0; 16]),
        shared: vec![Arc::clone(&name), name],
        counted: Some(Rc::new(vec![Uuid(1), Uuid(2)])),
    }
}

#[test]
fn stand_ins_stand_anywhere() {
    let std = account();
    let image = Image::<AccountTwin>::new(&std).unwrap();
    assert!(*image == std);
    assert_eq!(check_no_leak(&image).to_std(), std);
    assert_eq!(image.friends[&1u128.to_be_bytes()].len(), 2);
    assert_eq!((image.address.as_option().unwrap().as_str(), image.host.as_str()), ("127.0.0.1:80", "::"));
    assert_eq!(size_of::<offset_std::twin::TwinOf<Option<Rc<Vec<Uuid>>>, Option<Unshared<Vec<AsBytes>>>>>(), 4);

    let changes: &[fn(&mut Account)] = &[
        |account| account.id.0 += 1,
        |account| account.friends.get_mut(&Uuid(1)).unwrap()[0] = Some(Uuid(5)),
        |account| drop(account.names.pop_last()),
        |account| account.evens[1] = Even::new(6).unwrap(),
        |account| account.address = None,
        |account| account.host = IpAddr::from([127, 0, 0, 1]),
        |account| account.shared[0] = Arc::new("another".to_owned()),
        |account| account.counted = Some(Rc::default()),
    ];
    for change in changes {
        let mut changed = std.clone();
        change(&mut changed);
        assert!(*image != changed);
    }
}

#[test]
fn what_the_std_type_cant_express_is_an_error_on_the_way_back() {
    let mut image = Image::<AccountTwin>::new(account()).unwrap();
    image.edit().evens[1] = 5;
    assert_eq!(image.try_to_std().unwrap_err().to_string(), "5 is odd");
    assert!(*image != account());
    image.edit().evens[0] = 3;
    assert_eq!(image.try_to_std().unwrap_err().to_string(), "3 is odd");

    let mut image = Image::<AccountTwin>::new(account()).unwrap();
    image.edit().host.set("nowhere");
    let error = image.try_to_std().unwrap_err().to_string();
    assert!(error.starts_with("\"nowhere\" can't be parsed: "), "{error}");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| image.to_std())).unwrap_err();
    assert_eq!(panicked.downcast_ref::<String>(), Some(&error));
}

enum AsPath {}

impl TwinType<PathBuf> for AsPath {
    type Region = offset_std::String;
    type Optional = Maybe<offset_std::String>;
}

impl Twin<PathBuf> for AsPath {
    fn emplace<'s>(path: &PathBuf, slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>, Error> {
        slot.build(path.to_str().ok_or_else(|| Error::custom("a path that isn't UTF-8"))?)
    }

    fn to_std(path: &Self::Region) -> Result<PathBuf, Error> {
        Ok(path.as_str().into())
    }

    fn equals(path: &PathBuf, twin: &Self::Region) -> bool {
        path.as_path() == Path::new(twin.as_str())
    }
}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct Search {
    name: String,
    #[relocatable(with = BTreeSet<AsPath>)]
    paths: BTreeSet<PathBuf>,
}

/// Paths are ordered by their parts, and texts by their bytes.
#[test]
fn an_order_that_differs_from_the_twins_loses_nothing() {
    let paths = ["a/b", "a-b", "a/", "a b", "a.b/c", "a"].map(PathBuf::from);
    let std = Search { name: "name".into(), paths: paths.into() };
    let image = Image::<SearchTwin>::new(&std).unwrap();
    assert!(!image.paths.iter().map(|path| path.as_str()).eq(std.paths.iter().map(|path| path.to_str().unwrap())));
    assert!(*image == std);
    assert_eq!(image.to_std(), std);
}

#[test]
fn what_the_region_cant_express_is_an_error_on_the_way_there() {
    use std::os::unix::ffi::OsStringExt;
    let wrong = PathBuf::from(std::ffi::OsString::from_vec(vec![0xff]));
    let mut std =
        Search { name: "a name that takes some room".into(), paths: (0..100).map(|n| format!("{n}").into()).collect() };
    let mut image = Image::<SearchTwin>::new(&std).unwrap();
    std.paths.insert(wrong);
    let before = image.usage().allocated;
    assert_eq!(image.root_mut().try_set(&std).unwrap_err().to_string(), "a path that isn't UTF-8");
    assert_eq!(image.usage().allocated, before);
    assert_eq!(image.to_std().paths.len(), 100);
    check_no_leak(&image);
    assert!(Image::<SearchTwin>::new(&std).is_err());
}
