//! Sender identities.

use cio_domain::content::sender::{NewSender, SenderChange, SenderId};
use cio_domain::content::{ContentOutcome, Refusal};
use cio_domain::limits::SENDERS_MAX;

use super::{Changed, totals};
use crate::apply::Context;
use crate::engine::Table;
use crate::keys::content::{self as keys, SENDER};
use crate::rows::{self, content::SenderRow};
use crate::transaction::Transaction;

pub(super) fn change(
    transaction: &mut Transaction<'_>,
    context: Context,
    change: SenderChange,
) -> Changed {
    match change {
        SenderChange::Put(new) => put(transaction, context, new),
        SenderChange::Delete(id) => delete(transaction, context, id),
    }
}

fn put(transaction: &mut Transaction<'_>, context: Context, new: NewSender) -> Changed {
    let identity = keys::sender_identity(context.workspace, &new);
    let id = match transaction.get(Table::Content, &identity)? {
        Some(bytes) => SenderId(keys::number(&bytes)),
        None => {
            let mut all = totals::read(transaction, context, SENDER)?;
            all.count += 1;
            if all.count > SENDERS_MAX as u64 {
                return Ok(Err(Refusal::TooMany {
                    what: "senders",
                    max: SENDERS_MAX,
                }));
            }
            totals::write(transaction, context, SENDER, all);
            let number = transaction.next(&keys::sender_counter(context.workspace))?;
            let id = SenderId(u32::try_from(number).unwrap_or(u32::MAX));
            transaction.put(Table::Content, identity, id.0.to_be_bytes());
            id
        }
    };
    let row = SenderRow::new(new, context.at);
    let key = keys::sender(context.workspace, id);
    transaction.put(Table::Content, key, rows::encode(&row));
    Ok(Ok(ContentOutcome::Sender(row.into_sender(id)?)))
}

fn delete(transaction: &mut Transaction<'_>, context: Context, id: SenderId) -> Changed {
    let key = keys::sender(context.workspace, id);
    let Some(bytes) = transaction.get(Table::Content, &key)? else {
        return Ok(Err(Refusal::NotFound));
    };
    let row: SenderRow = rows::decode(Table::Content, &bytes)?;
    let sender = row.into_sender(id)?;
    let identity = keys::sender_identity(context.workspace, &sender.details);
    transaction.remove(Table::Content, identity);
    transaction.remove(Table::Content, key);
    let mut all = totals::read(transaction, context, SENDER)?;
    all.count = all.count.saturating_sub(1);
    totals::write(transaction, context, SENDER, all);
    Ok(Ok(ContentOutcome::Done))
}
