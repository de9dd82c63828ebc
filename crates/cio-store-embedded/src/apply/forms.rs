//! Forms and who submits them.

use cio_domain::Outcome;
use cio_domain::operation::Identify;
use cio_store::StoreError;

use super::{Context, identify};
use crate::engine::Table;
use crate::keys;
use crate::rows::{self, FormRow};
use crate::transaction::Transaction;

/// Registers a form by its submission, and identifies whoever submitted it.
pub(super) fn submit(
    transaction: &mut Transaction<'_>,
    context: Context,
    form_id: &str,
    submitter: Option<Identify>,
) -> Result<Outcome, StoreError> {
    let key = keys::form(context.workspace, form_id);
    let mut row = match transaction.get(Table::Forms, &key)? {
        Some(bytes) => rows::decode(Table::Forms, &bytes)?,
        None => FormRow {
            created_at: context.at,
            submitted_at: context.at,
            submissions: 0,
        },
    };
    row.submitted_at = context.at;
    row.submissions += 1;
    transaction.put(Table::Forms, key, rows::encode(&row));
    match submitter {
        Some(submitter) => identify::identify(transaction, context, submitter),
        None => Ok(Outcome::Applied),
    }
}
