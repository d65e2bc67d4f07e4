//! What the proxy answers by itself where an upstream, or the client's own body, fails.

use crate::{
    admin,
    body::{AnyBody, BoxError, Broken, Fault},
    record::{Break, Entry},
    upstream::{chain, is_timeout},
};
use brevity::Dialect;
use hyper::{Response, StatusCode};
use std::error::Error as _;

/// Who is to be answered: the record of a request, and the API in whose shape errors are told.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) entry: &'a Entry,
    pub(super) dialect: Option<Dialect>,
}

impl Asker<'_> {
    /// What ends a request whose body did not come, for this reason.
    pub(super) fn not_come(self, broken: Broken) -> Result<Response<AnyBody>, Fault> {
        self.entry.broke(&broken);
        self.given_up(broken.into())
    }

    /// The same, its reason known.
    pub(super) fn given_up(self, error: BoxError) -> Result<Response<AnyBody>, Fault> {
        match self.entry.broken() {
            Some(Break::Refused(status, why)) => Ok(self.error(status, &why)),
            _ => Err(Fault(error)),
        }
    }

    /// The upstream at `host` took no connection, or gave it up.
    pub(super) fn unreachable(
        self,
        host: &str,
        error: &hyper_util::client::legacy::Error,
    ) -> Response<AnyBody> {
        // What hyper says of its own in front is no news.
        let cause = error.source().map_or_else(|| error.to_string(), chain);
        let (status, what) = match error.is_connect() {
            true if is_timeout(error) => {
                (StatusCode::GATEWAY_TIMEOUT, "did not accept a connection")
            }
            true => (StatusCode::BAD_GATEWAY, "cannot be reached"),
            false if is_timeout(error) => {
                (StatusCode::GATEWAY_TIMEOUT, "took nothing for too long")
            }
            false => (StatusCode::BAD_GATEWAY, "closed the connection without an answer"),
        };
        let advice = "check the network and --upstream, or ask /healthz/upstream";
        self.upstream_failed(status, &format!("the upstream {host} {what} ({cause}); {advice}"))
    }

    /// The upstream at `host` took the request and did not answer.
    pub(super) fn silent(self, host: &str) -> Response<AnyBody> {
        let message = format!("the upstream {host} sent nothing for too long; try again");
        self.upstream_failed(StatusCode::GATEWAY_TIMEOUT, &message)
    }

    /// An error that is the upstream's fault.
    fn upstream_failed(self, status: StatusCode, message: &str) -> Response<AnyBody> {
        self.entry.upstream_failed();
        self.error(status, message)
    }

    fn error(self, status: StatusCode, message: &str) -> Response<AnyBody> {
        self.entry.failed(&message);
        self.entry.answered(status);
        admin::error(status, self.dialect, message)
    }
}
