//! A request body on its way to the engine: held, decoded, rewritten; or left as it came, and why.

use super::{
    AnyBody, BoxError, Broken, Chunks, CompressBody, CountBody, Means, any,
    budget::Account,
    hold::{Held, Long, Whole, broke, hold},
    inflate::Coding,
    model::{ByModel, feed},
    work::Panicked,
};
use crate::{
    guard::conversation,
    holdout::{Arm, Share},
    record::Entry,
    route::{Skip, off},
};
use brevity::{Dialect, Outcome, Settings};
use bytes::Bytes;
use hyper::body::Body;
use std::{io, sync::Arc, time::Instant};

/// How much of a body that streams is held where its head has to tell something, in bytes.
const HEAD: u64 = 64 * 1024;

/// What is to be done with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// The engine rewrites it.
    Rewrite,
    /// Its bytes leave as they came; what would have left is only counted.
    Count,
    /// It passes. The record says why already.
    Pass,
}

/// What it takes to read a body before it leaves.
#[derive(Clone)]
pub(crate) struct Prepare {
    pub(crate) dialect: Dialect,
    /// The coding that it comes in.
    pub(crate) coding: Option<Coding>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) act: Act,
    /// Its model has to be known before it leaves, since there are rules about models.
    pub(crate) by_model: Option<ByModel>,
    /// The share of conversations that pass.
    pub(crate) holdout: Option<Share>,
    pub(crate) means: Means,
    pub(crate) entry: Arc<Entry>,
}

/// A body, ready to leave.
pub(crate) struct Prepared {
    pub(crate) body: AnyBody,
    /// It came compressed and leaves as it is.
    pub(crate) decoded: bool,
}

