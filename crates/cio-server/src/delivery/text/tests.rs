//! Texts through Twilio and a gateway, which answer what the test says.

use cio_domain::content::ContentChange;
use cio_domain::content::opt_out::{OptOut, OptOutChange};
use cio_domain::job::Queue;
use cio_store::Store as _;
use cio_store::content::ContentStore as _;
use cio_testkit::{Reply, TestServer};
use serde_json::json;

use super::*;
use crate::delivery::testing::{Bench, WORKSPACE, id, metrics};
use crate::delivery::{CarrierSettings, TextCarrier};
use crate::{GatewaySettings, TwilioSettings};

fn twilio(url: &str) -> CarrierSettings {
    CarrierSettings {
        texts: Some(TextCarrier::Twilio {
            settings: TwilioSettings {
                account_sid: "AC0123456789abcdef0123456789abcdef".into(),
                auth_token: "secret".into(),
                messaging_service_sid: None,
            },
            base_url: Some(url.to_owned()),
            callback_url: Some("https://cio.example".into()),
        }),
        ..CarrierSettings::default()
    }
}

fn hello() -> TextContent {
    TextContent {
        from: "+15550100".into(),
        to: "+15550199".into(),
        body: "Hello".into(),
        media_url: None,
    }
}

fn taken() -> Reply {
    Reply::json(201, json!({"sid": "SM1"}))
}

async fn opt_out(bench: &Bench, channel: OptOutChannel, from: &str) {
    let change = ContentChange::OptOuts(OptOutChange {
        person: id(),
        senders: vec![(OptOut::new(channel, from).unwrap(), true)],
    });
    let changed = bench
        .store
        .change_content(WORKSPACE, bench.now(), vec![change]);
    changed.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_text_leaves_once_and_says_where_to_tell_of_it() {
    let server = TestServer::start().await;
    server.replies([taken(), taken()]);
    let bench = Bench::new(&twilio(&server.url()));
    let delivery = bench.send("d1=", Content::Sms(hello())).await;
    assert_eq!(metrics(&delivery), ["sent"]);
    assert_eq!(delivery.recipient, "+15550199");
    let delivery = bench.send("d2", Content::Whatsapp(hello())).await;
    assert_eq!(metrics(&delivery), ["sent"]);
    let asked = server.requests();
    let forms: Vec<String> = asked.iter().map(cio_testkit::Request::text).collect();
    let callback = "StatusCallback=https%3A%2F%2Fcio.example%2Fcarriers%2Ftwilio%2Fd1%253D";
    assert!(forms[0].ends_with(callback), "{forms:?}");
    assert!(
        forms[1].starts_with("To=whatsapp%3A%2B15550199&"),
        "{forms:?}"
    );
    assert_eq!(forms.len(), 2);
    assert_eq!(
        bench.store.next_job_due(Queue::Deliveries).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn whoever_opted_out_of_a_sender_gets_nothing_from_it() {
    let server = TestServer::start().await;
    server.answer_with(|_| taken());
    let bench = Bench::new(&twilio(&server.url()));
    bench.device("t", "ios", 5).await;
    opt_out(&bench, OptOutChannel::Sms, "+15550100").await;
    opt_out(&bench, OptOutChannel::WhatsApp, "+15550101").await;

    let delivery = bench.send("d1", Content::Sms(hello())).await;
    assert_eq!(metrics(&delivery), ["undeliverable"]);
    assert_eq!(
        delivery.failure_message.unwrap(),
        "the person opted out of its sender"
    );
    let from = |from: &str| TextContent {
        from: from.into(),
        ..hello()
    };
    let other_sender = bench.send("d2", Content::Sms(from("+15550102"))).await;
    assert_eq!(metrics(&other_sender), ["sent"]);
    let other_channel = bench.send("d3", Content::Whatsapp(from("+15550100"))).await;
    assert_eq!(metrics(&other_channel), ["sent"]);
    let prefixed = from("whatsapp:+15550101");
    let prefixed = bench.send("d4", Content::Whatsapp(prefixed)).await;
    assert_eq!(metrics(&prefixed), ["undeliverable"]);
    assert_eq!(server.requests().len(), 2);

    // The same where nobody carries it.
    let captured = Bench::new(&CarrierSettings::default());
    captured.device("t", "ios", 5).await;
    opt_out(&captured, OptOutChannel::Sms, "+15550100").await;
    let delivery = captured.send("d1", Content::Sms(hello())).await;
    assert_eq!(metrics(&delivery), ["undeliverable"]);
}

#[tokio::test]
async fn each_answer_ends_a_text_as_it_means() {
    let server = TestServer::start().await;
    let bench = Bench::new(&twilio(&server.url()));
    let error = |status, code| Reply::json(status, json!({"code": code, "message": "no"}));
    for (number, (reply, ends, says)) in [
        (
            error(400, 21211),
            vec!["attempted", "bounced"],
            "Twilio answered 400 21211: no",
        ),
        (error(400, 21617), vec!["attempted", "failed"], "21617"),
        (error(429, 20429), vec!["attempted", "deferred"], "20429"),
        (
            error(401, 20003),
            vec!["attempted", "deferred"],
            "auth token",
        ),
        (
            Reply::close(),
            vec!["attempted", "failed"],
            "in doubt: no answer: ",
        ),
        (
            error(500, 20500),
            vec!["attempted", "failed"],
            "in doubt: Twilio answered 500",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        server.reply(reply);
        let delivery = bench
            .send(&format!("d{number}"), Content::Sms(hello()))
            .await;
        assert_eq!(metrics(&delivery), ends, "{delivery:?}");
        let reason = delivery.failure_message.unwrap();
        assert!(reason.contains(says), "{reason}");
    }
    assert_eq!(server.requests().len(), 6);
    server.answer_with(|_| taken());
    bench.wait(10);
    let delivery = bench.attempt("d2").await;
    assert_eq!(metrics(&delivery), ["attempted", "deferred", "sent"]);
    let delivery = bench.delivery("d4").await.unwrap();
    assert_eq!(
        metrics(&delivery),
        ["attempted", "failed"],
        "not sent again"
    );
}

#[tokio::test]
async fn a_gateway_is_asked_with_the_delivery_s_id_as_its_key() {
    let server = TestServer::start().await;
    server.reply(Reply::json(200, json!({"id": "g1"})));
    let bench = Bench::new(&CarrierSettings {
        texts: Some(TextCarrier::Gateway(GatewaySettings {
            url: format!("{}/texts", server.url()),
            ..GatewaySettings::default()
        })),
        ..CarrierSettings::default()
    });
    let delivery = bench.send("d1", Content::Sms(hello())).await;
    assert_eq!(metrics(&delivery), ["sent"]);
    let asked = server.only_request();
    assert_eq!(asked.header("idempotency-key"), Some("d1"));
    assert_eq!(asked.json()["to"], "+15550199");
}

#[tokio::test]
async fn a_text_to_nobody_is_undeliverable_and_without_a_carrier_one_is_captured() {
    let captured = Bench::new(&CarrierSettings::default());
    let delivery = captured.send("d1", Content::Sms(hello())).await;
    assert_eq!(metrics(&delivery), ["sent"]);
    let nobody = TextContent {
        to: " ".into(),
        ..hello()
    };
    let delivery = captured.send("d2", Content::Sms(nobody)).await;
    assert_eq!(metrics(&delivery), ["undeliverable"]);
    assert_eq!(
        delivery.failure_message.unwrap(),
        "it has no number to go to"
    );
}
