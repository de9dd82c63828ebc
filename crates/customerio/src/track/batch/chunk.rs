//! The operations of one request, and what its answer says about each of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::vec;

use bytes::Bytes;
use cio_wire::ErrorItem;

use super::BatchError;
use crate::{Entity, Error};

/// The service says 500 kb and not which kb; this is the smaller one.
const BODY_BYTES_MAX: usize = 500_000;
const START: &str = r#"{"batch":["#;
const END: &str = "]}";

/// Operations that follow each other: those in the request, and in between those that
/// break a rule and are not in it.
pub(super) struct Chunk {
    /// `Some` for an operation that is not in the request.
    broken: Vec<Option<Arc<Error>>>,
}

/// How large the body of the next request gets, so that it does not move as it grows.
fn expected_bytes(waiting: &[Entity]) -> usize {
    let mut bytes = START.len() + END.len();
    for operation in waiting {
        bytes += operation.bytes().map_or(0, |text| text + 1);
        if bytes >= BODY_BYTES_MAX {
            return BODY_BYTES_MAX;
        }
    }
    bytes
}

impl Chunk {
    /// Takes as many as one body holds, and makes that body; no body if none of them can
    /// be sent. `None` if nobody is waiting.
    pub(super) fn take(waiting: &mut vec::IntoIter<Entity>) -> Option<(Chunk, Option<Bytes>)> {
        let mut broken = Vec::new();
        let mut body = Vec::with_capacity(expected_bytes(waiting.as_slice()));
        while let Some(next) = waiting.as_slice().first() {
            let before = if body.is_empty() { START } else { "," };
            let bytes = next.bytes().unwrap_or_default();
            if body.len() + before.len() + bytes + END.len() > BODY_BYTES_MAX {
                break;
            }
            match waiting.next()?.into_text() {
                Ok(text) => {
                    body.extend_from_slice(before.as_bytes());
                    body.extend_from_slice(&text);
                    broken.push(None);
                }
                Err(error) => broken.push(Some(error)),
            }
        }
        if broken.is_empty() {
            return None;
        }
        if body.is_empty() {
            return Some((Chunk { broken }, None));
        }
        body.extend_from_slice(END.as_bytes());
        Some((Chunk { broken }, Some(body.into())))
    }

    /// Adds the result of each operation: what the answer names as refused, or the one
    /// failure of all.
    pub(super) fn settle(
        self,
        answer: Result<Vec<ErrorItem>, &Arc<Error>>,
        results: &mut Vec<Result<(), BatchError>>,
    ) {
        let in_request = self.broken.iter().filter(|broken| broken.is_none()).count();
        let mut answer = answer.map(|errors| Refusals::new(errors, in_request));
        let mut posted = 0..;
        for broken in self.broken {
            let index = results.len();
            let result = match (broken, &mut answer) {
                (Some(error), _) => Err(BatchError::Invalid(error)),
                (None, Ok(refusals)) => refusals.result(posted.next(), index),
                (None, Err(error)) => Err(BatchError::Failed(Arc::clone(error))),
            };
            results.push(result);
        }
    }
}

/// The errors of one answer.
struct Refusals {
    /// By the place in the request.
    of_one: BTreeMap<usize, Vec<ErrorItem>>,
    /// They name no place in the request, so they can be about any operation in it.
    of_any: Option<Arc<[ErrorItem]>>,
}

impl Refusals {
    fn new(errors: Vec<ErrorItem>, in_request: usize) -> Refusals {
        let mut of_one: BTreeMap<usize, Vec<ErrorItem>> = BTreeMap::new();
        let mut of_any = Vec::new();
        for error in errors {
            match error.batch_index.filter(|&place| place < in_request) {
                Some(place) => of_one.entry(place).or_default().push(error),
                None => of_any.push(error),
            }
        }
        Refusals {
            of_one,
            of_any: (!of_any.is_empty()).then(|| of_any.into()),
        }
    }

    /// The result of the operation at this place in the request, which is at `index` in
    /// the whole batch.
    fn result(&mut self, place: Option<usize>, index: usize) -> Result<(), BatchError> {
        if let Some(mut errors) = place.and_then(|place| self.of_one.remove(&place)) {
            for error in &mut errors {
                error.batch_index = Some(index);
            }
            return Err(BatchError::Refused(errors));
        }
        match &self.of_any {
            Some(errors) => Err(BatchError::Unattributed(Arc::clone(errors))),
            None => Ok(()),
        }
    }
}
