//! Triggers of broadcasts: numbered, with people of their own, and done part by part.

use cio_domain::condition::{AttributeCondition, Condition, Test};
use cio_domain::content::variant::NewVariants;
use cio_domain::delivery::{NewDelivery, Tracking};
use cio_domain::job::{Job, Queue, Work};
use cio_domain::limits::TRIGGERS_WAITING_MAX;
use cio_domain::message::Channel;
use cio_domain::segment::SegmentId;
use cio_domain::transfer::TransferEnd;
use cio_domain::trigger::{
    Audience, ListId, NewTrigger, Recipient, Selector, Trigger, TriggerDetails, TriggerId,
    TriggerPosition, TriggerState, TriggerStep, TriggeredAction, WhenMissing,
};
use cio_domain::{Operation, PersonId, UnixMillis};
use cio_wire::Identifier;

use super::broadcasts::{action, broadcast, details};
use super::given::{AT, Given, email, given, id, identify};
use crate::triggers::{TriggerKey, TriggerRefusal};
use crate::{PeopleQuery, Store};

const LEASE: UnixMillis = 1_000;
pub(super) const BROADCAST: u64 = 4;

pub(super) fn to_list(list: Option<ListId>) -> NewTrigger {
    NewTrigger {
        broadcast: BROADCAST,
        selector: Selector::Ids,
        details: TriggerDetails {
            audience: Audience::Listed(list),
            missing: WhenMissing::default(),
            actions: vec![TriggeredAction {
                id: 9,
                channel: Channel::Push,
                send_to_unsubscribed: true,
                tracking: Tracking {
                    opens: true,
                    links: false,
                },
                draft: false,
            }],
        },
        data: Some(r#"{"code":"SUN"}"#.to_owned()),
        errors: Vec::new(),
    }
}

async fn try_create(
    given: &Given<'_>,
    new: NewTrigger,
    once: Option<TriggerKey>,
) -> Result<Trigger, TriggerRefusal> {
    let created = given.store.create_trigger(given.workspace, AT, new, once);
    created.await.expect("triggers are taken")
}

pub(super) async fn create(given: &Given<'_>, new: NewTrigger) -> TriggerId {
    let created = try_create(given, new, None).await;
    created.expect("there is room").id
}

pub(super) async fn found(given: &Given<'_>, id: TriggerId) -> Trigger {
    let found = given.store.trigger(given.workspace, id).await;
    found.expect("triggers are read").expect("it is there")
}

async fn add(given: &Given<'_>, list: Option<ListId>, people: &[u64]) -> Option<ListId> {
    let recipient = |number: &u64| Recipient {
        person: PersonId(*number),
        data: (*number == 2).then(|| r#"{"n":2}"#.to_owned()),
    };
    let recipients = people.iter().map(recipient).collect();
    let added = given
        .store
        .add_recipients(given.workspace, AT, list, recipients);
    added.await.expect("recipients are stored")
}

/// The people of a piece.
async fn piece(given: &Given<'_>, list: ListId, piece: u64) -> Option<Vec<u64>> {
    let piece = given.store.recipients(given.workspace, list, piece).await;
    let piece = piece.expect("recipients are read")?;
    for recipient in &piece {
        assert_eq!(recipient.data.is_some(), recipient.person.0 == 2);
    }
    Some(piece.iter().map(|it| it.person.0).collect())
}

pub(super) async fn claim(store: &dyn Store, at: UnixMillis) -> Vec<Job> {
    let jobs = store.claim_jobs(Queue::Broadcasts, at, at + LEASE, 10);
    jobs.await.expect("jobs can be claimed")
}

pub(super) async fn advance(given: &Given<'_>, job: &Job, step: TriggerStep) -> Option<Job> {
    let advanced = given
        .store
        .advance_trigger(job.clone(), AT, AT + 5_000, step);
    advanced.await.expect("steps are taken")
}

pub(super) async fn settle(given: &Given<'_>, job: &Job, end: TransferEnd) -> bool {
    let settled = given.store.settle_trigger(job.clone(), AT + 7, end);
    settled.await.expect("jobs can be settled")
}

pub(super) async fn errors(
    given: &Given<'_>,
    id: TriggerId,
    start: u64,
    limit: usize,
) -> Vec<String> {
    let errors = given
        .store
        .trigger_errors(given.workspace, id, start, limit);
    errors.await.expect("errors are read")
}

pub(super) fn step(recipients: Vec<Vec<NewDelivery>>, position: TriggerPosition) -> TriggerStep {
    TriggerStep {
        recipients,
        errors: Vec::new(),
        position,
    }
}

/// Whatever names somebody has, and nobody who is not there.
pub(super) async fn people_are_found_by_their_names(store: &dyn Store) {
    let given = given(store).await;
    given
        .apply(identify(id("1")).email("Ana@example.com"))
        .await;
    given.apply(identify(id("2"))).await;
    given.apply(identify(id("3"))).await;
    given.apply(Operation::Suppress(id("2"))).await;
    given.apply(Operation::Delete(id("3"))).await;
    let everybody = store.people_matching(
        given.workspace,
        PeopleQuery {
            limit: 10,
            ..PeopleQuery::default()
        },
    );
    let ana = everybody.await.expect("people are found").items[0]
        .identifiers
        .cio_id;
    let names = vec![
        id("nobody"),
        email("ANA@example.com"),
        id("1"),
        id("2"),
        id("3"),
        Identifier::CioId(ana.to_string()),
        Identifier::CioId("x".to_owned()),
    ];
    let find = async |given: &Given<'_>| {
        let found = store.find_people(given.workspace, names.clone()).await;
        found.expect("people are found")
    };
    let expected = [
        vec![],
        vec![ana],
        vec![ana],
        vec![],
        vec![],
        vec![ana],
        vec![],
    ];
    assert_eq!(find(&given).await, expected);
    let other = given.another().await;
    assert_eq!(find(&other).await.concat(), []);
}

/// Numbered by broadcast, and read back as asked for.
pub(super) async fn triggers_are_numbered_by_broadcast(store: &dyn Store) {
    let given = given(store).await;
    let condition = Condition::All(vec![
        Condition::Segment(SegmentId(7)),
        Condition::Not(Box::new(Condition::Attribute(AttributeCondition {
            field: "plan".to_owned(),
            test: Test::Equals("free".to_owned()),
        }))),
    ]);
    let matching = NewTrigger {
        selector: Selector::Recipients,
        data: None,
        details: TriggerDetails {
            audience: Audience::Matching(condition),
            ..to_list(None).details
        },
        ..to_list(None)
    };
    let file = NewTrigger {
        broadcast: 5,
        selector: Selector::DataFile,
        details: TriggerDetails {
            audience: Audience::File("https://example.com/?token=hunter2".to_owned()),
            missing: WhenMissing {
                ignore_ids: true,
                ignore_emails: false,
                add_duplicates: true,
            },
            ..to_list(None).details
        },
        ..to_list(None)
    };
    let mut ids = Vec::new();
    for (new, broadcast, number) in [
        (to_list(None), BROADCAST, 1),
        (matching, BROADCAST, 2),
        (file, 5, 1),
    ] {
        let trigger_id = create(&given, new.clone()).await;
        assert_eq!(trigger_id, TriggerId { broadcast, number });
        let details = store.trigger_details(given.workspace, trigger_id).await;
        assert_eq!(details.expect("details are read"), Some(new.details));
        let data = store.trigger_data(given.workspace, trigger_id).await;
        assert_eq!(data.expect("data are read"), new.data);
        let expected = Trigger {
            id: trigger_id,
            selector: new.selector,
            state: TriggerState::Waiting,
            position: TriggerPosition::Start,
            recipients: 0,
            errors: 0,
            failure: None,
            created_at: AT,
            ended_at: None,
        };
        assert_eq!(found(&given, trigger_id).await, expected);
        ids.push(trigger_id);
    }
    let listed = async |limit: usize| {
        let listed = store.triggers(given.workspace, BROADCAST, limit).await;
        let listed = listed.expect("triggers are listed").into_iter();
        listed.map(|it| it.id).collect::<Vec<TriggerId>>()
    };
    assert_eq!(listed(10).await, [ids[1], ids[0]], "the last one first");
    assert_eq!(listed(1).await, [ids[1]]);
    let other = given.another().await;
    assert_eq!(
        store.trigger(other.workspace, ids[0]).await.expect("read"),
        None
    );
    let claimed = claim(store, AT).await.into_iter();
    let works: Vec<Work> = claimed.map(|it| it.work).collect();
    let expected: Vec<Work> = ids.into_iter().map(Work::Broadcast).collect();
    assert_eq!(works, expected);
}

/// A list is stored before its trigger is, is nobody else's then, and goes piece by piece.
pub(super) async fn a_list_is_one_trigger_s_own(store: &dyn Store) {
    let given = given(store).await;
    let list = add(&given, None, &[1, 2]).await;
    let list_id = list.expect("a new list");
    assert_eq!(add(&given, list, &[3]).await, list);
    assert_eq!(add(&given, list, &[4]).await, list);
    assert_eq!(add(&given, Some(ListId(99)), &[1]).await, None);
    let other = given.another().await;
    assert_eq!(add(&other, list, &[1]).await, None, "of another workspace");
    let trigger_id = create(&given, to_list(list)).await;
    assert_eq!(add(&given, list, &[5]).await, None, "it is a trigger's");
    let again = try_create(&given, to_list(list), None).await;
    assert_eq!(again, Err(TriggerRefusal::NoList));
    let all = async || {
        let mut pieces = Vec::new();
        for number in 0..4 {
            pieces.push(piece(&given, list_id, number).await);
        }
        pieces
    };
    let (one, two, three) = (Some(vec![1, 2]), Some(vec![3]), Some(vec![4]));
    assert_eq!(all().await, [one, two.clone(), three.clone(), None]);
    let job = claim(store, AT).await.remove(0);
    let job = advance(&given, &job, step(vec![], TriggerPosition::Piece(1))).await;
    assert_eq!(all().await, [None, two, three, None], "it is done with");
    let job = job.expect("the lease is ours");
    assert!(settle(&given, &job, TransferEnd::Done { total: 0 }).await);
    assert_eq!(all().await, [None, None, None, None]);
    let done = found(&given, trigger_id).await;
    assert_eq!(
        (done.state, done.ended_at),
        (TriggerState::Done, Some(AT + 7))
    );
    let details = store.trigger_details(given.workspace, trigger_id).await;
    assert_eq!(details.expect("read"), None, "it may hold a secret");
    let data = store.trigger_data(given.workspace, trigger_id).await;
    assert!(data.expect("read").is_some(), "messages are made from it");
}

/// One that is for nobody who is there is kept with why, and does nothing.
pub(super) async fn a_trigger_with_errors_has_failed(store: &dyn Store) {
    let given = given(store).await;
    let list = add(&given, None, &[1]).await;
    let wrong = ["ids[0]: nobody", "ids[1]: nobody"].map(str::to_owned);
    let new = NewTrigger {
        errors: wrong.to_vec(),
        ..to_list(list)
    };
    let trigger_id = create(&given, new).await;
    let trigger = found(&given, trigger_id).await;
    assert_eq!((trigger.state, trigger.errors), (TriggerState::Failed, 2));
    assert_eq!(trigger.ended_at, Some(AT));
    assert_eq!(errors(&given, trigger_id, 0, 10).await, wrong);
    assert_eq!(claim(store, AT).await, []);
    assert_eq!(piece(&given, list.expect("a list"), 0).await, None);
}

/// So many of a broadcast wait, and one more is refused until somebody works at one of them.
pub(super) async fn so_many_triggers_of_a_broadcast_wait(store: &dyn Store) {
    let given = given(store).await;
    for _ in 0..TRIGGERS_WAITING_MAX {
        create(&given, to_list(None)).await;
    }
    let list = add(&given, None, &[1]).await;
    let refused = try_create(&given, to_list(list), None).await;
    assert_eq!(refused, Err(TriggerRefusal::TooManyWaiting));
    assert_eq!(
        piece(&given, list.expect("a list"), 0).await,
        None,
        "it is gone"
    );
    let other = NewTrigger {
        broadcast: 5,
        ..to_list(None)
    };
    assert_eq!(
        create(&given, other).await.number,
        1,
        "of another broadcast"
    );
    let failed = NewTrigger {
        errors: vec!["nobody".to_owned()],
        ..to_list(None)
    };
    assert_eq!(
        create(&given, failed).await.number,
        6,
        "it waits for nothing"
    );
    let jobs = claim(store, AT).await;
    let refused = try_create(&given, to_list(None), None).await;
    assert_eq!(
        refused,
        Err(TriggerRefusal::TooManyWaiting),
        "claimed alone"
    );
    let begun = advance(&given, &jobs[0], TriggerStep::default()).await;
    assert!(begun.is_some());
    assert_eq!(create(&given, to_list(None)).await.number, 7);
    assert!(settle(&given, &jobs[1], TransferEnd::Failed("no".to_owned())).await);
    assert_eq!(create(&given, to_list(None)).await.number, 8);
}

/// A request with a key is taken once in a day, and whoever asks again is told of it.
pub(super) async fn a_trigger_with_a_key_is_taken_once(store: &dyn Store) {
    let given = given(store).await;
    let key = |fingerprint: u8| {
        Some(TriggerKey {
            key: "k1".to_owned(),
            fingerprint: [fingerprint; 32],
        })
    };
    let taken = try_create(&given, to_list(None), key(1)).await;
    let trigger_id = taken.expect("it is new").id;
    let list = add(&given, None, &[1]).await;
    let repeat = Err(TriggerRefusal::Repeat(trigger_id));
    assert_eq!(try_create(&given, to_list(list), key(1)).await, repeat);
    assert_eq!(
        piece(&given, list.expect("a list"), 0).await,
        None,
        "it is gone"
    );
    let other = Err(TriggerRefusal::OtherRequest);
    assert_eq!(try_create(&given, to_list(None), key(2)).await, other);
    let triggers = store.triggers(given.workspace, BROADCAST, 10).await;
    assert_eq!(triggers.expect("triggers are listed").len(), 1);
}

/// What was begun and never became a trigger's goes.
pub(super) async fn lists_of_nobody_are_forgotten(store: &dyn Store) {
    let given = given(store).await;
    let owned = add(&given, None, &[1]).await;
    create(&given, to_list(owned)).await;
    let mut lists = Vec::new();
    for number in 2..5 {
        lists.extend(add(&given, None, &[number]).await);
    }
    let forget = async |before: UnixMillis| {
        let more = store.forget_lists(given.workspace, before, 2).await;
        more.expect("lists are forgotten")
    };
    let left = async || {
        let mut left = 0;
        for list in &lists {
            left += usize::from(piece(&given, *list, 0).await.is_some());
        }
        left
    };
    assert!(!forget(AT).await);
    assert_eq!(left().await, 3, "they are not old");
    assert!(forget(AT + 1).await);
    assert_eq!(left().await, 1);
    assert!(!forget(AT + 1).await);
    assert_eq!(left().await, 0);
    assert!(piece(&given, owned.expect("a list"), 0).await.is_some());
}

/// A broadcast knows when it was first triggered, and is not changed by it.
pub(super) async fn a_broadcast_knows_when_it_was_first_triggered(store: &dyn Store) {
    let given = given(store).await;
    let text = action("text", NewVariants::empty(Channel::Push));
    let launch = given.cast(broadcast(details("Launch"), vec![text])).await;
    let at = async |at: UnixMillis, errors: &[&str]| {
        let new = NewTrigger {
            broadcast: launch.id.0.into(),
            errors: errors.iter().map(|it| (*it).to_owned()).collect(),
            ..to_list(None)
        };
        let created = store.create_trigger(given.workspace, at, new, None).await;
        created.expect("triggers are taken").expect("there is room");
        let read = store.broadcast(given.workspace, launch.id).await;
        read.expect("broadcasts are read").expect("it is there")
    };
    let mut expected = launch.clone();
    assert_eq!(at(AT, &["nobody"]).await, expected, "it sends to nobody");
    expected.first_started_at = Some(AT + 5);
    assert_eq!(at(AT + 5, &[]).await, expected);
    assert_eq!(at(AT + 9, &[]).await, expected, "the first time counts");
}
