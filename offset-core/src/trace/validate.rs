//! Decides whether bytes from a file are a value, and claims every allocation exactly once.
//!
//! Nothing is believed before it has been checked: a handle is claimed (in bounds, aligned, no unit of it claimed before) before
//! anything it names is read, so cycles, aliases and overlaps end there, and no `&T` exists until all is valid.
//!
//! Where in the structure an error lies is found by validating a second time with [`Trail`]s, so that the first time pays nothing for it.

use std::any::TypeId;
use std::ptr::NonNull;

use super::{Bitmap, Edge, Ring, Rows, Run, Visitor, next};
use crate::error::{ErrorKind, Refusal, Result};
use crate::handle::{Base, UNIT_BYTES};
use crate::relocatable::Relocatable;
use crate::schema::{Description, Kind, Scalar, describe, type_id};

/// The bytes to validate: units of a slot, all of them readable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) base: Base,
    /// The first unit.
    pub(crate) first: u32,
    /// How many.
    pub(crate) units: u32,
}

/// Validates the `T` at unit `root` with everything it owns. Returns which units are claimed.
///
/// # Errors
///
/// [`ErrorKind::InvalidValue`], with the path of the value.
///
/// # Safety
///
/// The units of `extent` are readable, initialised, and nobody writes them meanwhile.
pub(crate) unsafe fn validate<T: Relocatable>(extent: Extent, root: u32) -> Result<Bitmap> {
    let mut first = Validate::new(extent, None)?;
    // SAFETY: the caller's contract.
    let fault = match unsafe { first.walk::<T>(root) }.and_then(|()| first.ask_deferred()) {
        Ok(()) => return Ok(first.claims),
        Err(fault) => fault,
    };
    let mut again = Validate::new(extent, Some(Vec::new()))?;
    // SAFETY: the caller's contract.
    let found = unsafe { again.walk::<T>(root) }.and_then(|()| again.ask_deferred());
    // Where there are several, the second pass may meet another one first. It meets none if a condition of the user's has changed its mind.
    let (path, fault) = match found {
        Err(fault) => (again.path(&fault), fault),
        Ok(()) => (T::description().name.to_owned(), fault),
    };
    Err(ErrorKind::InvalidValue { path, offset: fault.at, what: fault.what }.into())
}

/// Claims what the `T` at unit `root` owns, without asking conditions of the user's.
///
/// # Errors
///
/// As for [`validate`].
///
/// # Safety
///
/// As for [`validate`].
pub(crate) unsafe fn claim_only<T: Relocatable>(extent: Extent, root: u32) -> Result<Bitmap> {
    let mut claims = Validate::new(extent, None)?;
    // SAFETY: the caller's contract.
    let walked = unsafe { claims.walk::<T>(root) };
    walked.map_err(|fault| {
        let path = T::description().name.to_owned();
        ErrorKind::InvalidValue { path, offset: fault.at, what: fault.what }
    })?;
    Ok(claims.claims)
}

/// What is wrong, and where in the slot, in bytes.
#[derive(Debug)]
pub(crate) struct Fault {
    at: u64,
    what: String,
    /// The type of the value that it is about, if it isn't about the part that lies there.
    whole: Option<TypeId>,
}

/// The visitor that validates.
pub(crate) struct Validate {
    extent: Extent,
    claims: Bitmap,
    runs: Vec<Run<Self, u32>>,
    deferred: Vec<Deferred>,
    /// How each run was reached, when the path of a fault is wanted.
    trails: Option<Vec<Trail>>,
    /// The trail of the element being visited.
    current: u32,
}

/// How a run of elements was reached.
struct Trail {
    /// The trail of the element that owns the run.
    parent: u32,
    /// Where the handle is stored, and where the elements begin: bytes in the slot.
    handle: u64,
    start: u64,
    /// How many elements of the sequence lie elsewhere and come before.
    before: u64,
    of: &'static Description,
}

/// A condition of the user's, to be asked when all bytes are known to be values.
struct Deferred {
    at: NonNull<u8>,
    condition: *const (),
    ask: unsafe fn(NonNull<u8>, *const ()) -> Result<(), String>,
    of: fn() -> TypeId,
    trail: u32,
}

