//! What the answers about campaigns, broadcasts, newsletters, the design studio and assets
//! are read as, and which calls about them are refused before they are made.

use customerio::app::{
    ComponentContent, CreateNewsletter, DescribeAttribute, DescribeEvent, DesignedEmail,
    FileChange, ListFiles, MetricsWindow, NewsletterSchedule, Period, SendingRate, UpdateContent,
};
use customerio::testing::{Answer, Recorder};
use customerio::{ApiClient, ErrorKind, Filter};
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

#[tokio::test]
async fn an_action_has_a_number_for_an_id_or_a_text() {
    for id in [json!(96), json!("96")] {
        let action = json!({ "id": id, "type": "email", "headers": "[]", "from_id": null });
        let api = answering(json!({ "actions": [action], "next": "MTA=" }));
        let page = api.campaigns().actions(5).await.unwrap();
        assert_eq!((page.items[0].id, page.next.as_deref()), (96, Some("MTA=")));
        assert_eq!(page.items[0].from_id, None);
        let campaign = json!({ "id": 5, "tags": null, "actions": [{ "id": id, "type": "email" }] });
        let api = answering(json!({ "campaigns": [campaign] }));
        let campaigns = api.campaigns().list().await.unwrap();
        assert_eq!(campaigns[0].actions[0].id, 96);
        assert!(campaigns[0].tags.is_empty());
    }
}

#[tokio::test]
async fn null_is_the_empty_list() {
    let api = answering(json!({ "campaigns": null }));
    assert!(api.campaigns().list().await.unwrap().is_empty());
    let api = answering(json!({ "broadcasts": null }));
    assert!(api.broadcasts().list().await.unwrap().is_empty());
    let api = answering(json!({ "newsletters": null }));
    let page = api.newsletters().list().await.unwrap();
    assert!(page.items.is_empty() && page.next.is_none());
    let api = answering(json!({ "assets": null }));
    let page = api.assets().list(&ListFiles::new()).await.unwrap();
    assert!(page.items.is_empty() && page.next().is_none());
}

#[tokio::test]
async fn a_changed_action_or_variant_comes_alone_or_as_a_list_of_one() {
    let changed = json!({ "id": 45, "language": "de" });
    let change = UpdateContent::new().subject("Hallo");
    for changed in [changed.clone(), json!([changed])] {
        let api = answering(json!({ "action": changed }));
        let action = api.campaigns().update_action(5, 45, &change);
        assert_eq!(action.await.unwrap().id, 45);
        let api = answering(json!({ "content": changed }));
        let content = api.newsletters().update_content(10, 45, &change);
        assert_eq!(content.await.unwrap().language, "de");
    }
}

#[tokio::test]
async fn journeys_and_messages_are_counted_by_metric() {
    let api = answering(json!({ "metric": { "series": { "sent": [1, 2], "opened": null } } }));
    let window = MetricsWindow::Last {
        period: Period::Days,
        steps: 2,
    };
    let metrics = api.campaigns().metrics(5, &window, None).await.unwrap();
    assert_eq!(metrics.series["sent"], [1, 2]);
    assert!(metrics.series["opened"].is_empty());
    let api = answering(json!({ "journey_metric": { "started": [3, 0], "finished": [1, 0] } }));
    let journeys = api
        .campaigns()
        .journey_metrics(5, 1_790_000_000, 1_790_086_400, Period::Days);
    assert_eq!(journeys.await.unwrap().series["started"], [3, 0]);
}

#[tokio::test]
async fn triggers_of_a_broadcast_are_as_a_single_one() {
    let trigger = json!({ "id": 12, "broadcast_id": 4, "created_at": 1, "processed_at": 0 });
    let api = answering(json!({ "triggers": [trigger] }));
    let triggers = api.broadcasts().triggers(4).await.unwrap();
    assert_eq!((triggers[0].id, triggers[0].is_processed()), (12, false));
}

