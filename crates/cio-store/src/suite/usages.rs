//! What messages name cannot be removed under them.

use cio_domain::condition::Condition;
use cio_domain::content::broadcast::{BroadcastChange, BroadcastDetails, BroadcastId};
use cio_domain::content::snippet::{NewSnippet, SnippetChange};
use cio_domain::content::topic::{Topic, TopicChange, TopicId, TopicText};
use cio_domain::content::transactional::{TransactionalDetails, TransactionalId};
use cio_domain::content::usage::{Usage, User};
use cio_domain::content::variant::{NewVariant, NewVariants};
use cio_domain::content::{ContentChange, Refusal};
use cio_domain::message::{Channel, EmailContent};
use cio_domain::segment::{NewSegment, SegmentChange, SegmentId, SegmentRefusal};

use super::broadcasts::{action, broadcast, details};
use super::given::{AT, Given, given};
use super::messages::{delete, delete_layout, email, layout, put, put_all};
use crate::Store;

fn snippet(name: &str) -> ContentChange {
    let new = NewSnippet::new(name, "Bye").expect("a snippet");
    ContentChange::Snippet(SnippetChange::Put(new))
}

fn delete_snippet(name: &str) -> ContentChange {
    ContentChange::Snippet(SnippetChange::Delete(name.to_owned()))
}

fn topic(id: u32) -> ContentChange {
    ContentChange::Topic(TopicChange::Put(Topic {
        id: TopicId(id),
        text: TopicText::new("News", "").expect("a topic"),
        subscribed_by_default: true,
        translations: Default::default(),
    }))
}

fn segment(name: &str) -> ContentChange {
    ContentChange::Segment(SegmentChange::Put(NewSegment {
        name: name.to_owned(),
        description: String::new(),
        condition: None,
    }))
}

fn delete_segment(name: &str) -> ContentChange {
    ContentChange::Segment(SegmentChange::Delete(name.to_owned()))
}

fn for_segment(name: &str, segment: &str) -> BroadcastDetails<String> {
    BroadcastDetails {
        audience: Some(Condition::Segment(segment.to_owned())),
        ..details(name)
    }
}

fn delete_broadcast(name: &str) -> ContentChange {
    ContentChange::Broadcast(BroadcastChange::Delete(name.to_owned()))
}

fn message(id: u32) -> User {
    User::Transactional(TransactionalId(id))
}

impl Given<'_> {
    async fn users(&self, usage: Usage) -> Vec<User> {
        let users = self.store.users(self.workspace, usage).await;
        users.expect("users can be read")
    }
}

/// A layout or a topic has to be there before a message names it, and stays while one does.
pub(super) async fn layouts_and_topics_stay_while_they_are_named(store: &dyn Store) {
    let given = given(store).await;
    let missing = |what: &'static str, name: &str| Refusal::Missing {
        what,
        name: name.to_owned(),
    };
    let in_layout = |name: &str| put(name, email(&[("", "Hi")], Some("main")));
    let refused = given.refused(in_layout("a")).await;
    assert_eq!(refused, missing("layout", "main"));
    let about = |topic: Option<u32>| {
        let details = TransactionalDetails::new("b", Channel::Email).expect("a name");
        let topic = topic.map(TopicId);
        put_all(
            TransactionalDetails { topic, ..details },
            email(&[("", "")], None),
        )
    };
    assert_eq!(
        given.refused(about(Some(3))).await,
        missing("topic", "topic_3")
    );
    let list = vec![
        layout("main", "{{content}}"),
        topic(3),
        in_layout("a"),
        about(Some(3)),
    ];
    given
        .try_change(list)
        .await
        .expect("they are there by then");
    let refused = given.refused(delete_layout("main")).await;
    assert_eq!(refused, Refusal::UsedBy(message(2)));
    assert_eq!(
        refused.to_string(),
        "transactional message 2 names it: change or delete that one first"
    );
    let delete_topic = || ContentChange::Topic(TopicChange::Delete(TopicId(3)));
    assert_eq!(
        given.refused(delete_topic()).await,
        Refusal::UsedBy(message(3))
    );
    let another = given.another().await;
    another.change(layout("main", "{{content}}")).await;
    another.change(delete_layout("main")).await;
    // In a list, whoever names it may go first.
    given
        .try_change(vec![delete("a"), delete_layout("main")])
        .await
        .expect("in order");
    given
        .try_change(vec![about(None), delete_topic()])
        .await
        .expect("in order");
}

