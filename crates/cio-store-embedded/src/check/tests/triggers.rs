//! Triggers of all kinds, and each way they can stop agreeing with themselves.

use cio_domain::job::Job;
use cio_domain::trigger::{
    Audience, ListId, NewTrigger, Recipient, Selector, TriggerDetails, TriggerId, TriggerPosition,
    TriggerStep, WhenMissing,
};
use cio_store::triggers::TriggerStore;

use super::*;
use crate::keys::{TRIGGER, TRIGGER_DATA, TRIGGER_DETAILS, TRIGGER_WAITING};

const BROADCAST: u64 = 4;

async fn list(store: &EmbeddedStore) -> ListId {
    let mut list = None;
    for number in 1..4 {
        let recipient = Recipient {
            person: PersonId(number),
            data: None,
        };
        let added = store.add_recipients(W, AT, list, vec![recipient]).await;
        list = added.unwrap();
    }
    list.unwrap()
}

/// One that runs with an error found and a list half done, one that waits, one that failed,
/// and a list that is nobody's yet.
pub(super) async fn trigger(store: &EmbeddedStore) {
    list(store).await;
    let new = |list, errors: &[&str]| NewTrigger {
        broadcast: BROADCAST,
        selector: Selector::Ids,
        details: TriggerDetails {
            audience: Audience::Listed(list),
            missing: WhenMissing::default(),
            actions: Vec::new(),
        },
        data: Some("{}".to_owned()),
        errors: errors.iter().map(|it| (*it).to_owned()).collect(),
    };
    let own = list(store).await;
    for new in [
        new(Some(own), &[]),
        new(None, &[]),
        new(None, &["it is bad"]),
    ] {
        store
            .create_trigger(W, AT, new, None)
            .await
            .unwrap()
            .unwrap();
    }
    let claimed = store.claim_jobs(Queue::Broadcasts, AT, AT + 1, 1).await;
    let job: Job = claimed.unwrap().remove(0);
    let step = TriggerStep {
        recipients: Vec::new(),
        errors: vec!["it is bad, too".to_owned()],
        position: TriggerPosition::Piece(1),
    };
    let advanced = store.advance_trigger(job, AT, AT + 2, step).await;
    assert!(advanced.unwrap().is_some());
}

/// What belongs to nothing, says too much, or is said to be what it is not.
#[tokio::test]
async fn what_no_trigger_knows_of_is_found() {
    let store = some_of_everything().await;
    let engine = store.engine();
    let id = |number: u64| TriggerId {
        broadcast: BROADCAST,
        number,
    };
    let row = |section: u8, number: u64| keys::trigger(section, W, id(number));
    let kept = |key: &[u8]| {
        let view = store.engine().view();
        view.get(Table::Jobs, key).unwrap().unwrap().to_vec()
    };
    let (trigger, details) = (kept(&row(TRIGGER, 2)), kept(&row(TRIGGER_DETAILS, 2)));
    let errors = kept(&keys::trigger_errors(W, id(1), 0));
    let unowned = kept(&keys::list(W, ListId(1)));
    let piece = kept(&keys::recipients(W, ListId(1), 0));
    let rows = [
        (row(TRIGGER, 9), trigger),
        (row(TRIGGER_DETAILS, 9), details.clone()),
        (row(TRIGGER_DETAILS, 3), details),
        (row(TRIGGER_DATA, 9), b"{}".to_vec()),
        (row(TRIGGER_WAITING, 9), Vec::new()),
        (row(TRIGGER_WAITING, 1), Vec::new()),
        (keys::trigger_errors(W, id(9), 0), errors.clone()),
        (keys::trigger_errors(W, id(1), 1), errors.clone()),
        (keys::trigger_errors(W, id(1), 7), errors),
        (keys::list(W, ListId(9)), unowned.clone()),
        (keys::list(W, ListId(2)), unowned),
        (keys::recipients(W, ListId(9), 0), piece.clone()),
        (keys::recipients(W, ListId(1), 3), piece),
    ];
    for (key, value) in rows {
        let view = store.engine().view();
        let before = view.get(Table::Jobs, &key).unwrap();
        drop(view);
        write(engine, Table::Jobs, &key, Some(&value));
        let report = store.check();
        assert!(!report.is_clean(), "{}", key.escape_ascii());
        write(engine, Table::Jobs, &key, before.as_deref());
    }
    assert!(store.check().is_clean(), "all is as it was");
}
