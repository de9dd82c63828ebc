//! Collections and their rows.

use cio_domain::content::collection::{
    Collection, CollectionChange, CollectionId, CollectionName, Rows, RowsBuilder,
};
use cio_domain::content::{ContentChange, ContentOutcome, Refusal};
use cio_domain::limits::COLLECTIONS_MAX;

use super::given::{AT, Given, given};
use crate::Store;

fn rows(texts: &[&str]) -> Rows {
    let mut builder = RowsBuilder::default();
    for text in texts {
        let names = ["a"].into_iter();
        builder.push(text, names).expect("a row");
    }
    builder.finish()
}

/// So many rows of about a thousand bytes.
fn many(count: usize) -> (Rows, String) {
    let row = format!("{{\"a\":\"{}\"}}", "x".repeat(1_000));
    let all = vec![row.as_str(); count];
    (rows(&all), format!("[{}]", all.join(",")))
}

fn name(text: &str) -> CollectionName {
    CollectionName::new(text).expect("a name")
}

fn create(text: &str, rows: Rows) -> ContentChange {
    let name = name(text);
    ContentChange::Collection(CollectionChange::Create { name, rows })
}

fn put(text: &str, rows: Rows) -> ContentChange {
    let name = name(text);
    ContentChange::Collection(CollectionChange::Put { name, rows })
}

fn update(id: CollectionId, text: Option<&str>, rows: Option<Rows>) -> ContentChange {
    let name = text.map(name);
    ContentChange::Collection(CollectionChange::Update { id, name, rows })
}

fn delete(id: CollectionId) -> ContentChange {
    ContentChange::Collection(CollectionChange::Delete(id))
}

async fn changed(given: &Given<'_>, change: ContentChange) -> Collection {
    match given.change(change).await {
        ContentOutcome::Collection(collection) => collection,
        other => panic!("{other:?}"),
    }
}

async fn list(given: &Given<'_>) -> Vec<Collection> {
    let all = given.store.collections(given.workspace).await;
    all.expect("collections can be listed")
}

async fn content(given: &Given<'_>, id: CollectionId) -> Option<String> {
    let rows = given.store.collection_rows(given.workspace, id).await;
    rows.expect("rows can be read")
}

/// Collections are numbered in their workspace, a number is never given again, and a name
/// is one collection's.
pub(super) async fn collections_are_made_changed_and_removed(store: &dyn Store) {
    let given = given(store).await;
    let one = changed(&given, create("one", rows(&["{\"a\":1}"]))).await;
    let expected = Collection {
        id: CollectionId(1),
        name: "one".to_owned(),
        rows: 1,
        bytes: 9,
        schema: vec!["a".to_owned()],
        created_at: AT,
        updated_at: AT,
    };
    assert_eq!(one, expected);
    let two = changed(&given, put("two", rows(&[]))).await;
    assert_eq!((two.id, two.rows, two.bytes), (CollectionId(2), 0, 2));
    assert_eq!(list(&given).await, [one.clone(), two.clone()]);
    let read = store.collection(given.workspace, one.id).await;
    assert_eq!(read.expect("collections can be read"), Some(one.clone()));

    let taken = Refusal::NameTaken { what: "collection" };
    assert_eq!(given.refused(create("two", rows(&[]))).await, taken);
    let rename = |text| update(one.id, Some(text), None);
    assert_eq!(given.refused(rename("two")).await, taken);
    assert_eq!(changed(&given, rename("one")).await, one);
    let renamed = changed(&given, rename("three")).await;
    assert_eq!((renamed.name.as_str(), renamed.rows), ("three", 1));
    assert_eq!(
        content(&given, one.id).await.as_deref(),
        Some("[{\"a\":1}]")
    );
    // The old name is free, and leads nowhere.
    let again = changed(&given, put("one", rows(&[]))).await;
    assert_eq!(again.id, CollectionId(3));

    let other = given.another().await;
    assert_eq!(content(&other, one.id).await, None);
    assert_eq!(other.refused(delete(one.id)).await, Refusal::NotFound);
    assert_eq!(changed(&other, create("one", rows(&[]))).await.id, one.id);
    given.change(delete(again.id)).await;
    assert_eq!(given.refused(delete(again.id)).await, Refusal::NotFound);
    let missing = update(again.id, None, Some(rows(&[])));
    assert_eq!(given.refused(missing).await, Refusal::NotFound);
    let fourth = changed(&given, create("one", rows(&[]))).await;
    assert_eq!(fourth.id, CollectionId(4));
}

/// All rows are replaced, be they more or fewer than before; a collection that is gone has
/// none, and leaves none to another.
pub(super) async fn rows_are_replaced_as_a_whole(store: &dyn Store) {
    let given = given(store).await;
    let id = changed(&given, create("one", rows(&["{}"]))).await.id;
    for count in [300, 70, 500, 0, 1] {
        let (rows, expected) = many(count);
        let collection = changed(&given, update(id, None, Some(rows))).await;
        let said = (collection.rows, collection.bytes);
        assert_eq!(said, (count as u64, expected.len() as u64));
        assert_eq!(content(&given, id).await, Some(expected), "{count} rows");
    }
    let (large, expected) = many(200);
    let same = changed(&given, put("one", large)).await;
    assert_eq!((same.id, same.created_at), (id, AT));
    assert_eq!(content(&given, id).await, Some(expected));
    given.change(delete(id)).await;
    assert_eq!(content(&given, id).await, None);
}

/// A workspace has at most so many collections; one that goes makes room.
pub(super) async fn collections_are_bounded(store: &dyn Store) {
    let given = given(store).await;
    for n in 0..COLLECTIONS_MAX {
        changed(&given, create(&n.to_string(), rows(&[]))).await;
    }
    let too_many = Refusal::TooMany {
        what: "collections",
        max: COLLECTIONS_MAX,
    };
    assert_eq!(given.refused(put("one more", rows(&[]))).await, too_many);
    changed(&given, put("0", rows(&["{}"]))).await;
    given.change(delete(CollectionId(1))).await;
    changed(&given, create("one more", rows(&[]))).await;
}
