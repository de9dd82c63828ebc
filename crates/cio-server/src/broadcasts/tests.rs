//! Triggers that are interrupted anywhere, with time that stands still.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cio_domain::attribute::Change;
use cio_domain::condition::{AttributeCondition, Condition, Test};
use cio_domain::content::ContentChange;
use cio_domain::content::broadcast::{
    ActionDetails, BroadcastChange, BroadcastDetails, NewAction, NewBroadcast,
};
use cio_domain::content::variant::NewVariants;
use cio_domain::delivery::{Delivery, Parent, Tracking};
use cio_domain::message::Channel;
use cio_domain::operation::Identify;
use cio_domain::trigger::{
    Audience, ListId, NewTrigger, Recipient, Selector, Trigger, TriggerDetails, TriggerId,
    TriggerPosition, TriggerState, TriggeredAction, WhenMissing,
};
use cio_domain::workspace::NewWorkspace;
use cio_domain::{Operation, PersonId, WorkspaceId};
use cio_store::messages::DeliveryQuery;
use cio_store_embedded::EmbeddedStore;
use cio_wire::{Identifier, Region};
use tokio::sync::watch;

use super::*;
use crate::credentials::Hasher;
use crate::long_jobs::{ENDED_MAX, LEASE_MS, WAITS_MS, work};

const W: WorkspaceId = WorkspaceId(1);
const AT: UnixMillis = 1_790_000_000_000;
const PEOPLE: u64 = 1_300;

#[derive(Default)]
struct Hands(AtomicU64);

impl Hands {
    fn on(&self, millis: u64) {
        self.0.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> UnixMillis {
        AT + self.0.load(Ordering::Relaxed)
    }
}

struct Fixture {
    broadcasts: Broadcasts,
    clock: Arc<Hands>,
    _stop: watch::Sender<bool>,
    stop: watch::Receiver<bool>,
}

/// A workspace of so many people, every third of the plan pro, and a broadcast.
async fn fixture(people: u64) -> Fixture {
    let store = Arc::new(EmbeddedStore::in_memory());
    let new = NewWorkspace {
        name: "one".to_owned(),
        region: Region::Eu,
        created_at: AT,
    };
    store.create_workspace(new, Vec::new()).await.unwrap();
    let operations = (1..=people).map(|number| {
        let mut identify = Identify::new(Identifier::Id(format!("p{number}")));
        if number.is_multiple_of(3) {
            let pro = ("plan".to_owned(), Change::Set("\"pro\"".to_owned()));
            identify.attributes.push(pro);
        }
        Operation::Identify(identify)
    });
    store.apply(W, AT, operations.collect()).await.unwrap();
    let clock = Arc::new(Hands::default());
    let (sender, stop) = watch::channel(false);
    let fixture = Fixture {
        broadcasts: Broadcasts {
            store,
            clock: clock.clone(),
            files: Files::open(None).unwrap(),
            fetcher: Fetcher::new(true, 1 << 20, Duration::from_secs(5)).unwrap(),
            ids: DeliveryIds::new(Hasher::new([7; 32])),
            deliveries: Arc::default(),
        },
        clock,
        _stop: sender,
        stop,
    };
    fixture.put_broadcast(true).await;
    fixture
}

impl Fixture {
    async fn put_broadcast(&self, active: bool) {
        let details = BroadcastDetails {
            active,
            ..BroadcastDetails::new("launch").unwrap()
        };
        let channel = Channel::Push;
        let action = NewAction {
            details: ActionDetails::new("a", channel).unwrap(),
            variants: NewVariants::empty(channel),
        };
        let new = NewBroadcast::new(details, vec![action]).unwrap();
        self.change(BroadcastChange::Put(Box::new(new))).await;
    }

    async fn change(&self, change: BroadcastChange) {
        let changes = vec![ContentChange::Broadcast(change)];
        let changed = self.broadcasts.store.change_content(W, AT, changes).await;
        changed.unwrap().unwrap();
    }

