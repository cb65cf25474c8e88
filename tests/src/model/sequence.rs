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
use super::{Collection, Models, Op, Pair, Random, Trial, Whole, is_limit};

/// How many calls are made on each collection; a million for the long run.
const OPS: &str = "OFFSET_MODEL_OPS";
/// The seed that a failure names, to do the same again.
const SEED: &str = "OFFSET_MODEL_SEED";

/// The longest sequence that begins with an empty collection.
const LONGEST: usize = 600;
/// The most calls that one handle makes.
const MOST_THROUGH_ONE_HANDLE: usize = 8;
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
        let (mut rest, mut looks) = (steps, Random::new(steps.len() as u64));
        while let [first, after @ ..] = rest {
            let Step { is_journey, most, mut random } = Step::of(*first);
            if is_journey {
                names.push("a journey".to_owned());
                let (there, way) = home.travel(&mut random, &world, &models);
                (home, rest) = (there, after);
                *names.last_mut().expect("just pushed") = way.to_owned();
            } else {
                let many = rest.iter().take(most).take_while(|seed| !Step::of(**seed).is_journey).count();
                let calls;
                (calls, rest) = rest.split_at(many);
                let (size, bounded) = (home.read(size), home.is_bounded());
                home.edit(|pair| call_through(&mut models.trial(pair), calls, size, bounded, names));
            }
            if is_looked_at(&mut looks, home.read(size)) {
                home.read(|pair| models.check(pair));
            }
        }
        home.read(|pair| models.check(pair));
        home.edit(|mut pair| {
            C::give_up(&mut pair.it);
            C::give_up(&mut pair.other);
        });
        home.check_allocated(fresh);
    }))
}

/// What the seed of a step says.
struct Step {
    is_journey: bool,
    /// How many calls a handle makes that begins with this one, unless a journey comes before.
    most: usize,
    random: Random,
}

impl Step {
    fn of(seed: u64) -> Step {
        let mut random = Random::new(seed);
        Step { is_journey: random.one_in(30), most: 1 + random.below(MOST_THROUGH_ONE_HANDLE), random }
    }
}

/// Makes calls one after another through the same handles, and looks through them after each.
fn call_through<C: Collection>(
    trial: &mut Trial<'_, '_, C>,
    calls: &[u64],
    size: usize,
    bounded: bool,
    names: &mut Vec<String>,
) {
    for (nth, call) in calls.iter().enumerate() {
        let Step { mut random, .. } = Step::of(*call);
        let (op, seed) = (Op::<C>::pick(&mut random), random.bits());
        let handle = if nth == 0 { "" } else { "through the same handle: " };
        names.push(format!("{handle}{} (seed {seed:#x})", op.name));
        if let Err(error) = trial.call(op, seed) {
            assert!(bounded && is_limit(&error), "{error}");
            if op.whole == Whole::Never {
                trial.settle();
            }
        }
        if is_looked_at(&mut random, size) {
            trial.check();
        }
    }
}

fn size<C: Collection>(pair: &Pair<C>) -> usize {
    pair.it.size() + pair.other.size()
}

/// Whether collections of a size are compared with their models: large ones now and then only, so that a call costs as much with any.
fn is_looked_at(random: &mut Random, size: usize) -> bool {
    random.below(size.max(1)) < 64
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
