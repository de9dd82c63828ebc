//! Promises about who is related to what.

use cio_domain::activity::ActivityKind;
use cio_domain::operation::{Identify, IdentifyObject, Relate, RelatePerson};
use cio_domain::{Ignored, Operation, Outcome};
use cio_wire::Identifier;

use super::changes;
use super::given::{AT, cio_id, given, id};
use super::objects::{
    NOWHERE, UNKNOWN, add, by_number, company, identify_visitor, nothing, relate, relate_object,
    visitor,
};
use crate::{Store, StoreError};

/// A relationship is seen from both sides whichever it was made from, is there once, and
/// whoever and whatever it names by an id of the caller is created.
pub(super) async fn people_and_objects_are_related_from_either_side(store: &dyn Store) {
    let given = given(store).await;
    given
        .apply(relate(id("1"), company("acme"), &[("role", "\"boss\"")]))
        .await;
    let people = vec![add(id("2"), &[]), add(id("1"), &[("since", "2020")])];
    given.apply(relate_object(company("acme"), people)).await;
    let of_one = ["acme role=\"boss\" since=2020".to_owned()];
    assert_eq!(
        given.objects_of(&id("1")).await.as_deref(),
        Some(&of_one[..])
    );
    let of_acme = given.people_of(&company("acme")).await;
    assert_eq!(of_acme.unwrap(), ["1 role=\"boss\" since=2020", "2"]);
    given
        .apply(relate(id("1"), company("acme"), &[("role", "null")]))
        .await;
    assert_eq!(
        given.objects_of(&id("1")).await.unwrap(),
        ["acme since=2020"]
    );
    let kinds = given.kinds("_relationship").await;
    let both = ["add_relationship", "_o:1:add_relationship"];
    assert_eq!(kinds, [both, both].concat(), "each once");
    assert_eq!(given.kinds("_r:").await, ["_r:1:attribute_change"; 3]);

    // Undone, from either side too; what is not there is no error.
    let acme = given.object(&company("acme")).await;
    let unrelate = |person, object| Operation::Relate {
        person,
        relationships: vec![Relate::Delete(object)],
    };
    for (person, object) in [
        (id("1"), by_number(&acme)),
        (id("1"), company("acme")),
        (id("1"), company("nowhere")),
        (id("nobody"), company("acme")),
    ] {
        assert_eq!(
            given.apply(unrelate(person, object)).await,
            Outcome::Applied
        );
    }
    let people = ["2", "2", "nobody"].map(|person| RelatePerson::Delete(id(person).into()));
    given
        .apply(relate_object(company("acme"), people.into()))
        .await;
    assert_eq!(given.objects_of(&id("1")).await.unwrap(), [""; 0]);
    assert_eq!(given.people_of(&company("acme")).await.unwrap(), [""; 0]);
    assert_eq!(given.find(&id("nobody")).await, None);
    assert_eq!(given.find_object(&company("nowhere")).await, None);
    // Nothing of the old relationship comes back with a new one.
    given.apply(relate(id("1"), company("acme"), &[])).await;
    assert_eq!(given.objects_of(&id("1")).await.unwrap(), ["acme"]);
}

