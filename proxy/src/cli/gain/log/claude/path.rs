//! The way from a request's last line up to the root, as messages.

use super::{Asked, Claude, Said};

/// A message, made of the lines that it was spread over.
pub(super) struct Message {
    pub(super) is_own: bool,
    answer: u64,
    pub(super) nodes: Vec<usize>,
}

impl Claude {
    /// The messages of a request, in order. Lines of the user that follow each other are one message,
    /// and so are the lines of one answer, even where results stand among them.
    pub(super) fn path(&self, asked: &Asked) -> Vec<Message> {
        let mut way: Vec<usize> =
            std::iter::successors(Some(asked.leaf), |&at| self.nodes[at].parent).collect();
        way.reverse();
        let mut messages: Vec<Message> = Vec::new();
        for at in way {
            let Some(said) = &self.nodes[at].said else { continue };
            let near = if said.is_own { 2 } else { 1 };
            match messages.iter_mut().rev().take(near).find(|message| message.takes(said)) {
                Some(message) => message.nodes.push(at),
                None => messages.push(Message {
                    is_own: said.is_own,
                    answer: said.answer,
                    nodes: vec![at],
                }),
            }
        }
        for message in messages.iter_mut().filter(|message| message.is_own) {
            let lines = self.answers.get(&message.answer).into_iter().flatten().copied();
            message.nodes = lines.filter(|&line| line < asked.answer).collect();
        }
        self.add_results(asked, &mut messages);
        messages
    }

    /// Adds the results that stand beside the way to the message that follows their calls.
    fn add_results(&self, asked: &Asked, messages: &mut Vec<Message>) {
        let mut at = 0;
        while at < messages.len() {
            let missing = self.missing(asked, &messages[at], messages.get(at + 1));
            if !missing.is_empty() {
                if messages.get(at + 1).is_none_or(|next| next.is_own) {
                    messages
                        .insert(at + 1, Message { is_own: false, answer: 0, nodes: Vec::new() });
                }
                messages[at + 1].nodes.extend(missing);
                messages[at + 1].nodes.sort_unstable();
            }
            at += 1;
        }
    }

    /// The lines with results of the calls in `message` that `next` lacks, as known when the request was
    /// made.
    fn missing(&self, asked: &Asked, message: &Message, next: Option<&Message>) -> Vec<usize> {
        if !message.is_own {
            return Vec::new();
        }
        let there: Vec<u64> = self.all(next, |said| &said.results);
        let lacks = |call: &u64| !there.contains(call);
        let mut missing = Vec::new();
        for call in self.all(Some(message), |said| &said.calls).into_iter().filter(lacks) {
            let lines = self.results.get(&call).into_iter().flatten();
            let line = lines.copied().find(|&line| line < asked.answer);
            missing.extend(line.filter(|line| !missing.contains(line)));
        }
        missing
    }

    fn all(&self, message: Option<&Message>, of: impl Fn(&Said) -> &Vec<u64>) -> Vec<u64> {
        let nodes = message.into_iter().flat_map(|message| &message.nodes);
        nodes
            .filter_map(|&at| self.nodes[at].said.as_ref())
            .flat_map(|said| of(said).clone())
            .collect()
    }

    /// A message as JSON: the content of its lines as it stands, one after the other.
    pub(super) fn text(&self, message: &Message) -> Vec<u8> {
        let contents: Vec<&[u8]> = message
            .nodes
            .iter()
            .filter_map(|&at| self.nodes[at].said.as_ref())
            .map(|said| &*said.content)
            .collect();
        let role = if message.is_own { "assistant" } else { "user" };
        let mut out = format!("{{\"role\":\"{role}\",\"content\":").into_bytes();
        match contents[..] {
            [content] => out.extend_from_slice(content),
            _ => join(&contents, &mut out),
        }
        out.push(b'}');
        out
    }
}

/// Writes several contents as one array of blocks. A string is a block of text.
fn join(contents: &[&[u8]], out: &mut Vec<u8>) {
    out.push(b'[');
    for (at, content) in contents.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        match content.strip_prefix(b"[").and_then(|content| content.strip_suffix(b"]")) {
            Some(blocks) => out.extend_from_slice(blocks),
            None => {
                out.extend_from_slice(b"{\"type\":\"text\",\"text\":");
                out.extend_from_slice(content);
                out.push(b'}');
            }
        }
    }
    out.push(b']');
}

impl Message {
    /// Whether a line goes on with this message.
    fn takes(&self, said: &Said) -> bool {
        self.is_own == said.is_own && (!self.is_own || self.answer == said.answer)
    }
}
