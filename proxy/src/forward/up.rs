//! The way up that all requests share, and the head of what comes down.

use super::{Forwarder, own::Asker};
use crate::{
    body::{AnyBody, Broken, CameBody, Fault},
    control::{Control, ControlError},
    headers::drop_hop_by_hop,
    record::Entry,
    upstream::Client,
};
use hyper::{
    Request, Response, Uri, Version,
    body::Incoming,
    header,
    http::{request, response, uri::Authority},
};

/// Who answers.
pub(super) enum Answer {
    Upstream(Response<Incoming>),
    Own(Response<AnyBody>),
}

impl Forwarder {
    /// A client's body, within its bounds.
    pub(super) fn come(&self, body: Incoming) -> Result<CameBody<Incoming>, Broken> {
        CameBody::new(body, self.config.caps.body, self.config.timeouts.body)
    }

    /// Sends a request up.
    pub(super) async fn ask(
        &self,
        client: &Client,
        request: Request<AnyBody>,
        asker: Asker<'_>,
    ) -> Result<Answer, Fault> {
        let upstream = request.uri().authority().cloned();
        let host = || upstream.as_ref().map_or("", Authority::as_str);
        let answer = client.request(request);
        asker.entry.moved();
        tokio::select! {
            biased;
            answer = answer => match answer {
                Ok(answer) => Ok(Answer::Upstream(answer)),
                Err(error) if asker.entry.broken().is_some() => {
                    asker.given_up(error.into()).map(Answer::Own)
                }
                Err(error) => Ok(Answer::Own(asker.unreachable(host(), &error))),
            },
            () = asker.entry.silence(self.config.timeouts.idle) => {
                Ok(Answer::Own(asker.silent(host())))
            }
        }
    }
}

/// Says in the log what was not understood of what the client asks of Brevity.
pub(super) fn warn(control: &Result<Control, ControlError>) {
    if let Err(misread) = control {
        tracing::warn!("{misread}");
    }
}

/// The head as the upstream gets it. `host` follows from the address; `expect` was answered by our
/// own server.
pub(super) fn address(head: &mut request::Parts, uri: Uri) {
    head.uri = uri;
    head.version = Version::HTTP_11;
    drop_hop_by_hop(&mut head.headers, &[header::HOST, header::EXPECT]);
}

/// An answer that has come, its head as the client gets it.
pub(super) fn accepted(answer: Response<Incoming>, entry: &Entry) -> (response::Parts, Incoming) {
    let (mut head, body) = answer.into_parts();
    entry.answered(head.status);
    entry.moved();
    head.version = Version::HTTP_11;
    drop_hop_by_hop(&mut head.headers, &[]);
    (head, body)
}
