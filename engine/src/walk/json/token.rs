//! Strings and scalars. Each reads what it can and returns its end, or nothing after a change of
//! state or when the bytes ran out.

use super::{
    Event, JsonErrorKind, JsonWalker, Scalar, State, Step,
    scan::{self, Digits, Tail},
};

impl JsonWalker {
    #[inline]
    pub(super) fn text(&mut self, bytes: &mut &[u8]) -> Step {
        self.advance(bytes, scan::plain(bytes));
        // Most escapes are of one letter and whole: they change nothing.
        while let [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', rest @ ..] =
            *bytes
        {
            self.advance(bytes, 2 + scan::plain(rest));
        }
        let Some(&byte) = bytes.first() else { return Ok(None) };
        match byte {
            b'"' => {
                self.advance(bytes, 1);
                return Ok(Some(self.end_text()));
            }
            b'\\' => self.state = State::Escape,
            ..0x20 => return self.fail(JsonErrorKind::Control),
            _ => match Tail::after_lead(byte) {
                Some(tail) => self.state = State::Char(tail),
                None => return self.fail(JsonErrorKind::Utf8),
            },
        }
        self.advance(bytes, 1);
        Ok(None)
    }

    #[inline]
    fn end_text(&mut self) -> Event {
        if self.in_key {
            self.state = State::Colon;
            Event::KeyEnd
        } else {
            self.end_value();
            Event::StringEnd
        }
    }

    pub(super) fn char(&mut self, mut tail: Tail, bytes: &mut &[u8]) -> Step {
        while let Some(&byte) = bytes.first() {
            let Some(rest) = tail.after(byte) else { return self.fail(JsonErrorKind::Utf8) };
            self.advance(bytes, 1);
            match rest {
                Some(rest) => tail = rest,
                None => {
                    self.state = State::Text;
                    return Ok(None);
                }
            }
        }
        self.state = State::Char(tail);
        Ok(None)
    }

    pub(super) fn escape(&mut self, bytes: &mut &[u8]) -> Step {
        let Some(&byte) = bytes.first() else { return Ok(None) };
        self.state = match byte {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => State::Text,
            b'u' => State::Hex,
            _ => return self.fail(JsonErrorKind::Escape),
        };
        self.progress = 0;
        self.advance(bytes, 1);
        Ok(None)
    }

    pub(super) fn hex(&mut self, bytes: &mut &[u8]) -> Step {
        while let Some(&byte) = bytes.first() {
            if !byte.is_ascii_hexdigit() {
                return self.fail(JsonErrorKind::Escape);
            }
            self.advance(bytes, 1);
            self.progress += 1;
            if self.progress == 4 {
                self.state = State::Text;
                break;
            }
        }
        Ok(None)
    }

    #[inline]
    pub(super) fn number(&mut self, mut digits: Digits, bytes: &mut &[u8]) -> Step {
        let chunk = *bytes;
        let mut read = 0;
        let end = loop {
            if digits.repeats() {
                read += chunk[read..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            }
            let Some(&byte) = chunk.get(read) else { break None };
            let Some(next) = digits.after(byte) else { break Some(byte) };
            digits = next;
            read += 1;
        };
        self.advance(bytes, read);
        match end {
            None => self.state = State::Number(digits),
            Some(byte) if digits.may_end() && scan::ends_number(byte) => {
                self.end_value();
                return Ok(Some(Event::ScalarEnd(Scalar::Number)));
            }
            Some(_) => return self.fail(JsonErrorKind::Number),
        }
        Ok(None)
    }

    #[inline]
    pub(super) fn word(&mut self, word: Scalar, bytes: &mut &[u8]) -> Step {
        let left = &word.word()[usize::from(self.progress)..];
        let equal = left.iter().zip(*bytes).take_while(|(a, b)| a == b).count();
        self.advance(bytes, equal);
        self.progress += equal as u8;
        if equal == left.len() {
            self.end_value();
            return Ok(Some(Event::ScalarEnd(word)));
        }
        if bytes.is_empty() { Ok(None) } else { self.fail(JsonErrorKind::Unexpected) }
    }
}
