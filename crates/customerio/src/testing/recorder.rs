//! Records calls instead of sending them.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::operations::Operation;

/// Older calls are forgotten, so that a long dry run does not fill the memory.
const CALLS_KEPT: usize = 10_000;

/// Takes every call of the clients it is given to, and answers in the service's place.
///
/// Clones share what they record: give one to the client's builder and keep the other.
#[derive(Clone, Default)]
pub struct Recorder {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    calls: VecDeque<RecordedCall>,
    count: usize,
    answers: VecDeque<(Option<String>, Answer)>,
}

impl Recorder {
    /// A recorder that answers every call with the smallest success.
    pub fn new() -> Recorder {
        Recorder::default()
    }

    /// Scripts the answer to the next call that has none yet. Each attempt takes one, so
    /// a call that is repeated takes several.
    pub fn answer(&self, answer: Answer) {
        self.state().answers.push_back((None, answer));
    }

    /// Scripts the answer to the next call of one method, named as in
    /// [`RecordedCall::method`]: `"ApiClient::send_email"`.
    pub fn answer_to(&self, method: impl Into<String>, answer: Answer) {
        self.state()
            .answers
            .push_back((Some(method.into()), answer));
    }

    /// The calls so far, in order; of very many the last 10 000. A call that is repeated
    /// is here once for each attempt.
    pub fn calls(&self) -> Vec<RecordedCall> {
        self.state().calls.iter().cloned().collect()
    }

    /// How many calls there were, those that are no longer kept included.
    pub fn count(&self) -> usize {
        self.state().count
    }

    /// The one call that was made.
    ///
    /// # Panics
    ///
    /// If there was none, or more than one.
    pub fn only_call(&self) -> RecordedCall {
        let calls = self.calls();
        match calls.as_slice() {
            [call] => call.clone(),
            calls => panic!("one call was expected, these were made: {calls:?}"),
        }
    }

    /// Forgets the calls and the answers that were not taken.
    pub fn clear(&self) {
        *self.state() = State::default();
    }

    pub(crate) fn take(&self, call: RecordedCall) -> Scripted {
        let mut state = self.state();
        let method = call.operation.method();
        let place = state
            .answers
            .iter()
            .position(|(to, _)| to.as_deref().is_none_or(|to| to == method));
        let answer = place.and_then(|place| state.answers.remove(place));
        let smallest = call.operation.smallest_answer();
        if state.calls.len() == CALLS_KEPT {
            state.calls.pop_front();
        }
        state.calls.push_back(call);
        state.count += 1;
        match answer {
            Some((_, answer)) => answer.scripted,
            None => Answer::text(200, smallest).scripted,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("calls", &self.count())
            .finish_non_exhaustive()
    }
}

/// What a [`Recorder`] answers.
#[derive(Debug, Clone)]
pub struct Answer {
    scripted: Scripted,
}

#[derive(Debug, Clone)]
pub(crate) enum Scripted {
    Http {
        status: u16,
        retry_after: Option<Duration>,
        body: Bytes,
    },
    /// `true` if the request may have been received.
    NoAnswer(bool),
}

impl Answer {
    /// A status and a JSON body.
    pub fn json(status: u16, body: Value) -> Answer {
        Answer::text(status, &body.to_string())
    }

    /// A status without a body.
    pub fn status(status: u16) -> Answer {
        Answer::text(status, "")
    }

    /// A status and a body as it is, which need not be JSON.
    pub fn text(status: u16, body: &str) -> Answer {
        Answer {
            scripted: Scripted::Http {
                status,
                retry_after: None,
                body: Bytes::copy_from_slice(body.as_bytes()),
            },
        }
    }

    /// No connection: nothing was sent.
    pub const fn unreachable() -> Answer {
        Answer {
            scripted: Scripted::NoAnswer(false),
        }
    }

    /// The connection broke after the request: it may have been received.
    pub const fn connection_lost() -> Answer {
        Answer {
            scripted: Scripted::NoAnswer(true),
        }
    }

    /// Adds `Retry-After`, to an answer with a status.
    #[must_use]
    pub const fn retry_after(mut self, wait: Duration) -> Answer {
        if let Scripted::Http { retry_after, .. } = &mut self.scripted {
            *retry_after = Some(wait);
        }
        self
    }
}

/// One request that a client with a [`Recorder`] would have sent.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedCall {
    /// The operation.
    pub operation: &'static Operation,
    /// The whole URL it would go to.
    pub url: String,
    /// Path and query as they would go out, percent-encoded.
    pub path: String,
    /// The key of [`Request::idempotency_key`](crate::Request::idempotency_key).
    pub idempotency_key: Option<String>,
    /// The body; empty if there is none.
    pub body: Bytes,
}

impl RecordedCall {
    /// The method of this crate that was called: `TrackClient::identify`.
    pub const fn method(&self) -> &'static str {
        self.operation.method()
    }

    /// The values in the path, decoded: the person, the device, the segment.
    pub fn path_values(&self) -> Vec<String> {
        let path = self.path.split('?').next().unwrap_or_default();
        let template = self.operation.path_template().split('/');
        template
            .zip(path.split('/'))
            .filter(|(name, _)| name.starts_with('{'))
            .map(|(_, value)| cio_wire::percent_decode_segment(value).unwrap_or_default())
            .collect()
    }

    /// The value of a query parameter, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.path.split_once('?')?;
        let (_, value) = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(known, _)| *known == name)?;
        cio_wire::percent_decode_segment(value)
    }

    /// The body as JSON; null if there is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Only which operation it was: paths and bodies are personal.
impl fmt::Debug for RecordedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordedCall({})", self.operation)
    }
}
