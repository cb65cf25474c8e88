//! Random programs over several regions and spaces, against a model of what each holds: no byte is handed to two, figures add up, nothing is lost.

use std::ptr::NonNull;
use std::slice;

use offset_std::prelude::*;
use offset_std::{Reader, Region, Sealed, Shared, Space, Token, Vec};
use proptest::prelude::*;
use proptest::sample::Index;

#[path = "attack/nodes.rs"]
mod nodes;

use nodes::{Node, build, check, dirty, try_build};

/// Bytes that a region was asked for, and what was written there.
#[derive(Clone, Copy)]
struct Blob {
    at: NonNull<u8>,
    len: usize,
    fill: u8,
}

impl Blob {
    fn check(&self) {
        // SAFETY: its region is alive and wasn't reset.
        let bytes = unsafe { slice::from_raw_parts(self.at.as_ptr(), self.len) };
        assert!(bytes.iter().all(|byte| *byte == self.fill), "{} bytes at {:?}", self.len, self.at);
    }
}

/// A region, and what it must hold.
struct Holder {
    region: Region,
    blobs: std::vec::Vec<Blob>,
    tokens: std::vec::Vec<(Token<Vec<Node>>, std::vec::Vec<u64>)>,
}

/// What reads a region that may be gone.
enum Reading {
    Shared(Shared<Node>, u64),
    Sealed(Sealed<Vec<Node>>, std::vec::Vec<u64>, std::vec::Vec<Blob>),
    Reader { _reader: Reader, blobs: std::vec::Vec<Blob> },
}

impl Reading {
    fn check(&self) {
        match self {
            Reading::Shared(node, seed) => check(node, *seed),
            Reading::Sealed(nodes, seeds, blobs) => {
                assert_eq!(nodes.len(), seeds.len());
                nodes.iter().zip(seeds).for_each(|(node, seed)| check(node, *seed));
                blobs.iter().for_each(Blob::check);
            }
            Reading::Reader { blobs, .. } => blobs.iter().for_each(Blob::check),
        }
    }

