//! Reporting webhooks.

use cio_domain::content::reporting_webhook::{
    NewReportingWebhook, ReportingWebhook, ReportingWebhookChange, ReportingWebhookId,
    ReportingWebhookUpdate,
};
use cio_domain::content::{ContentOutcome, Refusal};
use cio_domain::limits::REPORTING_WEBHOOKS_MAX;
use cio_store::StoreError;

use super::Changed;
use crate::apply::{Context, outbox};
use crate::engine::Table;
use crate::keys::{self, content as content_keys};
use crate::rows::{self, ReportingWebhookRow};
use crate::transaction::Transaction;

pub(super) fn change(
    transaction: &mut Transaction<'_>,
    context: Context,
    change: ReportingWebhookChange,
) -> Changed {
    match change {
        ReportingWebhookChange::Create(new) => create(transaction, context, new),
        ReportingWebhookChange::Update(id, update) => update_one(transaction, context, id, *update),
        ReportingWebhookChange::Delete(id) => delete(transaction, context, id),
    }
}

fn create(
    transaction: &mut Transaction<'_>,
    context: Context,
    new: NewReportingWebhook,
) -> Changed {
    let webhooks = transaction.webhooks(context.workspace)?;
    if webhooks.len() >= REPORTING_WEBHOOKS_MAX {
        return Ok(Err(Refusal::TooMany {
            what: "reporting webhooks",
            max: REPORTING_WEBHOOKS_MAX,
        }));
    }
    let counter = keys::reporting_webhook_counter(context.workspace);
    let number = transaction.next(&counter)?;
    let id = ReportingWebhookId(u32::try_from(number).unwrap_or(u32::MAX));
    put(transaction, context, id, ReportingWebhookRow::new(new, 1))
}

fn update_one(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: ReportingWebhookId,
    update: ReportingWebhookUpdate,
) -> Changed {
    let Some(before) = find(transaction, context, id)? else {
        return Ok(Err(Refusal::NotFound));
    };
    let after = update.over(before.details);
    if after.disabled {
        outbox::switch_off(transaction, context, id)?;
    } else {
        outbox::retry_at_once(transaction, context, id)?;
    }
    let row = ReportingWebhookRow::new(after, before.revision.wrapping_add(1));
    put(transaction, context, id, row)
}

fn delete(transaction: &mut Transaction<'_>, context: Context, id: ReportingWebhookId) -> Changed {
    if find(transaction, context, id)?.is_none() {
        return Ok(Err(Refusal::NotFound));
    }
    let key = content_keys::reporting_webhook(context.workspace, id);
    transaction.remove(Table::Content, key);
    transaction.webhooks_changed(context.workspace);
    outbox::switch_off(transaction, context, id)?;
    Ok(Ok(ContentOutcome::Done))
}

fn find(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: ReportingWebhookId,
) -> Result<Option<ReportingWebhook>, StoreError> {
    let webhooks = transaction.webhooks(context.workspace)?;
    Ok(webhooks.iter().find(|it| it.id == id).cloned())
}

fn put(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: ReportingWebhookId,
    row: ReportingWebhookRow,
) -> Changed {
    let key = content_keys::reporting_webhook(context.workspace, id);
    transaction.put(Table::Content, key, rows::encode(&row));
    transaction.webhooks_changed(context.workspace);
    let webhook = row.into_webhook(id)?;
    Ok(Ok(ContentOutcome::ReportingWebhook(webhook)))
}
