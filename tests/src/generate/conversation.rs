//! Conversations of a coding agent, and the request bodies that real clients make of them.
//!
//! A conversation is a task and turns; a turn is what the model said and called, and what the tools
//! answered. A client sends the whole of it again with each turn, so that the body of one turn
//! begins the messages of the next.

mod anthropic;
mod openai;
mod responses;
mod workspace;

use super::{
    rng::Rng,
    value::{Json, Spacing},
    words,
};
use brevity::{Dialect, escape::Style};
use workspace::Workspace;

/// A task, and what was done about it.
///
/// ```
/// use brevity_tests::generate::conversation::{Client, Conversation, Shape};
/// let conversation = Conversation::generate(1, 3);
/// let shape = Shape::of(Client::ClaudeCode);
/// let first = conversation.body(0, shape);
/// assert!(first.starts_with(br#"{"model":"claude-sonnet-4-5","messages":[{"role":"user""#));
/// assert!(conversation.body(3, shape).len() > first.len());
/// ```
#[derive(Clone, Debug)]
pub struct Conversation {
    task: String,
    turns: Vec<Turn>,
}

/// The answer of the model, and of the tools that it called; calls of one turn ran in parallel.
#[derive(Clone, Debug)]
struct Turn {
    thought: String,
    signature: String,
    calls: Vec<Call>,
}

/// A call of a tool.
#[derive(Clone, Debug)]
pub struct Call {
    id: String,
    tool: &'static str,
    input: Json,
    result: Outcome,
    failed: bool,
}

/// How a tool answered.
#[derive(Clone, Debug)]
enum Outcome {
    /// One string.
    Whole(String),
    /// Text in parts, as MCP servers answer.
    Parts(Vec<String>),
    /// Text, and an image as base64.
    Image(String, String),
}

/// A client, by the order in which it writes keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// Anthropic Messages: `max_tokens, messages, model, context_management, stream, system, tools`.
    AnthropicPython,
    /// Anthropic Messages: `model, messages, system, tools, metadata, max_tokens, thinking,
    /// context_management, stream`.
    ClaudeCode,
    /// Anthropic Messages with everything before `messages`.
    AnthropicHeadFirst,
    /// OpenAI Chat: `messages, model, stream, stream_options, tools`.
    OpenAiJs,
    /// OpenAI Chat: `model, stream, tools, messages`.
    OpenAiHeadFirst,
    /// OpenAI Responses: `input, model, store, stream, tools, truncation`, with hosted shell calls.
    ResponsesPython,
    /// OpenAI Responses: `model, instructions, input, tools, …`, with local shell calls.
    Codex,
}

impl Client {
    /// One of each.
    pub const ALL: [Self; 7] = [
        Self::AnthropicPython,
        Self::ClaudeCode,
        Self::AnthropicHeadFirst,
        Self::OpenAiJs,
        Self::OpenAiHeadFirst,
        Self::ResponsesPython,
        Self::Codex,
    ];

    /// The API that the client speaks.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::AnthropicPython | Self::ClaudeCode | Self::AnthropicHeadFirst => {
                Dialect::Anthropic
            }
            Self::OpenAiJs | Self::OpenAiHeadFirst => Dialect::OpenAiChat,
            Self::ResponsesPython | Self::Codex => Dialect::OpenAiResponses,
        }
    }
}

/// How a client writes a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Who writes it.
    pub client: Client,
    /// Where white space stands.
    pub spacing: Spacing,
    /// How strings are escaped.
    pub escapes: Style,
    /// Whether what says what a block is (`type`, `role`) stands behind its content.
    pub type_last: bool,
    /// Whether the newest block carries a `cache_control`, which moves on with every turn.
    pub moving_cache_control: bool,
}

impl Shape {
    /// As the client writes when it is left alone.
    pub fn of(client: Client) -> Self {
        let python = matches!(client, Client::AnthropicPython | Client::ResponsesPython);
        Self {
            client,
            spacing: if python { Spacing::Python } else { Spacing::Minified },
            escapes: if python { Style::Ascii } else { Style::Raw },
            type_last: false,
            moving_cache_control: client == Client::ClaudeCode,
        }
    }

