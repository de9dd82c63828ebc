//! Random relationships against a model that is a set of pairs: both sides of the store
//! have to tell the same.

use std::collections::{BTreeMap, BTreeSet};

use cio_domain::object::{ObjectRef, ObjectTypeId};
use cio_domain::operation::{Identify, Relate, RelatePerson, Subject};
use cio_domain::{Operation, WorkspaceId};
use cio_store::Store;
use cio_store_embedded::EmbeddedStore;
use cio_wire::Identifier;
use proptest::prelude::*;

const WORKSPACE: WorkspaceId = WorkspaceId(1);
const COUNT: u8 = 3;

#[derive(Debug, Clone)]
enum Step {
    Relate(u8, u8),
    Unrelate(u8, u8),
    RelateVisitor(u8, u8),
    UnrelateVisitor(u8, u8),
    IdentifyVisitor(u8, u8),
    DeletePerson(u8),
    DeleteObject(u8),
    Merge(u8, u8),
}

#[derive(Default)]
struct Model {
    people: BTreeSet<u8>,
    objects: BTreeSet<u8>,
    /// Person and object.
    related: BTreeSet<(u8, u8)>,
    /// Visitor and object.
    waiting: BTreeSet<(u8, u8)>,
    /// Who a visitor is.
    known: BTreeMap<u8, u8>,
}

impl Model {
    fn apply(&mut self, step: &Step) {
        match *step {
            Step::Relate(person, object) => {
                self.people.insert(person);
                self.objects.insert(object);
                self.related.insert((person, object));
            }
            Step::Unrelate(person, object) => {
                self.related.remove(&(person, object));
            }
            Step::RelateVisitor(visitor, object) => {
                self.objects.insert(object);
                match self.known.get(&visitor) {
                    Some(person) => self.related.insert((*person, object)),
                    None => self.waiting.insert((visitor, object)),
                };
            }
            Step::UnrelateVisitor(visitor, object) => {
                match self.known.get(&visitor) {
                    Some(person) => self.related.remove(&(*person, object)),
                    None => self.waiting.remove(&(visitor, object)),
                };
            }
            Step::IdentifyVisitor(person, visitor) => {
                self.people.insert(person);
                if *self.known.entry(visitor).or_insert(person) == person {
                    let waiting = std::mem::take(&mut self.waiting).into_iter();
                    let (mine, left) = waiting.partition(|(other, _)| *other == visitor);
                    self.waiting = left;
                    let mine: BTreeSet<(u8, u8)> = mine;
                    let mine = mine.into_iter().map(|(_, object)| (person, object));
                    self.related.extend(mine);
                }
            }
            Step::DeletePerson(person) => {
                self.people.remove(&person);
                self.related.retain(|(other, _)| *other != person);
                self.known.retain(|_, other| *other != person);
            }
            Step::DeleteObject(object) => {
                self.objects.remove(&object);
                self.related.retain(|(_, other)| *other != object);
                self.waiting.retain(|(_, other)| *other != object);
            }
            Step::Merge(to, from) => self.merge(to, from),
        }
    }

    /// Everybody has an id here, so the one who stays gets no second one.
    fn merge(&mut self, to: u8, from: u8) {
        if to == from || !self.people.contains(&to) || !self.people.remove(&from) {
            return;
        }
        for person in self.known.values_mut().filter(|person| **person == from) {
            *person = to;
        }
        let related = std::mem::take(&mut self.related).into_iter();
        let of_either = |(person, object)| (if person == from { to } else { person }, object);
        self.related = related.map(of_either).collect();
    }
}

fn person(number: u8) -> Identifier {
    Identifier::Id(format!("p{number}"))
}

fn object(number: u8) -> ObjectRef {
    ObjectRef::Id(ObjectTypeId(1), format!("o{number}"))
}

fn visitor(number: u8) -> Subject {
    // One visitor's name begins another's.
    Subject::Visitor("v".repeat(usize::from(number) + 1))
}

