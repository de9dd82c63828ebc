//! What waits until an app comes for it.

use cio_domain::in_app::Waiting;
use cio_domain::message::Content;
use cio_domain::{UnixSeconds, WorkspaceId};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::deliveries::{delivery, delivery_content};
use super::people::person_id;
use crate::engine::{Scan, Table, View};
use crate::keys;
use crate::rows::{self, UnreadRow};

pub(crate) fn waiting_for(
    view: &dyn View,
    workspace: WorkspaceId,
    identifier: &Identifier,
    sent_since: UnixSeconds,
) -> Result<Vec<Waiting>, StoreError> {
    let Some(person) = person_id(view, workspace, identifier)? else {
        return Ok(Vec::new());
    };
    let mut rows: Vec<Result<UnreadRow, StoreError>> = Vec::new();
    let prefix = keys::all_waiting(workspace, person);
    view.scan(
        Table::Deliveries,
        &Scan::forward(&prefix),
        &mut |_, value| {
            rows.push(rows::decode(Table::Deliveries, value));
            true
        },
    )?;
    let mut all = Vec::new();
    for row in rows {
        all.extend(waiting(view, workspace, row?)?);
    }
    all.retain(|it| it.sent_at >= sent_since);
    Ok(all)
}

fn waiting(
    view: &dyn View,
    workspace: WorkspaceId,
    row: UnreadRow,
) -> Result<Option<Waiting>, StoreError> {
    let Some(delivery) = delivery(view, workspace, &row.delivery)? else {
        return Ok(None);
    };
    let content = delivery_content(view, workspace, &row.delivery)?;
    let Some(Content::InApp(content) | Content::Inbox(content)) = content else {
        return Ok(None);
    };
    Ok(Some(Waiting {
        delivery_id: row.delivery,
        channel: delivery.channel,
        content,
        data: delivery.message_data,
        sent_at: delivery.metrics.get("sent").copied().unwrap_or_default(),
        opened: row.opened,
    }))
}
