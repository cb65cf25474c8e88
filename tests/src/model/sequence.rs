//! Random sequences of calls, which are made shorter when they fail.

use std::any::Any;
use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::env;
use std::hash::BuildHasher;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::time::{Duration, Instant};

use super::home::{Home, World};
use super::{Collection, Models, Op, Random, Whole, is_limit};

/// How many calls are made on each collection; a million for the long run.
const OPS: &str = "OFFSET_MODEL_OPS";
/// The seed that a failure names, to do the same again.
const SEED: &str = "OFFSET_MODEL_SEED";

/// The longest sequence that begins with an empty collection.
const LONGEST: usize = 600;
/// What a failure may cost to be made shorter.
const PATIENCE: Duration = Duration::from_secs(20);

fn variable(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    let number = text.strip_prefix("0x").map_or_else(|| text.parse(), |digits| u64::from_str_radix(digits, 16));
    Some(number.unwrap_or_else(|_| panic!("{name} isn't a number: {text}")))
}

/// How many calls a collection is tried with: 20,000, or what `OFFSET_MODEL_OPS` says.
fn calls() -> usize {
    let usual = if cfg!(miri) { 100 } else { 20_000 };
    variable(OPS).map_or(usual, |calls| calls as usize)
}

/// Random sequences of calls, on the collection and on its model, wherever it lives.
///
/// # Panics
///
/// Where the two differ, with the shortest sequence that was found to show it, and the seed.
pub fn is_like_std<C: Collection>() {
    let first = variable(SEED).unwrap_or_else(|| RandomState::new().hash_one(0));
    let (mut left, mut seed) = (calls(), first);
    while left > 0 {
        let mut random = Random::new(seed);
        let steps: Vec<u64> = (0..(20 + random.below(LONGEST - 20)).min(left)).map(|_| random.bits()).collect();
        left -= steps.len();
        if let Err(payload) = play::<C>(&steps, &mut Vec::new()) {
            let (steps, text) = shorten::<C>(steps, message(&*payload));
            let mut names = Vec::new();
            let _ = quietly(|| play::<C>(&steps, &mut names));
            panic!(
                "{text}\nafter {} calls, of which the last failed:\n  {}\nTo see it again: {SEED}={seed:#x}",
                names.len(),
                names.join("\n  ")
            );
        }
        seed = random.bits();
    }
}

/// Plays a sequence from the start. Each step is a seed: a call or a journey, with its parameters.
fn play<C: Collection>(steps: &[u64], names: &mut Vec<String>) -> Result<(), Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(|| {
        let world = World::new();
        let mut home = Home::<C>::new().expect("there is memory");
        let fresh = home.allocated();
        let mut models = home.read(Models::of);
        for step in steps {
            let mut random = Random::new(*step);
            if random.one_in(30) {
                names.push("a journey".to_owned());
                let (there, way) = home.travel(&mut random, &world, &models);
                home = there;
                *names.last_mut().expect("just pushed") = way.to_owned();
            } else {
                let (op, seed) = (Op::<C>::pick(&mut random), random.bits());
                names.push(format!("{} (seed {seed:#x})", op.name));
                let done = home.edit(|pair| models.apply(op, pair, seed));
                if let Err(error) = done {
                    assert!(home.is_bounded() && is_limit(&error), "{error}");
                    if op.whole == Whole::Never {
                        models = home.read(Models::of);
                    }
                }
            }
            // Large ones now and then only, so that a call costs as much with any.
            let size = home.read(|pair| pair.it.size() + pair.other.size());
            if random.below(size.max(1)) < 64 {
                home.read(|pair| models.check(pair));
            }
        }
        home.read(|pair| models.check(pair));
        home.edit(|pair| {
            C::give_up(pair.it);
            C::give_up(pair.other);
        });
        home.check_allocated(fresh);
    }))
}

/// Leaves out what the failure doesn't need.
fn shorten<C: Collection>(mut steps: Vec<u64>, mut text: String) -> (Vec<u64>, String) {
    let start = Instant::now();
    let mut many = steps.len() / 2;
    while many > 0 {
        let mut at = 0;
        while at < steps.len() && start.elapsed() < PATIENCE {
            let mut fewer = steps.clone();
            fewer.drain(at..(at + many).min(steps.len()));
            match quietly(|| play::<C>(&fewer, &mut Vec::new())) {
                Ok(()) => at += many,
                Err(payload) => (steps, text) = (fewer, message(&*payload)),
            }
        }
        many /= 2;
    }
    (steps, text)
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a text".to_owned())
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs something whose panics aren't reported.
pub(super) fn quietly<T>(run: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                report(info);
            }
        }));
    });
    let before = QUIET.replace(true);
    let result = run();
    QUIET.set(before);
    result
}
