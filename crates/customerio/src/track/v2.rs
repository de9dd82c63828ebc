//! The Track API v2: operations as values, one or many in a request.

use cio_wire::{ErrorBody, ErrorItem};
use serde_json::Value;

use super::{BatchRequest, TrackClient};
use crate::error::{Answer, BodyKind};
use crate::operations::{Api, ENTITY};
use crate::request::{Parts, Unreadable};
use crate::{Entity, Error, Request};

impl TrackClient {
    /// Does one operation: `POST /api/v2/entity`. See [`entity`](crate::entity) for all
    /// there are.
    ///
    /// ```no_run
    /// # async fn example(track: customerio::TrackClient) -> Result<(), customerio::Error> {
    /// use customerio::entity;
    /// use serde_json::json;
    ///
    /// let acme = entity::object("1", "acme");
    /// track.entity(acme.identify(json!({ "name": "Acme" })).relate("42")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for an operation that breaks a known rule,
    /// [`Error::Rejected`] for one that the service refuses, [`Error::InvalidResponse`]
    /// for a success that names errors all the same, and the failures of any call.
    pub fn entity(&self, operation: impl Into<Entity>) -> Request<()> {
        let operation = operation.into();
        let parts = Parts::new(&ENTITY, []).and_then(|parts| Ok(parts.body(operation.text()?)));
        let origin = self.transport.origin().to_owned();
        Request::new(&self.transport, &ENTITY, parts, move |body| {
            let errors = named_errors(&body)?;
            match errors.is_empty() {
                true => Ok(()),
                false => Err(Unreadable::Refused(half_success(origin, errors))),
            }
        })
    }

    /// Does any number of operations, in their order: `POST /api/v2/batch`, as often as it
    /// takes. A request is at most 500 000 bytes of JSON, so there are one or several,
    /// each sent when the one before is answered.
    ///
    /// Awaiting it gives a [`BatchReport`](crate::BatchReport), which has a result for
    /// each operation: the service takes some and refuses others, and one that breaks a
    /// known rule is not sent and does not stop the others.
    ///
    /// ```no_run
    /// # async fn example(track: customerio::TrackClient) {
    /// use customerio::entity;
    /// use serde_json::json;
    ///
    /// let report = track
    ///     .batch(["42", "43"].map(|id| entity::person(id).identify(json!({ "vip": true })).into()))
    ///     .await;
    /// for (index, error) in report.failures() {
    ///     println!("number {index}: {error}");
    /// }
    /// # }
    /// ```
    ///
    /// # Failing requests
    ///
    /// A request that fails fails all its operations. If it was refused for what is in it
    /// (400, 413), the next ones are sent. After any other failure, which is reported
    /// when its repeats are used up, they are not: wrong credentials or a service that is
    /// not there would fail them too.
    pub fn batch(&self, operations: impl IntoIterator<Item = Entity>) -> BatchRequest {
        BatchRequest::new(&self.transport, operations.into_iter().collect())
    }
}

/// The errors that the body of a success names.
pub(super) fn named_errors(body: &[u8]) -> Result<Vec<ErrorItem>, Unreadable> {
    if body.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    let value: Value = serde_json::from_slice(body)?;
    let count = match value.get("errors") {
        None | Some(Value::Null) => 0,
        Some(Value::Array(errors)) => errors.len(),
        Some(_) => return Err(Unreadable::Lacking),
    };
    let mut errors = ErrorBody::parse(body).map_or_else(Vec::new, |parsed| parsed.items);
    // One of an unknown form is an error too, only of nobody knows which operation.
    let count = count.max(errors.len());
    errors.resize_with(count, ErrorItem::default);
    Ok(errors)
}

/// An answer that is a success by its status and names errors.
fn half_success(origin: String, errors: Vec<ErrorItem>) -> Error {
    Error::InvalidResponse {
        answer: Box::new(Answer {
            call: ENTITY.line(),
            origin,
            status: 200,
            errors,
            retry_after: None,
            attempts: 1,
            api: Api::Track,
            body: BodyKind::Json,
        }),
        source: None,
    }
}

#[cfg(test)]
mod tests {
    use super::named_errors;

    #[test]
    fn nothing_is_named_by_an_empty_body_list_or_object() {
        for body in [
            "",
            "\n",
            "{}\n",
            "null",
            r#"{"errors":[]}"#,
            r#"{"errors":null}"#,
        ] {
            assert!(
                named_errors(body.as_bytes()).is_ok_and(|errors| errors.is_empty()),
                "{body}"
            );
        }
    }

    #[test]
    fn an_error_of_an_unknown_form_is_not_lost() {
        for body in [
            r#"{"errors":[7]}"#,
            r#"{"errors":[{}]}"#,
            r#"{"errors":["no"]}"#,
        ] {
            assert!(
                named_errors(body.as_bytes()).is_ok_and(|errors| errors.len() == 1),
                "{body}"
            );
        }
        assert!(named_errors(br#"{"errors":{"0":"no"}}"#).is_err());
    }
}
