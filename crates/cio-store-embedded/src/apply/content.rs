//! Changing what a workspace keeps beside people.

mod collections;
mod opt_outs;
mod senders;
mod snippets;
mod subscriptions;
mod suppressions;
mod totals;

pub(super) use opt_outs::{forget, hand_over};

use cio_domain::content::{ContentChange, ContentOutcome, Refusal, Refused};
use cio_store::StoreError;

use super::Context;
use crate::transaction::Transaction;

/// What became of one change.
type Changed = Result<Result<ContentOutcome, Refusal>, StoreError>;

/// Makes changes in order, all of them or none.
pub(crate) fn change(
    transaction: &mut Transaction<'_>,
    context: Context,
    changes: Vec<ContentChange>,
) -> Result<Result<Vec<ContentOutcome>, Refused>, StoreError> {
    let mut outcomes = Vec::with_capacity(changes.len());
    for (position, change) in changes.into_iter().enumerate() {
        match change_one(transaction, context, change)? {
            Ok(outcome) => outcomes.push(outcome),
            Err(reason) => {
                transaction.undo_call();
                return Ok(Err(Refused { position, reason }));
            }
        }
    }
    Ok(Ok(outcomes))
}

fn change_one(
    transaction: &mut Transaction<'_>,
    context: Context,
    change: ContentChange,
) -> Changed {
    match change {
        ContentChange::Snippet(change) => snippets::change(transaction, context, change),
        ContentChange::Collection(change) => collections::change(transaction, context, change),
        ContentChange::Sender(change) => senders::change(transaction, context, change),
        ContentChange::Topic(change) => subscriptions::change(transaction, context, change),
        ContentChange::PreferenceCenter(center) => {
            subscriptions::put_center(transaction, context, center)
        }
        ContentChange::Esp(change) => suppressions::change(transaction, context, change),
        ContentChange::OptOuts(change) => opt_outs::change(transaction, context, change),
    }
}
