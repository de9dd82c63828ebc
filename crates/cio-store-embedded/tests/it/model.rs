//! Random operations against a slow and obvious model of what identifiers mean.

use std::collections::BTreeMap;

use cio_domain::attribute::Change;
use cio_domain::operation::Identify;
use cio_domain::{Operation, WorkspaceId};
use cio_store::Store;
use cio_store_embedded::EmbeddedStore;
use cio_wire::Identifier;
use proptest::prelude::*;

/// The model: people by id only, each with attributes; `None` is suppressed.
#[derive(Default)]
struct Model(BTreeMap<String, Option<BTreeMap<String, String>>>);

#[derive(Debug, Clone)]
enum Step {
    Identify(String, String, Option<String>),
    Delete(String),
    Suppress(String),
    Unsuppress(String),
}

impl Model {
    fn apply(&mut self, step: &Step) {
        match step {
            Step::Identify(id, name, value) => {
                let Some(attributes) = self
                    .0
                    .entry(id.clone())
                    .or_insert_with(|| Some(BTreeMap::new()))
                else {
                    return;
                };
                match value {
                    Some(value) => attributes.insert(name.clone(), value.clone()),
                    None => attributes.remove(name),
                };
            }
            Step::Delete(id) => {
                if matches!(self.0.get(id), Some(Some(_))) {
                    self.0.remove(id);
                }
            }
            Step::Suppress(id) => {
                self.0.insert(id.clone(), None);
            }
            Step::Unsuppress(id) => {
                if self.0.get(id) == Some(&None) {
                    self.0.remove(id);
                }
            }
        }
    }
}

fn operation(step: Step) -> Operation {
    match step {
        Step::Identify(id, name, value) => Operation::Identify(Identify {
            attributes: vec![(name, value.map_or(Change::Remove, Change::Set))],
            ..Identify::new(Identifier::Id(id))
        }),
        Step::Delete(id) => Operation::Delete(Identifier::Id(id)),
        Step::Suppress(id) => Operation::Suppress(Identifier::Id(id)),
        Step::Unsuppress(id) => Operation::Unsuppress(Identifier::Id(id)),
    }
}

fn step() -> impl Strategy<Value = Step> {
    let id = || "[abc]";
    prop_oneof![
        6 => (id(), "[xy]", proptest::option::of("[0-9]")).prop_map(|(id, name, value)| Step::Identify(id, name, value)),
        1 => id().prop_map(Step::Delete),
        1 => id().prop_map(Step::Suppress),
        1 => id().prop_map(Step::Unsuppress),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_store_agrees_with_the_model(calls in proptest::collection::vec(proptest::collection::vec(step(), 1..6), 1..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let directory = tempfile::tempdir().unwrap();
            let stores = [EmbeddedStore::in_memory(), EmbeddedStore::open(directory.path()).unwrap()];
            let mut model = Model::default();
            for steps in calls {
                steps.iter().for_each(|step| model.apply(step));
                for store in &stores {
                    let operations = steps.iter().cloned().map(operation).collect();
                    store.apply(WorkspaceId(1), 0, operations).await.unwrap();
                }
            }
            for id in ["a", "b", "c"] {
                let expected = model.0.get(id).cloned().flatten();
                for store in &stores {
                    let person = store.person(WorkspaceId(1), Identifier::from(id)).await.unwrap();
                    let found = person.map(|person| {
                        let pairs = person.attributes.into_iter().map(|(name, it)| (name, it.json));
                        pairs.collect::<BTreeMap<_, _>>()
                    });
                    assert_eq!(found, expected, "{id}");
                }
            }
        });
    }
}
