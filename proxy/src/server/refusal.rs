//! Requests that are refused before anybody reads more of them.

use super::load::Full;
use brevity::Dialect;
use hyper::StatusCode;
use std::sync::{Mutex, PoisonError};
use thiserror::Error;

/// Why a request is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It can be read in more than one way, or in none.
    #[error("the request is malformed: {0}")]
    Malformed(&'static str),
    /// Its head is too long.
    #[error("the head of the request is longer than {0} bytes; send less")]
    LongHead(usize),
    /// Its head has too many fields.
    #[error("the head of the request has more than {0} fields; send fewer")]
    ManyFields(usize),
    /// Its head does not come.
    #[error("the head of the request did not come in time; send it again")]
    SlowHead,
    /// Too much is on its way already.
    #[error(transparent)]
    Full(#[from] Full),
}

impl Refusal {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::LongHead(_) | Self::ManyFields(_) => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::SlowHead => StatusCode::REQUEST_TIMEOUT,
            Self::Full(Full::Client(_)) => StatusCode::TOO_MANY_REQUESTS,
            Self::Full(Full::Proxy(_)) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// What the reader of a connection has refused, for the service to answer. The service sees a
/// request of the reader's own in its place, so that the answer comes in its turn.
#[derive(Debug, Default)]
pub(crate) struct Refused(Mutex<Option<Answer>>);

/// A refusal, and the API in whose shape it is said.
type Answer = (Refusal, Option<Dialect>);

impl Refused {
    pub(crate) fn set(&self, refusal: Refusal, dialect: Option<Dialect>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((refusal, dialect));
    }

    pub(crate) fn take(&self) -> Option<Answer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