impl Validate {
    fn new(extent: Extent, trails: Option<Vec<Trail>>) -> Result<Validate> {
        let claims = Bitmap::new(extent.first, extent.units).ok_or(ErrorKind::NoMemory {
            bytes: u64::from(extent.units / 8),
            purpose: "the bitmap of claimed units",
            cause: Refusal::OutOfMemory,
        })?;
        Ok(Validate { extent, claims, runs: Vec::new(), deferred: Vec::new(), trails, current: 0 })
    }

    /// # Safety
    ///
    /// As for [`validate`].
    unsafe fn walk<T: Relocatable>(&mut self, root: u32) -> Result<(), Box<Fault>> {
        let units = size_of::<T>().div_ceil(UNIT_BYTES) as u64;
        let at = u64::from(root) * UNIT_BYTES as u64;
        if units > 0 {
            self.claim(at, root, units, root, align_of::<T>())?;
        }
        self.push(at, self.extent.base.at::<T>(root), 1, 0);
        while let Some((at, step, trail, _)) = next(&mut self.runs) {
            self.current = trail;
            // SAFETY: the element lies in units that were claimed, aligned for its type.
            unsafe { step(at, self) }?;
        }
        Ok(())
    }

    /// Claims `units` from `from` for elements that begin at `unit`, aligned to `align` bytes, named by the handle at `at`.
    #[inline(always)]
    fn claim(&mut self, at: u64, from: u32, units: u64, unit: u32, align: usize) -> Result<(), Box<Fault>> {
        if unit.is_multiple_of((align / UNIT_BYTES).max(1) as u32) && self.claims.claim(from, units) {
            return Ok(());
        }
        Err(self.refuse(at, from, units, unit, align))
    }

    /// Says why units can't be claimed.
    #[cold]
    #[inline(never)]
    fn refuse(&self, at: u64, from: u32, units: u64, unit: u32, align: usize) -> Box<Fault> {
        if !(unit as usize * UNIT_BYTES).is_multiple_of(align) {
            return fault(at, || format!("handle {:#x} isn't aligned to {align} bytes", bytes(unit)));
        }
        let (start, end) = (self.extent.first, u64::from(self.extent.first) + u64::from(self.extent.units));
        let (from, to) = (bytes(from), u64::from(from).saturating_add(units).saturating_mul(UNIT_BYTES as u64));
        fault(at, || {
            if from < bytes(start) || to > end * UNIT_BYTES as u64 {
                let (start, end) = (bytes(start), end * UNIT_BYTES as u64);
                format!("its allocation {from:#x}..{to:#x} leaves the region {start:#x}..{end:#x}")
            } else {
                format!("its allocation {from:#x}..{to:#x} overlaps another")
            }
        })
    }

    /// Puts claimed elements on the list, unless every pattern of bits is a value. `before` are elements of the same sequence.
    fn push<T: Relocatable>(&mut self, handle: u64, at: NonNull<T>, count: u32, before: u32) {
        if T::FACTS.skips_validation() || count == 0 {
            return;
        }
        let trail = self.trail(handle, at, before);
        self.runs.push(Run::new(at, count, trail));
    }

    /// Notes how elements at `at` are reached, if the path of a fault is wanted.
    fn trail<T: Relocatable>(&mut self, handle: u64, at: NonNull<T>, before: u32) -> u32 {
        let Some(trails) = &mut self.trails else { return 0 };
        let (start, before) = (self.extent.base.byte_of(at), u64::from(before));
        trails.push(Trail { parent: self.current, handle, start, before, of: T::description() });
        trails.len() as u32 - 1
    }

    /// Validates claimed elements, or puts them on the list. `before` are elements of the same sequence.
    ///
    /// # Safety
    ///
    /// `count` elements lie at `at`, in units that were claimed.
    #[inline(always)]
    unsafe fn elements<T: Relocatable>(
        &mut self,
        handle: u64,
        at: NonNull<T>,
        count: u32,
        before: u32,
    ) -> Result<(), Box<Fault>> {
        if T::FACTS.shallow && !T::FACTS.skips_validation() && self.trails.is_none() {
            for index in 0..count as usize {
                // SAFETY: an element of what was claimed.
                let at = unsafe { at.add(index) };
                // SAFETY: as above: readable, and aligned for its type.
                unsafe { T::trace(at, self) }?;
            }
            return Ok(());
        }
        self.push(handle, at, count, before);
        Ok(())
    }

