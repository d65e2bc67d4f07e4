//! Layers put on top of each other.

use super::{
    Environment, Fault, KEYS, Key, Layer, Origin, Values,
    layer::{Listed, One},
    place::FilePlace,
};
use brevity_proxy::{McpRoute, RouteRule, ToolSetting};
use std::sync::Arc;

/// What is in force, and where each value comes from.
#[derive(Debug)]
pub(crate) struct Setup {
    /// What the proxy is told.
    pub(crate) values: Values,
    pub(super) file: FilePlace,
    /// Those of `KEYS`, in their order.
    origins: Vec<Origin>,
    pub(super) routes: Vec<Listed<RouteRule>>,
    pub(super) tools: Vec<Listed<ToolSetting>>,
    pub(super) mcp: Vec<Listed<McpRoute>>,
}

impl Setup {
    /// The defaults.
    pub(super) fn new(file: &FilePlace) -> Self {
        Self {
            values: Values::default(),
            file: file.clone(),
            origins: vec![Origin::Default; KEYS.len()],
            routes: Vec::new(),
            tools: Vec::new(),
            mcp: Vec::new(),
        }
    }

    /// Where the value of `key` comes from.
    pub(super) fn origin(&self, key: &Key) -> &Origin {
        let at = KEYS.iter().position(|known| known.name == key.name);
        at.map_or(&Origin::Default, |at| &self.origins[at])
    }

    /// Puts `layer` on top.
    ///
    /// # Errors
    ///
    /// Where a value makes no sense, even if a later layer has another.
    pub(super) fn add(&mut self, layer: Layer) -> Result<(), Fault> {
        layer.ones.into_iter().try_for_each(|one| self.set(one))?;
        self.add_routes(layer.routes);
        layer.tools.into_iter().for_each(|tool| self.add_tool(tool));
        layer.mcp.into_iter().for_each(|server| self.add_mcp(server));
        Ok(())
    }

    fn set(&mut self, one: One) -> Result<(), Fault> {
        let One { key, text, origin } = one;
        let fault = |why| Fault::Value { at: origin.clone(), key: key.name.into(), why };
        key.set(&mut self.values, &text).map_err(fault)?;
        for (known, at) in KEYS.iter().zip(&mut self.origins) {
            if known.name == key.name || key.is_above(known) {
                at.clone_from(&origin);
            }
        }
        Ok(())
    }

    /// Among rules that hold the first wins, so the later source stands first. What an earlier source
    /// said about the same path or models goes.
    fn add_routes(&mut self, mut routes: Vec<Listed<RouteRule>>) {
        let selector = |route: &Listed<RouteRule>| route.value.parts().into_iter().next();
        let new: Vec<_> = routes.iter().map(selector).collect();
        self.routes.retain(|route| !new.contains(&selector(route)));
        routes.append(&mut self.routes);
        self.routes = routes;
    }

    /// The last that matches holds, so the later source stands last. One glob stands once.
    fn add_tool(&mut self, tool: Listed<ToolSetting>) {
        self.tools.retain(|other| other.value.glob() != tool.value.glob());
        self.tools.push(tool);
    }

    fn add_mcp(&mut self, server: Listed<McpRoute>) {
        self.mcp.retain(|other| other.value.prefix() != server.value.prefix());
        self.mcp.push(server);
    }

    /// The whole, once all layers are there. `environment` names HTTP proxies, where it is to be asked.
    ///
    /// # Errors
    ///
    /// Where two values exclude each other, or a proxy is named that is none and would be used.
    pub(super) fn check(mut self, environment: &Environment) -> Result<Self, Fault> {
        let config = &mut self.values.config;
        config.routes = self.routes.iter().map(|route| route.value.clone()).collect();
        config.mcp = self.mcp.iter().map(|server| server.value.clone()).collect();
        let policy = &mut Arc::make_mut(&mut config.settings).policy;
        let rules = std::mem::take(&mut policy.tools);
        policy.tools = self.tools.iter().fold(rules, |rules, tool| tool.value.add(rules));
        config.upstream_proxy = self.values.upstream_proxy.rules(environment);
        config.check()?;
        if config.dry_run && config.holdout.is_some() {
            let origin = |name| super::keys::find(name).map(|key| self.origin(key).clone());
            let [holdout, dry_run] =
                ["holdout", "dry_run"].map(|name| origin(name).unwrap_or(Origin::Default));
            return Err(Fault::Both { holdout, dry_run });
        }
        Ok(self)
    }
}
