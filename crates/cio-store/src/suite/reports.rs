//! What is told of messages, and forms.

use cio_domain::delivery::Delivery;
use cio_domain::operation::{Identify, Report};
use cio_domain::{Ignored, Operation, Outcome, UnixSeconds};

use super::given::{AT, AT_SECONDS, Given, cio_id, deliver, delivery, given, id, identify};
use crate::Store;

fn report(metric: &str, timestamp: Option<UnixSeconds>, reason: Option<&str>) -> Operation {
    Operation::Report(Report {
        delivery_id: "d".to_owned(),
        metric: metric.to_owned(),
        timestamp,
        recipient: None,
        reason: reason.map(str::to_owned),
        href: None,
    })
}

fn unsubscribe(unsubscribed: bool) -> Operation {
    Operation::Unsubscribe {
        delivery_id: "d".to_owned(),
        unsubscribed,
    }
}

/// Ana and a message to her.
async fn given_a_message(store: &dyn Store) -> Given<'_> {
    let given = given(store).await;
    given.apply(identify(id("1"))).await;
    given.apply(deliver(delivery("d", Some(id("1"))))).await;
    given
}

async fn read(given: &Given<'_>) -> Delivery {
    let found = given.store.delivery(given.workspace, "d".to_owned()).await;
    let found = found.expect("deliveries can be read");
    found.expect("the delivery is there")
}

/// What the log says of the message, oldest first.
async fn told(given: &Given<'_>) -> Vec<(String, Option<String>)> {
    let log = given.activities(&id("1")).await.into_iter().rev();
    let of_messages = log.filter(|it| it.delivery_id.as_deref() == Some("d"));
    of_messages
        .map(|it| (it.kind.to_string(), it.data))
        .collect()
}

/// The first report of a metric counts, each is in the log.
pub(super) async fn the_first_report_of_a_metric_counts(store: &dyn Store) {
    let given = given_a_message(store).await;
    for operation in [
        report("opened", Some(AT_SECONDS + 5), None),
        report("opened", Some(AT_SECONDS + 9), None),
        report("clicked", None, None),
    ] {
        assert_eq!(given.apply(operation).await, Outcome::Applied);
    }
    let metrics = read(&given).await.metrics;
    assert_eq!(metrics["opened"], AT_SECONDS + 5);
    assert_eq!(metrics["clicked"], AT_SECONDS, "the time of receipt");
    let expected = [
        ("clicked_email", AT_SECONDS),
        ("opened_email", AT_SECONDS + 5),
        ("opened_email", AT_SECONDS + 9),
    ];
    let expected = expected.map(|(kind, at)| {
        let metric = kind.trim_end_matches("_email");
        (kind.to_owned(), Some(format!("{{\"{metric}\":{at}}}")))
    });
    assert_eq!(told(&given).await, expected);
}

/// Why a message did not arrive is kept with it; a reason of anything else is not.
pub(super) async fn a_failure_keeps_its_first_reason(store: &dyn Store) {
    let given = given_a_message(store).await;
    given.apply(report("opened", None, Some("curious"))).await;
    assert_eq!(read(&given).await.failure_message, None);
    given
        .apply(report("deferred", None, Some("greylisted")))
        .await;
    given
        .apply(report("bounced", None, Some("no such user")))
        .await;
    given.apply(report("deferred", None, Some("again"))).await;
    let message = read(&given).await.failure_message;
    assert_eq!(message.as_deref(), Some("no such user"));
}

/// A delivery is found by its id alone, and only its workspace can be told of it.
pub(super) async fn a_delivery_is_found_across_workspaces(store: &dyn Store) {
    let given = given_a_message(store).await;
    let other = given.another().await;
    other.apply(deliver(delivery("d2", None))).await;
    for (delivery_id, workspace) in [
        ("d", Some(given.workspace)),
        ("d2", Some(other.workspace)),
        ("d3", None),
        ("", None),
    ] {
        let found = store.find_delivery(delivery_id.to_owned()).await;
        let found = found.expect("deliveries can be found");
        assert_eq!(found, workspace, "{delivery_id}");
    }
    for operation in [report("opened", None, None), unsubscribe(true)] {
        let foreign = other.apply(operation).await;
        assert_eq!(foreign, Outcome::Ignored(Ignored::UnknownDelivery));
    }
    assert!(read(&given).await.metrics.is_empty());
    assert!(!given.person(&id("1")).await.is_unsubscribed());
}