/// A snippet stays while a message or a layout has its name in a tag.
pub(super) async fn snippets_stay_while_they_are_named(store: &dyn Store) {
    let given = given(store).await;
    for name in ["footer", "a b", "head", "free"] {
        given.change(snippet(name)).await;
    }
    let body = "Hi {{ snippets.footer }}";
    given
        .change(put("a", email(&[("", "Hi"), ("de", body)], None)))
        .await;
    let cast = action(
        "one",
        email(&[("", "{% if snippets['a b'] %}{% endif %}")], None),
    );
    given.change(broadcast(details("b"), vec![cast])).await;
    given
        .change(layout("main", "{{ snippets.head }}{{content}}"))
        .await;
    for (name, user) in [
        ("footer", message(2)),
        ("a b", User::Broadcast(BroadcastId(1))),
        ("head", User::Layout("main".to_owned())),
    ] {
        let refused = given.refused(delete_snippet(name)).await;
        assert_eq!(refused, Refusal::UsedBy(user.clone()));
        assert_eq!(given.users(Usage::Snippet(name.to_owned())).await, [user]);
    }
    given.change(delete_snippet("free")).await;
    let without = vec![
        put("a", email(&[("", body), ("de", "Hallo")], None)),
        layout("main", "{{content}}"),
        delete_broadcast("b"),
        delete_snippet("head"),
        delete_snippet("a b"),
    ];
    given.try_change(without).await.expect("nobody names them");
    let refused = given.refused(delete_snippet("footer")).await;
    assert_eq!(
        refused,
        Refusal::UsedBy(message(2)),
        "in another language now"
    );
    let without = vec![delete("a"), delete_snippet("footer")];
    given.try_change(without).await.expect("nobody names it");
}

/// A segment stays while a broadcast is for who is in it, whichever call would remove it.
pub(super) async fn segments_stay_while_a_broadcast_is_for_them(store: &dyn Store) {
    let given = given(store).await;
    let one = || vec![action("one", email(&[("", "Hi")], None))];
    let refused = given
        .refused(broadcast(for_segment("b", "VIP"), one()))
        .await;
    let name = "VIP".to_owned();
    assert_eq!(refused, Refusal::NoSegment { name });
    let list = vec![segment("VIP"), broadcast(for_segment("b", "VIP"), one())];
    given.try_change(list).await.expect("it is there by then");
    let read = store.broadcast(given.workspace, BroadcastId(1)).await;
    let read = read.expect("broadcasts can be read").expect("it is there");
    assert_eq!(
        read.details.audience,
        Some(Condition::Segment(SegmentId(1)))
    );
    let used = SegmentRefusal::UsedByBroadcast(BroadcastId(1));
    let refused = given.refused(delete_segment("VIP")).await;
    assert_eq!(refused, Refusal::Segment(used.clone()));
    let deleted = store.delete_segment(given.workspace, SegmentId(1)).await;
    assert_eq!(deleted.expect("segments can be changed"), Err(used));
    // By its number: another name does not matter.
    let renamed = NewSegment {
        name: "Loyal".to_owned(),
        description: String::new(),
        condition: None,
    };
    let renamed = store
        .change_segment(given.workspace, AT, SegmentId(1), renamed)
        .await;
    renamed
        .expect("segments can be changed")
        .expect("it can be renamed");
    let users = given.users(Usage::Segment(SegmentId(1))).await;
    assert_eq!(users, [User::Broadcast(BroadcastId(1))]);
    given.change(broadcast(details("b"), one())).await;
    given.change(delete_segment("Loyal")).await;
}

/// A sender is named by the address that messages come from.
pub(super) async fn who_sends_is_known_by_where_from(store: &dyn Store) {
    let given = given(store).await;
    let from = |from: &str| {
        let from = from.to_owned();
        let content = EmailContent {
            from,
            ..EmailContent::default()
        };
        let variant = NewVariant::new(content.into(), None).expect("it can be said");
        NewVariants::new(variant, []).expect("one language")
    };
    given
        .change(put("a", from("Shop <Shop@Example.com>")))
        .await;
    given.change(put("b", from("{{ trigger.from }}"))).await;
    let cast = vec![action("one", from("shop@example.com"))];
    given.change(broadcast(details("c"), cast)).await;
    let shop = || Usage::Sender("shop@example.com".to_owned());
    let both = [message(2), User::Broadcast(BroadcastId(1))];
    assert_eq!(given.users(shop()).await, both);
    assert_eq!(given.another().await.users(shop()).await, []);
    given.change(delete("a")).await;
    assert_eq!(given.users(shop()).await, both[1..]);
}
