//! Many messages in few requests.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::ops::Range;
use std::pin::Pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::{BATCH_BYTES_MAX, Message, PipelinesClient};
use crate::operations::{Operation, PIPELINES_BATCH};
use crate::request::Parts;
use crate::{Error, Request, RetryPolicy};

const START: &[u8] = br#"{"batch":["#;
const END: &[u8] = b"]}";

/// A batch, not sent yet: [`PipelinesClient::batch`]. It is sent when it is awaited, as
/// one request or, beyond 500 KB, as several, one after the other.
///
/// # Errors
///
/// A [`BatchError`], which gives back the messages that were not taken.
#[must_use = "a batch is sent when it is awaited"]
pub struct BatchRequest {
    chunks: Result<Vec<Chunk>, Box<BatchError>>,
}

/// What goes in one request.
struct Chunk {
    request: Request<()>,
    messages: Vec<Message>,
}

/// What is sent of a batch, when that is not all of it.
///
/// The messages before [`sent`](BatchError::sent) were taken. The others are in
/// [`unsent`](BatchError::unsent), with the ids they went out with, so they can be sent
/// again: what the service has after all, it drops as repeats.
#[derive(Debug)]
#[non_exhaustive]
pub struct BatchError {
    /// Why it ended.
    pub error: Error,
    /// How many messages the service took, from the first one on.
    pub sent: usize,
    /// All the others, in order, each with an id and a time. Of those that the failed
    /// request held, the service may have taken some if
    /// [`Error::may_have_been_received`] says so.
    pub unsent: Vec<Message>,
    /// The place, counted from 0, of the message that breaks a known rule. Nothing was
    /// sent then; without this message the others can be.
    pub refused: Option<usize>,
}

impl BatchRequest {
    pub(super) fn new(client: &PipelinesClient, mut messages: Vec<Message>) -> BatchRequest {
        for message in &mut messages {
            message.seal();
        }
        let chunks = match texts(client, &messages) {
            Ok(texts) => Ok(chunks(client, texts, messages)),
            Err((refused, error)) => Err(Box::new(BatchError {
                error,
                sent: 0,
                unsent: messages,
                refused,
            })),
        };
        BatchRequest { chunks }
    }

    /// Time for one attempt of each request, instead of the client's.
    pub fn timeout(self, timeout: Duration) -> BatchRequest {
        self.each(|request| request.timeout(timeout))
    }

    /// When each request is repeated, instead of the client's policy.
    pub fn retry(self, policy: RetryPolicy) -> BatchRequest {
        self.each(|request| request.retry(policy))
    }

    /// The operation it is sent by.
    pub const fn operation(&self) -> &'static Operation {
        &PIPELINES_BATCH
    }

    /// How many requests it takes; 0 if it is refused.
    pub fn requests(&self) -> usize {
        self.chunks.as_ref().map_or(0, Vec::len)
    }

    fn each(mut self, change: impl Fn(Request<()>) -> Request<()>) -> BatchRequest {
        self.chunks = self.chunks.map(|chunks| {
            let changed = chunks.into_iter().map(|chunk| Chunk {
                request: change(chunk.request),
                ..chunk
            });
            changed.collect()
        });
        self
    }
}

impl IntoFuture for BatchRequest {
    type Output = Result<(), BatchError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<(), BatchError>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut sent = 0;
            let mut rest = self.chunks.map_err(|refused| *refused)?.into_iter();
            while let Some(Chunk { request, messages }) = rest.next() {
                match request.await {
                    Ok(()) => sent += messages.len(),
                    Err(error) => return Err(BatchError::at(error, sent, messages, rest)),
                }
            }
            Ok(())
        })
    }
}

#[cfg(feature = "blocking")]
impl BatchRequest {
    /// Sends it and waits for it on this thread: the twin of `.await` for programs without
    /// a runtime. See [`blocking`](crate::blocking).
    ///
    /// # Errors
    ///
    /// Those of awaiting it, and [`Error::InvalidInput`] on a thread that runs
    /// asynchronous code, where waiting would block it.
    pub fn wait(self) -> Result<(), BatchError> {
        let mut sent = 0;
        let mut rest = self.chunks.map_err(|refused| *refused)?.into_iter();
        while let Some(Chunk { request, messages }) = rest.next() {
            match request.wait() {
                Ok(()) => sent += messages.len(),
                Err(error) => return Err(BatchError::at(error, sent, messages, rest)),
            }
        }
        Ok(())
    }
}

impl fmt::Debug for BatchRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchRequest({PIPELINES_BATCH})")
    }
}

