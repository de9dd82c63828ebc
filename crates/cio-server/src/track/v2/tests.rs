//! What each row of the matrix becomes.

use cio_domain::Operation;
use cio_domain::attribute::Change;
use cio_domain::object::{ObjectRef, ObjectTypeId};
use cio_domain::operation::{
    DeviceUpdate, Event, EventKind, Identify, IdentifyObject, Relate, RelatePerson, Report, Subject,
};
use cio_wire::Identifier;
use serde_json::{Value, json};

use super::*;

mod random;
mod refusals;

fn read(operation: &Value) -> Result<Operation, Invalid> {
    operation::read(operation.to_string().as_bytes())
}

fn id(id: &str) -> Identifier {
    Identifier::Id(id.into())
}

fn acme() -> ObjectRef {
    ObjectRef::Id(ObjectTypeId(1), "acme".into())
}

fn set(name: &str, json: &str) -> (String, Change) {
    (name.into(), Change::Set(json.into()))
}

#[test]
fn every_name_of_a_person_is_read() {
    for (identifiers, expected) in [
        (json!({"id": "42"}), id("42")),
        (json!({"id": 42}), id("42")),
        (json!({"id": "cio_a", "email": null}), id("cio_a")),
        (
            json!({"email": " a@b.c "}),
            Identifier::Email("a@b.c".into()),
        ),
        (
            json!({"cio_id": "a3000001"}),
            Identifier::CioId("a3000001".into()),
        ),
        (
            json!({"cio_id": "cio_a3000001"}),
            Identifier::CioId("a3000001".into()),
        ),
    ] {
        let delete = json!({"type": "person", "action": "delete", "identifiers": identifiers});
        assert_eq!(read(&delete), Ok(Operation::Delete(expected)), "{delete}");
    }
}

#[test]
fn people_are_identified_with_attributes_and_relationships() {
    let operation = json!({
        "type": "person", "action": "identify", "identifiers": {"email": "a@b.c"},
        "attributes": {"id": 7, "anonymous_id": "v", "plan": "pro", "gone": null, "_update": true},
        "timestamp": "1700000000",
        "cio_relationships": [
            {"identifiers": {"objectTypeId": 1, "object_id": "acme"},
             "relationship_attributes": {"role": "owner", "since": ""}},
            {"identifiers": {"cio_object_id": "0b"}},
        ],
    });
    let expected = Identify {
        id: Some("7".into()),
        anonymous_id: Some("v".into()),
        attributes: vec![("gone".into(), Change::Remove), set("plan", "\"pro\"")],
        timestamp: Some(1_700_000_000),
        update_only: true,
        relationships: vec![
            Relate::Add {
                object: acme(),
                attributes: vec![set("role", "\"owner\""), ("since".into(), Change::Remove)],
            },
            Relate::Add {
                object: ObjectRef::CioId("0b".into()),
                attributes: Vec::new(),
            },
        ],
        ..Identify::new(Identifier::Email("a@b.c".into()))
    };
    let mut read = read(&operation).unwrap();
    if let Operation::Identify(identify) = &mut read {
        identify.attributes.sort_by(|a, b| a.0.cmp(&b.0));
    }
    assert_eq!(read, Operation::Identify(expected));
}

#[test]
fn visitors_are_identified_and_do_things() {
    let visitor = json!({"anonymous_id": "v"});
    let identify = json!({"type": "person", "action": "identify", "identifiers": visitor});
    assert_eq!(
        read(&identify),
        Ok(Operation::Identify(Identify::new(Subject::Visitor(
            "v".into()
        ))))
    );
    for (action, kind) in [
        ("event", EventKind::Event),
        ("page", EventKind::Page),
        ("screen", EventKind::Screen),
    ] {
        let event =
            json!({"type": "person", "action": action, "identifiers": visitor, "name": "n"});
        let expected = Operation::TrackAnonymous {
            anonymous_id: Some("v".into()),
            event: Event {
                kind,
                name: "n".into(),
                id: None,
                timestamp: None,
                data: None,
            },
        };
        assert_eq!(read(&event), Ok(expected));
    }
}

