use super::*;

fn limits() -> Limits {
    Limits::default()
}

/// The spans of a text, each as a letter for its kind and its bytes.
fn spans(text: &str, protect: &Protect, mode: TagMode, limits: &Limits) -> Vec<String> {
    let mut out = Vec::new();
    let mut walker = TagWalker::new(protect, mode, limits);
    let mut on = |span: Span| {
        let kind = ["text", "markup", "kept"][span.kind as usize];
        out.push(format!("{kind} {}", &text[span.start as usize..span.end as usize]));
    };
    walker.feed(text.as_bytes(), &mut on);
    walker.finish(&mut on);
    out
}

fn blocks(text: &str) -> Vec<String> {
    spans(text, &Protect::Known, TagMode::Blocks, &limits())
}

#[test]
fn a_block_with_its_nested_ones_is_one_span() {
    assert_eq!(
        blocks("a<t_c>b<b>c</b><t_c>d</t_c></t_c>e"),
        ["text a", "kept <t_c>b<b>c</b><t_c>d</t_c></t_c>", "text e"]
    );
}

#[test]
fn siblings_stay_apart() {
    assert_eq!(blocks("<t_c></t_c><t_c></t_c>"), ["kept <t_c></t_c>", "kept <t_c></t_c>"]);
}

#[test]
fn what_lies_in_an_open_tag_without_a_close_is_settled() {
    assert_eq!(
        blocks("<o_x>1<b>2<t_c>3</t_c>4<u_x/>"),
        ["text <o_x>1", "markup <b>", "text 2", "kept <t_c>3</t_c>", "text 4", "kept <u_x/>"]
    );
}

#[test]
fn a_close_takes_open_tags_in_between_with_it() {
    assert_eq!(blocks("<o_x><t_c></o_x></t_c>"), ["kept <o_x><t_c></o_x>", "text </t_c>"]);
}

#[test]
fn a_value_may_hold_a_closing_bracket_and_no_opening_one() {
    assert_eq!(blocks("<t_c k=\"a>b\"></t_c>"), ["kept <t_c k=\"a>b\"></t_c>"]);
    assert_eq!(blocks("<t_c k=\"a<b\"></t_c>"), ["text <t_c k=\"a<b\"></t_c>"]);
    let dynamic =
        spans("<dyn X + 'static> <x>'</x>", &Protect::Custom, TagMode::Markers, &limits());
    assert_eq!(dynamic, ["kept <dyn X + 'static>", "text  ", "kept <x>", "text '", "kept </x>"]);
}

#[test]
fn open_models_write_a_name_behind_an_equals_sign() {
    assert_eq!(blocks("<function=ls>.</function>"), ["kept <function=ls>.</function>"]);
}

#[test]
fn plain_xml_is_text_and_letter_case_is_ignored() {
    assert_eq!(blocks("<row><id>1</id></row>"), ["text <row><id>1</id></row>"]);
    assert_eq!(blocks("<T_c></t_C><BR>"), ["kept <T_c></t_C>", "markup <BR>"]);
}

#[test]
fn comments_hide_nothing() {
    assert_eq!(blocks("<!-- <t_c/> -->"), ["text <!-- ", "kept <t_c/>", "text  -->"]);
    assert_eq!(blocks("<![CDATA[<t_c/>]]>"), ["text <![CDATA[", "kept <t_c/>", "text ]]>"]);
}

#[test]
fn markers_protect_the_tags_alone() {
    let text = "<t_c>1<b>2</t_c></x_y>";
    assert_eq!(
        spans(text, &Protect::Known, TagMode::Markers, &limits()),
        ["kept <t_c>", "text 1", "markup <b>", "text 2", "kept </t_c>", "kept </x_y>"]
    );
}

