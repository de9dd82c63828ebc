//! Messages that wait until an app comes for them.

use cio_domain::delivery::NewDelivery;
use cio_domain::in_app::{Mark, Waiting};
use cio_domain::job::{Queue, Settlement};
use cio_domain::limits::IN_APP_WAITING_MAX;
use cio_domain::message::{Channel, Content, InAppContent};
use cio_domain::{Ignored, Operation, Outcome, UnixMillis};

use super::given::{AT, AT_SECONDS, Given, cio_id, content, deliver, given, id, identify};
use crate::Store;

fn shown(title: &str) -> Content {
    Content::InApp(InAppContent {
        title: title.to_owned(),
        ..InAppContent::default()
    })
}

/// Takes a message to somebody and sends it, as what it says then.
async fn send(given: &Given<'_>, at: UnixMillis, new: NewDelivery, says: Content) {
    given.apply_at(at, vec![deliver(new)]).await;
    let claimed = given
        .store
        .claim_jobs(Queue::Deliveries, at, at + 1_000, 10);
    for job in claimed.await.expect("jobs can be claimed") {
        let sent = given
            .store
            .settle_job(job, at, Settlement::sent(says.clone()));
        assert!(sent.await.expect("jobs can be settled"));
    }
}

async fn send_shown(given: &Given<'_>, at: UnixMillis, delivery_id: &str, to: &str) {
    let new = NewDelivery {
        person: Some(id(to)),
        message_data: Some("{\"n\":1}".to_owned()),
        ..NewDelivery::new(delivery_id, Content::empty(Channel::InApp))
    };
    send(given, at, new, shown(delivery_id)).await;
}

async fn waiting(given: &Given<'_>, person: &str, sent_since: i64) -> Vec<Waiting> {
    let found = given
        .store
        .waiting_for(given.workspace, id(person), sent_since);
    found.await.expect("what waits can be read")
}

async fn ids(given: &Given<'_>, person: &str) -> Vec<String> {
    let all = waiting(given, person, 0).await.into_iter();
    all.map(|it| it.delivery_id).collect()
}

fn mark(person: &str, delivery_id: &str, mark: Mark) -> Operation {
    Operation::MarkInApp {
        person: id(person),
        delivery_id: delivery_id.to_owned(),
        mark,
    }
}

const UNKNOWN: Outcome = Outcome::Ignored(Ignored::UnknownDelivery);

/// In-app and inbox messages wait once they are sent, as they were sent, and nothing else
/// does.
pub(super) async fn what_is_sent_to_an_app_waits_until_it_is_done_with(store: &dyn Store) {
    let given = given(store).await;
    send_shown(&given, AT, "a", "1").await;
    let kept = NewDelivery {
        person: Some(id("1")),
        ..NewDelivery::new("b", Content::empty(Channel::Inbox))
    };
    let inbox = InAppContent {
        body: "kept".to_owned(),
        ..InAppContent::default()
    };
    send(&given, AT + 1_000, kept, Content::Inbox(inbox.clone())).await;
    let mail = NewDelivery {
        person: Some(id("1")),
        ..NewDelivery::new("c", content("Hello"))
    };
    send(&given, AT, mail, content("Hello").into()).await;
    let waits = NewDelivery {
        person: Some(id("1")),
        send_at: Some(AT_SECONDS + 1_000),
        ..NewDelivery::new("d", Content::empty(Channel::InApp))
    };
    given.apply(deliver(waits)).await;

    let first = Waiting {
        delivery_id: "a".to_owned(),
        channel: Channel::InApp,
        content: InAppContent {
            title: "a".to_owned(),
            ..InAppContent::default()
        },
        data: Some("{\"n\":1}".to_owned()),
        sent_at: AT_SECONDS,
        opened: false,
    };
    let second = Waiting {
        delivery_id: "b".to_owned(),
        channel: Channel::Inbox,
        content: inbox,
        data: None,
        sent_at: AT_SECONDS + 1,
        opened: false,
    };
    let opened = |waiting: &Waiting| Waiting {
        opened: true,
        ..waiting.clone()
    };
    assert_eq!(
        waiting(&given, "1", 0).await,
        [first.clone(), second.clone()]
    );

    let applied = given.apply(mark("1", "b", Mark::Opened(true))).await;
    assert_eq!(applied, Outcome::Applied);
    assert_eq!(
        waiting(&given, "1", 0).await,
        [first.clone(), opened(&second)]
    );
    given.apply(mark("1", "b", Mark::Opened(false))).await;
    assert_eq!(waiting(&given, "1", 0).await, [first, second.clone()]);
    assert_eq!(
        given.apply(mark("1", "a", Mark::Done)).await,
        Outcome::Applied
    );
    assert_eq!(waiting(&given, "1", 0).await, [second]);
    for gone in [Mark::Done, Mark::Opened(true)] {
        assert_eq!(given.apply(mark("1", "a", gone)).await, UNKNOWN);
        assert_eq!(given.apply(mark("1", "c", gone)).await, UNKNOWN);
        assert_eq!(given.apply(mark("1", "d", gone)).await, UNKNOWN);
        assert_eq!(given.apply(mark("1", "nobody", gone)).await, UNKNOWN);
    }
}