impl BatchError {
    fn at(
        error: Error,
        sent: usize,
        mut unsent: Vec<Message>,
        rest: impl Iterator<Item = Chunk>,
    ) -> BatchError {
        unsent.extend(rest.flat_map(|chunk| chunk.messages));
        BatchError {
            error,
            sent,
            unsent,
            refused: None,
        }
    }
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.sent + self.unsent.len();
        write!(
            f,
            "{} of {total} messages were sent, then: {}",
            self.sent, self.error
        )
    }
}

impl std::error::Error for BatchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

/// For `?` where the messages do not matter.
impl From<BatchError> for Error {
    fn from(failed: BatchError) -> Self {
        failed.error
    }
}

/// The JSON text of each message.
///
/// # Errors
///
/// The first refusal, and whose it is.
fn texts(
    client: &PipelinesClient,
    messages: &[Message],
) -> Result<Vec<Bytes>, (Option<usize>, Error)> {
    if messages.is_empty() {
        return Err((None, Error::invalid_input("batch", "must hold a message")));
    }
    let text = |(place, message): (usize, &Message)| {
        let written = message.write(client.default_context());
        written.map_err(|error| (Some(place), in_batch(place, error)))
    };
    messages.iter().enumerate().map(text).collect()
}

fn in_batch(place: usize, error: Error) -> Error {
    match error {
        Error::InvalidInput {
            field,
            rule,
            source,
        } => Error::InvalidInput {
            field: "batch",
            rule: format!("message {place}, counted from 0: {field} {rule}"),
            source,
        },
        other => other,
    }
}

fn chunks(client: &PipelinesClient, texts: Vec<Bytes>, messages: Vec<Message>) -> Vec<Chunk> {
    let lengths: Vec<usize> = texts.iter().map(Bytes::len).collect();
    let mut messages = messages.into_iter();
    let chunk = |cut: Range<usize>| {
        let body = join(&texts[cut.clone()]);
        let parts = Parts::new(&PIPELINES_BATCH, []).map(|parts| parts.body(body));
        Chunk {
            request: client.tell(&PIPELINES_BATCH, parts),
            messages: messages.by_ref().take(cut.len()).collect(),
        }
    };
    cuts(&lengths).into_iter().map(chunk).collect()
}

/// Where one request ends and the next begins: as many messages as fit, in order.
fn cuts(lengths: &[usize]) -> Vec<Range<usize>> {
    let mut cuts = Vec::new();
    let mut start = 0;
    let mut bytes = START.len() + END.len();
    for (place, length) in lengths.iter().enumerate() {
        let comma = usize::from(place > start);
        if place > start && bytes + comma + length > BATCH_BYTES_MAX {
            cuts.push(start..place);
            start = place;
            bytes = START.len() + END.len() + length;
        } else {
            bytes += comma + length;
        }
    }
    if start < lengths.len() {
        cuts.push(start..lengths.len());
    }
    cuts
}

fn join(texts: &[Bytes]) -> Bytes {
    let mut body = BytesMut::with_capacity(texts.iter().map(|text| text.len() + 1).sum());
    let mut before = START;
    for text in texts {
        body.extend_from_slice(before);
        body.extend_from_slice(text);
        before = b",";
    }
    body.extend_from_slice(END);
    body.freeze()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pipelines::MESSAGE_BYTES_MAX;

    proptest! {
        #[test]
        fn cuts_keep_all_in_order_within_the_limit_and_could_not_be_fewer_at_their_ends(
            lengths in prop::collection::vec(1..=MESSAGE_BYTES_MAX, 1..80),
        ) {
            let cuts = cuts(&lengths);
            let places: Vec<usize> = cuts.iter().cloned().flatten().collect();
            prop_assert_eq!(places, (0..lengths.len()).collect::<Vec<_>>());
            let bodies: Vec<usize> = cuts
                .iter()
                .map(|cut| {
                    let texts: Vec<Bytes> = lengths[cut.clone()]
                        .iter()
                        .map(|&length| vec![b'x'; length].into())
                        .collect();
                    join(&texts).len()
                })
                .collect();
            for (place, cut) in cuts.iter().enumerate() {
                prop_assert!(!cut.is_empty() && bodies[place] <= BATCH_BYTES_MAX);
                if let Some(next) = cuts.get(place + 1) {
                    prop_assert!(bodies[place] + 1 + lengths[next.start] > BATCH_BYTES_MAX);
                }
            }
        }
    }

    #[test]
    fn a_batch_that_fits_to_the_byte_is_one_request() {
        let frame = START.len() + END.len();
        let room = BATCH_BYTES_MAX - frame - 15;
        let exact: Vec<usize> = std::iter::repeat_n(room / 16, 15)
            .chain([room - room / 16 * 15])
            .collect();
        assert_eq!(cuts(&exact).len(), 1);
        let mut more = exact;
        more[15] += 1;
        assert_eq!(cuts(&more), [0..15, 15..16]);
    }
}