#[tokio::test]
async fn test_groups_count_from_zero_and_list_contents_as_texts() {
    let group =
        json!({ "id": 0, "name": "A", "label": "test 1", "winner": false, "content_ids": ["25"] });
    let api = answering(json!({ "test_groups": [group] }));
    let groups = api.newsletters().test_groups(10).await.unwrap();
    assert_eq!(
        (groups[0].id, groups[0].content_ids.as_slice()),
        (0, &[25][..])
    );
}

#[tokio::test]
async fn pages_are_numbered_until_all_entries_were_there() {
    let email =
        json!({ "id": "e1", "name": "Receipt", "parent_folder_id": null, "is_linked": true });
    for (page, total, next) in [(1, 3, Some(2)), (2, 3, Some(3)), (3, 3, None)] {
        let api = answering(json!({ "emails": [email], "folders": [], "meta": {
            "pagination": { "page": page, "limit": 1, "total": total }, "filters": {},
        } }));
        let list = api.design_studio().list_emails(&ListFiles::new());
        let list = list.await.unwrap();
        assert_eq!((list.page, list.total, list.next()), (page, total, next));
        assert_eq!(list.items[0].content, None);
        assert_eq!(list.items[0].is_linked, Some(true));
    }
    let api = answering(json!({ "emails": [email] }));
    let list = api.design_studio().list_emails(&ListFiles::new());
    assert_eq!(list.await.unwrap().next(), None);
    let api = answering(json!({ "emails": [email], "meta": {
        "pagination": { "page": u64::MAX, "limit": 0, "total": 1 } } }));
    let list = api.design_studio().list_emails(&ListFiles::new());
    assert_eq!(list.await.unwrap().next(), None);
}

#[tokio::test]
async fn an_email_and_its_languages_have_their_content_in_blocks() {
    let content = json!({ "subject": "Hi", "html": "<p>Hi</p>" });
    let api = answering(
        json!({ "email": { "id": "e1", "content": content, "envelope": { "from_id": 1 } } }),
    );
    let email = api.design_studio().email("e1").await.unwrap();
    let subject = email.content.unwrap().subject;
    assert_eq!(
        (subject.as_deref(), &email.envelope["from_id"]),
        (Some("Hi"), &json!(1))
    );
    let api =
        answering(json!({ "email_translations": [{ "language": "es", "content": content }] }));
    let languages = api.design_studio().list_email_languages("e1");
    assert_eq!(languages.await.unwrap()[0].language, "es");
}

#[tokio::test]
async fn changes_of_files_are_answered_with_nothing() {
    let (recorder, api) = api();
    recorder.answer(Answer::status(204));
    api.assets()
        .update(3, &FileChange::new().name("Logo"))
        .await
        .unwrap();
    recorder.answer(Answer::status(204));
    let change = DesignedEmail::new().subject("Hi");
    api.design_studio()
        .update_email("e1", &change)
        .await
        .unwrap();
}

#[tokio::test]
async fn content_and_names_are_not_in_debug() {
    let secret = "s3cret";
    let api = answering(json!({ "action": { "id": 1, "body": secret, "recipient": secret } }));
    let action = api.campaigns().action(5, 1).await.unwrap();
    let api = answering(json!({ "email": { "id": "e", "content": { "html": secret } } }));
    let email = api.design_studio().email("e").await.unwrap();
    let printed = format!(
        "{action:?} {email:?} {:?} {:?} {:?} {:?} {:?}",
        CreateNewsletter::email("n", Filter::segment(7), secret, secret),
        DesignedEmail::new().name(secret).html(secret),
        ComponentContent::new().html(secret),
        UpdateContent::new().subject(secret),
        DescribeAttribute::new("plan").description(secret),
    );
    assert!(!printed.contains(secret), "{printed}");
}

