//! Which directory the lines below share.

use super::PAGE;

/// How many bytes make a token of a path, about, in tenths.
const TOKEN: usize = 35;
/// The most directories of one path that are tried.
const DEEPEST: usize = 16;

/// The paths of a page. A line that is no row has none.
#[derive(Default)]
pub(super) struct Paths<'t> {
    paths: Vec<Option<&'t [u8]>>,
    /// How many bytes each path shares with the one before; a line without one shares all.
    shared: Vec<usize>,
    /// The last path.
    before: &'t [u8],
}

impl<'t> Paths<'t> {
    /// Forgets all paths.
    pub(super) fn clear(&mut self) {
        self.paths.clear();
        self.shared.clear();
        self.before = b"";
    }

    /// Adds the path of the next line.
    pub(super) fn push(&mut self, path: Option<&'t [u8]>) {
        self.paths.push(path);
        self.shared.push(match path {
            None => usize::MAX,
            Some(path) => {
                let before = std::mem::replace(&mut self.before, path);
                before.iter().zip(path).take_while(|(a, b)| a == b).count()
            }
        });
    }

    /// How many lines are known.
    pub(super) fn len(&self) -> usize {
        self.paths.len()
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
            let far = self.paths.len().min(at + PAGE);
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
