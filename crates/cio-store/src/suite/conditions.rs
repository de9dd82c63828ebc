//! People found by what is true of them.

use cio_domain::condition::{AttributeCondition, Condition, Test};
use cio_domain::{Operation, UnixMillis};

use super::given::{AT, Given, email, given, id, identify};
use crate::{PeopleQuery, Store, StoreError};

pub(super) fn attribute(field: &str, test: Test) -> Condition {
    let field = field.to_owned();
    Condition::Attribute(AttributeCondition { field, test })
}

pub(super) fn eq(field: &str, value: &str) -> Condition {
    attribute(field, Test::Equals(value.to_owned()))
}

pub(super) fn exists(field: &str) -> Condition {
    attribute(field, Test::Exists)
}

pub(super) fn not(part: Condition) -> Condition {
    Condition::Not(Box::new(part))
}

pub(super) fn all(parts: &[&Condition]) -> Condition {
    Condition::All(parts.iter().copied().cloned().collect())
}

pub(super) fn any(parts: &[&Condition]) -> Condition {
    Condition::Any(parts.iter().copied().cloned().collect())
}

/// Does what there is to do until then.
pub(super) async fn tend(given: &Given<'_>, at: UnixMillis) {
    let tended = async || given.store.tend(at).await.expect("the store is tended");
    while tended().await.is_some_and(|due| due <= at) {}
}

async fn page(
    given: &Given<'_>,
    filter: &Condition,
    start: Option<String>,
    limit: usize,
) -> (Vec<String>, Option<String>) {
    let query = PeopleQuery {
        condition: Some(filter.clone()),
        at: AT,
        start,
        limit,
    };
    let page = given.store.people_matching(given.workspace, query).await;
    let page = page.expect("people can be found");
    assert!(page.items.len() <= limit);
    let people = page.items.into_iter();
    let ids = people.map(|it| it.identifiers.id.unwrap_or_default());
    (ids.collect(), page.next)
}

/// The ids of all people a filter finds, in pages of so many.
async fn pages(given: &Given<'_>, filter: &Condition, limit: usize) -> Vec<String> {
    let (mut found, mut start) = (Vec::new(), None);
    loop {
        let (ids, next) = page(given, filter, start, limit).await;
        found.extend(ids);
        if next.is_none() {
            return found;
        }
        start = next;
    }
}

async fn found(given: &Given<'_>, filter: &Condition) -> Vec<String> {
    pages(given, filter, 100).await
}

/// Seven people, every third of them is on the plan `pro`.
async fn people(given: &Given<'_>) -> Vec<String> {
    for number in 0..7_u32 {
        let plan = if number % 3 == 0 {
            "\"pro\""
        } else {
            "\"free\""
        };
        given
            .apply(identify(id(&number.to_string())).set("plan", plan))
            .await;
    }
    (0..7).map(|number: u32| number.to_string()).collect()
}

/// What every filter finds is the same looked for among everybody, and by an index that
/// came by asking.
pub(super) async fn a_filter_finds_the_same_with_an_index(store: &dyn Store) {
    let given = given(store).await;
    people(&given).await;
    let pro = eq("plan", "pro");
    let free = eq("plan", "free");
    let three = eq("id", "3");
    let filters = [
        (pro.clone(), vec!["0", "3", "6"]),
        (not(pro.clone()), vec!["1", "2", "4", "5"]),
        (any(&[&pro, &free]), vec!["0", "1", "2", "3", "4", "5", "6"]),
        (any(&[&pro, &eq("id", "5")]), vec!["0", "3", "5", "6"]),
        (all(&[&pro, &not(three)]), vec!["0", "6"]),
        (all(&[&pro, &free]), vec![]),
        (eq("plan", "none"), vec![]),
        (eq("else", "pro"), vec![]),
        (exists("else"), vec![]),
    ];
    for _ in 0..2 {
        for (filter, expected) in &filters {
            for limit in [1, 3, 100] {
                let found = pages(&given, filter, limit).await;
                assert_eq!(found, *expected, "{filter:?} in pages of {limit}");
            }
        }
        tend(&given, AT).await;
    }
    // What changes later is found, too.
    given.apply(identify(id("0")).set("plan", "\"free\"")).await;
    given.apply(identify(id("1")).set("plan", "\"pro\"")).await;
    given.apply(identify(id("3")).set("plan", "null")).await;
    given.apply(Operation::Delete(id("6"))).await;
    given.apply(identify(id("8")).set("plan", "\"pro\"")).await;
    assert_eq!(found(&given, &pro).await, ["1", "8"]);
}

