//! Messages of a client on their way to its tool server.

use super::{
    McpCalls, McpCarrier,
    message::Message,
    survey::Survey,
    units::{Unit, Units},
};
use crate::Settings;
use bytes::Bytes;
use std::sync::Arc;

/// Reads what a client sends to a tool server, and notes which tools it calls. It holds one message
/// at most, of `limits.block` bytes; a longer one is not read.
///
/// Its settings say how the results of the tools that it calls are treated.
#[derive(Debug)]
pub struct McpRequests {
    units: Units,
    reader: Reader,
}

#[derive(Debug)]
struct Reader {
    scope: Arc<str>,
    settings: Arc<Settings>,
}

impl McpRequests {
    /// A stream of messages in `carrier`, whose calls stand in `scope`.
    pub fn new(carrier: McpCarrier, scope: impl Into<Arc<str>>, settings: Arc<Settings>) -> Self {
        let units = Units::new(carrier, settings.limits.block);
        Self { units, reader: Reader { scope: scope.into(), settings } }
    }

    /// Takes the next bytes. The calls that they complete go to `calls`.
    pub fn write(&mut self, chunk: Bytes, calls: &McpCalls) {
        let Self { units, reader } = self;
        units.write(chunk, |unit| reader.take(&unit, calls));
    }

    /// Ends the stream. A second call does nothing.
    pub fn finish(&mut self, calls: &McpCalls) {
        let Self { units, reader } = self;
        units.finish(|unit| reader.take(&unit, calls));
    }

    /// How many bytes of a message wait for its end. To read it takes time in their proportion.
    pub fn held(&self) -> usize {
        self.units.held()
    }
}

impl Reader {
    fn take(&self, unit: &Unit, calls: &McpCalls) {
        let Unit::Whole(bytes) = unit else { return };
        let survey = Survey::new(bytes, &self.settings.limits);
        // What is not JSON calls nothing; the server will say so.
        let whole = 0..bytes.len();
        let _ = survey.read(std::slice::from_ref(&whole), |message| {
            if message.is_request() {
                self.note(message, calls);
            }
        });
    }

    fn note(&self, message: Message, calls: &McpCalls) {
        let is_call = message.is_call();
        let Some(id) = message.id else { return };
        match message.tool.name.as_deref().map(Arc::<str>::from) {
            Some(name) if is_call => {
                let treatment = self.settings.policy.tools.treatment(&message.tool);
                calls.call(&self.scope, id, name, treatment);
            }
            _ => calls.forget(&self.scope, id),
        }
    }
}
