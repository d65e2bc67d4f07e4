//! `upstream_proxy`: which HTTP proxies lead to upstreams.

use super::{Environment, fault::Why, key::Form, key::Own};
use brevity_proxy::{Config, Proxies, ProxyUrl};
use std::{fmt, fmt::Write as _, str::FromStr};

/// What the key says.
#[derive(Clone, Debug, Default)]
pub(crate) enum ProxyChoice {
    /// What `HTTPS_PROXY` and the others say.
    #[default]
    Environment,
    /// None.
    Off,
    /// This one for all upstreams, but those that `NO_PROXY` names.
    Url(ProxyUrl),
}

pub(super) const UPSTREAM_PROXY: Own = Own {
    form: Form::Text,
    takes: r#"a URL, like "http://proxy.example:3128", "environment" or "off""#,
    set: |v, text| {
        v.upstream_proxy = text.parse()?;
        Ok(())
    },
    show: |v| Some(v.upstream_proxy.to_string()),
};

impl ProxyChoice {
    /// The rules, with what `environment` says where it is to be asked.
    pub(super) fn rules(&self, environment: &Environment) -> Proxies {
        let var = |name: &str| Some(environment.var(name)?.to_string_lossy().into_owned());
        match self {
            Self::Environment => Proxies::of_variables(var),
            Self::Off => Proxies::default(),
            Self::Url(url) => {
                let except = ["no_proxy", "NO_PROXY"].into_iter().find_map(var);
                Proxies::all(url.clone(), &except.unwrap_or_default())
            }
        }
    }
}

impl FromStr for ProxyChoice {
    type Err = Why;

    fn from_str(text: &str) -> Result<Self, Why> {
        match text {
            "environment" => return Ok(Self::Environment),
            "off" => return Ok(Self::Off),
            _ => {}
        }
        let url: ProxyUrl = text.parse()?;
        if url.has_credentials() {
            return Err(
                "the URL holds a user name or a password, and no key holds a secret; leave \
                 upstream_proxy at \"environment\" and set HTTPS_PROXY, which may hold them"
                    .into(),
            );
        }
        Ok(Self::Url(url))
    }
}

impl fmt::Display for ProxyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("environment"),
            Self::Off => f.write_str("off"),
            Self::Url(url) => url.fmt(f),
        }
    }
}

/// How each upstream is reached, a comment line each; nothing where no proxy is named.
pub(super) fn ways(config: &Config) -> String {
    let mut out = String::new();
    if config.upstream_proxy.is_any() {
        out.push_str("\n# How upstreams are reached:\n");
        for base in config.bases() {
            let _ = writeln!(out, "# {base} {}", config.proxy_way(base));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(choice: &str, vars: &[(&str, &str)]) -> Vec<String> {
        let environment: Environment = vars.iter().copied().collect();
        let mut config = Config::default();
        config.upstreams.chatgpt = "http://127.0.0.1:1".parse().unwrap();
        config.upstreams.openai = "http://inside.example".parse().unwrap();
        config.upstream_proxy = choice.parse::<ProxyChoice>().unwrap().rules(&environment);
        super::ways(&config).lines().skip(2).map(str::to_owned).collect()
    }

    #[test]
    fn each_upstream_has_its_way() {
        let vars = [("HTTPS_PROXY", "me:secret@p:1"), ("NO_PROXY", "inside.example")];
        let direct = "# http://inside.example directly: no proxy is named for it";
        let here = "# http://127.0.0.1:1 directly: it is on this machine";
        let excepted = "# http://inside.example directly: NO_PROXY names it";
        assert_eq!(
            ways("environment", &vars),
            [
                "# https://api.anthropic.com through http://p:1 (HTTPS_PROXY)",
                direct,
                "# http://127.0.0.1:1 directly: no proxy is named for it"
            ]
        );
        assert_eq!(
            ways("http://q:2", &vars),
            ["# https://api.anthropic.com through http://q:2 (upstream_proxy)", excepted, here]
        );
        assert!(ways("off", &vars).is_empty() && ways("environment", &[]).is_empty());
        assert!(ways("environment", &[("HTTPS_PROXY", "")]).is_empty());
    }
}
