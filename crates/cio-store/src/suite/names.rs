//! Which names an identify gives, replaces and frees.

use super::given::{cio_id, email, given, id, identify};
use crate::Store;

/// Through the `cio_id` both names are replaced, and the old ones are free.
pub(super) async fn names_replaced_by_cio_id_are_free(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(id("1")).email("a@x.io")).await;
    let before = given.person(&id("1")).await;
    given
        .apply(identify(cio_id(&before)).id("2").email("b@x.io"))
        .await;
    let after = given.person(&id("2")).await;
    assert_eq!(after.identifiers.cio_id, before.identifiers.cio_id);
    assert_eq!(after.identifiers.email.as_deref(), Some("b@x.io"));
    assert_eq!(given.find(&id("1")).await, None);
    assert_eq!(given.find(&email("a@x.io")).await, None);
    given.apply(identify(id("1")).email("a@x.io")).await;
    let other = given.person(&email("a@x.io")).await;
    assert_ne!(other.identifiers.cio_id, before.identifiers.cio_id);
}

/// A name of somebody else is not taken, by whatever path; the rest still applies.
pub(super) async fn a_name_of_somebody_else_stays_theirs(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(id("1")).email("a@x.io")).await;
    given.apply(identify(id("2")).email("b@x.io")).await;
    let one = given.person(&id("1")).await;
    given
        .apply(identify(id("1")).email("b@x.io").set("a", "1"))
        .await;
    given
        .apply(identify(cio_id(&one)).id("2").email("b@x.io").set("b", "2"))
        .await;
    let after = given.person(&id("1")).await;
    assert_eq!(after.identifiers, one.identifiers);
    assert_eq!(after.attributes.len(), 2);
    let two = given.person(&email("b@x.io")).await;
    assert_eq!(two.identifiers.id.as_deref(), Some("2"));
}

/// An address is shown as an identify last wrote it.
pub(super) async fn an_email_is_shown_as_last_written(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(email("Ana@Example.com"))).await;
    // In the path it only says who is meant.
    given
        .apply(identify(email("ANA@example.COM")).set("a", "1"))
        .await;
    let person = given.person(&email("ana@example.com")).await;
    assert_eq!(person.identifiers.email.as_deref(), Some("Ana@Example.com"));
    for written in ["ana@EXAMPLE.com", "ana@example.com", "Ana@example.com"] {
        given
            .apply(identify(cio_id(&person)).email(written).update_only())
            .await;
        let found = given.person(&email("ANA@EXAMPLE.COM")).await;
        assert_eq!(found.identifiers.email.as_deref(), Some(written));
        assert_eq!(found.identifiers.cio_id, person.identifiers.cio_id);
    }
}
