//! Indexes of attribute values, which come by asking.

use cio_domain::Operation;
use cio_domain::condition::{Condition, Grammar};
use cio_store::{PeopleQuery, Store};
use serde_json::{Value, json};

use super::{AT, PEOPLE, W, apply, finish, id, identify, is_pro, rows_of};
use crate::EmbeddedStore;

async fn page(
    store: &EmbeddedStore,
    condition: &Value,
    start: Option<String>,
) -> (Vec<usize>, Option<String>) {
    let condition = Condition::from_json(condition, "filter", Grammar::Definition);
    let query = PeopleQuery {
        condition: Some(condition.unwrap()),
        at: AT,
        start,
        limit: 1_000,
    };
    let page = store.people_matching(W, query).await.unwrap();
    let people = page.items.into_iter();
    let ids = people.map(|it| it.identifiers.id.unwrap().parse().unwrap());
    (ids.collect(), page.next)
}

async fn search(store: &EmbeddedStore, condition: &Value) -> Vec<usize> {
    let (mut found, mut next) = page(store, condition, None).await;
    while next.is_some() {
        let (more, then) = page(store, condition, next).await;
        found.extend(more);
        next = then;
    }
    found
}

/// A page ends when enough people were looked at for it, and the next one goes on there.
#[tokio::test]
async fn a_page_looks_at_so_many_people_at_most() {
    let store = EmbeddedStore::in_memory();
    let people = (0..PEOPLE).map(|it| identify(it, if it > 24 { "pro" } else { "free" }));
    apply(&store, people.collect()).await;
    let (first, next) = page(&store, &is_pro(), None).await;
    assert!(first.is_empty() && next.is_some());
    let (second, next) = page(&store, &is_pro(), next).await;
    assert_eq!((second, next), (vec![25, 26, 27, 28, 29], None));
    finish(&store).await;
    let (found, next) = page(&store, &is_pro(), None).await;
    assert_eq!((found.len(), next), (5, None), "by the index");
}

/// An index is whole after many steps, with changes before where the work stands, behind
/// it, and of people who come and go.
#[tokio::test]
async fn an_index_is_built_in_many_steps() {
    let store = EmbeddedStore::in_memory();
    apply(&store, (0..PEOPLE).map(|it| identify(it, "free")).collect()).await;
    assert!(search(&store, &is_pro()).await.is_empty());
    store.tend(AT).await.unwrap();
    store.tend(AT).await.unwrap();
    let changes = vec![
        identify(0, "pro"),
        identify(20, "pro"),
        identify(PEOPLE, "pro"),
        Operation::Delete(id(1)),
        Operation::Delete(id(21)),
    ];
    apply(&store, changes).await;
    assert_eq!(search(&store, &is_pro()).await, [0, 20, PEOPLE]);
    assert!(finish(&store).await > 3);
    assert_eq!(search(&store, &is_pro()).await, [0, 20, PEOPLE]);
    apply(&store, vec![identify(0, "free"), identify(2, "pro")]).await;
    assert_eq!(search(&store, &is_pro()).await, [2, 20, PEOPLE]);
    assert_eq!(store.check().findings, []);
}

/// Of what does not lead to people by its values no index is made.
#[tokio::test]
async fn only_what_leads_to_people_is_indexed() {
    let store = EmbeddedStore::in_memory();
    apply(&store, vec![identify(0, "pro")]).await;
    let exists = json!({ "attribute": { "field": "plan", "operator": "exists" } });
    let nobody = json!({ "attribute": { "field": "id", "operator": "exists" } });
    for useless in [
        json!({ "not": is_pro() }),
        json!({ "or": [is_pro(), exists] }),
        json!({ "or": [is_pro(), { "not": is_pro() }] }),
        json!({ "and": [nobody, { "not": is_pro() }] }),
        exists,
    ] {
        search(&store, &useless).await;
        assert_eq!(rows_of(&store, b'x'), 0, "{useless}");
    }
    let named = json!({ "attribute": { "field": "id", "operator": "eq", "value": "0" } });
    search(
        &store,
        &json!({ "or": [named, { "and": [nobody, is_pro()] }] }),
    )
    .await;
    assert_eq!(rows_of(&store, b'x'), 1);
}
