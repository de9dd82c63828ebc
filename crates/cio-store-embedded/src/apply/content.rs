//! Changing what a workspace keeps beside people.

mod broadcasts;
mod collections;
mod layouts;
mod names;
mod opt_outs;
mod reporting_webhooks;
mod revision;
mod segments;
mod senders;
mod snippets;
mod subscriptions;
mod suppressions;
mod totals;
mod transactional;
mod usages;
mod variants;

pub(super) use broadcasts::note_started;
pub(super) use opt_outs::{forget, hand_over};
pub(super) use revision::advance;
pub(super) use suppressions::suppress;
pub(super) use usages::first as first_user;

use cio_domain::content::{ContentChange, ContentOutcome, Refusal, Refused};
use cio_store::StoreError;

use super::{Context, rename_workspace};
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
    let mut names = None;
    let is_advanced = revision::is_advanced_by(&changes);
    for (position, change) in changes.into_iter().enumerate() {
        match change_one(transaction, context, &mut names, change)? {
            Ok(outcome) => outcomes.push(outcome),
            Err(reason) => {
                transaction.undo_call();
                return Ok(Err(Refused { position, reason }));
            }
        }
    }
    if is_advanced {
        advance(transaction, context.workspace)?;
    }
    Ok(Ok(outcomes))
}

/// Says what would become of changes, and takes them back.
pub(crate) fn try_change(
    transaction: &mut Transaction<'_>,
    context: Context,
    changes: Vec<ContentChange>,
) -> Result<Result<(), Refused>, StoreError> {
    let tried = change(transaction, context, changes)?.map(|_| ());
    transaction.undo_call();
    Ok(tried)
}

fn change_one(
    transaction: &mut Transaction<'_>,
    context: Context,
    names: &mut Option<segments::Names>,
    change: ContentChange,
) -> Changed {
    match change {
        ContentChange::Expect(revision) => revision::expect(transaction, context, revision),
        ContentChange::Rename(name) => {
            let renamed = rename_workspace(transaction, context.workspace, name)?;
            Ok(renamed
                .map(|_| ContentOutcome::Done)
                .ok_or(Refusal::NotFound))
        }
        ContentChange::Segment(change) => segments::change(transaction, context, names, change),
        ContentChange::Snippet(change) => snippets::change(transaction, context, change),
        ContentChange::Collection(change) => collections::change(transaction, context, change),
        ContentChange::Sender(change) => senders::change(transaction, context, change),
        ContentChange::Topic(change) => subscriptions::change(transaction, context, change),
        ContentChange::Layout(change) => layouts::change(transaction, context, change),
        ContentChange::Transactional(change) => transactional::change(transaction, context, change),
        ContentChange::Broadcast(change) => broadcasts::change(transaction, context, names, change),
        ContentChange::PreferenceCenter(center) => {
            subscriptions::put_center(transaction, context, center)
        }
        ContentChange::Esp(change) => suppressions::change(transaction, context, change),
        ContentChange::OptOuts(change) => opt_outs::change(transaction, context, change),
        ContentChange::ReportingWebhook(change) => {
            reporting_webhooks::change(transaction, context, change)
        }
    }
}
