//! What programs print as they run: times, levels, results of tests, steps of builds.

use super::shape::{Shape, wordy};

/// What a line has of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// A time, a level or a result: nothing else prints it.
    Sure,
    /// It may be one.
    Likely,
    /// The frame that a compiler draws around the code that it shows.
    Frame,
    Nothing,
}

/// A time may stand so far into a line.
const TIME: usize = 64;

/// What `shape` has of a log.
pub(super) fn message(shape: &Shape) -> Message {
    if framed(shape) {
        return Message::Frame;
    }
    if timed(shape) || levelled(shape) || tested(shape) || built(shape) || drawn(shape) {
        return Message::Sure;
    }
    if traced(shape)
        || stepped(shape)
        || coded(shape)
        || paired(shape)
        || epoch(shape)
        || object(shape)
    {
        return Message::Likely;
    }
    Message::Nothing
}

/// `10:11:12` before any quote, bracket of code or assignment.
fn timed(shape: &Shape) -> bool {
    if shape.digits() < 6 || shape.indent > 0 && b";,{".contains(&shape.last()) {
        return false;
    }
    let front = &shape.text[..shape.text.len().min(TIME)];
    let clock = memchr::memchr_iter(b':', front).find(|at| clock(front, *at));
    clock.is_some_and(|at| plain(&front[..at]))
}

/// Two digits, the colon at `at`, two digits, a colon (or, as some write, a dot), two digits.
fn clock(front: &[u8], at: usize) -> bool {
    let digit = |at: usize| front.get(at).is_some_and(u8::is_ascii_digit);
    at >= 2
        && digit(at - 2)
        && digit(at - 1)
        && digit(at + 1)
        && digit(at + 2)
        && matches!(front.get(at + 3), Some(b':' | b'.'))
        && digit(at + 4)
        && digit(at + 5)
}

/// No sign that code has before a time or a level.
fn plain(front: &[u8]) -> bool {
    !front.iter().any(|byte| matches!(byte, b'=' | b';' | b'{' | b'`' | b'\'' | b'*' | b'#'))
        && !front.starts_with(b"//")
        && memchr::memchr(b'"', front).is_none_or(|at| at == 0)
}

const LEVELS: [&[u8]; 13] = [
    b"INFO",
    b"WARN",
    b"WARNING",
    b"ERROR",
    b"DEBUG",
    b"TRACE",
    b"FATAL",
    b"CRITICAL",
    b"NOTICE",
    b"SEVERE",
    b"PASSED",
    b"FAILED",
    b"SKIPPED",
];

/// A level or a result in capitals, where no code stands before it and none ends the line.
fn levelled(shape: &Shape) -> bool {
    if shape.upper() < 4 || matches!(shape.last(), b',' | b';' | b'{' | b'(' | b'\\' | b'=') {
        return false;
    }
    let front = shape.front();
    let mut at = 0;
    while let Some(start) = front[at..].iter().position(u8::is_ascii_uppercase) {
        let start = at + start;
        let length = front[start..].iter().take_while(|byte| wordy(**byte)).count();
        let word = &front[start..start + length];
        let alone = start == 0 || matches!(front[start - 1], b' ' | b'[' | b'\t' | b'|' | b'<');
        if alone && LEVELS.contains(&word) {
            return plain(&front[..start]) && ends_level(front, start, length);
        }
        at = start + length;
    }
    false
}

/// Whether what follows a level is not an operator. The line may end in a result.
fn ends_level(front: &[u8], start: usize, length: usize) -> bool {
    let rest = &front[start + length..];
    let operator =
        rest.iter().find(|byte| **byte != b' ').is_some_and(|byte| b"=(,&|".contains(byte));
    let call = front[..start].contains(&b'(');
    !call
        && match rest.first() {
            None => start > 0,
            Some(b' ' | b']' | b':' | b'\t' | b'>' | b'|') => !operator || rest[0] != b' ',
            _ => false,
        }
}

