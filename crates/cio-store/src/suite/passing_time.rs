//! Segments in which time alone changes who is there.

use cio_domain::condition::{Condition, EventCondition, Test};
use cio_domain::{UnixMillis, UnixSeconds};

use super::conditions::{attribute, not, tend};
use super::data_driven::{bought, buying, filled, members, often};
use super::given::{AT, AT_SECONDS, given, id, identify, track};
use crate::Store;

const DAY: UnixSeconds = 24 * 60 * 60;

fn recently(at_least: u32, days: u32) -> Condition {
    Condition::Event(EventCondition {
        at_least,
        in_last_days: Some(days),
        ..buying()
    })
}

fn millis(at: UnixSeconds) -> UnixMillis {
    at.unsigned_abs() * 1_000
}

/// "At least N times in the last D days" holds until, to the second, the N-th event back is
/// D days old.
pub(super) async fn events_of_the_last_days_count_to_the_second(store: &dyn Store) {
    let given = given(store).await;
    let twice = filled(&given, recently(2, 10)).await;
    let quiet = filled(&given, not(recently(1, 10))).await;
    for at in [AT_SECONDS, AT_SECONDS + 5, AT_SECONDS + DAY] {
        let now = millis(at);
        given.apply_at(now, vec![track(id("1"), bought(at))]).await;
    }
    given
        .apply_at(millis(AT_SECONDS + DAY), vec![identify(id("2")).into()])
        .await;
    assert_eq!(members(&given, twice).await, ["1"]);
    assert_eq!(members(&given, quiet).await, ["2"]);
    // The third makes good for the first, until the second goes, too.
    let second = AT_SECONDS + 5 + 10 * DAY;
    for (at, is_in) in [
        (AT_SECONDS + 10 * DAY, true),
        (second - 1, true),
        (second, false),
    ] {
        tend(&given, millis(at)).await;
        let expected: &[&str] = if is_in { &["1"] } else { &[] };
        assert_eq!(members(&given, twice).await, expected, "{at}");
        assert_eq!(members(&given, quiet).await, ["2"]);
    }
    let third = AT_SECONDS + DAY + 10 * DAY;
    let due = store
        .tend(millis(third - 1))
        .await
        .expect("the store is tended");
    assert_eq!(due, Some(millis(third)), "the next time something changes");
    assert_eq!(members(&given, quiet).await, ["2"]);
    tend(&given, millis(third)).await;
    assert_eq!(members(&given, quiet).await, ["1", "2"]);
    let due = store
        .tend(millis(third))
        .await
        .expect("the store is tended");
    assert_eq!(due, None);
}

/// An event of the future counts when its time comes, one that comes late counts as if it
/// had come in time.
pub(super) async fn events_to_come_and_late_ones_count_in_their_time(store: &dyn Store) {
    let given = given(store).await;
    let once = filled(&given, often(1)).await;
    let twice = filled(&given, recently(2, 10)).await;
    let soon = AT_SECONDS + 100;
    given.apply(track(id("1"), bought(soon))).await;
    given
        .apply(track(id("1"), bought(AT_SECONDS - 9 * DAY)))
        .await;
    given.apply(track(id("2"), bought(soon))).await;
    given
        .apply(track(id("2"), bought(AT_SECONDS - 10 * DAY)))
        .await;
    assert_eq!(members(&given, once).await, ["1", "2"]);
    assert!(members(&given, twice).await.is_empty());
    tend(&given, millis(soon) - 1).await;
    assert!(members(&given, twice).await.is_empty());
    tend(&given, millis(soon)).await;
    assert_eq!(members(&given, twice).await, ["1"]);
    given
        .apply_at(millis(soon), vec![track(id("2"), bought(AT_SECONDS - DAY))])
        .await;
    assert_eq!(members(&given, twice).await, ["1", "2"]);
    tend(&given, millis(AT_SECONDS + DAY)).await;
    assert_eq!(members(&given, twice).await, ["2"]);
}

/// Any number of events may be to come, before and beside those that count.
pub(super) async fn many_events_to_come_hide_none_that_counts(store: &dyn Store) {
    let given = given(store).await;
    let twice = filled(&given, recently(2, 10)).await;
    let come: Vec<UnixSeconds> = (1..=20).map(|n| AT_SECONDS + n * 60).collect();
    let events = come.iter().map(|at| track(id("1"), bought(*at)));
    given.apply_at(AT, events.collect()).await;
    given.apply(track(id("1"), bought(AT_SECONDS))).await;
    let due = async |at| store.tend(at).await.expect("the store is tended");
    tend(&given, AT).await;
    assert!(members(&given, twice).await.is_empty());
    assert_eq!(due(AT).await, Some(millis(come[0])));
    tend(&given, millis(come[0])).await;
    assert_eq!(members(&given, twice).await, ["1"]);
    // Until the last but one is over.
    let over = come[18] + 10 * DAY;
    tend(&given, millis(over) - 1).await;
    assert_eq!(members(&given, twice).await, ["1"]);
    tend(&given, millis(over)).await;
    assert!(members(&given, twice).await.is_empty());
}

/// A clock that steps back moves nobody by itself, and who does something is decided by
/// the time it is now.
pub(super) async fn a_clock_that_steps_back_loses_nobody(store: &dyn Store) {
    let given = given(store).await;
    let segment = filled(&given, recently(1, 1)).await;
    for name in ["1", "2"] {
        given.apply(track(id(name), bought(AT_SECONDS))).await;
    }
    let over = millis(AT_SECONDS + DAY);
    tend(&given, over).await;
    assert!(members(&given, segment).await.is_empty());
    tend(&given, AT).await;
    assert!(members(&given, segment).await.is_empty());
    given
        .apply_at(AT, vec![track(id("1"), bought(AT_SECONDS - 5))])
        .await;
    assert_eq!(members(&given, segment).await, ["1"]);
    tend(&given, over - 1).await;
    assert_eq!(members(&given, segment).await, ["1"]);
    tend(&given, over).await;
    assert!(members(&given, segment).await.is_empty());
}

/// A date in an attribute is near for so many days before it, or after.
pub(super) async fn dates_come_near_and_pass(store: &dyn Store) {
    let given = given(store).await;
    let soon = filled(&given, attribute("ends", Test::InNextDays(2))).await;
    let over = filled(&given, attribute("ends", Test::InLastDays(2))).await;
    let ends = AT_SECONDS + 3 * DAY;
    given
        .apply(identify(id("1")).set("ends", &ends.to_string()))
        .await;
    for (at, is_soon, is_over) in [
        (AT_SECONDS, false, false),
        (ends - 2 * DAY - 1, false, false),
        (ends - 2 * DAY, true, false),
        (ends - 1, true, false),
        (ends, false, true),
        (ends + 2 * DAY - 1, false, true),
        (ends + 2 * DAY, false, false),
    ] {
        tend(&given, millis(at)).await;
        let found = (
            members(&given, soon).await.len(),
            members(&given, over).await.len(),
        );
        assert_eq!(found, (is_soon.into(), is_over.into()), "{at}");
    }
}
