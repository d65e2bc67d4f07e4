//! What is too long, too much or broken passes as it came, and is counted.

use super::{Between, answer, call, rows};
use brevity::{McpCarrier, Reason};

#[test]
fn what_is_longer_than_the_limit_passes() {
    let long = answer(&format!(r#"{{"type":"text","text":"{}"}}"#, rows()));
    let short = answer(r#"{"type":"text","text":"x"}"#);
    let mut between = Between::with(|settings| settings.limits.request = 500);
    between.call("1", "list");
    for (carrier, stream, over) in [
        (McpCarrier::Whole, long.clone(), long.len()),
        (McpCarrier::Lines, format!("{long}\n{short}\n"), long.len() + 1),
        (McpCarrier::Events, format!("data:{long}\n\ndata:{short}\n\n"), long.len() + 7),
    ] {
        for size in [1, 100, usize::MAX] {
            let passed = between.answer(carrier, stream.as_bytes().chunks(size));
            assert_eq!(passed.bytes, stream.as_bytes());
            let mut expected = vec![(over as u64, Reason::Limit)];
            if carrier != McpCarrier::Whole {
                expected.push((1, Reason::Small));
            }
            assert_eq!(passed.stayed(), expected);
        }
    }
}

#[test]
fn what_is_no_json_passes() {
    let item = format!(r#"{{"type":"text","text":"{}"}}"#, rows());
    let whole = answer(&item);
    for body in [
        &whole[..whole.len() - 1],
        &format!("{whole}}}"),
        &format!("[{whole},{whole}"),
        &format!("{whole}{whole}"),
        &whole.replace("<a>", "<\u{1}>"),
        &whole.replace("\"id\":1", "\"id\":01"),
        "plain words",
    ] {
        let mut between = Between::with(|_| {});
        between.call("1", "list");
        assert_eq!(between.stays(body), [(body.len() as u64, Reason::Malformed)]);
    }
    let deep = answer(&format!("{}{item}{}", "[".repeat(2_000), "]".repeat(2_000)));
    let mut between = Between::with(|_| {});
    between.call("1", "list");
    assert_eq!(between.stays(&deep), [(deep.len() as u64, Reason::Malformed)]);
}

#[test]
fn the_oldest_calls_are_forgotten() {
    let mut between = Between::counting();
    for id in 1..=4_096 {
        between.call(&id.to_string(), "list");
    }
    let body = answer(r#"{"type":"text","text":"x"}"#);
    let tool = |between: &mut Between| {
        let passed = between.answer(McpCarrier::Whole, [body.as_bytes()]);
        passed.notes[0].place.tool.clone()
    };
    assert!(tool(&mut between).is_some());
    between.call("5000", "list");
    assert_eq!(tool(&mut between), None);
    // Asked again, it is the youngest.
    between.call("1", "list");
    assert!(tool(&mut between).is_some());
    let long = "x".repeat(250);
    for id in 0..3_000 {
        between.call(&format!("\"{id}{long}\""), &long);
    }
    assert_eq!(tool(&mut between), None);
}

#[test]
fn names_of_scopes_weigh_too() {
    let mut between = Between::counting();
    between.call("1", "list");
    for n in 0..12 {
        between.ask_in(&format!("{n}{}", "s".repeat(100_000)), &call("1", "list", "{}"));
    }
    let body = answer(r#"{"type":"text","text":"x"}"#);
    let passed = between.answer(McpCarrier::Whole, [body.as_bytes()]);
    assert_eq!(passed.notes[0].place.tool, None);
}

#[test]
fn too_many_output_schemas_stop_all() {
    let mut between = Between::counting();
    let tool = |n| format!(r#"{{"name":"tool-{n}","outputSchema":{{}}}}"#);
    let tools: Vec<_> = (0..9_000).map(tool).collect();
    between.stays(&format!(r#"{{"id":0,"result":{{"tools":[{}]}}}}"#, tools.join(",")));
    between.call("1", "list");
    let body = answer(r#"{"type":"text","text":"x"}"#);
    assert_eq!(between.stays(&body), [(1, Reason::Limit)]);
}

#[test]
fn too_many_texts_stay_and_count_once() {
    let item = r#"{"type":"text","text":"xy"},"#;
    let content = |count: usize| item.repeat(count).trim_end_matches(',').to_owned();
    let message = answer(&content(20_000));
    let off = (2, Reason::Off);
    for (body, expected) in [
        (answer(&content(32_768)), [vec![off; 32_768], Vec::new()].concat()),
        (answer(&content(32_770)), [vec![off; 32_768], vec![(4, Reason::Limit)]].concat()),
        // A batch is one message in this.
        (
            format!("[{message},{message},{message}]"),
            [vec![off; 32_768], vec![(2 * (60_000 - 32_768), Reason::Limit)]].concat(),
        ),
    ] {
        let mut between = Between::counting();
        between.call("1", "list");
        assert_eq!(between.stays(&body), expected);
    }
}

#[test]
fn a_list_of_too_many_output_schemas_stops_all() {
    let mut between = Between::counting();
    let tool = r#"{"name":"same","outputSchema":{}},"#.repeat(9_000);
    let tools = tool.trim_end_matches(',');
    between.stays(&format!(r#"{{"id":0,"result":{{"tools":[{tools}]}}}}"#));
    between.call("1", "list");
    let body = answer(r#"{"type":"text","text":"x"}"#);
    assert_eq!(between.stays(&body), [(1, Reason::Limit)]);
}

#[test]
fn a_request_that_is_too_long_calls_nothing() {
    let mut between = Between::with(|settings| settings.limits.block = 100);
    between.ask_in("", &call("1", "list", &format!("{{\"x\":\"{}\"}}", "y".repeat(100))));
    let body = answer(r#"{"type":"text","text":"x"}"#);
    assert_eq!(between.stays(&body), [(1, Reason::FileRead)]);
}
