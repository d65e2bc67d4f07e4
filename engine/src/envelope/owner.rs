//! The object that says whether its texts are a tool's result: a content item, or a message.

/// Whether something holds, as far as it was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Standing {
    #[default]
    Unknown,
    Yes,
    No,
}

impl Standing {
    pub(super) fn known(yes: bool) -> Standing {
        if yes { Standing::Yes } else { Standing::No }
    }

    /// At the end of what could have told: silence is no.
    pub(super) fn close(&mut self) {
        if *self == Standing::Unknown {
            *self = Standing::No;
        }
    }
}

/// What an owner says of its texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Claim {
    /// Nothing yet.
    #[default]
    Unknown,
    /// They are a tool's result, and an id names the call.
    ById,
    /// They are a tool's result, and the tool is named.
    ByName,
    /// They are something else.
    No,
}

impl Claim {
    /// This, or `other` where this says nothing.
    pub(super) fn or(self, other: Claim) -> Claim {
        if self == Claim::Unknown { other } else { self }
    }
}

/// A reference to a call or a tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Reference {
    /// It did not come yet.
    #[default]
    Awaited,
    /// There is none, or none that can be kept.
    Missing,
    /// This one.
    Is(String),
}

impl From<Option<String>> for Reference {
    fn from(read: Option<String>) -> Self {
        read.map_or(Reference::Missing, Reference::Is)
    }
}

/// What is known of an owner.
#[derive(Debug, Default)]
pub(super) struct Owner {
    pub(super) claim: Claim,
    /// The id of the call that it answers.
    pub(super) answers: Reference,
    /// The tool's name.
    pub(super) name: Reference,
    /// The tool that its type names.
    pub(super) tool: Option<&'static str>,
    /// Whether only itself can tell who made the call that it answers, and has not yet.
    pub(super) awaits_caller: bool,
}

impl Owner {
    /// How the texts' tool is referred to.
    pub(super) fn reference(&self) -> &Reference {
        match self.claim {
            Claim::ByName => &self.name,
            _ => &self.answers,
        }
    }

    /// Whether its texts are eligible and all that has to be known of their tool is known.
    pub(super) fn standing(&self) -> Standing {
        match self.claim {
            Claim::No => Standing::No,
            Claim::Unknown => Standing::Unknown,
            _ if self.awaits_caller => Standing::Unknown,
            _ if *self.reference() == Reference::Awaited => Standing::Unknown,
            _ => Standing::Yes,
        }
    }

    /// At its end: what did not come is missing.
    pub(super) fn close(&mut self) {
        self.claim = self.claim.or(Claim::No);
        self.awaits_caller = false;
        for reference in [&mut self.answers, &mut self.name] {
            if *reference == Reference::Awaited {
                *reference = Reference::Missing;
            }
        }
    }
}
