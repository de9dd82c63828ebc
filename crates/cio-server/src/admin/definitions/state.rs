//! Reading all definitions of a workspace.

use std::convert::Infallible;

use cio_domain::WorkspaceId;
use cio_domain::content::Revision;
use cio_domain::definition::{Definition, Key, Kind, collection_summary};
use cio_domain::segment::{NewSegment, SegmentId};
use serde_json::{Value, json};

use super::messages::{self, SegmentNames};
use crate::admin::senders::every as senders;
use crate::admin::{Part, not_found};
use crate::body::off_the_runtime;
use crate::error::{Family, OrStoreError};
use crate::state::AppState;

/// How often it is read anew because something changed in the middle.
const ATTEMPTS: usize = 3;

pub(super) struct Read {
    /// No newer than the definitions: who changes what it names changes what was read.
    pub(super) revision: Revision,
    pub(super) definitions: Vec<Value>,
}

pub(super) async fn read(state: &AppState, workspace: WorkspaceId) -> Part<Read> {
    let mut attempt = 1;
    loop {
        let revision = revision(state, workspace).await?;
        let definitions = definitions(state, workspace).await?;
        if attempt == ATTEMPTS || self::revision(state, workspace).await? == revision {
            return Ok(Read {
                revision,
                definitions,
            });
        }
        attempt += 1;
    }
}

async fn revision(state: &AppState, workspace: WorkspaceId) -> Part<Revision> {
    let revision = state.store.definitions_revision(workspace).await;
    revision.or_store_error(Family::Admin)
}

async fn definitions(state: &AppState, workspace: WorkspaceId) -> Part<Vec<Value>> {
    let store = &state.store;
    let mut all = Vec::new();
    let mut add = |definition: Definition, id: Option<u32>| {
        all.push(described(&definition.key(), id, &definition.summary()));
    };
    // From the store and not from the keys in force, so that it is as new as all else.
    let workspaces = store.workspaces().await.or_store_error(Family::Admin)?;
    let own = workspaces.into_iter().find(|it| it.id == workspace);
    add(
        Definition::Workspace(own.ok_or_else(not_found)?.details.name),
        None,
    );
    let center = store.preference_center(workspace).await;
    let center = center.or_store_error(Family::Admin)?;
    add(Definition::PreferenceCenter(center), None);
    for hidden in [false, true] {
        for sender in senders(state, workspace, hidden).await? {
            add(Definition::Sender(sender.details), Some(sender.id.0));
        }
    }
    for topic in store
        .topics(workspace)
        .await
        .or_store_error(Family::Admin)?
    {
        add(Definition::Topic(topic), None);
    }
    let segments = store.segments(workspace).await;
    let segments = segments.or_store_error(Family::Admin)?;
    let names: SegmentNames = segments
        .iter()
        .map(|it| (it.id, it.details.name.clone()))
        .collect();
    for segment in segments {
        let id = segment.id.0;
        add(
            Definition::Segment(by_name(segment.details, &names)),
            Some(id),
        );
    }
    let snippets = store.snippets(workspace).await;
    for snippet in snippets.or_store_error(Family::Admin)? {
        add(Definition::Snippet(snippet.details), None);
    }
    let collections = store.collections(workspace).await;
    for collection in collections.or_store_error(Family::Admin)? {
        let rows = store.collection_rows(workspace, collection.id).await;
        let rows = rows.or_store_error(Family::Admin)?.unwrap_or_default();
        let count = collection.rows;
        let summary =
            off_the_runtime(Family::Admin, move || Ok(collection_summary(count, &rows))).await?;
        let key = Key::new(Kind::Collection, collection.name);
        all.push(described(&key, Some(collection.id.0), &summary));
    }
    all.extend(messages::all(state, workspace, &names).await?);
    Ok(all)
}

pub(super) fn described(key: &Key, id: Option<u32>, summary: &Value) -> Value {
    json!({
        "kind": key.kind.as_str(),
        "name": key.name,
        "id": id,
        "definition": summary,
    })
}

fn by_name(segment: NewSegment, names: &SegmentNames) -> NewSegment<String> {
    let mut name = |id: &SegmentId| Ok::<_, Infallible>(messages::segment_name(names, *id));
    let condition = segment.condition.map(|condition| {
        let Ok(renamed) = condition.rename_segments(&mut name);
        renamed
    });
    NewSegment {
        name: segment.name,
        description: segment.description,
        condition,
    }
}