    /// Every client in every escape style, with spacings and the rest varied among them.
    pub fn all() -> Vec<Self> {
        let styles = [Style::Raw, Style::Ascii, Style::Html, Style::Slashes];
        let mut shapes = Vec::new();
        for client in Client::ALL {
            for escapes in styles {
                let odd = shapes.len() % 2 == 1;
                let spacing = if odd { Spacing::Python } else { Spacing::Minified };
                let late = shapes.len() % 3 == 1;
                shapes.push(Self {
                    escapes,
                    spacing,
                    type_last: late,
                    moving_cache_control: client.dialect() == Dialect::Anthropic && (late || odd),
                    ..Self::of(client)
                });
            }
        }
        shapes
    }
}

impl Conversation {
    /// A conversation of so many turns. A turn is some 2,000 tokens on average, so 60 make more
    /// than 100,000.
    pub fn generate(seed: u64, turns: usize) -> Self {
        let mut rng = Rng::new(seed);
        let task = format!(
            "{} {} Start at `{}`; the tests must pass.",
            words::sentence(&mut rng, 12),
            words::unicode(&mut rng),
            words::path(&mut rng)
        );
        let mut workspace = Workspace::new(&mut rng);
        let turns = (0..turns).map(|_| Turn::generate(&mut rng.fork(), &mut workspace)).collect();
        Self { task, turns }
    }

    /// How many turns there are.
    pub fn turns(&self) -> usize {
        self.turns.len()
    }

    /// The request that a client sends after so many turns; 0 is the first request, which holds
    /// the task alone.
    ///
    /// # Panics
    ///
    /// Where there are fewer turns.
    pub fn body(&self, turn: usize, shape: Shape) -> Vec<u8> {
        let so_far = Self { task: self.task.clone(), turns: self.turns[..turn].to_vec() };
        let body = match shape.client.dialect() {
            Dialect::OpenAiChat => openai::body(&so_far, shape),
            Dialect::OpenAiResponses => responses::body(&so_far, shape),
            _ => anthropic::body(&so_far, shape),
        };
        // Only random spacing draws, and the same for what two turns share.
        body.write(shape.spacing, shape.escapes, &mut Rng::new(0)).into_bytes()
    }

    /// The texts of all tool results of the first turns, in order.
    pub fn results(&self, turns: usize) -> Vec<&str> {
        let calls = self.turns[..turns].iter().flat_map(|turn| &turn.calls);
        calls.flat_map(|call| call.result.texts()).collect()
    }
}

impl Turn {
    fn generate(rng: &mut Rng, workspace: &mut Workspace) -> Self {
        let words = rng.between(5, 40);
        let calls = [1, 1, 1, 2, 3][rng.below(5)];
        Self {
            thought: words::sentence(rng, words),
            signature: words::base64(rng, 120),
            calls: (0..calls).map(|_| workspace.call(rng)).collect(),
        }
    }
}

impl Outcome {
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Whole(text) | Self::Image(text, _) => vec![text],
            Self::Parts(parts) => parts.iter().map(String::as_str).collect(),
        }
    }
}

/// What every agent sends with a request: text that is never to change.
const SYSTEM: &str = "You are a coding agent. Work in <env>/srv/garden</env> & keep to the task.\n\
    <system-reminder>\nToday is 2026-03-03.\n</system-reminder>";

/// The tools, as name and description.
const TOOLS: [(&str, &str); 6] = [
    ("Read", "Reads a file, with line numbers."),
    ("Edit", "Replaces text in a file."),
    ("Bash", "Runs a command."),
    ("Grep", "Searches files."),
    ("Screenshot", "Shows a page."),
    ("mcp__tickets__search", "Searches tickets; answers in JSON."),
];

/// A tool's parameters, as all APIs describe them.
fn schema() -> Json {
    let kind = |kind: &str| Json::object([("type", Json::text(kind))]);
    let properties = Json::object([("path", kind("string")), ("limit", kind("integer"))]);
    Json::object([("type", Json::text("object")), ("properties", properties)])
}

#[cfg(test)]
mod tests;
