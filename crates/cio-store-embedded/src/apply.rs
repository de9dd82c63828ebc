//! Carrying operations out on a transaction.

mod activities;
mod attributes;
mod content;
mod credentials;
mod deliveries;
mod devices;
mod events;
mod forms;
mod identify;
mod in_app;
mod jobs;
mod looks;
mod merge;
mod names;
mod objects;
mod once;
mod outbox;
mod relationships;
mod removal;
mod reports;
mod segments;
mod series;
pub(crate) mod transfers;
pub(crate) mod triggers;
mod visitors;
mod waiting;

pub(crate) use content::{change as change_content, try_change as try_content};
pub(crate) use credentials::{
    create as create_credential, create_workspace, end as end_credential, rename_workspace,
    revoke as revoke_credential, rotate as rotate_credential, set_admin_token,
    touch as touch_credentials,
};
pub(crate) use deliveries::{parent as delivery_parent, work as delivery_work};
pub(crate) use events::put_event_ids;
pub(crate) use jobs::{claim, note_parts, settle};
pub(crate) use once::apply_once;
pub(crate) use outbox::settle as settle_events;
pub(crate) use segments::{
    change as change_segment, create as create_segment, delete as delete_segment,
};
pub(crate) use series::bit as click_bit;

use cio_domain::{Operation, Outcome, UnixMillis, UnixSeconds, WorkspaceId};
use cio_store::StoreError;

use crate::transaction::Transaction;

/// Where and when an operation is applied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub(crate) workspace: WorkspaceId,
    pub(crate) at: UnixMillis,
}

impl Context {
    pub(crate) fn seconds(self) -> UnixSeconds {
        i64::try_from(self.at / 1_000).unwrap_or(i64::MAX)
    }
}

/// Applies one operation.
pub(crate) fn apply(
    transaction: &mut Transaction<'_>,
    context: Context,
    operation: Operation,
) -> Result<Outcome, StoreError> {
    match operation {
        Operation::Identify(identify) => identify::identify(transaction, context, identify),
        Operation::Delete(person) => removal::delete(transaction, context, &person),
        Operation::Suppress(person) => removal::suppress(transaction, context, &person),
        Operation::Unsuppress(person) => removal::unsuppress(transaction, context, &person),
        Operation::Merge { primary, secondary } => {
            merge::merge(transaction, context, &primary, &secondary)
        }
        Operation::PutDevice { person, device } => {
            devices::put(transaction, context, &person, device)
        }
        Operation::DeleteDevice { person, token } => {
            devices::delete(transaction, context, &person, &token)
        }
        Operation::NoteDevice {
            person,
            token,
            status,
        } => devices::note(transaction, context, &person, &token, status),
        Operation::Track { person, event } => events::track(transaction, context, &person, event),
        Operation::TrackAnonymous {
            anonymous_id,
            event,
        } => events::track_anonymous(transaction, context, anonymous_id, event),
        Operation::Relate {
            person,
            relationships,
        } => relationships::relate_person(transaction, context, &person, relationships),
        Operation::IdentifyObject(identify) => objects::identify(transaction, context, identify),
        Operation::RelateObject { object, people } => {
            relationships::relate_object(transaction, context, &object, people)
        }
        Operation::DeleteObject(object) => objects::delete(transaction, context, &object),
        Operation::SetMembers {
            segment,
            people,
            member,
        } => segments::set_members(transaction, context, segment, &people, member),
        Operation::Report(report) => reports::report(transaction, context, report),
        Operation::Look(look) => looks::look(transaction, context, look),
        Operation::Unsubscribe {
            delivery_id,
            unsubscribed,
        } => reports::unsubscribe(transaction, context, &delivery_id, unsubscribed),
        Operation::SubmitForm { form_id, identify } => {
            forms::submit(transaction, context, &form_id, identify)
        }
        Operation::Refused { kind, reason } => {
            activities::refused(transaction, context, &kind, &reason)?;
            Ok(Outcome::Applied)
        }
        Operation::Deliver(delivery) => deliveries::accept(transaction, context, *delivery),
        Operation::MarkInApp {
            person,
            delivery_id,
            mark,
        } => in_app::mark(transaction, context, &person, &delivery_id, mark),
        Operation::ReleaseDraft { delivery_id } => {
            deliveries::release(transaction, context, &delivery_id)
        }
    }
}
