//! People as the App API tells of them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::lenient::answer;
use super::{Activity, ApiClient, Message, ObjectRelationship, json_body};
use crate::json_object::JsonObject;
use crate::operations::{
    Operation, PEOPLE_BY_EMAIL, PEOPLE_BY_FILTER, PEOPLE_BY_IDS, PERSON_ACTIVITIES,
    PERSON_ATTRIBUTES, PERSON_MESSAGES, PERSON_RELATIONSHIPS, PERSON_SEGMENTS,
    PERSON_SUBSCRIPTIONS,
};
use crate::request::{Parts, field, list, page};
use crate::{Error, Identifier, PageRequest, Request, person};

/// People in one call of [`Customers::by_ids`].
const IDS_MAX: usize = 100;

answer! {
    /// The identifiers of a person.
    pub struct CustomerIdentifiers shows (cio_id) {
        /// The id the workspace's owner chose.
        pub id: Option<String>,
        /// The email address.
        pub email: Option<String>,
        /// The immutable id the service assigned.
        pub cio_id: String,
    }
}

answer! {
    /// A person.
    pub struct Customer shows (identifiers, unsubscribed) {
        /// The identifier used in the request.
        pub id: String,
        /// All identifiers of the person.
        pub identifiers: Option<CustomerIdentifiers>,
        /// Attributes by name. The service writes every value as a text, numbers and
        /// booleans too.
        pub attributes: BTreeMap<String, Value>,
        /// When each attribute was set, in Unix seconds.
        pub timestamps: BTreeMap<String, i64>,
        /// Whether the person is unsubscribed from everything.
        pub unsubscribed: bool,
        /// Devices that can receive push messages.
        pub devices: Vec<CustomerDevice>,
    }
}

impl Customer {
    /// An attribute as text, the form the service gives them in.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).and_then(Value::as_str)
    }
}

answer! {
    /// A device of a person, as stored.
    pub struct CustomerDevice shows (platform) {
        /// The push token.
        pub id: String,
        /// `ios` or `android`.
        pub platform: String,
        /// When it was last used, in Unix seconds.
        pub last_used: Option<i64>,
        /// Attributes of the device.
        pub attributes: BTreeMap<String, Value>,
    }
}

answer! {
    /// A segment that a person is in.
    pub struct CustomerSegment shows (id, name) {
        /// Number of the segment.
        pub id: u64,
        /// Name of the segment.
        pub name: String,
        /// What it is for.
        pub description: String,
    }
}

answer! {
    /// What a person wants to get.
    pub struct SubscriptionPreferences shows (unsubscribed, topics) {
        /// The identifier used in the request.
        pub id: String,
        /// All identifiers of the person.
        pub identifiers: Option<CustomerIdentifiers>,
        /// Whether the person is unsubscribed from everything.
        pub unsubscribed: bool,
        /// Title and subtitle of the preference page.
        pub header: Value,
        /// The topics, with the person's choices.
        pub topics: Vec<TopicPreference>,
    }
}

answer! {
    /// A topic and whether a person wants it.
    pub struct TopicPreference shows (id, name, subscribed) {
        /// Number of the topic.
        pub id: u64,
        /// Name of the topic.
        pub name: String,
        /// What it is about.
        pub description: String,
        /// Whether the person gets it.
        pub subscribed: bool,
    }
}

/// People, from [`ApiClient::customers`].
#[derive(Debug, Clone, Copy)]
pub struct Customers<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// What the workspace knows about people.
    pub const fn customers(&self) -> Customers<'_> {
        Customers { client: self }
    }
}

