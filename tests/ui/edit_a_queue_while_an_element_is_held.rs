#![allow(unused)]

use offset_std::{BinaryHeapMut, String, StringMut, VecDequeMut};

fn push_while_an_element_is_popped(mut queue: VecDequeMut<'_, String>) {
    let first = queue.pop_front();
    queue.push_back("next");
    drop(first);
}

fn keep_what_drain_gave(mut queue: VecDequeMut<'_, String>) {
    let mut kept = Vec::new();
    queue.drain(.., |popped| kept.push(popped));
}

fn push_what_the_queue_has(mut queue: VecDequeMut<'_, String>) {
    queue.push_back(&queue[0]);
}

fn write_an_element_with_handles(mut queue: VecDequeMut<'_, String>, mut other: VecDequeMut<'_, String>) {
    std::mem::swap(&mut queue[0], &mut other[0]);
}

fn push_while_the_greatest_is_edited(mut heap: BinaryHeapMut<'_, String>) {
    let guard = heap.peek_mut().unwrap();
    heap.push("more");
    drop(guard);
}

fn write_the_greatest(mut heap: BinaryHeapMut<'_, String>, mut other: BinaryHeapMut<'_, String>) {
    std::mem::swap(&mut *heap.peek_mut().unwrap(), &mut *other.peek_mut().unwrap());
}

fn edit_others_than_the_greatest(mut heap: BinaryHeapMut<'_, u64>) {
    heap.iter_mut().for_each(|number| *number = 3);
}

fn keep_a_handle_of_the_greatest<'a>(heap: &'a mut BinaryHeapMut<'_, String>) -> StringMut<'a> {
    heap.peek_mut().unwrap().edit()
}

fn main() {}
