//! User code that panics or lies, and memory that runs out, at every call of every operation.

use offset_std::prelude::*;
use offset_std::{Error, ErrorKind, Region, Result, Space};

use super::home::{File, fresh, reload};
use super::sequence::quietly;
use super::user::{LIES, while_lying, with_fuse};
use super::{Collection, Models, Op, Pair, Random, Whole, is_limit};

/// A pair that calls have been made on, saved so that it can be had again and again.
struct Saved<C: Collection> {
    file: File,
    models: Models<C::Model>,
    /// The least limit that it can be loaded with.
    least: u64,
}

impl<C: Collection> Saved<C> {
    /// What so many random calls make of an empty pair.
    fn after(calls: usize) -> Saved<C> {
        let mut image = Image::<Pair<C>>::new(fresh::<C>()).expect("there is memory");
        let mut models = Models::of(&image);
        let mut random = Random::new(calls as u64);
        for _ in 0..calls {
            let op = Op::<C>::pick(&mut random);
            models.apply(op, image.edit(), random.bits()).expect("there is memory");
        }
        let file = File::new();
        let (before, image) = (models.clone(), reload(&image, &file, &models));
        image.save(&file).expect("it can be saved");
        let usage = image.usage();
        Saved { file, models: before, least: 128 + usage.allocated + usage.free }
    }

    fn load(&self, options: ImageOptions) -> (Image<Pair<C>>, Models<C::Model>) {
        let image = Image::load_with_options(&self.file, options).expect("what was saved is valid");
        (image, self.models.clone())
    }

    /// Makes a call with all the memory there is, and looks that all is well afterwards.
    fn succeeds(&self, mut image: Image<Pair<C>>, mut models: Models<C::Model>, op: &Op<C>, seed: u64, scratch: &File) {
        models.apply(op, image.edit(), seed).expect("there is memory");
        models.check(&image);
        reload(&image, scratch, &models);
    }
}

/// Empty, and after ever more calls.
fn states<C: Collection>() -> impl Iterator<Item = Saved<C>> {
    [0, 3, 12, 40, 150].into_iter().map(Saved::after)
}

/// Seeds of the parameters of a call.
const SEEDS: [u64; 2] = [1, 2];

/// Makes every call with user code that panics at call after call, until the call is through.
///
/// # Panics
///
/// Where a collection isn't as it was, or has lost something.
pub fn survives_panics<C: Collection>() {
    let scratch = File::new();
    let mut panics = 0;
    for state in states::<C>() {
        for (op, seed) in C::OPS.iter().flat_map(|op| SEEDS.map(|seed| (op, seed))) {
            for calls in 0.. {
                let (mut image, mut models) = state.load(ImageOptions::new());
                let mut trial = models.trial(image.edit());
                let done = with_fuse(calls, || trial.call(op, seed).expect("there is memory"));
                if done.is_some() {
                    break;
                }
                panics += 1;
                if op.whole != Whole::Always {
                    C::mend(&mut trial.it);
                    C::mend(&mut trial.other);
                    trial.settle();
                }
                trial.check();
                // Every other time the handle that saw the panic goes on. Otherwise nothing happens before the image is saved.
                if (u64::from(calls) + seed) % 2 == 0 {
                    trial.call(op, seed).expect("there is memory");
                    trial.check();
                }
                drop(trial);
                models.check(&image);
                let loaded = reload(&image, &scratch, &models);
                state.succeeds(loaded, models, op, seed, &scratch);
            }
        }
    }
    assert!(panics > 0, "no user code was called");
}

