//! What messages are made of, as it is defined: templates, snippets, collections, and the
//! data of triggers. Kept while the workspace's definitions stay what they are.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use cio_domain::content::Revision;
use cio_domain::content::broadcast::{ActionId, BroadcastId};
use cio_domain::content::topic::{Topic, TopicId};
use cio_domain::content::transactional::{TransactionalId, TransactionalRef};
use cio_domain::delivery::{Delivery, Origin, WITHOUT_TEMPLATE};
use cio_domain::message::Content;
use cio_domain::object::ObjectRef;
use cio_domain::trigger::TriggerId;
use cio_domain::{Person, WorkspaceId};
use cio_liquid::{Names, Template};
use cio_store::{Store, StoreError};
use cio_wire::Identifier;
use serde_json::{Map, Value};

use super::sources::{Compiled, Sources};

/// Largest collections that are kept, as JSON.
const COLLECTION_BYTES_MAX: usize = 64 << 20;
/// Most templates that are kept, each language counted; so many collections, too.
const SAID_MAX: usize = 1_000;
/// Most data of triggers that is kept, each of 50 kB at most.
const TRIGGERS_MAX: usize = 100;
/// How deep snippets are looked for in snippets.
const SNIPPET_DEPTH_MAX: usize = 10;
/// Most objects of a person that a message sees, of all types together.
const OBJECTS_MAX: usize = 100;

/// The language that was asked for.
type Language = Option<String>;
/// What a template was found to say.
type Known = Option<Arc<Said>>;
/// An object of JSON.
type Data = Map<String, Value>;

/// What is remembered of definitions.
#[derive(Default)]
pub(super) struct Definitions {
    kept: Mutex<HashMap<WorkspaceId, Arc<Kept>>>,
}

/// Definitions of a workspace, as they were at a revision.
struct Kept {
    revision: Revision,
    /// `None`: it is not there.
    said: Mutex<HashMap<(Of, Language), Known>>,
    triggers: Mutex<HashMap<(u64, u64), Arc<Data>>>,
    snippets: Mutex<Option<Arc<HashMap<String, String>>>>,
    collections: Mutex<Collections>,
}

#[derive(Default)]
struct Collections {
    bytes: usize,
    by_name: HashMap<String, Option<Arc<Value>>>,
}

/// What a template is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Of {
    Transactional(u64),
    Action(u64, u64),
}

/// What a template says in a language.
pub(super) struct Said {
    /// `None`: the send says it all.
    pub(super) content: Option<Content>,
    pub(super) content_id: Option<u64>,
    pub(super) layout: Option<String>,
    pub(super) layout_name: Option<String>,
    pub(super) layout_id: Option<u64>,
    pub(super) topic: Option<TopicId>,
    /// The topic's own texts.
    pub(super) topic_texts: Option<Topic>,
    /// What the broadcast is called.
    pub(super) campaign: Option<String>,
}

/// What a message's texts ask for beside its person.
#[derive(Default)]
pub(super) struct Material {
    pub(super) snippets: HashMap<String, Template>,
    pub(super) collections: HashMap<String, Arc<Value>>,
    pub(super) objects: Option<Value>,
}

impl Definitions {
    /// What is remembered of a workspace, if it is still so; else nothing yet.
    async fn of(&self, store: &dyn Store, workspace: WorkspaceId) -> Result<Arc<Kept>, StoreError> {
        let revision = store.definitions_revision(workspace).await?;
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.entry(workspace).or_insert_with(|| Kept::new(revision));
        if kept.revision != revision {
            *kept = Kept::new(revision);
        }
        Ok(Arc::clone(kept))
    }

    /// What the template of a message says. `None`: it is no longer there.
    pub(super) async fn said(
        &self,
        store: &dyn Store,
        workspace: WorkspaceId,
        origin: Origin,
        language: Option<String>,
    ) -> Result<Option<Arc<Said>>, StoreError> {
        let of = match origin {
            Origin::Transactional(WITHOUT_TEMPLATE) => return Ok(Some(Arc::new(Said::nothing()))),
            Origin::Transactional(number) => Of::Transactional(number),
            Origin::Broadcast {
                broadcast, action, ..
            } => Of::Action(broadcast, action),
        };
        let kept = self.of(store, workspace).await?;
        let key = (of, language);
        if let Some(said) = lock(&kept.said).get(&key) {
            return Ok(said.clone());
        }
        let said = read(store, workspace, of, key.1.clone())
            .await?
            .map(Arc::new);
        put(&mut lock(&kept.said), SAID_MAX, key, said.clone());
        Ok(said)
    }

