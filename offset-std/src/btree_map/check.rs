//! What isn't needed for safety but is asked of a file, once all of it is known to be valid: that the length is right, and that keys whose order this crate knows are in
//! that order.

use super::BTreeMap;
use super::cursor::Cursor;
use super::key::prefix_of;
use super::node::Node;
use super::search::Tree;
use crate::String;
use crate::kind::{cast, is, is_text};

/// Checks a map that is valid.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn check<K, V>(map: &BTreeMap<K, V>) -> Result<(), std::string::String> {
    let Some(tree) = map.tree() else { return Ok(()) };
    // SAFETY: B1 to B3 hold for a map, which nobody edits while it is borrowed.
    let mut cursor = unsafe { Cursor::<K, V>::first(tree) };
    let mut len = 0;
    loop {
        len += cursor.leaf.count() as u64;
        // SAFETY: as above.
        if !unsafe { cursor.next_leaf(tree) } {
            break;
        }
    }
    if len != u64::from(map.len) {
        return Err(format!("the map has {len} entries and says {}", map.len));
    }
    macro_rules! integers {
        ($($integer:ty),*) => {$(
            if is::<K, $integer>() {
                return in_order(map, tree, |one, other| cast::<K, $integer>(one) < cast::<K, $integer>(other));
            }
        )*};
    }
    integers!(u64, i64, u32, i32, u16, i16, u8, i8);
    if is_text::<K>() {
        return in_order(map, tree, |one, other| cast::<K, String>(one) < cast::<K, String>(other));
    }
    Ok(())
}

fn in_order<K, V>(map: &BTreeMap<K, V>, tree: Tree, smaller: fn(&K, &K) -> bool) -> Result<(), std::string::String> {
    if !map.keys().zip(map.keys().skip(1)).all(|(one, next)| smaller(one, next)) {
        return Err("the map's keys aren't in order".to_owned());
    }
    separators::<K, V>(tree, tree.root, tree.height, smaller, [None, None]).map(drop)
}

/// Checks the separators, and the prefixes, below the node at `unit`: all keys are from the first of `bounds`, and below the second. The depth is that of the tree.
fn separators<K, V>(
    tree: Tree,
    unit: u32,
    level: usize,
    smaller: fn(&K, &K) -> bool,
    bounds: [Option<&K>; 2],
) -> Result<(), std::string::String> {
    // SAFETY: B1: the caller got the unit from a live tree, which nobody edits.
    let node = unsafe { Node::<K, V>::new(tree.base, unit) };
    // SAFETY: B2.
    let key = |index| unsafe { node.key_ref(index) };
    for index in 0..node.count() {
        if is_text::<K>() {
            // SAFETY: B2: as many prefixes as keys.
            let prefix = unsafe { node.prefix(index).read() };
            if prefix != prefix_of(key(index)) {
                return Err("a map keeps leading bytes that aren't its key's".to_owned());
            }
        }
        let [from, to] = bounds;
        let before = index.checked_sub(1).is_some_and(|before| !smaller(key(before), key(index)));
        if before || from.is_some_and(|from| smaller(key(index), from)) || to.is_some_and(|to| !smaller(key(index), to))
        {
            return Err("the map's keys aren't where its tree says".to_owned());
        }
    }
    if level > 0 {
        for index in 0..=node.count() {
            let from = if index == 0 { bounds[0] } else { Some(key(index - 1)) };
            let to = if index == node.count() { bounds[1] } else { Some(key(index)) };
            // SAFETY: B2.
            let child = unsafe { node.child(index) };
            separators::<K, V>(tree, child, level - 1, smaller, [from, to])?;
        }
    }
    Ok(())
}
