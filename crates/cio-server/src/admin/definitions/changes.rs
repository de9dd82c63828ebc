//! Reading a list of changes.

use std::collections::HashMap;

use cio_domain::WorkspaceId;
use cio_domain::content::broadcast::BroadcastChange;
use cio_domain::content::collection::{CollectionChange, CollectionId};
use cio_domain::content::layout::LayoutChange;
use cio_domain::content::sender::{Contact, SenderChange, SenderId};
use cio_domain::content::snippet::SnippetChange;
use cio_domain::content::topic::TopicChange;
use cio_domain::content::transactional::TransactionalChange;
use cio_domain::content::{ContentChange, Revision};
use cio_domain::definition::{Definition, Key, Kind};
use cio_domain::limits::DEFINITION_CHANGES_MAX;
use cio_domain::segment::SegmentChange;
use lettre::Address;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::admin::senders::every as senders;
use crate::admin::{Part, bad_request, parse};
use crate::error::{Family, OrStoreError};
use crate::liquid;
use crate::state::AppState;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body<'a> {
    revision: u64,
    #[serde(default)]
    dry_run: bool,
    #[serde(borrow)]
    changes: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    kind: String,
    #[serde(default)]
    name: String,
    /// `null` removes it.
    #[serde(borrow)]
    definition: &'a RawValue,
}

/// What is asked for.
pub(super) struct Asked {
    pub(super) revision: Revision,
    pub(super) dry_run: bool,
    /// What is to be there, or nothing.
    pub(super) changes: Vec<(Key, Option<Definition>)>,
}

pub(super) fn read(body: &[u8]) -> Part<Asked> {
    let body: Body<'_> = parse(body)?;
    if body.changes.len() > DEFINITION_CHANGES_MAX {
        let text = format!("\"changes\" cannot be more than {DEFINITION_CHANGES_MAX}");
        return Err(bad_request(&text));
    }
    let numbered = body.changes.iter().enumerate();
    let changes: Part<Vec<_>> = numbered
        .map(|(place, entry)| read_one(place, entry))
        .collect();
    Ok(Asked {
        revision: Revision(body.revision),
        dry_run: body.dry_run,
        changes: changes?,
    })
}

fn read_one(place: usize, entry: &Entry<'_>) -> Part<(Key, Option<Definition>)> {
    let kind: Kind = entry.kind.parse().map_err(|_| {
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        let known = known.join(", ");
        bad_request(&format!("\"changes[{place}].kind\" must be one of {known}"))
    })?;
    let key = Key::new(kind, entry.name.as_str());
    if entry.definition.get() == "null" {
        return Ok((key, None));
    }
    let definition = Definition::from_json(kind, &entry.name, entry.definition.get())
        .map_err(|misfit| bad_request(&format!("{key}: {misfit}")))?;
    let key = definition.key();
    liquid::check_definition(&definition).map_err(|text| bad_request(&format!("{key}: {text}")))?;
    // Messages are sent to what the mailer takes for an address.
    if let Definition::Sender(sender) = &definition
        && let Contact::Email(email) = &sender.contact
        && email.parse::<Address>().is_err()
    {
        return Err(bad_request(&format!(
            "{key}: \"email\" must be an email address"
        )));
    }
    Ok((key, Some(definition)))
}

/// The changes as the store makes them. What is removed by number is looked up by name.
pub(super) async fn resolve(
    state: &AppState,
    workspace: WorkspaceId,
    changes: Vec<(Key, Option<Definition>)>,
) -> Part<Vec<ContentChange>> {
    let numbers = Numbers::read(state, workspace, &changes).await?;
    let each = changes
        .into_iter()
        .map(|(key, definition)| match definition {
            Some(definition) => Ok(definition.into_change()),
            None => removal(key, &numbers),
        });
    each.collect()
}

fn removal(key: Key, numbers: &Numbers) -> Part<ContentChange> {
    let missing = |key: &Key| bad_request(&format!("{key}: not found"));
    Ok(match key.kind {
        Kind::Workspace | Kind::PreferenceCenter => {
            return Err(bad_request(&format!("{key}: it cannot be removed")));
        }
        Kind::Sender => {
            let id = numbers.0.get(&key).ok_or_else(|| missing(&key))?;
            ContentChange::Sender(SenderChange::Delete(SenderId(*id)))
        }
        Kind::Collection => {
            let id = numbers.0.get(&key).ok_or_else(|| missing(&key))?;
            ContentChange::Collection(CollectionChange::Delete(CollectionId(*id)))
        }
        Kind::Topic => {
            let id = key.name.parse().map_err(|_| missing(&key))?;
            ContentChange::Topic(TopicChange::Delete(id))
        }
        Kind::Segment => ContentChange::Segment(SegmentChange::Delete(key.name)),
        Kind::Snippet => ContentChange::Snippet(SnippetChange::Delete(key.name)),
        Kind::Layout => ContentChange::Layout(LayoutChange::Delete(key.name)),
        Kind::TransactionalMessage => {
            ContentChange::Transactional(TransactionalChange::Delete(key.name))
        }
        Kind::Broadcast => ContentChange::Broadcast(BroadcastChange::Delete(key.name)),
    })
}

/// The numbers of what is found by one. They hold for the revision the list expects.
struct Numbers(HashMap<Key, u32>);

impl Numbers {
    async fn read(
        state: &AppState,
        workspace: WorkspaceId,
        changes: &[(Key, Option<Definition>)],
    ) -> Part<Numbers> {
        let removes = |kind: Kind| {
            let mut all = changes.iter();
            all.any(|(key, definition)| key.kind == kind && definition.is_none())
        };
        let mut numbers = HashMap::new();
        if removes(Kind::Sender) {
            for hidden in [false, true] {
                for sender in senders(state, workspace, hidden).await? {
                    let key = Definition::Sender(sender.details).key();
                    numbers.insert(key, sender.id.0);
                }
            }
        }
        if removes(Kind::Collection) {
            let collections = state.store.collections(workspace).await;
            for collection in collections.or_store_error(Family::Admin)? {
                let key = Key::new(Kind::Collection, collection.name);
                numbers.insert(key, collection.id.0);
            }
        }
        Ok(Numbers(numbers))
    }
}
