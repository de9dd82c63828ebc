//! Newsletters: one message to many people, once.

mod create;
mod variants;

pub use create::{CreateNewsletter, NewsletterSchedule, SendingRate};
pub use variants::{NewsletterContent, TestGroup};

use serde_json::{Map, Value};

use super::lenient::answer;
use super::paths::of;
use super::{ApiClient, LinkMetrics, Message, MetricSeries, Period, json_body};
use crate::operations::{
    CREATE_NEWSLETTER, DELETE_NEWSLETTER, GET_NEWSLETTER, LIST_NEWSLETTERS, NEWSLETTER_LINKS,
    NEWSLETTER_MESSAGES, NEWSLETTER_METRICS, SCHEDULE_NEWSLETTER, SEND_NEWSLETTER,
};
use crate::request::{Parts, field, nothing, page};
use crate::{PageRequest, Request};

answer! {
    /// A newsletter.
    pub struct Newsletter shows (id, name, kind, sent_at) {
        /// Its number.
        pub id: u64,
        /// Its number and when it last changed.
        pub deduplicate_id: String,
        /// Its name.
        pub name: String,
        /// `type` on the wire: its channel, `email`, `twilio` (SMS), `push`, `in_app`,
        /// `webhook` or `inbox`.
        pub kind: String = "type",
        /// The numbers of its variants: languages and test groups.
        pub content_ids: Vec<u64>,
        /// When it was last sent, in Unix seconds; none for a draft.
        pub sent_at: Option<i64>,
        /// When it was made, in Unix seconds.
        pub created: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated: Option<i64>,
        /// Tags.
        pub tags: Vec<String>,
        /// The segments in its audience.
        pub recipient_segment_ids: Vec<u64>,
        /// The topic whose subscribers get it.
        pub subscription_topic_id: Option<u64>,
    }
}

/// Newsletters, from [`ApiClient::newsletters`].
#[derive(Debug, Clone, Copy)]
pub struct Newsletters<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Newsletters, which the service's reference also calls one-time sends.
    pub const fn newsletters(&self) -> Newsletters<'_> {
        Newsletters { client: self }
    }
}

impl Newsletters<'_> {
    /// All newsletters, in pages: `GET /v1/newsletters`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn list(&self) -> PageRequest<Newsletter> {
        let parts = Parts::new(&LIST_NEWSLETTERS, []);
        self.client
            .list(&LIST_NEWSLETTERS, parts, |body| page(body, "newsletters"))
    }

    /// Makes a newsletter, and sends or schedules it if it says so:
    /// `POST /v1/newsletters`. A repeat could make a second one and send that too, so in
    /// doubt it is not repeated. The service takes up to 1 MB.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a name that is blank or has
    /// more than 190 characters, recipients that are not a filter or two times to send it,
    /// [`Error::Rejected`](crate::Error::Rejected) for what the channel lacks, and the
    /// failures of any call.
    pub fn create(&self, newsletter: &CreateNewsletter) -> Request<Newsletter> {
        let parts =
            Parts::new(&CREATE_NEWSLETTER, []).and_then(|parts| Ok(parts.body(newsletter.body()?)));
        self.client
            .ask(&CREATE_NEWSLETTER, parts, |body| field(&body, "newsletter"))
    }

    /// One newsletter: `GET /v1/newsletters/{newsletter_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn get(&self, newsletter_id: u64) -> Request<Newsletter> {
        let parts = of(&GET_NEWSLETTER, newsletter_id);
        self.client
            .ask(&GET_NEWSLETTER, parts, |body| field(&body, "newsletter"))
    }

    /// Deletes a newsletter: `DELETE /v1/newsletters/{newsletter_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn delete(&self, newsletter_id: u64) -> Request<()> {
        let parts = of(&DELETE_NEWSLETTER, newsletter_id);
        self.client.ask(&DELETE_NEWSLETTER, parts, nothing)
    }

    /// Sends a draft now, at a rate or as fast as the service can:
    /// `POST /v1/newsletters/{newsletter_id}/send`. A repeat could send it a second time,
    /// so in doubt it is not repeated.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one,
    /// [`Error::Rejected`](crate::Error::Rejected) for one that was sent, and the failures
    /// of any call.
    pub fn send(&self, newsletter_id: u64, rate: Option<SendingRate>) -> Request<Newsletter> {
        let fields = rate.into_iter().flat_map(SendingRate::fields);
        let fields: Map<String, Value> = fields
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let parts = of(&SEND_NEWSLETTER, newsletter_id)
            .map(|parts| parts.body(json_body(&Value::Object(fields))));
        self.client
            .ask(&SEND_NEWSLETTER, parts, |body| field(&body, "newsletter"))
    }

    /// Sends a draft later, or not after all:
    /// `POST /v1/newsletters/{newsletter_id}/schedule`. One that is scheduled already gets
    /// the new time. A late repeat could schedule again what was changed since, so in
    /// doubt it is not repeated.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a time in another unit,
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one,
    /// [`Error::Rejected`](crate::Error::Rejected) for one that was sent or a time that is
    /// past, and the failures of any call.
    pub fn schedule(
        &self,
        newsletter_id: u64,
        schedule: &NewsletterSchedule,
    ) -> Request<Newsletter> {
        let parts = of(&SCHEDULE_NEWSLETTER, newsletter_id)
            .and_then(|parts| Ok(parts.body(json_body(&schedule.json()?))));
        self.client.ask(&SCHEDULE_NEWSLETTER, parts, |body| {
            field(&body, "newsletter")
        })
    }

    /// The messages of a newsletter, in pages of 50, up to 1000:
    /// `GET /v1/newsletters/{newsletter_id}/messages`. Those of the 6 months after the
    /// first, or of a time of up to 12 months. Takes [`channel`](PageRequest::channel),
    /// [`metric`](PageRequest::metric), [`since`](PageRequest::since),
    /// [`until`](PageRequest::until) and
    /// [`with_tracked_responses`](PageRequest::with_tracked_responses).
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn messages(&self, newsletter_id: u64) -> PageRequest<Message> {
        let parts = of(&NEWSLETTER_MESSAGES, newsletter_id);
        self.client
            .list(&NEWSLETTER_MESSAGES, parts, |body| page(body, "messages"))
    }

    /// How the messages of a newsletter do, over the last `steps` periods, oldest first:
    /// `GET /v1/newsletters/{newsletter_id}/metrics`. 0 steps mean as many as there can
    /// be; 1 gives two periods.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn metrics(&self, newsletter_id: u64, period: Period, steps: u32) -> Request<MetricSeries> {
        let parts = of(&NEWSLETTER_METRICS, newsletter_id);
        self.client
            .last_series(&NEWSLETTER_METRICS, parts, period, steps)
    }

    /// How often the links in the messages of a newsletter were followed, over the last
    /// `steps` periods: `GET /v1/newsletters/{newsletter_id}/metrics/links`. `unique`
    /// counts each person once.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn links(
        &self,
        newsletter_id: u64,
        period: Period,
        steps: u32,
        unique: bool,
    ) -> Request<Vec<LinkMetrics>> {
        let parts = of(&NEWSLETTER_LINKS, newsletter_id);
        self.client
            .link_series(&NEWSLETTER_LINKS, parts, (period, steps), unique)
    }
}

/// How the list of newsletters can be ordered.
impl PageRequest<Newsletter> {
    /// The newest first. Default: the service's order.
    pub fn newest_first(self) -> Self {
        self.query("sort", "desc")
    }

    /// The oldest first.
    pub fn oldest_first(self) -> Self {
        self.query("sort", "asc")
    }
}
