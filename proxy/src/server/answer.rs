//! One request: refused, answered here, or sent on.

use super::{
    Shared,
    framing::shape,
    load::{Peer, Quota, Slot},
    signs::{OnItsWay, Signs},
};
use crate::{
    admin,
    body::{AnyBody, Caught, Fault, Panic},
    record::{Entry, Record, RequestId, trace_id},
    route::{Onward, Route, route},
};
use brevity::Dialect;
use hyper::{Request, Response, StatusCode, body::Incoming};
use std::{
    borrow::Cow,
    fmt::Display,
    sync::{Arc, atomic::Ordering},
};

/// What a request is counted as.
struct Named {
    route: Cow<'static, str>,
    dialect: Option<Dialect>,
    /// Whether it is a turn of a conversation.
    turn: bool,
}

impl Named {
    fn of(onward: &Onward) -> Self {
        match onward {
            Onward::Model(way) => {
                Self { route: way.name.clone(), dialect: way.dialect, turn: way.is_turn() }
            }
            Onward::Tool(way) => Self { route: way.name.clone(), dialect: None, turn: false },
        }
    }
}

/// An answer that carries the client's own name for its request.
fn answered(id: RequestId, mut answer: Response<AnyBody>) -> Response<AnyBody> {
    id.answer(&mut answer);
    answer
}

impl Shared {
    /// Answers one request, whatever happens to it. A panic ends it alone.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        quota: Arc<Quota>,
        signs: Arc<Signs>,
        on_its_way: OnItsWay,
    ) -> Result<Response<AnyBody>, Fault> {
        if let Some((refusal, dialect)) = signs.refused.take() {
            return Ok(self.refuse(quota.peer(), refusal.status(), &refusal, dialect));
        }
        let dialect = shape(request.uri().path().as_bytes());
        let answer = match Caught::new(self.serve(request, &quota, on_its_way)).await {
            Ok(answer) => answer?,
            Err(Panic) => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                admin::error(status, dialect, &Panic.to_string())
            }
        };
        if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
            signs.upgraded.store(true, Ordering::Release);
        }
        Ok(answer)
    }

    async fn serve(
        &self,
        request: Request<Incoming>,
        quota: &Arc<Quota>,
        on_its_way: OnItsWay,
    ) -> Result<Response<AnyBody>, Fault> {
        let (mut head, body) = request.into_parts();
        if let Some(door) = &self.door
            && let Err(shut) = door.admit(&mut head)
        {
            let dialect = shape(head.uri.path().as_bytes());
            return Ok(self.refuse(quota.peer(), shut.status(), &shut, dialect));
        }
        let route = route(&mut head, &self.config);
        let request = Request::from_parts(head, body);
        let onward = match route {
            Route::Health => return Ok(admin::health()),
            Route::Upstreams => return Ok(admin::upstreams(&self.config, &self.connector).await),
            Route::Stats => return Ok(admin::stats(&self.stats)),
            Route::Refused(why) => return Ok(admin::error(StatusCode::BAD_REQUEST, None, why)),
            Route::On(onward) => onward,
        };
        let named = Named::of(&onward);
        let slot = match quota.admit() {
            Ok(slot) => slot,
            Err(refusal) => {
                let status = refusal.status();
                return Ok(self.refuse(quota.peer(), status, &refusal, named.dialect));
            }
        };
        let (entry, id) = self.entry(&request, named, (slot, on_its_way));
        let answer = match onward {
            Onward::Model(way) => self.forwarder.forward(request, way, entry).await?,
            Onward::Tool(way) => self.forwarder.visit(request, way, entry).await?,
        };
        Ok(answered(id, answer))
    }

    /// The record of a request that goes on, named as its client does, or else so that no other one
    /// has the name.
    fn entry(
        &self,
        request: &Request<Incoming>,
        named: Named,
        on_its_way: (Slot, OnItsWay),
    ) -> (Arc<Entry>, RequestId) {
        let ordinal = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let path = request.uri().path().to_owned();
        let mut record = Record::new(ordinal, request.method().clone(), path);
        (record.dialect, record.route, record.turn) = (named.dialect, named.route, named.turn);
        let own = || RequestId::own(self.stats.vitals().run, ordinal);
        let id = RequestId::of(request.headers()).unwrap_or_else(own);
        record.id = Some(id.clone());
        record.trace = trace_id(request.headers());
        (Entry::new(record, self.stats.clone(), on_its_way), id)
    }

    /// The answer to a request that goes no further.
    fn refuse(
        &self,
        peer: Peer,
        status: StatusCode,
        why: &impl Display,
        dialect: Option<Dialect>,
    ) -> Response<AnyBody> {
        tracing::warn!("{peer} was refused with {status}: {why}");
        self.stats.vitals().refused.add(status.as_u16());
        admin::error(status, dialect, &why.to_string())
    }
}