#[test]
fn data_of_an_event_is_in_attributes_or_else_in_data() {
    let event = |fields: &str| {
        let json = format!(
            r#"{{"type":"person","action":"event","identifiers":{{"id":"1"}},"name":" n ","id":"e","timestamp":5,{fields}}}"#
        );
        match operation::read(json.as_bytes()) {
            Ok(Operation::Track { person, event }) if person == id("1") => event,
            other => panic!("{other:?}"),
        }
    };
    let expected = |data: Option<&str>| Event {
        kind: EventKind::Event,
        name: "n".into(),
        id: Some("e".into()),
        timestamp: Some(5),
        data: data.map(str::to_owned),
    };
    for (fields, data) in [
        (r#""attributes":{"a": 1}"#, Some(r#"{"a": 1}"#)),
        (r#""data":{"b":2}"#, Some(r#"{"b":2}"#)),
        (r#""data":{"b":2},"attributes":{"a":1}"#, Some(r#"{"a":1}"#)),
        (r#""attributes":null,"data":{"b":2}"#, Some(r#"{"b":2}"#)),
        (r#""attributes":null"#, None),
    ] {
        assert_eq!(event(fields), expected(data), "{fields}");
    }
}

#[test]
fn the_rest_of_what_is_done_to_people() {
    let person = |action: &str, more: Value| {
        let mut operation = json!({"type": "person", "action": action, "identifiers": {"id": "1"}});
        for (name, value) in more.as_object().unwrap() {
            operation[name] = value.clone();
        }
        read(&operation).unwrap()
    };
    assert_eq!(person("suppress", json!({})), Operation::Suppress(id("1")));
    assert_eq!(
        person("unsuppress", json!({})),
        Operation::Unsuppress(id("1"))
    );
    let device = json!({"device": {"token": "t", "platform": "iOS", "last_used": 5,
        "attributes": {"app_version": "1"}}});
    assert_eq!(
        person("add_device", device),
        Operation::PutDevice {
            person: id("1"),
            device: DeviceUpdate {
                token: "t".into(),
                platform: "ios".into(),
                last_used: Some(5),
                attributes: [("app_version".into(), "\"1\"".into())].into(),
            }
        }
    );
    assert_eq!(
        person("delete_device", json!({"device": {"token": "t"}})),
        Operation::DeleteDevice {
            person: id("1"),
            token: "t".into()
        }
    );
    let related = json!({"cio_relationships": [
        {"identifiers": {"object_type_id": "1", "object_id": "acme"},
         "relationship_attributes": {"a": 1}}]});
    assert_eq!(
        person("add_relationships", related.clone()),
        Operation::Relate {
            person: id("1"),
            relationships: vec![Relate::Add {
                object: acme(),
                attributes: vec![set("a", "1")]
            }]
        }
    );
    assert_eq!(
        person("delete_relationships", related),
        Operation::Relate {
            person: id("1"),
            relationships: vec![Relate::Delete(acme())]
        }
    );
    let merge = json!({"type": "person", "action": "merge", "primary": {"id": 1},
        "secondary": {"cio_id": "cio_02"}});
    assert_eq!(
        read(&merge),
        Ok(Operation::Merge {
            primary: id("1"),
            secondary: Identifier::CioId("02".into())
        })
    );
}

#[test]
fn objects_are_identified_related_and_deleted() {
    let object = |action: &str, more: Value| {
        let mut operation = json!({"type": "object", "action": action,
            "identifiers": {"object_type_id": 1, "object_id": "acme"}});
        for (name, value) in more.as_object().unwrap() {
            operation[name] = value.clone();
        }
        read(&operation).unwrap()
    };
    let add = |person: Subject| RelatePerson::Add {
        person,
        attributes: Vec::new(),
    };
    let identify = |attributes, people| {
        Operation::IdentifyObject(IdentifyObject {
            object: acme(),
            attributes,
            timestamp: None,
            people,
        })
    };
    let visitor = || Subject::Visitor("v".into());
    let related = json!({"cio_relationships": [{"identifiers": {"email": "a@b.c"}}]});
    let ana = || Subject::Person(Identifier::Email("a@b.c".into()));
    assert_eq!(
        object("identify", json!({"attributes": {"name": "Acme"}})),
        identify(vec![set("name", "\"Acme\"")], Vec::new())
    );
    assert_eq!(
        object("identify", related.clone()),
        identify(Vec::new(), vec![add(ana())])
    );
    let nested = json!({"cio_relationships": [{"identifiers": {"anonymous_id": "v"}}]});
    assert_eq!(
        object("identify_anonymous", nested),
        identify(Vec::new(), vec![add(visitor())])
    );
    assert_eq!(
        object("identify_anonymous", json!({"anonymous_id": "v"})),
        identify(Vec::new(), vec![add(visitor())])
    );
    assert_eq!(object("delete", json!({})), Operation::DeleteObject(acme()));
    assert_eq!(
        object("add_relationships", related.clone()),
        Operation::RelateObject {
            object: acme(),
            people: vec![add(ana())]
        }
    );
    assert_eq!(
        object("delete_relationships", related),
        Operation::RelateObject {
            object: acme(),
            people: vec![RelatePerson::Delete(ana())]
        }
    );
}

#[test]
fn a_delivery_reports_what_happened_on_a_device() {
    let report = json!({"type": "delivery", "action": "event", "identifiers": {"id": "d"},
        "name": "opened", "attributes": {"device_token": "t"}});
    assert_eq!(
        read(&report),
        Ok(Operation::Report(Report {
            delivery_id: "d".into(),
            metric: "opened".into(),
            timestamp: None,
            recipient: Some("t".into()),
            reason: None,
            href: None,
        }))
    );
}
