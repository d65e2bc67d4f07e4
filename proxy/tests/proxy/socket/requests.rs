//! What is rewritten, and what passes.

use super::{ACCEPT, completed, create, down, linked, responses, up};
use brevity::{Level, Settings};
use brevity_proxy::{Attestation, Skip};
use flate2::{Compress, Compression, FlushCompress};
use serde_json::json;
use std::sync::Arc;
use tokio::io::AsyncWriteExt as _;

#[tokio::test]
async fn what_asks_for_a_response_leaves_shorter_and_all_else_as_it_came() {
    let mut linked = responses(|_| {}).await;
    assert!(linked.asked.contains("Sec-WebSocket-Key") && linked.agreed.contains(ACCEPT));
    let request = create(&json!({}));
    let sent = linked.shortens(&up(0x81, &request), &request).await;
    assert!(sent.contains("[same as tool output 1, line"));
    let continues = create(&json!({"previous_response_id": "resp_1"}));
    let event = down(0x81, completed());
    linked.upstream.send(&event).await;
    assert_eq!(linked.client.bytes(event.len()).await, event);

    let sent = linked.shortens(&up(0x81, &continues), &continues).await;
    assert!(!sent.contains("[same as tool output"), "the model may not see the other one");
    for other in [
        up(0x81, create(&json!({"type": "response.cancel"}))),
        up(0x81, "{\"type\":\"response.create\",\"input\":[]}"),
        up(0x81, "not json"),
        up(0x82, &request),
        up(0x89, "ping"),
        up(0x8a, ""),
    ] {
        linked.passes(&other).await;
    }
    let records = linked.ended(4).await;
    let [connection, first, second, third] = &records[..] else { panic!("four records") };
    assert_eq!((connection.method.as_str(), first.method.as_str()), ("GET", "WS"));
    assert_eq!(first.bytes_in, request.len() as u64);
    assert!(first.bytes_out < first.bytes_in / 2);
    assert_eq!((first.model.as_deref(), first.outcomes.len()), (Some("m"), 2));
    let usage = first.usage.as_ref().unwrap();
    assert_eq!((usage.input, usage.cache_read, usage.output), (Some(5), Some(4), Some(2)));
    assert_eq!((first.answer_bytes, &first.error), (completed().len() as u64, &None));
    assert!(second.usage.is_none() && second.error.is_some(), "it was never answered");
    assert_eq!(third.bytes_in, third.bytes_out);
    assert_eq!(connection.bytes_in, connection.bytes_out);
    assert!(first.to_string().contains(" WS /v1/responses 101 m | "), "{first}");
}

#[tokio::test]
async fn a_rule_about_a_model_says_how_far_to_go() {
    let (on, off) = ("level=lossless", "level=off");
    // Whether requests are rewritten otherwise, what the rule says, what the handshake asks, what comes of it.
    for (otherwise, rule, asks, skip) in [
        (Level::Lossless, off, "", Some(Skip::Off)),
        (Level::Off, on, "", None),
        (Level::Lossless, off, "x-brevity-level: lossless\r\n", None),
        (Level::Off, on, "x-brevity-level: off\r\n", Some(Skip::Off)),
        (Level::Off, on, "x-brevity-bypass: true\r\n", Some(Skip::Bypassed)),
    ] {
        let linked = linked("/v1/responses", asks, "", |config| {
            config.routes = vec![format!("model:m*=http://elsewhere {rule}").parse().unwrap()];
            let mut settings = Settings::default();
            settings.policy.level = otherwise;
            config.settings = Arc::new(settings);
        });
        let mut linked = linked.await;
        let request = create(&json!({}));
        match skip {
            Some(_) => linked.passes(&up(0x81, &request)).await,
            None => drop(linked.shortens(&up(0x81, &request), &request).await),
        }
        let other = create(&json!({"model": "other"}));
        let is_on = match asks {
            "" => otherwise == Level::Lossless,
            asks => asks.contains("lossless"),
        };
        match is_on {
            true => drop(linked.shortens(&up(0x81, &other), &other).await),
            false => linked.passes(&up(0x81, &other)).await,
        }
        let records = linked.ended(3).await;
        assert_eq!(records[1].skip, skip, "{otherwise:?} {rule} {asks}");
    }
}

#[tokio::test]
async fn frames_may_be_in_pieces_and_pings_do_not_wait() {
    let mut linked = responses(|_| {}).await;
    let request = create(&json!({}));
    let (start, end) = request.split_at(1000);
    linked.client.send(up(0x01, start)).await;
    linked.client.send(up(0x00, "")).await;
    // It arrives though the message before it is not complete.
    linked.passes(&up(0x89, "are you there")).await;
    linked.upstream.send(down(0x8a, "yes")).await;
    assert_eq!(linked.client.frame().await, (0x8a, None, b"yes".to_vec()));
    linked.shortens(&up(0x80, end), &request).await;
    let whole = up(0x81, &request);
    let (last, bytes) = whole.split_last().unwrap();
    for piece in bytes.chunks(257) {
        linked.client.send(piece).await;
        linked.client.0.flush().await.unwrap();
    }
    linked.shortens(&[*last], &request).await;
}

