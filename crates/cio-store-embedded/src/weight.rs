//! How much memory a call takes while it waits: what the queue is bounded by.

use cio_domain::Operation;
use cio_domain::attribute::Change;
use cio_domain::operation::Event;

/// What a call takes beside its texts, roughly.
const FIXED: usize = 256;

/// Bytes of a call's operations, roughly.
pub(crate) fn of(operations: &[Operation]) -> usize {
    operations.iter().map(of_one).sum::<usize>() + FIXED
}

fn of_one(operation: &Operation) -> usize {
    let texts = match operation {
        Operation::Identify(identify) => identify
            .attributes
            .iter()
            .map(|(name, change)| {
                let value = match change {
                    Change::Set(json) => json.len(),
                    Change::Remove => 0,
                };
                name.len() + value + size_of::<(String, Change)>()
            })
            .sum(),
        Operation::Track { event, .. } | Operation::TrackAnonymous { event, .. } => of_event(event),
        Operation::PutDevice { device, .. } => {
            device.token.len()
                + device
                    .attributes
                    .iter()
                    .map(|(name, value)| name.len() + value.len())
                    .sum::<usize>()
        }
        Operation::Deliver(delivery) => {
            let content = &delivery.content;
            content.body.len()
                + content.body_plain.as_ref().map_or(0, String::len)
                + content.body_amp.as_ref().map_or(0, String::len)
                + delivery.message_data.as_ref().map_or(0, String::len)
                + content
                    .attachments
                    .iter()
                    .map(|attachment| attachment.name.len() + attachment.base64.len())
                    .sum::<usize>()
        }
        Operation::Delete(_)
        | Operation::Suppress(_)
        | Operation::Unsuppress(_)
        | Operation::DeleteDevice { .. } => 0,
    };
    texts + FIXED
}

fn of_event(event: &Event) -> usize {
    event.name.len() + event.data.as_ref().map_or(0, String::len)
}