    fn ask_deferred(&mut self) -> Result<(), Box<Fault>> {
        // Parents were put on the list before their children.
        while let Some(deferred) = self.deferred.pop() {
            self.current = deferred.trail;
            // SAFETY: everything that the value consists of and owns has been validated.
            let answer = unsafe { (deferred.ask)(deferred.at, deferred.condition) };
            answer.map_err(|what| {
                let at = self.extent.base.byte_of(deferred.at);
                Box::new(Fault { at, what, whole: Some((deferred.of)()) })
            })?;
        }
        Ok(())
    }

    /// A fault at an address, out of the way of what goes well.
    #[cold]
    #[inline(never)]
    fn fault(&self, at: NonNull<u8>, what: &'static str) -> Box<Fault> {
        fault(self.extent.base.byte_of(at), || what.to_owned())
    }

    /// The fault of bytes that aren't what they should be.
    #[cold]
    #[inline(never)]
    fn unexpected(&self, at: NonNull<u8>, expected: &'static str) -> Box<Fault> {
        fault(self.extent.base.byte_of(at), || format!("the bytes aren't {expected}"))
    }

    /// The path of a fault in the element being visited: `Atlas.cities[3].name`.
    fn path(&self, fault: &Fault) -> String {
        let trails = self.trails.as_deref().unwrap_or_default();
        let mut steps = Vec::new();
        let (mut at, mut index) = (fault.at, self.current as usize);
        while let Some(trail) = trails.get(index) {
            steps.push((trail, at));
            if index == 0 {
                break;
            }
            (at, index) = (trail.handle, trail.parent as usize);
        }
        let mut path = trails.first().map_or_else(String::new, |root| root.of.name.to_owned());
        let mut in_sequence = false;
        let last = steps.len().saturating_sub(1);
        for (depth, (trail, at)) in steps.into_iter().rev().enumerate() {
            let stride = trail.of.size.max(1) as u64;
            let index = at.saturating_sub(trail.start) / stride;
            let value = trail.start + index * stride;
            if in_sequence {
                path += &format!("[{}]", trail.before + index);
            }
            let whole = if depth == last { fault.whole } else { None };
            let tag = |offset, tag| self.read_tag(value + offset as u64, tag);
            let (steps, part) = describe(trail.of, (at - value) as usize, whole, &tag);
            path += &steps;
            in_sequence = matches!(part.kind, Kind::Owner { layout, .. } if layout.is_sequence());
        }
        path
    }

    fn read_tag(&self, at: u64, tag: Scalar) -> i128 {
        // SAFETY: the byte lies in an element that has been claimed.
        let byte =
            unsafe { self.extent.base.at::<u8>((at / UNIT_BYTES as u64) as u32).byte_add(at as usize % UNIT_BYTES) };
        // SAFETY: it is the tag of an enum there, readable by the caller's contract.
        unsafe { tag.read(byte) }
    }
}

const BEFORE_THE_REGION: &str = "its allocation begins before the region";

#[cold]
fn fault(at: u64, what: impl FnOnce() -> String) -> Box<Fault> {
    Box::new(Fault { at, what: what(), whole: None })
}

fn bytes(unit: u32) -> u64 {
    u64::from(unit) * UNIT_BYTES as u64
}

impl Visitor for Validate {
    type Stop = Box<Fault>;

    #[inline(always)]
    unsafe fn leaf<T: Relocatable>(
        &mut self,
        at: NonNull<T>,
        valid: impl FnOnce(NonNull<T>) -> bool,
        expected: &'static str,
    ) -> Result<(), Box<Fault>> {
        if valid(at) {
            return Ok(());
        }
        Err(self.unexpected(at.cast(), expected))
    }

    #[inline(always)]
    unsafe fn tag<R: Relocatable + Copy>(
        &mut self,
        at: NonNull<R>,
        known: impl FnOnce(R) -> bool,
    ) -> Result<R, Box<Fault>> {
        // SAFETY: readable by the caller's contract; a tag is an integer, so any bits will do.
        let tag = unsafe { at.read() };
        if known(tag) {
            return Ok(tag);
        }
        Err(self.fault(at.cast(), "no variant has this tag"))
    }

