//! What one source says.

use super::{Fault, Key, Origin};
use brevity_proxy::{McpRoute, RouteRule, ToolSetting};

#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) ones: Vec<One>,
    pub(super) routes: Vec<Listed<RouteRule>>,
    pub(super) tools: Vec<Listed<ToolSetting>>,
    pub(super) mcp: Vec<Listed<McpRoute>>,
}

/// The value of one key, as it was written.
pub(super) struct One {
    pub(super) key: &'static Key,
    pub(super) text: String,
    pub(super) origin: Origin,
}

/// One of a list.
#[derive(Clone, Debug)]
pub(super) struct Listed<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

impl std::fmt::Debug for One {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} = {} ({})", self.key.name, self.text, self.origin)
    }
}

impl Layer {
    /// Adds a tool server. Within one source, each prefix stands once.
    pub(super) fn add_mcp(&mut self, value: McpRoute, origin: Origin) -> Result<(), Fault> {
        if self.mcp.iter().any(|other| other.value.prefix() == value.prefix()) {
            let why = brevity_proxy::ConfigError::Twice(value.prefix().to_owned()).into();
            return Err(Fault::Value { at: origin, key: "mcp".into(), why });
        }
        self.mcp.push(Listed { value, origin });
        Ok(())
    }
}