/// It is nobody else's, goes with the person, and becomes another's by a merge.
pub(super) async fn what_waits_is_the_person_s(store: &dyn Store) {
    let given = given(store).await;
    send_shown(&given, AT, "a", "1").await;
    send_shown(&given, AT + 1, "b", "2").await;
    assert_eq!(given.apply(mark("2", "a", Mark::Done)).await, UNKNOWN);
    assert_eq!(given.apply(mark("9", "a", Mark::Done)).await, UNKNOWN);
    assert_eq!(ids(&given, "1").await, ["a"]);
    assert_eq!(ids(&given, "9").await, [] as [&str; 0]);
    assert_eq!(given.find(&id("9")).await, None, "nobody is made by asking");

    given
        .apply(Operation::Merge {
            primary: id("1"),
            secondary: id("2"),
        })
        .await;
    assert_eq!(ids(&given, "1").await, ["a", "b"]);
    assert_eq!(
        given.apply(mark("1", "b", Mark::Done)).await,
        Outcome::Applied
    );

    let before = cio_id(&given.person(&id("1")).await);
    given.apply(Operation::Delete(id("1"))).await;
    given.apply(identify(id("1"))).await;
    assert_eq!(ids(&given, "1").await, [] as [&str; 0]);
    let found = given.store.waiting_for(given.workspace, before, 0).await;
    assert_eq!(found.expect("what waits can be read"), []);
}

/// The newest wait, and those that were sent a while ago are left out.
pub(super) async fn so_much_waits_and_not_for_ever(store: &dyn Store) {
    let given = given(store).await;
    for number in 0..IN_APP_WAITING_MAX as u64 + 2 {
        send_shown(&given, AT + number * 1_000, &format!("d{number}"), "1").await;
    }
    let all = ids(&given, "1").await;
    assert_eq!(all.len(), IN_APP_WAITING_MAX);
    assert_eq!(all[0], "d2");
    let recent = waiting(&given, "1", AT_SECONDS + 50).await;
    assert_eq!(recent.len(), IN_APP_WAITING_MAX + 2 - 50);
    assert_eq!(recent[0].delivery_id, "d50");
}

/// What is not to be kept is there until an app is done with it, and not after.
pub(super) async fn what_is_not_to_be_kept_is_kept_while_it_waits(store: &dyn Store) {
    let given = given(store).await;
    let forgetful = |delivery_id: &str| NewDelivery {
        person: Some(id("1")),
        forget_content: true,
        ..NewDelivery::new(delivery_id, Content::empty(Channel::InApp))
    };
    let read = async |delivery_id: &str| {
        let delivery = given
            .store
            .delivery(given.workspace, delivery_id.to_owned());
        let delivery = delivery
            .await
            .expect("it can be read")
            .expect("it is there");
        let content = given
            .store
            .delivery_content(given.workspace, delivery_id.to_owned());
        (delivery.forgotten, content.await.expect("it can be read"))
    };
    for delivery_id in ["a", "b"] {
        send(&given, AT, forgetful(delivery_id), shown(delivery_id)).await;
        assert_eq!(read(delivery_id).await, (false, Some(shown(delivery_id))));
    }
    given.apply(mark("1", "a", Mark::Done)).await;
    assert_eq!(read("a").await, (true, None));
    assert_eq!(ids(&given, "1").await, ["b"]);
    given.apply(Operation::Delete(id("1"))).await;
    assert_eq!(read("b").await, (true, None));
}