    fn blobs(&self) -> &[Blob] {
        match self {
            Reading::Shared(..) => &[],
            Reading::Sealed(_, _, blobs) | Reading::Reader { blobs, .. } => blobs,
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Make(u8, u32),
    Blob(Index, usize),
    Text(Index, usize),
    Nodes(Index, u8),
    Edit(Index, Index, u8),
    Forget(Index, Index),
    Hand(Index, Index),
    Reset(Index),
    Drop(Index),
    Seal(Index),
    Share(Index),
    Read(Index),
    Writer(Index),
    DropReading(Index),
    Trim(u8),
}

fn index() -> impl Strategy<Value = Index> {
    any::<Index>()
}

fn step() -> impl Strategy<Value = Step> {
    let len = prop_oneof![5 => 1usize..64, 4 => 1usize..600, 3 => 1usize..10_000, 1 => 1usize..200_000];
    prop_oneof![
        4 => (any::<u8>(), 1u32..100_000).prop_map(|(kind, bytes)| Step::Make(kind, bytes)),
        8 => (index(), len.clone()).prop_map(|(which, len)| Step::Blob(which, len)),
        3 => (index(), len).prop_map(|(which, len)| Step::Text(which, len)),
        5 => (index(), 1u8..5).prop_map(|(which, count)| Step::Nodes(which, count)),
        6 => (index(), index(), any::<u8>()).prop_map(|(which, value, seed)| Step::Edit(which, value, seed)),
        2 => (index(), index()).prop_map(|(which, value)| Step::Forget(which, value)),
        5 => (index(), index()).prop_map(|(from, to)| Step::Hand(from, to)),
        2 => index().prop_map(Step::Reset),
        2 => index().prop_map(Step::Drop),
        2 => index().prop_map(Step::Seal),
        1 => index().prop_map(Step::Share),
        1 => index().prop_map(Step::Read),
        3 => index().prop_map(Step::Writer),
        2 => index().prop_map(Step::DropReading),
        1 => any::<u8>().prop_map(Step::Trim),
    ]
}

struct World {
    spaces: [Space; 2],
    holders: std::vec::Vec<Holder>,
    readings: std::vec::Vec<Reading>,
}

impl World {
    fn holder(&mut self, which: Index) -> Option<&mut Holder> {
        (!self.holders.is_empty()).then(|| which.get_mut(&mut self.holders))
    }

    fn step(&mut self, step: Step, fill: u8) {
        let seed = u64::from(fill);
        match step {
            Step::Make(kind, bytes) => {
                let space = &self.spaces[usize::from(kind & 1)];
                let region = match kind >> 1 & 3 {
                    0 => match Region::try_bounded_in(space, bytes.into()) {
                        Ok(region) => region,
                        Err(_) => return,
                    },
                    1 => Region::limited_in(space, bytes.into()),
                    2 => self.holders.last().map_or_else(Region::new, |holder| holder.region.child()),
                    _ => Region::new_in(space),
                };
                self.holders.push(Holder { region, blobs: vec![], tokens: vec![] });
            }
            Step::Blob(which, len) => {
                let Some(holder) = self.holder(which) else { return };
                let bytes = vec![fill; len];
                if let Ok(bytes) = holder.region.try_alloc_slice(&bytes) {
                    let blob = Blob { at: NonNull::from(&mut *bytes).cast(), len, fill };
                    holder.blobs.push(blob);
                }
            }
            Step::Text(which, len) => {
                let Some(holder) = self.holder(which) else { return };
                // Grown step by step, at the end of the region or not.
                let Ok(mut vec) = holder.region.try_alloc::<Vec<u8>, _>(Empty) else { return };
                while vec.len() < len && vec.edit().try_push(fill).is_ok() {}
                assert!(vec.iter().all(|byte| *byte == fill));
                if len % 3 == 0 {
                    vec.edit().truncate(len / 2);
                    vec.edit().shrink_to_fit();
                }
                if len % 2 == 0 && !vec.is_empty() {
                    let bytes: &Vec<u8> = vec.freeze();
                    let blob = Blob { at: NonNull::from(&**bytes).cast(), len: bytes.len(), fill };
                    holder.blobs.push(blob);
                }
            }
            Step::Nodes(which, count) => {
                let Some(holder) = self.holder(which) else { return };
                let Ok(mut nodes) = holder.region.try_alloc::<Vec<Node>, _>(Empty) else { return };
                let mut seeds = vec![];
                for seed in seed..seed + u64::from(count) {
                    let pushed = try_build(&holder.region, seed).and_then(|node| nodes.edit().try_push(node));
                    seeds.extend(pushed.is_ok().then_some(seed));
                }
                holder.tokens.push((nodes.detach(), seeds));
            }
            Step::Edit(which, value, seed) => {
                let Some(holder) = self.holder(which) else { return };
                if holder.tokens.is_empty() {
                    return;
                }
                let (token, mut seeds) = holder.tokens.swap_remove(value.index(holder.tokens.len()));
                let mut nodes = holder.region.adopt(token).unwrap();
                nodes.iter().zip(&seeds).for_each(|(node, seed)| check(node, *seed));
                match seed % 5 {
                    0 if !seeds.is_empty() => {
                        nodes.edit().swap_remove(0);
                        seeds.swap_remove(0);
                    }
                    1 => {
                        let node = try_build(&holder.region, seed.into());
                        if node.and_then(|node| nodes.edit().try_insert(0, node)).is_ok() {
                            seeds.insert(0, seed.into());
                        }
                    }
                    2 if !seeds.is_empty() => {
                        let mut edit = nodes.edit();
                        let mut first = edit.get_mut(0).unwrap();
                        let _ = first.edit().name.try_set("a name that is longer than the one that it had");
                        let _ = first.edit().name.try_set(format_args!("node {}", seeds[0]));
                        if first.name != format!("node {}", seeds[0]) {
                            drop(edit.swap_remove(0));
                            seeds.swap_remove(0);
                        }
                    }
                    3 => nodes.edit().shrink_to_fit(),
                    _ => {
                        let copy = holder.region.try_alloc::<Vec<Node>, _>(DeepCopy(&*nodes));
                        if let Ok(copy) = copy {
                            nodes = copy;
                        }
                    }
                }
                nodes.iter().zip(&seeds).for_each(|(node, seed)| check(node, *seed));
                holder.tokens.push((nodes.detach(), seeds));
            }
            Step::Forget(which, value) => {
                let Some(holder) = self.holder(which) else { return };
                if !holder.tokens.is_empty() {
                    holder.tokens.swap_remove(value.index(holder.tokens.len()));
                }
            }
            Step::Hand(from, to) => {
                let Some((token, seeds)) = self.holder(from).and_then(|holder| holder.tokens.pop()) else { return };
                let Some(holder) = self.holder(to) else { return };
                let (token, taker) = match holder.region.adopt(token).map(Own::detach) {
                    Ok(token) => (token, to),
                    Err(token) => (token, from),
                };
                self.holder(taker).unwrap().tokens.push((token, seeds));
            }
            Step::Reset(which) => {
                let Some(holder) = self.holder(which) else { return };
                let tokens = holder.tokens.len();
                if holder.region.try_reset().is_ok() {
                    assert_eq!(tokens, 0);
                    assert_eq!(holder.region.usage().allocated, 0);
                    holder.blobs.clear();
                } else if tokens > 0 {
                    holder.tokens.clear();
                    if holder.region.try_reset().is_ok() {
                        holder.blobs.clear();
                    }
                }
            }
            Step::Drop(which) => {
                if !self.holders.is_empty() {
                    self.holders.swap_remove(which.index(self.holders.len()));
                }
            }
            Step::Seal(which) => {
                if self.holders.is_empty() {
                    return;
                }
                let mut holder = self.holders.swap_remove(which.index(self.holders.len()));
                let Some((root, seeds)) = holder.tokens.pop() else { return };
                match holder.region.seal(root) {
                    Ok(sealed) => self.readings.push(Reading::Sealed(sealed, seeds, holder.blobs)),
                    Err(refused) => {
                        holder.region = refused.into_region();
                        self.holders.push(holder);
                    }
                }
            }
            Step::Share(which) => {
                let Some(holder) = self.holder(which) else { return };
                let shared = try_build(&holder.region, seed).map(Own::share);
                self.readings.extend(shared.map(|node| Reading::Shared(node, seed)));
            }
            Step::Read(which) => {
                let Some(holder) = self.holder(which) else { return };
                let reading = Reading::Reader { _reader: holder.region.reader(), blobs: holder.blobs.clone() };
                self.readings.push(reading);
            }
            Step::Writer(which) => {
                let Some(holder) = self.holder(which) else { return };
                if let Ok(region) = holder.region.writer() {
                    self.holders.push(Holder { region, blobs: vec![], tokens: vec![] });
                }
            }
            Step::DropReading(which) => {
                if !self.readings.is_empty() {
                    self.readings.swap_remove(which.index(self.readings.len()));
                }
            }
            Step::Trim(cap) => {
                let space = &self.spaces[usize::from(cap & 1)];
                space.set_warm_cap(u64::from(cap >> 4) << 14);
                space.trim();
            }
        }
    }

    /// Everything is as it was written, in memory of its own; the figures of each space add up.
    fn check(&self) {
        let mut all: std::vec::Vec<(usize, usize)> = vec![];
        for blobs in self.holders.iter().map(|holder| &*holder.blobs) {
            blobs.iter().for_each(Blob::check);
            all.extend(blobs.iter().map(|blob| (blob.at.addr().get(), blob.len)));
        }
        self.readings.iter().for_each(Reading::check);
        // A reader may have seen what a region still has.
        let theirs = self.readings.iter().flat_map(|reading| reading.blobs());
        all.extend(theirs.map(|blob| (blob.at.addr().get(), blob.len)));
        all.sort_unstable();
        all.dedup();
        assert!(all.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0));
        for space in &self.spaces {
            let usage = space.usage();
            let known = usage.in_use + usage.warm + usage.cold;
            assert!(usage.committed <= known && known <= usage.committed.next_multiple_of(1 << 16) + (64 << 20));
            assert!(usage.in_use <= usage.committed && usage.largest_free > 0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn random_programs_keep_every_value(steps in prop::collection::vec(step(), 1..150)) {
        let spaces = [Space::new().unwrap(), Space::new().unwrap()];
        spaces.iter().for_each(dirty);
        // It is full now and then.
        spaces[1].set_limit(spaces[1].usage().committed + 100_000);
        let mut world = World { spaces, holders: vec![], readings: vec![] };
        for (step, fill) in steps.into_iter().zip((1..=255u8).cycle()) {
            world.step(step, fill);
            world.check();
        }
        let spaces = world.spaces.clone();
        drop(world);
        for space in spaces {
            let usage = space.usage();
            prop_assert_eq!((usage.regions, usage.in_use), (0, 0));
            space.trim();
            prop_assert!(space.usage().warm < 1 << 20);
            let region = Region::new_in(&space);
            check(&build(&region, 1), 1);
        }
    }
}
