//! Carrying operations out on a transaction.

mod deliveries;
mod events;
mod jobs;
mod people;

pub(crate) use jobs::{claim, settle};

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
        seconds(self.at)
    }
}

pub(crate) fn seconds(at: UnixMillis) -> UnixSeconds {
    i64::try_from(at / 1_000).unwrap_or(i64::MAX)
}

/// Applies one operation.
pub(crate) fn apply(
    transaction: &mut Transaction<'_>,
    context: Context,
    operation: Operation,
) -> Result<Outcome, StoreError> {
    match operation {
        Operation::Identify(identify) => people::identify(transaction, context, identify),
        Operation::Delete(person) => people::delete(transaction, context, &person),
        Operation::Suppress(person) => people::suppress(transaction, context, &person),
        Operation::Unsuppress(person) => people::unsuppress(transaction, context, &person),
        Operation::PutDevice { person, device } => {
            people::put_device(transaction, context, &person, device)
        }
        Operation::DeleteDevice { person, token } => {
            people::delete_device(transaction, context, &person, &token)
        }
        Operation::Track { person, event } => events::track(transaction, context, &person, event),
        Operation::TrackAnonymous {
            anonymous_id,
            event,
        } => events::track_anonymous(transaction, context, anonymous_id.as_deref(), event),
        Operation::Deliver(delivery) => deliveries::accept(transaction, context, *delivery),
    }
}
