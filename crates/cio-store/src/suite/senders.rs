//! Sender identities.

use cio_domain::content::sender::{Contact, NewSender, Sender, SenderChange, SenderId};
use cio_domain::content::{ContentChange, ContentOutcome, Refusal};

use super::given::{Given, given};
use crate::content::SenderQuery;
use crate::{Store, StoreError};

async fn put(given: &Given<'_>, name: &str, contact: Contact, hidden: bool) -> Sender {
    let new = NewSender::new(name, contact, hidden).expect("a sender");
    let change = ContentChange::Sender(SenderChange::Put(new));
    match given.change(change).await {
        ContentOutcome::Sender(sender) => sender,
        other => panic!("{other:?}"),
    }
}

fn email(text: &str) -> Contact {
    Contact::Email(text.to_owned())
}

fn query(hidden: bool) -> SenderQuery {
    SenderQuery {
        hidden,
        newest_first: false,
        start: None,
        limit: 100,
    }
}

async fn list(given: &Given<'_>, query: SenderQuery) -> Vec<u32> {
    let page = given.store.senders(given.workspace, query).await;
    let senders = page.expect("senders can be listed").items.into_iter();
    senders.map(|sender| sender.id.0).collect()
}

fn delete(id: SenderId) -> ContentChange {
    ContentChange::Sender(SenderChange::Delete(id))
}

/// A sender is known by its name and contact; it is hidden and shown again, and its number
/// is never given to another.
pub(super) async fn senders_are_put_by_name_and_contact(store: &dyn Store) {
    let given = given(store).await;
    let ana = put(&given, "Ana", email("ana@example.com"), false).await;
    let shop = put(&given, "Shop", email("ana@example.com"), false).await;
    let phone = Contact::Phone("+15550100".to_owned());
    let phone = put(&given, "", phone, false).await;
    assert_eq!([ana.id, shop.id, phone.id], [1, 2, 3].map(SenderId));
    let hidden = put(&given, "Ana", email("Ana@Example.com"), true).await;
    assert_eq!((hidden.id, hidden.details.hidden), (ana.id, true));
    assert_eq!(list(&given, query(false)).await, [2, 3]);
    assert_eq!(list(&given, query(true)).await, [1]);
    let read = store.sender(given.workspace, ana.id).await;
    assert_eq!(read.expect("senders can be read"), Some(hidden));
    put(&given, "Ana", email("ana@example.com"), false).await;
    assert_eq!(list(&given, query(false)).await, [1, 2, 3]);

    let find = async |name: &str, contact: Contact| {
        let found = store.find_sender(given.workspace, name.to_owned(), contact);
        let found = found.await.expect("senders can be read");
        found.map(|sender| sender.id)
    };
    assert_eq!(find("Ana", email("ANA@example.com")).await, Some(ana.id));
    assert_eq!(
        find("", Contact::Phone("+15550100".to_owned())).await,
        Some(phone.id)
    );
    assert_eq!(find("ana", email("ana@example.com")).await, None);
    assert_eq!(find("", email("+15550100")).await, None);
    let other = given.another().await;
    assert_eq!(other.refused(delete(ana.id)).await, Refusal::NotFound);
    given.change(delete(ana.id)).await;
    assert_eq!(given.refused(delete(ana.id)).await, Refusal::NotFound);
    let read = store.sender(given.workspace, ana.id).await;
    assert_eq!(read.expect("senders can be read"), None);
    let again = put(&given, "Ana", email("ana@example.com"), false).await;
    assert_eq!(again.id, SenderId(4));
}

/// Pages of any size and in both directions hold every sender once, and the last one is
/// empty.
pub(super) async fn pages_hold_every_sender_once(store: &dyn Store) {
    let given = given(store).await;
    for n in 0..9 {
        let contact = email(&format!("{n}@example.com"));
        put(&given, "", contact, n % 3 == 0).await;
    }
    for (hidden, expected) in [(false, vec![2, 3, 5, 6, 8, 9]), (true, vec![1, 4, 7])] {
        for newest_first in [false, true] {
            for limit in [1, 2, 4, 100] {
                let (mut found, mut start) = (Vec::new(), None);
                loop {
                    let query = SenderQuery {
                        hidden,
                        newest_first,
                        start,
                        limit,
                    };
                    let page = store.senders(given.workspace, query).await;
                    let page = page.expect("senders can be listed");
                    assert!(page.items.len() <= limit);
                    assert_eq!(page.next.is_none(), page.items.is_empty());
                    found.extend(page.items.iter().map(|it| it.id.0));
                    start = page.next;
                    if start.is_none() {
                        break;
                    }
                }
                let mut expected = expected.clone();
                if newest_first {
                    expected.reverse();
                }
                assert_eq!(found, expected, "limit {limit}");
            }
        }
    }
    let foreign = SenderQuery {
        start: Some("AAAA".to_owned()),
        ..query(false)
    };
    let refused = store.senders(given.workspace, foreign).await;
    assert!(matches!(refused, Err(StoreError::BadCursor)));
}
