//! Blocks that threads take of a space, and give back.

use std::sync::Arc;

use loom::cell::UnsafeCell;
use loom::model::Builder;
use loom::thread;

use crate::free::Piece;
use crate::space::{Core, LINE_BYTES, Magazine};

/// The lines of the space, of which blocks have those behind the header: too few for two threads.
const LINES: u32 = 18;
const FIRST_LINE: u32 = 2;

/// A small space, and who has which line of it.
struct Model {
    core: Core,
    owners: [UnsafeCell<u32>; LINES as usize],
}

// SAFETY: loom checks each access to an owner against all others.
unsafe impl Sync for Model {}
// SAFETY: numbers, and a space.
unsafe impl Send for Model {}

impl Model {
    fn new() -> Arc<Model> {
        let core = Core::alone().unwrap();
        core.depot().set_limit(u64::from(LINES) * LINE_BYTES as u64);
        Arc::new(Model { core, owners: std::array::from_fn(|_| UnsafeCell::new(0)) })
    }

    /// Writes who has a block, as using its memory would.
    #[track_caller]
    fn pass(&self, block: Piece, from: u32, to: u32) {
        for owner in &self.owners[block.unit as usize..block.end() as usize] {
            // SAFETY: loom checks that nobody reads or writes meanwhile.
            let had = owner.with_mut(|owner| unsafe { owner.replace(to) });
            assert_eq!(had, from, "a line of {block:?} has two owners");
        }
    }

    /// A region that has a block, one that is sealed, whose end goes back at once, and more blocks than a magazine keeps.
    fn live(&self, thread: u32, magazine: &Magazine) {
        let first = magazine.take_first(4, &self.core);
        let second = magazine.take_first(2, &self.core);
        let others = [0; 3].map(|class| magazine.take(class, &self.core));
        first.iter().chain(&second).chain(others.iter().flatten()).for_each(|block| self.pass(*block, 0, thread));
        for block in others.into_iter().flatten() {
            self.pass(block, thread, 0);
            magazine.give(block, &self.core);
        }
        if let Ok(block) = second {
            let kept = Piece { units: 1, ..block };
            let rest = Piece { unit: kept.end(), units: block.units - 1 };
            self.pass(block, thread, 0);
            magazine.give_rest(rest, &self.core);
            magazine.give(kept, &self.core);
            magazine.forget_region(1);
        }
        if let Ok(block) = first {
            self.pass(block, thread, 0);
            if !magazine.push_last(block, 8) {
                magazine.give(block, &self.core);
                magazine.forget_region(1);
            }
        }
    }
}

/// A thread with a magazine of its own.
fn in_thread(model: &Arc<Model>, live: impl Fn(&Model, &Magazine) + Send + 'static) -> thread::JoinHandle<()> {
    let model = model.clone();
    thread::spawn(move || {
        let magazine = Arc::new(Magazine::new());
        model.core.depot().register(&magazine);
        live(&model, &magazine);
        magazine.empty(&model.core);
        model.core.depot().retire(&magazine);
    })
}

fn check(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut models = Builder::new();
    (models.preemption_bound, models.max_branches) = (Some(preemptions), 20_000);
    models.check(model);
}

/// Blocks go from one thread to another through the depot.
#[test]
fn a_block_never_has_two_owners() {
    check(2, || {
        let model = Model::new();
        let threads = [1, 2].map(|number| {
            in_thread(&model, move |model, magazine| (0..number).for_each(|_| model.live(number, magazine)))
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        // Nothing is lost, and nothing is there twice.
        let left = std::iter::from_fn(|| model.core.depot().take(1).ok());
        left.for_each(|unit| model.pass(Piece { unit, units: 1 }, 0, 3));
        (FIRST_LINE..LINES).for_each(|unit| model.pass(Piece { unit, units: 1 }, 3, 0));
        assert_eq!(model.core.depot().usage().regions, 0);
    });
}

/// Figures are read while they change.
#[test]
fn figures_never_exceed_what_there_is() {
    check(1, || {
        let model = Model::new();
        let thread = in_thread(&model, |model, magazine| {
            let block = magazine.take_first(4, &model.core).unwrap();
            assert!(magazine.push_last(block, 8));
        });
        let usage = model.core.depot().usage();
        assert!(usage.in_use <= u64::from(LINES) * LINE_BYTES as u64 && usage.regions <= 1, "{usage:?}");
        thread.join().unwrap();
        assert_eq!(model.core.depot().usage().regions, 0);
    });
}
