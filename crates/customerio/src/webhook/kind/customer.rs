//! Changes of a person's subscription.

use super::metrics;

metrics! {
    /// A change of a person's subscription.
    ///
    /// The person is in [`Event::identifiers`](crate::webhook::Event::identifiers), and what
    /// caused the change, if a message did, in [`Event::origin`](crate::webhook::Event::origin).
    pub enum CustomerEvent {
        /// The person subscribed.
        "subscribed" => Subscribed shows () {
            /// The person's address.
            email_address: Option<String>,
        }
        /// The person unsubscribed from everything.
        "unsubscribed" => Unsubscribed shows () {
            /// The person's address.
            email_address: Option<String>,
        }
        /// The person chose other topics.
        "cio_subscription_preferences_changed" => PreferencesChanged shows () {
            /// The person's address.
            email_address: Option<String>,
            /// The choices that changed, as JSON text such as `{"topics":{"topic_1":true}}`, if the
            /// webhook is set to report content.
            content: Option<String>,
        }
    }
}
