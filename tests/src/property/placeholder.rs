use brevity::{Settings, placeholder};

/// A text whose protected tags are taken out and put back is the text.
pub fn placeholders(text: &[u8]) {
    let protected = placeholder::protect(text, &Settings::default());
    let restored = protected.restore(protected.text());
    assert_eq!(restored.text, text);
    assert_eq!((restored.lost, restored.repeated, restored.unknown), (vec![], 0, 0));
    for span in protected.spans() {
        assert!(span.starts_with(b"<") && span.ends_with(b">"));
    }
}