#[tokio::test]
async fn what_breaks_a_rule_is_not_sent() {
    let (recorder, api) = api();
    let email = |name: &str| CreateNewsletter::email(name, Filter::segment(7), "s", "b");
    let twice = email("n").send_now().scheduled_at(1_790_000_000);
    let backwards = MetricsWindow::Between {
        start: 1_790_086_400.into(),
        end: 1_790_000_000.into(),
        resolution: Period::Days,
        time_zone: None,
    };
    let milliseconds = NewsletterSchedule::at(1_790_000_000_000_i64, "UTC");
    let nothing = FileChange::new();
    let content = UpdateContent::new();
    let (newsletters, studio) = (api.newsletters(), api.design_studio());
    let many = (0..101).map(|number| DescribeEvent::new(number.to_string()));
    for (result, rule) in [
        (
            newsletters.create(&email(" ")).await.map(drop),
            "name must have 1 to 190 characters",
        ),
        (
            newsletters.create(&email(&"n".repeat(191))).await.map(drop),
            "1 to 190",
        ),
        (
            newsletters.create(&twice).await.map(drop),
            "cannot be combined",
        ),
        (
            newsletters
                .create(&CreateNewsletter::email("n", [1], "s", "b"))
                .await
                .map(drop),
            "recipients must be a JSON object",
        ),
        (
            newsletters.schedule(10, &milliseconds).await.map(drop),
            "Unix seconds",
        ),
        (
            newsletters
                .create_language(10, "", &content)
                .await
                .map(drop),
            "language must not be blank",
        ),
        (
            newsletters.test_group_language(10, 2, "..").await.map(drop),
            "language must not be",
        ),
        (
            api.campaigns().metrics(5, &backwards, None).await.map(drop),
            "end must not be before the start",
        ),
        (
            api.campaigns().action_language(5, 1, " ").await.map(drop),
            "language must not be blank",
        ),
        (studio.folder("").await.map(drop), "id must not be blank"),
        (
            studio.create_folder("f", Some(" ")).await.map(drop),
            "parent_folder_id must not be blank",
        ),
        (
            studio.update_folder("f", &nothing).await.map(drop),
            "must change something",
        ),
        (
            studio.create_email(&DesignedEmail::new()).await.map(drop),
            "name must be given",
        ),
        (
            studio
                .update_email("e", &DesignedEmail::new())
                .await
                .map(drop),
            "must change something",
        ),
        (
            studio
                .create_email_language("e", "", &DesignedEmail::new())
                .await
                .map(drop),
            "language must not be blank",
        ),
        (
            studio
                .create_component(&ComponentContent::new().name("n"))
                .await
                .map(drop),
            "tag must be given",
        ),
        (
            studio
                .list_emails(&ListFiles::new().created_after(1))
                .await
                .map(drop),
            "Unix seconds",
        ),
        (
            api.assets()
                .list(&ListFiles::new().folder(-1))
                .await
                .map(drop),
            "must not be blank",
        ),
        (
            api.assets()
                .update(3, &FileChange::new().name(""))
                .await
                .map(drop),
            "name must not be blank",
        ),
        (
            api.data_index().update_attributes([]).await.map(drop),
            "1 to 100",
        ),
        (
            api.data_index().update_events(many).await.map(drop),
            "these are 101",
        ),
        (
            api.data_index()
                .update_events([DescribeEvent::new("")])
                .await
                .map(drop),
            "must have names",
        ),
    ] {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let text = error.to_string();
        assert!(text.contains(rule), "{rule} is not in: {text}");
    }
    assert_eq!(recorder.count(), 0);
}

#[tokio::test]
async fn a_send_that_may_have_arrived_is_not_repeated() {
    let (recorder, api) = api();
    recorder.answer(Answer::connection_lost());
    let rate = Some(SendingRate::per_minute(9));
    let error = api.newsletters().send(10, rate).await.unwrap_err();
    assert!(error.may_have_been_received());
    assert_eq!(recorder.count(), 1);
}
