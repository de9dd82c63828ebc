//! The messages of a trigger to one of its people.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use cio_domain::delivery::{NewDelivery, Origin};
use cio_domain::message::Content;
use cio_domain::trigger::{Recipient, TriggerId, TriggeredAction};
use cio_domain::{PersonId, WorkspaceId};
use cio_wire::Identifier;

use crate::credentials::Hasher;

/// Most messages of a part. It bounds what one commit makes everyone wait for.
const PART_MESSAGES: usize = 500;

/// Makes the ids of messages: of the same action and trigger to the same person it is always
/// the same one, by which the store knows that they have it. Nobody else can tell it.
pub(crate) struct DeliveryIds(Hasher);

impl DeliveryIds {
    pub(crate) fn new(hasher: Hasher) -> DeliveryIds {
        DeliveryIds(hasher)
    }

    fn id(
        &self,
        workspace: WorkspaceId,
        trigger: TriggerId,
        action: u64,
        person: PersonId,
    ) -> String {
        let workspace = workspace.0.to_be_bytes();
        let numbers = [trigger.broadcast, trigger.number, action, person.0];
        let numbers = numbers.map(u64::to_be_bytes);
        let hash = self
            .0
            .broadcast_delivery(&[&workspace[..], numbers.as_flattened()].concat());
        URL_SAFE.encode(&hash.0[..15])
    }
}

/// What a trigger sends to each of its people.
pub(super) struct Messages<'a> {
    pub(super) ids: &'a DeliveryIds,
    pub(super) workspace: WorkspaceId,
    pub(super) trigger: TriggerId,
    pub(super) actions: Vec<TriggeredAction>,
}

/// So many people get their messages in one part.
pub(crate) fn people_of_part(actions: usize) -> usize {
    (PART_MESSAGES / actions.max(1)).max(1)
}

impl Messages<'_> {
    /// Their messages, in the order of the actions.
    pub(super) fn to(&self, recipient: &Recipient) -> Vec<NewDelivery> {
        self.actions
            .iter()
            .map(|action| self.one(action, recipient))
            .collect()
    }

    fn one(&self, action: &TriggeredAction, recipient: &Recipient) -> NewDelivery {
        let Recipient { person, data } = recipient;
        let id = self
            .ids
            .id(self.workspace, self.trigger, action.id, *person);
        NewDelivery {
            person: Some(Identifier::CioId(person.to_string())),
            origin: Origin::Broadcast {
                broadcast: self.trigger.broadcast,
                action: action.id,
                trigger: self.trigger.number,
            },
            message_data: data.clone(),
            draft: action.draft,
            send_to_unsubscribed: action.send_to_unsubscribed,
            tracking: action.tracking,
            ..NewDelivery::new(id, Content::empty(action.channel))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_id_is_that_of_one_message_of_one_store() {
        let ids = DeliveryIds::new(Hasher::new([7; 32]));
        let id = |workspace, broadcast, number, action, person| {
            let trigger = TriggerId { broadcast, number };
            ids.id(WorkspaceId(workspace), trigger, action, PersonId(person))
        };
        let first = id(1, 2, 3, 4, 5);
        assert_eq!(first, id(1, 2, 3, 4, 5));
        assert_eq!(first.len(), 20);
        let others = [
            id(2, 2, 3, 4, 5),
            id(1, 3, 3, 4, 5),
            id(1, 2, 4, 4, 5),
            id(1, 2, 3, 5, 5),
            id(1, 2, 3, 4, 6),
            id(1, 3, 2, 4, 5),
        ];
        let unique: HashSet<&String> = others.iter().chain([&first]).collect();
        assert_eq!(unique.len(), 7);
        let elsewhere = DeliveryIds::new(Hasher::new([8; 32]));
        let trigger = TriggerId {
            broadcast: 2,
            number: 3,
        };
        let other = elsewhere.id(WorkspaceId(1), trigger, 4, PersonId(5));
        assert_ne!(other, first);
    }

    #[test]
    fn a_part_has_somebody_whatever_is_sent_to_them() {
        for (actions, people) in [(0, 500), (1, 500), (20, 25), (9_999, 1)] {
            assert_eq!(people_of_part(actions), people);
        }
    }
}
