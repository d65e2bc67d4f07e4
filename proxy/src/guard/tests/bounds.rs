//! What the guard holds never passes its bounds.

use super::super::{
    Bounds, Guard,
    prompt::{MESSAGES, Prompt, TOOLS},
};
use super::talk::{read, turn};
use brevity::Dialect;

fn within(guard: &Guard, bounds: Bounds) -> bool {
    let counts = guard.counts();
    counts.conversations <= bounds.conversations && counts.bytes <= bounds.bytes
}

/// The first of `count` messages is another in each conversation.
fn prompt(conversation: usize, count: usize) -> Prompt {
    let messages: Vec<_> =
        (0..count).map(|n| format!("{}{conversation}-{n}", ["u", "a"][n % 2])).collect();
    read(Dialect::Anthropic, &turn(&messages.join(" ")).body())
}

#[test]
fn the_table_never_passes_its_bounds() {
    for bounds in [
        Bounds { conversations: 10, bytes: 1 << 20 },
        Bounds { conversations: 1_000, bytes: 20_000 },
        Bounds { conversations: 1_000, bytes: 100 },
        Bounds { conversations: 0, bytes: 1 << 20 },
    ] {
        let guard = Guard::new(bounds, 64);
        let mut most = 0;
        for number in 0..300 {
            // Some come again, longer.
            let conversation = number % 97;
            assert_eq!(guard.observe(None, &prompt(conversation, 1 + number % 40)), []);
            assert!(within(&guard, bounds), "{bounds:?} after {number}: {:?}", guard.counts());
            most = most.max(guard.counts().bytes);
        }
        let may_hold = bounds.conversations > 0 && bounds.bytes > 1_000;
        assert_eq!(most > 0, may_hold, "{bounds:?}");
    }
}

#[test]
fn one_session_with_many_lines_is_bounded() {
    let bounds = Bounds { conversations: 10, bytes: 64 << 10 };
    let guard = Guard::new(bounds, 64);
    for number in 0..200 {
        guard.observe(super::talk::session("s"), &prompt(number, 100));
        assert!(within(&guard, bounds));
    }
    assert_eq!(guard.counts().conversations, 1);
}

#[test]
fn the_default_bounds_hold_the_longest_conversation() {
    let guard = Guard::new(Bounds::default(), 64);
    let long = prompt(0, MESSAGES);
    for number in 0..100 {
        let mut other = long.clone();
        other.messages.rotate_left(number);
        guard.observe(super::talk::session("s"), &other);
        assert!(within(&guard, Bounds::default()));
    }
    assert_eq!(guard.counts().conversations, 1, "it was not forgotten");
}

#[test]
fn the_one_that_was_used_least_recently_goes() {
    let guard = Guard::new(Bounds { conversations: 2, bytes: 1 << 20 }, 64);
    let turn = |messages: &str| turn(messages).seen_by(&guard).len();
    assert_eq!((turn("ua a1 t2"), turn("ub a1 t2")), (0, 0));
    assert_eq!(turn("ua a1 t2"), 0, "used again");
    assert_eq!(turn("uc a1 t2"), 0);
    assert_eq!(turn("ua a1 tx a3 u4"), 1, "still known");
    assert_eq!(turn("ub a1 tx a3 u4"), 0, "forgotten");
}

#[test]
fn what_is_watched_of_one_request_is_bounded() {
    let many = |count, one: &str| vec![one; count].join(",");
    let body = format!(
        r#"{{"messages":[{}],"tools":[{}]}}"#,
        many(MESSAGES + 9, r#"{"role":"user"}"#),
        many(TOOLS + 9, "{}")
    );
    let prompt = read(Dialect::Anthropic, &body);
    assert_eq!((prompt.messages.len(), prompt.tools.len()), (MESSAGES, TOOLS));
}