/// What runners of tests print for each test.
fn tested(shape: &Shape) -> bool {
    match shape.first() {
        b't' => shape.starts(b"test ") && holds(shape, b" ... "),
        b'=' => shape.starts(b"=== ") || shape.starts(b"====") && shape.spaces() >= 2,
        b'-' => shape.starts(b"--- PASS") || shape.starts(b"--- FAIL") || shape.starts(b"--- SKIP"),
        b'o' => shape.starts(b"ok  \t") || shape.starts(b"ok "),
        b'F' => shape.starts(b"FAIL\t") || shape.starts(b"FAIL ") || shape.starts(b"FAILED "),
        b'P' => shape.starts(b"PASS ") || shape.text == b"PASS",
        b'?' => shape.starts(b"?   \t"),
        b'n' => shape.starts(b"not ok ") || shape.starts(b"npm "),
        b'[' => percent(shape.text),
        b'>' => shape.starts(b"> ") && shape.indent == 0 && holds(shape, b" @ "),
        0xe2 => ticked(shape.text),
        0x1b => true,
        _ => shape.text.ends_with(b"%]"),
    }
}

/// A tick, a cross or a bullet.
fn ticked(text: &[u8]) -> bool {
    match text.get(1..3) {
        Some([0x9c, mark]) => (0x93..=0x98).contains(mark),
        Some([0x97, mark]) => matches!(mark, 0x8b | 0x8f),
        Some([0x88, mark]) => *mark == 0x9a,
        _ => false,
    }
}

/// `[ 12%]`, `[3/40]`.
fn percent(text: &[u8]) -> bool {
    let inner = &text[1..text.len().min(12)];
    let Some(end) = inner.iter().position(|byte| *byte == b']') else { return false };
    let inner = &inner[..end];
    inner.iter().all(|byte| byte.is_ascii_digit() || b" %/.".contains(byte))
        && inner.iter().any(|byte| b"%/".contains(byte))
}

/// Cargo's verbs end in the twelfth column; compilers and tools name a level and a colon.
fn built(shape: &Shape) -> bool {
    let word = shape.word;
    let twelfth = shape.indent > 0 && shape.indent + word.len() == 12;
    let verb = word.ends_with(b"ing") || word.ends_with(b"ed") || word == b"Fresh";
    twelfth && verb && shape.first().is_ascii_uppercase() && shape.at(word.len()) == b' '
        || levels(shape, word)
}

fn levels(shape: &Shape, word: &[u8]) -> bool {
    let known = matches!(
        word,
        b"error"
            | b"warning"
            | b"note"
            | b"fatal"
            | b"Error"
            | b"Warning"
            | b"hint"
            | b"ERROR"
            | b"make"
            | b"panic"
            | b"remote"
    );
    known
        && match shape.at(word.len()) {
            b':' => {
                shape.indent < 2
                    && shape.at(word.len() + 1) == b' '
                    && !b",;{".contains(&shape.last())
            }
            b'[' => shape.starts(b"error[E") || shape.starts(b"make["),
            _ => false,
        }
}

/// Escape sequences, or a carriage return that overdraws.
fn drawn(shape: &Shape) -> bool {
    let front = shape.front();
    shape.control() > 0 && memchr::memchr2(0x1b, b'\r', front).is_some_and(|at| plain(&front[..at]))
}

/// `12 | code`, ` --> src/x.rs:1:2`, `|      ^^^`, `= note: …`.
fn framed(shape: &Shape) -> bool {
    match shape.first() {
        b'-' => shape.starts(b"--> ") || shape.starts(b"::: "),
        b'=' => shape.indent > 0 && (shape.starts(b"= note: ") || shape.starts(b"= help: ")),
        b'|' => {
            shape.indent > 0 && (shape.text == b"|" || shape.starts(b"|  ") || shape.starts(b"| ^"))
        }
        b'0'..=b'9' => gutter(shape),
        _ => false,
    }
}

/// A number and ` |` after it.
fn gutter(shape: &Shape) -> bool {
    let digits = shape.text.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
    let rest = shape.text[digits..].trim_ascii_start();
    let wide = shape.text.len() - digits - rest.len();
    wide > 0 && wide < 8 && rest.first() == Some(&b'|') && matches!(rest.get(1), None | Some(b' '))
}

/// Lines of stack traces.
fn traced(shape: &Shape) -> bool {
    match shape.first() {
        b'a' => shape.starts(b"at ") && shape.indent > 0 && shape.last() != b';',
        b'F' => shape.starts(b"File \"") && holds(shape, b"\", line "),
        b'T' => shape.starts(b"Traceback (most"),
        b'C' => shape.starts(b"Caused by: "),
        b'E' => shape.starts(b"E   ") || shape.starts(b"Exception in "),
        b't' => shape.starts(b"thread '"),
        b'g' => shape.starts(b"goroutine ") || shape.starts(b"gcc -") || shape.starts(b"g++ -"),
        _ => false,
    }
}

