//! Messages after they were sent: deliveries, in the words of the service.

use std::collections::BTreeMap;

use serde_json::Value;

use super::CustomerIdentifiers;
use super::lenient::answer;

answer! {
    /// What became of a message.
    pub struct Message shows (id, kind, metrics) {
        /// The delivery id.
        pub id: String,
        /// The delivery id and when it last changed.
        pub deduplicate_id: String,
        /// The channel, `type` on the wire: `email`, `push`, `in_app`, `webhook`,
        /// `whatsapp`, `twilio` (SMS) and more.
        pub kind: String = "type",
        /// When it was created, in Unix seconds.
        pub created: Option<i64>,
        /// The id of the person it went to.
        pub customer_id: Option<String>,
        /// The person it went to.
        pub customer_identifiers: Option<CustomerIdentifiers>,
        /// Address, number or device it went to.
        pub recipient: Option<String>,
        /// Subject, of an email.
        pub subject: Option<String>,
        /// The campaign it belongs to.
        pub campaign_id: Option<u64>,
        /// The newsletter it belongs to.
        pub newsletter_id: Option<u64>,
        /// The broadcast it belongs to.
        pub broadcast_id: Option<u64>,
        /// The action of the campaign or broadcast that made it.
        pub action_id: Option<u64>,
        /// The variant of the newsletter.
        pub content_id: Option<u64>,
        /// The event that triggered it.
        pub trigger_event_id: Option<String>,
        /// The action that this one is a variant of.
        pub parent_action_id: Option<u64>,
        /// The template it was made from, by the name in the reference:
        /// [`template_id`](Message::template_id) knows the live ones too.
        pub message_template_id: Option<u64>,
        /// The template it was made from, by a name that is live.
        pub msg_template_id: Option<u64>,
        /// The transactional template it was made from, by a name that is live.
        pub transactional_message_id: Option<u64>,
        /// Why it failed, if it did.
        pub failure_message: Option<String>,
        /// Whether its content was not kept.
        pub forgotten: bool,
        /// What happened and when, in Unix seconds: `created`, `sent`, `delivered`,
        /// `opened`, `bounced` and so on, only what did happen.
        pub metrics: BTreeMap<String, i64>,
        /// What people answered in an in-app message, if it was asked for.
        pub tracked_responses: Value,
    }
}

impl Message {
    /// The template it was made from, under whichever name the service gives it.
    pub fn template_id(&self) -> Option<u64> {
        self.transactional_message_id
            .or(self.message_template_id)
            .or(self.msg_template_id)
    }

    /// When a metric was recorded, in Unix seconds; `None` if it was not.
    pub fn metric(&self, name: &str) -> Option<i64> {
        self.metrics.get(name).copied()
    }
}

answer! {
    /// A message as it was sent.
    pub struct ArchivedMessage shows (id) {
        /// The delivery id.
        pub id: String,
        /// Sender.
        pub from: Option<String>,
        /// Where replies go.
        pub reply_to: Option<String>,
        /// Address, number or device it went to.
        pub recipient: Option<String>,
        /// Subject, of an email.
        pub subject: Option<String>,
        /// Copies.
        pub cc: Option<String>,
        /// Blind copies.
        pub bcc: Option<String>,
        /// Whether blind copies were messages of their own.
        pub fake_bcc: bool,
        /// The line shown after the subject.
        pub preheader_text: Option<String>,
        /// The rendered content; HTML for an email.
        pub body: String,
        /// Headers: live, a text that holds JSON.
        pub headers: Value,
        /// Where it went, of a webhook.
        pub url: Option<String>,
        /// How it went there, of a webhook.
        pub request_method: Option<String>,
        /// Whether the content was not kept.
        pub forgotten: bool,
    }
}
