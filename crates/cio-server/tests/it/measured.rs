//! What became of messages, by what they belong to.

use std::path::Path;

use cio_domain::content::ContentChange;
use cio_domain::content::broadcast::{
    ActionDetails, BroadcastChange, BroadcastDetails, NewAction, NewBroadcast,
};
use cio_domain::content::variant::{NewVariant, NewVariants};
use cio_domain::delivery::{NewDelivery, Origin};
use cio_domain::message::{Channel, Content, EmailContent, TextContent};
use cio_domain::operation::{Look, Reader};
use cio_domain::{Operation, UnixMillis, WorkspaceId};
use cio_server::{FirstCredentials, Storage};
use cio_store::Store as _;
use cio_store::content::ContentStore as _;
use cio_store_embedded::EmbeddedStore;
use customerio::ApiClient;
use customerio::app::Period;
use serde_json::{Value, json};

use crate::messages::{send, sent};
use crate::support::TestServer;

async fn get(server: &TestServer, path: &str) -> Value {
    let answer = server.app("GET", path, "").await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()
}

async fn series(server: &TestServer, path: &str) -> Value {
    get(server, path).await["metric"]["series"].clone()
}

/// How many there are of each metric of which there are any. A period may end meanwhile, so
/// where they are does not matter.
fn counted(series: &Value) -> Vec<(String, u64)> {
    let series = series.as_object().unwrap().iter();
    let counted = series.map(|(metric, counts)| (metric.clone(), sum(counts)));
    counted.filter(|(_, count)| *count > 0).collect()
}

fn sum(counts: &Value) -> u64 {
    let counts = counts.as_array().unwrap().iter();
    counts.map(|count| count.as_u64().unwrap()).sum()
}

