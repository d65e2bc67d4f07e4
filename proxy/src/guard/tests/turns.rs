//! What is a bust, and what is not.

use super::super::Kind;
use super::talk::*;
use brevity::Dialect;

/// Each turn with what is said of it, in a session or without one.
fn check(name: &str, turns: &[(Turn, &[&str])]) {
    for session in [None, Some("s")] {
        for dialect in ALL {
            let guard = guard();
            // A system prompt that is a message counts as one.
            let shift = usize::from(dialect == Dialect::OpenAiChat);
            for (at, (turn, expected)) in turns.iter().enumerate() {
                let seen = turn.clone().of(dialect).seen_in(&guard, session);
                let expected: Vec<_> = expected.iter().map(|text| shifted(text, shift)).collect();
                assert_eq!(seen, expected, "{name}, turn {at}, {dialect:?}, {session:?}");
            }
        }
    }
}

/// `message 2 of 5`, with both numbers moved.
fn shifted(text: &str, by: usize) -> String {
    let moved = |word: &str| word.parse().map_or(word.to_string(), |n: usize| (n + by).to_string());
    let is_message = text.starts_with("message");
    let words = text.split(' ').map(|word| if is_message { moved(word) } else { word.to_string() });
    words.collect::<Vec<_>>().join(" ")
}

const MESSAGE: &str = " is not what was sent before";

#[test]
fn what_is_a_bust_and_what_is_not() {
    let message = |of: &str| format!("message {of}{MESSAGE}");
    let (one, two, three) = (message("1 of 5"), message("2 of 5"), message("3 of 7"));
    let system = "the system prompt is not what was sent before";
    let cases: &[(&str, &[(Turn, &[&str])])] = &[
        (
            "extensions",
            &[
                (turn("u0"), &[]),
                (turn("u0 a1 t2"), &[]),
                (turn("u0 a1 t2"), &[]),
                (turn("u0 a1 t2 a3 u4 u5"), &[]),
            ],
        ),
        (
            "an old result is another, once",
            &[
                (turn("u0 a1 t2"), &[]),
                (turn("u0 a1 tx a3 u4"), &[&two]),
                (turn("u0 a1 tx a3 u4 a5 u6"), &[]),
                (turn("u0 a1 tx a3 u4 a5 u6 a7 u8"), &[]),
            ],
        ),
        (
            "an old result deep in the history",
            &[(turn("u0 a1 t2 a3 t4 a5 u6"), &[]), (turn("u0 a1 t2 ax t4 a5 u6"), &[&three])],
        ),
        (
            "an answer lost its thinking",
            &[(turn("u0 a1 t2"), &[]), (turn("u0 ax t2 a3 u4"), &[&one])],
        ),
        (
            "a message is gone",
            &[(turn("u0 u1 a2 u3 a4 u5"), &[]), (turn("u0 a2 u3 a4 u5"), &[&one])],
        ),
        (
            "the system prompt has a clock",
            &[
                (turn("u0"), &[]),
                (turn("u0 a1 t2").system("be brief, it is two"), &[system]),
                (turn("u0 a1 t2 a3 u4").system("be brief, it is three"), &[system]),
                (turn("u0 a1 t2 a3 u4 a5 u6").system("be brief, it is three"), &[]),
            ],
        ),
        (
            "the user goes back",
            &[
                (turn("u0 a1 u2 a3 u4 a5 u6"), &[]),
                (turn("u0 a1 ux"), &[]),
                (turn("u0 a1 ux ay uz"), &[]),
                (turn("u0 a1"), &[]),
                (turn("ux"), &[]),
            ],
        ),
        (
            "a turn is late",
            &[
                (turn("u0 a1 u2 a3 u4"), &[]),
                (turn("u0 a1 u2"), &[]),
                (turn("u0"), &[]),
                (turn("u0 a1 u2 a3 u4 a5 u6"), &[]),
            ],
        ),
        (
            "two runs that begin alike",
            &[
                (turn("u0"), &[]),
                (turn("u0"), &[]),
                (turn("u0 a1 t2"), &[]),
                (turn("u0 ax ty"), &[]),
                (turn("u0 a1 t2 a3 t4"), &[]),
                (turn("u0 ax ty az tw"), &[]),
            ],
        ),
        (
            "a question aside, with the same history",
            &[
                (turn("u0 a1 u2"), &[]),
                (turn("u0 a1 u2 a3 usummarise"), &[]),
                (turn("u0 a1 u2 a3 u4"), &[]),
                (turn("u0 a1 u2 a3 u4 a5 usummarise"), &[]),
                (turn("u0 a1 u2 a3 u4 a5 u6"), &[]),
            ],
        ),
        (
            "compacted, and cleared",
            &[
                (turn("u0 a1 u2 a3 u4"), &[]),
                (turn("usummary"), &[]),
                (turn("usummary a1 u2"), &[]),
                (turn("unew"), &[]),
            ],
        ),
        (
            "side requests",
            &[
                (turn("u0 a1 u2"), &[]),
                (turn("title").system("name it").tools(""), &[]),
                (turn("u0").system("is it new?").tools(""), &[]),
                (turn("u9").system("an agent").tools("read"), &[]),
                (turn("u0 a1 u2 a3 u4"), &[]),
                (turn("u9 a1 t2").system("an agent").tools("read"), &[]),
            ],
        ),
        (
            "everything at once",
            &[
                (turn("u0 a1 t2"), &[]),
                (
                    turn("u0 a1 tx a3 u4").system("else").tools("write read run"),
                    &["tool 0 (write) stood elsewhere before", system, &two],
                ),
            ],
        ),
    ];
    cases.iter().for_each(|(name, turns)| check(name, turns));
}

