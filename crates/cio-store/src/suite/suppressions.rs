//! Addresses that the mail provider does not deliver to.

use cio_domain::content::esp::{EspChange, NewSuppression, Suppression, SuppressionKind};
use cio_domain::content::sender::{Contact, NewSender, SenderChange};
use cio_domain::content::{ContentChange, ContentOutcome};

use super::given::{AT, Given, given, id, identify};
use crate::content::{SuppressionQuery, SuppressionStart};
use crate::{Store, StoreError};

use SuppressionKind::{Bounces, SpamReports};

fn asked_for(kind: SuppressionKind, email: &str) -> NewSuppression {
    NewSuppression::asked_for(kind, email).expect("an address")
}

fn add(new: NewSuppression) -> ContentChange {
    ContentChange::Esp(EspChange::Add(new))
}

fn remove(kind: SuppressionKind, email: &str) -> ContentChange {
    let email = email.to_owned();
    ContentChange::Esp(EspChange::Remove { kind, email })
}

async fn of(given: &Given<'_>, email: &str) -> Vec<Suppression> {
    let found = given
        .store
        .suppressions_of(given.workspace, email.to_owned())
        .await;
    found.expect("suppressions can be read")
}

async fn list(given: &Given<'_>, domain: Option<&str>, start: SuppressionStart) -> Vec<String> {
    let query = SuppressionQuery {
        kind: Bounces,
        domain: domain.map(str::to_owned),
        email: None,
        start,
        limit: 100,
    };
    let page = given.store.suppressions(given.workspace, query).await;
    let found = page.expect("suppressions can be listed").items.into_iter();
    found.map(|it| it.details.email).collect()
}

/// An address is suppressed for each reason by itself, in any letter case, and the first
/// record of it counts. The person stays.
pub(super) async fn addresses_are_suppressed_by_reason(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(id("1")).email("ana@x.io")).await;
    let reported = asked_for(Bounces, "Ana@x.io")
        .reported("shop.example", "no such user", "550")
        .expect("a report");
    given.change(add(reported.clone())).await;
    given.change(add(asked_for(Bounces, "ana@x.io"))).await;
    let bounce = Suppression {
        details: reported,
        created_at: AT,
    };
    assert_eq!(of(&given, "ANA@x.io").await, [bounce]);
    given.change(add(asked_for(SpamReports, "ana@x.io"))).await;
    let kinds: Vec<_> = of(&given, "ana@x.io")
        .await
        .iter()
        .map(|it| it.details.kind)
        .collect();
    assert_eq!(kinds, [Bounces, SpamReports]);
    let other = given.another().await;
    assert_eq!(of(&other, "ana@x.io").await, []);
    other.change(remove(Bounces, "ana@x.io")).await;
    let lifted = given.change(remove(Bounces, "ana@x.io")).await;
    assert_eq!(lifted, ContentOutcome::Done);
    let lifted = given.change(remove(Bounces, "ana@x.io")).await;
    assert_eq!(lifted, ContentOutcome::Done, "nothing is lifted twice");
    assert_eq!(of(&given, "ana@x.io").await.len(), 1);
    given.person(&id("1")).await;
}

/// What was recorded of a message from a domain is listed for that one; what was asked for
/// is listed for each domain that is sent from.
pub(super) async fn a_suppression_holds_for_its_domain(store: &dyn Store) {
    let given = given(store).await;
    let reported = asked_for(Bounces, "a@x.io")
        .reported("shop.example", "", "")
        .expect("a report");
    given.change(add(reported)).await;
    given.change(add(asked_for(Bounces, "b@x.io"))).await;
    let first = || SuppressionStart::Offset(0);
    assert_eq!(list(&given, None, first()).await, ["a@x.io", "b@x.io"]);
    let shop = Some("Shop.Example");
    assert_eq!(list(&given, shop, first()).await, ["a@x.io"]);
    let contact = Contact::Email("news@shop.example".to_owned());
    let sender = NewSender::new("", contact, false).expect("a sender");
    given
        .change(ContentChange::Sender(SenderChange::Put(sender)))
        .await;
    assert_eq!(list(&given, shop, first()).await, ["a@x.io", "b@x.io"]);
    let unknown = Some("unknown.example");
    assert!(list(&given, unknown, first()).await.is_empty());
    let cursor = || SuppressionStart::Cursor(None);
    assert_eq!(list(&given, shop, cursor()).await, ["a@x.io", "b@x.io"]);
    for (domain, email, expected) in [
        ("shop.example", "A@x.io", 1),
        ("shop.example", "c@x.io", 0),
        ("unknown.example", "a@x.io", 0),
    ] {
        let query = SuppressionQuery {
            kind: Bounces,
            domain: Some(domain.to_owned()),
            email: Some(email.to_owned()),
            start: cursor(),
            limit: 100,
        };
        let page = store.suppressions(given.workspace, query).await;
        let page = page.expect("suppressions can be listed");
        assert_eq!((page.items.len(), page.next), (expected, None), "{email}");
    }
}

/// Pages of any size hold every address once, by offset and by cursor.
pub(super) async fn pages_hold_every_suppression_once(store: &dyn Store) {
    let given = given(store).await;
    let emails: Vec<String> = (0..7).map(|n| format!("{n}@x.io")).collect();
    for email in &emails {
        given.change(add(asked_for(Bounces, email))).await;
        let other = format!("other-{email}");
        given.change(add(asked_for(SpamReports, &other))).await;
    }
    let page = async |start, limit| {
        let query = SuppressionQuery {
            kind: Bounces,
            domain: None,
            email: None,
            start,
            limit,
        };
        let page = store.suppressions(given.workspace, query).await?;
        let emails = page.items.into_iter().map(|it| it.details.email);
        Ok((emails.collect::<Vec<_>>(), page.next))
    };
    for limit in [1, 2, 6, 7, 8] {
        let (mut by_offset, mut by_cursor, mut start) = (Vec::new(), Vec::new(), None);
        loop {
            let offset = SuppressionStart::Offset(by_offset.len());
            let read: Result<_, StoreError> = page(offset, limit).await;
            let (found, _) = read.expect("suppressions can be listed");
            if found.is_empty() {
                break;
            }
            by_offset.extend(found);
        }
        loop {
            let cursor = SuppressionStart::Cursor(start);
            let (found, next) = page(cursor, limit).await.expect("they can be listed");
            by_cursor.extend(found);
            start = next;
            if start.is_none() {
                break;
            }
        }
        assert_eq!(
            (&by_offset, &by_cursor),
            (&emails, &emails),
            "limit {limit}"
        );
    }
    let foreign = SuppressionStart::Cursor(Some("AAAA".to_owned()));
    assert!(matches!(page(foreign, 1).await, Err(StoreError::BadCursor)));
}
