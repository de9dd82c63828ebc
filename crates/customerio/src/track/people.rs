//! People: identify, delete, keep out, merge.

use bytes::Bytes;
use cio_wire::Identifier;
use serde::Serialize;
use serde_json::json;

use super::{TrackClient, json_bytes};
use crate::json_object::JsonObject;
use crate::operations::{DESTROY, IDENTIFY, MERGE, SUPPRESS, UNSUPPRESS};
use crate::request::Parts;
use crate::{Error, Request, person};

impl TrackClient {
    /// Creates or updates a person: `PUT /api/v1/customers/{identifier}`.
    ///
    /// `attributes` is anything that serialises to a JSON object; `()` sets none.
    /// Attributes not named stay as they are; `null` or an empty text removes one.
    /// `email` is needed to send mail, `created_at` (Unix seconds) for time-based
    /// segments. The service takes 300 attributes in one call, names of 150 bytes and
    /// values of 1000 bytes.
    ///
    /// Some names are commands: `_update: true` never creates a person, `_timestamp`
    /// (Unix seconds) keeps an older change from overwriting a newer one, `anonymous_id`
    /// gives the person the events of that visitor, `cio_relationships` relates objects,
    /// and `cio_subscription_preferences` and `unsubscribed` set what the person gets.
    ///
    /// The path does not say which kind of identifier it holds: the service takes
    /// something that looks like an address for an email and a `cio_` prefix for a
    /// `cio_id`. To change a person's id or email, name them by [`Identifier::CioId`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier or attributes that are not an
    /// object, [`Error::Rejected`] if the service refuses an attribute, and the failures
    /// of any call.
    pub fn identify(
        &self,
        person: impl Into<Identifier>,
        attributes: impl Serialize,
    ) -> Request<()> {
        let attributes = JsonObject::new(attributes);
        let parts = Parts::new(&IDENTIFY, [person::path_segment(&person.into())]);
        let parts = parts.and_then(|parts| {
            let body = attributes.get("attributes")?.get().as_bytes();
            Ok(parts.body(Bytes::copy_from_slice(body)))
        });
        self.tell(&IDENTIFY, parts)
    }

    /// Deletes a person with all data: `DELETE /api/v1/customers/{identifier}`. An unknown
    /// one is no error. A later identify creates them anew; to prevent that,
    /// [`suppress`](TrackClient::suppress).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier, and the failures of any call.
    pub fn destroy(&self, person: impl Into<Identifier>) -> Request<()> {
        let parts = Parts::new(&DESTROY, [person::path_segment(&person.into())]);
        self.tell(&DESTROY, parts)
    }

    /// Deletes a person and keeps them out:
    /// `POST /api/v1/customers/{identifier}/suppress`. Everything later that names this
    /// identifier is ignored, until [`unsuppress`](TrackClient::unsuppress). A person with
    /// an id and an email is kept out by both.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier, and the failures of any call.
    pub fn suppress(&self, person: impl Into<Identifier>) -> Request<()> {
        let parts = Parts::new(&SUPPRESS, [person::path_segment(&person.into())]);
        self.tell(&SUPPRESS, parts)
    }

    /// Lets a suppressed identifier be used again:
    /// `POST /api/v1/customers/{identifier}/unsuppress`. It does not bring the person
    /// back.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier, and the failures of any call.
    pub fn unsuppress(&self, person: impl Into<Identifier>) -> Request<()> {
        let parts = Parts::new(&UNSUPPRESS, [person::path_segment(&person.into())]);
        self.tell(&UNSUPPRESS, parts)
    }

    /// Makes two people one: `POST /api/v1/merge_customers`. It cannot be undone.
    ///
    /// `primary` stays and gets what it lacks: attributes, the last 30 days of events,
    /// manual segments, deliveries. `secondary` is deleted. If there is no `primary`,
    /// nothing happens, and that is no error; a person identified a moment ago may not be
    /// there yet.
    ///
    /// ```no_run
    /// # async fn example(track: customerio::TrackClient) -> Result<(), customerio::Error> {
    /// use customerio::Identifier;
    ///
    /// track.merge_customers("42", Identifier::Email("ana@example.com".into())).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier or twice the same one, and the
    /// failures of any call.
    pub fn merge_customers(
        &self,
        primary: impl Into<Identifier>,
        secondary: impl Into<Identifier>,
    ) -> Request<()> {
        let (primary, secondary) = (primary.into(), secondary.into());
        let parts = Parts::new(&MERGE, []).and_then(|parts| {
            if primary == secondary {
                return Err(Error::invalid_input(
                    "secondary",
                    "must be another person than the primary one",
                ));
            }
            Ok(parts.body(json_bytes(&json!({
                "primary": person::identifiers(&primary)?,
                "secondary": person::identifiers(&secondary)?,
            }))))
        });
        self.tell(&MERGE, parts)
    }
}
