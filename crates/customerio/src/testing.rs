//! Doubles for your own tests, and for dry runs: a recorder instead of the network, and
//! a clock that does not wait.
//!
//! A client with a [`Recorder`] checks and builds every request as usual, sends nothing,
//! and answers with a success or with what the test scripted. What comes back goes
//! through the same reading, retrying and error mapping as an answer from the network.
//!
//! ```
//! use customerio::TrackClient;
//! use customerio::testing::{Answer, Recorder};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), customerio::Error> {
//! let recorder = Recorder::new();
//! let track = TrackClient::builder("site", "key").dry_run(&recorder).build()?;
//!
//! // … the code under test …
//! track.identify("42", json!({ "plan": "pro" })).await?;
//!
//! let call = recorder.only_call();
//! assert_eq!(call.method(), "TrackClient::identify");
//! assert_eq!(call.path_values(), ["42"]);
//! assert_eq!(call.json(), json!({ "plan": "pro" }));
//!
//! recorder.answer(Answer::status(401));
//! assert!(track.suppress("42").await.is_err());
//! # Ok(())
//! # }
//! ```

mod clock;
mod recorder;

pub use clock::TestClock;
pub use recorder::{Answer, RecordedCall, Recorder};

pub(crate) use recorder::Scripted;
