//! Messages that were sent, of every channel.

use super::{ApiClient, ArchivedMessage, Message};
use crate::operations::{ARCHIVED_MESSAGE, GET_MESSAGE};
use crate::request::{Parts, field};
use crate::{Request, person};

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
