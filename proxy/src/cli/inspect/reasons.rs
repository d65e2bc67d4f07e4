//! What each reason means, in a sentence.

use brevity::{Gain, Policy, Reason};

/// Why a part that is kept for `reason` was left alone, and what could change it.
pub(in crate::cli) fn sentence(reason: Reason, policy: &Policy) -> String {
    let text = match reason {
        Reason::Small | Reason::NoGain => return of_gain(reason, policy.gain),
        Reason::NoCodec => {
            "The policy asks for one codec alone, and that is not made for text of its kind."
        }
        Reason::Spacing => {
            "It is JSON whose white space follows no rule, so it could not be put back from a few words."
        }
        Reason::Protected => {
            "A protected tag covers it. Programs read such tags, so their bytes stay. Look at the \
             tags below."
        }
        Reason::Notation => {
            "Brevity has shortened it already, or it reads as if. Shortening it again would make \
             the way back ambiguous."
        }
        Reason::Limit => {
            "A bound was hit, which keeps memory bounded: it is too long, too deep or holds too many \
             values to be read whole, or there are too many texts in one message."
        }
        Reason::Inexact => {
            "The way back did not give its bytes. Brevity only writes what it can undo."
        }
        Reason::Fault => {
            "The codec failed on it, which is a fault of Brevity's. Nothing was lost; please report \
             it with the text."
        }
        Reason::Malformed => {
            "The JSON around it breaks off or is malformed, so nobody can tell what it is part of."
        }
        Reason::Escapes => {
            "Its JSON string is escaped in a way that no known client uses, so the rewritten text \
             could not be escaped back to the same bytes."
        }
        Reason::FileRead => {
            "It shows a file. Agents quote files back when they edit them, so the model has to see \
             the file's own text."
        }
        Reason::Source => {
            "It looks like source code. Agents quote code back when they edit it, so the model has to \
             see the code itself."
        }
        Reason::Structured => {
            "It has a structured form beside it, or its tool promises one, and programs may compare \
             the two."
        }
        Reason::Excluded => "The configuration excludes the tool that made it.",
        Reason::Off => "The policy's level is off: nothing is rewritten.",
        // The enum may grow; the test below asks for a sentence then.
        _ => "Its name says all that this version knows of it.",
    };
    text.to_owned()
}

/// The sentences that name what a rewrite has to save.
fn of_gain(reason: Reason, gain: Gain) -> String {
    let Gain { from_bytes, percent, tokens, .. } = gain;
    match reason {
        Reason::Small => format!(
            "It is shorter than {from_bytes} bytes. What a rewrite could save there would not pay for \
             the line that explains it."
        ),
        _ => format!(
            "No codec found enough to shorten: a rewrite has to save {percent} % and {tokens} tokens \
             (est.), and be shorter in bytes."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_sentence_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for &reason in Reason::ALL {
            let text = sentence(reason, &Policy::default());
            assert!(text.ends_with('.') && !text.starts_with("Its name"), "{reason:?}");
            assert!(seen.insert(text), "{reason:?} shares its sentence");
        }
    }

    #[test]
    fn bounds_are_the_policys_own() {
        let mut policy = Policy::default();
        policy.gain.from_bytes = 7_777;
        assert!(sentence(Reason::Small, &policy).contains("7777 bytes"));
    }
}
