//! What may be rewritten, and when it is worth it. Static: one policy serves every request alike.

mod glob;
mod shell;
mod tools;

pub use glob::Glob;
pub use tools::{Tool, ToolRules, Treatment};

use crate::{Codec, Limits};

/// The configuration of a stream: what to do, and within which bounds.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Settings {
    /// What may be rewritten.
    pub policy: Policy,
    /// The bounds.
    pub limits: Limits,
}

impl Settings {
    /// Settings of a policy and its bounds.
    pub fn new(policy: Policy, limits: Limits) -> Self {
        Self { policy, limits }
    }
}

/// What may be rewritten. No field depends on time, load or what was sent before, so equal bytes
/// leave as equal bytes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Policy {
    /// How far to go.
    pub level: Level,
    /// What a rewrite must save.
    pub gain: Gain,
    /// Which tags are protected.
    pub protect: Protect,
    /// Which tools' results are rewritten.
    pub tools: ToolRules,
    /// Rewrites request bodies as they pass, never holding them whole.
    pub stream_requests: bool,
    /// Which bytes to write: see [`Output`].
    pub output: Output,
    /// Tries this codec alone, on every part that is not a file's text, whatever it looks like.
    pub only: Option<Codec>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            level: Level::Lossless,
            gain: Gain::default(),
            protect: Protect::Known,
            tools: ToolRules::default(),
            stream_requests: false,
            output: Output::LATEST,
            only: None,
        }
    }
}

/// How far a policy goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Level {
    /// Nothing is rewritten.
    Off,
    /// Every rewrite can be undone to the byte.
    #[default]
    Lossless,
}

impl Level {
    /// The level of a name, as configurations have it.
    pub fn of(name: &str) -> Option<Level> {
        [Level::Off, Level::Lossless].into_iter().find(|level| level.name() == name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Lossless => "lossless",
        }
    }
}

/// The estimate, what parts are taken for, the codecs and their notation, together.
///
/// Providers cache prompts by their bytes, so a change of any of these makes every cached prompt new
/// and dearer. The same input leaves as the same bytes under the same output; a release that
/// writes other bytes adds one, and keeps the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// The first.
    #[default]
    One,
}

impl Output {
    /// What is written unless something else is asked for.
    pub const LATEST: Output = Output::One;

    /// The output of a number, as configurations name it.
    pub fn of(number: u32) -> Option<Output> {
        (number == 1).then_some(Output::One)
    }
}

/// What a rewrite of a part must save, or the part stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gain {
    /// Parts shorter than this many bytes stay.
    pub from_bytes: usize,
    /// The least share of the part's estimated tokens, in percent.
    pub percent: u64,
    /// The least number of estimated tokens.
    pub tokens: u64,
}

impl Default for Gain {
    fn default() -> Self {
        Self { from_bytes: 256, percent: 5, tokens: 16 }
    }
}

impl Gain {
    /// Whether going from `before` to `after` estimated tokens saves enough.
    pub fn is_met(&self, before: u64, after: u64) -> bool {
        let saved = before.saturating_sub(after);
        saved >= self.tokens && saved * 100 >= before * self.percent
    }
}

/// Which tags are protected: their bytes leave as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protect {
    /// The tags that agents and models are known to use, and every name with `-`, `_` or `:`
    /// between letters.
    #[default]
    Known,
    /// Every name that is not an element of HTML.
    Custom,
    /// These names, letter case ignored.
    Names(Vec<String>),
}
