//! Messages and layouts.

use cio_domain::WorkspaceId;
use cio_domain::content::broadcast::{ActionId, Broadcast, BroadcastId};
use cio_domain::content::layout::Layout;
use cio_domain::content::transactional::{
    Template, TransactionalId, TransactionalMessage, TransactionalRef,
};
use cio_domain::content::usage::{Usage, User};
use cio_domain::content::variant::{DEFAULT_LANGUAGE, Variant, VariantInfo, complete, pick};
use cio_store::StoreError;

use super::lists::all;
use crate::engine::{Scan, Table, View};
use crate::keys::content::{self as keys, BROADCAST, LAYOUT, TRANSACTIONAL, TRANSACTIONAL_NAME};
use crate::rows::content::{BroadcastRow, LayoutRow, TransactionalRow, UsageRow, read_user};
use crate::rows::{ContentRow, decode};

fn corrupt(reason: String) -> StoreError {
    StoreError::Corrupt {
        table: Table::Content.name(),
        reason,
    }
}

pub(crate) fn layouts(view: &dyn View, workspace: WorkspaceId) -> Result<Vec<Layout>, StoreError> {
    all(view, workspace, LAYOUT)?
        .iter()
        .map(|(key, value)| {
            let name = String::from_utf8_lossy(keys::rest(key)).into_owned();
            let row: LayoutRow = decode(Table::Content, value)?;
            Ok(row.into_layout(name))
        })
        .collect()
}

pub(crate) fn layout(
    view: &dyn View,
    workspace: WorkspaceId,
    name: &str,
) -> Result<Option<Layout>, StoreError> {
    view.get(Table::Content, &keys::layout(workspace, name))?
        .map(|bytes| {
            let row: LayoutRow = decode(Table::Content, &bytes)?;
            Ok(row.into_layout(name.to_owned()))
        })
        .transpose()
}

pub(crate) fn transactional_messages(
    view: &dyn View,
    workspace: WorkspaceId,
) -> Result<Vec<TransactionalMessage>, StoreError> {
    all(view, workspace, TRANSACTIONAL)?
        .iter()
        .map(|(key, value)| {
            let row: TransactionalRow = decode(Table::Content, value)?;
            row.into_message(TransactionalId(keys::number(key)))
        })
        .collect()
}

pub(crate) fn transactional_message(
    view: &dyn View,
    workspace: WorkspaceId,
    message: &TransactionalRef,
) -> Result<Option<TransactionalMessage>, StoreError> {
    let id = match message {
        TransactionalRef::Id(id) => *id,
        TransactionalRef::Name(name) => {
            let key = keys::message_name(workspace, TRANSACTIONAL_NAME, name);
            match view.get(Table::Content, &key)? {
                Some(bytes) => TransactionalId(keys::number(&bytes)),
                None => return Ok(None),
            }
        }
    };
    view.get(Table::Content, &keys::transactional(workspace, id))?
        .map(|bytes| {
            let row: TransactionalRow = decode(Table::Content, &bytes)?;
            row.into_message(id)
        })
        .transpose()
}

pub(crate) fn transactional_variants(
    view: &dyn View,
    workspace: WorkspaceId,
    id: TransactionalId,
) -> Result<Option<(TransactionalMessage, Vec<Variant>)>, StoreError> {
    let message = transactional_message(view, workspace, &TransactionalRef::Id(id))?;
    message
        .map(|message| {
            let said = message.variants.iter();
            let said: Result<Vec<Variant>, StoreError> =
                said.map(|info| variant(view, workspace, info)).collect();
            Ok((message, said?))
        })
        .transpose()
}

pub(crate) fn transactional_template(
    view: &dyn View,
    workspace: WorkspaceId,
    message: &TransactionalRef,
    language: Option<&str>,
) -> Result<Option<Template<TransactionalMessage>>, StoreError> {
    let Some(message) = transactional_message(view, workspace, message)? else {
        return Ok(None);
    };
    let (variant, layout) = said(view, workspace, &message.variants, language)?;
    Ok(Some(Template {
        message,
        variant,
        layout,
    }))
}

