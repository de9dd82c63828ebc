//! Whom people do not want text messages from.

use cio_domain::Operation;
use cio_domain::content::opt_out::{OptOut, OptOutChange, OptOutChannel};
use cio_domain::content::{ContentChange, Refusal};
use cio_domain::limits::OPT_OUTS_MAX;
use cio_wire::Identifier;

use super::given::{Given, cio_id, email, given, id, identify};
use crate::{Store, StoreError};

use OptOutChannel::{Sms, WhatsApp};

fn from(channel: OptOutChannel, from: &str) -> OptOut {
    OptOut::new(channel, from).expect("a sender")
}

fn set(person: Identifier, senders: &[(OptOut, bool)]) -> ContentChange {
    let senders = senders.to_vec();
    ContentChange::OptOuts(OptOutChange { person, senders })
}

async fn of(given: &Given<'_>, person: Identifier) -> Option<Vec<OptOut>> {
    let found = given.store.opt_outs_of(given.workspace, person).await;
    found.expect("opt-outs can be read")
}

/// The ids of those who opted out of something, each with the senders.
async fn everybody(given: &Given<'_>) -> Vec<(String, usize)> {
    let page = given.store.opt_outs(given.workspace, None, None, 100).await;
    let people = page.expect("opt-outs can be listed").items.into_iter();
    people
        .map(|it| (it.person.id.unwrap_or_default(), it.opt_outs.len()))
        .collect()
}

/// People opt out of senders and back in, by any of their names; what is not named stays.
pub(super) async fn people_opt_out_and_back_in(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(id("1")).email("ana@x.io")).await;
    assert_eq!(of(&given, id("1")).await, Some(Vec::new()));
    let (sms, whatsapp) = (from(Sms, "+15550100"), from(WhatsApp, "+15550100"));
    let out = [(whatsapp.clone(), true), (sms.clone(), true)];
    given.change(set(id("1"), &out)).await;
    given.change(set(email("Ana@x.io"), &out)).await;
    let both = Some(vec![sms.clone(), whatsapp.clone()]);
    assert_eq!(of(&given, id("1")).await, both);
    let one = cio_id(&given.person(&id("1")).await);
    given.change(set(one, &[(sms, false)])).await;
    assert_eq!(of(&given, id("1")).await, Some(vec![whatsapp.clone()]));

    let nobody = set(id("nobody"), &[(whatsapp.clone(), true)]);
    assert_eq!(given.refused(nobody).await, Refusal::NotFound);
    assert_eq!(of(&given, id("nobody")).await, None);
    assert_eq!(given.find(&id("nobody")).await, None);
    let other = given.another().await;
    assert_eq!(everybody(&other).await, []);

    let many: Vec<_> = (0..=OPT_OUTS_MAX)
        .map(|n| (from(Sms, &n.to_string()), true))
        .collect();
    let too_many = given.refused(set(id("1"), &many)).await;
    let max = OPT_OUTS_MAX;
    let what = "opt-outs of a person";
    assert_eq!(too_many, Refusal::TooMany { what, max });
    assert_eq!(of(&given, id("1")).await, Some(vec![whatsapp]));
}

/// Who is deleted or suppressed leaves no opt-out, and does not come back with one.
pub(super) async fn who_goes_leaves_no_opt_outs(store: &dyn Store) {
    let given = given(store).await;
    for name in ["1", "2", "3"] {
        given.apply(identify(id(name))).await;
        given.change(set(id(name), &[(from(Sms, "a"), true)])).await;
    }
    given.apply(Operation::Delete(id("1"))).await;
    given.apply(Operation::Suppress(id("2"))).await;
    assert_eq!(everybody(&given).await, [("3".to_owned(), 1)]);
    given.apply(Operation::Unsuppress(id("2"))).await;
    for name in ["1", "2"] {
        given.apply(identify(id(name))).await;
        assert_eq!(of(&given, id(name)).await, Some(Vec::new()));
    }
}

/// Who stays after a merge is out of what either was.
pub(super) async fn a_merge_hands_opt_outs_over(store: &dyn Store) {
    let given = given(store).await;
    let [a, b, c] = ["a", "b", "c"].map(|name| (from(Sms, name), true));
    for (name, out) in [("1", [a.clone(), b.clone()]), ("2", [b.clone(), c.clone()])] {
        given.apply(identify(id(name))).await;
        given.change(set(id(name), &out)).await;
    }
    given
        .apply(Operation::Merge {
            primary: id("1"),
            secondary: id("2"),
        })
        .await;
    let all = vec![a.0, b.0, c.0];
    assert_eq!(of(&given, id("1")).await, Some(all));
    assert_eq!(everybody(&given).await, [("1".to_owned(), 3)]);
}

/// Pages of any size hold everybody once, with all they opted out of, or with the one
/// sender that is asked for.
pub(super) async fn pages_hold_everybody_once(store: &dyn Store) {
    let given = given(store).await;
    let names: Vec<String> = (10..17).map(|n: u32| n.to_string()).collect();
    for (place, name) in names.iter().enumerate() {
        given.apply(identify(id(name))).await;
        let mut senders = vec![(from(Sms, "all"), true), (from(WhatsApp, "all"), true)];
        if place % 2 == 0 {
            senders.push((from(Sms, "some"), true));
        }
        given.change(set(id(name), &senders)).await;
    }
    given.apply(identify(id("nothing"))).await;
    let some: Vec<String> = names.iter().step_by(2).cloned().collect();
    for (sender, expected, senders) in [
        (None, &names, vec![3, 2]),
        (Some("all"), &names, vec![2]),
        (Some("some"), &some, vec![1]),
        (Some("nobody"), &Vec::new(), Vec::new()),
    ] {
        for limit in [1, 2, 6, 7, 8] {
            let (mut found, mut start) = (Vec::new(), None);
            loop {
                let sender = sender.map(str::to_owned);
                let page = store.opt_outs(given.workspace, sender, start, limit).await;
                let page = page.expect("opt-outs can be listed");
                assert!(page.items.len() <= limit);
                for it in page.items {
                    assert!(senders.contains(&it.opt_outs.len()), "{it:?}");
                    found.extend(it.person.id);
                }
                start = page.next;
                if start.is_none() {
                    break;
                }
            }
            assert_eq!(&found, expected, "{sender:?}, limit {limit}");
        }
    }
    let foreign = Some("AAAA".to_owned());
    let refused = store.opt_outs(given.workspace, None, foreign, 1).await;
    assert!(matches!(refused, Err(StoreError::BadCursor)));
}
