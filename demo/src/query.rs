//! Questions about a tree, and their answers: from an index, or from the file system itself.

use std::cmp::Reverse;
use std::ffi::OsStr;
use std::io;
use std::ops::RangeInclusive;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use offset_std::SystemTime;

use crate::index::{Counts, Index, Item, Kind, components, push_component};
use crate::walk::{self, Found};

/// How many entries an answer shows of the largest and the newest files.
const TOP: usize = 10;

/// How many it shows of everything else.
const FEW: usize = 5;

/// A question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Query {
    /// How many entries there are of each kind, and how many bytes in all regular files.
    Total,
    /// The regular files with the most bytes.
    Largest,
    /// The regular files changed last.
    Newest,
    /// The regular files with so many bytes.
    Size(RangeInclusive<u64>),
    /// The entries with this name.
    Name(Vec<u8>),
    /// The paths that end like this.
    Suffix(Vec<u8>),
    /// The entry at this path, relative to the root.
    At(Vec<u8>),
}

/// An answer. The same question has the same answer wherever it comes from, unless the tree has changed since.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answer {
    /// What matches, counted.
    pub counts: Counts,
    /// The matches that are shown, the first first.
    pub hits: Vec<Hit>,
}

/// An entry in an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// Its path, relative to the root.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// The length in bytes.
    pub size: u64,
    /// When the content was last changed.
    pub modified: SystemTime,
}

impl Query {
    /// Reads a query as it is written on a command line: `total`, `largest`, `newest`, `size=FROM-TO`, `name=…`, `suffix=…` or `path=…`.
    pub fn parse(text: &OsStr) -> Option<Query> {
        let text = text.as_bytes();
        match text {
            b"total" => Some(Query::Total),
            b"largest" => Some(Query::Largest),
            b"newest" => Some(Query::Newest),
            _ => {
                let equals = text.iter().position(|&byte| byte == b'=')?;
                let value = &text[equals + 1..];
                match &text[..equals] {
                    b"size" => Some(Query::Size(parse_range(str::from_utf8(value).ok()?)?)),
                    b"name" => Some(Query::Name(value.to_owned())),
                    b"suffix" => Some(Query::Suffix(value.to_owned())),
                    b"path" => Some(Query::At(value.to_owned())),
                    _ => None,
                }
            }
        }
    }

    /// The answer of an index: from the map that knows it, where one does.
    pub fn ask_index(&self, index: &Index) -> Answer {
        let Counts { files, bytes, .. } = index.counts;
        let all_files = Counts { files, bytes, ..Counts::default() };
        match self {
            Query::Total => Answer { counts: index.counts, hits: Vec::new() },
            Query::Largest => Answer { counts: all_files, hits: first(TOP, index, index.by_size.values().rev()) },
            Query::Newest => Answer { counts: all_files, hits: first(TOP, index, index.by_time.values().rev()) },
            Query::Size(sizes) => {
                let mut counts = Counts::default();
                for (size, numbers) in index.by_size.range(sizes.clone()) {
                    numbers.iter().for_each(|_| counts.add(Kind::File, *size));
                }
                let groups = index.by_size.range(sizes.clone()).rev().map(|(_, numbers)| numbers);
                Answer { counts, hits: first(FEW, index, groups) }
            }
            Query::Name(name) => self.collect(|see| {
                let mut directory = Vec::new();
                for &number in index.by_name.get(name).into_iter().flatten() {
                    index.numbered(number, &mut directory).into_iter().for_each(&mut *see);
                }
            }),
            Query::Suffix(_) => self.collect(|see| index.visit(see)),
            Query::At(path) => Answer::one(index.entry(path).map(|entry| entry.in_directory(b"")), path),
        }
    }

    /// The answer of the file system, for which everything below `root` is read.
    ///
    /// # Errors
    ///
    /// If `root` can't be read.
    pub fn ask_file_system(&self, root: &Path) -> io::Result<Answer> {
        match self {
            Query::At(path) => Ok(Answer::one(find(root, path)?.as_ref().map(|found| found.in_directory(b"")), path)),
            _ => {
                let mut outcome = Ok(());
                let answer = self.collect(|see| outcome = walk::visit(root, see).map(drop));
                outcome.map(|()| answer)
            }
        }
    }

