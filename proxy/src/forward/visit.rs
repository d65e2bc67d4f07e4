//! One request to a tool server, whose answer is shortened.

use super::{
    Forwarder,
    own::Asker,
    up::{Answer, accepted, address, warn},
};
use crate::{
    body::{Act, AnyBody, CountBody, Fault, ObserveBody},
    record::Entry,
    route::{Skip, ToolWay},
};
use hyper::{Request, Response, body::Incoming};
use std::sync::Arc;

impl Forwarder {
    /// Sends `request` to a tool server and returns the answer, or the proxy's own error.
    ///
    /// # Errors
    ///
    /// When the client is gone.
    pub(crate) async fn visit(
        &self,
        request: Request<Incoming>,
        way: ToolWay,
        entry: Arc<Entry>,
    ) -> Result<Response<AnyBody>, Fault> {
        let (mut head, body) = request.into_parts();
        let asker = Asker { entry: &entry, dialect: None };
        warn(&way.control);
        let (act, skip) = self.act(&way);
        entry.write(|record| record.skip = skip);
        // Both are in the order of the configuration.
        let visit = self.gateways[way.server].visit(&head, way.settings, act);
        let body = match self.come(body) {
            Ok(body) => CountBody::new(body, entry.clone()),
            Err(broken) => return asker.not_come(broken),
        };
        let body = visit.ask(&head.headers, body);
        address(&mut head, way.uri);
        let request = Request::from_parts(head, body);
        let answer = match self.ask(&self.clients.requests, request, asker).await? {
            Answer::Upstream(answer) => answer,
            Answer::Own(answer) => return Ok(answer),
        };
        let (mut head, body) = accepted(answer, &entry);
        let idle = visit.idle(self.config.timeouts.idle);
        let body = ObserveBody::new(body, None, entry.clone(), idle);
        let body = visit.answer(&mut head, body, self.means.pool.clone(), &entry);
        Ok(Response::from_parts(head, body))
    }

    /// What is done with the answer, and why it passes if it does.
    fn act(&self, way: &ToolWay) -> (Act, Option<Skip>) {
        match way.skip {
            Some(skip) => (Act::Pass, Some(skip)),
            None if self.config.dry_run => (Act::Count, Some(Skip::DryRun)),
            None => (Act::Rewrite, None),
        }
    }
}
