//! A workspace as lists that are searched from the start: slow, obvious, and independent
//! of how the store does it.

mod conditions;
mod deliveries;
mod events;
mod identify;
mod names;
mod objects;
mod people;
mod segments;
mod series;

use std::collections::{BTreeMap, BTreeSet};

use cio_domain::attribute::Change;
use cio_domain::delivery::Delivery;
use cio_domain::form::Form;
use cio_domain::person::Attribute;
use cio_domain::{Ignored, Operation, Outcome, Person, UnixMillis, UnixSeconds};

pub(crate) use events::Entry;
pub(crate) use objects::Thing;
pub(crate) use segments::Group;

use events::Visitor;
use names::Name;

type Attributes = BTreeMap<String, Attribute>;

/// Whoever and whatever was removed is `None`, so that numbers stay.
#[derive(Default)]
pub(crate) struct Model {
    /// When the operation at hand was received.
    at: UnixMillis,
    people: Vec<Option<Somebody>>,
    /// Names that are blocked together.
    blocks: Vec<BTreeSet<Name>>,
    visitors: BTreeMap<String, Visitor>,
    /// When an event id was seen last.
    seen: BTreeMap<String, UnixMillis>,
    /// Entries of logs there ever were.
    entries: usize,
    objects: Vec<Option<Thing>>,
    types: BTreeSet<u32>,
    /// Who is related to what.
    related: BTreeMap<(usize, usize), Attributes>,
    /// Which visitor will be.
    waiting: BTreeMap<(String, usize), Attributes>,
    segments: Vec<Option<Group>>,
    deliveries: BTreeMap<String, Delivery>,
    /// Deliveries that are to be sent.
    jobs: BTreeSet<String>,
    /// Ids of those that are held.
    drafts: BTreeSet<String>,
    forms: BTreeMap<String, Form>,
    clicks: Vec<Click>,
}

/// A link of a delivery that was followed, and whether by a machine, if that was said.
struct Click {
    delivery_id: String,
    href: String,
    by_machine: Option<bool>,
}

struct Somebody {
    person: Person,
    log: Vec<Entry>,
}

impl Model {
    pub(crate) fn apply(&mut self, at: UnixMillis, operation: &Operation) -> Outcome {
        self.at = at;
        match self.try_apply(operation) {
            Ok(()) => Outcome::Applied,
            Err(reason) => Outcome::Ignored(reason),
        }
    }

    /// Nothing happens until then.
    pub(crate) fn wait_until(&mut self, at: UnixMillis) {
        self.at = at;
    }

    fn now(&self) -> UnixSeconds {
        i64::try_from(self.at / 1_000).unwrap()
    }

    fn try_apply(&mut self, operation: &Operation) -> Result<(), Ignored> {
        match operation {
            Operation::Identify(identify) => self.identify(identify),
            Operation::Delete(person) => self.delete(person),
            Operation::Suppress(person) => self.suppress(person),
            Operation::Unsuppress(person) => self.unsuppress(person),
            Operation::Merge { primary, secondary } => self.merge(primary, secondary),
            Operation::Track { person, event } => self.track(person, event),
            Operation::TrackAnonymous {
                anonymous_id,
                event,
            } => self.track_anonymous(anonymous_id.as_deref(), event),
            Operation::PutDevice { person, device } => self.put_device(person, device),
            Operation::DeleteDevice { person, token } => self.delete_device(person, token),
            Operation::NoteDevice {
                person,
                token,
                status,
            } => self.note_device(person, token, *status),
            Operation::Relate {
                person,
                relationships,
            } => self.relate_person(person, relationships),
            Operation::IdentifyObject(identify) => self.identify_object(identify),
            Operation::RelateObject { object, people } => self.relate_object(object, people),
            Operation::DeleteObject(object) => self.delete_object(object),
            Operation::SetMembers {
                segment,
                people,
                member,
            } => self.set_members(*segment, people, *member),
            Operation::Report(report) => self.report(report),
            Operation::Look(look) => self.look(look),
            Operation::Unsubscribe {
                delivery_id,
                unsubscribed,
            } => self.unsubscribe(delivery_id, *unsubscribed),
            Operation::SubmitForm { form_id, identify } => {
                self.register(form_id);
                identify.as_ref().map_or(Ok(()), |it| self.identify(it))
            }
            // Only said in the log, where no more than events is compared.
            Operation::Refused { .. } => Ok(()),
            Operation::Deliver(delivery) => self.deliver(delivery),
            // Nothing is sent here, so nothing waits.
            Operation::MarkInApp { .. } => Err(Ignored::UnknownDelivery),
            Operation::ReleaseDraft { delivery_id } => self.release(delivery_id),
        }
    }

    fn register(&mut self, id: &str) {
        let form = self.forms.entry(id.to_owned()).or_insert(Form {
            id: id.to_owned(),
            created_at: self.at,
            submitted_at: self.at,
            submissions: 0,
        });
        form.submitted_at = self.at;
        form.submissions += 1;
    }

    pub(crate) fn forms(&self) -> Vec<Form> {
        self.forms.values().cloned().collect()
    }
}

/// Changes attributes at a time. Only where the caller said when, an older change loses.
fn change(
    attributes: &mut Attributes,
    changes: &[(String, Change)],
    timestamp: Option<UnixSeconds>,
    now: UnixSeconds,
) {
    for (name, change) in changes {
        let changed_at = timestamp.unwrap_or(now);
        let stored = attributes.get(name);
        if timestamp.is_some() && stored.is_some_and(|it| it.changed_at > changed_at) {
            continue;
        }
        match change {
            Change::Remove => drop(attributes.remove(name)),
            Change::Set(json) => {
                let json = json.clone();
                attributes.insert(name.clone(), Attribute { json, changed_at });
            }
        }
    }
}

/// Gives attributes that are lacking.
fn fill_in(attributes: &mut Attributes, from: Attributes) {
    for (name, value) in from {
        attributes.entry(name).or_insert(value);
    }
}