#[tokio::test]
async fn a_message_beyond_the_limit_passes() {
    let request = create(&json!({}));
    let limit = request.len() + 6 + 2;
    let mut linked = responses(|config| {
        let mut settings = Settings::default();
        settings.limits.request = limit;
        config.settings = Arc::new(settings);
    })
    .await;
    let longer = create(&json!({"more": "of it"}));
    linked.passes(&up(0x81, &longer)).await;
    let (start, end) = request.split_at(100);
    linked.passes(&[up(0x01, start), up(0x80, end)].concat()).await;
    linked.shortens(&up(0x81, &request), &request).await;
    assert_eq!(linked.ended(2).await[0].skip, Some(Skip::TooLong));
}

#[tokio::test]
async fn what_is_no_frame_passes_and_so_does_the_rest() {
    let mut linked = responses(|_| {}).await;
    let request = create(&json!({}));
    linked.shortens(&up(0x81, &request), &request).await;
    linked.passes(&[down(0x81, "not masked"), up(0x81, &request)].concat()).await;
    assert_eq!(linked.ended(2).await[0].skip, Some(Skip::Malformed));
}

/// A compressed text that looks back at earlier ones, if `state` has any.
fn packed(state: &mut Compress, text: &str) -> Vec<u8> {
    let mut packed = Vec::with_capacity(text.len() + 100);
    state.compress_vec(text.as_bytes(), &mut packed, FlushCompress::Sync).unwrap();
    packed.truncate(packed.len() - 4);
    packed
}

#[tokio::test]
async fn compressed_requests_leave_shorter_and_plain() {
    let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    for (agrees, looks_back) in [
        ("Sec-WebSocket-Extensions: permessage-deflate\r\n", true),
        ("Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n", false),
    ] {
        let mut linked = linked("/v1/responses", offer, agrees, |_| {}).await;
        let mut client = Compress::new(Compression::fast(), false);
        let mut pack = |text: &str| {
            if !looks_back {
                client.reset();
            }
            up(0xc1, packed(&mut client, text))
        };
        let (request, other) = (create(&json!({})), "{\"type\":\"response.cancel\"}");
        linked.passes(&pack(other)).await;
        linked.shortens(&pack(&request), &request).await;
        let event =
            down(0xc1, packed(&mut Compress::new(Compression::fast(), false), &completed()));
        linked.upstream.send(&event).await;
        assert_eq!(linked.client.bytes(event.len()).await, event);
        if looks_back {
            linked.client.send(pack(other)).await;
            let (first, _, payload) = linked.upstream.frame().await;
            assert_eq!((first, &payload[..]), (0x81, other.as_bytes()));
        } else {
            linked.passes(&pack(other)).await;
        }
        linked.shortens(&pack(&request), &request).await;
        let records = linked.ended(3).await;
        assert_eq!(records[0].skip, None);
        assert_eq!(records[1].usage.as_ref().unwrap().output, Some(2));
        assert_eq!(records[1].bytes_in, request.len() as u64);
    }
}

#[tokio::test]
async fn with_an_unknown_extension_all_passes() {
    let other = "Sec-WebSocket-Extensions: permessage-deflate, other\r\n";
    let mut unknown = linked("/v1/responses", other, other, |_| {}).await;
    unknown.passes(&up(0x81, create(&json!({})))).await;
    assert_eq!(unknown.ended(1).await[0].skip, Some(Skip::Encoded));
}

#[tokio::test]
async fn logins_pass_and_are_read_along() {
    let login = "ChatGPT-Account-Id: x\r\n";
    let mut linked = linked("/backend-api/codex/responses", login, "", |_| {}).await;
    linked.passes(&up(0x81, create(&json!({})))).await;
    linked.upstream.send(down(0x81, completed())).await;
    linked.client.frame().await;
    let records = linked.ended(2).await;
    assert_eq!(records[1].skip, Some(Skip::Attested(Attestation::Login)));
    assert_eq!(records[1].usage.as_ref().unwrap().output, Some(2));
}

#[tokio::test]
async fn what_the_handshake_asks_for_and_a_dry_run_hold_for_all_requests() {
    let cases = [
        ("x-brevity-bypass: true\r\n", false, Some(Skip::Bypassed)),
        ("x-brevity-bypass: perhaps\r\n", false, Some(Skip::Control)),
        ("x-brevity-level: off\r\n", false, Some(Skip::Off)),
        ("", true, Some(Skip::DryRun)),
    ];
    for (asks, dry, skip) in cases {
        let mut linked = linked("/v1/responses", asks, "", |config| config.dry_run = dry).await;
        assert!(!linked.asked.contains("x-brevity"), "{}", linked.asked);
        linked.passes(&up(0x81, create(&json!({})))).await;
        let records = linked.ended(2).await;
        assert_eq!(records[1].skip, skip);
        assert_eq!(records[1].report.rewritten.is_empty(), !dry);
    }
}