pub(crate) fn broadcasts(
    view: &dyn View,
    workspace: WorkspaceId,
) -> Result<Vec<Broadcast>, StoreError> {
    all(view, workspace, BROADCAST)?
        .iter()
        .map(|(key, value)| {
            let row: BroadcastRow = decode(Table::Content, value)?;
            row.into_broadcast(BroadcastId(keys::number(key)))
        })
        .collect()
}

pub(crate) fn broadcast(
    view: &dyn View,
    workspace: WorkspaceId,
    id: BroadcastId,
) -> Result<Option<Broadcast>, StoreError> {
    view.get(Table::Content, &keys::broadcast(workspace, id))?
        .map(|bytes| {
            let row: BroadcastRow = decode(Table::Content, &bytes)?;
            row.into_broadcast(id)
        })
        .transpose()
}

pub(crate) fn broadcast_variants(
    view: &dyn View,
    workspace: WorkspaceId,
    id: BroadcastId,
) -> Result<Option<(Broadcast, Vec<Variant>)>, StoreError> {
    broadcast(view, workspace, id)?
        .map(|broadcast| {
            let said = broadcast.actions.iter().flat_map(|it| &it.variants);
            let said: Result<Vec<Variant>, StoreError> =
                said.map(|info| variant(view, workspace, info)).collect();
            Ok((broadcast, said?))
        })
        .transpose()
}

pub(crate) fn broadcast_template(
    view: &dyn View,
    workspace: WorkspaceId,
    (id, action): (BroadcastId, ActionId),
    language: Option<&str>,
) -> Result<Option<Template<Broadcast>>, StoreError> {
    let Some(message) = broadcast(view, workspace, id)? else {
        return Ok(None);
    };
    let Some(action) = message.action(action) else {
        return Ok(None);
    };
    let (variant, layout) = said(view, workspace, &action.variants, language)?;
    Ok(Some(Template {
        message,
        variant,
        layout,
    }))
}

pub(crate) fn users(
    view: &dyn View,
    workspace: WorkspaceId,
    usage: &Usage,
) -> Result<Vec<User>, StoreError> {
    let UsageRow(kind, name) = UsageRow::from(usage);
    let prefix = keys::usages(workspace, kind, &name);
    let mut found = Vec::new();
    view.scan(Table::Content, &Scan::forward(&prefix), &mut |key, _| {
        found.push(read_user(&key[prefix.len()..]));
        true
    })?;
    let unknown = || corrupt("a user of no known kind".to_owned());
    let found: Option<Vec<User>> = found.into_iter().collect();
    let mut found = found.ok_or_else(unknown)?;
    found.sort();
    Ok(found)
}

/// What is said in a language, whole, and what it is put into.
fn said(
    view: &dyn View,
    workspace: WorkspaceId,
    variants: &[VariantInfo],
    language: Option<&str>,
) -> Result<(Variant, Option<Layout>), StoreError> {
    let no_default = || corrupt("a message without its default language".to_owned());
    let picked = pick(variants, language).ok_or_else(no_default)?;
    let mut whole = variant(view, workspace, picked)?;
    if picked.language != DEFAULT_LANGUAGE {
        let default = pick(variants, None).ok_or_else(no_default)?;
        whole = complete(whole, &variant(view, workspace, default)?);
    }
    let layout = match &whole.info.layout {
        Some(name) => {
            let missing = || corrupt("a layout that is used and not there".to_owned());
            Some(layout(view, workspace, name)?.ok_or_else(missing)?)
        }
        None => None,
    };
    Ok((whole, layout))
}

fn variant(
    view: &dyn View,
    workspace: WorkspaceId,
    info: &VariantInfo,
) -> Result<Variant, StoreError> {
    let bytes = view.get(Table::Content, &keys::content(workspace, info.id))?;
    let bytes = bytes.ok_or_else(|| corrupt(format!("content {} is not there", info.id.0)))?;
    let row: ContentRow = decode(Table::Content, &bytes)?;
    Ok(Variant {
        info: info.clone(),
        content: row.into(),
    })
}
