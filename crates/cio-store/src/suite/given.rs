//! What the promises start from: short names for common operations.

use cio_domain::activity::Activity;
use cio_domain::attribute::Change;
use cio_domain::delivery::NewDelivery;
use cio_domain::message::EmailContent;
use cio_domain::operation::{DeviceUpdate, Event, EventKind, Identify};
use cio_domain::workspace::NewWorkspace;
use cio_domain::{Operation, Outcome, Person, UnixMillis, UnixSeconds, WorkspaceId};
use cio_wire::{Identifier, Region};

use crate::{ActivityQuery, Store};

/// When everything happens unless said otherwise: 2023-11-14.
pub(super) const AT: UnixMillis = 1_700_000_000_000;
/// The same in seconds.
pub(super) const AT_SECONDS: UnixSeconds = 1_700_000_000;

pub(super) fn id(value: &str) -> Identifier {
    Identifier::Id(value.to_owned())
}

pub(super) fn email(value: &str) -> Identifier {
    Identifier::Email(value.to_owned())
}

pub(super) fn cio_id(person: &Person) -> Identifier {
    Identifier::CioId(person.identifiers.cio_id.to_string())
}

pub(super) fn new_workspace(name: &str) -> NewWorkspace {
    NewWorkspace {
        name: name.to_owned(),
        region: Region::Eu,
        created_at: AT,
    }
}

/// A store and a workspace of it.
pub(super) struct Given<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) workspace: WorkspaceId,
}

pub(super) async fn given(store: &dyn Store) -> Given<'_> {
    let (workspace, _) = store
        .create_workspace(new_workspace("one"), Vec::new())
        .await
        .expect("a workspace is created");
    Given {
        store,
        workspace: workspace.id,
    }
}

impl Given<'_> {
    pub(super) async fn apply_at(
        &self,
        at: UnixMillis,
        operations: Vec<Operation>,
    ) -> Vec<Outcome> {
        let count = operations.len();
        let outcomes = self
            .store
            .apply(self.workspace, at, operations)
            .await
            .expect("the operations are applied");
        assert_eq!(outcomes.len(), count, "one outcome per operation");
        outcomes
    }

    /// Applies one operation.
    pub(super) async fn apply(&self, operation: impl Into<Operation>) -> Outcome {
        self.apply_at(AT, vec![operation.into()]).await[0]
    }

    pub(super) async fn find(&self, person: &Identifier) -> Option<Person> {
        self.store
            .person(self.workspace, person.clone())
            .await
            .expect("people can be read")
    }

    /// Somebody who must be there.
    pub(super) async fn person(&self, person: &Identifier) -> Person {
        self.find(person)
            .await
            .unwrap_or_else(|| panic!("{} is not there", person.value()))
    }

    /// What is in somebody's log, newest first.
    pub(super) async fn activities(&self, person: &Identifier) -> Vec<Activity> {
        let page = self
            .store
            .activities(self.workspace, person.clone(), everything())
            .await
            .expect("activities can be read");
        page.expect("the person is there").items
    }

    /// What is in the workspace's log, newest first.
    pub(super) async fn log(&self) -> Vec<Activity> {
        let page = self.store.activity_log(self.workspace, everything()).await;
        page.expect("the log can be read").items
    }

    /// A second workspace of the same store.
    pub(super) async fn another(&self) -> Given<'_> {
        let workspace = self
            .store
            .create_workspace(new_workspace("two"), Vec::new())
            .await;
        Given {
            store: self.store,
            workspace: workspace.expect("a workspace is created").0.id,
        }
    }

    /// The names of the events of somebody, newest first.
    pub(super) async fn events(&self, person: &Identifier) -> Option<Vec<String>> {
        let query = ActivityQuery {
            limit: 1_000,
            ..ActivityQuery::default()
        };
        let page = self
            .store
            .activities(self.workspace, person.clone(), query)
            .await
            .expect("activities can be read")?;
        let events = page.items.into_iter().filter(|entry| entry.kind.is_event());
        Some(events.filter_map(|entry| entry.name).collect())
    }
}

/// Everything of a log that fits on one page, that people were removed too.
pub(super) fn everything() -> ActivityQuery {
    ActivityQuery {
        with_deleted: true,
        limit: 1_000,
        ..ActivityQuery::default()
    }
}

/// An identify under construction.
pub(super) struct Draft(Identify);

pub(super) fn identify(person: Identifier) -> Draft {
    Draft(Identify::new(person))
}

impl Draft {
    pub(super) fn id(mut self, id: &str) -> Draft {
        self.0.id = Some(id.to_owned());
        self
    }

    pub(super) fn email(mut self, email: &str) -> Draft {
        self.0.email = Some(email.to_owned());
        self
    }

    pub(super) fn set(mut self, name: &str, json: &str) -> Draft {
        let change = Change::from_json(json);
        self.0.attributes.push((name.to_owned(), change));
        self
    }

    pub(super) fn visitor(mut self, anonymous_id: &str) -> Draft {
        self.0.anonymous_id = Some(anonymous_id.to_owned());
        self
    }

    pub(super) fn update_only(mut self) -> Draft {
        self.0.update_only = true;
        self
    }
}

impl From<Draft> for Operation {
    fn from(draft: Draft) -> Self {
        Operation::Identify(draft.0)
    }
}

pub(super) fn event(name: &str) -> Event {
    Event {
        kind: EventKind::Event,
        name: name.to_owned(),
        id: None,
        timestamp: Some(AT_SECONDS),
        data: None,
    }
}

pub(super) fn event_with_id(name: &str, id: &str) -> Event {
    Event {
        id: Some(id.to_owned()),
        ..event(name)
    }
}

pub(super) fn track(person: Identifier, event: Event) -> Operation {
    Operation::Track { person, event }
}

pub(super) fn anonymous(visitor: &str, event: Event) -> Operation {
    Operation::TrackAnonymous {
        anonymous_id: Some(visitor.to_owned()),
        event,
    }
}

pub(super) fn device(person: Identifier, token: &str, model: &str) -> Operation {
    Operation::PutDevice {
        person,
        device: DeviceUpdate {
            token: token.to_owned(),
            platform: "ios".to_owned(),
            last_used: None,
            attributes: [("device_model".to_owned(), format!("\"{model}\""))].into(),
        },
    }
}

pub(super) fn content(subject: &str) -> EmailContent {
    EmailContent {
        from: "shop@example.com".to_owned(),
        to: "ana@example.com".to_owned(),
        subject: subject.to_owned(),
        body: "<p>Hello</p>".to_owned(),
        headers: vec![("X-One".to_owned(), "1".to_owned())],
        ..EmailContent::default()
    }
}

pub(super) fn delivery(id: &str, person: Option<Identifier>) -> NewDelivery {
    NewDelivery {
        person,
        message_data: Some("{\"total\":3}".to_owned()),
        ..NewDelivery::new(id, content("Hello"))
    }
}

pub(super) fn deliver(delivery: NewDelivery) -> Operation {
    Operation::Deliver(Box::new(delivery))
}
