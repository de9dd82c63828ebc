//! What became of an in-app message.

use super::metrics;

metrics! {
    /// What became of an in-app message.
    pub enum InAppEvent {
        /// It was made, and waits to be sent by hand.
        "drafted" => Drafted shows () {}
        /// It could not be sent and is tried again.
        "attempted" => Attempted shows () {
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
        /// It waits for the person to open the app, which can take a while.
        "sent" => Sent shows () {
            /// The id or the address of the person it is for.
            recipient: String,
            /// The content as it was sent, if the webhook is set to report it.
            content: Option<String>,
        }
        /// It was seen.
        "opened" => Opened shows () {}
        /// Something in it was tapped.
        "clicked" => Clicked shows (link_id) {
            /// The id or the address of the person it is for.
            recipient: String,
            /// The address the link leads to.
            href: String,
            /// The link, by its number.
            link_id: Option<u64>,
            /// The name of the action that was tapped.
            tracked_response: Option<String>,
        }
        /// The person did what it was for.
        "converted" => Converted shows () {
            /// The id or the address of the person it is for.
            recipient: String,
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
