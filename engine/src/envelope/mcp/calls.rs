//! The calls of a tool server's clients, so that an answer's tool is known.

use super::{
    McpCarrier,
    message::{Id, Message, Survey},
    units::{Unit, Units},
};
use crate::{Reason, Settings, Tool, Treatment};
use bytes::Bytes;
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

/// How many calls are remembered; the oldest go first.
const CALLS: usize = 4_096;
/// What is remembered of calls, in bytes.
const BYTES: usize = 1 << 20;
/// What one call takes beside its names, in bytes: places in a map and in a list that grow.
const RECORD: usize = 224;
/// The names of tools with an output schema, in bytes with a record for each.
const SCHEMAS: usize = 1 << 20;

/// What a tool server's clients have called, and which of its tools have an output schema.
///
/// Ids are counted by each client for itself, so each call stands in a *scope*: a session, or one
/// request. An answer is looked up in the scope of its own stream. At most 4,096 calls and 1 MiB of
/// them are remembered, the last ones.
#[derive(Debug)]
pub struct McpCalls {
    settings: Arc<Settings>,
    calls: HashMap<Key, Called>,
    /// Every call that was added, oldest first. Of those with the same key the last counts.
    order: VecDeque<Added>,
    bytes: usize,
    ordinal: u64,
    schemas: HashSet<String>,
    schema_bytes: usize,
    /// Whether there was a tool with an output schema whose name could not be kept.
    forgot_schemas: bool,
}

type Key = (Arc<str>, Id);

#[derive(Debug)]
struct Added {
    key: Key,
    ordinal: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Called {
    ordinal: u64,
    tool: Arc<str>,
    treatment: Treatment,
}

/// What may be done with an answer's texts.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) tool: Option<Arc<str>>,
    pub(super) treatment: Result<Treatment, Reason>,
}

impl McpCalls {
    /// No calls yet.
    pub fn new(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            calls: HashMap::new(),
            order: VecDeque::new(),
            bytes: 0,
            ordinal: 0,
            schemas: HashSet::new(),
            schema_bytes: 0,
            forgot_schemas: false,
        }
    }

    /// Notes what one message of a client, or a batch, calls.
    fn ask(&mut self, scope: &Arc<str>, message: &[u8]) {
        let mut asked = Vec::new();
        let survey = Survey::new(message, self.settings.limits.json_depth);
        // What is not JSON calls nothing; the server will say so.
        let whole = 0..message.len();
        let _ = survey.read(std::slice::from_ref(&whole), |message| {
            if message.is_request() && asked.len() < CALLS {
                asked.push(message);
            }
        });
        asked.into_iter().for_each(|message| self.add(scope, message));
    }

    fn add(&mut self, scope: &Arc<str>, message: Message) {
        let is_call = message.is_call();
        let Some(id) = message.id else { return };
        let key = (Arc::clone(scope), id);
        match message.tool.name.as_deref().map(Arc::<str>::from) {
            Some(tool) if is_call => self.insert(key, tool, message.tool),
            // Its answer is not a tool's, or one that nobody knows.
            _ => drop(self.calls.remove(&key)),
        }
    }

    fn insert(&mut self, key: Key, name: Arc<str>, tool: Tool) {
        self.ordinal += 1;
        let ordinal = self.ordinal;
        let bytes = key.0.len() + 2 * key.1.len() + name.len() + RECORD;
        self.bytes += bytes;
        let treatment = self.settings.policy.tools.treatment(&tool);
        self.order.push_back(Added { key: key.clone(), ordinal, bytes });
        self.calls.insert(key, Called { ordinal, tool: name, treatment });
        while self.order.len() > CALLS || self.bytes > BYTES {
            let Some(oldest) = self.order.pop_front() else { return };
            self.bytes -= oldest.bytes;
            if self.calls.get(&oldest.key).is_some_and(|call| call.ordinal == oldest.ordinal) {
                self.calls.remove(&oldest.key);
            }
        }
    }

    /// Learns from a list of tools which of them have an output schema.
    pub(super) fn learn(&mut self, message: &mut Message) {
        for name in message.schemas.drain(..) {
            let bytes = name.len() + RECORD;
            if self.schemas.contains(&name) {
            } else if self.schema_bytes + bytes > SCHEMAS {
                self.forgot_schemas = true;
            } else {
                self.schema_bytes += bytes;
                self.schemas.insert(name);
            }
        }
    }

    /// What may be done with the texts of an answer. One to a call that is not known may be of any
    /// tool, and may show a file.
    pub(super) fn verdict(&self, scope: &Arc<str>, answer: &Message) -> Verdict {
        let key = answer.id.clone().map(|id| (Arc::clone(scope), id));
        let Some(called) = key.and_then(|key| self.calls.get(&key)) else {
            return Verdict { tool: None, treatment: Ok(Treatment::FileRead) };
        };
        let treatment = match called.treatment {
            _ if answer.is_structured => Err(Reason::Structured),
            _ if self.schemas.contains(&*called.tool) => Err(Reason::Structured),
            _ if self.forgot_schemas => Err(Reason::Limit),
            treatment => Ok(treatment),
        };
        Verdict { tool: Some(Arc::clone(&called.tool)), treatment }
    }
}

/// Reads what a client sends to a tool server, and notes which tools it calls. It holds one message
/// at most, of `limits.block` bytes; a longer one is not read.
#[derive(Debug)]
pub struct McpRequests {
    scope: Arc<str>,
    units: Units,
}

impl McpRequests {
    /// A stream of messages in `carrier`, whose calls stand in `scope`.
    pub fn new(carrier: McpCarrier, scope: impl Into<Arc<str>>, settings: &Settings) -> Self {
        Self { scope: scope.into(), units: Units::new(carrier, settings.limits.block) }
    }

    /// Takes the next bytes. The calls that they complete go to `calls`.
    pub fn write(&mut self, chunk: Bytes, calls: &mut McpCalls) {
        let scope = &self.scope;
        self.units.write(chunk, |unit| note(scope, &unit, calls));
    }

    /// Ends the stream. A second call does nothing.
    pub fn finish(&mut self, calls: &mut McpCalls) {
        let scope = &self.scope;
        self.units.finish(|unit| note(scope, &unit, calls));
    }
}

fn note(scope: &Arc<str>, unit: &Unit, calls: &mut McpCalls) {
    if let Unit::Whole(message) = unit {
        calls.ask(scope, message);
    }
}
