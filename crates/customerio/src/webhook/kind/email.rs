//! What became of an email.

use std::collections::BTreeMap;

use super::metrics;

metrics! {
    /// What became of an email.
    pub enum EmailEvent {
        /// It was made, and waits to be sent by hand.
        "drafted" => Drafted shows () {
            /// The address it is for.
            recipient: String,
            /// The subject.
            subject: String,
        }
        /// It could not be sent and is tried again.
        "attempted" => Attempted shows () {
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
        /// It was handed to the provider.
        "sent" => Sent shows () {
            /// The address it went to.
            recipient: String,
            /// The subject.
            subject: String,
            /// The content as it was sent, if the webhook is set to report it.
            content: Option<String>,
            /// Headers of its own, if the webhook is set to report content.
            headers: BTreeMap<String, Vec<String>>,
        }
        /// The server of the recipient took it.
        "delivered" => Delivered shows () {
            /// The address it went to.
            recipient: String,
            /// The subject.
            subject: String,
        }
        /// It was opened, by whomever: look at the flags.
        "opened" => Opened shows (proxied, prefetched, synthetic) {
            /// The address it went to.
            recipient: String,
            /// The subject.
            subject: Option<String>,
            /// Whether a proxy fetched it, to hide the reader.
            proxied: bool,
            /// Whether a machine opened it, such as Apple's privacy protection.
            prefetched: bool,
            /// Whether the opening was inferred from a click.
            synthetic: bool,
        }
        /// A link in it was clicked.
        "clicked" => Clicked shows (link_id, machine) {
            /// The address it went to.
            recipient: String,
            /// The subject.
            subject: String,
            /// The address the link leads to.
            href: String,
            /// The link, by its number.
            link_id: Option<u64>,
            /// Whether a machine clicked.
            machine: bool,
        }
        /// The person did what it was for.
        "converted" => Converted shows () {
            /// The address it went to.
            recipient: String,
            /// The subject.
            subject: String,
        }
        /// The person unsubscribed by it. That the person's subscription changed is reported as
        /// [`CustomerEvent::Unsubscribed`](super::CustomerEvent::Unsubscribed).
        "unsubscribed" => Unsubscribed shows () {
            /// The address it went to.
            recipient: String,
            /// The subject.
            subject: String,
        }
        /// The provider could not deliver it.
        "bounced" => Bounced shows () {
            /// The address it went to.
            recipient: String,
            /// The subject.
            subject: String,
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
        /// It was not sent, because the person is suppressed.
        "dropped" => Dropped shows () {
            /// The address it went to.
            recipient: String,
            /// The subject.
            subject: String,
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
        /// The recipient called it spam.
        "spammed" => Spammed shows () {
            /// The address it went to.
            recipient: String,
            /// The subject.
            subject: String,
        }
        /// It could not be handed to the provider.
        "failed" => Failed shows () {
            /// The address it went to.
            recipient: String,
            /// The subject.
            subject: String,
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
        /// It was held back: a message limit was reached, its newsletter was cancelled or
        /// deleted, or sending is turned off.
        "undeliverable" => Undeliverable shows () {
            /// The address it went to.
            recipient: String,
            /// The subject.
            subject: String,
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
    }
}
