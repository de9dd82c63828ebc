//! Transactional messages, of all six channels.

mod attachments;
mod email;
mod fields;
mod in_app;
mod inbox_message;
mod push;
mod sms;
mod template_id;
mod whatsapp;

use bytes::Bytes;
use serde::Deserialize;

pub use email::SendEmail;
pub use in_app::SendInApp;
pub use inbox_message::SendInboxMessage;
pub use push::{PushTarget, SendPush};
pub use sms::SendSms;
pub use template_id::TemplateId;
pub use whatsapp::SendWhatsApp;

use super::ApiClient;
use crate::operations::{
    Operation, SEND_EMAIL, SEND_IN_APP, SEND_INBOX_MESSAGE, SEND_PUSH, SEND_SMS, SEND_WHATSAPP,
};
use crate::request::{Parts, whole};
use crate::{Error, Request};

/// What the service answers to a send.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SentMessage {
    /// Names the delivery, to ask for it later: [`Messages::get`](super::Messages::get).
    pub delivery_id: String,
    /// When it was accepted, in Unix seconds.
    pub queued_at: Option<i64>,
    /// When it will be sent, in Unix seconds, if it was asked to wait.
    pub send_at: Option<i64>,
}

impl ApiClient {
    /// Sends a transactional email: `POST /v1/send/email`.
    ///
    /// A success means queued. What happens later shows on the delivery: see
    /// [`Messages::get`](super::Messages::get).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for more than 15 addresses, more than 2 MB of attachments,
    /// two of one name, or a blank required field; [`Error::Rejected`] if the service
    /// refuses it, an unknown template for example; [`Error::Forbidden`] for a file type
    /// or feature that is not allowed; and the failures of any call.
    pub fn send_email(&self, email: &SendEmail) -> Request<SentMessage> {
        self.send(&SEND_EMAIL, email.body())
    }

    /// Sends a transactional push message: `POST /v1/send/push`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank required field, [`Error::Rejected`] if the
    /// service refuses it, [`Error::Forbidden`] for a workspace without push, and the
    /// failures of any call.
    pub fn send_push(&self, push: &SendPush) -> Request<SentMessage> {
        self.send(&SEND_PUSH, push.body())
    }

    /// Sends a transactional SMS: `POST /v1/send/sms`.
    ///
    /// # Errors
    ///
    /// Those of [`send_push`](ApiClient::send_push).
    pub fn send_sms(&self, sms: &SendSms) -> Request<SentMessage> {
        self.send(&SEND_SMS, sms.body())
    }

    /// Sends a transactional WhatsApp message: `POST /v1/send/whatsapp`.
    ///
    /// # Errors
    ///
    /// Those of [`send_push`](ApiClient::send_push).
    pub fn send_whatsapp(&self, message: &SendWhatsApp) -> Request<SentMessage> {
        self.send(&SEND_WHATSAPP, message.body())
    }

    /// Shows a transactional message in an app: `POST /v1/send/in_app`.
    ///
    /// # Errors
    ///
    /// Those of [`send_push`](ApiClient::send_push).
    pub fn send_in_app(&self, message: &SendInApp) -> Request<SentMessage> {
        self.send(&SEND_IN_APP, message.body())
    }

    /// Puts a transactional message into a person's inbox: `POST /v1/send/inbox_message`.
    ///
    /// # Errors
    ///
    /// Those of [`send_push`](ApiClient::send_push).
    pub fn send_inbox_message(&self, message: &SendInboxMessage) -> Request<SentMessage> {
        self.send(&SEND_INBOX_MESSAGE, message.body())
    }

    fn send(
        &self,
        operation: &'static Operation,
        body: Result<Bytes, Error>,
    ) -> Request<SentMessage> {
        let parts = Parts::new(operation, []).and_then(|parts| Ok(parts.body(body?)));
        self.ask(operation, parts, whole)
    }
}
