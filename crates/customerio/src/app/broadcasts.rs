//! Broadcasts: what they are, how they do, and what became of their triggers.

use serde_json::Value;

use super::lenient::answer;
use super::paths::{of, of_two, of_two_in_language};
use super::transactional::one;
use super::{
    Action, ActionReference, ApiClient, LinkMetrics, Message, MetricSeries, MetricsWindow, Period,
    UpdateContent, json_body,
};
use crate::operations::{
    BROADCAST_ACTION, BROADCAST_ACTION_LANGUAGE, BROADCAST_ACTION_LINKS, BROADCAST_ACTION_METRICS,
    BROADCAST_ACTIONS, BROADCAST_ERRORS, BROADCAST_LINKS, BROADCAST_MESSAGES, BROADCAST_METRICS,
    BROADCAST_STATUS, BROADCAST_TRIGGERS, GET_BROADCAST, LIST_BROADCASTS, UPDATE_BROADCAST_ACTION,
    UPDATE_BROADCAST_ACTION_LANGUAGE,
};
use crate::request::{Parts, field, list, page, whole};
use crate::{PageRequest, Request};

answer! {
    /// A broadcast.
    pub struct Broadcast shows (id, name, state, active) {
        /// Its number.
        pub id: u64,
        /// Its number and when it last changed.
        pub deduplicate_id: String,
        /// Its name.
        pub name: String,
        /// `type` on the wire: `triggered_broadcast`.
        pub kind: Option<String> = "type",
        /// `running` or `draft`.
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
        /// The templates of its messages.
        pub msg_template_ids: Vec<ActionReference>,
    }
}

answer! {
    /// How far a trigger of a broadcast is.
    pub struct BroadcastStatus shows (id, broadcast_id, created_at, processed_at) {
        /// Number of the trigger.
        pub id: u64,
        /// Number of the broadcast.
        pub broadcast_id: u64,
        /// When it was triggered, in Unix seconds.
        pub created_at: Option<i64>,
        /// When it was processed, in Unix seconds: see
        /// [`is_processed`](BroadcastStatus::is_processed).
        pub processed_at: Option<i64>,
        /// How many people it goes to, if the service says so.
        pub recipients_count: Option<u64>,
        /// The audience and data it was triggered with, if the service says so.
        pub recipients_filter: Value,
        /// Whether the data file was read, if the service says so.
        pub data_file_processed: Option<bool>,
        /// Lines of the data file with errors, if the service says so.
        pub data_file_error_count: Option<u64>,
    }
}

impl BroadcastStatus {
    /// Whether the service is done with the trigger.
    pub fn is_processed(&self) -> bool {
        self.processed_at.is_some_and(|time| time > 0)
    }
}

/// Broadcasts, from [`ApiClient::broadcasts`].
#[derive(Debug, Clone, Copy)]
pub struct Broadcasts<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Broadcasts that are triggered by the API.
    /// [`trigger_broadcast`](ApiClient::trigger_broadcast) triggers them.
    pub const fn broadcasts(&self) -> Broadcasts<'_> {
        Broadcasts { client: self }
    }
}