/// Unsubscribing through a message changes that one attribute, shows on the message, and
/// can be taken back.
pub(super) async fn an_unsubscribe_is_the_person_s_and_the_message_s(store: &dyn Store) {
    let given = given_a_message(store).await;
    let preferences = "{\"topics\":{\"topic_1\":true}}";
    let prefers = identify(id("1")).set("cio_subscription_preferences", preferences);
    given.apply(prefers).await;
    assert_eq!(given.apply(unsubscribe(true)).await, Outcome::Applied);
    let person = given.person(&id("1")).await;
    assert!(person.is_unsubscribed());
    let kept = &person.attributes["cio_subscription_preferences"].json;
    assert_eq!(kept, preferences);
    assert_eq!(read(&given).await.metrics["unsubscribed"], AT_SECONDS);
    let data = format!("{{\"unsubscribed\":{AT_SECONDS}}}");
    let expected = ("unsubscribed_email".to_owned(), Some(data));
    assert_eq!(told(&given).await, [expected]);
    given.apply(unsubscribe(false)).await;
    assert!(!given.person(&id("1")).await.is_unsubscribed());
}

/// What is told of a message to somebody who was deleted is the message's alone.
pub(super) async fn a_report_of_who_was_deleted_names_nobody(store: &dyn Store) {
    a_report_names_nobody_after(store, Operation::Delete(id("1"))).await;
}

/// The same of somebody who was suppressed.
pub(super) async fn a_report_of_who_was_suppressed_names_nobody(store: &dyn Store) {
    a_report_names_nobody_after(store, Operation::Suppress(id("1"))).await;
}

async fn a_report_names_nobody_after(store: &dyn Store, removal: Operation) {
    let given = given_a_message(store).await;
    given.apply(removal).await;
    assert_eq!(given.apply(unsubscribe(true)).await, Outcome::Applied);
    given.apply(report("bounced", None, Some("gone"))).await;
    assert!(read(&given).await.metrics.contains_key("bounced"));
    let log = given.log().await;
    let of_message: Vec<_> = log.iter().filter(|it| it.delivery_id.is_some()).collect();
    let kinds: Vec<&str> = of_message.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds[..2], ["bounced_email", "unsubscribed_email"]);
    assert!(of_message.iter().all(|it| it.person.is_none()));
    assert_eq!(given.find(&id("1")).await, None);
}

/// A form is there from its first submission on, whoever submitted it; submitting
/// identifies.
pub(super) async fn forms_are_registered_by_submissions(store: &dyn Store) {
    let given = given(store).await;
    given.apply(Operation::Suppress(id("blocked"))).await;
    let submit = |form_id: &str, submitter: Option<&str>| Operation::SubmitForm {
        form_id: form_id.to_owned(),
        identify: submitter.map(|name| Identify::new(id(name))),
    };
    let submissions = [
        (AT, submit("b", None), Outcome::Applied),
        (AT + 1, submit("a", Some("1")), Outcome::Applied),
        (
            AT + 2,
            submit("b", Some("blocked")),
            Outcome::Ignored(Ignored::Suppressed),
        ),
    ];
    for (at, submission, expected) in submissions {
        assert_eq!(given.apply_at(at, vec![submission]).await, [expected]);
    }
    let forms = store.forms(given.workspace).await;
    let forms: Vec<_> = forms
        .expect("forms can be listed")
        .into_iter()
        .map(|form| {
            (
                form.id,
                form.created_at,
                form.submitted_at,
                form.submissions,
            )
        })
        .collect();
    let expected = [
        ("a".to_owned(), AT + 1, AT + 1, 1),
        ("b".to_owned(), AT, AT + 2, 2),
    ];
    assert_eq!(forms, expected);
    let one = cio_id(&given.person(&id("1")).await);
    given.apply(submit("a", Some("1"))).await;
    assert_eq!(cio_id(&given.person(&id("1")).await), one);
    assert_eq!(given.find(&id("blocked")).await, None);
    let other = given.another().await;
    let forms = store.forms(other.workspace).await;
    assert_eq!(forms.expect("forms can be listed"), []);
}
