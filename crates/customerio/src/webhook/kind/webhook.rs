//! What became of a webhook that a campaign calls.

use super::metrics;

metrics! {
    /// What became of a webhook that a campaign calls.
    pub enum WebhookEvent {
        /// It was made, and waits to be sent by hand.
        "drafted" => Drafted shows () {}
        /// It could not be sent and is tried again.
        "attempted" => Attempted shows () {
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
        /// It was sent.
        "sent" => Sent shows () {
            /// The URL it went to.
            recipient: String,
            /// What was sent, as text, if the webhook is set to report it.
            content: Option<String>,
        }
        /// A link in it was followed.
        "clicked" => Clicked shows (link_id) {
            /// The URL it went to.
            recipient: String,
            /// The address the link leads to.
            href: String,
            /// The link, by its number.
            link_id: Option<u64>,
        }
        /// It could not be sent.
        "failed" => Failed shows () {
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
        /// It was held back: a message limit was reached, its newsletter was cancelled or
        /// deleted, or sending is turned off.
        "undeliverable" => Undeliverable shows () {
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
    }
}
