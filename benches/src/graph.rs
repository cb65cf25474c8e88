//! Nodes that name one another by keys, in one circle through all of them in random order, so that each step of a walk waits for memory.
//!
//! | metric | what is timed, or counted |
//! | --- | --- |
//! | insert | an insertion into an arena that was empty and grows |
//! | walk | a step from a node to the one that it names |
//! | churn | removing a node, and inserting another one |
//! | bytes | all seats, after inserting |
//!
//! The sketches are what an arena might have been: the same seats in std's vectors, in one buffer or in chunks of 4,096, with the same checks.

use offset_std::{Arena, Image, Key, prelude::*};
use slotmap::{DefaultKey, SlotMap};

use crate::Options;
use crate::harness::{OURS, Recorder, Result, Row, agree};
use crate::random::Random;

const SLOTMAP: &str = "slotmap";
const BUFFER: &str = "sketch: one buffer";
const CHUNKS: &str = "sketch: chunks";

/// What a walk adds up.
type Sum = u64;

/// Runs the subject.
///
/// # Errors
///
/// Those of the contenders.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    let large: &[usize] = if options.large { &[10_000_000] } else { &[] };
    let mut rows = Vec::new();
    for n in [1_000, 1_000_000].iter().chain(large) {
        rows.extend(run_at(*n, options.rounds)?);
    }
    Ok(rows)
}

fn run_at(n: usize, rounds: usize) -> Result<Vec<Row>> {
    let mut recorder = Recorder::new("graph", n as u64);
    let circle = circle(n);
    // One for all rounds: its memory is warm, as that of the peers is from their last turn.
    let mut image = Image::<Arena<Node>>::new(Empty)?;
    for round in 0..=rounds {
        agree(&[
            (OURS, ours(&mut image, &circle, &mut recorder)),
            (SLOTMAP, slotmap(&circle, &mut recorder)),
            (BUFFER, sketch::<Buffer>(BUFFER, &circle, &mut recorder)),
            (CHUNKS, sketch::<Chunks>(CHUNKS, &circle, &mut recorder)),
        ]);
        if round == 0 {
            recorder.forget_times();
        }
    }
    Ok(recorder.finish())
}

/// For each number the next one: a single circle.
fn circle(n: usize) -> Vec<u32> {
    let (mut random, mut order) = (Random::new(7), Vec::from_iter(0..n as u32));
    for index in (1..n).rev() {
        order.swap(index, random.below(index as u64 + 1) as usize);
    }
    let mut next = vec![0; n];
    for index in 0..n {
        next[order[index] as usize] = order[(index + 1) % n];
    }
    next
}

/// Follows keys for as many steps as there are nodes, several times round a small circle.
fn walk<K: Copy>(n: usize, first: K, step: impl Fn(K) -> (K, u64)) -> Sum {
    let mut at = first;
    (0..steps(n)).fold(0, |sum, _| {
        let (next, value) = step(at);
        at = next;
        sum.wrapping_add(value)
    })
}

fn steps(n: usize) -> usize {
    n.max(100_000)
}

#[derive(Relocatable, Clone, Copy)]
#[relocatable(plain)]
#[repr(C)]
struct Node {
    next: Key<Node>,
    value: u64,
}

fn ours(image: &mut Image<Arena<Node>>, circle: &[u32], recorder: &mut Recorder) -> Sum {
    let n = circle.len();
    let mut arena = image.edit();
    arena.set(Empty);
    let keys = recorder.each(OURS, "insert", n, || {
        Vec::from_iter((0..n as u64).map(|value| arena.insert_with_key(|next| Node { next, value })))
    });
    keys.iter().zip(circle).for_each(|(key, next)| arena.place(*key).expect("it is there").next = keys[*next as usize]);
    recorder.bytes(OURS, "bytes", (arena.capacity() * (8 + size_of::<Node>())) as u64);
    let sum = recorder.each(OURS, "walk", steps(n), || {
        walk(n, keys[0], |at| {
            let node = &arena[at];
            (node.next, node.value)
        })
    });
    recorder.each(OURS, "churn", n, || {
        for key in &keys {
            let node = arena.remove(*key).expect("it is there").into_inner();
            arena.insert(node);
        }
    });
    sum
}

fn slotmap(circle: &[u32], recorder: &mut Recorder) -> Sum {
    let n = circle.len();
    let mut arena = SlotMap::new();
    let keys: Vec<DefaultKey> = recorder.each(SLOTMAP, "insert", n, || {
        Vec::from_iter((0..n as u64).map(|value| arena.insert_with_key(|next| (next, value))))
    });
    keys.iter().zip(circle).for_each(|(key, next)| arena[*key].0 = keys[*next as usize]);
    recorder.bytes(SLOTMAP, "bytes", ((arena.capacity() + 1) * (size_of::<(DefaultKey, u64)>() + 8)) as u64);
    let sum = recorder.each(SLOTMAP, "walk", steps(n), || walk(n, keys[0], |at| arena[at]));
    recorder.each(SLOTMAP, "churn", n, || {
        for key in &keys {
            let node = arena.remove(*key).expect("it is there");
            arena.insert(node);
        }
    });
    sum
}

/// A seat as an arena has it.
struct Seat {
    generation: u32,
    node: (u64, u64),
}

/// Where seats are kept.
trait Seats: Default {
    fn push(&mut self, seat: Seat);
    fn get(&self, index: usize) -> Option<&Seat>;
    fn get_mut(&mut self, index: usize) -> Option<&mut Seat>;
}

#[derive(Default)]
struct Buffer(Vec<Seat>);

impl Seats for Buffer {
    fn push(&mut self, seat: Seat) {
        self.0.push(seat);
    }

    fn get(&self, index: usize) -> Option<&Seat> {
        self.0.get(index)
    }

    fn get_mut(&mut self, index: usize) -> Option<&mut Seat> {
        self.0.get_mut(index)
    }
}

#[derive(Default)]
struct Chunks(Vec<Vec<Seat>>);

const CHUNK: usize = 4096;

impl Seats for Chunks {
    fn push(&mut self, seat: Seat) {
        match self.0.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(seat),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(seat);
                self.0.push(chunk);
            }
        }
    }

    fn get(&self, index: usize) -> Option<&Seat> {
        self.0.get(index / CHUNK)?.get(index % CHUNK)
    }

    fn get_mut(&mut self, index: usize) -> Option<&mut Seat> {
        self.0.get_mut(index / CHUNK)?.get_mut(index % CHUNK)
    }
}

fn sketch<S: Seats>(name: &'static str, circle: &[u32], recorder: &mut Recorder) -> Sum {
    let n = circle.len();
    let mut seats = S::default();
    let key = |index: u32| u64::from(index) << 32 | 1;
    recorder.each(name, "insert", n, || {
        (0..n as u32).for_each(|index| seats.push(Seat { generation: 1, node: (key(index), index.into()) }));
    });
    for (index, next) in circle.iter().enumerate() {
        seats.get_mut(index).expect("it is there").node.0 = key(*next);
    }
    recorder.each(name, "walk", steps(n), || {
        walk(n, key(0), |at| {
            let seat = seats.get((at >> 32) as usize).filter(|seat| seat.generation == at as u32 && at % 2 == 1);
            seat.expect("it is there").node
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contenders_agree_on_a_small_graph() {
        assert!(!run_at(500, 1).unwrap().is_empty());
    }
}
