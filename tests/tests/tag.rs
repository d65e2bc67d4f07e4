//! The tag walker next to its oracle: small texts all of them, large ones at random.

use brevity::walk::tag::{Span, SpanKind, TagMode};
use brevity::{Limits, Protect};
use brevity_tests::property::{check_tags, placeholders, tag_walker, walk_tags};
use brevity_tests::{cuts, oracle};
use proptest::prelude::*;

const MODES: [TagMode; 2] = [TagMode::Blocks, TagMode::Markers];

fn policies() -> [Protect; 3] {
    [Protect::Known, Protect::Custom, Protect::Names(vec!["B".into(), "y".into()])]
}

/// The defaults, and the smallest limits at which anything can still be found, one by one.
fn limits() -> Vec<Limits> {
    let with = |set: fn(&mut Limits)| {
        let mut limits = Limits::default();
        set(&mut limits);
        limits
    };
    vec![
        Limits::default(),
        with(|l| l.tag = 3),
        with(|l| l.tag = 7),
        with(|l| l.tag_name = 1),
        with(|l| l.names = 1),
        with(|l| l.tag_depth = 1),
        with(|l| l.tag_depth = 2),
        with(|l| l.block = 7),
        with(|l| l.block = 14),
        with(|l| (l.tag, l.tag_name, l.names, l.tag_depth, l.block) = (5, 1, 1, 1, 9)),
        with(|l| (l.tag, l.tag_name, l.names, l.tag_depth, l.block) = (0, 0, 0, 0, 0)),
    ]
}

/// Calls `check` with every text of up to `most` of the `words`.
fn texts(words: &[&str], most: usize, check: &mut impl FnMut(&str)) {
    fn grow(text: &mut String, words: &[&str], most: usize, check: &mut impl FnMut(&str)) {
        check(text);
        for word in words.iter().filter(|_| most > 0) {
            let len = text.len();
            text.push_str(word);
            grow(text, words, most - 1, check);
            text.truncate(len);
        }
    }
    grow(&mut String::new(), words, most, check);
}

#[test]
fn every_short_string_of_tag_bytes() {
    texts(&["<", ">", "/", "x", "=", "\"", " "], 7, &mut |text| {
        for mode in MODES {
            check_tags(&[text.as_bytes()], &Protect::Custom, mode, &Limits::default());
        }
    });
}

#[test]
fn every_short_attribute() {
    texts(&["=", "\"", "'", " ", ">", "/", "v"], 5, &mut |text| {
        let text = format!("<x{text}></x>'>\">");
        check_tags(&[text.as_bytes()], &Protect::Custom, TagMode::Markers, &Limits::default());
    });
}

#[test]
fn every_short_row_of_tags_at_all_limits() {
    let words = ["<x>", "</x>", "<y>", "</y>", "<y/>", "<b>", "t"];
    texts(&words, 5, &mut |text| {
        for limits in &limits() {
            check_tags(&[text.as_bytes()], &Protect::Custom, TagMode::Blocks, limits);
        }
    });
}

#[test]
fn every_policy_and_mode_over_names_of_each_kind() {
    let words =
        ["<a_x>", "</A_x >", "<think k='>'>", "</think>", "<B>", "</b>", "<y/>", "</y>", "<"];
    texts(&words, 4, &mut |text| {
        for (protect, mode) in policies().iter().flat_map(|p| MODES.map(|mode| (p, mode))) {
            check_tags(&[text.as_bytes()], protect, mode, &Limits::default());
        }
    });
}

#[test]
fn every_cut_and_every_pair_of_cuts() {
    let texts = [
        "ab<b>c<t_c a=\"x>y\">d<t_c/>e</t_c>f</p>g<",
        "<o_x><t_c k='<'>1</t_c ><u_x ></u_x></b><!-- <v_x/> --></w_x>",
        "<x><y><x></y></x><z></x>< /z></z>i <n && j> 'k'<dyn X + 'static>",
        "é<t_c>\u{1F600}</t_c>\r\n<T_C\n/><function=a>b</function></t_c",
    ];
    for text in texts {
        for (protect, mode) in policies().iter().flat_map(|p| MODES.map(|mode| (p, mode))) {
            for limits in &limits() {
                let whole = oracle::tag::spans(text.as_bytes(), protect, mode, limits);
                cuts::all(text.as_bytes(), |pieces| {
                    assert_eq!(walk_tags(pieces, protect, mode, limits), whole, "{pieces:?}");
                });
            }
        }
    }
}

#[test]
fn random_cuts_of_a_large_text() {
    let mut random = cuts::Random(7);
    let words = [
        "<a_x>",
        "</a_x>",
        "<b_x>",
        "</b_x>",
        "<b_x/>",
        "<p>",
        "some text ",
        "<",
        "x",
        "\n",
        "<q w='",
        "'>",
    ];
    let text: String = (0..20_000).map(|_| words[random.below(words.len())]).collect();
    for (mode, block) in MODES.into_iter().flat_map(|mode| [30, 300, 1 << 20].map(|b| (mode, b))) {
        let mut limits = Limits::default();
        limits.block = block;
        let whole = walk_tags(&[text.as_bytes()], &Protect::Known, mode, &limits);
        assert!(whole.iter().filter(|span| span.kind == SpanKind::Protected).count() > 500);
        cuts::random(text.as_bytes(), 11, 17, |pieces| {
            assert!(walk_tags(pieces, &Protect::Known, mode, &limits) == whole);
        });
    }
}

#[test]
fn a_hundred_thousand_deep() {
    let n = 100_000;
    let text = format!("{}{}", "<a-x>".repeat(n), "</a-x>".repeat(n));
    let mut limits = Limits::default();
    (limits.tag_depth, limits.block) = (n, text.len());
    let whole = Span { kind: SpanKind::Protected, start: 0, end: text.len() as u64 };
    let walk =
        |limits: &Limits| walk_tags(&[text.as_bytes()], &Protect::Known, TagMode::Blocks, limits);
    assert_eq!(walk(&limits), [whole]);
    limits.tag_depth = n - 1;
    assert_eq!(walk(&limits).iter().map(|span| span.end - span.start).sum::<u64>(), whole.end);
    assert!(walk(&limits).iter().all(|span| span.kind == SpanKind::Protected));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn fragments_in_any_order(
        head in any::<[u8; 3]>(),
        sizes in proptest::collection::vec(0_u8..20, 0..8),
        words in proptest::collection::vec(
            prop_oneof![
                "</?[xyb]/?>",
                "</?(tool_call|think|a:b|div|T_c|invoke|x-)/?>",
                "<(x|tool_call|B)( [a-z]=(\"[^\"]{0,4}\"|'[^']{0,4}'|[a-z/]*))* ?/?>",
                "[<>/='\" a-z_]{1,4}",
                "[ -~\n]{0,20}",
                any::<String>(),
            ],
            0..30,
        ),
    ) {
        let mut data = head.to_vec();
        data[2] = sizes.len() as u8;
        data.extend(sizes);
        data.extend(words.concat().bytes());
        tag_walker(&data);
    }

    #[test]
    fn placeholders_come_back(
        words in proptest::collection::vec(
            "<x_y/>|<x_y>|</x_y>|\\[kept:|[0-3]:|[0-3]\\]|\\[|[a-z ]{1,3}",
            0..30,
        ),
    ) {
        placeholders(words.concat().as_bytes());
    }

    #[test]
    fn any_bytes(data in proptest::collection::vec(any::<u8>(), 0..200)) {
        tag_walker(&data);
    }
}