    /// Runs over all entries that `visit` shows.
    fn collect(&self, visit: impl FnOnce(&mut dyn FnMut(Item<'_>))) -> Answer {
        let mut counts = Counts::default();
        let mut top = Top::new(match self {
            Query::Total | Query::At(_) => 0,
            Query::Largest | Query::Newest => TOP,
            Query::Size(_) | Query::Name(_) | Query::Suffix(_) => FEW,
        });
        visit(&mut |item| {
            let is_file = item.kind == Kind::File;
            let rank = match self {
                Query::Total | Query::At(_) => Some(Rank::default()),
                Query::Largest => is_file.then_some(Rank { size: item.size, ..Rank::default() }),
                Query::Newest => is_file.then_some(Rank { modified: item.modified, ..Rank::default() }),
                Query::Size(sizes) => {
                    (is_file && sizes.contains(&item.size)).then_some(Rank { size: item.size, ..Rank::default() })
                }
                Query::Name(name) => (item.name == name.as_slice()).then_some(Rank::default()),
                Query::Suffix(suffix) => item.path_ends_with(suffix).then_some(Rank::default()),
            };
            if let Some(rank) = rank {
                counts.add(item.kind, item.size);
                top.offer(rank, &item);
            }
        });
        Answer { counts, hits: top.hits.into_iter().map(|(_, hit)| hit).collect() }
    }
}

/// Reads `FROM-TO`, both of which may be left out.
fn parse_range(text: &str) -> Option<RangeInclusive<u64>> {
    let (from, to) = text.split_once('-')?;
    let bound = |text: &str, open: u64| if text.is_empty() { Some(open) } else { text.parse().ok() };
    let range = bound(from, 0)?..=bound(to, u64::MAX)?;
    (!range.is_empty()).then_some(range)
}

/// The first entries of groups of equals, those of one group in the order of their paths.
fn first<'a>(limit: usize, index: &Index, groups: impl Iterator<Item = &'a offset_std::Vec<u32>>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut directory = Vec::new();
    for group in groups {
        let group_start = hits.len();
        if group_start >= limit {
            break;
        }
        hits.extend(group.iter().filter_map(|&number| Some(index.numbered(number, &mut directory)?.to_hit())));
        hits[group_start..].sort_unstable_by(|one: &Hit, other| one.path.cmp(&other.path));
    }
    hits.truncate(limit);
    hits
}

/// Looks an entry up in the file system. Like an index, it doesn't follow links, and `..` is no name.
fn find(root: &Path, path: &[u8]) -> io::Result<Option<Found>> {
    let mut place = root.to_owned();
    let mut found = Found::at(root)?;
    for part in components(path) {
        if found.kind != Kind::Directory || part == b".." {
            return Ok(None);
        }
        place.push(OsStr::from_bytes(part));
        found = match Found::at(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            result => result?,
        };
    }
    Ok(Some(found))
}

impl Answer {
    /// The answer that is one entry, at `path`, or none.
    fn one(item: Option<Item<'_>>, path: &[u8]) -> Answer {
        let mut answer = Answer::default();
        if let Some(item) = item {
            let mut plain = Vec::new();
            components(path).for_each(|part| push_component(&mut plain, part));
            answer.counts.add(item.kind, item.size);
            answer.hits.push(Hit { path: plain, ..item.to_hit() });
        }
        answer
    }
}

impl Item<'_> {
    /// Whether the path, with the `/` before the name, ends with `suffix`.
    fn path_ends_with(&self, suffix: &[u8]) -> bool {
        let Some(rest) = suffix.strip_suffix(self.name) else { return self.name.ends_with(suffix) };
        match rest.strip_suffix(b"/") {
            Some(rest) if !self.directory.is_empty() => self.directory.ends_with(rest),
            Some(rest) => rest.is_empty(),
            None => rest.is_empty(),
        }
    }

    fn to_hit(self) -> Hit {
        let mut path = self.directory.to_owned();
        push_component(&mut path, self.name);
        Hit { path, kind: self.kind, size: self.size, modified: self.modified }
    }
}

/// What entries are sorted by: the greatest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Rank {
    size: u64,
    modified: SystemTime,
}

/// The first few entries by rank; among equals by path, so that the order of the walk doesn't matter.
struct Top {
    limit: usize,
    hits: Vec<(Rank, Hit)>,
}

impl Top {
    fn new(limit: usize) -> Top {
        Top { limit, hits: Vec::with_capacity(limit + 1) }
    }

    fn offer(&mut self, rank: Rank, item: &Item<'_>) {
        let full = self.hits.len() == self.limit;
        if full && self.hits.last().is_none_or(|(last, _)| rank < *last) {
            return;
        }
        // Only now is the path worth its making.
        let hit = item.to_hit();
        let place = self.hits.partition_point(|(other, at)| (Reverse(*other), &at.path) < (Reverse(rank), &hit.path));
        self.hits.insert(place, (rank, hit));
        self.hits.truncate(self.limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item<'a>(directory: &'a [u8], name: &'a [u8], size: u64) -> Item<'a> {
        Item { directory, name, kind: Kind::File, size, modified: SystemTime::default() }
    }

    #[test]
    fn a_suffix_may_reach_into_the_directory() {
        let item = item(b"usr/lib", b"libc.so", 0);
        for suffix in ["", ".so", "libc.so", "/libc.so", "lib/libc.so", "usr/lib/libc.so"] {
            assert!(item.path_ends_with(suffix.as_bytes()), "{suffix}");
        }
        for suffix in ["o.s", "xlibc.so", "bin/libc.so", "/usr/lib/libc.so", "//libc.so"] {
            assert!(!item.path_ends_with(suffix.as_bytes()), "{suffix}");
        }
    }

    #[test]
    fn the_top_keeps_the_greatest_and_among_equals_the_first_path() {
        let mut top = Top::new(3);
        for (name, size) in [("d", 1), ("c", 5), ("b", 1), ("e", 9), ("a", 1)] {
            top.offer(Rank { size, ..Rank::default() }, &item(b"", name.as_bytes(), size));
        }
        let paths: Vec<_> = top.hits.iter().map(|(_, hit)| hit.path.clone()).collect();
        assert_eq!(paths, [b"e", b"c", b"a"]);
    }

    #[test]
    fn queries_are_read_as_they_are_written() {
        let parse = |text: &str| Query::parse(OsStr::new(text));
        assert_eq!(parse("total"), Some(Query::Total));
        assert_eq!(parse("suffix=.rs"), Some(Query::Suffix(b".rs".to_vec())));
        assert_eq!(parse("path=a/b=c"), Some(Query::At(b"a/b=c".to_vec())));
        assert_eq!(parse("name=libc.so"), Some(Query::Name(b"libc.so".to_vec())));
        assert_eq!(parse("size=5-"), Some(Query::Size(5..=u64::MAX)));
        assert_eq!(parse("size=-9"), Some(Query::Size(0..=9)));
        for none in ["size=", "size=9", "size=9-8", "size=a-b", "colour=red"] {
            assert_eq!(parse(none), None);
        }
        assert_eq!(parse("totally"), None);
    }
}
