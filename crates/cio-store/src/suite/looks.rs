//! Looks at messages, told by what is in them.

use cio_domain::operation::{Look, Reader};
use cio_domain::{Ignored, Operation, Outcome};

use super::given::{AT_SECONDS, Given, deliver, delivery, given, id, identify};
use crate::Store;

const PERSON: Reader = Reader {
    is_machine: false,
    is_proxy: false,
};
const MACHINE: Reader = Reader {
    is_machine: true,
    is_proxy: true,
};

pub(super) fn open(delivery_id: &str, reader: Reader) -> Operation {
    look(delivery_id, None, reader)
}

pub(super) fn click(delivery_id: &str, href: &str, reader: Reader) -> Operation {
    look(delivery_id, Some(href), reader)
}

fn look(delivery_id: &str, href: Option<&str>, reader: Reader) -> Operation {
    Operation::Look(Look {
        delivery_id: delivery_id.to_owned(),
        href: href.map(str::to_owned),
        reader,
    })
}

async fn metrics(given: &Given<'_>, delivery_id: &str) -> Vec<String> {
    let found = given
        .store
        .delivery(given.workspace, delivery_id.to_owned());
    let found = found.await.expect("deliveries can be read");
    let metrics = found.expect("the delivery is there").metrics;
    assert!(metrics.values().all(|at| *at == AT_SECONDS));
    metrics.into_keys().collect()
}

/// What the log says of messages, oldest first, without when.
async fn told(given: &Given<'_>) -> Vec<(String, String)> {
    let log = given.log().await.into_iter().rev();
    let of_messages = log.filter(|it| it.delivery_id.is_some());
    let without_time = |data: String| {
        let at = format!("ed\":{AT_SECONDS}");
        data.replace(&at, "ed\":0")
    };
    of_messages
        .map(|it| {
            (
                it.kind.to_string(),
                without_time(it.data.unwrap_or_default()),
            )
        })
        .collect()
}

/// A look is told of the message by whoever looked; the first time counts, each is in the
/// log. One that is not there is told of nothing.
pub(super) async fn a_look_says_who_looked(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(id("1"))).await;
    given.apply(deliver(delivery("d", Some(id("1"))))).await;
    assert_eq!(given.apply(open("d", MACHINE)).await, Outcome::Applied);
    assert_eq!(metrics(&given, "d").await, ["opened", "prefetch_opened"]);
    given.apply(open("d", PERSON)).await;
    let all = ["human_opened", "opened", "prefetch_opened"];
    assert_eq!(metrics(&given, "d").await, all);
    let expected = [
        (
            "opened_email",
            r#"{"opened":0,"prefetched":true,"proxied":true}"#,
        ),
        ("opened_email", r#"{"opened":0}"#),
    ];
    let expected = expected.map(|(kind, data)| (kind.to_owned(), data.to_owned()));
    assert_eq!(told(&given).await, expected);
    let unknown = Outcome::Ignored(Ignored::UnknownDelivery);
    assert_eq!(given.apply(open("e", PERSON)).await, unknown);
}

/// A link cannot be followed unopened: what was not seen to be opened was, before.
pub(super) async fn a_click_is_an_open_too(store: &dyn Store) {
    let given = given(store).await;
    given.apply(deliver(delivery("d", None))).await;
    given.apply(click("d", "https://a.example", PERSON)).await;
    given.apply(click("d", "https://b.example", MACHINE)).await;
    let all = [
        "clicked",
        "human_clicked",
        "human_opened",
        "opened",
        "prefetch_clicked",
    ];
    assert_eq!(metrics(&given, "d").await, all);
    let expected = [
        ("opened_email", r#"{"opened":0,"synthetic":true}"#),
        (
            "clicked_email",
            r#"{"clicked":0,"href":"https://a.example","link_id":1}"#,
        ),
        (
            "clicked_email",
            r#"{"clicked":0,"href":"https://b.example","link_id":2,"machine":true}"#,
        ),
    ];
    let expected = expected.map(|(kind, data)| (kind.to_owned(), data.to_owned()));
    assert_eq!(told(&given).await, expected);
}
