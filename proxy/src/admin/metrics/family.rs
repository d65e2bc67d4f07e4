//! Every metric: its name, what it is and in what it is measured. `docs/observing.md` has the same
//! table, and a test compares them.

/// A metric of OpenMetrics: one name, and a series for each set of label values.
#[derive(Debug)]
pub(super) struct Family {
    /// Without the suffixes of its samples. It ends in the unit, if there is one.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) unit: &'static str,
    pub(super) labels: &'static [&'static str],
    pub(super) help: &'static str,
}

/// What its samples are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
    Info,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            Kind::Info => "info",
        }
    }
}

/// Declares the metrics and the list of all, in the order in which they are written.
macro_rules! families {
    ($($id:ident $name:literal $kind:ident $unit:literal [$($label:literal),*] $help:literal;)+) => {
        $(pub(super) const $id: &Family = &Family {
            name: $name, kind: Kind::$kind, unit: $unit, labels: &[$($label),*], help: $help,
        };)+

        /// All of them.
        #[cfg(test)]
        pub(super) const ALL: &[&Family] = &[$($id),+];
    };
}

families! {
    BUILD "brevity_build" Info "" ["version"]
        "The version that runs.";
    START "brevity_start_time_seconds" Gauge "seconds" []
        "When it started, in seconds since 1970.";
    READY "brevity_ready" Gauge "" []
        "1 if new requests may be sent, 0 while it drains.";
    DEGRADED "brevity_degraded" Gauge "" ["what"]
        "How many things of a kind do not work as they should; /healthz says more.";
    CONNECTIONS "brevity_connections" Gauge "" []
        "Connections of clients that are open.";
    ACCEPTED "brevity_connections_accepted" Counter "" []
        "Connections of clients that were accepted.";
    REFUSED "brevity_refused_requests" Counter "" ["status"]
        "Requests that were refused before any more of them was read, by the answer's status.";
    IN_FLIGHT "brevity_requests_in_flight" Gauge "" []
        "Requests whose answer has not ended.";
    REQUESTS "brevity_requests" Counter "" ["api", "status"]
        "Requests that are over, by the class of the answer's status.";
    REQUEST_BYTES "brevity_request_body_bytes" Counter "bytes" ["api", "at"]
        "Bytes of request bodies, as they came (in) and as they left (out).";
    ANSWER_BYTES "brevity_answer_body_bytes" Counter "bytes" ["api"]
        "Bytes of answers' bodies as they passed.";
    TEXT_BYTES "brevity_text_bytes" Counter "bytes" ["codec", "at"]
        "Bytes of the parts that are new in a turn, each counted once; codec none: left alone.";
    TEXT_TOKENS "brevity_text_est_tokens" Counter "tokens" ["codec", "at"]
        "The same in estimated tokens (o200k).";
    RESENT_TOKENS "brevity_resent_text_est_tokens" Counter "tokens" ["at"]
        "Estimated tokens (o200k) of the parts that were sent before, or will be again.";
    TOOL_TOKENS "brevity_tool_est_tokens" Counter "tokens" ["tool", "at"]
        "Estimated tokens (o200k) of what is new, by the tool that gave it.";
    ROUTE_TOKENS "brevity_route_est_tokens" Counter "tokens" ["route", "at"]
        "Estimated tokens (o200k) of what is new, by route.";
    MODEL_TOKENS "brevity_model_est_tokens" Counter "tokens" ["gen_ai_request_model", "at"]
        "Estimated tokens (o200k) of what is new, by model.";
    REWRITTEN "brevity_parts_rewritten" Counter "" ["codec"]
        "Parts that left shorter, new and sent before.";
    KEPT "brevity_parts_kept" Counter "" ["reason"]
        "Parts that left as they came, new and sent before.";
    PASSED "brevity_bodies_passed" Counter "" ["reason"]
        "Whole bodies that left as they came, unread.";
    CHECKED "brevity_checked_bodies" Counter "" ["result"]
        "Bodies that were put back after they had left, and what came of it.";
    CHECKED_BYTES "brevity_checked_bytes" Counter "bytes" []
        "Bytes that came in bodies that were put back and were the same.";
    ALTERED "brevity_altered_bytes" Counter "bytes" []
        "Bytes of checked bodies that what left does not give back. It must stay 0.";
    WATCHED "brevity_guard_requests" Counter "" []
        "Requests that were compared with earlier turns of their conversation.";
    BUSTS "brevity_cache_breaks" Counter "" ["kind"]
        "Places where a client changed what it had sent before, so that the provider's cache ends there.";
    BILLED "brevity_provider_tokens" Counter "tokens" ["gen_ai_request_model", "kind"]
        "Tokens that the provider says it used; input, cache_read and cache_write make up the prompt.";
    FIRST_BYTE "brevity_time_to_first_byte_seconds" Histogram "seconds" ["api"]
        "From a request's head to the head of its answer.";
    DURATION "brevity_request_duration_seconds" Histogram "seconds" ["api"]
        "From a request's head to the end of its answer.";
    STAGE "brevity_stage_seconds" Histogram "seconds" ["stage"]
        "Where the time went: read, engine, upstream, stream.";
    GEN_AI_TOKENS "gen_ai_client_token_usage" Histogram ""
        ["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "gen_ai_token_type"]
        "Tokens of a prompt (input, cached or not) and of its answer (output), as the provider says.";
    GEN_AI_DURATION "gen_ai_client_operation_duration_seconds" Histogram "seconds"
        ["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model"]
        "From a request's head to the end of its answer, for requests that were answered.";
}
