use super::*;
use serde_json::{Deserializer, Value};

#[test]
fn every_shape_and_spacing_parses_and_is_fixed_by_its_seed() {
    for shape in Shape::ALL {
        for (seed, spacing) in (0..).zip(Spacing::ALL) {
            let text = document(seed, shape, spacing, 60);
            assert_eq!(text, document(seed, shape, spacing, 60));
            // `serde_json` makes strings of them, so it takes no lone surrogates.
            let text = String::from_utf8(text).expect("UTF-8");
            let text = text.replace("\\ud800", "").replace("\\udc00", "");
            let documents = Deserializer::from_str(&text).into_iter::<Value>();
            let count =
                documents.map(|document| document.expect("valid")).collect::<Vec<_>>().len();
            assert_eq!(count, if shape.is_stream() { 60 } else { 1 }, "{shape:?}");
        }
    }
}

#[test]
fn any_covers_many_shapes() {
    let texts: std::collections::BTreeSet<_> = (0..100).map(any).collect();
    assert!(texts.len() > 90, "{}", texts.len());
    assert!((0..100).all(|seed| any(seed) == any(seed)));
}

#[test]
fn irregular_rows_are_irregular() {
    let text = document(2, Shape::IrregularRows, Spacing::Minified, 200);
    let text = String::from_utf8(text).expect("UTF-8");
    for sign in ["null", "\"\"", "\"extra\"", "{}"] {
        assert!(text.contains(sign), "{sign}");
    }
}
