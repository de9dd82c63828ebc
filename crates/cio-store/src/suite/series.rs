//! Counts over time.

use std::collections::BTreeMap;

use cio_domain::delivery::{NewDelivery, Origin, Parent, WITHOUT_TEMPLATE};
use cio_domain::job::{Queue, Settlement};
use cio_domain::limits::LINKS_MAX;
use cio_domain::message::{Channel, Content, TextContent};
use cio_domain::operation::{Reader, Report};
use cio_domain::{Operation, UnixMillis, UnixSeconds};

use super::given::{AT, AT_SECONDS, Given, content, deliver, delivery, given, id};
use super::looks::{click, open};
use crate::Store;
use crate::series::{LinkQuery, LinkSeries, Series, SeriesQuery};

const HOUR: UnixSeconds = 3_600;
const HOUR_MS: UnixMillis = 3_600_000;
/// The start of the hour of [`AT`].
const START: UnixSeconds = AT_SECONDS - AT_SECONDS % HOUR;
const WHOLE: Parent = Parent::Transactional(WITHOUT_TEMPLATE);
const PERSON: Reader = Reader {
    is_machine: false,
    is_proxy: false,
};
const MACHINE: Reader = Reader {
    is_machine: true,
    is_proxy: false,
};

/// In the hour of [`AT`] and the two behind it.
fn three_hours() -> Vec<UnixSeconds> {
    (0..=3).map(|hours| START + hours * HOUR).collect()
}

async fn counts(given: &Given<'_>, parent: Parent, channel: Option<Channel>) -> Series {
    let query = SeriesQuery {
        parent,
        channel,
        bounds: three_hours(),
    };
    let series = given.store.series(given.workspace, query).await;
    series.expect("counts can be read")
}

async fn links(given: &Given<'_>, parent: Parent, unique: bool) -> Vec<LinkSeries> {
    let query = LinkQuery {
        parent,
        bounds: three_hours(),
        unique,
    };
    let links = given.store.links(given.workspace, query).await;
    links.expect("links can be read")
}

fn series<const N: usize>(counts: [(&str, [u64; 3]); N]) -> Series {
    let owned = counts.map(|(metric, counts)| (metric.to_owned(), counts.to_vec()));
    BTreeMap::from_iter(owned)
}

fn report(
    delivery_id: &str,
    metric: &str,
    timestamp: UnixSeconds,
    href: Option<&str>,
) -> Operation {
    Operation::Report(Report {
        delivery_id: delivery_id.to_owned(),
        metric: metric.to_owned(),
        timestamp: Some(timestamp),
        recipient: None,
        reason: None,
        href: href.map(str::to_owned),
    })
}

/// A message counts in the hour in which it was accepted, whenever what is counted happened,
/// and once for each metric.
pub(super) async fn a_message_counts_in_its_hour_and_once(store: &dyn Store) {
    let given = given(store).await;
    given.apply(deliver(delivery("d1", None))).await;
    let later = vec![
        deliver(delivery("d2", None)),
        deliver(NewDelivery {
            draft: true,
            ..delivery("d3", None)
        }),
    ];
    given.apply_at(AT + 2 * HOUR_MS, later).await;
    for operation in [
        report("d1", "opened", AT_SECONDS + 2 * HOUR, None),
        report("d1", "opened", AT_SECONDS, None),
        report("d2", "opened", 0, None),
        report("d2", "opened", i64::MAX, None),
        report("d3", "bounced", i64::MIN, None),
        Operation::Unsubscribe {
            delivery_id: "d2".to_owned(),
            unsubscribed: true,
        },
        Operation::Unsubscribe {
            delivery_id: "d2".to_owned(),
            unsubscribed: true,
        },
    ] {
        given.apply_at(AT + 5 * HOUR_MS, vec![operation]).await;
    }
    let expected = series([
        ("bounced", [0, 0, 1]),
        ("created", [1, 0, 2]),
        ("drafted", [0, 0, 1]),
        ("opened", [1, 0, 1]),
        ("unsubscribed", [0, 0, 1]),
    ]);
    assert_eq!(counts(&given, WHOLE, None).await, expected);
    // Nothing is told of what is outside, of something else, or of another workspace.
    let query = SeriesQuery {
        parent: WHOLE,
        channel: None,
        bounds: vec![START + HOUR, START + 2 * HOUR],
    };
    let between = store.series(given.workspace, query).await;
    assert_eq!(between.expect("counts can be read"), Series::new());
    let other = given.another().await;
    assert_eq!(counts(&other, WHOLE, None).await, Series::new());
    let another = Parent::Transactional(2);
    assert_eq!(counts(&given, another, None).await, Series::new());
}