/// Whoever may not be related is left out, and the others are related; an object of an
/// unknown number is left out, and neither creates anything.
pub(super) async fn who_cannot_be_related_is_left_out(store: &dyn Store) {
    let given = given(store).await;
    given.apply(Operation::Suppress(id("blocked"))).await;
    let blocked = Outcome::Ignored(Ignored::Suppressed);
    let nobody = Identifier::CioId(NOWHERE.to_owned());
    let refused = relate(id("blocked"), company("acme"), &[]);
    assert_eq!(given.apply(refused).await, blocked);
    let refused = relate(nobody.clone(), company("acme"), &[]);
    let unknown = Outcome::Ignored(Ignored::UnknownCioId);
    assert_eq!(given.apply(refused).await, unknown);
    let refused = relate_object(company("acme"), vec![add(nobody.clone(), &[])]);
    assert_eq!(given.apply(refused).await, Outcome::Applied);
    assert_eq!(given.find_object(&company("acme")).await, None);
    let people = [nobody, id("blocked"), id("1")].map(|person| add(person, &[]));
    given
        .apply(relate_object(company("acme"), people.into()))
        .await;
    assert_eq!(given.people_of(&company("acme")).await.unwrap(), ["1"]);

    assert_eq!(given.apply(relate(id("1"), nothing(), &[])).await, UNKNOWN);
    let refused = relate_object(nothing(), vec![add(id("new"), &[])]);
    assert_eq!(given.apply(refused).await, UNKNOWN);
    assert_eq!(given.find(&id("new")).await, None);
    assert_eq!(
        given.apply(Operation::DeleteObject(nothing())).await,
        UNKNOWN
    );
    let known_and_unknown = Operation::Relate {
        person: id("1"),
        relationships: [nothing(), company("other")]
            .map(|object| Relate::Add {
                object,
                attributes: Vec::new(),
            })
            .into(),
    };
    assert_eq!(given.apply(known_and_unknown).await, Outcome::Applied);
    assert_eq!(given.objects_of(&id("1")).await.unwrap(), ["acme", "other"]);
    let noted = given
        .count(&id("1"), ActivityKind::FAILED_ATTRIBUTE_CHANGE)
        .await;
    assert_eq!(noted, 2);
}

/// An identify relates, too.
pub(super) async fn an_identify_relates(store: &dyn Store) {
    let given = given(store).await;
    let with = |relationships| {
        Operation::Identify(Identify {
            relationships,
            ..Identify::new(id("1"))
        })
    };
    let [first, second] = ["acme", "other"].map(|name| Relate::Add {
        object: company(name),
        attributes: changes(&[("role", "\"x\"")]),
    });
    given.apply(with(vec![first, second])).await;
    given
        .apply(with(vec![Relate::Delete(company("acme"))]))
        .await;
    assert_eq!(
        given.objects_of(&id("1")).await.unwrap(),
        ["other role=\"x\""]
    );
    // The object's own identify does the same.
    given
        .apply(Operation::IdentifyObject(IdentifyObject {
            object: company("acme"),
            attributes: Vec::new(),
            timestamp: None,
            people: vec![
                add(id("2"), &[]),
                RelatePerson::Delete(id("1").into()),
                add(id("1"), &[("role", "\"y\"")]),
            ],
        }))
        .await;
    let people = given.people_of(&company("acme")).await;
    assert_eq!(people.unwrap(), ["1 role=\"y\"", "2"]);
}

/// A deleted or suppressed person is related to nothing, and whoever has the id then
/// starts without relationships.
pub(super) async fn a_removed_person_leaves_no_relationship(store: &dyn Store) {
    let given = given(store).await;
    let people = ["1", "2", "3"].map(|person| add(id(person), &[("role", "\"x\"")]));
    given
        .apply(relate_object(company("acme"), people.into()))
        .await;
    given.apply(Operation::Delete(id("1"))).await;
    given.apply(Operation::Suppress(id("2"))).await;
    let left = given.people_of(&company("acme")).await;
    assert_eq!(left.unwrap(), ["3 role=\"x\""]);
    for person in ["1", "2"] {
        assert_eq!(given.objects_of(&id(person)).await, None);
    }
    given.apply(Operation::Unsuppress(id("2"))).await;
    for person in ["1", "2"] {
        given.apply(relate(id(person), company("acme"), &[])).await;
        assert_eq!(given.objects_of(&id(person)).await.unwrap(), ["acme"]);
    }
}

