//! The proxy around the engine `brevity`.
//!
//! It stands between an agent and a model's API: request bodies go through the engine, answers
//! stream back untouched while a meter reads a copy. Answers of tool servers come back shortened.
//!
//! A request's way: `server` (accepted, its head read strictly) → `door` (let in?) → `route` (where to,
//! and what may be done) → `forward` → `body` (held, rewritten) → `upstream`. Its answer's: `upstream` →
//! `body` (counted, read along by the `meter`) → the client. What happened is a `record`; all of them
//! come to `stats`, which `admin` shows.

pub mod config;
pub mod meter;
#[doc(hidden)]
pub mod property;

mod address;
mod admin;
mod attest;
mod base;
mod body;
mod control;
mod door;
mod forward;
mod guard;
mod headers;
mod holdout;
mod json;
mod listen;
mod mcp;
mod proxies;
mod record;
mod route;
mod server;
mod socket;
mod stall;
mod stats;
mod table;
mod upstream;
mod vitals;

pub use address::{AdminAddress, AdminAddressError};
pub use admin::AdminError;
pub use attest::Attestation;
pub use base::{Base, BaseError};
pub use config::{Caps, Config, ConfigError, Timeouts, Upstreams};
pub use control::{ToolSetting, ToolSettingError};
pub use door::{HostName, HostNameError, TokenError, read_token};
pub use holdout::{Arm, Share, ShareError};
pub use json::quote as json_string;
pub use listen::{Listen, ListenError};
pub use mcp::{McpRoute, McpRouteError};
pub use proxies::{Proxies, ProxyFault, ProxyUrl, ProxyUrlError, ProxyWay, Via};
pub use record::{JsonLogRecorder, LogRecorder, NewParts, OUTCOMES, Record, Recorder, RequestId};
pub use route::Skip;
pub use server::{Load, ServeError, Server};
pub use table::{RouteRule, RouteRuleError};
pub use upstream::TlsError;
