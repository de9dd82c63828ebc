//! Campaigns: messages that people get by what they do, and how they do.

mod action;

pub use action::{Action, ActionReference};

use super::lenient::answer;
use super::paths::{of, of_two, of_two_in_language};
use super::transactional::one;
use super::{
    ApiClient, LinkMetrics, Message, MetricSeries, MetricsWindow, Period, UpdateContent, json_body,
};
use crate::operations::{
    CAMPAIGN_ACTION, CAMPAIGN_ACTION_LANGUAGE, CAMPAIGN_ACTION_LINKS, CAMPAIGN_ACTION_METRICS,
    CAMPAIGN_ACTIONS, CAMPAIGN_JOURNEY_METRICS, CAMPAIGN_LINKS, CAMPAIGN_MESSAGES,
    CAMPAIGN_METRICS, GET_CAMPAIGN, LIST_CAMPAIGNS, UPDATE_CAMPAIGN_ACTION,
    UPDATE_CAMPAIGN_ACTION_LANGUAGE,
};
use crate::request::{Parts, field, list, page};
use crate::{PageRequest, Request, Timestamp};

answer! {
    /// A campaign.
    pub struct Campaign shows (id, name, kind, state, active) {
        /// Its number.
        pub id: u64,
        /// Its number and when it last changed.
        pub deduplicate_id: String,
        /// Its name.
        pub name: String,
        /// What it is for.
        pub description: Option<String>,
        /// `type` on the wire: what triggers it, `segment`, `event`, `form` and so on. The
        /// service means to leave it out.
        pub kind: Option<String> = "type",
        /// `running`, `draft` or `stopped`.
        pub state: String,
        /// Whether it can send messages.
        pub active: bool,
        /// When it was made, in Unix seconds.
        pub created: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated: Option<i64>,
        /// When it was started for the first time, in Unix seconds.
        pub first_started: Option<i64>,
        /// Tags.
        pub tags: Vec<String>,
        /// Its actions.
        pub actions: Vec<ActionReference>,
        /// The segments that trigger it.
        pub trigger_segment_ids: Vec<u64>,
        /// The segments its audience is narrowed by.
        pub filter_segment_ids: Vec<u64>,
        /// The event that triggers it.
        pub event_name: Option<String>,
    }
}

/// Campaigns, from [`ApiClient::campaigns`].
#[derive(Debug, Clone, Copy)]
pub struct Campaigns<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Campaigns. They are made and started in the user interface; what they send can be
    /// changed here.
    pub const fn campaigns(&self) -> Campaigns<'_> {
        Campaigns { client: self }
    }
}