async fn ids(server: &TestServer, path: &str) -> Vec<String> {
    let body = get(server, path).await;
    let messages = body["messages"].as_array().unwrap().iter();
    messages
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn report(server: &TestServer, id: &str, metric: &str, href: &str) {
    let body = json!({"delivery_id": id, "metric": metric, "href": href}).to_string();
    let answer = server.send("POST", "/api/v1/metrics", "", body.as_bytes());
    answer.await.assert_taken();
}

#[tokio::test]
async fn messages_without_a_template_are_counted_as_the_first() {
    let server = TestServer::start().await;
    let id = send(&server, "1", false).await;
    sent(&server, &id).await;
    let draft = send(&server, "1", true).await;
    report(&server, &id, "opened", "").await;
    report(&server, &id, "opened", "").await;
    let path = "/v1/transactional/1/metrics";
    let expected = [("created", 2), ("drafted", 1), ("opened", 1), ("sent", 1)];
    let expected = expected.map(|(metric, count)| (metric.to_owned(), count));
    for query in ["?period=weeks", "?period=months", "?period=months&steps=0"] {
        let series = series(&server, &format!("{path}{query}")).await;
        assert_eq!(counted(&series), expected, "{query}");
    }
    let metrics = series(&server, path).await;
    let names: Vec<&String> = metrics.as_object().unwrap().keys().collect();
    let documented = "attempted bounced clicked converted created deferred delivered drafted \
                      dropped failed human_clicked human_opened link_untracked machine_clicked \
                      open_untracked opened prefetch_opened replied sent spammed suppressed \
                      topic_unsubscribed tracking_consent_denied tracking_consent_granted \
                      undeliverable unsubscribed untracked";
    assert_eq!(names, documented.split(' ').collect::<Vec<_>>());
    for (query, periods) in [
        ("", 45),
        ("?steps=0", 45),
        ("?steps=1", 2),
        ("?steps=7", 7),
        ("?steps=1000000", 45),
        ("?period=hours", 24),
        ("?period=hours&steps=1", 2),
        ("?period=weeks", 12),
        ("?period=months", 12),
        ("?period=months&steps=0", 121),
    ] {
        let series = series(&server, &format!("{path}{query}")).await;
        for (metric, counts) in series.as_object().unwrap() {
            let counts = counts.as_array().unwrap().len();
            assert_eq!(counts, periods, "{query} {metric}");
        }
    }
    let of = |query| format!("/v1/transactional/1/messages{query}");
    assert_eq!(ids(&server, &of("")).await, [id.as_str()]);
    assert_eq!(
        ids(&server, &of("?state=sent&metric=opened")).await,
        [id.as_str()]
    );
    assert_eq!(ids(&server, &of("?state=drafted")).await, [draft]);
    assert!(ids(&server, &of("?state=failed")).await.is_empty());
    assert!(ids(&server, &of("?metric=clicked")).await.is_empty());
    assert!(ids(&server, &of("?end_ts=1700000000")).await.is_empty());
    let tracked = get(&server, &of("?get_tracked_responses=true")).await;
    assert_eq!(tracked["messages"][0]["tracked_responses"], json!({}));
    assert_eq!(tracked["messages"][0]["id"], id);
    assert_eq!(tracked["next"], "");
}

#[tokio::test]
async fn a_list_of_messages_has_pages() {
    let server = TestServer::start().await;
    let mut sent = Vec::new();
    for _ in 0..5 {
        sent.insert(0, send(&server, "1", false).await);
    }
    let (mut found, mut start) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/transactional/1/messages?limit=2&start={start}");
        let page = get(&server, &path).await;
        let ids = page["messages"].as_array().unwrap();
        assert!(ids.len() <= 2);
        found.extend(ids.iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        page["next"].as_str().unwrap().clone_into(&mut start);
        if start.is_empty() {
            break;
        }
    }
    assert_eq!(found, sent);
}

#[tokio::test]
async fn links_are_counted_one_by_one() {
    let server = TestServer::start().await;
    let first = server.message_to("1").await;
    let second = server.message_to("2").await;
    let path = "/v1/transactional/1/metrics/links?period=weeks&steps=2";
    assert_eq!(get(&server, path).await, json!({ "links": [] }));
    for (id, href) in [
        (&first, "https://a.example/"),
        (&first, "https://a.example/"),
        (&second, "https://a.example/"),
        (&second, "https://b.example/?c=d"),
    ] {
        report(&server, id, "clicked", href).await;
    }
    let links = |a: u64| {
        let link = |id: u64, href: &str, clicked: u64| {
            json!({
                "link": {"id": id, "href": href},
                "metric": {"series": {
                    "clicked": clicked, "human_clicked": 0, "machine_clicked": 0,
                }},
            })
        };
        let links = [
            link(1, "https://a.example/", a),
            link(2, "https://b.example/?c=d", 1),
        ];
        json!({ "links": links })
    };
    for (query, of_first) in [("", 3), ("&unique=false", 3), ("&unique=true", 2)] {
        let mut found = get(&server, &format!("{path}{query}")).await;
        for link in found["links"].as_array_mut().unwrap() {
            for counts in link["metric"]["series"]
                .as_object_mut()
                .unwrap()
                .values_mut()
            {
                assert_eq!(counts.as_array().unwrap().len(), 2);
                *counts = sum(counts).into();
            }
        }
        assert_eq!(found, links(of_first), "{query}");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_and_named() {
    let server = TestServer::start().await;
    let periods = "\"period\" must be one of hours, days, weeks, months";
    let metrics = "/v1/transactional/1/metrics";
    let messages = "/v1/transactional/1/messages";
    let number = "the transactional message id must be an integer";
    for (path, text) in [
        (format!("{metrics}?period=years"), periods),
        (
            format!("{metrics}?steps=-1"),
            "\"steps\" must be an integer",
        ),
        (
            format!("{metrics}?steps=two"),
            "\"steps\" must be an integer",
        ),
        (format!("{metrics}/links?period=years"), periods),
        (
            format!("{metrics}/links?unique=1"),
            "\"unique\" must be true or false",
        ),
        (
            format!("{messages}?state=gone"),
            "\"state\" must be one of failed, sent, drafted, attempted",
        ),
        (
            format!("{messages}?limit=0"),
            "\"limit\" must be a positive integer",
        ),
        (
            format!("{messages}?start=x"),
            "\"start\" is not a cursor of this list",
        ),
        (
            format!("{messages}?start_ts=today"),
            "\"start_ts\" must be an integer",
        ),
        (
            format!("{messages}?start_ts=5&end_ts=4"),
            "\"start_ts\" must not be after \"end_ts\"",
        ),
        (
            format!("{messages}?get_tracked_responses=yes"),
            "\"get_tracked_responses\" must be true or false",
        ),
        ("/v1/transactional/x/metrics".to_owned(), number),
        ("/v1/transactional/-1/metrics/links".to_owned(), number),
        ("/v1/transactional/1.5/messages".to_owned(), number),
        (
            "/v1/broadcasts/x/metrics".to_owned(),
            "the broadcast id must be an integer",
        ),
        (
            "/v1/broadcasts/1/actions/x/metrics".to_owned(),
            "the action id must be an integer",
        ),
    ] {
        server
            .app("GET", &path, "")
            .await
            .assert_app_refused(400, text);
    }
    for path in EVERY_PATH {
        let unknown = path.replace("/1/", "/99999999999/");
        let answer = server.app("GET", &unknown, "").await;
        answer.assert_app_refused(404, "not found");
        let answer = server.send("GET", path, "", b"").await;
        assert_eq!(answer.status, 401, "{path}: {answer:?}");
    }
}

const EVERY_PATH: [&str; 8] = [
    "/v1/transactional/1/metrics",
    "/v1/transactional/1/metrics/links",
    "/v1/transactional/1/messages",
    "/v1/broadcasts/1/metrics",
    "/v1/broadcasts/1/metrics/links",
    "/v1/broadcasts/1/messages",
    "/v1/broadcasts/1/actions/1/metrics",
    "/v1/broadcasts/1/actions/1/metrics/links",
];

/// The server's own time, in seconds.
async fn now(server: &TestServer) -> i64 {
    let segment = r#"{"segment":{"name":"now"}}"#;
    let answer = server.app("POST", "/v1/segments", segment).await;
    answer.json()["segment"]["created_at"].as_i64().unwrap()
}

fn text(body: &str) -> Content {
    Content::Sms(TextContent {
        body: body.to_owned(),
        ..TextContent::default()
    })
}

fn email() -> Content {
    EmailContent {
        from: "shop@example.com".to_owned(),
        subject: "Hello".to_owned(),
        body: "<p>Hello</p>".to_owned(),
        ..EmailContent::default()
    }
    .into()
}

/// A server with a broadcast that sends an email and a text, and one message of each, which
/// leaves tomorrow.
async fn with_a_broadcast(directory: &Path) -> TestServer {
    let storage = || Storage::Directory(directory.to_owned());
    let given = FirstCredentials {
        site_id: Some("site".to_owned()),
        track_api_key: Some("track".to_owned()),
        app_api_key: Some("app".to_owned()),
        pipelines_write_key: Some("write".to_owned()),
    };
    let server = TestServer::start_with(storage(), given.clone()).await;
    let now = now(&server).await;
    let at: UnixMillis = now.unsigned_abs() * 1_000;
    server.server.shutdown().await.unwrap();
    let store = EmbeddedStore::open(&directory.join("store")).unwrap();
    let action = |name: &str, channel, content| {
        let variant = NewVariant::new(content, None).unwrap();
        NewAction {
            details: ActionDetails::new(name, channel).unwrap(),
            variants: NewVariants::new(variant, []).unwrap(),
        }
    };
    let actions = vec![
        action("mail", Channel::Email, email()),
        action("text", Channel::Sms, text("Hello")),
    ];
    let broadcast = NewBroadcast::new(BroadcastDetails::new("launch").unwrap(), actions).unwrap();
    let change = ContentChange::Broadcast(BroadcastChange::Put(Box::new(broadcast)));
    let workspace = WorkspaceId(1);
    let changed = store.change_content(workspace, at, vec![change]).await;
    changed.unwrap().unwrap();
    let deliver = |id: &str, action, content| {
        Operation::Deliver(Box::new(NewDelivery {
            origin: Origin::Broadcast {
                broadcast: 1,
                action,
                trigger: 1,
            },
            send_at: Some(now + 86_400),
            ..NewDelivery::new(id, content)
        }))
    };
    let look = |href: &str| {
        Operation::Look(Look {
            delivery_id: "mail".to_owned(),
            href: Some(href.to_owned()),
            reader: Reader::default(),
        })
    };
    let operations = vec![
        deliver("mail", 1, email()),
        deliver("text", 2, text("Hello")),
        look("https://a.example/"),
        look("https://a.example/"),
    ];
    store.apply(workspace, at, operations).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    TestServer::start_with(storage(), given).await
}

#[tokio::test]
async fn a_broadcast_is_counted_as_a_whole_and_by_action() {
    let directory = tempfile::tempdir().unwrap();
    let server = with_a_broadcast(directory.path()).await;
    let of = async |path: &str| {
        let path = format!("/v1/broadcasts/1{path}");
        let path = path.replace('?', "?period=weeks&");
        counted(&series(&server, &path).await)
    };
    let named = |counts: &[(&str, u64)]| -> Vec<(String, u64)> {
        let counts = counts.iter();
        counts
            .map(|(metric, count)| ((*metric).to_owned(), *count))
            .collect()
    };
    let seen = [
        ("clicked", 1),
        ("human_clicked", 1),
        ("human_opened", 1),
        ("opened", 1),
    ];
    let with_created = |created| {
        let mut counts = vec![seen[0], ("created", created)];
        counts.extend_from_slice(&seen[1..]);
        named(&counts)
    };
    assert_eq!(of("/metrics?").await, with_created(2));
    assert_eq!(of("/metrics?type=email").await, with_created(1));
    assert_eq!(of("/metrics?type=twilio").await, named(&[("created", 1)]));
    assert_eq!(of("/metrics?type=slack").await, []);
    assert_eq!(of("/actions/1/metrics?").await, with_created(1));
    assert_eq!(of("/actions/2/metrics?").await, named(&[("created", 1)]));
    for (path, clicked) in [
        ("/metrics/links?period=weeks", 2),
        ("/metrics/links?period=weeks&unique=true", 1),
        ("/actions/1/metrics/links?period=weeks", 2),
    ] {
        let links = get(&server, &format!("/v1/broadcasts/1{path}")).await;
        let links = links["links"].as_array().unwrap();
        assert_eq!(links.len(), 1, "{path}");
        assert_eq!(links[0]["link"]["href"], "https://a.example/");
        let series = &links[0]["metric"]["series"];
        assert_eq!(sum(&series["clicked"]), clicked);
        assert_eq!(series["human_clicked"], series["clicked"]);
    }
    let none = get(&server, "/v1/broadcasts/1/actions/2/metrics/links").await;
    assert_eq!(none, json!({ "links": [] }));
    let messages = "/v1/broadcasts/1/messages";
    let both = ids(&server, messages).await;
    assert_eq!(both, ["text", "mail"]);
    assert_eq!(
        ids(&server, &format!("{messages}?type=email")).await,
        ["mail"]
    );
    let past = format!("{messages}?end_ts=1700000000");
    assert!(ids(&server, &past).await.is_empty());
    let bad = "/v1/broadcasts/1/metrics?type=fax";
    let answer = server.app("GET", bad, "").await;
    assert_eq!(answer.status, 400, "{answer:?}");
    let foreign = server
        .app("GET", "/v1/broadcasts/1/actions/3/metrics", "")
        .await;
    foreign.assert_app_refused(404, "not found");
}

/// How many periods, and what is counted in all of them.
fn total(counts: &[u64]) -> (usize, u64) {
    (counts.len(), counts.iter().sum())
}

#[tokio::test]
async fn the_sdk_reads_counts_links_and_messages() {
    let directory = tempfile::tempdir().unwrap();
    let server = with_a_broadcast(directory.path()).await;
    let id = server.message_to("1").await;
    report(&server, &id, "clicked", "https://a.example/").await;
    let api = ApiClient::builder(server.credentials.app_api_key.as_str())
        .base_url(server.server.url())
        .build()
        .unwrap();
    let transactional = api.transactional();
    let counts = transactional.metrics(1, Period::Weeks, 1).await.unwrap();
    assert_eq!(total(&counts.series["drafted"]), (2, 1));
    let links = transactional
        .links(1, Period::Weeks, 1, true)
        .await
        .unwrap();
    assert_eq!(links[0].href, "https://a.example/");
    assert_eq!(total(&links[0].metric.series["clicked"]), (2, 1));
    let drafts = transactional.messages(1).state("drafted").await.unwrap();
    assert_eq!(drafts.items[0].id, id);
    let broadcasts = api.broadcasts();
    let counts = broadcasts
        .metrics(1, Period::Months, 0, Some("email"))
        .await;
    assert_eq!(counts.unwrap().series["created"].len(), 121);
    let links = broadcasts.links(1, Period::Weeks, 2, false).await.unwrap();
    assert_eq!(total(&links[0].metric.series["clicked"]), (2, 2));
    let counts = broadcasts.action_metrics(1, 1, Period::Weeks, 2).await;
    assert_eq!(total(&counts.unwrap().series["created"]), (2, 1));
    let links = broadcasts.action_links(1, 1, Period::Weeks, 2, true).await;
    assert_eq!(
        total(&links.unwrap()[0].metric.series["human_clicked"]),
        (2, 1)
    );
    let messages = broadcasts.messages(1).await.unwrap().items;
    assert_eq!(messages.len(), 2);
    let error = transactional.metrics(9, Period::Days, 1).await.unwrap_err();
    assert!(matches!(error, customerio::Error::NotFound(_)), "{error:?}");
}
