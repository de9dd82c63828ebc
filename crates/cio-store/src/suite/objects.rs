//! Promises about objects and how people are related to them.

use std::collections::BTreeMap;

use cio_domain::activity::ActivityKind;
use cio_domain::object::{Object, ObjectRef, ObjectTypeId};
use cio_domain::operation::{Identify, IdentifyObject, Relate, RelatePerson, Subject};
use cio_domain::person::Attribute;
use cio_domain::{Ignored, Operation, Outcome};
use cio_wire::Identifier;

use super::changes;
use super::given::{AT_SECONDS, Given, given, id, identify, new_workspace};
use crate::{ActivityQuery, Store};

pub(super) const UNKNOWN: Outcome = Outcome::Ignored(Ignored::UnknownObject);
pub(super) const NOWHERE: &str = "ffffffff";

pub(super) fn company(name: &str) -> ObjectRef {
    ObjectRef::Id(ObjectTypeId(1), name.to_owned())
}

pub(super) fn by_number(object: &Object) -> ObjectRef {
    ObjectRef::CioId(object.identifiers.cio_object_id.to_string())
}

pub(super) fn nothing() -> ObjectRef {
    ObjectRef::CioId(NOWHERE.to_owned())
}

pub(super) fn put(object: ObjectRef, attributes: &[(&str, &str)]) -> Operation {
    Operation::IdentifyObject(IdentifyObject {
        object,
        attributes: changes(attributes),
        timestamp: None,
        people: Vec::new(),
    })
}

pub(super) fn relate(
    person: Identifier,
    object: ObjectRef,
    attributes: &[(&str, &str)],
) -> Operation {
    Operation::Relate {
        person,
        relationships: vec![Relate::Add {
            object,
            attributes: changes(attributes),
        }],
    }
}

pub(super) fn add(person: impl Into<Subject>, attributes: &[(&str, &str)]) -> RelatePerson {
    RelatePerson::Add {
        person: person.into(),
        attributes: changes(attributes),
    }
}

pub(super) fn visitor(name: &str) -> Subject {
    Subject::Visitor(name.to_owned())
}

pub(super) fn relate_object(object: ObjectRef, people: Vec<RelatePerson>) -> Operation {
    Operation::RelateObject { object, people }
}

pub(super) fn identify_visitor(person: Identifier, name: &str) -> Operation {
    Operation::Identify(Identify {
        anonymous_id: Some(name.to_owned()),
        ..Identify::new(person)
    })
}

impl Given<'_> {
    pub(super) async fn find_object(&self, object: &ObjectRef) -> Option<Object> {
        let object = self.store.object(self.workspace, object.clone());
        object.await.expect("objects can be read")
    }

    pub(super) async fn object(&self, object: &ObjectRef) -> Object {
        let found = self.find_object(object).await;
        found.unwrap_or_else(|| panic!("{object:?} is not there"))
    }

    /// What somebody is related to, with the attributes as text: `acme role="boss"`.
    pub(super) async fn objects_of(&self, person: &Identifier) -> Option<Vec<String>> {
        let list = self
            .store
            .relationships_of_person(self.workspace, person.clone(), None, 100);
        let page = list.await.expect("relationships can be read")?;
        assert_eq!(page.next, None);
        let one = |object: String, attributes| format!("{object}{attributes}");
        Some(
            page.items
                .into_iter()
                .map(|it| one(it.object.object_id, texts(&it.attributes)))
                .collect(),
        )
    }

    /// The same from the other side, people by their `id`.
    pub(super) async fn people_of(&self, object: &ObjectRef) -> Option<Vec<String>> {
        let list = self
            .store
            .relationships_of_object(self.workspace, object.clone(), None, 100);
        let page = list.await.expect("relationships can be read")?;
        assert_eq!(page.next, None);
        let one =
            |id: Option<String>, attributes| format!("{}{attributes}", id.unwrap_or_default());
        Some(
            page.items
                .into_iter()
                .map(|it| one(it.person.id, texts(&it.attributes)))
                .collect(),
        )
    }

    /// The kinds of what is in the workspace's log, oldest first, that `wanted` names.
    pub(super) async fn kinds(&self, wanted: &str) -> Vec<String> {
        let query = ActivityQuery {
            limit: 1_000,
            ..ActivityQuery::default()
        };
        let log = self.store.activity_log(self.workspace, query);
        let log = log.await.expect("the log can be read").items;
        let kinds = log.iter().rev().map(|it| it.kind.as_str().to_owned());
        kinds.filter(|kind| kind.contains(wanted)).collect()
    }

    /// How many entries of a kind a person's log has.
    pub(super) async fn count(&self, person: &Identifier, kind: ActivityKind) -> usize {
        let query = ActivityQuery {
            kind: Some(kind),
            limit: 1_000,
            ..ActivityQuery::default()
        };
        let log = self.store.activities(self.workspace, person.clone(), query);
        let log = log.await.expect("activities can be read");
        log.expect("the person is there").items.len()
    }
}

pub(super) fn texts(attributes: &BTreeMap<String, Attribute>) -> String {
    let text = |(name, it): (&String, &Attribute)| format!(" {name}={}", it.json);
    attributes.iter().map(text).collect()
}

