//! What became of a WhatsApp message.

use super::metrics;

metrics! {
    /// What became of a WhatsApp message.
    pub enum WhatsAppEvent {
        /// It was made, and waits to be sent by hand.
        "drafted" => Drafted shows () {}
        /// It could not be sent and is tried again.
        "attempted" => Attempted shows () {
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
        /// It was handed to the provider.
        "sent" => Sent shows () {
            /// The number it went to.
            recipient: String,
            /// The content as it was sent, if the webhook is set to report it.
            content: Option<String>,
        }
        /// It arrived.
        "delivered" => Delivered shows () {
            /// The number it went to.
            recipient: String,
        }
        /// It was read.
        "opened" => Opened shows () {
            /// The number it went to.
            recipient: String,
        }
        /// A link in it was followed.
        "clicked" => Clicked shows (link_id) {
            /// The number it went to.
            recipient: String,
            /// The address the link leads to.
            href: String,
            /// The link, by its number.
            link_id: Option<u64>,
        }
        /// The person did what it was for.
        "converted" => Converted shows () {
            /// The number it went to.
            recipient: String,
        }
        /// The provider could not deliver it.
        "bounced" => Bounced shows () {
            /// The number it went to.
            recipient: String,
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
        /// It was not sent, because the person is suppressed.
        "dropped" => Dropped shows () {
            /// The number it went to.
            recipient: String,
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
        /// It could not be handed to the provider.
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
        /// The person replied, within 72 hours. Later replies, and those that belong to no
        /// message, are not reported.
        "replied" => Replied shows (inbound_event_id) {
            /// The id of the reply.
            inbound_event_id: String,
            /// The number the person replied to: the sender of the message.
            to: String,
            /// The number the reply came from.
            recipient: String,
        }
    }
}
