//! What is a bust, and what is not.

use super::super::BustKind;
use super::talk::*;
use brevity::Dialect;

/// Turns, each with what is said of it.
type Said<'a> = &'a [(Turn, &'a [&'a str])];

/// In each dialect, in a session and without one.
fn check(name: &str, turns: Said) {
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
const SYSTEM: &str = "the system prompt is not what was sent before";

/// Turns of the same system prompt and tools, each with the message that is a bust, if one is.
fn check_messages(name: &str, turns: &[(&str, &str)]) {
    let said: Vec<_> = turns.iter().map(|(_, bust)| format!("message {bust}{MESSAGE}")).collect();
    let said: Vec<_> = said.iter().map(|text| [text.as_str()]).collect();
    let turns: Vec<(Turn, &[&str])> = turns
        .iter()
        .zip(&said)
        .map(|((messages, bust), said)| {
            (turn(messages), if bust.is_empty() { &[][..] } else { &said[..] })
        })
        .collect();
    check(name, &turns);
}

#[test]
fn what_changes_history_is_named_once() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        (
            "the newest result is another when it is old",
            &[
                ("u0 a1 t2", ""),
                ("u0 a1 tx a3 u4", "2 of 5"),
                ("u0 a1 tx a3 u4 a5 u6", ""),
                ("u0 a1 tx a3 u4 a5 u6 a7 u8", ""),
            ],
        ),
        (
            "deep in the history",
            &[
                ("u0 a1 t2 a3 t4 a5 u6", ""),
                ("u0 a1 tx a3 t4 a5 u6", "2 of 7"),
                ("u0 a1 tx ay t4 a5 u6", "3 of 7"),
            ],
        ),
        ("an answer lost its thinking", &[("u0 a1 t2", ""), ("u0 ax t2 a3 u4", "1 of 5")]),
        ("a message is gone", &[("u0 u1 a2 u3 a4 u5", ""), ("u0 a2 u3 a4 u5", "1 of 5")]),
        (
            "all results are cut",
            &[("u0 a1 t2 a3 t4 a5 t6", ""), ("u0 a1 tx a3 ty a5 tz a7 u8", "2 of 9")],
        ),
        ("a window slides", &[("u0 a1 t2 a3 t4", ""), ("u0 a3 t4 a5 t6", "1 of 5")]),
    ];
    cases.iter().for_each(|(name, turns)| check_messages(name, turns));
}

#[test]
fn what_is_no_bust() {
    let cases: &[(&str, &[&str])] = &[
        ("extensions", &["u0", "u0 a1 t2", "u0 a1 t2", "u0 a1 t2 a3 u4 u5"]),
        (
            "the user goes back",
            &["u0 a1 u2 a3 u4 a5 u6", "u0 a1 ux", "u0 a1 ux ay uz", "u0 a1", "ux"],
        ),
        ("late turns", &["u0 a1 u2 a3 u4", "u0 a1 u2", "u0", "u0 a1 u2 a3 u4 a5 u6"]),
        (
            "two runs that begin alike",
            &["u0", "u0", "u0 a1 t2", "u0 ax ty", "u0 a1 t2 a3 t4", "u0 ax ty az tw"],
        ),
        (
            "a question aside, with the same history",
            &[
                "u0 a1 u2",
                "u0 a1 u2 a3 usummarise",
                "u0 a1 u2 a3 u4",
                "u0 a1 u2 a3 u4 a5 usummarise",
                "u0 a1 u2 a3 u4 a5 u6",
            ],
        ),
        ("compacted, and cleared", &["u0 a1 u2 a3 u4", "usummary", "usummary a1 u2", "unew"]),
    ];
    for (name, turns) in cases {
        let turns: Vec<_> = turns.iter().map(|messages| (*messages, "")).collect();
        check_messages(name, &turns);
    }
}

#[test]
fn what_changes_the_system_prompt() {
    let two = format!("message 2 of 5{MESSAGE}");
    check(
        "it has a clock",
        &[
            (turn("u0"), &[]),
            (turn("u0 a1 t2").system("it is two"), &[SYSTEM]),
            (turn("u0 a1 t2 a3 u4").system("it is three"), &[SYSTEM]),
            (turn("u0 a1 t2 a3 u4 a5 u6").system("it is three"), &[]),
        ],
    );
    check(
        "everything at once",
        &[
            (turn("u0 a1 t2"), &[]),
            (
                turn("u0 a1 tx a3 u4").system("else").tools("write read run"),
                &["tool 0 (write) stood elsewhere before", SYSTEM, &two],
            ),
            (turn("u0 a1 tx a3 u4 a5 u6").system("else").tools("write read run"), &[]),
        ],
    );
}

#[test]
fn side_requests_are_no_busts() {
    check(
        "titles and agents",
        &[
            (turn("u0 a1 u2"), &[]),
            (turn("title").system("name it").tools(""), &[]),
            (turn("u0").system("is it new?").tools(""), &[]),
            (turn("u9").system("an agent").tools("read"), &[]),
            (turn("u0 a1 u2 a3 u4"), &[]),
            (turn("u9 a1 t2").system("an agent").tools("read"), &[]),
        ],
    );
    let aside = || turn("u0 a1 u2 a3 usummarise").system("you sum up").tools("");
    check(
        "the whole history with another system prompt misses the cache, and its way back not",
        &[
            (turn("u0 a1 u2"), &[]),
            (aside(), &["tool 0 was sent before and is missing", SYSTEM]),
            (turn("u0 a1 u2 a3 u4"), &[]),
            (aside(), &[]),
            (turn("u0 a1 u2 a3 u4 a5 u6"), &[]),
        ],
    );
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
    assert_eq!(counts.busts, [0; BustKind::ALL.len()]);
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
    assert_eq!((counts.conversations, counts.busts[BustKind::Message as usize]), (2, 1));
}

#[test]
fn late_turns_do_not_crowd_out_the_newest() {
    let guard = guard();
    let words =
        |count| -> Vec<_> { (0..count).map(|n| format!("{}{n}", ["u", "a"][n % 2])).collect() };
    let of = |words: Vec<String>| turn(&words.join(" "));
    assert_eq!(of(words(61)).seen_by(&guard), [""; 0]);
    for late in 0..30 {
        assert_eq!(of(words(2 * late + 1)).seen_by(&guard), [""; 0]);
    }
    let mut edited = words(63);
    edited[60] = "ux".into();
    assert_eq!(of(edited).seen_by(&guard), [format!("message 60 of 63{MESSAGE}")]);
}
