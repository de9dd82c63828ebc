//! What the App API's answers are read as: the form the reference shows, the form the
//! service really answers in, and what no one should have to expect.

use customerio::app::{SuppressionType, Usage};
use customerio::testing::{Answer, Recorder};
use customerio::{ApiClient, ErrorKind, Filter, Identifier};
use proptest::prelude::*;
use serde_json::{Value, json};

fn api() -> (Recorder, ApiClient) {
    let recorder = Recorder::new();
    let api = ApiClient::builder("key")
        .dry_run(&recorder)
        .build()
        .unwrap();
    (recorder, api)
}

/// A client whose next call is answered with this.
fn answering(body: Value) -> ApiClient {
    let (recorder, api) = api();
    recorder.answer(Answer::json(200, body));
    api
}

fn profile(id: &str) -> Value {
    json!({ "id": id, "identifiers": { "id": id, "email": null, "cio_id": "c3" },
        "attributes": { "plan": "pro" }, "timestamps": { "plan": 1_790_000_000 }, "unsubscribed": false })
}

#[tokio::test]
async fn profiles_wrapped_as_in_the_reference_and_bare_as_they_come() {
    let wrapped =
        json!({ "customers": [{ "customer": profile("1") }, { "customer": profile("2") }] });
    let bare = json!({ "customers": [profile("1"), profile("2")] });
    for body in [wrapped, bare] {
        let people = answering(body)
            .customers()
            .by_ids(["1", "2"])
            .await
            .unwrap();
        let ids: Vec<&str> = people.iter().map(|person| person.id.as_str()).collect();
        assert_eq!(ids, ["1", "2"]);
        assert_eq!(people[0].timestamps["plan"], 1_790_000_000);
    }
}

#[tokio::test]
async fn null_is_the_empty_list() {
    let api = answering(json!({ "exports": null }));
    assert!(api.exports().list().await.unwrap().is_empty());
    let api = answering(json!({ "segment_id": 7, "identifiers": null, "ids": null, "next": "" }));
    let page = api.segments().membership(7).await.unwrap();
    assert!(page.items.is_empty() && page.next.is_none());
    let api = answering(json!({ "suppressions": null }));
    let page = api
        .esp_suppressions()
        .list(SuppressionType::Bounces)
        .await
        .unwrap();
    assert!(page.items.is_empty() && page.next.is_none());
    let api = answering(json!({ "segment": { "id": 7, "tags": null, "progress": null } }));
    let segment = api.segments().get(7).await.unwrap();
    assert_eq!((segment.tags.len(), segment.progress), (0, None));
}

#[tokio::test]
async fn nothing_at_all_is_an_unknown_domain() {
    let (recorder, api) = api();
    recorder.answer(Answer::status(200));
    let page = api
        .esp_suppressions()
        .list_of_domain("c.de", SuppressionType::Bounces);
    assert!(page.await.unwrap().items.is_empty());
}

#[tokio::test]
async fn ids_as_numbers_and_as_texts() {
    for id in [json!(7), json!("7")] {
        let api =
            answering(json!({ "segments": [{ "id": id, "name": "VIP", "description": "" }] }));
        assert_eq!(api.customers().segments("42").await.unwrap()[0].id, 7);
        let api = answering(
            json!({ "customer": { "id": "42", "topics": [{ "id": id, "subscribed": true }] } }),
        );
        let preferences = api
            .customers()
            .subscription_preferences("42", None)
            .await
            .unwrap();
        assert_eq!(
            (preferences.topics[0].id, preferences.topics[0].subscribed),
            (7, true)
        );
        let api = answering(json!({ "id": id, "broadcast_id": 4, "processed_at": 0 }));
        let status = api.broadcasts().status(4, 7).await.unwrap();
        assert_eq!((status.id, status.is_processed()), (7, false));
        let api =
            answering(json!({ "types": [{ "id": id, "name": "Companies", "enabled": true }] }));
        assert_eq!(api.objects().types().await.unwrap()[0].id, "7");
        let relationship = json!({ "object_type_id": id, "identifiers": { "object_id": "acme", "cio_object_id": "ob1" } });
        let api = answering(json!({ "cio_relationships": [relationship], "next": "" }));
        let page = api.customers().relationships("42").await.unwrap();
        assert_eq!(page.items[0].object_type_id, "7");
        assert_eq!(page.items[0].identifiers.object_id.as_deref(), Some("acme"));
    }
}

