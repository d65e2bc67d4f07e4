//! Which directory the lines below share.

use super::NEAR;

/// How many bytes make a token of a path, about, in tenths.
const TOKEN: usize = 35;
/// The most directories of one path that are tried.
const DEEPEST: usize = 16;

/// The paths of a page. A line that is no row has none.
pub(super) struct Paths<'t> {
    paths: Vec<Option<&'t [u8]>>,
    /// How many bytes each path shares with the one before; a line without one shares all.
    shared: Vec<usize>,
}

impl<'t> Paths<'t> {
    pub(super) fn new(paths: Vec<Option<&'t [u8]>>) -> Self {
        let mut before: &[u8] = b"";
        let shared = paths.iter().map(|path| match path {
            None => usize::MAX,
            Some(path) => {
                let shared = before.iter().zip(*path).take_while(|(a, b)| a == b).count();
                before = path;
                shared
            }
        });
        let shared = shared.collect();
        Self { paths, shared }
    }

    pub(super) fn get(&self, at: usize) -> Option<&'t [u8]> {
        self.paths.get(at).copied().flatten()
    }

    /// How long a directory at the start of the path at `at` should be said for it and the paths
    /// after it, of which `said` bytes are said already. `cost`: the tokens of a template without
    /// its directory.
    ///
    /// Each directory of the path is tried: the one that saves most per line wins. `None`: what is
    /// said stays.
    pub(super) fn choose(&self, at: usize, said: Option<usize>, cost: usize) -> Option<usize> {
        let first = self.get(at)?;
        let stays = said.map_or(0, tokens);
        // What is said now is likely to be said again afterwards.
        let again = said.map_or(0, |said| if said > 0 { cost + tokens(said) } else { 0 });
        let (mut best, mut best_gain) = (None, 0);
        let mut rest = first;
        let mut end = at + 1;
        // From the longest directory to the shorter: the lines that share it only grow in number.
        for _ in 0..DEEPEST {
            let Some(directory) = directory(rest) else { break };
            let far = self.paths.len().min(at + NEAR);
            while end < far && self.shared[end] >= directory {
                end += 1;
            }
            let lines = end - at;
            let saved = lines * tokens(directory);
            let spent = cost + tokens(directory) + lines * stays + again;
            if saved > spent && (saved - spent) * 1000 / lines > best_gain {
                (best, best_gain) = (Some(directory), (saved - spent) * 1000 / lines);
            }
            rest = &rest[..directory - 1];
        }
        best.filter(|&end| Some(end) != said)
    }
}

/// Where the last directory of `path` ends, behind its slash.
fn directory(path: &[u8]) -> Option<usize> {
    memchr::memrchr2(b'/', b'\\', path).map(|slash| slash + 1)
}

fn tokens(bytes: usize) -> usize {
    bytes * 10 / TOKEN
}
