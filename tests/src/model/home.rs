//! Where a pair of collections lives, and the ways from one such place to another.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use offset_std::prelude::*;
use offset_std::{Region, Result, Space, Token};

use super::{Collection, Models, Pair, PairInit, PairMut, Random};

/// A file in memory where the system has a directory for that. Removed when dropped.
pub(super) struct File(PathBuf);

impl File {
    pub(super) fn new() -> File {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let memory = Path::new("/dev/shm");
        let directory = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        File(directory.join(format!("offset-model-{}-{number}.region", std::process::id())))
    }
}

impl AsRef<Path> for File {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The initialiser of a pair that owns nothing.
pub(super) fn fresh<C: Collection>() -> impl Emplace<Pair<C>> {
    PairInit { it: C::fresh(), other: C::fresh() }
}

/// Saves the image, and loads and maps it: what comes back is the same, and nothing was leaked or is owned twice.
#[track_caller]
pub(super) fn reload<C: Collection>(image: &Image<Pair<C>>, file: &File, models: &Models<C::Model>) -> Image<Pair<C>> {
    image.save(file).expect("it can be saved");
    let loaded = Image::<Pair<C>>::load(file).expect("what was saved is valid");
    models.check(&loaded);
    assert_eq!(loaded.usage().allocated, image.usage().allocated, "something leaked");
    // SAFETY: the file is ours alone, and isn't written again before the mapping goes.
    let mapped = unsafe { Mapped::<Pair<C>>::map(file) }.expect("what can be loaded can be mapped");
    models.check(&mapped);
    loaded
}

/// Where a pair lives.
pub(super) enum Home<C: Collection> {
    Image(Image<Pair<C>>),
    /// An image that was promoted: a copy of it is smaller.
    Promoted(Image<Pair<C>>),
    Region(Lodging<C>),
}

/// A pair in a region of a space.
pub(super) struct Lodging<C: Collection> {
    region: Region,
    /// Taken out only while it is used.
    root: Option<Token<Pair<C>>>,
    bounded: bool,
}

impl<C: Collection> Lodging<C> {
    fn build(region: Region, bounded: bool, init: impl Emplace<Pair<C>>) -> Result<Lodging<C>> {
        let root = Some(region.try_alloc::<Pair<C>, _>(init)?.detach());
        Ok(Lodging { region, root, bounded })
    }

    fn with<R>(&mut self, run: impl FnOnce(&mut Own<'_, Pair<C>>) -> R) -> R {
        let root = self.root.take().expect("it is there between two calls");
        let mut own = self.region.adopt(root).unwrap_or_else(|_| panic!("a token fits its region"));
        let result = run(&mut own);
        self.root = Some(own.detach());
        result
    }

    fn into_parts(self) -> (Region, Token<Pair<C>>) {
        (self.region, self.root.expect("it is there between two calls"))
    }
}

impl<C: Collection> Home<C> {
    pub(super) fn new() -> Result<Home<C>> {
        Ok(Home::Image(Image::new(fresh::<C>())?))
    }