/// `Installing x`, `Get:1 http://…`: what package managers and builders say.
fn stepped(shape: &Shape) -> bool {
    if !shape.first().is_ascii_uppercase() || shape.indent > 2 {
        return false;
    }
    let word = shape.word;
    let doing = word.len() > 5 && word.ends_with(b"ing") && shape.at(word.len()) == b' ';
    let prose = shape.last() == b'.' && !shape.text.ends_with(b"...");
    let fetch = matches!(word, b"Get" | b"Hit" | b"Ign")
        && shape.at(3) == b':'
        && shape.at(4).is_ascii_digit();
    let known: [&[u8]; 6] = [
        b"Setting up ",
        b"Requirement already ",
        b"Using cached ",
        b"Successfully ",
        b"Reading ",
        b"Tests: ",
    ];
    doing && !prose && shape.signs() < 4 && !b",;{:".contains(&shape.last())
        || fetch
        || known.iter().any(|start| shape.starts(start))
}

/// What begins with a number in hexadecimal: `1a2b3c4 a commit`, `* 1a2b3c4 one in a graph`,
/// `401a: 5d  an instruction`; and `call(x) = 0`, a system call.
fn coded(shape: &Shape) -> bool {
    let side = |byte: &u8| matches!(byte, b'*' | b'|' | b'/' | b'\\' | b' ');
    let start = shape.text.iter().take(24).take_while(|byte| side(byte)).count();
    let text = &shape.text[start..];
    let hex =
        text.iter().take(41).take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
    let digit = || text[..hex].iter().any(u8::is_ascii_digit);
    match text.get(hex) {
        Some(b' ') => (7..=40).contains(&hex) && digit(),
        Some(b':') => hex >= 2 && shape.control() > 0 && text.get(hex + 1) == Some(&b'\t'),
        _ => called(shape),
    }
}

/// `call(x) = 0` at the start of a line, with no code after it.
fn called(shape: &Shape) -> bool {
    let open = shape.text.get(shape.word.len()) == Some(&b'(');
    if !open || shape.word.is_empty() || shape.indent > 0 {
        return false;
    }
    let end = &shape.text[shape.text.len().saturating_sub(64)..];
    let equals = memchr::memrchr(b'=', end);
    equals.is_some_and(|at| {
        end[..at].trim_ascii_end().ends_with(b")")
            && matches!(end.get(at + 2), Some(b'0'..=b'9' | b'-'))
    }) && !matches!(shape.last(), b';' | b'{' | b',')
}

/// Three `key=value` or more, without spaces around the signs.
fn paired(shape: &Shape) -> bool {
    if shape.signs() < 3 || shape.spaces() < 2 || b"<(-#".contains(&shape.first()) {
        return false;
    }
    let front = shape.front();
    let pairs = memchr::memchr_iter(b'=', front).filter(|at| {
        let before = *at > 0 && wordy(front[at - 1]);
        before && front.get(at + 1).is_some_and(|byte| !b" =>~".contains(byte))
    });
    pairs.count() >= 3 && !front.contains(&b'(') && !b",;{\\)>".contains(&shape.last())
}

/// Ten digits that are a time since 1970, with no code before them.
fn epoch(shape: &Shape) -> bool {
    if shape.digits() < 10 || shape.signs() > 4 || shape.last() == b',' || shape.spaces() < 2 {
        return false;
    }
    let front = &shape.text[..shape.text.len().min(TIME)];
    let mut words = front.split(|byte| b" .[:".contains(byte));
    words.any(|word| word.len() == 10 && word[0] == b'1' && word.iter().all(u8::is_ascii_digit))
}

/// A small JSON object on a line of its own.
fn object(shape: &Shape) -> bool {
    shape.starts(b"{\"") && shape.last() == b'}' && shape.indent == 0
}

/// Whether `shape` holds `needle`, in the bytes that are counted and a little beyond.
fn holds(shape: &Shape, needle: &[u8]) -> bool {
    let front = &shape.text[..shape.text.len().min(200)];
    front.windows(needle.len()).any(|window| window == needle)
}