fn operation(step: &Step) -> Operation {
    let add = |person: Subject| RelatePerson::Add {
        person,
        attributes: Vec::new(),
    };
    match *step {
        Step::Relate(who, what) => Operation::Relate {
            person: person(who),
            relationships: vec![Relate::Add {
                object: object(what),
                attributes: Vec::new(),
            }],
        },
        Step::Unrelate(who, what) => Operation::Relate {
            person: person(who),
            relationships: vec![Relate::Delete(object(what))],
        },
        Step::RelateVisitor(who, what) => Operation::RelateObject {
            object: object(what),
            people: vec![add(visitor(who))],
        },
        Step::UnrelateVisitor(who, what) => Operation::RelateObject {
            object: object(what),
            people: vec![RelatePerson::Delete(visitor(who))],
        },
        Step::IdentifyVisitor(who, name) => {
            let Subject::Visitor(name) = visitor(name) else {
                unreachable!("a visitor is one");
            };
            Operation::Identify(Identify {
                anonymous_id: Some(name),
                ..Identify::new(person(who))
            })
        }
        Step::DeletePerson(who) => Operation::Delete(person(who)),
        Step::DeleteObject(what) => Operation::DeleteObject(object(what)),
        Step::Merge(to, from) => Operation::Merge {
            primary: person(to),
            secondary: person(from),
        },
    }
}

fn step() -> impl Strategy<Value = Step> {
    let any = || (0..COUNT, 0..COUNT);
    prop_oneof![
        4 => any().prop_map(|(a, b)| Step::Relate(a, b)),
        2 => any().prop_map(|(a, b)| Step::Unrelate(a, b)),
        3 => any().prop_map(|(a, b)| Step::RelateVisitor(a, b)),
        1 => any().prop_map(|(a, b)| Step::UnrelateVisitor(a, b)),
        2 => any().prop_map(|(a, b)| Step::IdentifyVisitor(a, b)),
        1 => (0..COUNT).prop_map(Step::DeletePerson),
        1 => (0..COUNT).prop_map(Step::DeleteObject),
        1 => any().prop_map(|(a, b)| Step::Merge(a, b)),
    ]
}

async fn check(store: &EmbeddedStore, model: &Model) {
    for who in 0..COUNT {
        let list = store.relationships_of_person(WORKSPACE, person(who), None, 100);
        let found = list.await.unwrap().map(|page| page.items);
        let found = found.map(|items| items.into_iter().map(|it| it.object.object_id));
        let expected = model.people.contains(&who).then(|| {
            let own = model.related.iter().filter(|(person, _)| *person == who);
            own.map(|(_, object)| format!("o{object}"))
                .collect::<BTreeSet<_>>()
        });
        assert_eq!(found.map(Iterator::collect::<BTreeSet<_>>), expected);
    }
    for what in 0..COUNT {
        let list = store.relationships_of_object(WORKSPACE, object(what), None, 100);
        let found = list.await.unwrap().map(|page| page.items);
        let found = found.map(|items| items.into_iter().filter_map(|it| it.person.id));
        let expected = model.objects.contains(&what).then(|| {
            let own = model.related.iter().filter(|(_, object)| *object == what);
            own.map(|(person, _)| format!("p{person}"))
                .collect::<BTreeSet<_>>()
        });
        assert_eq!(found.map(Iterator::collect::<BTreeSet<_>>), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn both_sides_tell_the_same(
        calls in proptest::collection::vec(proptest::collection::vec(step(), 1..4), 1..20),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let store = EmbeddedStore::in_memory();
            let mut model = Model::default();
            for call in calls {
                let operations = call.iter().map(operation).collect();
                store.apply(WORKSPACE, 1_700_000_000_000, operations).await.unwrap();
                call.iter().for_each(|step| model.apply(step));
                check(&store, &model).await;
            }
        });
    }
}
