//! What a request asks of Brevity: headers that begin with `x-brevity-`. None of them goes upstream.

use crate::headers::{OWN, drop_where};
use brevity::{Level, Policy, Settings, ToolRules};
use hyper::{
    HeaderMap,
    header::{HeaderName, HeaderValue},
};
use std::{str::FromStr, sync::Arc};
use thiserror::Error;

/// The header that carries, back to the client, what was saved. A request asks for it by `true`.
pub(crate) const SAVED: HeaderName = HeaderName::from_static("x-brevity-saved");

/// What one request asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Control {
    bypass: Option<bool>,
    saved: Option<bool>,
    level: Option<Level>,
    tools: Vec<ToolSetting>,
}

/// A header of ours that says nothing that is known.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "the header `{0}` is not understood; there are x-brevity-bypass and x-brevity-saved (true or false), \
     x-brevity-level (off or lossless) and x-brevity-tools (GLOB=off, file or lossless)"
)]
pub(crate) struct ControlError(HeaderName);

/// How the results of some tools are treated: `GLOB=off`, `GLOB=file` or `GLOB=lossless`.
///
/// ```
/// use brevity_proxy::ToolSetting;
///
/// let setting: ToolSetting = "mcp__billing__*=off".parse()?;
/// assert!("mcp__billing__*".parse::<ToolSetting>().is_err());
/// # Ok::<_, brevity_proxy::ToolSettingError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolSetting {
    glob: String,
    word: Word,
}

/// Why a text is no setting of tools.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "`{0}` says nothing about tools; write a name or a glob, `=`, and off, file (only lines that came \
     before are left out) or lossless, like mcp__billing__*=off"
)]
pub struct ToolSettingError(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Off,
    File,
    Lossless,
}

const WORDS: [(&str, Word); 3] =
    [("off", Word::Off), ("file", Word::File), ("lossless", Word::Lossless)];

impl Control {
    /// Reads the headers and takes them away.
    ///
    /// # Errors
    ///
    /// When one of them is not understood. All are taken away all the same.
    pub(crate) fn take(headers: &mut HeaderMap) -> Result<Self, ControlError> {
        let is_own = |name: &HeaderName| name.as_str().starts_with(OWN);
        if !headers.keys().any(is_own) {
            return Ok(Self::default());
        }
        let mut control = Self::default();
        let own = headers.iter().filter(|(name, _)| is_own(name));
        let read = own.into_iter().try_for_each(|(name, value)| {
            control.read(name, value).ok_or_else(|| ControlError(name.clone()))
        });
        drop_where(headers, is_own);
        read.map(|()| control)
    }

