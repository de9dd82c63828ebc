//! How often the definitions of a workspace were changed.

use cio_domain::WorkspaceId;
use cio_domain::content::{ContentChange, ContentOutcome, Refusal, Revision};
use cio_store::StoreError;

use super::Changed;
use crate::apply::Context;
use crate::engine::Table;
use crate::keys::content::{REVISION, all};
use crate::rows;
use crate::transaction::Transaction;

/// One more.
pub(in crate::apply) fn advance(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
) -> Result<(), StoreError> {
    let Revision(last) = read(transaction, workspace)?;
    let next = (last + 1).to_be_bytes();
    transaction.put(Table::Content, all(workspace, REVISION), next);
    Ok(())
}

pub(super) fn expect(
    transaction: &mut Transaction<'_>,
    context: Context,
    expected: Revision,
) -> Changed {
    match read(transaction, context.workspace)? == expected {
        true => Ok(Ok(ContentOutcome::Done)),
        false => Ok(Err(Refusal::Changed)),
    }
}

/// Whether a list changes what is defined.
pub(super) fn is_advanced_by(changes: &[ContentChange]) -> bool {
    changes.iter().any(|change| {
        !matches!(
            change,
            ContentChange::Expect(_) | ContentChange::Esp(_) | ContentChange::OptOuts(_)
        )
    })
}

fn read(transaction: &mut Transaction<'_>, workspace: WorkspaceId) -> Result<Revision, StoreError> {
    let value = transaction.get(Table::Content, &all(workspace, REVISION))?;
    let number = value.map(|bytes| rows::number(Table::Content, &bytes));
    Ok(Revision(number.transpose()?.unwrap_or_default()))
}
