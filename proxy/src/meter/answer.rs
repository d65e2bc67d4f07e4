//! Where the three dialects put what is counted.

use simd_json::{prelude::*, tape::Value};

/// The longest name of a model, stop reason or error that is kept.
const NAME: usize = 256;

/// What an answer says of itself. Later events of a stream replace what earlier ones said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the prompt that the cache had no part in, as Anthropic counts them: where OpenAI
    /// gives the whole prompt, what was read from the cache is taken off. So input, cache reads and
    /// cache writes add up to the prompt in every dialect.
    pub input: Option<u64>,
    /// Tokens of the prompt that were read from the cache.
    pub cache_read: Option<u64>,
    /// Tokens of the prompt that were written to the cache.
    pub cache_write: Option<u64>,
    /// Tokens of the answer.
    pub output: Option<u64>,
    /// Why the model stopped, in the dialect's own word.
    pub stop_reason: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// The type or code of the error that the answer is, or that broke the stream off.
    pub error: Option<String>,
    /// Whether the answer came to its end: a whole document, or a stream with its last event.
    pub ended: bool,
}

impl Usage {
    /// Whether it tells of any tokens.
    pub fn has_tokens(&self) -> bool {
        [self.input, self.cache_read, self.cache_write, self.output].iter().any(Option::is_some)
    }

    /// Adds what one event of a stream says.
    pub(super) fn add_event(&mut self, root: Value<'_, '_>) {
        let kind = root.get_str("type").unwrap_or_default();
        self.ended |= matches!(
            kind,
            "message_stop" | "response.completed" | "response.incomplete" | "response.failed"
        );
        if let Some(part) = root.get("message").or_else(|| root.get("response")) {
            self.add(part);
        }
        if let Some(delta) = root.get("delta").filter(|_| kind == "message_delta") {
            self.add(delta);
        }
        self.add(root);
    }

    /// Adds what a whole answer says.
    pub(super) fn add_document(&mut self, root: Value<'_, '_>) {
        self.ended = true;
        self.add(root);
    }

    fn add(&mut self, answer: Value<'_, '_>) {
        keep_name(&mut self.model, answer.get_str("model"));
        keep_name(&mut self.stop_reason, answer.get_str("stop_reason"));
        keep_name(&mut self.stop_reason, choices_reason(answer));
        keep_name(&mut self.stop_reason, response_reason(answer));
        if let Some(usage) = answer.get("usage") {
            self.add_tokens(usage);
        }
        if let Some(error) = answer.get("error").filter(Value::is_object) {
            let name = error.get_str("type").or_else(|| error.get_str("code"));
            keep_name(&mut self.error, name.or(Some("error")));
        }
    }

    fn add_tokens(&mut self, usage: Value<'_, '_>) {
        let (output, cache_write) = (
            usage.get_u64("output_tokens").or_else(|| usage.get_u64("completion_tokens")),
            usage.get_u64("cache_creation_input_tokens"),
        );
        self.output = output.or(self.output);
        self.cache_write = cache_write.or(self.cache_write);
        let details =
            usage.get("prompt_tokens_details").or_else(|| usage.get("input_tokens_details"));
        let cached = details.and_then(|details| details.get_u64("cached_tokens"));
        let cache_read = cached.or_else(|| usage.get_u64("cache_read_input_tokens"));
        self.cache_read = cache_read.or(self.cache_read);
        let input = usage.get_u64("input_tokens").or_else(|| usage.get_u64("prompt_tokens"));
        let input = input.map(|tokens| tokens.saturating_sub(cached.unwrap_or(0)));
        self.input = input.or(self.input);
    }
}

fn keep_name(to: &mut Option<String>, name: Option<&str>) {
    if let Some(name) = name.filter(|name| name.len() <= NAME) {
        *to = Some(name.to_owned());
    }
}

/// Chat Completions: the reason of the first choice that has one.
fn choices_reason<'a>(answer: Value<'_, 'a>) -> Option<&'a str> {
    // Not `get_array`: as of 0.17.3 its slice of the tape is one node short.
    let choices = answer.get("choices")?.as_array()?;
    choices.iter().find_map(|choice| choice.get("finish_reason")?.into_string())
}

/// Responses: why it is incomplete, else its final status.
fn response_reason<'a>(answer: Value<'_, 'a>) -> Option<&'a str> {
    if answer.get("object")?.as_str()? != "response" {
        return None;
    }
    let details = answer.get("incomplete_details");
    let reason = details.and_then(|details| details.get("reason")?.into_string());
    let status = answer.get("status").and_then(|status| status.into_string());
    reason.or(status.filter(|status| *status != "in_progress"))
}
