//! What happens in a campaign or broadcast: its messages, webhooks and so on.

use serde_json::Value;

use crate::app::lenient::answer;

answer! {
    /// An action of a campaign or broadcast: a message, a webhook and so on. Which fields
    /// are set depends on its kind.
    pub struct Action shows (id, kind, name, sending_state, language) {
        /// Its number, which the service writes as a text in places.
        pub id: u64,
        /// The campaign it belongs to.
        pub campaign_id: Option<u64>,
        /// The broadcast it belongs to.
        pub broadcast_id: Option<u64>,
        /// The action it is a part of, a random split for example.
        pub parent_action_id: Option<u64>,
        /// Its number and when it last changed.
        pub deduplicate_id: String,
        /// Its name.
        pub name: String,
        /// `type` on the wire: `email`, `push`, `in_app`, `twilio` (SMS), `whatsapp`,
        /// `slack`, `webhook` and so on.
        pub kind: String = "type",
        /// Whether it sends: `automatic`, `draft` or `off`.
        pub sending_state: Option<String>,
        /// Its language; empty for the default one.
        pub language: String,
        /// When it was made, in Unix seconds.
        pub created: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated: Option<i64>,
        /// The body.
        pub body: String,
        /// The AMP body, of an email.
        pub body_amp: Option<String>,
        /// What the body is put into.
        pub layout: Option<String>,
        /// Sender.
        pub from: Option<String>,
        /// Sender, by number.
        pub from_id: Option<u64>,
        /// Where replies go.
        pub reply_to: Option<String>,
        /// Where replies go, by number.
        pub reply_to_id: Option<u64>,
        /// What styles are moved into the elements with.
        pub preprocessor: Option<String>,
        /// The recipient, usually a variable.
        pub recipient: Option<String>,
        /// Subject.
        pub subject: Option<String>,
        /// Copies.
        pub cc: Option<String>,
        /// Blind copies.
        pub bcc: Option<String>,
        /// Whether blind copies are messages of their own.
        pub fake_bcc: bool,
        /// The line shown after the subject.
        pub preheader_text: Option<String>,
        /// Headers, of an email or webhook: a text that holds JSON, in places the JSON.
        pub headers: Value,
        /// Where it goes, of a webhook.
        pub url: Option<String>,
        /// How it goes there, of a webhook: `get`, `post`, `put`, `delete` or `patch`.
        pub method: Option<String>,
        /// The picture of an MMS.
        pub image_url: Option<String>,
    }
}

answer! {
    /// An action or a template in a list, without its content.
    pub struct ActionReference shows (id, kind) {
        /// Its number.
        pub id: u64,
        /// `type` on the wire: `email`, `push` and so on.
        pub kind: String = "type",
    }
}