/// What a visitor was related to is the person's once they are identified; of an attribute
/// that both set, the later change stays.
pub(super) async fn a_visitor_s_relationships_become_the_person_s(store: &dyn Store) {
    let given = given(store).await;
    let role = |role: &'static str| changes(&[("role", role)]);
    let relate_visitor = |role: &'static str| {
        let people = vec![RelatePerson::Add {
            person: visitor("v"),
            attributes: changes(&[("role", role), ("seen", "1")]),
        }];
        vec![relate_object(company("acme"), people)]
    };
    given.apply_at(AT, relate_visitor("\"early\"")).await;
    assert_eq!(given.people_of(&company("acme")).await.unwrap(), [""; 0]);
    let mine = Operation::Relate {
        person: id("1"),
        relationships: vec![Relate::Add {
            object: company("acme"),
            attributes: role("\"mine\""),
        }],
    };
    given.apply_at(AT + 60_000, vec![mine]).await;
    let gone = vec![add(visitor("v"), &[]), RelatePerson::Delete(visitor("v"))];
    given.apply(relate_object(company("gone"), gone)).await;
    let others = vec![add(visitor("v2"), &[])];
    given.apply(relate_object(company("acme"), others)).await;
    given.apply(identify_visitor(id("1"), "v")).await;
    let objects = given.objects_of(&id("1")).await;
    assert_eq!(objects.unwrap(), ["acme role=\"mine\" seen=1"]);
    // From then on the visitor is the person.
    let later = AT + 120_000;
    given.apply_at(later, relate_visitor("\"late\"")).await;
    let people = given.people_of(&company("acme")).await;
    assert_eq!(people.unwrap(), ["1 role=\"late\" seen=1"]);
    let people = vec![RelatePerson::Delete(visitor("v"))];
    given.apply(relate_object(company("acme"), people)).await;
    assert_eq!(given.objects_of(&id("1")).await.unwrap(), [""; 0]);
}

/// A merge gives the primary the relationships and attributes it lacks, and leaves those
/// it has.
pub(super) async fn a_merge_hands_relationships_over(store: &dyn Store) {
    let given = given(store).await;
    let role = |role: &'static str| [("role", role)];
    given
        .apply(relate(id("1"), company("both"), &role("\"mine\"")))
        .await;
    let theirs = [("role", "\"theirs\""), ("since", "2020")];
    for object in ["both", "only"] {
        given.apply(relate(id("2"), company(object), &theirs)).await;
    }
    given
        .apply(Operation::Merge {
            primary: id("1"),
            secondary: id("2"),
        })
        .await;
    let objects = given.objects_of(&id("1")).await.unwrap();
    let expected = [
        "both role=\"mine\" since=2020",
        "only role=\"theirs\" since=2020",
    ];
    assert_eq!(objects, expected);
    let people = given.people_of(&company("both")).await.unwrap();
    assert_eq!(people, ["1 role=\"mine\" since=2020"]);
}

/// Pages hold every relationship once, in order; a cursor of another list is refused.
pub(super) async fn relationships_are_listed_in_pages(store: &dyn Store) {
    let given = given(store).await;
    let names: Vec<String> = (0..7).map(|n| format!("n{n}")).collect();
    for name in &names {
        let attributes = [("a", "1"), ("b", "2")];
        given
            .apply(relate(id("1"), company(name), &attributes))
            .await;
        given
            .apply(relate(id(name), company("acme"), &attributes))
            .await;
    }
    let (workspace, person) = (given.workspace, cio_id(&given.person(&id("1")).await));
    for limit in [1, 3, 7, 50] {
        let (mut objects, mut start) = (Vec::new(), None);
        loop {
            let page = store.relationships_of_person(workspace, person.clone(), start, limit);
            let page = page.await.expect("they can be read").expect("it is there");
            assert!(page.items.len() <= limit);
            objects.extend(page.items.into_iter().map(|it| it.object.object_id));
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        assert_eq!(objects, names, "limit {limit}");
        let (mut people, mut start) = (Vec::new(), None);
        loop {
            let page = store.relationships_of_object(workspace, company("acme"), start, limit);
            let page = page.await.expect("they can be read").expect("it is there");
            assert!(page.items.len() <= limit);
            people.extend(page.items.into_iter().filter_map(|it| it.person.id));
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        assert_eq!(people, names, "limit {limit}");
    }
    let list = store.relationships_of_object(workspace, company("acme"), None, 1);
    let of_another = list.await.expect("they can be read").expect("it is there");
    assert!(of_another.next.is_some());
    for start in [Some("x".to_owned()), of_another.next] {
        let list = store.relationships_of_person(workspace, person.clone(), start, 1);
        assert!(matches!(list.await, Err(StoreError::BadCursor)));
    }
}