/// Attempts count, however they end, once for each message.
pub(super) async fn every_end_of_an_attempt_counts(store: &dyn Store) {
    let given = given(store).await;
    let ids = ["d1", "d2", "d3", "d4"];
    for id in ids {
        given.apply(deliver(delivery(id, None))).await;
    }
    let retry = |at| Settlement::Retry {
        at,
        reason: "greylisted".to_owned(),
    };
    let mut at = AT;
    for settlements in [
        vec![
            retry(AT),
            retry(AT),
            Settlement::Failed("no".to_owned()),
            Settlement::Dropped("suppressed".to_owned()),
        ],
        vec![retry(AT), Settlement::sent(content("Hello"))],
        vec![Settlement::Undeliverable("no address".to_owned())],
    ] {
        let jobs = store.claim_jobs(Queue::Deliveries, at, at + 1, 10).await;
        let jobs = jobs.expect("jobs are claimed");
        assert_eq!(jobs.len(), settlements.len());
        for (job, settlement) in jobs.into_iter().zip(settlements) {
            let settled = store.settle_job(job, at, settlement).await;
            assert!(settled.expect("jobs are settled"));
        }
        at += 10;
    }
    let expected = series([
        ("attempted", [3, 0, 0]),
        ("created", [4, 0, 0]),
        ("deferred", [2, 0, 0]),
        ("dropped", [1, 0, 0]),
        ("failed", [1, 0, 0]),
        ("sent", [1, 0, 0]),
        ("undeliverable", [1, 0, 0]),
    ]);
    assert_eq!(counts(&given, WHOLE, None).await, expected);
}

/// Whom a message must not reach counts too, when it is accepted and when it is called back.
pub(super) async fn what_must_not_leave_counts(store: &dyn Store) {
    let given = given(store).await;
    given.apply(deliver(delivery("d1", Some(id("1"))))).await;
    given.apply(Operation::Suppress(id("1"))).await;
    given.apply(deliver(delivery("d2", Some(id("1"))))).await;
    let expected = series([("created", [2, 0, 0]), ("undeliverable", [2, 0, 0])]);
    assert_eq!(counts(&given, WHOLE, None).await, expected);
}

fn of_broadcast(delivery_id: &str, action: u64, content: impl Into<Content>) -> Operation {
    deliver(NewDelivery {
        origin: Origin::Broadcast {
            broadcast: 7,
            action,
            trigger: 1,
        },
        ..NewDelivery::new(delivery_id, content)
    })
}

/// What belongs to a broadcast counts for it, for its action, and by channel.
pub(super) async fn a_broadcast_counts_as_a_whole_and_by_action(store: &dyn Store) {
    let given = given(store).await;
    given.apply(of_broadcast("d1", 1, content("Hello"))).await;
    let text = Content::Sms(TextContent::default());
    given.apply(of_broadcast("d2", 2, text)).await;
    given
        .apply(report("d2", "delivered", AT_SECONDS, None))
        .await;
    given.apply(click("d1", "https://a.example", PERSON)).await;
    let delivered = series([("created", [1, 0, 0]), ("delivered", [1, 0, 0])]);
    let seen = series([
        ("clicked", [1, 0, 0]),
        ("created", [1, 0, 0]),
        ("human_clicked", [1, 0, 0]),
        ("human_opened", [1, 0, 0]),
        ("opened", [1, 0, 0]),
    ]);
    let all = counts(&given, Parent::Broadcast(7), None).await;
    assert_eq!(
        (&all["created"], &all["delivered"]),
        (&vec![2, 0, 0], &vec![1, 0, 0])
    );
    let (sms, email) = (Some(Channel::Sms), Some(Channel::Email));
    assert_eq!(counts(&given, Parent::Broadcast(7), sms).await, delivered);
    assert_eq!(counts(&given, Parent::Broadcast(7), email).await, seen);
    assert_eq!(counts(&given, Parent::Action(1), None).await, seen);
    assert_eq!(counts(&given, Parent::Action(2), None).await, delivered);
    assert_eq!(counts(&given, WHOLE, None).await, Series::new());
    let of_whole = links(&given, Parent::Broadcast(7), false).await;
    let of_action = links(&given, Parent::Action(1), false).await;
    assert_eq!((of_whole.len(), of_action.len()), (1, 1));
    assert_ne!(of_whole[0].id, of_action[0].id);
    assert_eq!(of_whole[0].series, of_action[0].series);
    assert_eq!(links(&given, Parent::Action(2), false).await, []);
}