impl Broadcasts<'_> {
    /// How far a trigger is: `GET /v1/campaigns/{broadcast_id}/triggers/{trigger_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown broadcast or trigger, and
    /// the failures of any call.
    pub fn status(&self, broadcast_id: u64, trigger_id: u64) -> Request<BroadcastStatus> {
        let parts = of_two(&BROADCAST_STATUS, broadcast_id, trigger_id);
        self.client.ask(&BROADCAST_STATUS, parts, whole)
    }

    /// Whom a trigger did not reach and why, line by line, in pages:
    /// `GET /v1/campaigns/{broadcast_id}/triggers/{trigger_id}/errors`.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn errors(&self, broadcast_id: u64, trigger_id: u64) -> PageRequest<String> {
        let parts = of_two(&BROADCAST_ERRORS, broadcast_id, trigger_id);
        self.client
            .list(&BROADCAST_ERRORS, parts, |body| page(body, "errors"))
    }

    /// All broadcasts: `GET /v1/broadcasts`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn list(&self) -> Request<Vec<Broadcast>> {
        let parts = Parts::new(&LIST_BROADCASTS, []);
        self.client
            .ask(&LIST_BROADCASTS, parts, |body| list(&body, "broadcasts"))
    }

    /// One broadcast: `GET /v1/broadcasts/{broadcast_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn get(&self, broadcast_id: u64) -> Request<Broadcast> {
        let parts = of(&GET_BROADCAST, broadcast_id);
        self.client
            .ask(&GET_BROADCAST, parts, |body| field(&body, "broadcast"))
    }

    /// How the messages of a broadcast do, over the last `steps` periods, oldest first:
    /// `GET /v1/broadcasts/{broadcast_id}/metrics`. Of one channel, `email` or `twilio`
    /// (SMS) for example, or of all. 0 steps mean as many as there can be; 1 gives two
    /// periods.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown broadcast, and the
    /// failures of any call.
    pub fn metrics(
        &self,
        broadcast_id: u64,
        period: Period,
        steps: u32,
        channel: Option<&str>,
    ) -> Request<MetricSeries> {
        let parts = of(&BROADCAST_METRICS, broadcast_id);
        let window = MetricsWindow::Last { period, steps };
        self.client
            .series(&BROADCAST_METRICS, parts, &window, channel)
    }

    /// How often the links in the messages of a broadcast were followed, over the last
    /// `steps` periods: `GET /v1/broadcasts/{broadcast_id}/metrics/links`. `unique` counts each
    /// person once.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown broadcast, and the failures
    /// of any call.
    pub fn links(
        &self,
        broadcast_id: u64,
        period: Period,
        steps: u32,
        unique: bool,
    ) -> Request<Vec<LinkMetrics>> {
        let parts = of(&BROADCAST_LINKS, broadcast_id);
        self.client
            .link_series(&BROADCAST_LINKS, parts, (period, steps), unique)
    }

    /// The messages of a broadcast, in pages of 50, up to 1000:
    /// `GET /v1/broadcasts/{broadcast_id}/messages`. Those of the month after the first
    /// trigger, or of a time of up to 12 months. Takes
    /// [`channel`](PageRequest::channel), [`metric`](PageRequest::metric),
    /// [`state`](PageRequest::state), [`since`](PageRequest::since),
    /// [`until`](PageRequest::until) and
    /// [`with_tracked_responses`](PageRequest::with_tracked_responses).
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown broadcast, and the
    /// failures of any call.
    pub fn messages(&self, broadcast_id: u64) -> PageRequest<Message> {
        let parts = of(&BROADCAST_MESSAGES, broadcast_id);
        self.client
            .list(&BROADCAST_MESSAGES, parts, |body| page(body, "messages"))
    }

    /// Every trigger of a broadcast so far: `GET /v1/broadcasts/{broadcast_id}/triggers`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown broadcast, and the
    /// failures of any call.
    pub fn triggers(&self, broadcast_id: u64) -> Request<Vec<BroadcastStatus>> {
        let parts = of(&BROADCAST_TRIGGERS, broadcast_id);
        self.client
            .ask(&BROADCAST_TRIGGERS, parts, |body| list(&body, "triggers"))
    }

    /// The actions of a broadcast with their content:
    /// `GET /v1/broadcasts/{broadcast_id}/actions`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown broadcast, and the
    /// failures of any call.
    pub fn actions(&self, broadcast_id: u64) -> Request<Vec<Action>> {
        let parts = of(&BROADCAST_ACTIONS, broadcast_id);
        self.client
            .ask(&BROADCAST_ACTIONS, parts, |body| list(&body, "actions"))
    }

    /// One action: `GET /v1/broadcasts/{broadcast_id}/actions/{action_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown broadcast or action, and the
    /// failures of any call.
    pub fn action(&self, broadcast_id: u64, action_id: u64) -> Request<Action> {
        let parts = of_two(&BROADCAST_ACTION, broadcast_id, action_id);
        self.client
            .ask(&BROADCAST_ACTION, parts, |body| one(&body, "action"))
    }

    /// Changes what an action sends, or whether it does:
    /// `PUT /v1/broadcasts/{broadcast_id}/actions/{action_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown broadcast or action,
    /// [`Error::Rejected`](crate::Error::Rejected) for a change that is not possible, and
    /// the failures of any call.
    pub fn update_action(
        &self,
        broadcast_id: u64,
        action_id: u64,
        change: &UpdateContent,
    ) -> Request<Action> {
        let parts = of_two(&UPDATE_BROADCAST_ACTION, broadcast_id, action_id)
            .map(|parts| parts.body(json_body(&change.json())));
        self.client
            .ask(&UPDATE_BROADCAST_ACTION, parts, |body| one(&body, "action"))
    }

    /// An action in a language:
    /// `GET /v1/broadcasts/{broadcast_id}/actions/{action_id}/language/{language}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank language,
    /// [`Error::NotFound`](crate::Error::NotFound) or
    /// [`Error::Rejected`](crate::Error::Rejected) for an unknown one, and the failures of
    /// any call.
    pub fn action_language(
        &self,
        broadcast_id: u64,
        action_id: u64,
        language: impl Into<String>,
    ) -> Request<Action> {
        let operation = &BROADCAST_ACTION_LANGUAGE;
        let parts = of_two_in_language(operation, broadcast_id, action_id, &language.into());
        self.client
            .ask(operation, parts, |body| one(&body, "action"))
    }

    /// Changes what an action sends in a language:
    /// `PUT /v1/broadcasts/{broadcast_id}/actions/{action_id}/language/{language}`.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn update_action_language(
        &self,
        broadcast_id: u64,
        action_id: u64,
        language: impl Into<String>,
        change: &UpdateContent,
    ) -> Request<Action> {
        let operation = &UPDATE_BROADCAST_ACTION_LANGUAGE;
        let parts = of_two_in_language(operation, broadcast_id, action_id, &language.into())
            .map(|parts| parts.body(json_body(&change.json())));
        self.client
            .ask(operation, parts, |body| one(&body, "action"))
    }

    /// How the messages of an action do, over the last `steps` periods, oldest first:
    /// `GET /v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown broadcast or action, and
    /// the failures of any call.
    pub fn action_metrics(
        &self,
        broadcast_id: u64,
        action_id: u64,
        period: Period,
        steps: u32,
    ) -> Request<MetricSeries> {
        let parts = of_two(&BROADCAST_ACTION_METRICS, broadcast_id, action_id);
        self.client
            .last_series(&BROADCAST_ACTION_METRICS, parts, period, steps)
    }

    /// How often the links in the messages of an action were followed, over the last
    /// `steps` periods:
    /// `GET /v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics/links`. `unique` counts
    /// each person once.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown broadcast or action, and the
    /// failures of any call.
    pub fn action_links(
        &self,
        broadcast_id: u64,
        action_id: u64,
        period: Period,
        steps: u32,
        unique: bool,
    ) -> Request<Vec<LinkMetrics>> {
        let parts = of_two(&BROADCAST_ACTION_LINKS, broadcast_id, action_id);
        self.client
            .link_series(&BROADCAST_ACTION_LINKS, parts, (period, steps), unique)
    }
}
