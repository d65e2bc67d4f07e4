use super::*;
use brevity::{Dialect, Request, Settings, Steps};

/// A request with two results, the second like the first.
fn body() -> String {
    let rows: Vec<_> = (0..99).map(|n| format!(r#"{{"name":"row {n}","open":true}}"#)).collect();
    let text = format!("[{}]", rows.join(",")).replace('"', "\\\"");
    let result = |id| format!(r#"{{"role":"tool","tool_call_id":"{id}","content":"{text}"}}"#);
    format!(r#"{{"model":"m","messages":[{},{}]}}"#, result(1), result(2))
}

fn short(body: &str) -> Bytes {
    let (mut steps, mut out) = (Steps::new(), Vec::new());
    let mut request = Request::new(Dialect::OpenAiChat, Arc::new(Settings::default()));
    request.write(Bytes::copy_from_slice(body.as_bytes()), &mut steps);
    request.finish(&mut steps);
    steps.run_into(&mut out);
    out.into()
}

/// `text` in chunks of `len` bytes.
fn chunks(text: impl Into<Bytes>, len: usize) -> Vec<Bytes> {
    let text = text.into();
    (0..text.len()).step_by(len).map(|at| text.slice(at..text.len().min(at + len))).collect()
}

#[test]
fn what_the_engine_wrote_gives_back_what_came() {
    let (came, left) = (body(), short(&body()));
    assert!(left.len() < came.len() / 2);
    for (a, b) in [(1, 7), (100, 1), (5_000, 5_000)] {
        assert_eq!(compare(&chunks(came.clone(), a), &chunks(left.clone(), b)), Found::Same);
    }
}

#[test]
fn a_byte_that_differs_anywhere_is_found() {
    let (came, left) = (body(), short(&body()));
    let all = came.len() as u64;
    let found = |came: &str, left: Bytes| compare(&chunks(came.to_owned(), 64), &chunks(left, 64));
    for at in [0, 3, 12, left.len() - 1] {
        let mut wrong = left.to_vec();
        wrong[at] ^= 1;
        assert!(
            matches!(found(&came, wrong.into()), Found::Altered(n) if n > 0 && n <= all),
            "{at}"
        );
    }
    assert_eq!(found(&came, left.slice(..left.len() - 1)), Found::Altered(1));
    assert!(matches!(found(&came, [&left[..], b" "].concat().into()), Found::Altered(1)));
    assert!(matches!(found("{}", Bytes::new()), Found::Altered(2)));
}

#[test]
fn a_client_may_send_the_notation() {
    let coded = String::from_utf8(short(&body()).to_vec()).unwrap();
    let found = |left: String| compare(&chunks(coded.clone(), 64), &chunks(left, 64));
    assert_eq!(found(coded.clone()), Found::Same);
    assert_eq!(found(body()), Found::Same, "both are put back");
    assert_eq!(found(coded.replace("row 7", "row 8")), Found::Unclear);
    assert_eq!(compare(&[], &[]), Found::Same);
}

#[tokio::test]
async fn one_body_in_so_many_is_checked_and_one_at_a_time() {
    let vitals = Arc::new(Vitals::default());
    let (came, left) = ([Bytes::from_static(b"{}")], [Bytes::from_static(b"{}")]);
    let none = Checker::new(0, vitals.clone());
    none.check(&came, &left);
    let checker = Checker::new(3, vitals.clone());
    let running = checker.turn.clone().acquire_owned().await.unwrap();
    (0..7).for_each(|_| checker.check(&came, &left));
    assert_eq!(vitals.checks.results().map(|(_, n)| n), [0, 0, 0, 3], "the first, fourth, seventh");
    drop(running);
    (0..3).for_each(|_| checker.check(&came, &left));
    // Its turn comes when the check is over.
    drop(checker.turn.acquire().await);
    assert_eq!(vitals.checks.results().map(|(_, n)| n), [1, 0, 0, 3]);
    assert_eq!(vitals.checks.bytes.value(), 2);
}

#[test]
fn what_was_altered_stays_known() {
    let vitals = Vitals::default();
    count(Found::Altered(7), 9, &vitals.checks);
    assert_eq!(vitals.checks.results()[1], ("altered", 1));
    assert_eq!((vitals.checks.altered_bytes.value(), vitals.checks.bytes.value()), (7, 0));
}