#[tokio::test]
async fn a_message_names_its_template_by_any_of_three_names() {
    for name in [
        "message_template_id",
        "msg_template_id",
        "transactional_message_id",
    ] {
        let api = answering(json!({ "message": { "id": "dg=", "type": "email", name: 44 } }));
        let message = api.messages().get("dg=").await.unwrap();
        assert_eq!(message.template_id(), Some(44), "{name}");
    }
}

#[tokio::test]
async fn a_changed_variant_comes_alone_or_as_a_list_of_one() {
    let content =
        json!({ "id": 5, "language": "de", "type": "email", "from_id": null, "headers": [] });
    let change = customerio::app::UpdateContent::new().subject("Hi");
    for body in [
        json!({ "content": content }),
        json!({ "content": [content] }),
    ] {
        let api = answering(body);
        let changed = api
            .transactional()
            .update_content(44, 5, &change)
            .await
            .unwrap();
        assert_eq!((changed.id, changed.language.as_str()), (5, "de"));
    }
    let api = answering(json!({ "content": [] }));
    let error = api
        .transactional()
        .update_content(44, 5, &change)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}

#[tokio::test]
async fn who_uses_a_segment_is_nested_and_who_uses_a_sender_is_not() {
    let usage = json!({ "campaigns": [1], "sent_newsletters": null, "draft_newsletters": [2, 3] });
    let api = answering(json!({ "segment_id": 7, "used_by": usage }));
    let of_segment: Usage = api.segments().used_by(7).await.unwrap();
    let of_sender = answering(usage)
        .sender_identities()
        .used_by(1)
        .await
        .unwrap();
    assert_eq!(of_segment, of_sender);
    assert_eq!(of_sender.draft_newsletters, [2, 3]);
}

#[tokio::test]
async fn links_and_series() {
    let series = json!({ "series": { "clicked": [0, 2], "human_clicked": [0, 1] } });
    let body =
        json!({ "links": [{ "link": { "id": 3, "href": "https://h/" }, "metric": series }] });
    let links = answering(body)
        .transactional()
        .links(44, customerio::app::Period::Days, 2, false);
    let links = links.await.unwrap();
    assert_eq!((links[0].id, links[0].href.as_str()), (3, "https://h/"));
    assert_eq!(links[0].metric.series["clicked"], [0, 2]);
}

#[tokio::test]
async fn rows_of_a_collection_as_a_list_or_a_single_one() {
    for (body, count) in [
        (json!([{ "a": 1 }, { "a": 2 }]), 2),
        (json!({ "a": 1 }), 1),
        (json!([]), 0),
    ] {
        assert_eq!(
            answering(body)
                .collections()
                .content(1)
                .await
                .unwrap()
                .len(),
            count
        );
    }
}

#[tokio::test]
async fn a_success_that_says_something_else_is_not_taken_for_one() {
    for body in [
        json!([1]),
        json!({ "error": "x" }),
        json!({ "segments": "none" }),
        json!("ok"),
        json!({ "segments": [1] }),
    ] {
        let error = answering(body.clone()).segments().list().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{body}");
    }
    let error = answering(json!([1]))
        .reporting_webhooks()
        .get(3)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}

