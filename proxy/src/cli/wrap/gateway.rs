//! A gateway that the user has set already: Brevity goes in front of it, not past it.

use super::{Failure, agents::Agent};
use crate::cli::config::Environment;
use brevity_proxy::{Base, Upstreams, config::PORT};
use hyper::Uri;
use std::net::IpAddr;

/// The user's own base URLs, as far as there are any.
#[derive(Debug, Default)]
pub(super) struct Gateways {
    anthropic: Option<Base>,
    openai: Option<Base>,
    /// One that names the default address of Brevity itself.
    pub(super) brevity: Option<Base>,
}

impl Gateways {
    /// What `agent` would read from the environment.
    ///
    /// # Errors
    ///
    /// Where a variable holds no URL. The agent could not have used it either.
    pub(super) fn of(agent: &Agent, user: &Environment) -> Result<Self, Failure> {
        let mut gateways = Self {
            anthropic: first(agent.anthropic, user)?,
            openai: first(agent.openai, user)?,
            brevity: None,
        };
        for base in [&mut gateways.anthropic, &mut gateways.openai] {
            if let Some(own) = base.take_if(|base| is_brevity(base)) {
                gateways.brevity = Some(own);
            }
        }
        let home = || agent.home.map(|url| url.parse().expect("a constant URL"));
        gateways.openai = gateways.openai.or_else(home);
        Ok(gateways)
    }

    /// Where the own proxy sends its requests; where the environment is silent, to `upstreams`.
    pub(super) fn upstreams(&self, mut upstreams: Upstreams) -> Upstreams {
        if let Some(base) = &self.anthropic {
            upstreams.anthropic = base.clone();
        }
        if let Some(base) = &self.openai {
            upstreams.openai = base.clone();
        }
        upstreams
    }

    /// What stands behind the proxy's root for Anthropic's API.
    pub(super) fn anthropic_version(&self) -> String {
        version(self.anthropic.as_ref())
    }

    /// What stands behind the proxy's root for OpenAI's API.
    pub(super) fn openai_version(&self) -> String {
        version(self.openai.as_ref())
    }
}

fn first(names: &[&'static str], user: &Environment) -> Result<Option<Base>, Failure> {
    let set = |name: &&'static str| Some((*name, user.var(name)?.to_string_lossy()));
    let Some((variable, text)) = names.iter().find_map(set) else { return Ok(None) };
    text.parse().map(Some).map_err(|source| Failure::Gateway { variable, source })
}

/// The version at the end of a base. Whoever was told `…/v4` asks for `/v4/x`, which the proxy joins
/// again; whoever was told a base without one asks for `/x`, and a version of ours would lead astray.
fn version(base: Option<&Base>) -> String {
    let Some(base) = base else { return "/v1".into() };
    let uri = base.to_string().parse::<Uri>().unwrap_or_default();
    let segment = uri.path().rsplit('/').next().unwrap_or_default();
    match segment.strip_prefix('v') {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            format!("/{segment}")
        }
        _ => String::new(),
    }
}

/// Whether `base` is where Brevity listens by default.
fn is_brevity(base: &Base) -> bool {
    let Ok(uri) = base.to_string().parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    local && uri.port_u16() == Some(PORT)
}

#[cfg(test)]
mod tests {
    use super::super::agents::{OTHER, find};
    use super::*;

    fn base(text: &str) -> Base {
        text.parse().unwrap()
    }

    #[test]
    fn the_first_variable_that_is_set_counts() {
        let user = [
            ("ANTHROPIC_BASE_URL", "https://second"),
            ("OPENAI_API_BASE", ""),
            ("OPENAI_BASE_URL", "https://gate/x"),
        ];
        let gateways = Gateways::of(find("aider").unwrap(), &user.into_iter().collect()).unwrap();
        let upstreams = gateways.upstreams(Upstreams::default());
        assert_eq!(
            (upstreams.anthropic, upstreams.openai),
            (base("https://second"), base("https://gate/x"))
        );
        assert_eq!((&*gateways.anthropic_version(), &*gateways.openai_version()), ("", ""));
    }

    #[test]
    fn a_login_has_its_own_host() {
        let gateways =
            Gateways::of(find("codex-chatgpt").unwrap(), &Environment::default()).unwrap();
        assert_eq!(
            gateways.upstreams(Upstreams::default()).openai,
            base("https://chatgpt.com/backend-api/codex")
        );
    }

    #[test]
    fn brevity_is_no_gateway_to_itself() {
        let user =
            [("ANTHROPIC_BASE_URL", "http://127.0.0.1:2738"), ("OPENAI_BASE_URL", "https://gate")];
        let gateways = Gateways::of(&OTHER, &user.into_iter().collect()).unwrap();
        let upstreams = gateways.upstreams(Upstreams::default());
        assert_eq!(upstreams.anthropic, Upstreams::default().anthropic);
        assert_eq!(upstreams.openai, base("https://gate"));
        assert_eq!(gateways.brevity, Some(base("http://127.0.0.1:2738")));
    }

    #[test]
    fn versions_are_those_of_the_users_base() {
        let cases = [
            ("https://h/v1", "/v1"),
            ("https://h/api/paas/v4/", "/v4"),
            ("https://h/openai", ""),
            ("https://h", ""),
            ("https://v1", ""),
            ("https://h/vx", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(version(Some(&base(text))), expected, "{text}");
        }
        assert_eq!(version(None), "/v1");
    }

    #[test]
    fn brevity_knows_its_own_address() {
        assert!(is_brevity(&base("http://127.0.0.1:2738/v1")));
        assert!(is_brevity(&base("http://localhost:2738")));
        assert!(is_brevity(&base("http://[::1]:2738")));
        assert!(!is_brevity(&base("http://127.0.0.1:4000")));
        assert!(!is_brevity(&base("http://host:2738")));
    }
}
