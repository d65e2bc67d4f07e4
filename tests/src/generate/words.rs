//! Names, paths, sentences and ids, drawn from short lists.

use super::rng::Rng;

const HEX: &str = "0123456789abcdef";
const DIGITS: &str = "0123456789";

const NOUNS: [&str; 40] = [
    "account", "adapter", "archive", "batch", "border", "bucket", "buffer", "cache", "channel",
    "client", "cursor", "device", "digest", "driver", "entry", "event", "field", "filter",
    "folder", "garden", "header", "index", "invoice", "journal", "kernel", "ledger", "lookup",
    "market", "message", "metric", "order", "packet", "parser", "policy", "queue", "record",
    "region", "session", "token", "window",
];

const VERBS: [&str; 20] = [
    "accept", "append", "build", "check", "close", "collect", "copy", "decode", "drain", "fetch",
    "flush", "merge", "open", "parse", "read", "retry", "send", "skip", "split", "write",
];

const OTHERS: [&str; 24] = [
    "the", "a", "of", "to", "in", "and", "with", "for", "from", "after", "before", "while", "not",
    "new", "old", "first", "last", "next", "empty", "large", "late", "remote", "slow", "stale",
];

const PEOPLE: [&str; 16] = [
    "Ana Souza",
    "Bo Lindqvist",
    "Chidi Okafor",
    "Dana Weiss",
    "Emre Kaya",
    "Farah Haddad",
    "Grace Kim",
    "Hugo Marín",
    "Ines Costa",
    "Jun Tanaka",
    "Kofi Mensah",
    "Lena Novak",
    "Mika Virtanen",
    "Noor Aziz",
    "Olga Petrova",
    "Priya Nair",
];

const UNICODE: [&str; 12] = [
    "naïve café",
    "Straße nach Köln",
    "привет, мир",
    "東京都千代田区",
    "안녕하세요",
    "مرحبا بالعالم",
    "🦀🚀",
    "👩‍👩‍👧",
    "π ≈ 3.14",
    "“quoted” — dash…",
    "e\u{301}toile",
    "\u{2028}between lines",
];

const EXTENSIONS: [&str; 8] = ["rs", "py", "ts", "md", "toml", "json", "go", "sql"];

/// A noun.
pub fn noun(rng: &mut Rng) -> &'static str {
    rng.pick(&NOUNS)
}

/// A verb.
pub fn verb(rng: &mut Rng) -> &'static str {
    rng.pick(&VERBS)
}

/// A person's name, some beyond ASCII.
pub fn person(rng: &mut Rng) -> &'static str {
    rng.pick(&PEOPLE)
}

/// Text in some language or script beyond ASCII.
pub fn unicode(rng: &mut Rng) -> &'static str {
    rng.pick(&UNICODE)
}

/// An identifier in one of three spellings.
pub fn identifier(rng: &mut Rng) -> String {
    let (verb, noun) = (verb(rng), noun(rng));
    match rng.below(3) {
        0 => format!("{verb}_{noun}"),
        1 => format!("{verb}{}", capital(noun)),
        _ => noun.to_owned(),
    }
}

/// A word with its first letter, which is ASCII, in upper case.
pub fn capital(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

/// A sentence of `words` words and a full stop.
pub fn sentence(rng: &mut Rng, words: usize) -> String {
    let mut text = capital(rng.pick(&OTHERS));
    for at in 1..words {
        text.push(' ');
        text.push_str(match at % 3 {
            0 => rng.pick(&OTHERS),
            1 => noun(rng),
            _ => verb(rng),
        });
    }
    text.push('.');
    text
}

/// A relative path of a source file.
pub fn path(rng: &mut Rng) -> String {
    let mut path = rng.pick(&["src", "tests", "docs", "crates", "lib"]).to_owned();
    for _ in 0..rng.between(1, 3) {
        path.push('/');
        path.push_str(noun(rng));
    }
    path.push('.');
    path.push_str(rng.pick(&EXTENSIONS));
    path
}

/// `count` hexadecimal digits in lower case.
pub fn hex(rng: &mut Rng, count: usize) -> String {
    rng.string(HEX, count)
}

/// A number of `count` digits that does not begin with 0.
pub fn digits(rng: &mut Rng, count: usize) -> String {
    rng.string("123456789", 1) + &rng.string(DIGITS, count.saturating_sub(1))
}

/// An id as RFC 9562 writes them.
pub fn uuid(rng: &mut Rng) -> String {
    [8, 4, 4, 4, 12].map(|count| hex(rng, count)).join("-")
}

/// `count` characters of base64.
pub fn base64(rng: &mut Rng, count: usize) -> String {
    rng.string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", count)
}

/// A time of day, `second` seconds after eight o'clock, as `hh:mm:ss`.
pub fn clock(second: usize) -> String {
    let second = second + 8 * 3600;
    format!("{:02}:{:02}:{:02}", second / 3600 % 24, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_the_words() {
        let draw = |seed| {
            let mut rng = Rng::new(seed);
            (sentence(&mut rng, 9), path(&mut rng), uuid(&mut rng), identifier(&mut rng))
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }

    #[test]
    fn forms() {
        let mut rng = Rng::new(5);
        assert_eq!(uuid(&mut rng).len(), 36);
        assert_eq!(digits(&mut rng, 30).len(), 30);
        assert_eq!(clock(61), "08:01:01");
        assert_eq!(capital("ünder"), "ünder");
    }
}
