//! Addresses that the mail provider does not deliver to.

use cio_domain::WorkspaceId;
use cio_domain::activity::Page;
use cio_domain::content::esp::{Suppression, SuppressionKind};
use cio_store::StoreError;
use cio_store::content::{SuppressionQuery, SuppressionStart};

use super::lists::read_sender;
use crate::engine::{Scan, Table, View};
use crate::keys::content::{self as keys, SENDER};
use crate::read::LOOKED_AT_MAX;
use crate::read::cursor::{cursor, read_tail};
use crate::rows::{self, content::SuppressionRow};

pub(crate) fn suppressions(
    view: &dyn View,
    workspace: WorkspaceId,
    query: &SuppressionQuery,
) -> Result<Page<Suppression>, StoreError> {
    let prefix = keys::suppressions(workspace, query.kind);
    let (start, skip, looked_at_max) = match &query.start {
        SuppressionStart::Offset(skip) => (None, *skip, usize::MAX),
        SuppressionStart::Cursor(start) => (start.as_deref(), 0, LOOKED_AT_MAX),
    };
    let beyond = read_tail(&prefix, start)?;
    let scan = Scan {
        beyond: beyond.as_deref(),
        ..Scan::forward(&prefix)
    };
    let domain = query.domain.as_deref().map(str::to_lowercase);
    let is_sent_from = match &domain {
        Some(domain) => is_sent_from(view, workspace, domain)?,
        None => true,
    };
    let holds = |row: &SuppressionRow| match (&domain, &row.domain) {
        (Some(domain), Some(of_message)) => domain == of_message,
        _ => is_sent_from,
    };
    if let Some(email) = &query.email {
        let key = keys::suppression(workspace, query.kind, email);
        let row = view.get(Table::Content, &key)?;
        let row = row.map(|bytes| rows::decode::<SuppressionRow>(Table::Content, &bytes));
        let row = row.transpose()?.filter(holds);
        let found = row.map(|row| row.into_suppression(query.kind, email.to_lowercase()));
        return Ok(Page {
            items: found.into_iter().collect(),
            next: None,
        });
    }
    let (mut items, mut next) = (Vec::new(), None);
    let (mut skipped, mut looked_at) = (0, 0);
    let (mut last, mut result) = (Vec::new(), Ok(()));
    view.scan(Table::Content, &scan, &mut |key, value| {
        if items.len() == query.limit || looked_at == looked_at_max {
            next = Some(cursor(&prefix, &last));
            return false;
        }
        looked_at += 1;
        match rows::decode::<SuppressionRow>(Table::Content, value) {
            Ok(row) if !holds(&row) => {}
            Ok(_) if skipped < skip => skipped += 1,
            Ok(row) => {
                let email = String::from_utf8_lossy(&key[prefix.len()..]).into_owned();
                items.push(row.into_suppression(query.kind, email));
            }
            Err(error) => result = Err(error),
        }
        last.clear();
        last.extend_from_slice(key);
        result.is_ok()
    })?;
    result?;
    Ok(Page { items, next })
}

/// Whether a sender is of this domain.
fn is_sent_from(view: &dyn View, workspace: WorkspaceId, domain: &str) -> Result<bool, StoreError> {
    let prefix = keys::all(workspace, SENDER);
    let mut found = Ok(false);
    view.scan(
        Table::Content,
        &Scan::forward(&prefix),
        &mut |key, value| {
            found = read_sender(key, value).map(|sender| {
                let of_sender = sender.details.domain();
                of_sender.is_some_and(|it| it.eq_ignore_ascii_case(domain))
            });
            matches!(found, Ok(false))
        },
    )?;
    found
}

pub(crate) fn suppressions_of(
    view: &dyn View,
    workspace: WorkspaceId,
    email: &str,
) -> Result<Vec<Suppression>, StoreError> {
    let mut found = Vec::new();
    for kind in SuppressionKind::ALL {
        let key = keys::suppression(workspace, kind, email);
        if let Some(bytes) = view.get(Table::Content, &key)? {
            let row: SuppressionRow = rows::decode(Table::Content, &bytes)?;
            found.push(row.into_suppression(kind, email.to_lowercase()));
        }
    }
    Ok(found)
}