impl Campaigns<'_> {
    /// All campaigns: `GET /v1/campaigns`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn list(&self) -> Request<Vec<Campaign>> {
        let parts = Parts::new(&LIST_CAMPAIGNS, []);
        self.client
            .ask(&LIST_CAMPAIGNS, parts, |body| list(&body, "campaigns"))
    }

    /// One campaign: `GET /v1/campaigns/{campaign_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn get(&self, campaign_id: u64) -> Request<Campaign> {
        let parts = of(&GET_CAMPAIGN, campaign_id);
        self.client
            .ask(&GET_CAMPAIGN, parts, |body| field(&body, "campaign"))
    }

    /// How the messages of a campaign do: `GET /v1/campaigns/{campaign_id}/metrics`. Of
    /// one channel, `email` or `twilio` (SMS) for example, or of all.
    ///
    /// ```no_run
    /// # async fn example(api: customerio::ApiClient) -> Result<(), customerio::Error> {
    /// use customerio::app::{MetricsWindow, Period};
    ///
    /// let window = MetricsWindow::Last { period: Period::Weeks, steps: 4 };
    /// let metrics = api.campaigns().metrics(5, &window, Some("email")).await?;
    /// println!("{:?}", metrics.series.get("delivered"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a time that ends before it
    /// starts, [`Error::NotFound`](crate::Error::NotFound) for an unknown campaign, and the
    /// failures of any call.
    pub fn metrics(
        &self,
        campaign_id: u64,
        window: &MetricsWindow,
        channel: Option<&str>,
    ) -> Request<MetricSeries> {
        let parts = of(&CAMPAIGN_METRICS, campaign_id);
        self.client
            .series(&CAMPAIGN_METRICS, parts, window, channel)
    }

    /// How often the links in the messages of a campaign were followed, over the last
    /// `steps` periods: `GET /v1/campaigns/{campaign_id}/metrics/links`. `unique` counts each
    /// person once.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown campaign, and the failures
    /// of any call.
    pub fn links(
        &self,
        campaign_id: u64,
        period: Period,
        steps: u32,
        unique: bool,
    ) -> Request<Vec<LinkMetrics>> {
        let parts = of(&CAMPAIGN_LINKS, campaign_id);
        self.client
            .link_series(&CAMPAIGN_LINKS, parts, (period, steps), unique)
    }

    /// How the journeys of a campaign go that started between two points in time:
    /// `GET /v1/campaigns/{campaign_id}/journey_metrics`. Of the journeys that started in
    /// a period, each series counts those that came to be `started`, `activated`,
    /// `exited_early`, `finished`, `converted`, `never_activated` or `messaged`, whenever
    /// they did.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a time that ends before it
    /// starts, [`Error::NotFound`](crate::Error::NotFound) for an unknown campaign, and the
    /// failures of any call.
    pub fn journey_metrics(
        &self,
        campaign_id: u64,
        start: impl Into<Timestamp>,
        end: impl Into<Timestamp>,
        resolution: Period,
    ) -> Request<MetricSeries> {
        let parts = of(&CAMPAIGN_JOURNEY_METRICS, campaign_id);
        let window = (start.into(), end.into());
        self.client
            .journey_series(&CAMPAIGN_JOURNEY_METRICS, parts, window, resolution)
    }

    /// The messages of a campaign in the last 6 months, or in a time of up to 12, in
    /// pages of 50, up to 1000: `GET /v1/campaigns/{campaign_id}/messages`. Takes
    /// [`channel`](PageRequest::channel), [`metric`](PageRequest::metric),
    /// [`drafts`](PageRequest::drafts), [`since`](PageRequest::since),
    /// [`until`](PageRequest::until) and
    /// [`with_tracked_responses`](PageRequest::with_tracked_responses).
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown campaign, and the
    /// failures of any call.
    pub fn messages(&self, campaign_id: u64) -> PageRequest<Message> {
        let parts = of(&CAMPAIGN_MESSAGES, campaign_id);
        self.client
            .list(&CAMPAIGN_MESSAGES, parts, |body| page(body, "messages"))
    }

    /// The actions of a campaign with their content, in pages of 10:
    /// `GET /v1/campaigns/{campaign_id}/actions`. The service takes no
    /// [`limit`](PageRequest::limit).
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown campaign, and the
    /// failures of any call.
    pub fn actions(&self, campaign_id: u64) -> PageRequest<Action> {
        let parts = of(&CAMPAIGN_ACTIONS, campaign_id);
        self.client
            .list(&CAMPAIGN_ACTIONS, parts, |body| page(body, "actions"))
    }

    /// One action: `GET /v1/campaigns/{campaign_id}/actions/{action_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown campaign or action, and the
    /// failures of any call.
    pub fn action(&self, campaign_id: u64, action_id: u64) -> Request<Action> {
        let parts = of_two(&CAMPAIGN_ACTION, campaign_id, action_id);
        self.client
            .ask(&CAMPAIGN_ACTION, parts, |body| one(&body, "action"))
    }

    /// Changes what an action sends, or whether it does:
    /// `PUT /v1/campaigns/{campaign_id}/actions/{action_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown campaign or action,
    /// [`Error::Rejected`](crate::Error::Rejected) for a change that is not possible, and
    /// the failures of any call.
    pub fn update_action(
        &self,
        campaign_id: u64,
        action_id: u64,
        change: &UpdateContent,
    ) -> Request<Action> {
        let parts = of_two(&UPDATE_CAMPAIGN_ACTION, campaign_id, action_id)
            .map(|parts| parts.body(json_body(&change.json())));
        self.client
            .ask(&UPDATE_CAMPAIGN_ACTION, parts, |body| one(&body, "action"))
    }

    /// An action in a language:
    /// `GET /v1/campaigns/{campaign_id}/actions/{action_id}/language/{language}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank language,
    /// [`Error::NotFound`](crate::Error::NotFound) or
    /// [`Error::Rejected`](crate::Error::Rejected) for an unknown one, and the failures of
    /// any call.
    pub fn action_language(
        &self,
        campaign_id: u64,
        action_id: u64,
        language: impl Into<String>,
    ) -> Request<Action> {
        let operation = &CAMPAIGN_ACTION_LANGUAGE;
        let parts = of_two_in_language(operation, campaign_id, action_id, &language.into());
        self.client
            .ask(operation, parts, |body| one(&body, "action"))
    }

    /// Changes what an action sends in a language:
    /// `PUT /v1/campaigns/{campaign_id}/actions/{action_id}/language/{language}`.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn update_action_language(
        &self,
        campaign_id: u64,
        action_id: u64,
        language: impl Into<String>,
        change: &UpdateContent,
    ) -> Request<Action> {
        let operation = &UPDATE_CAMPAIGN_ACTION_LANGUAGE;
        let parts = of_two_in_language(operation, campaign_id, action_id, &language.into())
            .map(|parts| parts.body(json_body(&change.json())));
        self.client
            .ask(operation, parts, |body| one(&body, "action"))
    }

    /// How the messages of an action do, of all channels:
    /// `GET /v1/campaigns/{campaign_id}/actions/{action_id}/metrics`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a time that ends before it
    /// starts, [`Error::NotFound`](crate::Error::NotFound) for an unknown campaign or
    /// action, and the failures of any call.
    pub fn action_metrics(
        &self,
        campaign_id: u64,
        action_id: u64,
        window: &MetricsWindow,
    ) -> Request<MetricSeries> {
        let parts = of_two(&CAMPAIGN_ACTION_METRICS, campaign_id, action_id);
        self.client
            .series(&CAMPAIGN_ACTION_METRICS, parts, window, None)
    }

    /// How often the links in the messages of an action were followed, over the last
    /// `steps` periods:
    /// `GET /v1/campaigns/{campaign_id}/actions/{action_id}/metrics/links`. `unique` counts
    /// each person once.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown campaign or action, and the
    /// failures of any call.
    pub fn action_links(
        &self,
        campaign_id: u64,
        action_id: u64,
        period: Period,
        steps: u32,
        unique: bool,
    ) -> Request<Vec<LinkMetrics>> {
        let parts = of_two(&CAMPAIGN_ACTION_LINKS, campaign_id, action_id);
        self.client
            .link_series(&CAMPAIGN_ACTION_LINKS, parts, (period, steps), unique)
    }
}
