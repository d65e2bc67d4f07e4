//! The route table: which requests go elsewhere than the paths of their API say.

use crate::{
    base::{Base, BaseError},
    control,
};
use brevity::{Dialect, Glob, Level};
use std::str::FromStr;
use thiserror::Error;

/// The models of a rule are told by this.
const MODEL: &str = "model:";

/// One rule of the route table: `SELECTOR=URL`, then perhaps `api=…` and `level=…`.
///
/// A selector is a prefix of the path, which is taken off, or `model:` and a glob over the model that
/// a request names. Among prefixes the longest holds; a model is asked for only where no prefix
/// holds, and then the first glob does.
///
/// ```
/// use brevity_proxy::RouteRule;
///
/// let rule: RouteRule = "/openrouter=https://openrouter.ai/api".parse()?;
/// let rule: RouteRule = "model:qwen*=http://127.0.0.1:8000/v1 level=off".parse()?;
/// assert_eq!(rule.base().to_string(), "http://127.0.0.1:8000/v1");
/// # Ok::<_, brevity_proxy::RouteRuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteRule {
    name: String,
    selector: Selector,
    base: Base,
    pub(crate) api: Option<Api>,
    pub(crate) level: Option<Level>,
}

/// Which requests a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Selector {
    /// Those below this path. It starts with a slash and does not end with one.
    Prefix(String),
    /// Those that name such a model.
    Model(Glob),
}

/// What a rule says of the API, in place of the path's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// Every body that is posted is a request of this API.
    Is(Dialect),
    /// None that is known: all passes.
    None,
}

/// Why a text is no rule.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RouteRuleError {
    /// There is no selector.
    #[error(
        "`{0}` selects nothing; write a path and a URL, like /openrouter=https://openrouter.ai/api, or \
         models, like model:qwen*=http://127.0.0.1:8000/v1"
    )]
    Selector(String),
    /// There is no good URL.
    #[error(transparent)]
    Base(#[from] BaseError),
    /// An option is not known.
    #[error(
        "`{0}` is no option of a route; there are api=anthropic, api=openai-chat, api=openai-responses, \
         api=none, level=off and level=lossless"
    )]
    Option(String),
}

impl RouteRule {
    /// Where its requests go.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// What it selects, as it was written.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn prefix(&self) -> Option<&str> {
        match &self.selector {
            Selector::Prefix(prefix) => Some(prefix),
            Selector::Model(_) => None,
        }
    }
}

impl FromStr for RouteRule {
    type Err = RouteRuleError;

    fn from_str(text: &str) -> Result<Self, RouteRuleError> {
        let error = || RouteRuleError::Selector(text.to_owned());
        let (selector, rest) = text.split_once('=').ok_or_else(error)?;
        let mut words = rest.split_ascii_whitespace();
        let name = selector.trim().to_owned();
        let selector = name.parse().map_err(|NoSelector| error())?;
        let base = words.next().ok_or_else(error)?.parse()?;
        let mut rule = Self { name, selector, base, api: None, level: None };
        words.try_for_each(|word| rule.option(word))?;
        Ok(rule)
    }
}

impl RouteRule {
    fn option(&mut self, word: &str) -> Result<(), RouteRuleError> {
        let error = || RouteRuleError::Option(word.to_owned());
        match word.split_once('=').ok_or_else(error)? {
            ("api", name) => self.api = Some(api(name).ok_or_else(error)?),
            ("level", name) => self.level = Some(control::level(name).ok_or_else(error)?),
            _ => return Err(error()),
        }
        Ok(())
    }
}

/// A text that selects nothing.
struct NoSelector;

impl FromStr for Selector {
    type Err = NoSelector;

    fn from_str(text: &str) -> Result<Self, NoSelector> {
        let prefix = text.trim_end_matches('/');
        match text.strip_prefix(MODEL) {
            Some(glob) if !glob.is_empty() => Ok(Self::Model(Glob::new(glob))),
            None if prefix.starts_with('/') => Ok(Self::Prefix(prefix.to_owned())),
            _ => Err(NoSelector),
        }
    }
}

fn api(name: &str) -> Option<Api> {
    Some(match name {
        "anthropic" => Api::Is(Dialect::Anthropic),
        "openai-chat" => Api::Is(Dialect::OpenAiChat),
        "openai-responses" => Api::Is(Dialect::OpenAiResponses),
        "none" => Api::None,
        _ => return None,
    })
}

/// The rule with the longest prefix of `target`, a path with its query, and what follows the prefix.
pub(crate) fn by_path<'a, 'b>(
    rules: &'a [RouteRule],
    target: &'b str,
) -> Option<(&'a RouteRule, &'b str)> {
    let below = |rule: &'a RouteRule| {
        let rest = target.strip_prefix(rule.prefix()?)?;
        (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((rule, rest))
    };
    rules.iter().filter_map(below).min_by_key(|(_, rest)| rest.len())
}

/// The first rule about `model`.
pub(crate) fn by_model<'a>(rules: &'a [RouteRule], model: &str) -> Option<&'a RouteRule> {
    rules.iter().find(|rule| match &rule.selector {
        Selector::Model(glob) => glob.matches(model),
        Selector::Prefix(_) => false,
    })
}

/// Whether any rule is about models.
pub(crate) fn asks_model(rules: &[RouteRule]) -> bool {
    rules.iter().any(|rule| matches!(rule.selector, Selector::Model(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(texts: &[&str]) -> Vec<RouteRule> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn the_longest_prefix_holds() {
        let rules = rules(&["/a=http://a", "/a/b/=http://ab", "model:x=http://m"]);
        let found =
            |target| by_path(&rules, target).map(|(rule, rest)| (rule.base.to_string(), rest));
        assert_eq!(found("/a/b/c?d"), Some(("http://ab".into(), "/c?d")));
        assert_eq!(found("/a/bc"), Some(("http://a".into(), "/bc")));
        assert_eq!(found("/a"), Some(("http://a".into(), "")));
        assert_eq!(found("/a?x"), Some(("http://a".into(), "?x")));
        assert_eq!(found("/ab"), None);
    }

    #[test]
    fn the_first_glob_holds() {
        let rules = rules(&["/x=http://p", "model:q*=http://1", "model:*=http://2"]);
        let base = |model| by_model(&rules, model).unwrap().base.to_string();
        assert_eq!((base("Qwen"), base("gpt")), ("http://1".into(), "http://2".into()));
        assert!(asks_model(&rules) && !asks_model(&rules[..1]));
    }

    #[test]
    fn options_are_read() {
        let rule: RouteRule = "/x=http://h/v1  api=none level=off".parse().unwrap();
        assert_eq!((rule.api, rule.level), (Some(Api::None), Some(Level::Off)));
        let rule: RouteRule = "/x=http://h api=anthropic".parse().unwrap();
        assert_eq!(rule.api, Some(Api::Is(Dialect::Anthropic)));
    }

    #[test]
    fn says_what_is_wrong_with_a_rule() {
        let error = |text: &str| text.parse::<RouteRule>().unwrap_err();
        for text in ["", "/x", "/x=", "x=http://h", "/=http://h", "model:=http://h", "=http://h"] {
            assert!(matches!(error(text), RouteRuleError::Selector(_)), "{text}");
        }
        assert!(matches!(error("/x=h"), RouteRuleError::Base(_)));
        for text in ["/x=http://h api=x", "/x=http://h level", "/x=http://h lvl=off"] {
            assert!(matches!(error(text), RouteRuleError::Option(_)), "{text}");
        }
    }
}
