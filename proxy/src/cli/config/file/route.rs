//! One `[[route]]`: each part is checked where it stands.

use super::{Reader, Value, entries, expected};
use crate::cli::config::{Fault, fault, layer::Listed};
use brevity_proxy::RouteRule;
use toml::de::DeValue;

/// Its keys.
const ROUTE: [&str; 5] = ["path", "model", "url", "api", "level"];

/// One key of a route with its text, and where it stands.
#[derive(Clone, Copy)]
struct Part<'v> {
    start: usize,
    name: &'v str,
    text: &'v str,
}

impl Reader<'_> {
    pub(super) fn route(&mut self, rule: &Value<'_>) -> Result<(), Fault> {
        let start = rule.span().start;
        let DeValue::Table(table) = rule.get_ref() else {
            return self.fault(start, "route", expected("tables", rule.get_ref()));
        };
        let mut parts = Vec::new();
        for (at, name, value) in entries(table) {
            parts.push(self.part(at, name, value)?);
        }
        let value = self.rule(start, &parts)?;
        let origin = self.at(start);
        self.layer.routes.push(Listed { value, origin });
        Ok(())
    }

    fn part<'v>(
        &self,
        start: usize,
        name: &'v str,
        value: &'v Value<'_>,
    ) -> Result<Part<'v>, Fault> {
        if !ROUTE.contains(&name) {
            let hint = match fault::near(name, ROUTE.into_iter()) {
                Some(near) => format!("; did you mean `route.{near}`?"),
                None => format!("; a route has {}", ROUTE.join(", ")),
            };
            let key = format!("route.{}", name.escape_debug());
            return Err(Fault::Unknown { at: self.at(start), key, hint });
        }
        match value.get_ref().as_str() {
            Some(text) => Ok(Part { start, name, text }),
            None => self.fault(start, &full(name), expected("a text", value.get_ref())),
        }
    }

    /// The rule of these parts. `start` is where the route begins.
    fn rule(&self, start: usize, parts: &[Part<'_>]) -> Result<RouteRule, Fault> {
        let selector = self.selector(start, parts)?;
        let Some(url) = find(parts, "url") else {
            return self.fault(start, "route", "a route needs a url");
        };
        let rule = RouteRule::new(&selector, url.text);
        let mut rule = rule.or_else(|why| self.fault(url.start, "route.url", why))?;
        let options = parts.iter().filter(|part| matches!(part.name, "api" | "level"));
        for Part { start, name, text } in options {
            rule.set(name, text).or_else(|why| self.fault(*start, &full(name), why))?;
        }
        Ok(rule)
    }

    /// What the rule is about, as a flag writes it.
    fn selector(&self, start: usize, parts: &[Part<'_>]) -> Result<String, Fault> {
        match (find(parts, "path"), find(parts, "model")) {
            (Some(path), None) if path.text.trim_end_matches('/').starts_with('/') => {
                Ok(path.text.to_owned())
            }
            (Some(path), None) => {
                let why = "a path begins with a slash and has more than that, like /openrouter";
                self.fault(path.start, "route.path", why)
            }
            (None, Some(model)) if model.text.is_empty() => {
                self.fault(model.start, "route.model", "write a name or a glob, like qwen*")
            }
            (None, Some(model)) => Ok(format!("model:{}", model.text)),
            (Some(_), Some(model)) => {
                let why = "a route has a path or a model, not both";
                self.fault(model.start, "route.model", why)
            }
            (None, None) => self.fault(start, "route", "a route needs a path or a model"),
        }
    }
}

fn find<'v>(parts: &[Part<'v>], name: &str) -> Option<Part<'v>> {
    parts.iter().find(|part| part.name == name).copied()
}

/// The name of a part, with the table that it is in.
fn full(name: &str) -> String {
    format!("route.{name}")
}
