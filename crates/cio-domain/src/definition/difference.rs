//! What has to change for one state to become another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::{Key, Kind, State};
use crate::condition::Condition;

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Of what.
    pub key: Key,
    /// What is there. `None`: it is created.
    pub before: Option<Value>,
    /// What is to be there. `None`: it is removed.
    pub after: Option<Value>,
}

/// Segments that ask for themselves, in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle(pub Vec<String>);

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.0.iter().map(|name| format!("{name:?}")).collect();
        write!(
            f,
            "these segments ask for themselves in the end: {}",
            names.join(" → ")
        )
    }
}

impl std::error::Error for Circle {}

/// The changes that make `actual` what is `desired`, in an order in which each can be made:
/// what others ask for before them, removals last. Of kinds that are not `managed`, and of
/// kinds of which there is always one, nothing is removed.
///
/// # Errors
/// Segments that can be made in no order.
pub fn difference(
    desired: &State,
    managed: &BTreeSet<Kind>,
    actual: &State,
) -> Result<Vec<Change>, Circle> {
    let mut changes = Vec::new();
    for key in in_order(desired)? {
        let (before, after) = (actual.get(key), desired.get(key));
        if before != after {
            changes.push(change(key, before, after));
        }
    }
    // What is stored is in some order, or it would not be there.
    let stored = in_order(actual).unwrap_or_else(|_| actual.keys().collect());
    let removed = stored.into_iter().rev().filter(|key| {
        managed.contains(&key.kind) && !key.kind.is_single() && !desired.contains_key(key)
    });
    changes.extend(removed.map(|key| change(key, actual.get(key), None)));
    Ok(changes)
}

fn change(key: &Key, before: Option<&Value>, after: Option<&Value>) -> Change {
    Change {
        key: key.clone(),
        before: before.cloned(),
        after: after.cloned(),
    }
}

/// All keys, each after those it asks for.
fn in_order(state: &State) -> Result<Vec<&Key>, Circle> {
    let mut order = Vec::with_capacity(state.len());
    let mut marks = BTreeMap::new();
    for key in state.keys() {
        visit(state, key, &mut marks, &mut order)?;
    }
    Ok(order)
}

/// How far a key is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Begun,
    Done,
}

/// Without recursion: a chain of segments may be long.
fn visit<'a>(
    state: &'a State,
    key: &'a Key,
    marks: &mut BTreeMap<&'a Key, Mark>,
    order: &mut Vec<&'a Key>,
) -> Result<(), Circle> {
    let mut open: Vec<(&Key, Vec<&Key>)> = Vec::new();
    let mut next = Some(key);
    loop {
        if let Some(key) = next.take() {
            match marks.get(key) {
                Some(Mark::Done) => {}
                Some(Mark::Begun) => {
                    let names = open.iter().map(|(key, _)| key.name.clone());
                    let circle = names.skip_while(|name| *name != key.name);
                    return Err(Circle(circle.chain([key.name.clone()]).collect()));
                }
                None => {
                    marks.insert(key, Mark::Begun);
                    open.push((key, asked(state, key)));
                }
            }
        }
        let Some((key, rest)) = open.last_mut() else {
            return Ok(());
        };
        match rest.pop() {
            Some(asked) => next = Some(asked),
            None => {
                marks.insert(*key, Mark::Done);
                order.push(*key);
                open.pop();
            }
        }
    }
}

