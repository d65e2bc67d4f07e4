//! The token of a proxy that runs already and asks for one, for an agent that can be told of it.

use super::{Args, Failure, agents::Agent};
use crate::cli::config::Environment;
use brevity_proxy::read_token;
use std::ffi::OsString;

/// The agents with a variable for headers, one a line.
const ROOM: [(&str, &str); 1] = [("claude", "ANTHROPIC_CUSTOM_HEADERS")];

/// The variable that brings the token, and its value: below the user's own headers.
///
/// # Errors
///
/// When there is no token in the file, or no room for it.
pub(super) fn variable(
    args: &Args,
    agent: &Agent,
    user: &Environment,
) -> Result<Option<(&'static str, OsString)>, Failure> {
    let Some(path) = &args.token_file else { return Ok(None) };
    let Some((_, name)) = ROOM.iter().find(|(known, _)| *known == agent.name) else {
        return Err(Failure::NoRoom);
    };
    let mut headers = user.var(name).unwrap_or_default().to_owned();
    if !headers.is_empty() {
        headers.push("\n");
    }
    headers.push(format!("x-brevity-token: {}", read_token(path)?));
    Ok(Some((name, headers)))
}