impl Prepare {
    /// Reads `body` as far as it may be held, and says what leaves in its place.
    ///
    /// # Errors
    ///
    /// When the body does not come, or cannot be held. Nothing else fails: what goes wrong here leaves the body as it
    /// came, and the record says why.
    pub(crate) async fn prepare<B>(mut self, body: B) -> Result<Prepared, Broken>
    where
        B: Body<Data = Bytes> + Unpin + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let up_to = self.holds(body.size_hint().lower());
        let mut account = self.means.budget.open();
        Ok(match hold(body, up_to, &mut account, &self.entry).await? {
            Held::Whole(whole) => {
                self.entry.was_read();
                self.whole(whole, &mut account).await?
            }
            Held::Long(long) => {
                // As many bytes whatever chunks they came in.
                let head = beginning(&long.came, up_to);
                let mut skip = self.coding.map(|_| Skip::Encoded);
                if skip.is_none() {
                    self.learn_model(&head).await;
                    skip = off(&self.settings);
                }
                if skip.is_none() && self.is_held_out(&head).await {
                    skip = Some(Skip::HeldOut);
                }
                Prepared { body: self.long(long, skip), decoded: false }
            }
        })
    }

    /// How much of a body of at least `len` bytes is held, in bytes.
    fn holds(&self, len: u64) -> u64 {
        let limit = self.settings.limits.request as u64;
        let must_look = self.by_model.is_some() || self.holdout.is_some();
        match (self.settings.policy.stream_requests, must_look) {
            (false, true) => limit,
            (false, false) => {
                if len > limit {
                    0
                } else {
                    limit
                }
            }
            (true, true) => HEAD,
            (true, false) => 0,
        }
    }

    async fn whole(self, came: Whole, account: &mut Account) -> Result<Prepared, Broken> {
        let text = match self.text(&came).await {
            Ok(text) => self.paid(text, account).await?,
            Err(_) => return Ok(self.pass(came, Some(Skip::Encoded))),
        };
        Ok(self.prepared(came, text).await)
    }

    async fn prepared(mut self, came: Whole, text: Vec<Bytes>) -> Prepared {
        self.learn_model(&text).await;
        if let Some(skip) = off(&self.settings) {
            return self.pass(came, Some(skip));
        }
        if self.is_held_out(&text).await {
            return self.pass(came, Some(Skip::HeldOut));
        }
        match self.act {
            Act::Pass => self.pass(came, None),
            Act::Count => {
                tokio::spawn(self.clone().count(text));
                self.pass(came, Some(Skip::DryRun))
            }
            Act::Rewrite => match self.run(text.clone()).await {
                Ok(chunks) => {
                    self.means.checker.check(&text, &chunks);
                    self.leave(came, chunks)
                }
                Err(failed) => {
                    tracing::error!("{failed}");
                    self.pass(came, Some(Skip::Failed))
                }
            },
        }
    }

    /// The body's text, decoded if it is compressed.
    async fn text(&self, came: &Whole) -> io::Result<Vec<Bytes>> {
        let chunks = came.chunks.clone();
        let Some(coding) = self.coding else { return Ok(chunks) };
        let limit = self.settings.limits.request;
        let decoded = self.means.pool.spawn(move || coding.decode(chunks, limit)).await;
        Ok(vec![decoded.map_err(io::Error::other)??])
    }

    /// A decoded text takes memory beside the body that it came in.
    async fn paid(&self, text: Vec<Bytes>, account: &mut Account) -> Result<Vec<Bytes>, Broken> {
        let (Some(_), [decoded]) = (self.coding, text.as_slice()) else { return Ok(text) };
        let grant = account.take(decoded.len()).await;
        let grant = grant.map_err(|error| broke(&self.entry, Broken::from(error)))?;
        Ok(vec![grant.pay_for(decoded.clone())])
    }

    /// Asks a body, or its beginning, for its model, and the rules for how far to go with it.
    async fn learn_model(&mut self, text: &[Bytes]) {
        let Some(by_model) = &self.by_model else { return };
        let pool = &self.means.pool;
        let learnt = by_model.learn(self.dialect, &self.settings, text, pool).await;
        if let Some((model, settings)) = learnt {
            self.settings = settings;
            self.entry.write(|record| record.model = Some(model));
        }
    }

    /// Whether its conversation is held out. A body that says nothing is not, and counts in no arm.
    async fn is_held_out(&self, text: &[Bytes]) -> bool {
        let (Some(share), Act::Rewrite) = (self.holdout, self.act) else { return false };
        let (dialect, depth) = (self.dialect, self.settings.limits.json_depth);
        let text = text.to_vec();
        let first = self.means.pool.spawn(move || conversation(dialect, &text, depth)).await;
        let Ok(Some(first)) = first else { return false };
        let arm = share.arm(first.number());
        self.entry.write(|record| record.conversation = Some((first.number(), arm)));
        arm == Arm::HeldOut
    }

    async fn run(&self, text: Vec<Bytes>) -> Result<Vec<Bytes>, Panicked> {
        let start = Instant::now();
        let (gathered, facts) =
            self.means.pool.end(feed(self.dialect, self.settings.clone(), &text)?).await?;
        self.entry.write(|record| record.engine = Some(start.elapsed()));
        let (outcomes, entry) = (gathered.outcomes, self.entry.clone());
        // A long request has outcomes by the ten thousand: adding them up, and letting them go, would
        // stall the streams of others.
        let size = outcomes.len() * size_of::<Outcome>();
        self.means.pool.weigh(size, move || entry.note(outcomes, &facts)).await?;
        Ok(gathered.chunks)
    }

    /// A dry run's engine. Nobody waits for it.
    async fn count(self, text: Vec<Bytes>) {
        if let Err(failed) = self.run(text).await {
            tracing::error!("{failed}");
        }
    }

    /// What the engine made of the body; a compressed one of which it changed nothing leaves as it
    /// came.
    fn leave(&self, came: Whole, chunks: Vec<Bytes>) -> Prepared {
        let decoded = self.coding.is_some();
        let changed = self.entry.read(|record| !record.report.rewritten.is_empty());
        let body = match decoded && !changed {
            true => came.into_body(),
            false => Chunks::new(chunks, came.trailers),
        };
        self.entry.write(|record| record.bytes_out = body.len());
        Prepared { body: any(body), decoded: decoded && changed }
    }

    /// The body as it came, for the reason that is recorded already or for this one.
    fn pass(&self, came: Whole, skip: Option<Skip>) -> Prepared {
        let body = came.into_body();
        self.note(skip);
        self.entry.write(|record| record.bytes_out = body.len());
        Prepared { body: any(body), decoded: false }
    }

    /// A body that is too long to be held, and why it passes if it does.
    fn long<B>(self, long: Long<B>, skip: Option<Skip>) -> AnyBody
    where
        B: Body<Data = Bytes> + Unpin + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let Long { came, rest } = long;
        let fed = match skip {
            Some(skip) => Err(skip),
            None => feed(self.dialect, self.streamed(), &came).map_err(|Panicked| Skip::Failed),
        };
        match (fed, self.act) {
            (Err(skip), _) => self.note(Some(skip)),
            (Ok(engine), act) => {
                let body = |rest| {
                    CompressBody::new(rest, engine, self.means.pool.clone(), self.entry.clone())
                };
                match act {
                    Act::Pass => {}
                    Act::Rewrite => return any(body(rest)),
                    Act::Count => {
                        self.note(Some(Skip::DryRun));
                        return any(body(rest).dry(came));
                    }
                }
            }
        }
        any(CountBody::behind(came, rest, self.entry))
    }

    /// Why the body passes, unless that is known already.
    fn note(&self, skip: Option<Skip>) {
        self.entry.write(|record| record.skip = record.skip.or(skip));
    }

    /// The settings for a body that is known not to be held whole: the engine holds none of it.
    fn streamed(&self) -> Arc<Settings> {
        let mut settings = (*self.settings).clone();
        settings.policy.stream_requests = true;
        Arc::new(settings)
    }
}

/// The first `len` bytes of `chunks`.
fn beginning(chunks: &[Bytes], len: u64) -> Vec<Bytes> {
    let mut left = usize::try_from(len).unwrap_or(usize::MAX);
    let take = |chunk: &Bytes| {
        let taken = chunk.slice(..chunk.len().min(left));
        left -= taken.len();
        taken
    };
    chunks.iter().map(take).filter(|chunk| !chunk.is_empty()).collect()
}

#[cfg(test)]
mod tests;