/// Those of the state that a definition asks for.
fn asked<'a>(state: &'a State, key: &Key) -> Vec<&'a Key> {
    if key.kind != Kind::Segment {
        return Vec::new();
    }
    let condition = state.get(key).map(|json| &json["condition"]);
    let condition = condition.and_then(|it| Condition::from_json_by_name(it, "condition").ok());
    let names = condition.map(|it| it.segments()).unwrap_or_default();
    let keys = names.into_iter().map(|name| Key::new(Kind::Segment, name));
    keys.filter_map(|key| state.get_key_value(&key))
        .map(|(key, _)| key)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Segments by number, each asking for some of those before it in `order`, and snippets.
    fn state(order: &[usize], asked: &[(usize, usize)], snippets: &BTreeMap<u8, u8>) -> State {
        let mut state = State::new();
        for (place, segment) in order.iter().enumerate() {
            let asked = asked.iter().filter(|(by, _)| by == segment);
            let before = asked.filter(|(_, of)| order[..place].contains(of));
            let parts: Vec<Value> = before
                .map(|(_, of)| json!({ "segment": { "name": of.to_string() } }))
                .collect();
            let condition = match parts.is_empty() {
                true => Value::Null,
                false => json!({ "not": { "or": parts } }),
            };
            let key = Key::new(Kind::Segment, segment.to_string());
            state.insert(key, json!({ "description": "", "condition": condition }));
        }
        for (name, value) in snippets {
            let key = Key::new(Kind::Snippet, name.to_string());
            state.insert(key, json!({ "value": value.to_string() }));
        }
        state.insert(Key::new(Kind::Workspace, ""), json!({ "name": "a" }));
        state
    }

    fn any_state() -> impl Strategy<Value = State> {
        let order = Just((0..6).collect::<Vec<usize>>()).prop_shuffle();
        let asked = prop::collection::vec((0..6usize, 0..6usize), 0..12);
        let snippets = prop::collection::btree_map(0..6u8, 0..3u8, 0..6);
        (order, 0..=6usize, asked, snippets)
            .prop_map(|(order, count, asked, snippets)| state(&order[..count], &asked, &snippets))
    }

    /// Makes changes as a store does: none may leave a segment asking for one that is not there.
    fn make(mut state: State, changes: &[Change]) -> State {
        for Change { key, before, after } in changes {
            assert_eq!(state.get(key), before.as_ref(), "{key}");
            match after {
                Some(after) => state.insert(key.clone(), after.clone()),
                None => state.remove(key),
            };
            for (by, json) in &state {
                let condition = Condition::from_json_by_name(&json["condition"], "condition");
                for name in condition.map(|it| it.segments()).unwrap_or_default() {
                    let asked = Key::new(Kind::Segment, name);
                    assert!(state.contains_key(&asked), "{by} asks for {asked}");
                }
            }
        }
        state
    }

    proptest! {
        #[test]
        fn the_difference_makes_one_state_the_other(a in any_state(), b in any_state()) {
            let managed = BTreeSet::from(Kind::ALL);
            let changes = difference(&b, &managed, &a).unwrap();
            prop_assert_eq!(make(a, &changes), b.clone());
            prop_assert_eq!(difference(&b, &managed, &b), Ok(Vec::new()));
        }

        #[test]
        fn what_is_not_managed_stays(a in any_state(), b in any_state()) {
            let managed = BTreeSet::from([Kind::Snippet]);
            let changes = difference(&b, &managed, &a).unwrap();
            let removed = changes.iter().filter(|change| change.after.is_none());
            for change in removed {
                prop_assert_eq!(change.key.kind, Kind::Snippet);
            }
        }
    }

    #[test]
    fn there_is_always_one_workspace() {
        let (none, all) = (State::new(), BTreeSet::from(Kind::ALL));
        let one = state(&[], &[], &BTreeMap::new());
        assert_eq!(difference(&none, &all, &one), Ok(Vec::new()));
    }

    #[test]
    fn segments_that_ask_for_themselves_are_named() {
        let mut state = State::new();
        for (name, asks) in [("a", "b"), ("b", "c"), ("c", "b"), ("d", "a")] {
            let condition = json!({ "segment": { "name": asks } });
            state.insert(
                Key::new(Kind::Segment, name),
                json!({ "condition": condition }),
            );
        }
        let circle = difference(&state, &BTreeSet::new(), &State::new()).unwrap_err();
        assert_eq!(
            circle.to_string(),
            "these segments ask for themselves in the end: \"b\" → \"c\" → \"b\""
        );
    }

    #[test]
    fn a_long_chain_is_put_in_order() {
        let mut state = State::new();
        for number in 0..20_000 {
            let condition = json!({ "segment": { "name": (number + 1).to_string() } });
            state.insert(
                Key::new(Kind::Segment, number.to_string()),
                json!({ "condition": condition }),
            );
        }
        let changes = difference(&state, &BTreeSet::new(), &State::new()).unwrap();
        assert_eq!(changes[0].key.name, "19999");
        assert_eq!(changes[19_999].key.name, "0");
    }
}
