//! Where the file is.

use super::Environment;
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

/// The variable that names the file.
const VARIABLE: &str = "BREVITY_CONFIG";

/// Where the file is, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FilePlace {
    /// Somebody named it, so it has to be there.
    Named(PathBuf),
    /// In the platform's folder, perhaps.
    Usual(PathBuf),
    /// There is no such folder: no home.
    Nowhere,
}

/// The file that `flag` names, else the environment, else the platform's.
pub(super) fn of(flag: Option<&Path>, environment: &Environment) -> FilePlace {
    let named = flag.map(Path::as_os_str).or_else(|| environment.var(VARIABLE));
    match named {
        Some(path) => FilePlace::Named(path.into()),
        None => usual(environment).map_or(FilePlace::Nowhere, FilePlace::Usual),
    }
}

fn usual(environment: &Environment) -> Option<PathBuf> {
    Some(folder(environment)?.join("brevity").join("brevity.toml"))
}

/// The platform's folder for configuration. A relative path in XDG_CONFIG_HOME is ignored, as the
/// XDG Base Directory Specification says.
fn folder(environment: &Environment) -> Option<PathBuf> {
    let home = || environment.var("HOME").map(PathBuf::from);
    let absolute = |path: &OsStr| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return environment.var("APPDATA").and_then(absolute);
    }
    if cfg!(target_os = "macos") {
        return Some(home()?.join("Library").join("Application Support"));
    }
    let xdg = environment.var("XDG_CONFIG_HOME").and_then(absolute);
    xdg.or_else(|| Some(home()?.join(".config")))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn usual(vars: &[(&str, &str)]) -> Option<PathBuf> {
        super::usual(&vars.iter().copied().collect())
    }

    #[test]
    fn the_platform_says_where() {
        let home = ("HOME", "/home/u");
        let at_home = Some(PathBuf::from("/home/u/.config/brevity/brevity.toml"));
        assert_eq!(usual(&[home]), at_home);
        assert_eq!(usual(&[home, ("XDG_CONFIG_HOME", "")]), at_home);
        assert_eq!(usual(&[home, ("XDG_CONFIG_HOME", "relative")]), at_home);
        let elsewhere = Some(PathBuf::from("/x/brevity/brevity.toml"));
        assert_eq!(usual(&[home, ("XDG_CONFIG_HOME", "/x")]), elsewhere);
        assert_eq!(usual(&[]), None);
    }

    #[test]
    fn a_flag_counts_more_than_the_environment() {
        let environment: Environment = [("BREVITY_CONFIG", "v.toml")].into_iter().collect();
        let named = |path: &str| FilePlace::Named(path.into());
        assert_eq!(of(Some(Path::new("f.toml")), &environment), named("f.toml"));
        assert_eq!(of(None, &environment), named("v.toml"));
        assert_eq!(of(None, &Environment::default()), FilePlace::Nowhere);
    }
}
