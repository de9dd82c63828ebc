//! How much memory a call takes while it waits: what the queue is bounded by.

mod content;
mod triggers;

pub(crate) use content::of_content;
pub(crate) use triggers::{of_recipients, of_step, of_trigger};

use std::collections::BTreeMap;

use cio_domain::Operation;
use cio_domain::attribute::Change;
use cio_domain::delivery::NewDelivery;
use cio_domain::operation::{Event, Identify, Relate, RelatePerson};
use cio_wire::Identifier;

/// What a call takes beside its texts, roughly.
const FIXED: usize = 256;

/// Bytes of a call's operations, roughly.
pub(crate) fn of(operations: &[Operation]) -> usize {
    operations.iter().map(of_one).sum::<usize>() + FIXED
}

fn of_one(operation: &Operation) -> usize {
    let texts = match operation {
        Operation::Identify(identify) => of_identify(identify),
        Operation::SubmitForm { form_id, identify } => {
            form_id.len() + identify.as_ref().map_or(0, of_identify)
        }
        Operation::Track { event, .. } | Operation::TrackAnonymous { event, .. } => of_event(event),
        Operation::PutDevice { device, .. } => device.token.len() + of_texts(&device.attributes),
        Operation::NoteDevice { token, .. } => token.len(),
        Operation::Relate { relationships, .. } => relationships.iter().map(of_relate).sum(),
        Operation::IdentifyObject(object) => {
            of_changes(&object.attributes) + of_people(&object.people)
        }
        Operation::RelateObject { people, .. } => of_people(people),
        Operation::SetMembers { people, .. } => people
            .iter()
            .map(|person| person.value().len() + size_of::<Identifier>())
            .sum(),
        Operation::Report(report) => [&report.recipient, &report.reason, &report.href]
            .into_iter()
            .flatten()
            .map(String::len)
            .sum(),
        Operation::Look(look) => look.href.as_ref().map_or(0, String::len),
        Operation::Refused { reason, .. } => reason.len(),
        Operation::Deliver(delivery) => of_delivery(delivery),
        Operation::MarkInApp { delivery_id, .. } => delivery_id.len(),
        Operation::ReleaseDraft { delivery_id } => delivery_id.len(),
        Operation::Delete(_)
        | Operation::Suppress(_)
        | Operation::Unsuppress(_)
        | Operation::Merge { .. }
        | Operation::DeleteDevice { .. }
        | Operation::DeleteObject(_)
        | Operation::Unsubscribe { .. } => 0,
    };
    texts + FIXED
}

fn of_delivery(delivery: &NewDelivery) -> usize {
    delivery.content.size() + delivery.message_data.as_ref().map_or(0, String::len)
}

fn of_identify(identify: &Identify) -> usize {
    of_changes(&identify.attributes) + identify.relationships.iter().map(of_relate).sum::<usize>()
}

fn of_changes(changes: &[(String, Change)]) -> usize {
    let one = |(name, change): &(String, Change)| {
        let value = match change {
            Change::Set(json) => json.len(),
            Change::Remove => 0,
        };
        name.len() + value + size_of::<(String, Change)>()
    };
    changes.iter().map(one).sum()
}

fn of_relate(relate: &Relate) -> usize {
    let attributes = match relate {
        Relate::Add { attributes, .. } => of_changes(attributes),
        Relate::Delete(_) => 0,
    };
    attributes + size_of::<Relate>()
}

fn of_people(people: &[RelatePerson]) -> usize {
    let one = |relate: &RelatePerson| {
        let attributes = match relate {
            RelatePerson::Add { attributes, .. } => of_changes(attributes),
            RelatePerson::Delete(_) => 0,
        };
        attributes + size_of::<RelatePerson>()
    };
    people.iter().map(one).sum()
}

fn of_texts(texts: &BTreeMap<String, String>) -> usize {
    texts
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum()
}

fn of_event(event: &Event) -> usize {
    event.name.len() + event.data.as_ref().map_or(0, String::len)
}