    #[inline(always)]
    unsafe fn owned<T: Relocatable>(&mut self, edge: Edge<T>) -> Result<(), Box<Fault>> {
        let handle = self.extent.base.byte_of(edge.at);
        if size_of::<T>() == 0 {
            // Nothing to claim. All elements are the same, so one is enough.
            self.push(handle, self.extent.base.at::<T>(edge.unit), edge.count.min(1), 0);
            return Ok(());
        }
        let Some(from) = edge.unit.checked_sub(edge.head_units) else {
            return Err(fault(handle, || BEFORE_THE_REGION.to_owned()));
        };
        self.claim(handle, from, edge.units, edge.unit, align_of::<T>())?;
        let at = self.extent.base.at::<T>(edge.unit);
        // SAFETY: they were just claimed.
        unsafe { self.elements(handle, at, edge.count, 0) }
    }

    unsafe fn ring<T: Relocatable>(&mut self, ring: Ring<T>) -> Result<(), Box<Fault>> {
        let handle = self.extent.base.byte_of(ring.at);
        let Some((from, units)) = ring.allocation() else {
            return Err(fault(handle, || BEFORE_THE_REGION.to_owned()));
        };
        self.claim(handle, from, units, ring.unit, align_of::<T>())?;
        let ((first, places), (front, back)) = (ring.starts(self.extent.base), ring.runs());
        // SAFETY: they were just claimed.
        unsafe { self.elements(handle, first, front, 0) }?;
        // SAFETY: as above.
        unsafe { self.elements(handle, places, back, front) }
    }

    unsafe fn rows<T: Relocatable>(&mut self, rows: Rows<T>) -> Result<(), Box<Fault>> {
        let (base, handle) = (self.extent.base, self.extent.base.byte_of(rows.at));
        self.claim(handle, rows.unit, rows.units().unwrap_or(u64::MAX), rows.unit, Rows::<T>::NEEDED)?;
        // SAFETY: they were just claimed.
        if unsafe { rows.marked(base) } != u64::from(rows.count) {
            return Err(fault(handle, || "its length isn't the number of its entries".to_owned()));
        }
        if T::FACTS.skips_validation() || rows.count == 0 {
            return Ok(());
        }
        if T::FACTS.shallow && self.trails.is_none() {
            // SAFETY: just claimed, and counted.
            for at in unsafe { rows.elements(base) } {
                // SAFETY: readable, and aligned for its type.
                unsafe { T::trace(at, self) }?;
            }
            return Ok(());
        }
        let trail = self.trail(handle, rows.first_place(base), 0);
        self.runs.push(Run::of_rows(&rows, base, trail));
        Ok(())
    }

    unsafe fn reference(&mut self, at: NonNull<u32>) -> Result<(), Box<Fault>> {
        Err(self.fault(at.cast(), "a reference to another region can't come from a file"))
    }

    unsafe fn head(&mut self, near: NonNull<u32>, unit: u32) -> Result<[u32; 2], Box<Fault>> {
        let (first, units) = (self.extent.first, self.extent.units);
        // A head within the region; that it is its owner's alone is claimed with the elements.
        if unit.wrapping_sub(1).wrapping_sub(first) >= units || unit == 0 {
            return Err(self.fault(near.cast(), "its handle leaves the region"));
        }
        let head = self.extent.base.at::<[u32; 2]>(unit - 1);
        // SAFETY: readable, and any bits will do.
        Ok(unsafe { head.read() })
    }

    unsafe fn require<T>(
        &mut self,
        at: NonNull<T>,
        condition: impl FnOnce(&T) -> Result<(), &'static str>,
    ) -> Result<(), Box<Fault>> {
        // SAFETY: the caller's contract: what the condition reads has been validated.
        condition(unsafe { at.as_ref() }).map_err(|what| self.fault(at.cast(), what))
    }

    unsafe fn deferred<T: Relocatable>(&mut self, at: NonNull<T>, condition: fn(&T) -> Result<(), String>) {
        /// # Safety
        ///
        /// `at` is a valid `T`, and `condition` a `fn(&T) -> Result<(), String>`.
        unsafe fn ask<T>(at: NonNull<u8>, condition: *const ()) -> Result<(), String> {
            // SAFETY: the caller's contract.
            let condition: fn(&T) -> Result<(), String> = unsafe { std::mem::transmute(condition) };
            // SAFETY: the caller's contract.
            condition(unsafe { at.cast::<T>().as_ref() })
        }
        self.deferred.push(Deferred {
            at: at.cast(),
            condition: condition as *const (),
            ask: ask::<T>,
            of: type_id::<T>,
            trail: self.current,
        });
    }
}
