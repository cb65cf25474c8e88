#![allow(unused)]

use offset_std::{Place, Slot};

fn attempt(slot: Slot<'_, u64>, place: Place<'_, u64>) {
    slot.writer().grow_in_place(16, 1, 0);
    place.writer().free(16, 1);
    slot.writer().free_zeroed(16, 1);
    place.writer().adopt_orphans();
}

fn main() {}
