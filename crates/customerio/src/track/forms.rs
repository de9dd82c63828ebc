//! Submissions of forms.

use std::collections::BTreeMap;

use cio_wire::Identifier;
use serde_json::json;

use super::{TrackClient, json_bytes};
use crate::operations::SUBMIT_FORM;
use crate::request::Parts;
use crate::{Error, Request, person};

impl TrackClient {
    /// Submits a form for a person: `POST /api/v1/forms/{form_id}/submit`.
    ///
    /// A form that is not known yet is created by this, and so is a person. Fields become
    /// attributes of the person, as texts. A submission has no id by which a repeat could
    /// be recognised, so like a send it is not repeated once it may have been received.
    ///
    /// ```no_run
    /// # async fn example(track: customerio::TrackClient) -> Result<(), customerio::Error> {
    /// use customerio::Identifier;
    ///
    /// let person = Identifier::Email("ana@example.com".into());
    /// track.submit_form("newsletter", person, [("first_name", "Ana")]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank form or person, a person named by `cio_id`, or
    /// a field named `id` or `email`, which would name a second person; and the failures
    /// of any call.
    pub fn submit_form<K: Into<String>, V: Into<String>>(
        &self,
        form_id: impl Into<String>,
        person: impl Into<Identifier>,
        fields: impl IntoIterator<Item = (K, V)>,
    ) -> Request<()> {
        let person = person.into();
        let fields = fields
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        let mut data: BTreeMap<String, String> = fields.collect();
        let parts = Parts::new(&SUBMIT_FORM, [person::segment("form", &form_id.into())]);
        let parts = parts.and_then(|parts| {
            if matches!(person, Identifier::CioId(_)) {
                return Err(Error::invalid_input(
                    "person",
                    "is named by id or email in a form, not by cio_id",
                ));
            }
            if data.contains_key("id") || data.contains_key("email") {
                return Err(Error::invalid_input(
                    "fields",
                    "must not hold id or email: a form names one person, once",
                ));
            }
            data.insert(person.id_type().to_owned(), person::bare_value(&person)?);
            Ok(parts.body(json_bytes(&json!({ "data": data }))))
        });
        self.tell(&SUBMIT_FORM, parts)
    }
}
