use super::*;
use crate::cli::gain::turn::Usage;
use crate::cli::gain::turn::{Draft, Turn, body};
use brevity::Dialect;

/// A request of so many messages, what left for it, and whether it expands.
fn proved(messages: &[&str], shared: usize, short: &str, is_exact: bool) -> Proved {
    let (body, tail) = body("messages", messages.iter().map(|m| m.as_bytes()), None);
    let draft = Draft {
        dialect: Dialect::Anthropic,
        body,
        tail,
        ids: (0..messages.len() as u64).collect(),
        lines: vec![4; messages.len()],
        model: None,
        usage: None,
        answer: 0,
    };
    let turn = Turn { file: "f".into(), conversation: 1, shared, new_from: 0, draft };
    Proved { turn, short: short.into(), outcomes: Vec::new(), is_exact }
}

fn sum() -> Sum {
    Sum::new(Prices::bundled().expect("a table"))
}

#[test]
fn a_prefix_that_is_kept_is_counted() {
    let mut sum = sum();
    sum.add(proved(&["1", "2"], 0, r#"{"messages":[1,9]}"#, true));
    sum.add(proved(&["1", "2", "3"], 2, r#"{"messages":[1,9,3]}"#, true));
    // Taken back to the first message.
    sum.add(proved(&["1", "4"], 1, r#"{"messages":[1,4]}"#, true));
    assert_eq!((sum.prefix, sum.exact), (Check { asked: 2, held: 2 }, Check { asked: 3, held: 3 }));
    assert!(sum.is_proved() && sum.conversations == 1);
}

#[test]
fn a_changed_prefix_is_told() {
    let mut sum = sum();
    sum.add(proved(&["1", "2"], 0, r#"{"messages":[1,9]}"#, true));
    sum.add(proved(&["1", "2", "3"], 2, r#"{"messages":[1,2,3]}"#, true));
    sum.add(proved(&["1", "4"], 1, r#"{"messages":[7,4]}"#, true));
    assert_eq!(sum.prefix, Check { asked: 2, held: 0 });
    let told = "f, line 4: the request of 3 messages does not keep the prefix of the one before";
    assert_eq!((sum.broken[0].as_str(), sum.is_proved()), (told, false));
}

#[test]
fn what_does_not_expand_is_told() {
    let mut sum = sum();
    sum.add(proved(&["1"], 0, "{}", false));
    assert!(!sum.is_proved() && sum.broken[0].contains("does not expand"));
}

#[test]
fn what_was_cleared_is_not_priced_again() {
    let mut sum = sum();
    let short = brevity::Settings::default();
    let result = format!(r#"{{"role":"tool","content":"{}"}}"#, "a row of words\\n".repeat(99));
    let mut one = proved(&[result.as_str()], 0, "", true);
    one.turn.draft.dialect = Dialect::OpenAiChat;
    one.turn.draft.usage = Some(Usage { input: 5, ..Usage::default() });
    let mut request = brevity::Request::new(Dialect::OpenAiChat, short.into());
    let mut steps = brevity::Steps::new();
    request.write(one.turn.draft.body.clone(), &mut steps);
    request.finish(&mut steps);
    steps.run_into(&mut one);
    sum.add(one);
    assert_eq!((sum.cleared, sum.total.new.parts), (1, 1));
}
