//! Triggers of broadcasts: whom they go to and with what data.

use std::fmt;

use bytes::Bytes;
use cio_wire::Identifier;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::ApiClient;
use crate::json_object::{self, JsonObject};
use crate::operations::TRIGGER_BROADCAST;
use crate::request::{Parts, whole};
use crate::{Error, Request};

/// People named in one trigger.
const PEOPLE_MAX: usize = 10_000;
/// `data` of one trigger.
const DATA_BYTES_MAX: usize = 50_000;

/// What the service answers to a trigger.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TriggeredBroadcast {
    /// Numbers the triggers of this broadcast.
    pub id: u64,
}

/// Starts a broadcast for one of six audiences, with data for everybody.
///
/// People must exist already: a trigger creates nobody.
///
/// ```
/// use customerio::BroadcastTrigger;
/// use serde_json::json;
///
/// let trigger = BroadcastTrigger::ids(["42", "43"])
///     .data(json!({ "headline": "We moved" }))
///     .id_ignore_missing(true);
/// # drop(trigger);
/// ```
#[derive(Clone)]
pub struct BroadcastTrigger {
    audience: Audience,
    data: Option<JsonObject>,
    flags: Flags,
}

#[derive(Clone)]
enum Audience {
    Default,
    Recipients(JsonObject),
    Emails(Vec<String>),
    Ids(Vec<String>),
    PerUserData(Vec<PersonData>),
    DataFileUrl(String),
}

#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    id_ignore_missing: Option<bool>,
    email_ignore_missing: Option<bool>,
    email_add_duplicates: Option<bool>,
}

/// One person of a trigger, with data of their own.
#[derive(Clone)]
pub struct PersonData {
    person: Identifier,
    data: Option<JsonObject>,
}

impl PersonData {
    /// A person by id or email; a `cio_id` is not possible here and refused when sending.
    pub fn new(person: impl Into<Identifier>) -> PersonData {
        PersonData {
            person: person.into(),
            data: None,
        }
    }

    /// Data for this person: anything that serialises to a JSON object.
    #[must_use]
    pub fn data(mut self, data: impl Serialize) -> PersonData {
        self.data = Some(JsonObject::new(data));
        self
    }
}

impl ApiClient {
    /// Starts an API-triggered broadcast: `POST /v1/campaigns/{broadcast_id}/triggers`.
    ///
    /// The service takes one trigger in 10 seconds.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for more people or data than a trigger holds,
    /// [`Error::NotFound`] for an unknown broadcast, [`Error::Rejected`] if the service
    /// refuses the audience (a trigger is created even then), [`Error::RateLimited`],
    /// and the failures of any call.
    pub fn trigger_broadcast(
        &self,
        broadcast_id: u64,
        trigger: &BroadcastTrigger,
    ) -> Request<TriggeredBroadcast> {
        let parts = Parts::new(&TRIGGER_BROADCAST, [Ok(broadcast_id.to_string())])
            .and_then(|parts| Ok(parts.body(trigger.body()?)));
        self.ask(&TRIGGER_BROADCAST, parts, whole)
    }
}

impl BroadcastTrigger {
    /// The audience that is set for the broadcast in the user interface.
    pub fn default_audience() -> BroadcastTrigger {
        BroadcastTrigger::to(Audience::Default)
    }

    /// Everybody a filter matches: `{"segment":{"id":7}}`, `{"and":[…]}` and so on.
    pub fn filter(filter: impl Serialize) -> BroadcastTrigger {
        BroadcastTrigger::to(Audience::Recipients(JsonObject::new(filter)))
    }

    /// People by email address, up to 10 000.
    pub fn emails<T: Into<String>>(emails: impl IntoIterator<Item = T>) -> BroadcastTrigger {
        let emails = emails.into_iter().map(Into::into).collect();
        BroadcastTrigger::to(Audience::Emails(emails))
    }

    /// People by id, up to 10 000.
    pub fn ids<T: Into<String>>(ids: impl IntoIterator<Item = T>) -> BroadcastTrigger {
        let ids = ids.into_iter().map(Into::into).collect();
        BroadcastTrigger::to(Audience::Ids(ids))
    }

    /// People with data of their own, up to 10 000.
    pub fn per_user_data(people: impl IntoIterator<Item = PersonData>) -> BroadcastTrigger {
        BroadcastTrigger::to(Audience::PerUserData(people.into_iter().collect()))
    }

    /// People and their data from a file of JSON lines that the service fetches: one
    /// `{"id" or "email", "data"}` per line.
    pub fn data_file_url(url: impl Into<String>) -> BroadcastTrigger {
        BroadcastTrigger::to(Audience::DataFileUrl(url.into()))
    }

    fn to(audience: Audience) -> BroadcastTrigger {
        BroadcastTrigger {
            audience,
            data: None,
            flags: Flags::default(),
        }
    }

    /// Data for everybody, `{{trigger.<key>}}`: anything that serialises to a JSON
    /// object, up to 50 000 bytes.
    #[must_use]
    pub fn data(mut self, data: impl Serialize) -> BroadcastTrigger {
        self.data = Some(JsonObject::new(data));
        self
    }