#[tokio::test]
async fn what_is_personal_does_not_show() {
    let api = answering(
        json!({ "sender_identities": [{ "id": 1, "email": "ana@example.com", "name": "Ana" }] }),
    );
    let senders = api.sender_identities().list().await.unwrap();
    let api =
        answering(json!({ "id": 3, "endpoint": "https://u:s3cret@h/", "events": ["email_sent"] }));
    let webhook = api.reporting_webhooks().get(3).await.unwrap();
    let api = answering(json!({ "token": "t0ken", "url": "https://h/u/i/t0ken/" }));
    let token = api.subscriptions().center_token("42").await.unwrap();
    let shown = format!(
        "{senders:?} {webhook:?} {token:?} {:?}",
        api.subscriptions().center_token("ana")
    );
    for personal in ["ana", "Ana", "s3cret", "t0ken"] {
        assert!(!shown.contains(personal), "{shown}");
    }
}

#[tokio::test]
async fn a_list_is_streamed_over_all_its_pages() {
    let (recorder, api) = api();
    let page =
        |ids: Value, next: Value| Answer::json(200, json!({ "identifiers": ids, "next": next }));
    recorder.answer(page(
        json!([{ "cio_id": "a" }, { "cio_id": "b" }]),
        json!("MQ=="),
    ));
    // Short pages, even empty ones, are not the end.
    recorder.answer(page(json!(null), json!("Mg==")));
    recorder.answer(page(json!([{ "cio_id": "c" }]), json!("")));
    let found = api
        .customers()
        .search(Filter::everybody())
        .limit(2)
        .stream()
        .collect()
        .await
        .unwrap();
    let ids: Vec<&str> = found.iter().map(|person| person.cio_id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    let paths: Vec<String> = recorder.calls().into_iter().map(|call| call.path).collect();
    assert_eq!(
        paths,
        [
            "/v1/customers?limit=2",
            "/v1/customers?limit=2&start=MQ%3D%3D",
            "/v1/customers?limit=2&start=Mg%3D%3D",
        ]
    );
    assert!(
        recorder
            .calls()
            .iter()
            .all(|call| call.json()["filter"].is_object())
    );
}

#[tokio::test]
async fn cursors_that_are_numbers_end_with_zero() {
    let (recorder, api) = api();
    recorder.answer(Answer::json(
        200,
        json!({ "errors": ["line 3: …"], "next": 1 }),
    ));
    recorder.answer(Answer::json(
        200,
        json!({ "errors": ["line 9: …"], "next": 0 }),
    ));
    let errors = api
        .broadcasts()
        .errors(4, 12)
        .stream()
        .collect()
        .await
        .unwrap();
    assert_eq!(errors, ["line 3: …", "line 9: …"]);
    assert!(recorder.calls()[1].path.ends_with("?start=1"));
}

#[tokio::test]
async fn lists_by_offset_go_on_until_a_page_is_not_full() {
    let (recorder, api) = api();
    let page = |count: usize| {
        let entry = json!({ "email": "x@example.com", "status": 550 });
        Answer::json(
            200,
            json!({ "category": "bounces", "suppressions": vec![entry; count] }),
        )
    };
    for count in [2, 2, 1] {
        recorder.answer(page(count));
    }
    let all = api
        .esp_suppressions()
        .list(SuppressionType::Bounces)
        .limit(2)
        .stream()
        .collect()
        .await
        .unwrap();
    assert_eq!(all.len(), 5);
    assert_eq!(all[0].status.as_deref(), Some("550"));
    assert!(recorder.calls()[2].path.ends_with("limit=2&offset=4"));
    // A full last page is followed by a look at an empty one.
    recorder.clear();
    recorder.answer(page(2));
    let all = api
        .esp_suppressions()
        .list(SuppressionType::Bounces)
        .limit(2)
        .stream()
        .collect()
        .await
        .unwrap();
    assert_eq!((all.len(), recorder.count()), (2, 2));
}

#[tokio::test]
async fn a_stream_ends_with_its_first_error_and_with_a_cursor_that_repeats() {
    let (recorder, api) = api();
    recorder.answer(Answer::json(
        200,
        json!({ "activities": [{ "id": "1" }], "next": "a" }),
    ));
    recorder.answer(Answer::status(404));
    let mut stream = api.activities().list().stream();
    assert!(stream.next().await.unwrap().is_ok());
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(stream.next().await.is_none());

    recorder.clear();
    for _ in 0..2 {
        recorder.answer(Answer::json(
            200,
            json!({ "activities": [{ "id": "1" }], "next": "a" }),
        ));
    }
    let error = api
        .activities()
        .list()
        .stream()
        .collect()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert_eq!(recorder.count(), 2);
}

#[tokio::test]
async fn arguments_that_break_a_known_rule_never_leave() {
    let (recorder, api) = api();
    let many: Vec<String> = (0..101).map(|number| number.to_string()).collect();
    let mixed = [Identifier::from("1"), Identifier::Email("a@b.de".into())];
    let no_events: [&str; 0] = [];
    let webhook = customerio::app::ReportingWebhookSettings::new("n", "https://h/", no_events);
    let rows = customerio::app::CollectionData::rows([1, 2]);
    for (result, rule) in [
        (
            api.customers().by_ids(many).await.map(drop),
            "100 people in one call; these are 101",
        ),
        (
            api.customers().by_ids(mixed).await.map(drop),
            "same kind of identifier",
        ),
        (
            api.customers().by_ids(no_events).await.map(drop),
            "must name somebody",
        ),
        (
            api.customers().by_email(" ").await.map(drop),
            "email must not be blank",
        ),
        (
            api.customers().attributes("..").await.map(drop),
            "cannot be a segment",
        ),
        (
            api.customers().search([1]).await.map(drop),
            "filter must be a JSON object",
        ),
        (
            api.segments().create(" ", "").await.map(drop),
            "name must not be blank",
        ),
        (
            api.snippets().delete("").await.map(drop),
            "snippet name must not be blank",
        ),
        (
            api.collections().create("n", rows).await.map(drop),
            "rows must be a JSON object",
        ),
        (
            api.reporting_webhooks().create(&webhook).await.map(drop),
            "events must name at least one",
        ),
        (
            api.objects().attributes("", "acme").await.map(drop),
            "object_type_id must not be blank",
        ),
        (
            api.esp_suppressions().search("").await.map(drop),
            "email must not be blank",
        ),
        (
            api.transactional().language(44, "").await.map(drop),
            "language must not be blank",
        ),
        (
            api.messages()
                .list()
                .since(1_790_000_000_000_i64)
                .await
                .map(drop),
            "Unix seconds",
        ),
    ] {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(
            error.to_string().contains(rule),
            "{rule} is not in: {error}"
        );
    }
    assert_eq!(recorder.count(), 0);
}

/// JSON as broken services write it: every kind of value anywhere.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    let names = prop_oneof![
        Just("segments"),
        Just("customer"),
        Just("id"),
        Just("messages"),
        Just("next"),
        Just("metrics"),
        Just("attributes"),
        Just("identifiers"),
        Just("delivery_id"),
    ];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names.clone().prop_map(str::to_owned), inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_with_any_status_are_a_result_or_a_typed_error(
        status in 200_u16..600,
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..64),
            any_json().prop_map(|value| value.to_string().into_bytes()),
        ],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let recorder = Recorder::new();
            let api = ApiClient::builder("key").dry_run(&recorder).retry(crate::support::no_waits()).build().unwrap();
            let text = String::from_utf8_lossy(&body);
            let script = || for _ in 0..4 { recorder.answer(Answer::text(status, &text)) };
            script();
            let _ = api.segments().list().await.map_err(|error| error.kind());
            recorder.clear();
            script();
            let _ = api.customers().attributes("42").await.map_err(|error| error.to_string());
            recorder.clear();
            script();
            let _ = api.messages().list().await.map_err(|error| error.to_string());
            recorder.clear();
            script();
            let sent = api.send_email(&customerio::SendEmail::template(1, "a@b.de")).await;
            if (300..600).contains(&status) {
                assert!(sent.is_err(), "{status} was taken for a success");
            }
        });
    }
}
