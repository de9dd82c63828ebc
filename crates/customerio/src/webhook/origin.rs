//! What made a message.

use serde_json::{Map, Value};

use super::field::field;

/// What made the message an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A campaign.
    #[non_exhaustive]
    Campaign {
        /// The campaign.
        campaign_id: Option<u64>,
        /// The action in it that made the message.
        action_id: Option<u64>,
        /// The action above that one, such as a random split.
        parent_action_id: Option<u64>,
        /// The person's way through the campaign.
        journey_id: Option<String>,
        /// The event that triggered the campaign.
        trigger_event_id: Option<String>,
    },
    /// An API-triggered broadcast.
    #[non_exhaustive]
    Broadcast {
        /// The broadcast.
        broadcast_id: Option<u64>,
        /// The trigger, as [`TriggeredBroadcast`](crate::TriggeredBroadcast) names it.
        trigger_id: Option<u64>,
        /// The action in it that made the message.
        action_id: Option<u64>,
        /// The action above that one, such as a random split.
        parent_action_id: Option<u64>,
        /// The person's way through the broadcast.
        journey_id: Option<String>,
    },
    /// A newsletter.
    #[non_exhaustive]
    Newsletter {
        /// The newsletter.
        newsletter_id: Option<u64>,
        /// Its variant.
        content_id: Option<u64>,
    },
    /// A transactional message: email and push only.
    #[non_exhaustive]
    Transactional {
        /// The template, by number or by name.
        transactional_message_id: Option<String>,
    },
}

impl Origin {
    /// The fields say it, and some may be `null`: what has a value counts first, then what
    /// is only there.
    pub(super) fn read(data: &Map<String, Value>) -> Option<Origin> {
        Origin::read_by(data, |value| !value.is_null()).or_else(|| Origin::read_by(data, |_| true))
    }

    fn read_by(data: &Map<String, Value>, counts: fn(&Value) -> bool) -> Option<Origin> {
        let has = |name| data.get(name).is_some_and(counts);
        if has("transactional_message_id") {
            return Some(Origin::Transactional {
                transactional_message_id: field(data, "transactional_message_id"),
            });
        }
        if has("newsletter_id") {
            return Some(Origin::Newsletter {
                newsletter_id: field(data, "newsletter_id"),
                content_id: field(data, "content_id"),
            });
        }
        if has("broadcast_id") || has("trigger_id") {
            return Some(Origin::Broadcast {
                broadcast_id: field(data, "broadcast_id"),
                trigger_id: field(data, "trigger_id"),
                action_id: field(data, "action_id"),
                parent_action_id: field(data, "parent_action_id"),
                journey_id: field(data, "journey_id"),
            });
        }
        if has("campaign_id") {
            return Some(Origin::Campaign {
                campaign_id: field(data, "campaign_id"),
                action_id: field(data, "action_id"),
                parent_action_id: field(data, "parent_action_id"),
                journey_id: field(data, "journey_id"),
                trigger_event_id: field(data, "trigger_event_id"),
            });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Origin;

    fn read(data: Value) -> Option<Origin> {
        Origin::read(data.as_object().unwrap())
    }

    #[test]
    fn a_null_id_still_says_what_it_was() {
        for (data, expected) in [
            (json!({"campaign_id": null}), "Campaign"),
            (json!({"broadcast_id": null}), "Broadcast"),
            (json!({"newsletter_id": null}), "Newsletter"),
            (json!({"transactional_message_id": null}), "Transactional"),
            (
                json!({"campaign_id": 7, "broadcast_id": null, "newsletter_id": null}),
                "Campaign",
            ),
            (
                json!({"campaign_id": null, "broadcast_id": null, "trigger_id": 3}),
                "Broadcast",
            ),
        ] {
            let origin = format!("{:?}", read(data.clone()).unwrap());
            assert!(origin.starts_with(expected), "{data}: {origin}");
        }
        assert_eq!(read(json!({"delivery_id": "d"})), None);
    }

    #[test]
    fn a_transactional_message_is_named_by_number_or_text() {
        for value in [json!(7), json!("7")] {
            assert_eq!(
                read(json!({"transactional_message_id": value})),
                Some(Origin::Transactional {
                    transactional_message_id: Some("7".to_owned())
                })
            );
        }
    }
}