#[test]
fn a_close_must_end_within_the_block() {
    let text = "<t_c>12</t_c>";
    let fits = Limits { block: text.len(), ..limits() };
    let short = Limits { block: text.len() - 1, ..limits() };
    assert_eq!(spans(text, &Protect::Known, TagMode::Blocks, &fits), ["kept <t_c>12</t_c>"]);
    assert_eq!(spans(text, &Protect::Known, TagMode::Blocks, &short), ["text <t_c>12</t_c>"]);
}

#[test]
fn where_there_is_no_room_tags_are_protected_by_themselves() {
    let text = "<t_c><u_x>1</u_x>";
    let shallow = Limits { tag_depth: 1, ..limits() };
    let narrow = Limits { names: 5, ..limits() };
    for limits in [shallow, narrow] {
        assert_eq!(
            spans(text, &Protect::Known, TagMode::Blocks, &limits),
            ["text <t_c>", "kept <u_x>", "text 1", "kept </u_x>"]
        );
    }
}

#[test]
fn plain_text_settles_at_once() {
    let mut walker = TagWalker::new(&Protect::Known, TagMode::Blocks, &limits());
    for (bytes, settled) in
        [("plain", 5), (" <", 6), ("row", 6), (">", 11), ("<t_c>", 11), ("1<", 11), ("/t_c>", 23)]
    {
        walker.feed(bytes.as_bytes(), |_| ());
        assert_eq!(walker.settled(), settled, "{bytes}");
    }
}

#[test]
fn a_dropped_open_tag_settles_up_to_the_next() {
    let mut walker =
        TagWalker::new(&Protect::Known, TagMode::Blocks, &Limits { block: 20, ..limits() });
    walker.feed(b"<a_b>12345<c_d>", |_| ());
    assert_eq!(walker.settled(), 0);
    walker.feed(b"12345", |_| ());
    assert_eq!(walker.settled(), 10);
}

#[test]
fn memory_stays_within_what_the_docs_say() {
    let limits = Limits { block: 3_000, names: 400, tag_depth: 200, ..limits() };
    for text in ["<a_b></a_b>", "<b>", "<x/>", "<y>", "</n_N>"] {
        let mut walker = TagWalker::new(&Protect::Custom, TagMode::Blocks, &limits);
        for i in 0..5_000 {
            let text = format!("<n_{i}>{text}").replace('N', &i.to_string());
            walker.feed(text.as_bytes(), |_| ());
            let (bytes, names, opens) = walker.spans.opens.weight();
            assert!(walker.spans.pending.len() <= limits.block / 3);
            assert!(opens <= limits.tag_depth && bytes <= 2 * limits.names + 4_096 + 8);
            assert!(names <= bytes);
        }
    }
}

#[test]
fn a_text_behind_a_finished_one_starts_anew() {
    let shallow = Limits { tag_depth: 0, ..limits() };
    let mut walker = TagWalker::new(&Protect::Known, TagMode::Blocks, &shallow);
    let mut spans = Vec::new();
    for text in ["<t_c", "><t_c>", "</t_c>"] {
        walker.feed(text.as_bytes(), |span| spans.push(span));
        walker.finish(|span| spans.push(span));
    }
    let kinds: Vec<_> = spans.iter().map(|span| (span.kind, span.end)).collect();
    let (text, kept) = (SpanKind::Text, SpanKind::Protected);
    assert_eq!(kinds, [(text, 4), (text, 5), (kept, 10), (text, 16)]);
}

#[test]
fn pending_spans_cost_little_even_where_all_are_three_bytes() {
    let limits = Limits { block: 3_000, ..limits() };
    let mut walker = TagWalker::new(&Protect::Known, TagMode::Blocks, &limits);
    walker.feed(b"<a_b>", |_| ());
    walker.feed(&b"<b>".repeat(990), |_| ());
    assert_eq!(walker.spans.pending.len(), 990);
    walker.feed(&b"<b>".repeat(100), |_| ());
    assert_eq!(walker.spans.pending.len(), 0);
}
