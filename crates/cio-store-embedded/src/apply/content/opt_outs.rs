//! Whom somebody does not want text messages from.

use cio_domain::PersonId;
use cio_domain::content::opt_out::OptOutChange;
use cio_domain::content::{ContentOutcome, Refusal};
use cio_domain::limits::OPT_OUTS_MAX;
use cio_domain::resolution::Claim;
use cio_store::StoreError;

use super::Changed;
use crate::apply::Context;
use crate::apply::names::claim;
use crate::engine::Table;
use crate::keys::content as keys;
use crate::transaction::Transaction;

pub(super) fn change(
    transaction: &mut Transaction<'_>,
    context: Context,
    change: OptOutChange,
) -> Changed {
    let Claim::Person(person) = claim(transaction, context, &change.person)? else {
        return Ok(Err(Refusal::NotFound));
    };
    for (opt_out, is_out) in change.senders {
        let key = keys::opt_out(context.workspace, person, &opt_out);
        if is_out {
            transaction.put(Table::Content, key, Vec::new());
        } else {
            transaction.remove(Table::Content, key);
        }
    }
    let all = keys::opt_outs_of(context.workspace, person);
    if transaction.keys(Table::Content, &all)?.len() > OPT_OUTS_MAX {
        return Ok(Err(Refusal::TooMany {
            what: "opt-outs of a person",
            max: OPT_OUTS_MAX,
        }));
    }
    Ok(Ok(ContentOutcome::Done))
}

/// Removes all opt-outs of a person.
pub(in crate::apply) fn forget(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<(), StoreError> {
    let all = keys::opt_outs_of(context.workspace, person);
    transaction.remove_all(Table::Content, &all)
}

/// Opts a person out of what another one was out of.
pub(in crate::apply) fn hand_over(
    transaction: &mut Transaction<'_>,
    context: Context,
    from: PersonId,
    to: PersonId,
) -> Result<(), StoreError> {
    let old = keys::opt_outs_of(context.workspace, from);
    let new = keys::opt_outs_of(context.workspace, to);
    for key in transaction.keys(Table::Content, &old)? {
        let own = [new.as_slice(), &key[old.len()..]].concat();
        transaction.put(Table::Content, own, Vec::new());
    }
    Ok(())
}