    /// Skip ids nobody has, instead of failing. Sent with ids, per-person data and files
    /// only: the service refuses it with the others.
    #[must_use]
    pub fn id_ignore_missing(mut self, ignore: bool) -> BroadcastTrigger {
        self.flags.id_ignore_missing = Some(ignore);
        self
    }

    /// Skip addresses nobody has, instead of failing. Sent with emails, per-person data
    /// and files only.
    #[must_use]
    pub fn email_ignore_missing(mut self, ignore: bool) -> BroadcastTrigger {
        self.flags.email_ignore_missing = Some(ignore);
        self
    }

    /// Send to everybody with an address that several people have, instead of failing.
    /// Sent with emails, per-person data and files only.
    #[must_use]
    pub fn email_add_duplicates(mut self, add: bool) -> BroadcastTrigger {
        self.flags.email_add_duplicates = Some(add);
        self
    }

    pub(super) fn body(&self) -> Result<Bytes, Error> {
        let data = JsonObject::get_optional(&self.data, "data")?;
        if data.is_some_and(|data| data.get().len() > DATA_BYTES_MAX) {
            return Err(Error::invalid_input(
                "data",
                format!("of a trigger may hold {DATA_BYTES_MAX} bytes"),
            ));
        }
        let mut body = TriggerBody {
            data,
            ..TriggerBody::default()
        };
        match &self.audience {
            Audience::Default => {}
            Audience::Recipients(filter) => body.recipients = Some(filter.get("recipients")?),
            Audience::Emails(emails) => {
                check_count("emails", emails.len())?;
                body.emails = Some(emails);
            }
            Audience::Ids(ids) => {
                check_count("ids", ids.len())?;
                body.ids = Some(ids);
            }
            Audience::PerUserData(people) => {
                check_count("per_user_data", people.len())?;
                let entries: Result<Vec<PersonEntry<'_>>, Error> =
                    people.iter().map(PersonData::entry).collect();
                body.per_user_data = Some(entries?);
            }
            Audience::DataFileUrl(url) if url.trim().is_empty() => {
                return Err(Error::invalid_input("data_file_url", "must not be blank"));
            }
            Audience::DataFileUrl(url) => body.data_file_url = Some(url),
        }
        let names_ids = matches!(
            self.audience,
            Audience::Ids(_) | Audience::PerUserData(_) | Audience::DataFileUrl(_)
        );
        let names_emails = matches!(
            self.audience,
            Audience::Emails(_) | Audience::PerUserData(_) | Audience::DataFileUrl(_)
        );
        if names_ids {
            body.id_ignore_missing = self.flags.id_ignore_missing;
        }
        if names_emails {
            body.email_ignore_missing = self.flags.email_ignore_missing;
            body.email_add_duplicates = self.flags.email_add_duplicates;
        }
        json_object::write(&body, "trigger")
    }
}

impl PersonData {
    fn entry(&self) -> Result<PersonEntry<'_>, Error> {
        let mut entry = PersonEntry {
            data: JsonObject::get_optional(&self.data, "per_user_data data")?,
            ..PersonEntry::default()
        };
        match &self.person {
            Identifier::Id(id) => entry.id = Some(id),
            Identifier::Email(email) => entry.email = Some(email),
            Identifier::CioId(_) => {
                return Err(Error::invalid_input(
                    "per_user_data",
                    "names people by id or email, not by cio_id",
                ));
            }
        }
        if self.person.value().trim().is_empty() {
            return Err(Error::invalid_input(
                "per_user_data",
                "must not name a blank person",
            ));
        }
        Ok(entry)
    }
}

fn check_count(field: &'static str, count: usize) -> Result<(), Error> {
    match count {
        0 => Err(Error::invalid_input(field, "must name somebody")),
        1..=PEOPLE_MAX => Ok(()),
        _ => Err(Error::invalid_input(
            field,
            format!("may name {PEOPLE_MAX} people in one trigger; these are {count}"),
        )),
    }
}

#[derive(Serialize, Default)]
struct TriggerBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    recipients: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    emails: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ids: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    per_user_data: Option<Vec<PersonEntry<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_file_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_ignore_missing: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_ignore_missing: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_add_duplicates: Option<bool>,
}

#[derive(Serialize, Default)]
struct PersonEntry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
}

impl fmt::Debug for BroadcastTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (audience, people) = match &self.audience {
            Audience::Default => ("default", 0),
            Audience::Recipients(_) => ("filter", 0),
            Audience::Emails(emails) => ("emails", emails.len()),
            Audience::Ids(ids) => ("ids", ids.len()),
            Audience::PerUserData(people) => ("per_user_data", people.len()),
            Audience::DataFileUrl(_) => ("data_file_url", 0),
        };
        f.debug_struct("BroadcastTrigger")
            .field("audience", &audience)
            .field("people", &people)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PersonData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonData")
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}
