//! What messages are made of.

use cio_domain::WorkspaceId;
use cio_domain::activity::Page;
use cio_domain::content::Revision;
use cio_domain::content::collection::{Collection, CollectionId, Rows};
use cio_domain::content::preference_center::PreferenceCenter;
use cio_domain::content::sender::{Contact, NewSender, Sender, SenderId};
use cio_domain::content::snippet::Snippet;
use cio_domain::content::topic::{Topic, TopicId};
use cio_store::StoreError;
use cio_store::content::SenderQuery;

use crate::engine::{Entry, Scan, Table, View, take};
use crate::keys::content::{self as keys, COLLECTION, HEADER, REVISION, SENDER, SNIPPET, TOPIC};
use crate::read::cursor::{cursor, read_cursor};
use crate::rows::content::{CollectionRow, HeaderRow, SenderRow, SnippetRow, TopicRow};
use crate::rows::{self, decode};

pub(super) fn all(
    view: &dyn View,
    workspace: WorkspaceId,
    kind: u8,
) -> Result<Vec<Entry>, StoreError> {
    let prefix = keys::all(workspace, kind);
    take(view, Table::Content, &Scan::forward(&prefix), usize::MAX)
}

pub(crate) fn revision(view: &dyn View, workspace: WorkspaceId) -> Result<Revision, StoreError> {
    let value = view.get(Table::Content, &keys::all(workspace, REVISION))?;
    let number = value.map(|bytes| rows::number(Table::Content, &bytes));
    Ok(Revision(number.transpose()?.unwrap_or_default()))
}

pub(crate) fn snippets(
    view: &dyn View,
    workspace: WorkspaceId,
) -> Result<Vec<Snippet>, StoreError> {
    all(view, workspace, SNIPPET)?
        .iter()
        .map(|(key, value)| {
            let name = String::from_utf8_lossy(keys::rest(key)).into_owned();
            let row: SnippetRow = decode(Table::Content, value)?;
            Ok(row.into_snippet(name))
        })
        .collect()
}

pub(crate) fn collections(
    view: &dyn View,
    workspace: WorkspaceId,
) -> Result<Vec<Collection>, StoreError> {
    all(view, workspace, COLLECTION)?
        .iter()
        .map(|(key, value)| {
            let row: CollectionRow = decode(Table::Content, value)?;
            Ok(row.into_collection(CollectionId(keys::number(key))))
        })
        .collect()
}

pub(crate) fn collection(
    view: &dyn View,
    workspace: WorkspaceId,
    id: CollectionId,
) -> Result<Option<Collection>, StoreError> {
    view.get(Table::Content, &keys::collection(workspace, id))?
        .map(|bytes| {
            let row: CollectionRow = decode(Table::Content, &bytes)?;
            Ok(row.into_collection(id))
        })
        .transpose()
}

pub(crate) fn collection_rows(
    view: &dyn View,
    workspace: WorkspaceId,
    id: CollectionId,
) -> Result<Option<String>, StoreError> {
    if collection(view, workspace, id)?.is_none() {
        return Ok(None);
    }
    let prefix = keys::pieces(workspace, id);
    let pieces = take(view, Table::Content, &Scan::forward(&prefix), usize::MAX)?;
    let texts: Result<Vec<&str>, StoreError> = pieces
        .iter()
        .map(|(_, piece)| {
            std::str::from_utf8(piece).map_err(|_| StoreError::Corrupt {
                table: Table::Content.name(),
                reason: "rows of a collection that are not UTF-8".to_owned(),
            })
        })
        .collect();
    Ok(Some(Rows::join(texts?)))
}

pub(crate) fn senders(
    view: &dyn View,
    workspace: WorkspaceId,
    query: &SenderQuery,
) -> Result<Page<Sender>, StoreError> {
    let prefix = keys::all(workspace, SENDER);
    let beyond = read_cursor(&prefix, query.start.as_deref(), size_of::<u32>())?;
    let scan = Scan {
        prefix: &prefix,
        beyond: beyond.as_deref(),
        reverse: query.newest_first,
    };
    let (mut items, mut next) = (Vec::new(), None);
    let mut result = Ok(());
    view.scan(Table::Content, &scan, &mut |key, value| {
        match read_sender(key, value) {
            Ok(sender) if sender.details.hidden == query.hidden => {
                items.push(sender);
                next = Some(cursor(&prefix, key));
            }
            Ok(_) => {}
            Err(error) => result = Err(error),
        }
        result.is_ok() && items.len() < query.limit
    })?;
    result?;
    Ok(Page { items, next })
}

pub(crate) fn sender(
    view: &dyn View,
    workspace: WorkspaceId,
    id: SenderId,
) -> Result<Option<Sender>, StoreError> {
    let key = keys::sender(workspace, id);
    view.get(Table::Content, &key)?
        .map(|bytes| read_sender(&key, &bytes))
        .transpose()
}

pub(crate) fn find_sender(
    view: &dyn View,
    workspace: WorkspaceId,
    name: String,
    contact: Contact,
) -> Result<Option<Sender>, StoreError> {
    let identity = NewSender {
        name,
        contact,
        hidden: false,
    };
    let key = keys::sender_identity(workspace, &identity);
    match view.get(Table::Content, &key)? {
        Some(bytes) => sender(view, workspace, SenderId(keys::number(&bytes))),
        None => Ok(None),
    }
}

pub(super) fn read_sender(key: &[u8], value: &[u8]) -> Result<Sender, StoreError> {
    let row: SenderRow = rows::decode(Table::Content, value)?;
    row.into_sender(SenderId(keys::number(key)))
}

pub(crate) fn topics(view: &dyn View, workspace: WorkspaceId) -> Result<Vec<Topic>, StoreError> {
    all(view, workspace, TOPIC)?
        .iter()
        .map(|(key, value)| {
            let row: TopicRow = decode(Table::Content, value)?;
            Ok(row.into_topic(TopicId(keys::number(key))))
        })
        .collect()
}

pub(crate) fn preference_center(
    view: &dyn View,
    workspace: WorkspaceId,
) -> Result<PreferenceCenter, StoreError> {
    let row = view.get(Table::Content, &keys::all(workspace, HEADER))?;
    row.map_or_else(
        || Ok(PreferenceCenter::default()),
        |bytes| Ok(decode::<HeaderRow>(Table::Content, &bytes)?.into()),
    )
}
