use super::*;
use brevity::{Block, Outcome, Place, Sink, Steps, Treatment, Wire};
use bytes::Bytes;
use hyper::Method;

/// The outcomes of a block of rows, from `tool`, in `message`.
fn outcomes(message: u64, tool: &str) -> Vec<Outcome> {
    struct Notes(Vec<Outcome>);
    impl Sink for Notes {
        fn keep(&mut self, _: Bytes) {}
        fn put(&mut self, _: &[u8]) {}
        fn note(&mut self, outcome: &Outcome) {
            self.0.push(outcome.clone());
        }
    }
    let mut place = Place::default();
    (place.message, place.tool) = (message, Some(tool.into()));
    let rows: Vec<_> = (0..99).map(|n| format!(r#"{{"name":"row {n}","open":true}}"#)).collect();
    let (mut notes, mut steps) = (Notes(Vec::new()), Steps::new());
    let mut block = Block::new(Default::default(), Wire::Text, Treatment::Rewrite, place);
    block.write(format!("[{}]", rows.join(",")).into(), &mut steps);
    block.finish(&mut steps);
    steps.run_into(&mut notes);
    notes.0
}

/// A turn whose results stand in the messages up to `last`, one for each; the last is new.
fn turn(last: u64, status: u16) -> Record {
    let mut record = Record::new(1, Method::POST, "/v1/messages".into());
    record.dialect = Some(Dialect::Anthropic);
    record.route = "anthropic".into();
    record.model = Some("m".into());
    record.status = StatusCode::from_u16(status).ok();
    let all = (1..=last).flat_map(|message| outcomes(message, &format!("tool {message}")));
    record.add(all.collect(), last.checked_sub(1), true);
    record
}

#[test]
fn each_block_is_counted_once() {
    let mut sums = Sums::default();
    let one = turn(1, 200).new.total();
    assert!(one.parts == 1 && one.tokens_out < one.tokens_in);
    for last in 1..=5 {
        sums.add(&turn(last, 200));
    }
    assert_eq!(sums.new.all.tokens_in, 5 * one.tokens_in);
    assert_eq!(sums.resent.tokens_in, (1 + 2 + 3 + 4) * one.tokens_in);
    assert_eq!(sums.all.all.parts, 1 + 2 + 3 + 4 + 5);
    assert_eq!(sums.new.rewritten[&Codec::Table], sums.new.all);
    let tools: Vec<_> = sums.tools.iter().map(|(name, sum)| (name.to_owned(), *sum)).collect();
    assert_eq!(tools, (1..=5).map(|n| (format!("tool {n}"), one)).collect::<Vec<_>>());
    for groups in [&sums.routes, &sums.models] {
        let groups: Vec<_> = groups.iter().map(|(_, group)| group).collect();
        assert!(groups.len() == 1 && groups[0].new == sums.new.all && groups[0].requests == 5);
    }
}

#[test]
fn what_comes_again_is_not_new() {
    let mut sums = Sums::default();
    let mut counted = turn(1, 200);
    counted.turn = false;
    sums.add(&counted);
    sums.add(&turn(1, 429));
    let mut unanswered = turn(1, 200);
    unanswered.status = None;
    sums.add(&unanswered);
    assert_eq!((sums.new.all.parts, sums.resent.parts), (0, 3));
    assert_eq!(sums.models.iter().count(), 0, "who is not answered takes no place");
    sums.add(&turn(1, 200));
    assert_eq!((sums.new.all.parts, sums.resent.parts), (1, 3));
}

#[test]
fn a_prompt_is_all_of_its_tokens() {
    let (mut sums, mut record) = (Sums::default(), turn(1, 200));
    let mut usage = Usage::default();
    (usage.input, usage.cache_read, usage.cache_write, usage.output) =
        (Some(3), Some(2_000), Some(100), Some(7));
    record.usage = Some(usage);
    record.duration = Duration::from_millis(1_500);
    sums.add(&record);
    let gen_ai = sums.gen_ai["anthropic"].iter().next().unwrap().1;
    assert_eq!(
        (gen_ai.input.sum(), gen_ai.output.sum(), gen_ai.duration.sum()),
        (2_103.0, 7.0, 1.5)
    );
    assert_eq!(sums.billed.kinds().map(|(_, n)| n), [3, 2_000, 100, 7]);
}

#[test]
fn stages_make_up_the_whole() {
    let (mut sums, mut record) = (Sums::default(), turn(1, 200));
    let millis = |n| Some(Duration::from_millis(n));
    (record.read, record.engine, record.first_byte) = (millis(10), millis(5), millis(100));
    record.duration = Duration::from_millis(400);
    sums.add(&record);
    let times: Vec<_> =
        sums.stages.iter().map(|times| (times.sum() * 1e3).round() as u64).collect();
    assert_eq!(times, [10, 5, 85, 300]);
    sums.add(&Record::new(2, Method::GET, "/".into()));
    assert!(sums.stages.iter().all(|times| times.count() == 1), "what is not known is not zero");
}
