//! Rules about models, for a request that has to be read to know its own.

use super::work::{Engine, Panicked, Pool};
use crate::{config::Config, route::Way, table};
use brevity::{Dialect, Level, Settings};
use bytes::Bytes;
use std::sync::Arc;

/// What such rules may say.
#[derive(Clone, Debug)]
pub(crate) struct ByModel {
    config: Arc<Config>,
    /// Whether a rule may say how far to go: the request itself does not.
    may_set_level: bool,
}

impl ByModel {
    /// The rules for what takes this way, if there are any.
    pub(crate) fn of(way: &Way, config: &Arc<Config>) -> Option<Self> {
        let may_set_level = way.control.as_ref().is_ok_and(|control| !control.sets_level());
        way.by_model.then(|| Self { config: config.clone(), may_set_level })
    }

    /// The model that `text` names, and `settings` as the rules about it say. `None` where it names none.
    pub(crate) async fn learn(
        &self,
        dialect: Dialect,
        settings: &Arc<Settings>,
        text: &[Bytes],
        pool: &Pool,
    ) -> Option<(String, Arc<Settings>)> {
        let engine = feed(dialect, with_level(settings, Level::Off), text).ok()?;
        let (_, facts) = pool.end(engine).await.ok()?;
        let model = facts.model?;
        let rule = table::by_model(&self.config.routes, &model);
        let settings = match rule.and_then(|rule| rule.level).filter(|_| self.may_set_level) {
            Some(level) => with_level(settings, level),
            None => settings.clone(),
        };
        Some((model, settings))
    }
}

fn with_level(settings: &Arc<Settings>, level: Level) -> Arc<Settings> {
    let mut settings = settings.clone();
    Arc::make_mut(&mut settings).policy.level = level;
    settings
}

/// An engine that was fed `chunks`.
pub(super) fn feed(
    dialect: Dialect,
    settings: Arc<Settings>,
    chunks: &[Bytes],
) -> Result<Engine, Panicked> {
    let mut engine = Engine::new(dialect, settings);
    chunks.iter().try_for_each(|chunk| engine.write(chunk.clone()))?;
    Ok(engine)
}
