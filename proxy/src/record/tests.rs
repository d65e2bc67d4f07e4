use super::*;
use brevity::{Codec, Kind, Place, Reason};

/// The engine's outcomes cannot be built here; a block through the engine gives one to change.
fn outcome(message: u64, tokens: u64, result: Result<Codec, Reason>) -> Outcome {
    struct Notes(Vec<Outcome>);
    impl brevity::Sink for Notes {
        fn keep(&mut self, _: bytes::Bytes) {}
        fn put(&mut self, _: &[u8]) {}
        fn note(&mut self, outcome: &Outcome) {
            self.0.push(outcome.clone());
        }
    }
    let mut place = Place::default();
    place.message = message;
    let (mut notes, mut steps) = (Notes(Vec::new()), brevity::Steps::new());
    let settings = std::sync::Arc::default();
    let mut block =
        brevity::Block::new(settings, brevity::Wire::Text, brevity::Treatment::Rewrite, place);
    block.write(bytes::Bytes::from_static(b"text"), &mut steps);
    block.finish(&mut steps);
    steps.run_into(&mut notes);
    let mut outcome = notes.0.pop().expect("a block of one part");
    (outcome.tokens_in, outcome.tokens_out) = (tokens, tokens / 2);
    (outcome.kind, outcome.result) = (Kind::Json, result);
    outcome
}

fn record() -> Record {
    Record::new(7, Method::POST, "/v1/messages".into())
}

#[test]
fn new_parts_stand_after_the_last_assistant() {
    let mut record = record();
    let table = Ok(Codec::Table);
    record.add(
        vec![outcome(2, 10, table), outcome(4, 20, table), outcome(6, 40, table)],
        Some(4),
        true,
    );
    assert_eq!((record.new.total().tokens_in, record.resent.tokens_in), (40, 30));
}

#[test]
fn a_newer_assistant_makes_new_parts_resent() {
    let mut whole = record();
    let mut streamed = record();
    let parts = || (0..6_u64).map(|i| outcome(2 * i, 1 << i, Ok(Codec::Table)));
    whole.add(parts().collect(), Some(7), true);
    for (index, part) in (0_u64..).zip(parts()) {
        let last = (2 * index).checked_sub(1).map(|last| last.min(7));
        streamed.add(vec![part], last, index <= 4);
    }
    assert_eq!((whole.new.total(), whole.resent), (streamed.new.total(), streamed.resent));
    assert_eq!(whole.new.total().tokens_in, (1 << 4) + (1 << 5));
}

#[test]
fn outcomes_are_bounded_and_totals_are_not() {
    let mut record = record();
    let one = outcome(0, 1, Err(Reason::Small));
    record.add(vec![one; OUTCOMES + 5], None, false);
    assert_eq!(record.outcomes.len(), OUTCOMES);
    assert_eq!(record.report.total.parts, OUTCOMES as u64 + 5);
}

#[test]
fn a_line_says_what_happened_and_why() {
    let mut record = record();
    record.dialect = Some(Dialect::Anthropic);
    record.model = Some("m\n1".into());
    record.status = Some(StatusCode::OK);
    (record.bytes_in, record.bytes_out) = (100, 60);
    let parts = vec![outcome(0, 30, Ok(Codec::Table)), outcome(3, 10, Err(Reason::Small))];
    record.add(parts, Some(1), true);
    assert_eq!(
        record.to_string(),
        "#7 POST /v1/messages 200 m\\n1 | 100 > 60 bytes | est. (o200k) 40 > 20 tokens, \
         new 10 > 5, re-sent 30 > 15 | rewritten: table 1 | kept: small 1 | all 0 ms"
    );
}

#[test]
fn only_a_login_is_told_of_the_way_round() {
    use crate::{attest::Attestation, route::Skip};
    for (attestation, told) in [
        (Attestation::Login, true),
        (Attestation::Signature, false),
        (Attestation::Checksum, false),
    ] {
        let mut record = record();
        record.dialect = Some(Dialect::Anthropic);
        record.skip = Some(Skip::Attested(attestation));
        let line = record.to_string();
        assert!(line.contains("left alone: "), "{line}");
        assert_eq!(line.contains("--rewrite-attested"), told, "{line}");
    }
}
