//! Claude Code's session logs: a tree of lines.
//!
//! Each line names the one before it, so a session that was taken back to an earlier message has
//! branches, and a sub-agent a tree of its own. An answer is spread over lines, one for each block of it. A
//! request is made of the lines from the root to the one that an answer's first line follows. Where tools ran
//! side by side, each result names the line of its own call, so that way misses some of the calls and of
//! their results: an answer is all lines of its id, and what its calls gave follows.

mod path;

use super::{
    super::{
        json::{self, Object},
        turn::{self, Draft, Feed, Thread, Usage, hash},
    },
    HELD,
};
use brevity::Dialect;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// About what a line takes besides its content, in bytes.
const NODE: usize = 512;

/// A session, as far as it was read. Lines are named by their place in `nodes`.
pub(super) struct Claude {
    file: Arc<str>,
    nodes: Vec<Node>,
    /// Each line by the hash of its `uuid`.
    by_id: HashMap<u64, usize>,
    /// The lines of each answer, by the hash of its id.
    answers: HashMap<u64, Vec<usize>>,
    /// The lines that hold a result, by the hash of the call's id.
    results: HashMap<u64, Vec<usize>>,
    asked: Vec<Asked>,
    /// The request of each answer, by the hash of the answer's id.
    by_answer: HashMap<u64, usize>,
    held: usize,
    /// Conversations whose first lines are not there.
    pub(super) headless: u64,
}

struct Node {
    parent: Option<usize>,
    /// The first line of its conversation.
    root: usize,
    line: u64,
    said: Option<Said>,
}

/// What a line adds to the conversation.
struct Said {
    is_own: bool,
    /// The hash of the answer's id; for the user's lines it is their own.
    answer: u64,
    /// A string or an array, as it stands.
    content: Box<[u8]>,
    /// The hashes of the ids of calls that it makes, and of those that it answers.
    calls: Vec<u64>,
    results: Vec<u64>,
}

/// A request that was answered.
struct Asked {
    /// Its last line.
    leaf: usize,
    /// The answer's first line.
    answer: usize,
    model: Option<String>,
    usage: Option<Usage>,
}

impl Claude {
    pub(super) fn new(file: Arc<str>) -> Self {
        Self {
            file,
            nodes: Vec::new(),
            by_id: HashMap::new(),
            answers: HashMap::new(),
            results: HashMap::new(),
            asked: Vec::new(),
            by_answer: HashMap::new(),
            held: 0,
            headless: 0,
        }
    }

    /// Reads a line that has a `uuid`; false if it is of a type that says nothing to the model. It has
    /// its place in the tree all the same.
    pub(super) fn line(
        &mut self,
        line: u64,
        kind: Option<&str>,
        object: &Object<'_>,
        feed: &mut Feed<'_>,
    ) -> bool {
        let Some(id) = object.value("uuid") else { return false };
        let is_own = kind == Some("assistant");
        let speaks = is_own || kind == Some("user");
        let message = object.object("message").filter(|_| speaks && !is_note(object));
        let said = message.as_ref().and_then(|message| Said::read(is_own, id, message));
        self.held += NODE + said.as_ref().map_or(0, |said| said.content.len());
        if self.held > HELD {
            self.let_go(feed);
        }
        let at = self.add(id, object, line, said);
        if let Some(message) = message.filter(|_| is_own) {
            self.answered(at, &message);
        }
        speaks || kind == Some("system")
    }

    /// Offers the requests of all conversations, one conversation after the other.
    pub(super) fn finish(&mut self, feed: &mut Feed<'_>) {
        let mut conversations: BTreeMap<usize, Vec<&Asked>> = BTreeMap::new();
        for asked in &self.asked {
            conversations.entry(self.nodes[asked.answer].root).or_default().push(asked);
        }
        for asked in conversations.into_values() {
            let mut thread = Thread::default();
            for asked in asked {
                if let Some(draft) = self.draft(asked) {
                    feed.offer(&self.file, &mut thread, draft);
                }
            }
        }
        self.nodes.clear();
        self.asked.clear();
        self.by_id.clear();
        self.answers.clear();
        self.results.clear();
        self.by_answer.clear();
    }