    async fn trigger(&self, selector: Selector, audience: Audience) -> TriggerId {
        let action = |id| TriggeredAction {
            id,
            channel: Channel::Push,
            send_to_unsubscribed: false,
            tracking: Tracking::default(),
            draft: false,
        };
        let new = NewTrigger {
            broadcast: 1,
            selector,
            details: TriggerDetails {
                audience,
                missing: WhenMissing::default(),
                actions: vec![action(1), action(2)],
            },
            data: Some(r#"{"code":"SUN"}"#.to_owned()),
            errors: Vec::new(),
        };
        let created = self.broadcasts.store.create_trigger(W, AT, new, None).await;
        created.unwrap().unwrap().id
    }

    /// One for the people with these numbers, each with their number as their data, so many in
    /// each piece.
    async fn listed(&self, numbers: impl Iterator<Item = u64>, piece: usize) -> TriggerId {
        let recipients = numbers.map(|number| Recipient {
            person: PersonId(number),
            data: Some(format!("{{\"n\":{number}}}")),
        });
        let recipients: Vec<Recipient> = recipients.collect();
        let mut list: Option<ListId> = None;
        for piece in recipients.chunks(piece) {
            let added = self
                .broadcasts
                .store
                .add_recipients(W, AT, list, piece.to_vec());
            list = added.await.unwrap();
        }
        self.trigger(Selector::PerUserData, Audience::Listed(list))
            .await
    }

    /// One for the people of a file, which was fetched already.
    async fn of_file(&self, content: &str) -> TriggerId {
        let url = "http://127.0.0.1:1/people.jsonl".to_owned();
        let id = self.trigger(Selector::DataFile, Audience::File(url)).await;
        std::fs::write(self.broadcasts.files.trigger(W, id), content).unwrap();
        id
    }

    async fn found(&self, id: TriggerId) -> Trigger {
        self.broadcasts.store.trigger(W, id).await.unwrap().unwrap()
    }

    async fn claim(&self) -> Vec<Job> {
        let now = self.clock.now();
        let store = &self.broadcasts.store;
        let claimed = store.claim_jobs(Queue::Broadcasts, now, now + LEASE_MS, 9);
        claimed.await.unwrap()
    }

    /// Does all that is due.
    async fn work(&self) -> usize {
        let jobs = self.claim().await;
        let count = jobs.len();
        for job in jobs {
            work(&self.broadcasts, job, self.stop.clone())
                .await
                .unwrap();
        }
        count
    }

    /// Works at a trigger until so much of it is done at least, and is killed then. The store's
    /// writer is a thread of its own: where it is quick, more is done, or all of it.
    async fn killed_when(&self, id: TriggerId, is_far: impl Fn(&Trigger) -> bool) {
        let Some(job) = self.claim().await.pop() else {
            return;
        };
        {
            let mut working = std::pin::pin!(work(&self.broadcasts, job, self.stop.clone()));
            loop {
                tokio::select! {
                    biased;
                    _ = &mut working => break,
                    () = tokio::task::yield_now() => {}
                }
                if is_far(&self.found(id).await) {
                    break;
                }
            }
        }
        // What was handed to the writer is written, whoever is gone.
        self.broadcasts.store.ready().await.unwrap();
        self.clock.on(LEASE_MS);
    }

    async fn messages(&self) -> Vec<Delivery> {
        let mut all = Vec::new();
        let mut start = None;
        loop {
            let query = DeliveryQuery {
                parents: vec![Parent::Broadcast(1)],
                start,
                limit: 1_000,
                ..DeliveryQuery::default()
            };
            let page = self.broadcasts.store.deliveries(W, query).await.unwrap();
            all.extend(page.items);
            start = page.next;
            if start.is_none() {
                return all;
            }
        }
    }

    /// Asserts that these people have both messages, once, and nobody else has any.
    async fn assert_reached(&self, id: TriggerId, numbers: impl Iterator<Item = u64>) {
        let trigger = self.found(id).await;
        assert_eq!(trigger.state, TriggerState::Done, "{trigger:?}");
        let mut reached: BTreeMap<u64, usize> = BTreeMap::new();
        for message in self.messages().await {
            *reached.entry(message.person.unwrap().cio_id.0).or_default() += 1;
        }
        let expected: BTreeMap<u64, usize> = numbers.map(|number| (number, 2)).collect();
        assert_eq!(trigger.recipients, expected.len() as u64);
        assert!(reached == expected, "{} people", reached.len());
    }

    async fn errors(&self, id: TriggerId) -> Vec<String> {
        let errors = self.broadcasts.store.trigger_errors(W, id, 0, 10).await;
        errors.unwrap()
    }
}

fn everybody() -> Audience {
    Audience::Matching(Condition::Attribute(AttributeCondition {
        field: "cio_id".to_owned(),
        test: Test::Exists,
    }))
}

fn has_more_than(recipients: u64) -> impl Fn(&Trigger) -> bool {
    move |trigger| trigger.recipients > recipients
}

/// So many lines, each of another person.
fn lines(people: u64) -> String {
    (1..=people)
        .map(|number| format!("{{\"id\":\"p{number}\",\"data\":{{\"n\":{number}}}}}\n"))
        .collect()
}

/// Killed in the middle again and again, whatever the people come from.
#[tokio::test]
async fn whoever_goes_on_leaves_nobody_out_and_sends_to_nobody_twice() {
    let fixture = fixture(PEOPLE).await;
    let id = fixture.trigger(Selector::Recipients, everybody()).await;
    for recipients in [0, 300, 900, 1_200] {
        fixture.killed_when(id, has_more_than(recipients)).await;
    }
    fixture.work().await;
    fixture.assert_reached(id, 1..=PEOPLE).await;
    assert_eq!(fixture.work().await, 0);
}

#[tokio::test]
async fn a_list_goes_on_with_its_next_piece() {
    let fixture = fixture(PEOPLE).await;
    let id = fixture.listed(1..=PEOPLE, 100).await;
    // Who went before their turn has no message, and is no error.
    let gone = Operation::Delete(Identifier::Id("p1300".to_owned()));
    let store = &fixture.broadcasts.store;
    store.apply(W, AT, vec![gone]).await.unwrap();
    for recipients in [0, 450, 1_150] {
        fixture.killed_when(id, has_more_than(recipients)).await;
    }
    fixture.work().await;
    fixture.assert_reached(id, 1..PEOPLE).await;
}

#[tokio::test]
async fn a_file_goes_on_with_its_next_line() {
    let fixture = fixture(PEOPLE).await;
    // Some are named twice.
    let content = lines(PEOPLE) + &lines(7);
    let id = fixture.of_file(&content).await;
    let is_checked = |trigger: &Trigger| matches!(trigger.position, TriggerPosition::Checking(_));
    fixture.killed_when(id, is_checked).await;
    for recipients in [0, 300, 900, 1_200] {
        fixture.killed_when(id, has_more_than(recipients)).await;
    }
    fixture.work().await;
    fixture.assert_reached(id, 1..=PEOPLE).await;
    let path = fixture.broadcasts.files.trigger(W, id);
    assert!(!path.exists(), "nobody needs it any more");
}

/// Each has their own data; what is for everybody stays with the trigger.
#[tokio::test]
async fn a_message_has_the_data_of_its_person_alone() {
    let fixture = fixture(9).await;
    let listed = fixture.listed(2..=4, 10).await;
    let of_file = fixture.of_file(&lines(1)).await;
    let matching = AttributeCondition {
        field: "plan".to_owned(),
        test: Test::Equals("pro".to_owned()),
    };
    let matching = Audience::Matching(Condition::Attribute(matching));
    fixture.trigger(Selector::Recipients, matching).await;
    assert_eq!(fixture.work().await, 3);
    let messages = fixture.messages().await;
    assert_eq!(messages.len(), 2 * (3 + 1 + 3));
    for message in &messages {
        let person = message.person.as_ref().unwrap().cio_id.0;
        let trigger = match message.origin {
            cio_domain::delivery::Origin::Broadcast {
                broadcast: 1,
                trigger,
                ..
            } => trigger,
            other => panic!("{other:?}"),
        };
        let has_own = [listed.number, of_file.number].contains(&trigger);
        let own = has_own.then(|| format!("{{\"n\":{person}}}"));
        assert_eq!(message.message_data, own);
        assert!(!message.send_to_unsubscribed);
    }
    let data = fixture.broadcasts.store.trigger_data(W, listed).await;
    assert_eq!(data.unwrap().as_deref(), Some(r#"{"code":"SUN"}"#));
}

#[tokio::test]
async fn what_may_pass_is_tried_again_with_growing_waits_and_then_given_up() {
    let fixture = fixture(1).await;
    let id = fixture.of_file("").await;
    std::fs::remove_file(fixture.broadcasts.files.trigger(W, id)).unwrap();
    for wait in WAITS_MS {
        assert_eq!(fixture.work().await, 1);
        let trigger = fixture.found(id).await;
        assert_eq!(trigger.state, TriggerState::Running);
        assert!(trigger.failure.unwrap().contains("cannot be reached"));
        fixture.clock.on(wait - 1);
        assert_eq!(fixture.work().await, 0, "not yet");
        fixture.clock.on(1);
    }
    assert_eq!(fixture.work().await, 1);
    assert_eq!(fixture.found(id).await.state, TriggerState::Failed);
    let errors = fixture.errors(id).await;
    assert!(errors[0].contains("cannot be reached"), "{errors:?}");
    fixture.clock.on(1_000_000_000);
    assert_eq!(fixture.work().await, 0);
}

#[tokio::test]
async fn what_ends_the_server_again_and_again_is_given_up() {
    let fixture = fixture(1).await;
    let id = fixture.listed(1..=1, 1).await;
    for _ in 0..ENDED_MAX {
        assert_eq!(fixture.claim().await.len(), 1);
        fixture.clock.on(LEASE_MS);
    }
    assert_eq!(fixture.work().await, 1);
    let errors = fixture.errors(id).await;
    assert!(errors[0].contains("ended with the server"), "{errors:?}");
    assert_eq!(fixture.messages().await, []);
}

/// It is how somebody takes back what was triggered by mistake.
#[tokio::test]
async fn a_broadcast_that_is_made_inactive_or_removed_stops_where_it_is() {
    let fixture = fixture(PEOPLE).await;
    let first = fixture.listed(1..=PEOPLE, 100).await;
    fixture.put_broadcast(false).await;
    assert_eq!(fixture.work().await, 1);
    let stopped = fixture.found(first).await;
    assert_eq!(
        (stopped.state, stopped.recipients),
        (TriggerState::Failed, 0)
    );
    assert_eq!(
        fixture.errors(first).await,
        ["the broadcast was made inactive"]
    );
    assert_eq!(fixture.messages().await.len(), 0);

    let second = fixture.listed(1..=9, 100).await;
    let removed = BroadcastChange::Delete("launch".to_owned());
    fixture.change(removed).await;
    assert_eq!(fixture.work().await, 1);
    assert_eq!(fixture.errors(second).await, ["the broadcast was removed"]);
}

#[tokio::test]
async fn a_trigger_whose_file_is_gone_says_how_far_it_was() {
    // One that is killed before it is through.
    let (fixture, id, far) = loop {
        let fixture = fixture(PEOPLE).await;
        let id = fixture.of_file(&lines(PEOPLE)).await;
        fixture.killed_when(id, has_more_than(0)).await;
        let trigger = fixture.found(id).await;
        if trigger.state == TriggerState::Running {
            break (fixture, id, trigger.recipients);
        }
    };
    assert!(far > 0 && far % 250 == 0, "{far}");
    std::fs::remove_file(fixture.broadcasts.files.trigger(W, id)).unwrap();
    assert_eq!(fixture.work().await, 1);
    let text = format!(
        "the file that was fetched is no longer on this server; {far} people have their messages"
    );
    assert_eq!(fixture.errors(id).await, [text]);
}

/// A server that stops in an orderly way goes on at once when it is back.
#[tokio::test]
async fn an_interruption_counts_for_nothing() {
    let fixture = fixture(9).await;
    let id = fixture.listed(1..=9, 3).await;
    let (_sender, stopped) = watch::channel(true);
    let job = fixture.claim().await.remove(0);
    work(&fixture.broadcasts, job, stopped).await.unwrap();
    let waiting = fixture.found(id).await;
    assert_eq!((waiting.failure, waiting.recipients), (None, 0));
    let again = fixture.claim().await.remove(0);
    assert_eq!(again.attempts, 0);
    work(&fixture.broadcasts, again, fixture.stop.clone())
        .await
        .unwrap();
    fixture.assert_reached(id, 1..=9).await;
}

#[tokio::test]
async fn what_is_nobody_s_is_swept_away() {
    let fixture = fixture(1).await;
    let store = &fixture.broadcasts.store;
    let recipient = Recipient {
        person: PersonId(1),
        data: None,
    };
    let list = store.add_recipients(W, AT, None, vec![recipient]).await;
    let list = list.unwrap().unwrap();
    let id = fixture.of_file(&lines(1)).await;
    let file = fixture.broadcasts.files.trigger(W, id);
    let nobody_s = TriggerId {
        broadcast: 1,
        number: 77,
    };
    let nobody_s = files::partial(&fixture.broadcasts.files.trigger(W, nobody_s));
    std::fs::write(&nobody_s, "half").unwrap();
    fixture.broadcasts.sweep().await.unwrap();
    let is_there = async || store.recipients(W, list, 0).await.unwrap().is_some();
    assert!(file.exists() && !nobody_s.exists());
    assert!(is_there().await, "it may become a trigger's yet");
    fixture.clock.on(LIST_AGE_MS + 1);
    fixture.broadcasts.sweep().await.unwrap();
    assert!(file.exists() && !is_there().await);
}
