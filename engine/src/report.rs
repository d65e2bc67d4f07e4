//! What happened to each part, and why. Never an error.

use std::collections::BTreeMap;

/// Declares an enum of names. `ALL` and `name` come from the same list: neither can lack a variant.
macro_rules! named {
    ($(#[$about:meta])* $enum:ident: $name:literal; $($(#[$doc:meta])* $variant:ident $word:literal,)+) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $enum {
            $($(#[$doc])* $variant,)+
        }

        impl $enum {
            /// Every one, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            #[doc = $name]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

named! {
    /// The codecs.
    Codec: "The codec's name in the notation and in reports.";

    /// JSON: keys once, values in rows.
    Table "table",
    /// Logs: what lines have in common, once.
    Log "log",
    /// Search results and compiler messages: each path once.
    Search "search",
    /// Diffs with short headers.
    Diff "diff",
    /// Listings, columns, and runs of equal lines.
    Text "text",
    /// Lines that stand earlier in the same request.
    Repeat "repeat",
}

/// How far the lines of coded parts lean on others. Heads of tables, under which lines stand, are not
/// counted; they come at least every 100 lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reach {
    /// The most lines up that a line leans on another.
    pub up: usize,
    /// The most other lines that it takes to know what one line says.
    pub others: usize,
}

impl Reach {
    /// Notes that a line leans on `others` other lines, the furthest of them `up` lines above it.
    pub(crate) fn add(&mut self, up: usize, others: usize) {
        self.up = self.up.max(up);
        self.others = self.others.max(others);
    }
}

/// What a part is, from its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// One JSON document, or several that follow each other.
    Json,
    /// Whole lines of anything else.
    Text,
    /// A part that Brevity has written.
    Notation,
}

named! {
    /// Why a part left unchanged.
    Reason: "The reason's name in reports.";

    /// Shorter than the policy's `gain.from_bytes`.
    Small "small",
    /// The policy asks for one codec alone, which is not made for its kind.
    NoCodec "no-codec",
    /// No codec found anything to shorten, or the rewrite would save less than the policy's gain.
    NoGain "no-gain",
    /// It is JSON whose white space follows no rule.
    Spacing "spacing",
    /// A protected tag covers it.
    Protected "protected",
    /// It holds Brevity's own notation already.
    Notation "notation",
    /// A bound of [`Limits`](crate::Limits) was hit.
    Limit "limit",
    /// The codec's own way back did not give the source.
    Inexact "inexact",
    /// The JSON around it breaks off or is malformed.
    Malformed "malformed",
    /// The codec failed in a way that it must not: a fault of Brevity's.
    Fault "fault",
    /// No escape style reproduces the string's bytes.
    Escapes "escapes",
    /// It shows a file that the agent may quote back.
    FileRead "file-read",
    /// It looks like source code, which the agent may quote back.
    Source "source",
    /// It has a form for programs too, or its tool promises one: they may read it.
    Structured "structured",
    /// The configuration excludes the tool.
    Excluded "excluded",
    /// The policy's level is off.
    Off "off",
}

/// Where in a request a part stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The block's ordinal among the stream's blocks, from 0.
    pub block: u64,
    /// The index in `messages` of the message that holds it.
    pub message: u64,
    /// The tool's name, where it is known.
    pub tool: Option<String>,
}

/// What happened to one part.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub kind: Kind,
    /// Its length as text, before the stream's escapes.
    pub bytes_in: u64,
    /// The length of what left, as text.
    pub bytes_out: u64,
    /// Estimated tokens (o200k) before.
    pub tokens_in: u64,
    /// Estimated tokens (o200k) of what left.
    pub tokens_out: u64,
    /// The codec that rewrote it, or the reason why it stayed.
    pub result: Result<Codec, Reason>,
}

impl Outcome {
    /// The same part, if it stays after all.
    pub(crate) fn keep(&mut self, reason: Reason) {
        if self.result.is_ok() {
            self.bytes_out = self.bytes_in;
            self.tokens_out = self.tokens_in;
            self.result = Err(reason);
        }
    }
}

/// Totals of outcomes. Its size is bounded by the number of codecs and reasons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Everything together.
    pub total: Tally,
    /// What each codec rewrote.
    pub rewritten: BTreeMap<Codec, Tally>,
    /// What stayed, by reason.
    pub kept: BTreeMap<Reason, Tally>,
}

/// A count of parts and of what they weigh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Parts.
    pub parts: u64,
    /// Bytes of text before.
    pub bytes_in: u64,
    /// Bytes of text after.
    pub bytes_out: u64,
    /// Estimated tokens (o200k) before.
    pub tokens_in: u64,
    /// Estimated tokens (o200k) after.
    pub tokens_out: u64,
}

impl Report {
    /// Adds one outcome.
    pub fn add(&mut self, outcome: &Outcome) {
        self.total.add(outcome);
        match outcome.result {
            Ok(codec) => self.rewritten.entry(codec).or_default().add(outcome),
            Err(reason) => self.kept.entry(reason).or_default().add(outcome),
        }
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.parts += more.parts;
        self.bytes_in += more.bytes_in;
        self.bytes_out += more.bytes_out;
        self.tokens_in += more.tokens_in;
        self.tokens_out += more.tokens_out;
    }
}

impl Tally {
    fn add(&mut self, outcome: &Outcome) {
        self.parts += 1;
        self.bytes_in += outcome.bytes_in;
        self.bytes_out += outcome.bytes_out;
        self.tokens_in += outcome.tokens_in;
        self.tokens_out += outcome.tokens_out;
    }
}