    /// Ends all conversations, since they are too long to be held.
    fn let_go(&mut self, feed: &mut Feed<'_>) {
        self.finish(feed);
        self.held = 0;
    }

    fn add(&mut self, id: &[u8], object: &Object<'_>, line: u64, said: Option<Said>) -> usize {
        let at = self.nodes.len();
        let named = object.value("parentUuid").filter(|parent| *parent != b"null");
        let parent = named.and_then(|parent| self.by_id.get(&hash(&parent)).copied());
        self.headless += u64::from(named.is_some() && parent.is_none());
        let root = parent.map_or(at, |parent| self.nodes[parent].root);
        for &result in said.iter().flat_map(|said| &said.results) {
            self.results.entry(result).or_default().push(at);
        }
        if let Some(said) = said.as_ref().filter(|said| said.is_own) {
            self.answers.entry(said.answer).or_default().push(at);
        }
        self.by_id.insert(hash(&id), at);
        self.nodes.push(Node { parent, root, line, said });
        at
    }

    /// Notes a request at its answer's first line. Its later lines know better what it has cost.
    fn answered(&mut self, at: usize, message: &Object<'_>) {
        let (Some(said), Some(leaf)) = (&self.nodes[at].said, self.nodes[at].parent) else {
            return;
        };
        let usage = message.object("usage").map(|counts| usage(&counts));
        match self.by_answer.get(&said.answer) {
            Some(&known) => self.asked[known].usage = usage.or(self.asked[known].usage),
            None => {
                self.by_answer.insert(said.answer, self.asked.len());
                self.asked.push(Asked { leaf, answer: at, model: message.text("model"), usage });
            }
        }
    }

    fn draft(&self, asked: &Asked) -> Option<Draft> {
        let messages = self.path(asked);
        let last = messages.last()?;
        // An answer that goes on by itself is no request of the client's.
        if last.is_own {
            return None;
        }
        let texts: Vec<_> = messages.iter().map(|message| self.text(message)).collect();
        let texts = texts.iter().map(Vec::as_slice);
        let (body, tail) = turn::body("messages", texts, asked.model.as_deref());
        let answer = self.nodes[asked.answer].said.as_ref().map_or(0, |said| said.answer);
        Some(Draft {
            dialect: Dialect::Anthropic,
            body,
            tail,
            ids: messages.iter().map(|message| hash(&message.nodes)).collect(),
            lines: messages.iter().map(|message| self.nodes[message.nodes[0]].line).collect(),
            model: asked.model.clone(),
            usage: asked.usage,
            answer,
        })
    }
}

impl Said {
    fn read(is_own: bool, id: &[u8], message: &Object<'_>) -> Option<Self> {
        let content = message.value("content").filter(|content| *content != b"[]")?;
        let blocks = json::array(content).unwrap_or_default();
        let (mut calls, mut results) = (Vec::new(), Vec::new());
        for block in blocks.into_iter().filter_map(json::object) {
            calls.extend(block.value("id").filter(|_| is_own).map(|id| hash(&id)));
            results.extend(block.value("tool_use_id").filter(|_| !is_own).map(|id| hash(&id)));
        }
        let answer = message.value("id").filter(|_| is_own).unwrap_or(id);
        Some(Self { is_own, answer: hash(&answer), content: content.into(), calls, results })
    }
}

/// Whether a line is the agent's own note: an error that it shows as an answer, or what only the
/// screen has.
fn is_note(object: &Object<'_>) -> bool {
    let model = object.object("message").and_then(|message| message.text("model"));
    object.is_true("isApiErrorMessage")
        || object.is_true("isVisibleInTranscriptOnly")
        || model.is_some_and(|model| model == "<synthetic>")
}

fn usage(counts: &Object<'_>) -> Usage {
    let count = |key| counts.number(key).unwrap_or(0);
    Usage {
        input: count("input_tokens"),
        write: count("cache_creation_input_tokens"),
        read: count("cache_read_input_tokens"),
        output: count("output_tokens"),
    }
}
