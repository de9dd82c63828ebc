//! Reporting webhooks, and what they are to tell.

use std::collections::BTreeMap;

use cio_domain::WorkspaceId;
use cio_domain::content::reporting_webhook::ReportingWebhookId;
use cio_domain::job::Work;
use cio_store::StoreError;

use super::transfers::lacks_job;
use super::{CheckReport, Checked, Row};
use crate::engine::{Scan, Table};
use crate::keys::{self, content};
use crate::rows::{self, OutboxEventRow, OutboxRow, ReportingWebhookRow};

/// What is wrong, if anything is.
type Problem = Result<Option<String>, StoreError>;

pub(super) fn webhook(checked: &Checked<'_>, row: Row<'_>) -> Problem {
    let id = ReportingWebhookId(content::number(row.rest));
    rows::decode::<ReportingWebhookRow>(Table::Content, row.value)?.into_webhook(id)?;
    let counter = keys::reporting_webhook_counter(row.workspace);
    let is_given_out = u64::from(id.0) <= checked.counter(&counter)?;
    Ok((!is_given_out).then(|| {
        let id = id.0;
        format!("reporting webhook {id} has a number that was never given out")
    }))
}

/// How far a webhook is, or what it is to tell.
pub(super) fn row(checked: &Checked<'_>, key: &[u8], value: &[u8]) -> Problem {
    let Some((workspace, webhook)) = keys::outbox_of(key) else {
        return Ok(Some("a key that is too short".to_owned()));
    };
    if key.first() == Some(&keys::OUTBOX) {
        let outbox: OutboxRow = rows::decode(Table::Jobs, value)?;
        if (outbox.waiting > 0) != outbox.job.is_some() {
            let id = webhook.0;
            return Ok(Some(format!(
                "reporting webhook {id} has a job and nothing to tell, or the other way round"
            )));
        }
        let settings = content::reporting_webhook(workspace, webhook);
        if outbox.dropped <= outbox.gone && !checked.has(Table::Content, &settings)? {
            let id = webhook.0;
            return Ok(Some(format!(
                "reporting webhook {id}, which is not there, has something to tell"
            )));
        }
        return lacks_job(checked, workspace, Work::Tell(webhook), outbox.job);
    }
    rows::decode::<OutboxEventRow>(Table::Jobs, value)?.name()?;
    let outbox = checked
        .view
        .get(Table::Jobs, &keys::outbox(workspace, webhook))?
        .map(|row| rows::decode::<OutboxRow>(Table::Jobs, &row))
        .transpose()?;
    let sequence = keys::last_number(key).unwrap_or_default();
    let waits = outbox.is_some_and(|outbox| sequence > outbox.gone);
    let is_given_out = sequence <= checked.sequence;
    Ok((!waits || !is_given_out).then(|| {
        let id = webhook.0;
        format!("event {sequence} that reporting webhook {id} is not to tell")
    }))
}

/// Every webhook has as many events to tell as it says.
pub(super) fn counts(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let mut counted: BTreeMap<(WorkspaceId, ReportingWebhookId), u64> = BTreeMap::new();
    let scan = |section: u8, visit: &mut dyn FnMut(&[u8], &[u8])| {
        checked.view.scan(
            Table::Jobs,
            &Scan::forward(&[section]),
            &mut |key, value| {
                visit(key, value);
                true
            },
        )
    };
    scan(keys::OUTBOX_EVENT, &mut |key, _| {
        if let Some(whose) = keys::outbox_of(key) {
            *counted.entry(whose).or_default() += 1;
        }
    })?;
    scan(keys::OUTBOX, &mut |key, value| {
        // What does not read back is found by who walks the table.
        let row = rows::decode::<OutboxRow>(Table::Jobs, value);
        if let (Some(whose), Ok(row)) = (keys::outbox_of(key), row)
            && counted.remove(&whose).unwrap_or_default() != row.waiting
        {
            let id = whose.1.0;
            report.find(
                Table::Jobs,
                format!("reporting webhook {id} has not as much to tell as it says"),
            );
        }
    })
}
