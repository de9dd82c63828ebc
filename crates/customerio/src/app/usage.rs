//! Who uses a segment or a sender.

use super::lenient::answer;

answer! {
    /// The campaigns and newsletters that use something, by their numbers.
    pub struct Usage shows (campaigns, sent_newsletters, draft_newsletters) {
        /// Campaigns.
        pub campaigns: Vec<u64>,
        /// Newsletters that were sent.
        pub sent_newsletters: Vec<u64>,
        /// Newsletters that were not sent yet.
        pub draft_newsletters: Vec<u64>,
    }
}