/// An object is created by its type and id, updated by these or its number, and `null`
/// removes an attribute. A number that names nothing creates nothing.
pub(super) async fn objects_are_created_and_updated(store: &dyn Store) {
    let given = given(store).await;
    let attributes = [("name", "\"Acme\""), ("size", "12"), ("city", "\"Rome\"")];
    given.apply(put(company("acme"), &attributes)).await;
    let acme = given.object(&company("acme")).await;
    assert_eq!(acme.identifiers.type_id, ObjectTypeId(1));
    assert_eq!(acme.identifiers.object_id, "acme");
    assert_eq!(acme.created_at, AT_SECONDS);
    let update = [("size", "13"), ("city", "null"), ("name", "\"\"")];
    given.apply(put(by_number(&acme), &update)).await;
    let updated = given.object(&by_number(&acme)).await;
    assert_eq!(updated.identifiers, acme.identifiers);
    assert_eq!(texts(&updated.attributes), " size=13");
    // The same id of another type, and the id in capitals, are other objects.
    let course = ObjectRef::Id(ObjectTypeId(2), "acme".to_owned());
    for other in [&course, &company("Acme")] {
        given.apply(put(other.clone(), &[])).await;
        let other = given.object(other).await.identifiers;
        assert_ne!(other.cio_object_id, acme.identifiers.cio_object_id);
    }
    assert_eq!(given.apply(put(nothing(), &attributes)).await, UNKNOWN);
    assert_eq!(given.find_object(&nothing()).await, None);
    assert_eq!(given.kinds("failed").await, ["failed_attribute_change"]);
    let types = store.object_types(given.workspace);
    let types = types.await.expect("types can be read");
    assert_eq!(types, [ObjectTypeId(1), ObjectTypeId(2)]);
    let of_acme = [
        "_o:1:create",
        "_o:1:attribute_change",
        "_o:1:attribute_change",
    ];
    assert_eq!(given.kinds("_o:").await[..3], of_acme);
}

/// Of two changes of an attribute the later one counts, in whatever order they come.
pub(super) async fn an_older_change_of_an_object_loses(store: &dyn Store) {
    let given = given(store).await;
    let at = |timestamp, attributes: &[(&str, &str)]| {
        Operation::IdentifyObject(IdentifyObject {
            object: company("acme"),
            attributes: changes(attributes),
            timestamp: Some(timestamp),
            people: Vec::new(),
        })
    };
    given.apply(at(2_000, &[("plan", "\"pro\"")])).await;
    let late = at(1_000, &[("plan", "\"free\""), ("size", "3")]);
    assert_eq!(given.apply(late).await, Outcome::Applied);
    let acme = given.object(&company("acme")).await;
    assert_eq!(texts(&acme.attributes), " plan=\"pro\" size=3");
    assert_eq!(acme.attributes["plan"].changed_at, 2_000);
    assert_eq!(acme.attributes["size"].changed_at, 1_000);
    assert_eq!(
        given.kinds("failed").await,
        ["_o:1:failed_attribute_change"]
    );
}

/// A removed object takes its relationships and its history along; what its people are
/// related to otherwise stays, and the id is free again.
pub(super) async fn a_removed_object_leaves_no_relationship(store: &dyn Store) {
    let given = given(store).await;
    for object in ["acme", "other"] {
        let people = vec![add(id("1"), &[("role", "\"x\"")]), add(visitor("v"), &[])];
        given.apply(relate_object(company(object), people)).await;
    }
    let old = given.object(&company("acme")).await;
    let removed = given.apply(Operation::DeleteObject(by_number(&old))).await;
    assert_eq!(removed, Outcome::Applied);
    for name in [company("acme"), by_number(&old)] {
        assert_eq!(given.find_object(&name).await, None);
        assert_eq!(given.people_of(&name).await, None);
    }
    let left = given.objects_of(&id("1")).await;
    assert_eq!(left.unwrap(), ["other role=\"x\""]);
    let kind = ActivityKind::DELETE_RELATIONSHIP;
    assert_eq!(given.count(&id("1"), kind).await, 1);
    assert_eq!(given.kinds("_o:1:create").await.len(), 1, "the other's");
    assert_eq!(given.kinds("_o:1:delete").await.len(), 1);
    let again = given.apply(Operation::DeleteObject(company("acme"))).await;
    assert_eq!(again, Outcome::Applied, "what is not there is no error");
    // A new one of this id is another, without people.
    given.apply(put(company("acme"), &[])).await;
    let new = given.object(&company("acme")).await;
    assert_ne!(new.identifiers.cio_object_id, old.identifiers.cio_object_id);
    assert!(new.attributes.is_empty());
    given.apply(identify_visitor(id("2"), "v")).await;
    assert_eq!(given.objects_of(&id("2")).await.unwrap(), ["other"]);
    assert_eq!(given.people_of(&company("acme")).await.unwrap(), [""; 0]);
}

/// Objects and their numbers are a workspace's own.
pub(super) async fn objects_of_workspaces_are_separate(store: &dyn Store) {
    let one = given(store).await;
    let two = store
        .create_workspace(new_workspace("two"), Vec::new())
        .await;
    let two = Given {
        store,
        workspace: two.expect("a workspace is created").0.id,
    };
    one.apply(relate(id("1"), company("acme"), &[])).await;
    let acme = one.object(&company("acme")).await;
    two.apply(identify(id("1"))).await;
    for name in [company("acme"), by_number(&acme)] {
        assert_eq!(two.find_object(&name).await, None);
        assert_eq!(two.people_of(&name).await, None);
    }
    assert_eq!(two.objects_of(&id("1")).await.unwrap(), [""; 0]);
    let types = store.object_types(two.workspace).await;
    assert_eq!(types.expect("types can be read"), []);
    two.apply(relate(id("1"), company("acme"), &[])).await;
    two.apply(Operation::DeleteObject(company("acme"))).await;
    assert_eq!(one.people_of(&company("acme")).await.unwrap(), ["1"]);
    assert_eq!(one.objects_of(&id("1")).await.unwrap(), ["acme"]);
}