    pub(super) fn edit<R>(&mut self, run: impl FnOnce(PairMut<'_, C>) -> R) -> R {
        match self {
            Home::Image(image) | Home::Promoted(image) => run(image.edit()),
            Home::Region(lodging) => lodging.with(|own| run(own.edit())),
        }
    }

    pub(super) fn read<R>(&mut self, run: impl FnOnce(&Pair<C>) -> R) -> R {
        match self {
            Home::Image(image) | Home::Promoted(image) => run(image),
            Home::Region(lodging) => lodging.with(|own| run(own)),
        }
    }

    /// Whether the region may be full.
    pub(super) fn is_bounded(&self) -> bool {
        matches!(self, Home::Region(lodging) if lodging.bounded)
    }

    pub(super) fn allocated(&self) -> u64 {
        match self {
            Home::Image(image) | Home::Promoted(image) => image.usage().allocated,
            Home::Region(lodging) => lodging.region.usage().allocated,
        }
    }

    /// Panics if more is allocated than that. In a region, what alignment left out counts as allocated until something has been freed, so only images tell.
    pub(super) fn check_allocated(&self, expected: u64) {
        if let Home::Image(_) | Home::Promoted(_) = self {
            assert_eq!(self.allocated(), expected, "something leaked");
        }
    }

    fn save(&mut self, file: &File) -> Result<()> {
        match self {
            Home::Image(image) | Home::Promoted(image) => image.save(file),
            Home::Region(lodging) => lodging.with(|own| own.save(file)),
        }
    }

    /// Goes to another place, or comes back from a journey. Returns where it is now and which way it went.
    pub(super) fn travel(
        mut self,
        random: &mut Random,
        world: &World,
        models: &Models<C::Model>,
    ) -> (Home<C>, &'static str) {
        match (random.below(9), self) {
            (0 | 1, Home::Image(image)) => (Home::Image(reload(&image, &world.file, models)), "save and load"),
            (0 | 1, mut home) => {
                home.save(&world.file).expect("it can be saved");
                (
                    Home::Image(Image::load(&world.file).expect("what was saved is valid")),
                    "save and load a compact copy",
                )
            }
            (2, mut home) => {
                home.save(&world.file).expect("it can be saved");
                // SAFETY: the file is ours alone, and isn't written again before the mapping goes.
                let mapped = unsafe { Mapped::<Pair<C>>::map(&world.file) }.expect("what was saved is valid");
                models.check(&mapped);
                // From there to an image, as a program that has to edit it would.
                (Home::Image(Image::new(DeepCopy(&*mapped)).expect("there is memory")), "save, map and copy")
            }
            (3 | 4, mut home) => {
                let (bounded, bytes) = (random.one_in(2), home.allocated() * 2 + 4096);
                let region = match bounded {
                    true => Region::bounded_in(&world.space, bytes),
                    false => Region::new_in(&world.space),
                };
                let built = home.read(|pair| Lodging::build(region, bounded, DeepCopy(pair)));
                (Home::Region(built.expect("there is room")), "copy to a region")
            }
            (5, mut home) => {
                // Away and back, by swaps between two regions.
                let mut away = Image::<Pair<C>>::new(fresh::<C>()).expect("there is memory");
                let swapped = match &mut home {
                    Home::Image(image) | Home::Promoted(image) => image.root_mut().try_swap(&mut away.root_mut()),
                    Home::Region(lodging) => lodging.with(|own| {
                        let copy = DeepCopy(&**own);
                        away.root_mut().try_set(copy)
                    }),
                };
                swapped.expect("there is memory");
                models.check(&away);
                (Home::Image(away), "swap with another image")
            }
            (6, Home::Region(lodging)) => {
                let (region, root) = lodging.into_parts();
                (Home::Promoted(region.promote(root).expect("nothing else refers to the region")), "promote")
            }
            (7 | 8, Home::Region(lodging)) => {
                let (region, root) = lodging.into_parts();
                let sealed = region.seal(root).expect("nobody else writes");
                models.check(&sealed);
                let movable = sealed.into_movable().expect("nobody else reads");
                world.shake(random);
                models.check(&movable.read());
                let copy = Image::new(DeepCopy(&*movable.read())).expect("there is memory");
                (Home::Image(copy), "seal, compact and copy")
            }
            (_, home) => {
                self = home;
                (self, "stay")
            }
        }
    }
}

/// What is around the regions: a space whose memory others have used, and a file.
pub(super) struct World {
    space: Space,
    pub(super) file: File,
}

impl World {
    pub(super) fn new() -> World {
        World { space: Space::new().expect("there is address space"), file: File::new() }
    }

    /// Makes holes below movable regions, and dirt in them, and compacts.
    fn shake(&self, random: &mut Random) {
        let blobs: std::vec::Vec<Region> = (0..random.below(6))
            .map(|_| {
                let region = Region::new_in(&self.space);
                region.alloc_slice(&vec![0xaau8; random.below(3000)]);
                region
            })
            .collect();
        self.space.compact();
        drop(blobs);
        self.space.compact();
    }
}
