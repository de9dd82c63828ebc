//! Exports: files of people or messages that the service makes.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::lenient::answer;
use super::{ApiClient, json_body};
use crate::json_object::JsonObject;
use crate::operations::{
    DOWNLOAD_EXPORT, EXPORT_DELIVERIES, EXPORT_PEOPLE, GET_EXPORT, LIST_EXPORTS,
};
use crate::request::{Parts, field, list};
use crate::{Error, Request, Timestamp};

answer! {
    /// An export: a CSV file that is being made, or was.
    pub struct Export shows (id, kind, status, total) {
        /// Its number.
        pub id: u64,
        /// Its number and when it last changed.
        pub deduplicate_id: String,
        /// `type` on the wire: `customers`, `deliveries` and so on.
        pub kind: String = "type",
        /// `pending`, `done` or `failed`.
        pub status: String,
        /// Whether it failed.
        pub failed: bool,
        /// What it is.
        pub description: String,
        /// How often it was downloaded.
        pub downloads: u64,
        /// Rows; 0 until it is done.
        pub total: u64,
        /// Who started it, by number.
        pub user_id: Option<u64>,
        /// Who started it, by address.
        pub user_email: Option<String>,
        /// When it was started, in Unix seconds.
        pub created_at: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated_at: Option<i64>,
    }
}

impl Export {
    /// Whether the file is there to be [downloaded](Exports::download).
    pub fn is_done(&self) -> bool {
        self.status == "done"
    }
}

/// Which messages to export, and what of them.
///
/// ```
/// use customerio::app::DeliveryExport;
///
/// let bounced = DeliveryExport::of_newsletter(7)
///     .metric("bounced")
///     .attributes(["plan", "country"]);
/// # drop(bounced);
/// ```
#[derive(Debug, Clone)]
pub struct DeliveryExport {
    body: BTreeMap<&'static str, Value>,
    times: Vec<(&'static str, Timestamp)>,
}

impl DeliveryExport {
    /// The messages of a newsletter.
    pub fn of_newsletter(id: u64) -> DeliveryExport {
        DeliveryExport::of("newsletter_id", id)
    }

    /// The messages of a campaign.
    pub fn of_campaign(id: u64) -> DeliveryExport {
        DeliveryExport::of("campaign_id", id)
    }

    /// The messages of a transactional template.
    pub fn of_transactional(id: u64) -> DeliveryExport {
        DeliveryExport::of("transactional_message_id", id)
    }

    /// The messages of an action of a campaign or broadcast.
    pub fn of_action(id: u64) -> DeliveryExport {
        DeliveryExport::of("action_id", id)
    }

    fn of(parent: &'static str, id: u64) -> DeliveryExport {
        DeliveryExport {
            body: BTreeMap::from([(parent, json!(id))]),
            times: Vec::new(),
        }
    }

    /// Only those created then or later. Without a time: the last 6 months. A time of
    /// more than 12 months is cut to the newest 12.
    #[must_use]
    pub fn since(mut self, time: impl Into<Timestamp>) -> DeliveryExport {
        self.times.push(("start", time.into()));
        self
    }

    /// Only those created then or earlier.
    #[must_use]
    pub fn until(mut self, time: impl Into<Timestamp>) -> DeliveryExport {
        self.times.push(("end", time.into()));
        self
    }

    /// Attributes of the recipients, as further columns.
    #[must_use]
    pub fn attributes<T: Into<String>>(self, names: impl IntoIterator<Item = T>) -> DeliveryExport {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        self.with("attributes", json!(names))
    }

    /// Only those with this metric recorded: `created`, `sent`, `delivered`, `opened`,
    /// `clicked`, `bounced` and so on.
    #[must_use]
    pub fn metric(self, metric: impl Into<String>) -> DeliveryExport {
        self.with("metric", json!(metric.into()))
    }

    /// Drafts too.
    #[must_use]
    pub fn drafts(self, drafts: bool) -> DeliveryExport {
        self.with("drafts", json!(drafts))
    }

    /// Only those made from this variant.
    #[must_use]
    pub fn template(self, id: u64) -> DeliveryExport {
        self.with("template_id", json!(id))
    }

    fn with(mut self, key: &'static str, value: Value) -> DeliveryExport {
        self.body.insert(key, value);
        self
    }

    fn body(&self) -> Result<Value, Error> {
        let mut body = json!(self.body);
        for (key, time) in &self.times {
            time.check(key)?;
            body[*key] = json!(time.unix_seconds());
        }
        Ok(body)
    }
}

/// Exports, from [`ApiClient::exports`].
#[derive(Debug, Clone, Copy)]
pub struct Exports<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Files of people or messages that the service makes.
    pub const fn exports(&self) -> Exports<'_> {
        Exports { client: self }
    }
}

impl Exports<'_> {
    /// All exports: `GET /v1/exports`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn list(&self) -> Request<Vec<Export>> {
        let parts = Parts::new(&LIST_EXPORTS, []);
        self.client
            .ask(&LIST_EXPORTS, parts, |body| list(&body, "exports"))
    }

    /// How far an export is: `GET /v1/exports/{export_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown one, and the failures of any call.
    pub fn get(&self, export_id: u64) -> Request<Export> {
        let parts = Parts::new(&GET_EXPORT, [Ok(export_id.to_string())]);
        self.client
            .ask(&GET_EXPORT, parts, |body| field(&body, "export"))
    }

    /// Where the file of an export is, for 15 minutes:
    /// `GET /v1/exports/{export_id}/download`. The link opens the file by itself, so treat
    /// it as a secret.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown export or one that is not done, and the failures
    /// of any call.
    pub fn download(&self, export_id: u64) -> Request<String> {
        let parts = Parts::new(&DOWNLOAD_EXPORT, [Ok(export_id.to_string())]);
        self.client
            .ask(&DOWNLOAD_EXPORT, parts, |body| field(&body, "url"))
    }

    /// Starts an export of the people a filter matches, with these attributes as columns:
    /// `POST /v1/exports/customers`. A repeat could start a second one, so in doubt it is
    /// not repeated.
    ///
    /// ```no_run
    /// # async fn example(api: customerio::ApiClient) -> Result<(), customerio::Error> {
    /// use customerio::Filter;
    ///
    /// let export = api.exports().customers(Filter::segment(7), ["plan"]).await?;
    /// println!("export {} is {}", export.id, export.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] for a filter the service does not understand, and the failures
    /// of any call.
    pub fn customers<T: Into<String>>(
        &self,
        filter: impl Serialize,
        attributes: impl IntoIterator<Item = T>,
    ) -> Request<Export> {
        let filter = JsonObject::new(filter);
        let attributes: Vec<String> = attributes.into_iter().map(Into::into).collect();
        let parts = Parts::new(&EXPORT_PEOPLE, []).and_then(|parts| {
            let mut body = json!({ "filters": filter.get("filters")? });
            if !attributes.is_empty() {
                body["attributes"] = json!(attributes);
            }
            Ok(parts.body(json_body(&body)))
        });
        self.client
            .ask(&EXPORT_PEOPLE, parts, |body| field(&body, "export"))
    }

    /// Starts an export of messages: `POST /v1/exports/deliveries`. In doubt it is not
    /// repeated either.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a time in another unit than seconds, and the failures
    /// of any call.
    pub fn deliveries(&self, export: &DeliveryExport) -> Request<Export> {
        let parts = Parts::new(&EXPORT_DELIVERIES, [])
            .and_then(|parts| Ok(parts.body(json_body(&export.body()?))));
        self.client
            .ask(&EXPORT_DELIVERIES, parts, |body| field(&body, "export"))
    }
}