    /// What a message is triggered with: of a broadcast its own data over the trigger's.
    pub(super) async fn trigger(
        &self,
        store: &dyn Store,
        workspace: WorkspaceId,
        delivery: &Delivery,
    ) -> Result<Map<String, Value>, StoreError> {
        let own = delivery
            .message_data
            .as_deref()
            .map(object)
            .unwrap_or_default();
        let Origin::Broadcast {
            broadcast, trigger, ..
        } = delivery.origin
        else {
            return Ok(own);
        };
        let kept = self.of(store, workspace).await?;
        let key = (broadcast, trigger);
        let known = lock(&kept.triggers).get(&key).cloned();
        let shared = match known {
            Some(shared) => shared,
            None => {
                let id = TriggerId {
                    broadcast,
                    number: trigger,
                };
                let data = store.trigger_data(workspace, id).await?;
                let shared = Arc::new(data.as_deref().map(object).unwrap_or_default());
                put(
                    &mut lock(&kept.triggers),
                    TRIGGERS_MAX,
                    key,
                    Arc::clone(&shared),
                );
                shared
            }
        };
        let mut data = (*shared).clone();
        data.extend(own);
        Ok(data)
    }

    /// What the texts of a message ask for.
    pub(super) async fn material(
        &self,
        store: &dyn Store,
        workspace: WorkspaceId,
        sources: &Sources,
        compiled: &Compiled,
        person: Option<&Person>,
    ) -> Result<Material, StoreError> {
        let mut wanted = Wanted::default();
        for references in compiled.references() {
            wanted.add(references);
        }
        let mut material = Material::default();
        if !wanted.is_anything() {
            return Ok(material);
        }
        let kept = self.of(store, workspace).await?;
        let mut depth = 0;
        while wanted.has_snippets() && depth < SNIPPET_DEPTH_MAX {
            depth += 1;
            let all = kept.snippets(store, workspace).await?;
            for name in wanted.take_snippets(&all) {
                let Some(value) = all.get(&name) else {
                    continue;
                };
                // One that cannot be parsed is missing where it is used.
                if let Ok(template) = sources.template(value) {
                    wanted.add(template.references());
                    material.snippets.insert(name, template);
                }
            }
        }
        for name in &wanted.roots {
            if let Some(rows) = kept.collection(store, workspace, name).await? {
                material.collections.insert(name.clone(), rows);
            }
        }
        if (wanted.roots.contains("objects") || wanted.dynamic)
            && let Some(person) = person
        {
            material.objects = Some(objects(store, workspace, person).await?);
        }
        Ok(material)
    }
}

/// What is asked for, as it is found out.
#[derive(Default)]
struct Wanted {
    roots: BTreeSet<String>,
    snippets: BTreeSet<String>,
    seen: BTreeSet<String>,
    all_snippets: bool,
    dynamic: bool,
}

/// Roots that every message has.
const OWN_ROOTS: [&str; 8] = [
    "customer",
    "trigger",
    "message_data",
    "message",
    "delivery_id",
    "layout",
    "content",
    "campaign",
];

impl Wanted {
    fn add(&mut self, references: &cio_liquid::References) {
        let roots = references.roots.iter();
        let others = roots.filter(|root| !OWN_ROOTS.contains(&root.as_str()));
        self.roots.extend(others.cloned());
        self.dynamic |= references.dynamic;
        match &references.snippets {
            Names::Some(names) => self.snippets.extend(names.iter().cloned()),
            Names::All => self.all_snippets = true,
        }
        self.all_snippets |= references.dynamic;
    }

    fn is_anything(&self) -> bool {
        self.has_snippets() || !self.roots.is_empty() || self.dynamic
    }

    fn has_snippets(&self) -> bool {
        self.all_snippets || !self.snippets.is_empty()
    }

    /// Those that were not looked at yet.
    fn take_snippets(&mut self, all: &HashMap<String, String>) -> Vec<String> {
        let mut names = std::mem::take(&mut self.snippets);
        if std::mem::take(&mut self.all_snippets) {
            names.extend(all.keys().cloned());
        }
        names.retain(|name| self.seen.insert(name.clone()));
        names.into_iter().collect()
    }
}

impl Kept {
    fn new(revision: Revision) -> Arc<Kept> {
        Arc::new(Kept {
            revision,
            said: Mutex::default(),
            triggers: Mutex::default(),
            snippets: Mutex::default(),
            collections: Mutex::default(),
        })
    }

    async fn snippets(
        &self,
        store: &dyn Store,
        workspace: WorkspaceId,
    ) -> Result<Arc<HashMap<String, String>>, StoreError> {
        if let Some(snippets) = &*lock(&self.snippets) {
            return Ok(Arc::clone(snippets));
        }
        let snippets = store.snippets(workspace).await?.into_iter();
        let snippets = snippets
            .map(|it| (it.details.name, it.details.value))
            .collect();
        let snippets = Arc::new(snippets);
        *lock(&self.snippets) = Some(Arc::clone(&snippets));
        Ok(snippets)
    }

