use super::Passed;
use crate::oracle::mcp::stays;
use brevity::{Level, McpAnswers, McpCalls, McpCarrier, McpRequests, Reason, Settings, Steps};
use bytes::Bytes;
use std::sync::Arc;

/// Sends the bytes behind the first two through a tool server's stream, whole and in chunks: chunks
/// change nothing, all comes back, and where nothing is rewritten the eligible texts are those of the
/// parsed message. The first byte picks how messages follow each other, what is rewritten and whether
/// bounds are small, the second the length of chunks.
pub fn mcp(data: &[u8]) {
    let [choice, size, stream @ ..] = data else { return };
    let carrier = match choice & 3 {
        0 | 1 => McpCarrier::Whole,
        2 => McpCarrier::Lines,
        _ => McpCarrier::Events,
    };
    let mut settings = Settings::default();
    let (counts, bounded) = (choice & 4 == 0, choice & 8 != 0);
    if counts {
        settings.policy.level = Level::Off;
    }
    if bounded {
        settings.limits.request = 100;
    }
    let settings = Arc::new(settings);
    let whole = pass(carrier, &settings, [stream]);
    let chunked = pass(carrier, &settings, stream.chunks(usize::from(*size).max(1)));
    assert_eq!(whole, chunked);
    if counts {
        assert_eq!(whole.bytes, stream);
    } else {
        assert_eq!(brevity::expand(&whole.bytes), brevity::expand(stream));
    }
    let known = [serde_json::json!(1), serde_json::json!("a")];
    if let Some(expected) = stays(stream, &known)
        .filter(|_| carrier == McpCarrier::Whole && counts && !bounded && whole.is_json())
    {
        let found: Vec<Reason> = whole.notes.iter().filter_map(|note| note.result.err()).collect();
        assert_eq!(found, expected);
    }
}

fn pass<'a>(
    carrier: McpCarrier,
    settings: &Arc<Settings>,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Passed {
    let calls = McpCalls::new();
    let mut requests = McpRequests::new(McpCarrier::Lines, "", Arc::clone(settings));
    for id in ["1", "\"a\""] {
        let call =
            format!("{{\"id\":{id},\"method\":\"tools/call\",\"params\":{{\"name\":\"x\"}}}}\n");
        requests.write(Bytes::from(call), &calls);
    }
    let mut answers = McpAnswers::new(carrier, "", Arc::clone(settings));
    let (mut steps, mut passed) = (Steps::new(), Passed::default());
    for chunk in chunks {
        answers.write(Bytes::copy_from_slice(chunk), &calls, &mut steps);
        steps.run_into(&mut passed);
    }
    answers.finish(&calls, &mut steps);
    steps.run_into(&mut passed);
    passed
}
