//! Requests as values: built by a method of a client, sent when they are awaited.

mod page;
mod read;
mod stream;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use cio_wire::percent_encode_segment;
use reqwest::header::HeaderValue;
use serde_json::Value;

use page::PageSource;
pub use page::{Page, PageRequest};
pub(crate) use page::{Paging, ReadPage, next, page};
pub(crate) use read::{Unreadable, field, list, nothing, whole, whole_or_null};
pub use stream::Items;

use crate::Error;
use crate::operations::Operation;
use crate::retry::RetryPolicy;
use crate::transport::{Call, Transport, unusable};

/// One call, not made yet. It is made when it is awaited, and until then it can be given
/// a timeout or a retry policy of its own, or be dropped without a trace.
///
/// ```no_run
/// # async fn example(track: customerio::TrackClient) -> Result<(), customerio::Error> {
/// use std::time::Duration;
///
/// track.identify("42", ()).await?;
/// track.identify("42", ()).timeout(Duration::from_secs(2)).await?;
/// # Ok(())
/// # }
/// ```
///
/// It is a [`Future`], so it can be spawned, joined and selected over. Dropping it while
/// it runs ends the call; whether the service got it is then open, as after a timeout.
/// With the feature `blocking` it can also be made without a runtime, by `wait`.
///
/// # Errors
///
/// Those of the method that made it. An argument that breaks a rule is reported when the
/// request is awaited, as [`Error::InvalidInput`], and nothing is sent then.
#[must_use = "a request is made when it is awaited"]
pub struct Request<T> {
    operation: &'static Operation,
    state: State<T>,
}

enum State<T> {
    Ready(Box<Ready<T>>),
    Refused(Error),
    Running(Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>),
    Finished,
}

struct Ready<T> {
    transport: Transport,
    call: Call,
    read: Read<T>,
}

/// Makes the result from the body of a success.
type Read<T> = Box<dyn FnOnce(Bytes) -> Result<T, Unreadable> + Send>;

impl<T: Send + 'static> Request<T> {
    /// A request, or the refusal of an argument.
    pub(crate) fn new(
        transport: &Transport,
        operation: &'static Operation,
        parts: Result<Parts, Error>,
        read: impl FnOnce(Bytes) -> Result<T, Unreadable> + Send + 'static,
    ) -> Request<T> {
        let state = match parts {
            Ok(parts) => State::Ready(Box::new(Ready {
                transport: transport.clone(),
                call: parts.into_call(operation),
                read: Box::new(read),
            })),
            Err(error) => State::Refused(error),
        };
        Request { operation, state }
    }

    /// Time for one attempt, instead of the client's.
    pub fn timeout(self, timeout: Duration) -> Request<T> {
        self.with(|call| call.timeout = Some(timeout))
    }

    /// When this call is repeated, instead of the client's policy.
    pub fn retry(self, policy: RetryPolicy) -> Request<T> {
        self.with(|call| call.retry = Some(policy))
    }

    /// Gives the request a key, in the header `Idempotency-Key`: a server that knows the header
    /// does what has the same key once, and answers it again as the first time. The server
    /// beside this crate keeps keys of sends and triggers for a day. The service itself does
    /// not know the header and sends again, so a send is not repeated in doubt for it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] when the request is awaited, for a key that is empty, longer than
    /// 255 bytes, or has anything but visible ASCII.
    pub fn idempotency_key(mut self, key: &str) -> Request<T> {
        let is_key = (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
        match HeaderValue::from_str(key) {
            Ok(key) if is_key => self.with(|call| call.idempotency_key = Some(key)),
            _ => {
                if let State::Ready(_) = self.state {
                    self.state = State::Refused(Error::invalid_input(
                        "idempotency key",
                        "must be 1 to 255 visible ASCII characters",
                    ));
                }
                self
            }
        }
    }

    /// The same request, with the answer as the service wrote it, fields that have no name
    /// here included. An answer without a body is `null`.
    ///
    /// ```no_run
    /// # async fn example(api: customerio::ApiClient) -> Result<(), customerio::Error> {
    /// let segment = api.segments().get(7).json().await?;
    /// println!("{}", segment["segment"]["name"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn json(self) -> Request<Value> {
        let state = match self.state {
            State::Ready(ready) => State::Ready(Box::new(Ready {
                transport: ready.transport,
                call: ready.call,
                read: Box::new(whole_or_null),
            })),
            State::Refused(error) => State::Refused(error),
            State::Running(_) | State::Finished => State::Refused(Error::invalid_input(
                "request",
                "has begun already: say how to read it before it is awaited",
            )),
        };
        Request {
            operation: self.operation,
            state,
        }
    }

    /// The operation it is a request for.
    pub const fn operation(&self) -> &'static Operation {
        self.operation
    }

    fn with(mut self, change: impl FnOnce(&mut Call)) -> Request<T> {
        if let State::Ready(ready) = &mut self.state {
            change(&mut ready.call);
        }
        self
    }
}

