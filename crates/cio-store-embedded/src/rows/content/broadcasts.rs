//! Rows of broadcasts.

use std::collections::BTreeSet;

use cio_domain::UnixMillis;
use cio_domain::condition::{Condition, Grammar};
use cio_domain::content::broadcast::{
    Action, ActionDetails, ActionId, Broadcast, BroadcastDetails, BroadcastId, SendingState,
};
use cio_domain::content::topic::TopicId;
use cio_domain::content::usage::Usage;
use cio_store::StoreError;
use serde::{Deserialize, Serialize};

use super::messages::{UsageRow, VariantRow, channel, corrupt, infos, named, topic_usage, usages};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ActionRow {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) channel: String,
    link_tracking: bool,
    open_tracking: bool,
    send_to_unsubscribed: bool,
    topic: Option<u32>,
    sending_state: String,
    pub(crate) variants: Vec<VariantRow>,
    pub(crate) created_at: UnixMillis,
    pub(crate) updated_at: UnixMillis,
}

impl ActionRow {
    /// One that was created and changed then.
    pub(crate) fn new(
        id: u32,
        details: ActionDetails,
        variants: Vec<VariantRow>,
        at: UnixMillis,
    ) -> ActionRow {
        ActionRow {
            id,
            name: details.name,
            channel: details.channel.name().to_owned(),
            link_tracking: details.link_tracking,
            open_tracking: details.open_tracking,
            send_to_unsubscribed: details.send_to_unsubscribed,
            topic: details.topic.map(|topic| topic.0),
            sending_state: details.sending_state.as_str().to_owned(),
            variants,
            created_at: at,
            updated_at: at,
        }
    }

    /// The same in place of another: created when that was, and changed then only if it is
    /// another.
    pub(crate) fn in_place_of(self, old: &ActionRow) -> ActionRow {
        let changed_at = self.updated_at;
        let same = ActionRow {
            created_at: old.created_at,
            updated_at: old.updated_at,
            ..self
        };
        match same == *old {
            true => same,
            false => ActionRow {
                updated_at: changed_at,
                ..same
            },
        }
    }

    pub(crate) fn set_sending_state(&mut self, state: SendingState) {
        self.sending_state = state.as_str().to_owned();
    }

    fn into_action(self) -> Result<Action, StoreError> {
        let state = SendingState::read(&self.sending_state)
            .ok_or_else(|| corrupt(format!("a sending state {:?}", self.sending_state)))?;
        Ok(Action {
            id: ActionId(self.id),
            variants: infos(&self.variants),
            details: ActionDetails {
                channel: channel(&self.channel)?,
                name: self.name,
                link_tracking: self.link_tracking,
                open_tracking: self.open_tracking,
                send_to_unsubscribed: self.send_to_unsubscribed,
                topic: self.topic.map(TopicId),
                sending_state: state,
            },
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BroadcastRow {
    pub(crate) name: String,
    description: String,
    active: bool,
    tags: Vec<String>,
    /// As JSON.
    audience: Option<String>,
    pub(crate) actions: Vec<ActionRow>,
    pub(crate) created_at: UnixMillis,
    pub(crate) updated_at: UnixMillis,
    pub(crate) first_started_at: Option<UnixMillis>,
}

impl BroadcastRow {
    /// One that was created and changed then.
    pub(crate) fn new(
        details: BroadcastDetails,
        actions: Vec<ActionRow>,
        at: UnixMillis,
    ) -> BroadcastRow {
        let audience = details.audience.as_ref().map(Condition::to_json);
        BroadcastRow {
            name: details.name,
            description: details.description,
            active: details.active,
            tags: details.tags,
            audience: audience.map(|json| json.to_string()),
            actions,
            created_at: at,
            updated_at: at,
            first_started_at: None,
        }
    }

    /// The same in place of another: created when that was, and changed then only if it is
    /// another.
    pub(crate) fn in_place_of(self, old: &BroadcastRow) -> BroadcastRow {
        let changed_at = self.updated_at;
        let same = BroadcastRow {
            created_at: old.created_at,
            updated_at: old.updated_at,
            first_started_at: old.first_started_at,
            ..self
        };
        match same == *old {
            true => same,
            false => BroadcastRow {
                updated_at: changed_at,
                ..same
            },
        }
    }

    /// Whom it is for if the trigger says nothing.
    pub(crate) fn audience(&self) -> Result<Option<Condition>, StoreError> {
        let Some(text) = &self.audience else {
            return Ok(None);
        };
        let json = serde_json::from_str(text).map_err(|error| corrupt(error.to_string()))?;
        Condition::from_json(&json, "audience", Grammar::Definition)
            .map(Some)
            .map_err(|error| corrupt(error.to_string()))
    }

    /// All it names.
    pub(crate) fn usages(&self) -> Result<BTreeSet<UsageRow>, StoreError> {
        let audience = self.audience()?;
        let segments = audience.map(|it| it.segments()).unwrap_or_default();
        let mut all = usages(segments.into_iter().map(Usage::Segment));
        for action in &self.actions {
            all.extend(named(&action.variants).chain(topic_usage(action.topic)));
        }
        Ok(all)
    }

    pub(crate) fn into_broadcast(self, id: BroadcastId) -> Result<Broadcast, StoreError> {
        let actions = self.actions.clone().into_iter();
        let actions: Result<Vec<Action>, StoreError> =
            actions.map(ActionRow::into_action).collect();
        Ok(Broadcast {
            id,
            actions: actions?,
            details: BroadcastDetails {
                audience: self.audience()?,
                name: self.name,
                description: self.description,
                active: self.active,
                tags: self.tags,
            },
            created_at: self.created_at,
            updated_at: self.updated_at,
            first_started_at: self.first_started_at,
        })
    }
}