impl Customers<'_> {
    /// Everybody with this email address: `GET /v1/customers?email=`. Nobody is an empty
    /// list, not an error.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank address, and the failures of any call.
    pub fn by_email(&self, email: impl Into<String>) -> Request<Vec<CustomerIdentifiers>> {
        let email = email.into();
        let parts = Parts::new(&PEOPLE_BY_EMAIL, []).and_then(|parts| {
            if email.trim().is_empty() {
                return Err(Error::invalid_input("email", "must not be blank"));
            }
            Ok(parts.query("email", email))
        });
        self.client
            .ask(&PEOPLE_BY_EMAIL, parts, |body| list(&body, "results"))
    }

    /// Everybody a filter matches, in pages of 50, up to 1000: `POST /v1/customers`.
    ///
    /// `filter` is a [`Filter`](super::Filter), or anything that serialises to one.
    ///
    /// ```no_run
    /// # async fn example(api: customerio::ApiClient) -> Result<(), customerio::Error> {
    /// use customerio::Filter;
    ///
    /// let filter = Filter::segment(7).and(Filter::attribute("plan", "pro"));
    /// let mut people = api.customers().search(filter).limit(1000).stream();
    /// while let Some(person) = people.next().await {
    ///     println!("{:?}", person?.cio_id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] for a filter the service does not understand, and the failures
    /// of any call.
    pub fn search(&self, filter: impl Serialize) -> PageRequest<CustomerIdentifiers> {
        let filter = JsonObject::new(filter);
        let parts = Parts::new(&PEOPLE_BY_FILTER, []).and_then(|parts| {
            let filter = filter.get("filter")?;
            Ok(parts.body(json_body(&json!({ "filter": filter }))))
        });
        self.client
            .list(&PEOPLE_BY_FILTER, parts, |body| page(body, "identifiers"))
    }

    /// What the workspace knows about up to 100 people, all named by the same kind of
    /// identifier: `POST /v1/customers/attributes`. Those that do not exist are left out.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for nobody, more than 100, a blank identifier or different
    /// kinds, and the failures of any call.
    pub fn by_ids<P: Into<Identifier>>(
        &self,
        people: impl IntoIterator<Item = P>,
    ) -> Request<Vec<Customer>> {
        let people: Vec<Identifier> = people.into_iter().map(Into::into).collect();
        let parts = Parts::new(&PEOPLE_BY_IDS, []).and_then(|parts| {
            let (id_type, ids) = person::of_one_kind(&people, IDS_MAX)?;
            let parts = parts.query("id_type", id_type);
            Ok(parts.body(json_body(&json!({ "ids": ids }))))
        });
        self.client.ask(&PEOPLE_BY_IDS, parts, |body| {
            let items: Vec<Value> = list(&body, "customers")?;
            // The reference wraps each one in `customer`; the service does not.
            let bare = items
                .into_iter()
                .map(|mut item| match item.get_mut("customer") {
                    Some(wrapped) => serde_json::from_value(wrapped.take()),
                    None => serde_json::from_value(item),
                });
            Ok(bare.collect::<Result<_, _>>()?)
        })
    }

    /// What the workspace knows about a person:
    /// `GET /v1/customers/{customer_id}/attributes`, always with `id_type`.
    ///
    /// A person identified a moment ago may take a moment to appear.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier, [`Error::NotFound`] for an unknown
    /// person, and the failures of any call.
    pub fn attributes(&self, person: impl Into<Identifier>) -> Request<Customer> {
        let parts = of_person(&PERSON_ATTRIBUTES, &person.into());
        self.client
            .ask(&PERSON_ATTRIBUTES, parts, |body| field(&body, "customer"))
    }

    /// The segments a person is in: `GET /v1/customers/{customer_id}/segments`.
    ///
    /// # Errors
    ///
    /// Those of [`attributes`](Customers::attributes).
    pub fn segments(&self, person: impl Into<Identifier>) -> Request<Vec<CustomerSegment>> {
        let parts = of_person(&PERSON_SEGMENTS, &person.into());
        self.client
            .ask(&PERSON_SEGMENTS, parts, |body| list(&body, "segments"))
    }

    /// The messages a person was sent, newest first, in pages of 50, up to 1000:
    /// `GET /v1/customers/{customer_id}/messages`. Takes
    /// [`since`](PageRequest::since) and [`until`](PageRequest::until), at most 6 months
    /// apart.
    ///
    /// # Errors
    ///
    /// Those of [`attributes`](Customers::attributes).
    pub fn messages(&self, person: impl Into<Identifier>) -> PageRequest<Message> {
        let parts = of_person(&PERSON_MESSAGES, &person.into());
        self.client
            .list(&PERSON_MESSAGES, parts, |body| page(body, "messages"))
    }

    /// What a person did and what was done to them, newest first, in pages of 10, up to
    /// 100: `GET /v1/customers/{customer_id}/activities`. Takes
    /// [`kind`](PageRequest::kind) and [`named`](PageRequest::named).
    ///
    /// # Errors
    ///
    /// Those of [`attributes`](Customers::attributes).
    pub fn activities(&self, person: impl Into<Identifier>) -> PageRequest<Activity> {
        let parts = of_person(&PERSON_ACTIVITIES, &person.into());
        self.client
            .list(&PERSON_ACTIVITIES, parts, |body| page(body, "activities"))
    }

    /// The objects a person is related to, in pages:
    /// `GET /v1/customers/{customer_id}/relationships`. Pages may repeat entries.
    ///
    /// # Errors
    ///
    /// Those of [`attributes`](Customers::attributes).
    pub fn relationships(&self, person: impl Into<Identifier>) -> PageRequest<ObjectRelationship> {
        let parts = of_person(&PERSON_RELATIONSHIPS, &person.into());
        self.client.list(&PERSON_RELATIONSHIPS, parts, |body| {
            page(body, "cio_relationships")
        })
    }

    /// The topics and what a person chose:
    /// `GET /v1/customers/{customer_id}/subscription_preferences`. `language` is the code
    /// of the language for names and descriptions; `None` for the workspace's own.
    ///
    /// # Errors
    ///
    /// Those of [`attributes`](Customers::attributes).
    pub fn subscription_preferences(
        &self,
        person: impl Into<Identifier>,
        language: Option<&str>,
    ) -> Request<SubscriptionPreferences> {
        let parts = of_person(&PERSON_SUBSCRIPTIONS, &person.into());
        let parts = parts.map(|parts| match language {
            Some(language) => parts.query("language", language),
            None => parts,
        });
        self.client.ask(&PERSON_SUBSCRIPTIONS, parts, |body| {
            field(&body, "customer")
        })
    }
}

/// The path of a person, with the kind of identifier it holds.
pub(super) fn of_person(
    operation: &'static Operation,
    person: &Identifier,
) -> Result<Parts, Error> {
    let parts = Parts::new(operation, [person::bare_path_segment(person)])?;
    Ok(parts.query("id_type", person.id_type()))
}
