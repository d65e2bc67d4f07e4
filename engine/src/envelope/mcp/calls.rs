//! The calls of a tool server's clients, so that an answer's tool is known.

use super::message::{Id, Message};
use crate::{Reason, Treatment};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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
///
/// All streams of a server share one table. None waits for another's message to be read: the table is
/// locked for a look alone.
#[derive(Debug, Default)]
pub struct McpCalls(Mutex<Table>);

#[derive(Debug, Default)]
pub(super) struct Table {
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
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that a client calls the tool of this name, whose results are treated so.
    pub(super) fn call(&self, scope: &Arc<str>, id: Id, tool: Arc<str>, treatment: Treatment) {
        self.lock().insert((Arc::clone(scope), id), tool, treatment);
    }

    /// Notes that a client asks for something else: the answer is not a tool's, or one that nobody
    /// knows.
    pub(super) fn forget(&self, scope: &Arc<str>, id: Id) {
        self.lock().calls.remove(&(Arc::clone(scope), id));
    }

    /// Learns from a server's message, and says what may be done with its texts, if it has any.
    pub(super) fn take(&self, scope: &Arc<str>, message: &mut Message) -> Option<Verdict> {
        let has_texts = message.is_answer() && !message.texts.is_empty();
        if !has_texts && !message.tells_schemas() {
            return None;
        }
        let key = message.id.clone().map(|id| (Arc::clone(scope), id));
        let mut table = self.lock();
        // What a tool gave is no list of tools.
        if message.tells_schemas() && !key.as_ref().is_some_and(|key| table.calls.contains_key(key))
        {
            table.learn(message);
        }
        has_texts.then(|| table.verdict(key.as_ref(), message))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn insert(&mut self, key: Key, tool: Arc<str>, treatment: Treatment) {
        self.ordinal += 1;
        let ordinal = self.ordinal;
        let bytes = key.0.len() + 2 * key.1.len() + tool.len() + RECORD;
        self.bytes += bytes;
        self.order.push_back(Added { key: key.clone(), ordinal, bytes });
        self.calls.insert(key, Called { ordinal, tool, treatment });
        while self.order.len() > CALLS || self.bytes > BYTES {
            let Some(oldest) = self.order.pop_front() else { return };
            self.bytes -= oldest.bytes;
            if self.calls.get(&oldest.key).is_some_and(|call| call.ordinal == oldest.ordinal) {
                self.calls.remove(&oldest.key);
            }
        }
    }

    /// Learns from a list of tools which of them have an output schema.
    fn learn(&mut self, message: &mut Message) {
        self.forgot_schemas |= message.lost_schemas;
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
    fn verdict(&self, key: Option<&Key>, answer: &Message) -> Verdict {
        let Some(called) = key.and_then(|key| self.calls.get(key)) else {
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

#[cfg(test)]
mod tests {
    use super::super::{McpAnswers, McpCarrier, McpRequests};
    use super::*;
    use crate::{Settings, Steps};
    use std::{sync::mpsc::channel, thread, time::Duration};

    /// A message is read while someone else has the table.
    #[test]
    fn the_table_is_not_held_while_a_message_is_read() {
        let calls = Arc::new(McpCalls::new());
        let (done, reading) = channel();
        let table = calls.lock();
        let reader = Arc::clone(&calls);
        thread::spawn(move || {
            let settings: Arc<Settings> = Arc::default();
            let mut steps = Steps::new();
            let mut answers = McpAnswers::new(McpCarrier::Lines, "", Arc::clone(&settings));
            answers.write("{\"id\":1,\"result\":{\"content\":[]}}\n".into(), &reader, &mut steps);
            let mut requests = McpRequests::new(McpCarrier::Lines, "", settings);
            requests.write("{\"method\":\"notifications/x\"}\n".into(), &reader);
            done.send(steps.pop().is_some())
        });
        assert_eq!(reading.recv_timeout(Duration::from_secs(60)), Ok(true));
        drop(table);
    }
}
