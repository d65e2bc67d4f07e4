//! The route table: which requests go elsewhere than the paths of their API say.

use crate::base::{self, Base, BaseError, below};
use brevity::{Dialect, Glob, Level};
use hyper::Uri;
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
    /// An option stands twice.
    #[error("`{0}` is said twice; say it once")]
    Twice(String),
    /// The API of a request is known from its path before its model is.
    #[error("`{0}` names an API, which a route for models cannot: the path of a request says it")]
    Api(String),
    /// An option is not known.
    #[error(
        "`{0}` is no option of a route; there are api=anthropic, api=openai-chat, api=openai-responses, \
         api=none, level=off and level=lossless"
    )]
    Option(String),
}

impl RouteRule {
    /// The rule that sends what `selector` tells to `url`.
    ///
    /// # Errors
    ///
    /// When one of them makes no sense.
    pub fn new(selector: &str, url: &str) -> Result<Self, RouteRuleError> {
        let error = |NoSelector| RouteRuleError::Selector(base::selector(selector));
        let (name, selector) = (selector.to_owned(), selector.parse().map_err(error)?);
        Ok(Self { name, selector, base: url.parse()?, api: None, level: None })
    }

    /// Sets an option, `api` or `level`, to what `word` says.
    ///
    /// # Errors
    ///
    /// When there is no such option, or no such word for it.
    pub fn set(&mut self, option: &str, word: &str) -> Result<(), RouteRuleError> {
        let error = || RouteRuleError::Option(format!("{option}={word}"));
        let before = match option {
            "api" if self.prefix().is_none() => {
                return Err(RouteRuleError::Api(format!("{option}={word}")));
            }
            "api" => self.api.replace(api(word).ok_or_else(error)?).is_some(),
            "level" => self.level.replace(Level::of(word).ok_or_else(error)?).is_some(),
            _ => return Err(error()),
        };
        if before { Err(RouteRuleError::Twice(format!("{option}={word}"))) } else { Ok(()) }
    }

    /// Its parts, each with its name in a configuration file: `path` or `model`, `url`, and what was
    /// set of `api` and `level`.
    pub fn parts(&self) -> Vec<(&'static str, String)> {
        let selector = match &self.selector {
            Selector::Prefix(prefix) => ("path", prefix.clone()),
            Selector::Model(glob) => ("model", glob.as_str().to_owned()),
        };
        let mut parts = vec![selector, ("url", self.base.to_string())];
        let api = self.api.and_then(|api| APIS.iter().find(|(_, known)| *known == api));
        parts.extend(api.map(|(name, _)| ("api", (*name).to_owned())));
        parts.extend(self.level.map(|level| ("level", level.name().to_owned())));
        parts
    }

    /// Where its requests go.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// What it selects, as it was written.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The part of the path that its requests stand below, if it is about paths.
    pub(crate) fn prefix(&self) -> Option<&str> {
        match &self.selector {
            Selector::Prefix(prefix) => Some(prefix),
            Selector::Model(_) => None,
        }
    }
}

impl FromStr for RouteRule {
    type Err = RouteRuleError;

    fn from_str(text: &str) -> Result<Self, RouteRuleError> {
        let error = || RouteRuleError::Selector(base::selector(text));
        let (selector, rest) = text.split_once('=').ok_or_else(error)?;
        let mut words = rest.split_ascii_whitespace();
        let mut rule = Self::new(selector.trim(), words.next().ok_or_else(error)?)?;
        words.try_for_each(|word| rule.option(word))?;
        Ok(rule)
    }
}

impl RouteRule {
    fn option(&mut self, word: &str) -> Result<(), RouteRuleError> {
        let (option, word) =
            word.split_once('=').ok_or_else(|| RouteRuleError::Option(word.to_owned()))?;
        self.set(option, word)
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
            None if is_path(prefix) => Ok(Self::Prefix(prefix.to_owned())),
            _ => Err(NoSelector),
        }
    }
}

/// What `api` may say.
const APIS: [(&str, Api); 4] = [
    ("anthropic", Api::Is(Dialect::Anthropic)),
    ("openai-chat", Api::Is(Dialect::OpenAiChat)),
    ("openai-responses", Api::Is(Dialect::OpenAiResponses)),
    ("none", Api::None),
];

/// Whether `prefix` is a path that a request may stand below.
pub(crate) fn is_path(prefix: &str) -> bool {
    let uri = prefix.parse::<Uri>();
    prefix.is_ascii() && uri.is_ok_and(|uri| uri.path() == prefix && uri.query().is_none())
}

fn api(name: &str) -> Option<Api> {
    APIS.iter().find(|(known, _)| *known == name).map(|(_, api)| *api)
}

/// The rule with the longest prefix of `target`, a path with its query, and what follows the prefix.
pub(crate) fn by_path<'a, 'b>(
    rules: &'a [RouteRule],
    target: &'b str,
) -> Option<(&'a RouteRule, &'b str)> {
    let found = |rule: &'a RouteRule| Some((rule, below(target, rule.prefix()?)?));
    rules.iter().filter_map(found).min_by_key(|(_, rest)| rest.len())
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
    fn the_parts_of_a_rule_make_it_again() {
        for text in ["/x=http://h/v1 api=none level=off", "model:q*=https://h level=lossless"] {
            let rule: RouteRule = text.parse().unwrap();
            let parts = rule.parts();
            let selector = match &parts[0] {
                ("path", path) => path.clone(),
                (_, glob) => format!("{MODEL}{glob}"),
            };
            let mut again = RouteRule::new(&selector, &parts[1].1).unwrap();
            parts[2..].iter().for_each(|(option, word)| again.set(option, word).unwrap());
            assert_eq!(again, rule);
        }
    }

    #[test]
    fn no_error_shows_credentials() {
        for text in ["x=https://me:secret@h", "https://me:secret@h", "/x=https://me:secret@h"] {
            assert!(!text.parse::<RouteRule>().unwrap_err().to_string().contains("secret"));
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_rule() {
        let error = |text: &str| text.parse::<RouteRule>().unwrap_err();
        for text in [
            "",
            "/x",
            "/x=",
            "x=http://h",
            "/=http://h",
            "model:=http://h",
            "=http://h",
            "/a?b=http://h",
            "/a b=http://h",
            "/a#b=http://h",
            "/ä=http://h",
        ] {
            assert!(matches!(error(text), RouteRuleError::Selector(_)), "{text}");
        }
        assert!(matches!(error("/x=h"), RouteRuleError::Base(_)));
        assert!(matches!(error("model:x=http://h api=none"), RouteRuleError::Api(_)));
        assert!(matches!(error("/x=http://h level=off level=off"), RouteRuleError::Twice(_)));
        for text in ["/x=http://h api=x", "/x=http://h level", "/x=http://h lvl=off"] {
            assert!(matches!(error(text), RouteRuleError::Option(_)), "{text}");
        }
    }
}