/// Every click counts, or the first one of each message; by people and machines where that is
/// known. The number of a link stays, and is in the log.
pub(super) async fn links_count_all_clicks_and_those_of_each_message(store: &dyn Store) {
    let given = given(store).await;
    given.apply(deliver(delivery("d1", None))).await;
    let second = vec![deliver(delivery("d2", None))];
    given.apply_at(AT + HOUR_MS, second).await;
    let (a, b) = ("https://a.example", "https://b.example/?x=1");
    for operation in [
        click("d1", a, MACHINE),
        click("d1", a, PERSON),
        click("d1", a, PERSON),
        click("d2", a, PERSON),
        click("d2", b, PERSON),
        report("d1", "clicked", AT_SECONDS, Some(b)),
        report("d1", "clicked", AT_SECONDS, None),
        report("d1", "opened", AT_SECONDS, Some("https://c.example")),
        open("d1", PERSON),
    ] {
        given.apply(operation).await;
    }
    let all = links(&given, WHOLE, false).await;
    let hrefs: Vec<&str> = all.iter().map(|link| link.href.as_str()).collect();
    assert_eq!(hrefs, [a, b]);
    let of_a = series([
        ("clicked", [3, 1, 0]),
        ("human_clicked", [2, 1, 0]),
        ("machine_clicked", [1, 0, 0]),
    ]);
    let of_b = series([("clicked", [1, 1, 0]), ("human_clicked", [0, 1, 0])]);
    assert_eq!((&all[0].series, &all[1].series), (&of_a, &of_b));
    let unique = links(&given, WHOLE, true).await;
    let of_a = series([
        ("clicked", [1, 1, 0]),
        ("human_clicked", [1, 1, 0]),
        ("machine_clicked", [1, 0, 0]),
    ]);
    assert_eq!((&unique[0].series, &unique[1].series), (&of_a, &of_b));
    assert_eq!(unique[0].id, all[0].id);
    let log = given.log().await;
    let of_link = format!("\"link_id\":{}", all[1].id);
    let told = log.iter().filter_map(|it| it.data.as_deref());
    assert_eq!(told.filter(|data| data.contains(&of_link)).count(), 2);
}

/// Beyond the most links there may be, a click counts for its message alone.
pub(super) async fn links_are_bounded(store: &dyn Store) {
    let given = given(store).await;
    given.apply(deliver(delivery("d", None))).await;
    let long = "x".repeat(4_097);
    let clicks =
        (0..=LINKS_MAX).map(|number| click("d", &format!("https://{number}.example"), PERSON));
    let too_long = [click("d", &long, PERSON), click("d", "", PERSON)];
    given
        .apply_at(AT, too_long.into_iter().chain(clicks).collect())
        .await;
    let kept = links(&given, WHOLE, true).await;
    assert_eq!(kept.len() as u64, LINKS_MAX);
    assert_eq!(kept[0].href, "https://0.example");
    let last = format!("https://{}.example", LINKS_MAX - 1);
    given.apply(click("d", &last, PERSON)).await;
    let again = links(&given, WHOLE, false).await;
    assert_eq!(again.last().map(|it| it.series["clicked"][0]), Some(2));
    assert_eq!(counts(&given, WHOLE, None).await["clicked"], [1, 0, 0]);
}
