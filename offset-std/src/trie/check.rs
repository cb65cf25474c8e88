//! What isn't needed for safety but is asked of a file, once all of it is known to be valid: that the length is right, and that each key lies where the nodes say (A4).

use super::Trie;
use super::edge::{MAX_INLINE, Tag};
use super::node::AT_END;
use super::search::Tree;
use super::walk::Path;

/// Checks a trie that is valid.
///
/// Of two leaves that follow each other, the node where their ways part says how many bytes they have in common and which ones come next. Every node parts two such leaves (A3), so if all of
/// those are right, all keys below a node have its depth in bytes in common.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn check<V>(trie: &Trie<V>) -> Result<(), String> {
    let Some(tree) = trie.tree() else { return Ok(()) };
    let mut path = Path::outermost(tree, false);
    let mut key = key_of::<V>(tree, &path)?;
    descends(tree, &path, 0)?;
    let mut len = 1;
    while let Some(moved) = path.advance(tree) {
        let next = key_of::<V>(tree, &path)?;
        descends(tree, &path, moved)?;
        let (node, place) = path.nodes(tree, moved).next().expect("a step moved");
        let before = node.place_before(place).expect("it moved from a place");
        let (depth, byte) = (node.depth(), |place: usize| (place > AT_END).then(|| node.byte_of(place - 1)));
        let common = key.get(..depth).is_some_and(|common| next.starts_with(common));
        if !common || key.get(depth).copied() != byte(before) || next.get(depth).copied() != byte(place) {
            return Err("the trie's keys aren't where its nodes say".to_owned());
        }
        key = next;
        len += 1;
    }
    if len != trie.len() {
        return Err(format!("the trie has {len} entries and says {}", trie.len()));
    }
    Ok(())
}

/// The key of a path's leaf, which lies in the leaf if it can. It stays where it is while the trie is checked.
fn key_of<'a, V>(tree: Tree, path: &Path) -> Result<&'a [u8], String> {
    let leaf = path.leaf();
    // SAFETY: nobody edits the trie while it is checked.
    let key = unsafe { leaf.leaf::<V>(tree.base).key() };
    if leaf.tag == Tag::LONG && key.len() <= MAX_INLINE {
        return Err("a short key of a trie lies apart from its leaf".to_owned());
    }
    Ok(key)
}

/// Checks that depths grow on the way down from a step.
fn descends(tree: Tree, path: &Path, from: usize) -> Result<(), String> {
    if path.nodes(tree, from).is_sorted_by(|(one, _), (next, _)| one.depth() < next.depth()) {
        return Ok(());
    }
    Err("the depths of a trie's nodes don't grow".to_owned())
}