/// Makes random calls with user code that lies: entries may be lost to searches, but not to memory.
///
/// # Panics
///
/// Where a value is read from a wrong place, is there twice or lost, or where something leaks.
pub fn survives_lies<C: Collection>() {
    let scratch = File::new();
    for (seed, lies) in (0u64..).zip(LIES.repeat(3)) {
        let mut image = Image::<Pair<C>>::new(fresh::<C>()).expect("there is memory");
        let empty = image.usage().allocated;
        let mut random = Random::new(seed);
        for call in 0..300 {
            let (op, parameters) = (Op::<C>::pick(&mut random), random.bits());
            let mut models = Models::of(&image);
            // Honest at first, so that lies meet something to break.
            let lies = if call < 20 { super::user::Lies::None } else { lies };
            let done = quietly(|| while_lying(lies, parameters, || models.apply(op, image.edit(), parameters)));
            done.unwrap_or(Ok(())).expect("there is memory");
            // One that finds nothing grows for ever.
            if image.it.size() + image.other.size() > 1500 {
                C::give_up(&mut image.edit().it);
            }
            if call % 16 == 0 {
                // As many as it says, each whole.
                let models = Models::of(&image);
                image.save(&scratch).expect("it can be saved");
                let loaded = Image::<Pair<C>>::load(&scratch).expect("what was saved is valid");
                assert_eq!(Models::of(&loaded), models);
                assert_eq!(loaded.usage().allocated, image.usage().allocated, "{} lost something", op.name);
            }
        }
        C::give_up(&mut image.edit().it);
        C::give_up(&mut image.edit().other);
        assert_eq!(image.usage().allocated, empty, "something leaked");
    }
}

/// Makes every call in images that have ever more room, so that each of its allocations fails once.
///
/// # Panics
///
/// Where a call that failed changed something, or where the collection doesn't go on.
pub fn survives_exhaustion<C: Collection>() {
    let (scratch, space) = (File::new(), Space::new().expect("there is address space"));
    let mut failures = 0;
    for state in states::<C>() {
        for (op, seed) in C::OPS.iter().flat_map(|op| SEEDS.map(|seed| (op, seed))) {
            let mut limit = state.least;
            while let Err(error) = exhaust(&state, op, seed, limit, &scratch) {
                failures += 1;
                limit = needed(&error).max(limit + 8);
            }
            exhaust_bounded(&state, op, seed, &space);
        }
    }
    assert!(failures > 0, "nothing was allocated");
}

/// The same in bounded regions, each with room for one allocation more than the one before, in memory that the one before has left.
fn exhaust_bounded<C: Collection>(state: &Saved<C>, op: &Op<C>, seed: u64, space: &Space) {
    let (image, _) = state.load(ImageOptions::new());
    let mut bytes = 0;
    loop {
        let region = Region::bounded_in(space, bytes);
        let mut models = state.models.clone();
        let error = match region.try_alloc::<Pair<C>, _>(DeepCopy(&*image)) {
            Err(error) => error,
            Ok(mut pair) => {
                let done = models.apply(op, pair.edit(), seed);
                if done.is_err() && op.whole == Whole::Never {
                    models = Models::of(&*pair);
                }
                models.check(&pair);
                let copy = Image::<Pair<C>>::new(DeepCopy(&*pair)).expect("there is memory");
                models.check(&copy);
                match done {
                    Ok(()) => return,
                    Err(error) => error,
                }
            }
        };
        bytes = needed(&error).next_multiple_of(64).max(bytes + 64);
    }
}

/// The limit that lets the allocation through that failed.
fn needed(error: &Error) -> u64 {
    assert!(is_limit(error), "{error}");
    match error.kind() {
        ErrorKind::Limit { needed, .. } => *needed,
        _ => 0,
    }
}

/// Makes a call in an image with a limit. If it fails, nothing has changed, and all works again once there is room.
fn exhaust<C: Collection>(state: &Saved<C>, op: &Op<C>, seed: u64, limit: u64, scratch: &File) -> Result<()> {
    let (mut image, mut models) = state.load(ImageOptions::new().limit(limit));
    let done = models.apply(op, image.edit(), seed);
    if done.is_err() && op.whole == Whole::Never {
        models = Models::of(&image);
    }
    models.check(&image);
    let loaded = reload(&image, scratch, &models);
    if done.is_err() {
        // With the limit lifted.
        state.succeeds(loaded, models.clone(), op, seed, scratch);
        // With something removed, through a handle that may have failed.
        let mut trial = models.trial(image.edit());
        for attempt in 0..2 {
            match trial.call(op, seed) {
                Err(error) if !is_limit(&error) => panic!("{error}"),
                Err(_) if op.whole == Whole::Never => trial.settle(),
                _ => {}
            }
            trial.check();
            if attempt == 0 {
                C::give_up(&mut trial.it);
                trial.settle();
            }
        }
        drop(trial);
        models.check(&image);
        reload(&image, scratch, &models);
    }
    done
}