/// A page goes on behind the last person of the one before, whoever comes and goes, and
/// however it is looked for meanwhile.
pub(super) async fn a_cursor_stays_where_it_was(store: &dyn Store) {
    let given = given(store).await;
    let names = people(&given).await;
    let everybody = exists("cio_id");
    for limit in [1, 2, 3, 6, 7, 8] {
        assert_eq!(pages(&given, &everybody, limit).await, names, "{limit}");
    }
    let (first, next) = page(&given, &everybody, None, 3).await;
    assert_eq!(first, ["0", "1", "2"]);
    given.apply(Operation::Delete(id("2"))).await;
    given.apply(Operation::Delete(id("3"))).await;
    given.apply(identify(id("7"))).await;
    assert_eq!(page(&given, &everybody, next, 3).await.0, ["4", "5", "6"]);

    let free = eq("plan", "free");
    let (first, next) = page(&given, &free, None, 1).await;
    assert_eq!(first, ["1"]);
    tend(&given, AT).await;
    let (second, next) = page(&given, &free, next, 1).await;
    assert_eq!(second, ["4"]);
    assert_eq!(
        page(&given, &free, next, 5).await,
        (vec!["5".to_owned()], None)
    );
}

/// A cursor that was made up, or is another list's, is refused.
pub(super) async fn a_broken_cursor_is_refused(store: &dyn Store) {
    let given = given(store).await;
    people(&given).await;
    let other = given.another().await;
    people(&other).await;
    let everybody = exists("cio_id");
    let (_, theirs) = page(&other, &everybody, None, 1).await;
    let theirs = theirs.expect("there is more");
    for start in ["", "x", "AAAA", "%%", theirs.as_str()] {
        let query = PeopleQuery {
            condition: Some(everybody.clone()),
            at: AT,
            start: Some(start.to_owned()),
            limit: 1,
        };
        let page = store.people_matching(given.workspace, query).await;
        assert!(matches!(page, Err(StoreError::BadCursor)), "{start:?}");
    }
}

/// Names are found as they are claimed: an email in any letter case, an id in its own, a
/// `cio_id` in its one spelling. A name that nobody has, or nobody can have, finds nobody.
pub(super) async fn names_are_found_as_they_are_claimed(store: &dyn Store) {
    let given = given(store).await;
    given
        .apply(identify(id("Ana")).email("Ana@Example.com"))
        .await;
    given.apply(identify(email("ben@example.com"))).await;
    let ana = given.person(&id("Ana")).await;
    let number = ana.identifiers.cio_id.to_string();
    for (filter, expected) in [
        (eq("email", "aNA@example.COM"), vec!["Ana"]),
        (eq("email", "ben@example.com"), vec![""]),
        (eq("id", "Ana"), vec!["Ana"]),
        (eq("cio_id", &number), vec!["Ana"]),
        (exists("email"), vec!["Ana", ""]),
        (exists("id"), vec!["Ana"]),
        (not(exists("id")), vec![""]),
    ] {
        assert_eq!(found(&given, &filter).await, expected, "{filter:?}");
    }
    for nobody in [
        eq("id", "ana"),
        eq("email", "ana@example"),
        eq("cio_id", "ffff"),
        eq("cio_id", "0000ffff"),
        // The last number there is.
        eq("cio_id", "ffffffffffffffff"),
        eq("cio_id", "nobody"),
    ] {
        let alone = found(&given, &nobody).await;
        assert!(alone.is_empty(), "{nobody:?}: {alone:?}");
        let either = any(&[&nobody, &eq("id", "Ana")]);
        assert_eq!(found(&given, &either).await, ["Ana"], "{nobody:?}");
    }
}

/// Long values that begin alike are told apart, and so are values and their beginnings.
pub(super) async fn values_are_found_whole(store: &dyn Store) {
    let given = given(store).await;
    let long = "x".repeat(300);
    let values = [
        ("1", format!("{long}a")),
        ("2", format!("{long}b")),
        ("3", long.clone()),
        ("4", "x".repeat(256)),
        ("5", "x".to_owned()),
        ("6", "ä".repeat(128)),
    ];
    for (name, value) in &values {
        let json = format!("\"{value}\"");
        given.apply(identify(id(name)).set("note", &json)).await;
    }
    given.apply(identify(id("7")).set("note", "true")).await;
    given.apply(identify(id("8")).set("note", "1.50")).await;
    for _ in 0..2 {
        for (name, value) in &values {
            let filter = eq("note", value);
            assert_eq!(found(&given, &filter).await, [*name], "{name}");
        }
        assert_eq!(found(&given, &eq("note", "true")).await, ["7"]);
        assert_eq!(found(&given, &eq("note", "1.50")).await, ["8"]);
        assert!(found(&given, &eq("note", "xx")).await.is_empty());
        tend(&given, AT).await;
    }
}

/// Nothing of another workspace is found, with and without an index.
pub(super) async fn filters_stay_in_their_workspace(store: &dyn Store) {
    let given = given(store).await;
    let other = given.another().await;
    given
        .apply(identify(id("mine")).set("plan", "\"pro\""))
        .await;
    other
        .apply(identify(id("theirs")).set("plan", "\"pro\""))
        .await;
    for _ in 0..2 {
        for filter in [eq("plan", "pro"), exists("cio_id")] {
            assert_eq!(found(&given, &filter).await, ["mine"]);
            assert_eq!(found(&other, &filter).await, ["theirs"]);
        }
        tend(&given, AT).await;
    }
}
