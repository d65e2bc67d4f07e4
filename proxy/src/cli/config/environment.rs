//! The environment: one variable for each key that is no list.

use super::{Fault, KEYS, Key, Layer, Origin, Place, fault::near, layer::One};
use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
};

/// What all of our variables begin with.
const PREFIX: &str = "BREVITY_";

/// Variables with their values.
#[derive(Debug, Default)]
pub(crate) struct Environment(BTreeMap<String, OsString>);

impl Environment {
    /// That of this process. A name that is no UTF-8 is not one that we look for.
    pub(crate) fn of_process() -> Self {
        let utf8 = |(name, value): (OsString, _)| Some((name.into_string().ok()?, value));
        std::env::vars_os().filter_map(utf8).collect()
    }

    /// The value of a variable that is set and not empty.
    pub(in crate::cli) fn var(&self, name: &str) -> Option<&OsStr> {
        self.0.get(name).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// What its variables say.
    ///
    /// # Errors
    ///
    /// Where one of them is set for which there is no value, or one that is nearly ours. All others
    /// that begin with our letters are somebody's: Kubernetes makes some of a service's name.
    pub(super) fn layer(&self) -> Result<Layer, Fault> {
        let mut layer = Layer::default();
        for key in KEYS {
            layer.ones.extend(self.one(key)?);
        }
        self.0.keys().try_for_each(|name| known(name))?;
        Ok(layer)
    }

    fn one(&self, key: &'static Key) -> Result<Option<One>, Fault> {
        let name = key.variable();
        let Some(value) = self.var(&name) else { return Ok(None) };
        let flag = key.flag();
        let origin = Origin::Variable(name);
        let fault = |why: String| Fault::Value {
            at: origin.clone(),
            key: key.name.into(),
            why: why.into(),
        };
        if let Place::List(_) = key.place {
            let why = format!("no variable sets a list; write it in the file, or with {flag}");
            return Err(fault(why));
        }
        let text = value.to_str().ok_or_else(|| fault("this is not UTF-8".into()))?.to_owned();
        Ok(Some(One { key, text, origin }))
    }
}

/// Whether a variable is ours, or nobody could take it for ours.
fn known(name: &str) -> Result<(), Fault> {
    let Some(rest) = name.strip_prefix(PREFIX) else { return Ok(()) };
    let names: Vec<String> =
        KEYS.iter().map(Key::variable).chain(["BREVITY_CONFIG".into()]).collect();
    if names.iter().any(|known| known == name) {
        return Ok(());
    }
    match near(rest, names.iter().map(|name| &name[PREFIX.len()..])) {
        Some(near) => Err(Fault::Variable { name: name.into(), near: format!("{PREFIX}{near}") }),
        None => Ok(()),
    }
}

impl<N: Into<String>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(vars: &[(&str, &str)]) -> Result<Layer, String> {
        let environment: Environment = vars.iter().copied().collect();
        environment.layer().map_err(|fault| fault.to_string())
    }

    #[test]
    fn what_others_have_set_is_theirs() {
        let others = [
            ("BREVITY_PORT", "tcp://10.0.0.1:2738"),
            ("BREVITY_PORT_2738_TCP_ADDR", "10.0.0.1"),
            ("BREVITY_SERVICE_HOST", "10.0.0.1"),
            ("BREVITY_SERVICE_PORT_HTTP", "80"),
            ("BREVITY_CORPUS", "/x"),
            ("BREVITY_", "x"),
            ("BREVITY_LISTEN", ""),
            ("LISTEN", "x"),
        ];
        assert!(layer(&others).unwrap().ones.is_empty());
    }

    #[test]
    fn what_is_nearly_ours_stops_all() {
        for (name, near) in [
            ("BREVITY_UPSTEAM", "BREVITY_UPSTREAM"),
            ("BREVITY_TIMEOUT_IDLE", "BREVITY_TIMEOUTS_IDLE"),
            ("BREVITY_LISTEN_", "BREVITY_LISTEN"),
            ("BREVITY_TOOL", "BREVITY_TOOLS"),
        ] {
            let expected = format!("{name} is no variable of Brevity's; did you mean {near}?");
            assert_eq!(layer(&[(name, "x")]).unwrap_err(), expected);
        }
        let list = "BREVITY_ROUTE: no variable sets a list; write it in the file, or with --route";
        assert_eq!(layer(&[("BREVITY_ROUTE", "x")]).unwrap_err(), list);
    }
}