#[test]
fn what_happens_to_tools() {
    for (tools, said) in [
        ("read write run", ""),
        ("write read run", "tool 0 (write) stood elsewhere before"),
        ("read run write", "tool 1 (run) stood elsewhere before"),
        ("read write! run", "tool 1 (write) is not what was sent before"),
        ("read write", "tool 2 was sent before and is missing"),
        ("read run", "tool 1 was sent before and is missing"),
        ("", "tool 0 was sent before and is missing"),
        ("read write run ask", "tool 3 (ask) was not sent before"),
        ("ask read write run", "tool 0 (ask) was not sent before"),
    ] {
        let busts: &[&str] = if said.is_empty() { &[] } else { &[said] };
        let after = |messages| turn(messages).tools(tools);
        check(
            tools,
            &[(turn("u0"), &[]), (after("u0 a1 t2"), busts), (after("u0 a1 t2 a3 u4"), &[])],
        );
    }
}

#[test]
fn a_thousand_clean_turns_with_a_mark_that_moves() {
    let guard = guard();
    let mut talk = turn("u0");
    for at in 0..1_000 {
        talk.mark = talk.messages.len().checked_sub(1);
        assert_eq!(talk.seen_by(&guard), [""; 0], "turn {at}");
        talk.messages.extend([format!("a{at}"), format!("t{at}")]);
    }
    let counts = guard.counts();
    assert_eq!((counts.requests, counts.unread, counts.conversations), (1_000, 0, 1));
    assert_eq!(counts.busts, [0; Kind::ALL.len()]);
}

#[test]
fn a_first_message_that_changes_is_seen_in_a_session() {
    let guard = guard();
    assert_eq!(turn("u0 a1 t2").seen_in(&guard, Some("s")), [""; 0]);
    let seen = turn("ux a1 t2 a3 u4").seen_in(&guard, Some("s"));
    assert_eq!(seen, [format!("message 0 of 5{MESSAGE}")]);
}

#[test]
fn sessions_do_not_mix() {
    let guard = guard();
    for name in ["s", "t"] {
        assert_eq!(turn("u0 a1 t2").seen_in(&guard, Some(name)), [""; 0]);
    }
    assert_eq!(turn("u0 a1 tx a3 u4").seen_in(&guard, Some("s")).len(), 1);
    assert_eq!(turn("u0 a1 t2 a3 u4").seen_in(&guard, Some("t")), [""; 0]);
    let counts = guard.counts();
    assert_eq!((counts.conversations, counts.busts[Kind::Message as usize]), (2, 1));
}
