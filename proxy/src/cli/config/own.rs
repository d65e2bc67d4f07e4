//! Keys whose values are read and shown in ways of their own.

use super::{
    key::{Form, Own},
    keys::policy,
    value::size,
};
use crate::cli::log::LogFormat;
use brevity::{Level, Output};
use brevity_proxy::Upstreams;
use std::path::Path;

pub(super) const LISTEN: Own = Own {
    form: Form::Text,
    takes: r#"a host and a port, like "127.0.0.1:2738", or a socket, like "unix:/run/brevity.sock""#,
    set: |v, text| {
        v.config.listen = text.parse()?;
        Ok(())
    },
    show: |v| Some(v.config.listen.to_string()),
};

pub(super) const TOKEN: Own = Own {
    form: Form::Text,
    takes: r#"a file, like "/etc/brevity/token""#,
    set: |v, text| {
        v.config.token_file = Some(text).filter(|text| !text.is_empty()).map(Into::into);
        Ok(())
    },
    show: |v| Some(path(v.config.token_file.as_deref())),
};

pub(super) const HOSTS: Own = Own {
    form: Form::Names,
    takes: r#"names, like ["brevity.example.org", "*.team.example"]"#,
    set: |v, text| {
        let names = text.split(',').map(str::trim).filter(|_| !text.trim().is_empty());
        v.config.hosts = names.map(str::parse).collect::<Result<_, _>>()?;
        Ok(())
    },
    show: |v| {
        let names: Vec<_> = v.config.hosts.iter().map(ToString::to_string).collect();
        Some(names.join(","))
    },
};

pub(super) const BODY: Own = Own {
    form: Form::Text,
    takes: r#"a size, like "64MiB", or 0"#,
    set: |v, text| {
        v.config.caps.body = if text.trim() == "0" { None } else { Some(size(text)? as u64) };
        Ok(())
    },
    show: |v| Some(v.config.caps.body.map_or("0".into(), |bytes| format!("{bytes}B"))),
};

pub(super) const ADMIN: Own = Own {
    form: Form::Text,
    takes: r#"a host and a port, "off" or "beside""#,
    set: |v, text| {
        v.config.admin = text.parse()?;
        Ok(())
    },
    show: |v| Some(v.config.admin.to_string()),
};

pub(super) const CHECK: Own = Own {
    form: Form::Whole,
    takes: "a whole number",
    set: |v, text| {
        v.config.check_one_in = text
            .parse()
            .map_err(|_| format!("`{text}` is no number of bodies; write one like 16"))?;
        Ok(())
    },
    show: |v| Some(v.config.check_one_in.to_string()),
};

pub(super) const LOG_FORMAT: Own = Own {
    form: Form::Text,
    takes: r#""text" or "json""#,
    set: |v, text| {
        v.log_format = LogFormat::of(text)
            .ok_or_else(|| format!("`{text}` is no format of the log; there are text and json"))?;
        Ok(())
    },
    show: |v| Some(v.log_format.name().into()),
};

/// The levels that the log may have.
const LEVELS: [&str; 5] = ["off", "error", "warn", "info", "debug"];

pub(super) const LOG: Own = Own {
    form: Form::Text,
    takes: r#""off", "error", "warn", "info" or "debug""#,
    set: |v, text| {
        let known = LEVELS.into_iter().find(|level| text.eq_ignore_ascii_case(level));
        let level = known.and_then(|level| level.parse().ok());
        v.log = level.ok_or_else(|| {
            format!("`{text}` is no level of the log; there are {}", LEVELS.join(", "))
        })?;
        Ok(())
    },
    show: |v| Some(v.log.to_string()),
};

pub(super) const LEVEL: Own = Own {
    form: Form::Text,
    takes: r#""off" or "lossless""#,
    set: |v, text| {
        policy(v).level = Level::of(text)
            .ok_or_else(|| format!("`{text}` is no level; there are off and lossless"))?;
        Ok(())
    },
    show: |v| Some(v.config.settings.policy.level.name().into()),
};

pub(super) const OUTPUT: Own = Own {
    form: Form::Whole,
    takes: "1",
    set: |v, text| {
        let output = text.parse().ok().and_then(Output::of);
        policy(v).output = output
            .ok_or_else(|| format!("`{text}` is no output that this version knows; it knows 1"))?;
        Ok(())
    },
    show: |v| match v.config.settings.policy.output {
        Output::One => Some("1".into()),
        _ => None,
    },
};

pub(super) const HOLDOUT: Own = Own {
    form: Form::Real,
    takes: "a number between 0 and 1",
    set: |v, text| {
        let none = text.parse().is_ok_and(|share: f64| share == 0.0);
        v.config.holdout = if none { None } else { Some(text.parse()?) };
        Ok(())
    },
    show: |v| Some(v.config.holdout.map_or("0".into(), |share| share.to_string())),
};

pub(super) const CA: Own = Own {
    form: Form::Text,
    takes: r#"a file, like "/etc/ssl/gateway.pem""#,
    set: |v, text| {
        v.config.upstream_ca = Some(text).filter(|text| !text.is_empty()).map(Into::into);
        Ok(())
    },
    show: |v| Some(path(v.config.upstream_ca.as_deref())),
};

pub(super) const UPSTREAM: Own = Own {
    form: Form::Text,
    takes: r#"a URL, like "https://gateway.example/v1""#,
    set: |v, text| {
        v.config.upstreams = Upstreams::all(text.parse()?);
        Ok(())
    },
    show: |_| None,
};

/// A path as a text, which is empty where there is none.
fn path(path: Option<&Path>) -> String {
    path.map_or_else(String::new, |path| path.display().to_string())
}
