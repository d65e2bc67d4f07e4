//! People, said in full once and then by name.

use super::NEAR;
use foldhash::HashMap;
use memchr::memmem;

/// Who was said in full: `Ann <ann@pond.example>`, by name, and in which line of the body.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    said: HashMap<&'a [u8], (usize, &'a [u8])>,
}

impl<'a> Names<'a> {
    /// How to say `who` in line `at`: by name, if that is clear there. `None`: it has no name.
    pub(super) fn short(&self, who: &'a [u8], at: usize) -> Option<&'a [u8]> {
        let name = name(who)?;
        let is_near = |&&(above, said): &&(usize, &[u8])| said == who && at - above <= NEAR;
        Some(if self.said.get(name).filter(is_near).is_some() { name } else { who })
    }

    /// Who was meant, and in which line that was said if it was another one.
    pub(super) fn full(&self, said: &'a [u8]) -> Option<(&'a [u8], Option<usize>)> {
        if name(said).is_some() {
            return Some((said, None));
        }
        self.said.get(said).map(|&(above, who)| (who, Some(above)))
    }

    /// Notes what line `at` says.
    pub(super) fn note(&mut self, said: &'a [u8], at: usize) {
        if let Some(name) = name(said) {
            self.said.insert(name, (at, said));
        }
    }
}

/// The name in `Ann <ann@pond.example>`.
fn name(who: &[u8]) -> Option<&[u8]> {
    let mail = memmem::find(who, b" <")?;
    (mail > 0 && who.ends_with(b">")).then(|| &who[..mail])
}
