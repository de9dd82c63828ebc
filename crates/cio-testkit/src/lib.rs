//! For tests only: a scripted HTTP server on the loopback that records what it was asked.
//!
//! A test says what the server answers, in order, runs the client, and looks at what
//! arrived. Anything the test did not expect is answered with a message that names the
//! missing expectation, so a wrong request fails loudly and readably.
//!
//! ```
//! use cio_testkit::{Reply, TestServer};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let server = TestServer::start().await;
//! server.reply(Reply::json(200, "{}"));
//! // … a client calls `server.url()` …
//! assert!(server.requests().is_empty());
//! # }
//! ```
//!
//! Beside good answers it can misbehave as networks do: [`Reply::close`],
//! [`Reply::stall`], [`Reply::cut_short`], [`Reply::stalled`], [`Reply::raw`]. Where the order of requests
//! is not the point, [`TestServer::answer_with`] decides by request.
//! [`TestServer::start_tls`] speaks TLS with a certificate made for the test.

mod reply;
mod request;
mod server;
mod tls;

pub use reply::Reply;
pub use request::Request;
pub use server::TestServer;