/// What differs from request to request.
#[derive(Clone)]
pub(crate) struct Parts {
    /// Percent-encoded.
    path: String,
    /// Values as they are.
    query: Vec<(&'static str, String)>,
    body: Option<Bytes>,
}

impl Parts {
    /// The operation's path with these segments in its gaps, in order, each
    /// percent-encoded; or the first refusal among them.
    pub(crate) fn new<const N: usize>(
        operation: &'static Operation,
        segments: [Result<String, Error>; N],
    ) -> Result<Parts, Error> {
        let mut texts = [const { String::new() }; N];
        for (text, segment) in texts.iter_mut().zip(segments) {
            *text = segment?;
        }
        let segments = texts.each_ref().map(String::as_str);
        Ok(Parts::of_path(operation.path(&segments)))
    }

    /// A path as it is.
    pub(crate) const fn of_path(path: String) -> Parts {
        Parts {
            path,
            query: Vec::new(),
            body: None,
        }
    }

    /// Adds or replaces a query parameter.
    pub(crate) fn query(mut self, name: &'static str, value: impl ToString) -> Parts {
        self.query.retain(|(known, _)| *known != name);
        self.query.push((name, value.to_string()));
        self
    }

    pub(crate) fn body(mut self, body: Bytes) -> Parts {
        self.body = Some(body);
        self
    }

    fn into_call(self, operation: &'static Operation) -> Call {
        let mut whole = self.path;
        let mut separator = if whole.contains('?') { '&' } else { '?' };
        for (name, value) in &self.query {
            whole.push(separator);
            whole.push_str(name);
            whole.push('=');
            whole.push_str(&percent_encode_segment(value));
            separator = '&';
        }
        Call::new(operation, whole, self.body)
    }
}

impl<T: Send + 'static> Ready<T> {
    async fn run(self) -> Result<T, Error> {
        let operation = self.call.operation;
        let body = self.transport.call(self.call).await?;
        (self.read)(body).map_err(|unreadable| match unreadable {
            Unreadable::Json(source) => unusable(operation, self.transport.origin(), Some(source)),
            Unreadable::Lacking => unusable(operation, self.transport.origin(), None),
            Unreadable::Refused(error) => error,
        })
    }
}

/// What runs is boxed, so nothing in it is ever pinned.
impl<T> Unpin for Request<T> {}

impl<T: Send + 'static> Future for Request<T> {
    type Output = Result<T, Error>;

    /// # Panics
    ///
    /// If it is polled after it has finished.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if !matches!(self.state, State::Running(_)) {
            let state = std::mem::replace(&mut self.state, State::Finished);
            match state {
                State::Ready(ready) => self.state = State::Running(Box::pin(ready.run())),
                State::Refused(error) => return Poll::Ready(Err(error)),
                State::Running(_) | State::Finished => {
                    panic!("a request was polled after it had finished")
                }
            }
        }
        let State::Running(running) = &mut self.state else {
            return Poll::Pending;
        };
        let poll = running.as_mut().poll(context);
        if poll.is_ready() {
            self.state = State::Finished;
        }
        poll
    }
}

#[cfg(feature = "blocking")]
impl<T: Send + 'static> Request<T> {
    /// Makes the call and waits for it on this thread: the twin of `.await` for programs
    /// without a runtime. See [`blocking`](crate::blocking).
    ///
    /// # Errors
    ///
    /// Those of awaiting it, and [`Error::InvalidInput`] on a thread that runs
    /// asynchronous code, where waiting would block it.
    pub fn wait(self) -> Result<T, Error> {
        crate::blocking::wait(self)
    }
}

/// Only which operation it is: paths and bodies are personal.
impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({})", self.operation)
    }
}
