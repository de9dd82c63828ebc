//! Many operations in as few requests as the limits allow.

mod chunk;
mod report;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use std::vec;

use cio_wire::ErrorItem;

use chunk::Chunk;
pub use report::{BatchError, BatchFailure, BatchReport};

use super::v2::named_errors;
use crate::operations::{BATCH, Operation};
use crate::request::Parts;
use crate::transport::Transport;
use crate::{Entity, Error, Request, RetryPolicy};

/// Any number of operations, not sent yet, from
/// [`TrackClient::batch`](crate::TrackClient::batch). They are sent when it is awaited,
/// which gives a [`BatchReport`].
///
/// Dropping the future while it runs ends the sending, and what was sent so far stays
/// sent. Events then keep their ids, so all operations can be given once more.
#[must_use = "operations are sent when the batch is awaited"]
pub struct BatchRequest {
    transport: Transport,
    operations: Vec<Entity>,
    timeout: Option<Duration>,
    retry: Option<RetryPolicy>,
}

impl BatchRequest {
    pub(super) fn new(transport: &Transport, operations: Vec<Entity>) -> BatchRequest {
        BatchRequest {
            transport: transport.clone(),
            operations,
            timeout: None,
            retry: None,
        }
    }

    /// Time for one attempt of one request, instead of the client's.
    pub const fn timeout(mut self, timeout: Duration) -> BatchRequest {
        self.timeout = Some(timeout);
        self
    }

    /// When each request is repeated, instead of the client's policy.
    pub const fn retry(mut self, policy: RetryPolicy) -> BatchRequest {
        self.retry = Some(policy);
        self
    }

    /// The operation it makes requests for.
    pub const fn operation(&self) -> &'static Operation {
        &BATCH
    }

    async fn run(self) -> BatchReport {
        let mut sending = Sending::new(self);
        while let Some((request, chunk)) = sending.next_request() {
            let answer = request.await;
            sending.settle(chunk, answer);
        }
        sending.report()
    }
}

impl IntoFuture for BatchRequest {
    type Output = BatchReport;
    type IntoFuture = Pin<Box<dyn Future<Output = BatchReport> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

#[cfg(feature = "blocking")]
impl BatchRequest {
    /// Sends the operations and waits on this thread: the twin of `.await` for programs
    /// without a runtime. See [`blocking`](crate::blocking).
    ///
    /// On a thread that runs asynchronous code nothing is sent, and the report says so of
    /// every operation.
    pub fn wait(self) -> BatchReport {
        let mut sending = Sending::new(self);
        while let Some((request, chunk)) = sending.next_request() {
            let answer = request.wait();
            sending.settle(chunk, answer);
        }
        sending.report()
    }
}

impl fmt::Debug for BatchRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.operations.len();
        write!(f, "BatchRequest({BATCH}, {count} operations)")
    }
}

/// A batch under way. It makes requests and takes their answers; who awaits them, and
/// how, is not its business.
struct Sending {
    transport: Transport,
    timeout: Option<Duration>,
    retry: Option<RetryPolicy>,
    waiting: vec::IntoIter<Entity>,
    /// Of the operations that are no longer waiting, in their order.
    results: Vec<Result<(), BatchError>>,
}

impl Sending {
    fn new(batch: BatchRequest) -> Sending {
        Sending {
            results: Vec::with_capacity(batch.operations.len()),
            transport: batch.transport,
            timeout: batch.timeout,
            retry: batch.retry,
            waiting: batch.operations.into_iter(),
        }
    }

    /// The next request and what is in it; `None` when nothing is left to send.
    fn next_request(&mut self) -> Option<(Request<Vec<ErrorItem>>, Chunk)> {
        loop {
            let (chunk, body) = Chunk::take(&mut self.waiting)?;
            let Some(body) = body else {
                // Nothing in it can be sent.
                chunk.settle(Ok(Vec::new()), &mut self.results);
                continue;
            };
            let parts = Parts::new(&BATCH, []).map(|parts| parts.body(body));
            let mut request =
                Request::new(&self.transport, &BATCH, parts, |body| named_errors(&body));
            if let Some(timeout) = self.timeout {
                request = request.timeout(timeout);
            }
            if let Some(policy) = self.retry {
                request = request.retry(policy);
            }
            return Some((request, chunk));
        }
    }

    fn settle(&mut self, chunk: Chunk, answer: Result<Vec<ErrorItem>, Error>) {
        let error = match answer {
            Ok(errors) => return chunk.settle(Ok(errors), &mut self.results),
            Err(error) => Arc::new(error),
        };
        chunk.settle(Err(&error), &mut self.results);
        if is_about_the_content(&error) {
            return;
        }
        // What breaks a rule is told so all the same: sending it later would not help.
        for operation in self.waiting.by_ref() {
            self.results.push(Err(match operation.into_text() {
                Ok(_) => BatchError::NotSent(error.clone()),
                Err(broken) => BatchError::Invalid(broken),
            }));
        }
    }

    fn report(self) -> BatchReport {
        BatchReport::new(self.results)
    }
}

/// Whether the next request, which holds something else, may well be taken.
const fn is_about_the_content(error: &Error) -> bool {
    matches!(error, Error::Rejected(_) | Error::TooLarge(_))
}