    fn read(&mut self, name: &HeaderName, value: &HeaderValue) -> Option<()> {
        let name = &name.as_str()[OWN.len()..];
        // It was for the door, if there is one.
        if name == "token" {
            return Some(());
        }
        let value = value.to_str().ok()?.trim();
        match name {
            "bypass" => set(&mut self.bypass, flag(value)?)?,
            "saved" => set(&mut self.saved, flag(value)?)?,
            "level" => set(&mut self.level, Level::of(value)?)?,
            "tools" => {
                for setting in value.split(',') {
                    self.tools.push(setting.trim().parse().ok()?);
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// Whether its body shall pass byte for byte, unread.
    pub(crate) fn bypasses(&self) -> bool {
        self.bypass == Some(true)
    }

    /// Whether the answer shall say what was saved.
    pub(crate) fn asks_saved(&self) -> bool {
        self.saved == Some(true)
    }

    /// Whether it says how far to go.
    pub(crate) fn sets_level(&self) -> bool {
        self.level.is_some()
    }

    /// The configured settings, changed as the request asks.
    pub(crate) fn settings(&self, configured: &Arc<Settings>) -> Arc<Settings> {
        if self.level.is_none() && self.tools.is_empty() {
            return configured.clone();
        }
        let mut settings = (**configured).clone();
        self.change(&mut settings.policy);
        Arc::new(settings)
    }

    fn change(&self, policy: &mut Policy) {
        policy.level = self.level.unwrap_or(policy.level);
        policy.tools = self.tools.iter().fold(policy.tools.clone(), |rules, tool| tool.add(rules));
    }
}

impl ToolSetting {
    /// What `word` says about the tools that `glob` matches.
    ///
    /// # Errors
    ///
    /// When `glob` is empty, or `word` is none of off, file and lossless.
    pub fn new(glob: &str, word: &str) -> Result<Self, ToolSettingError> {
        let error = || ToolSettingError(format!("{glob}={word}"));
        let word = WORDS.iter().find(|(name, _)| *name == word).ok_or_else(error)?.1;
        match glob {
            "" => Err(error()),
            glob => Ok(Self { glob: glob.to_owned(), word }),
        }
    }

    /// The glob over the names of tools.
    pub fn glob(&self) -> &str {
        &self.glob
    }

    /// How their results are treated: off, file or lossless.
    pub fn word(&self) -> &'static str {
        WORDS.iter().find(|(_, word)| *word == self.word).map_or("", |(name, _)| name)
    }

    /// The rules with this one on top.
    #[must_use]
    pub fn add(&self, rules: ToolRules) -> ToolRules {
        match self.word {
            Word::Off => rules.exclude(&self.glob),
            Word::File => rules.file_reader(&self.glob),
            Word::Lossless => rules.allow(&self.glob),
        }
    }
}

impl FromStr for ToolSetting {
    type Err = ToolSettingError;

    fn from_str(text: &str) -> Result<Self, ToolSettingError> {
        let error = || ToolSettingError(text.to_owned());
        let (glob, word) = text.rsplit_once('=').ok_or_else(error)?;
        Self::new(glob.trim(), word.trim()).map_err(|_| error())
    }
}

/// Sets what was not set, or not to something else: of two words neither counts.
fn set<T: PartialEq>(to: &mut Option<T>, value: T) -> Option<()> {
    let is_free = to.as_ref().is_none_or(|before| *before == value);
    is_free.then(|| *to = Some(value))
}

fn flag(value: &str) -> Option<bool> {
    match value {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use brevity::{Tool, Treatment};

    fn take(own: &[(&'static str, &'static str)]) -> (Result<Control, ControlError>, HeaderMap) {
        let mut headers = HeaderMap::new();
        headers.insert("x-first", HeaderValue::from_static("1"));
        for (name, value) in own {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers.insert("x-last", HeaderValue::from_static("2"));
        (Control::take(&mut headers), headers)
    }

    #[test]
    fn headers_are_read_and_taken_away() {
        let (control, left) = take(&[
            ("x-brevity-bypass", "true"),
            ("x-brevity-level", "off"),
            ("x-brevity-tools", "Grep=off, a?=file"),
            ("x-brevity-tools", "Read=lossless"),
            ("x-brevity-saved", "false"),
            ("x-brevity-token", "any"),
        ]);
        assert_eq!(left.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["x-first", "x-last"]);
        let control = control.unwrap();
        assert!(control.bypasses() && !control.asks_saved());
        let settings = control.settings(&Arc::default());
        assert_eq!(settings.policy.level, Level::Off);
        let treatment = |name| settings.policy.tools.treatment(&Tool::named(name));
        assert_eq!(treatment("Grep"), Treatment::Excluded);
        assert_eq!(treatment("ab"), Treatment::FileRead);
        assert_eq!(treatment("Read"), Treatment::Rewrite);
    }

    #[test]
    fn without_them_the_settings_are_the_configured_ones() {
        let (control, left) = take(&[]);
        let configured = Arc::default();
        assert!(Arc::ptr_eq(&control.unwrap().settings(&configured), &configured));
        assert_eq!(left.len(), 2);
    }

    #[test]
    fn what_is_not_understood_is_named_and_taken_away_too() {
        for (name, value) in [
            ("x-brevity-bypas", "true"),
            ("x-brevity-bypass", "yes"),
            ("x-brevity-level", "lossy"),
            ("x-brevity-tools", "Grep"),
            ("x-brevity-tools", "=off"),
            ("x-brevity-tools", "Grep=on"),
        ] {
            let (control, left) = take(&[(name, value), ("x-brevity-saved", "true")]);
            assert!(control.unwrap_err().to_string().contains(name));
            assert_eq!(left.len(), 2, "{name}");
        }
        for name in ["x-brevity-bypass", "x-brevity-saved"] {
            assert!(take(&[(name, "true"), (name, "1")]).0.is_ok());
            assert!(take(&[(name, "true"), (name, "false")]).0.is_err(), "two words");
        }
    }
}