    /// The rows of the collection of this name, if there is one.
    async fn collection(
        &self,
        store: &dyn Store,
        workspace: WorkspaceId,
        name: &str,
    ) -> Result<Option<Arc<Value>>, StoreError> {
        if let Some(rows) = lock(&self.collections).by_name.get(name) {
            return Ok(rows.clone());
        }
        let all = store.collections(workspace).await?;
        let found = all.iter().find(|it| it.name.as_str() == name);
        let json = match found {
            Some(collection) => store.collection_rows(workspace, collection.id).await?,
            None => None,
        };
        let bytes = json.as_ref().map_or(0, String::len);
        let rows = json.and_then(|json| serde_json::from_str(&json).ok());
        let rows = rows.map(|rows: Value| Arc::new(rows));
        let mut kept = lock(&self.collections);
        if kept.bytes + bytes > COLLECTION_BYTES_MAX || kept.by_name.len() >= SAID_MAX {
            *kept = Collections::default();
        }
        kept.bytes += bytes;
        kept.by_name.insert(name.to_owned(), rows.clone());
        Ok(rows)
    }
}

/// Remembers one more, and forgets all others when there are too many: simple, and what is still
/// used is soon there again.
fn put<K: Eq + Hash, V>(kept: &mut HashMap<K, V>, max: usize, key: K, value: V) {
    if kept.len() >= max {
        kept.clear();
    }
    kept.insert(key, value);
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn object(json: &str) -> Map<String, Value> {
    serde_json::from_str(json).unwrap_or_default()
}

/// The objects somebody is related to, by the slug of their type: `{"type_1": [{…}]}`.
async fn objects(
    store: &dyn Store,
    workspace: WorkspaceId,
    person: &Person,
) -> Result<Value, StoreError> {
    let cio_id = Identifier::CioId(person.identifiers.cio_id.to_string());
    let related = store.relationships_of_person(workspace, cio_id, None, OBJECTS_MAX);
    let mut by_type: Map<String, Value> = Map::new();
    for names in related.await?.into_iter().flat_map(|page| page.items) {
        let names = names.object;
        let reference = ObjectRef::Id(names.type_id, names.object_id.clone());
        let Some(found) = store.object(workspace, reference).await? else {
            continue;
        };
        let attributes = found.attributes.into_iter().map(|(name, attribute)| {
            let value = serde_json::from_str(&attribute.json).unwrap_or(Value::Null);
            (name, value)
        });
        let mut fields: Map<String, Value> = attributes.collect();
        fields.insert("object_id".to_owned(), names.object_id.into());
        let list = by_type
            .entry(format!("objects_{}", names.type_id))
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(fields.into());
        }
    }
    Ok(by_type.into())
}

impl Said {
    /// Without a template a message says it all itself.
    fn nothing() -> Said {
        Said {
            content: None,
            content_id: None,
            layout: None,
            layout_name: None,
            layout_id: None,
            topic: None,
            topic_texts: None,
            campaign: None,
        }
    }
}

async fn read(
    store: &dyn Store,
    workspace: WorkspaceId,
    of: Of,
    language: Option<String>,
) -> Result<Option<Said>, StoreError> {
    let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let (variant, layout, topic, campaign) = match of {
        Of::Transactional(id) => {
            let id = TransactionalRef::Id(TransactionalId(number(id)));
            let found = store.transactional_template(workspace, id, language);
            let Some(found) = found.await? else {
                return Ok(None);
            };
            (
                found.variant,
                found.layout,
                found.message.details.topic,
                None,
            )
        }
        Of::Action(broadcast, action) => {
            let (broadcast, action) = (BroadcastId(number(broadcast)), ActionId(number(action)));
            let found = store.broadcast_template(workspace, broadcast, action, language);
            let Some(found) = found.await? else {
                return Ok(None);
            };
            let actions = found.message.actions.iter();
            let topic = actions
                .filter(|it| it.id == action)
                .find_map(|it| it.details.topic);
            let name = found.message.details.name;
            (found.variant, found.layout, topic, Some(name))
        }
    };
    let topic_texts = match topic {
        None => None,
        Some(id) => {
            let topics = store.topics(workspace).await?;
            topics.into_iter().find(|topic| topic.id == id)
        }
    };
    Ok(Some(Said {
        content: Some(variant.content),
        content_id: Some(u64::from(variant.info.id.0)),
        layout_name: layout.as_ref().map(|it| it.details.name.clone()),
        layout_id: layout.as_ref().map(|it| u64::from(it.id.0)),
        layout: layout.map(|it| it.details.body),
        topic,
        topic_texts,
        campaign,
    }))
}
