//! Codex's rollouts: a list of items of OpenAI Responses, among events and notes.
//!
//! A request is all items up to the model's next. A compaction puts another history in their place; what
//! that holds was sent before. Turns may be taken back. Older rollouts have bare items as lines.

use super::{
    super::{
        json::{self, Object},
        turn::{self, Draft, Feed, Thread, Usage, hash},
    },
    HELD, bodies,
};
use brevity::Dialect;
use std::{mem, sync::Arc};

/// A rollout, as far as it was read.
pub(super) struct Codex {
    file: Arc<str>,
    thread: Thread,
    items: Vec<Item>,
    /// How many items there were when each of the user's turns began.
    turns: Vec<usize>,
    held: usize,
    model: Option<String>,
    /// The last request, whose usage is still to come.
    asked: Option<Asked>,
    /// Conversations that were cut since they grew too long.
    pub(super) headless: u64,
}

struct Item {
    /// What tells it from all others of the rollout.
    id: u64,
    line: u64,
    is_own: bool,
    text: Box<[u8]>,
}

struct Asked {
    items: usize,
    model: Option<String>,
    usage: Option<Usage>,
    answer: u64,
}

impl Codex {
    pub(super) fn new(file: Arc<str>) -> Self {
        Self {
            file,
            thread: Thread::default(),
            items: Vec::new(),
            turns: Vec::new(),
            held: 0,
            model: None,
            asked: None,
            headless: 0,
        }
    }

    /// Reads a line that has a payload; false if its type is not known.
    pub(super) fn line(
        &mut self,
        line: u64,
        kind: Option<&str>,
        object: &Object<'_>,
        feed: &mut Feed<'_>,
    ) -> bool {
        let Some(payload) = object.value("payload") else { return false };
        match kind {
            Some("response_item") => self.item(line, payload, feed),
            Some("turn_context") => self.context(payload),
            Some("event_msg") => self.event(payload, feed),
            Some("compacted") => self.compacted(line, payload, feed),
            Some("session_meta") => {}
            _ => return false,
        }
        true
    }

    /// Adds an item. The first of the model's own ends a request.
    pub(super) fn item(&mut self, line: u64, text: &[u8], feed: &mut Feed<'_>) {
        let Some(object) = json::object(text) else { return };
        // Notes of Codex to itself, and the first line of an older rollout, are never sent.
        let is_note = object.text("type").is_some_and(|kind| kind == "ghost_snapshot");
        if is_note || object.value("type").is_none() && object.value("role").is_none() {
            return;
        }
        let is_own = bodies::is_own(Dialect::OpenAiResponses, text);
        let is_answered = self.items.last().is_some_and(|last| !last.is_own);
        if is_own && is_answered {
            self.offer(feed);
            let answer = object.value("id").or_else(|| object.value("call_id"));
            self.asked = Some(Asked {
                items: self.items.len(),
                model: self.model.clone(),
                usage: None,
                answer: answer.map_or(0, |id| hash(&id)),
            });
        }
        self.held += text.len();
        if self.held > HELD {
            self.cut(feed, text.len());
        }
        self.items.push(Item { id: hash(&(line, 0)), line, is_own, text: text.into() });
    }

    /// Offers the last request.
    pub(super) fn finish(&mut self, feed: &mut Feed<'_>) {
        self.offer(feed);
    }

    fn context(&mut self, payload: &[u8]) {
        let model = json::object(payload).and_then(|context| context.text("model"));
        self.model = model.or(self.model.take());
    }

    fn event(&mut self, payload: &[u8], feed: &mut Feed<'_>) {
        let Some(event) = json::object(payload) else { return };
        match event.text("type").as_deref() {
            Some("token_count") => self.counted(&event),
            Some("task_started") => self.turns.push(self.items.len()),
            Some("thread_rolled_back") => self.take_back(event.number("num_turns"), feed),
            _ => {}
        }
    }

    /// The first count after an answer is that answer's; the same comes again with other news.
    fn counted(&mut self, event: &Object<'_>) {
        if let Some(asked) = self.asked.as_mut().filter(|asked| asked.usage.is_none()) {
            let info = event.object("info");
            asked.usage = info.and_then(|info| info.object("last_token_usage")).map(|u| usage(&u));
        }
    }

    /// Forgets the items of the last turns, if it is known where they began.
    fn take_back(&mut self, turns: Option<u64>, feed: &mut Feed<'_>) {
        let turns = turns.and_then(|turns| usize::try_from(turns).ok());
        let first = turns.and_then(|turns| self.turns.len().checked_sub(turns));
        let Some(&items) = first.and_then(|first| self.turns.get(first)) else { return };
        self.offer(feed);
        self.items.truncate(items);
        self.turns.truncate(first.unwrap_or_default());
    }

    /// Puts what a compaction has left in the place of the items.
    fn compacted(&mut self, line: u64, payload: &[u8], feed: &mut Feed<'_>) {
        self.offer(feed);
        let Some(payload) = json::object(payload) else { return };
        let summary = || {
            let text = payload.value("message").filter(|text| text.starts_with(b"\""));
            let text = String::from_utf8_lossy(text.unwrap_or(b"\"\"")).into_owned();
            vec![
                format!("{{\"type\":\"message\",\"role\":\"user\",\"content\":{text}}}")
                    .into_bytes(),
            ]
        };
        let left = payload.array("replacement_history");
        let left = left.map(|items| items.into_iter().map(<[u8]>::to_vec).collect());
        let left: Vec<Vec<u8>> = left.unwrap_or_else(summary);
        self.held = left.iter().map(Vec::len).sum();
        let items = left.into_iter().enumerate().map(|(at, text)| {
            let (id, text) = (hash(&(line, at)), text.into());
            Item { id, line, is_own: false, text }
        });
        self.items = items.collect();
        self.turns.clear();
        self.thread = Thread::after(self.items.iter().map(|item| item.id));
    }

    /// Lets go of a history that is too long to be held.
    fn cut(&mut self, feed: &mut Feed<'_>, held: usize) {
        self.offer(feed);
        self.items.clear();
        self.turns.clear();
        self.thread = Thread::default();
        (self.held, self.headless) = (held, self.headless + 1);
    }

    fn offer(&mut self, feed: &mut Feed<'_>) {
        let Some(asked) = mem::take(&mut self.asked) else { return };
        let items = &self.items[..asked.items];
        let texts = items.iter().map(|item| &*item.text);
        let (body, tail) = turn::body("input", texts, asked.model.as_deref());
        let draft = Draft {
            dialect: Dialect::OpenAiResponses,
            body,
            tail,
            ids: items.iter().map(|item| item.id).collect(),
            lines: items.iter().map(|item| item.line).collect(),
            model: asked.model,
            usage: asked.usage,
            answer: asked.answer,
        };
        feed.offer(&self.file, &mut self.thread, draft);
    }
}

/// Whether a line is an item by itself, or a note of an older rollout.
pub(super) fn is_bare(kind: Option<&str>, object: &Object<'_>) -> bool {
    match kind {
        Some("message") => object.value("role").is_some() && object.value("content").is_some(),
        Some(kind) => {
            kind == "reasoning" || kind.ends_with("_call") || kind.ends_with("_call_output")
        }
        None => {
            object.value("record_type").is_some()
                || object.value("id").is_some() && object.value("instructions").is_some()
        }
    }
}

fn usage(counts: &Object<'_>) -> Usage {
    let count = |key| counts.number(key).unwrap_or(0);
    let read = count("cached_input_tokens");
    let input = count("input_tokens").saturating_sub(read);
    Usage { input, write: 0, read, output: count("output_tokens") }
}
