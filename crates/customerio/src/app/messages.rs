//! Messages that were sent, of every channel.

use super::{ApiClient, ArchivedMessage, Message};
use crate::operations::{ARCHIVED_MESSAGE, GET_MESSAGE, LIST_MESSAGES};
use crate::request::{Parts, field, page};
use crate::{PageRequest, Request, Timestamp, person};

/// Messages that were sent, from [`ApiClient::messages`].
#[derive(Debug, Clone, Copy)]
pub struct Messages<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Messages that were sent, of every channel.
    pub const fn messages(&self) -> Messages<'_> {
        Messages { client: self }
    }
}

impl Messages<'_> {
    /// Messages of the last 6 months, newest first, in pages of 50, up to 1000:
    /// `GET /v1/messages`. Takes every filter of `PageRequest<Message>` but
    /// [`state`](PageRequest::state).
    ///
    /// ```no_run
    /// # async fn example(api: customerio::ApiClient) -> Result<(), customerio::Error> {
    /// let mut bounced = api.messages().list().channel("email").metric("bounced").stream();
    /// while let Some(message) = bounced.next().await {
    ///     println!("{}", message?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`](crate::Error::Rejected) for a filter the service does not
    /// know, and the failures of any call.
    pub fn list(&self) -> PageRequest<Message> {
        let parts = Parts::new(&LIST_MESSAGES, []);
        self.client
            .list(&LIST_MESSAGES, parts, |body| page(body, "messages"))
    }

    /// What became of a message: `GET /v1/messages/{message_id}`. The id is the
    /// [`delivery_id`](super::SentMessage::delivery_id) of a send.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown message, which it may
    /// be for a moment after sending, and the failures of any call.
    pub fn get(&self, delivery_id: impl Into<String>) -> Request<Message> {
        let segment = person::segment("message id", &delivery_id.into());
        let parts = Parts::new(&GET_MESSAGE, [segment]);
        self.client
            .ask(&GET_MESSAGE, parts, |body| field(&body, "message"))
    }

    /// The same, with what the person answered in an in-app message:
    /// [`Message::tracked_responses`].
    ///
    /// # Errors
    ///
    /// The same.
    pub fn get_with_tracked_responses(&self, delivery_id: impl Into<String>) -> Request<Message> {
        let segment = person::segment("message id", &delivery_id.into());
        let parts = Parts::new(&GET_MESSAGE, [segment])
            .map(|parts| parts.query("get_tracked_responses", true));
        self.client
            .ask(&GET_MESSAGE, parts, |body| field(&body, "message"))
    }

    /// A message as it was sent: `GET /v1/messages/{message_id}/archived_message`. The
    /// service answers this 100 times a day.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown message,
    /// [`Error::RateLimited`](crate::Error::RateLimited) when the day's share is used up,
    /// and the failures of any call.
    pub fn archived(&self, delivery_id: impl Into<String>) -> Request<ArchivedMessage> {
        let segment = person::segment("message id", &delivery_id.into());
        let parts = Parts::new(&ARCHIVED_MESSAGE, [segment]);
        self.client.ask(&ARCHIVED_MESSAGE, parts, |body| {
            field(&body, "archived_message")
        })
    }
}

/// What lists of messages can be narrowed by. Each list says which of these it takes.
impl PageRequest<Message> {
    /// Only those of a channel, as in [`Message::kind`]; SMS is `twilio`.
    pub fn channel(self, channel: impl Into<String>) -> Self {
        self.query("type", channel.into())
    }

    /// Only those with this metric recorded: `sent`, `delivered`, `opened`, `clicked`,
    /// `converted`, `bounced`, `spammed`, `unsubscribed`, `dropped`, `failed`,
    /// `undeliverable`, `attempted`.
    pub fn metric(self, metric: impl Into<String>) -> Self {
        self.query("metric", metric.into())
    }

    /// Only those in this state: `failed`, `sent`, `drafted`, `attempted`.
    pub fn state(self, state: impl Into<String>) -> Self {
        self.query("state", state.into())
    }

    /// Only those created then or later, in Unix seconds or as a `SystemTime`. At most 6
    /// months before [`until`](PageRequest::until): a longer time is cut by the service.
    pub fn since(self, time: impl Into<Timestamp>) -> Self {
        self.time("start_ts", time.into())
    }

    /// Only those created then or earlier.
    pub fn until(self, time: impl Into<Timestamp>) -> Self {
        self.time("end_ts", time.into())
    }

    /// Drafts, instead of what was sent.
    pub fn drafts(self, drafts: bool) -> Self {
        self.query("drafts", drafts)
    }

    /// Only those of a campaign.
    pub fn campaign(self, campaign_id: u64) -> Self {
        self.query("campaign_id", campaign_id)
    }

    /// Only those of a newsletter.
    pub fn newsletter(self, newsletter_id: u64) -> Self {
        self.query("newsletter_id", newsletter_id)
    }

    /// Only those of an action of a campaign or broadcast.
    pub fn action(self, action_id: u64) -> Self {
        self.query("action_id", action_id)
    }

    /// With what people answered in in-app messages: [`Message::tracked_responses`].
    pub fn with_tracked_responses(self, with: bool) -> Self {
        self.query("get_tracked_responses", with)
    }
}
