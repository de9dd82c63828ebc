//! Every operation in the table is made by the method the table names, with exactly this
//! request. What the answers are read as is in `app_answers`.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use customerio::app::{
    CollectionData, CreateImport, DataToProcess, DeliveryExport, ImportIdentifier, ObjectFilter,
    ObjectId, OptoutChange, Period, ReportingWebhookSettings, SuppressionType, UpdateCollection,
    UpdateContent,
};
use customerio::operations::{self, Api};
use customerio::testing::{RecordedCall, Recorder};
use customerio::{
    ApiClient, BroadcastTrigger, Error, Filter, Identifier, SendEmail, SendInApp, SendInboxMessage,
    SendPush, SendSms, SendWhatsApp,
};
use serde_json::{Value, json};

pub(crate) struct Case<'a> {
    pub(crate) call: Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>,
    pub(crate) line: &'static str,
    pub(crate) body: Value,
}

/// A call, the request it makes, and the body of that if it has one.
macro_rules! cases {
    ($($call:expr => $line:literal $(, $body:tt)?;)*) => {
        vec![$(Case {
            call: Box::pin(async move { $call.await.map(drop) }),
            line: $line,
            body: cases!(@ $($body)?),
        }),*]
    };
    (@) => { Value::Null };
    (@ $body:tt) => { json!($body) };
}

mod newsletters;
mod studio;
mod track;
mod workflows;

pub(crate) async fn check(recorder: &Recorder, cases: Vec<Case<'_>>) -> Vec<RecordedCall> {
    let mut calls = Vec::new();
    for case in cases {
        recorder.clear();
        case.call.await.unwrap();
        let call = recorder.only_call();
        let line = format!("{} {}", call.operation.http_method(), call.path);
        assert_eq!(line, case.line);
        assert_eq!(call.json(), case.body, "{line}");
        calls.push(call);
    }
    calls
}

pub(crate) fn assert_all_of(api: Api, calls: &[RecordedCall]) {
    let made: BTreeSet<&str> = calls.iter().map(RecordedCall::method).collect();
    let all: BTreeSet<&str> = operations::all()
        .filter(|operation| operation.api() == api)
        .map(operations::Operation::method)
        .collect();
    assert_eq!(made, all);
}

fn email() -> Identifier {
    Identifier::Email("a+b@c.de".into())
}

fn cio_id() -> Identifier {
    Identifier::CioId("cio_a3".into())
}

fn people(api: &ApiClient) -> Vec<Case<'_>> {
    let filter = || Filter::segment(7).and(Filter::attribute("plan", "pro"));
    let everybody = move || api.customers().search(filter());
    cases! {
        api.customers().by_email("a+b@c.de") => "GET /v1/customers?email=a%2Bb%40c.de";
        everybody().limit(1000).start("MQ==") => "POST /v1/customers?limit=1000&start=MQ%3D%3D", {
            "filter": { "and": [
                { "segment": { "id": 7 } },
                { "attribute": { "field": "plan", "operator": "eq", "value": "pro" } },
            ] }
        };
        api.customers().by_ids(["1", "2"]) => "POST /v1/customers/attributes?id_type=id", { "ids": ["1", "2"] };
        api.customers().by_ids([cio_id()]) => "POST /v1/customers/attributes?id_type=cio_id", { "ids": ["a3"] };
        api.customers().attributes("4/2 ü") => "GET /v1/customers/4%2F2%20%C3%BC/attributes?id_type=id";
        api.customers().segments(email()) => "GET /v1/customers/a%2Bb%40c.de/segments?id_type=email";
        api.customers().messages("42").since(1_790_000_000).until(1_790_086_400)
            => "GET /v1/customers/42/messages?id_type=id&start_ts=1790000000&end_ts=1790086400";
        api.customers().activities("42").kind("event").named("bought tea")
            => "GET /v1/customers/42/activities?id_type=id&type=event&name=bought%20tea";
        api.customers().relationships(cio_id()) => "GET /v1/customers/a3/relationships?id_type=cio_id";
        api.customers().subscription_preferences("42", Some("pt-BR"))
            => "GET /v1/customers/42/subscription_preferences?id_type=id&language=pt-BR";
        api.customers().subscription_preferences("42", None)
            => "GET /v1/customers/42/subscription_preferences?id_type=id";
        api.optouts().of_person("42") => "GET /v1/customers/42/optouts?id_type=id";
        api.optouts().update("42", [
            OptoutChange::out("+15550100"),
            OptoutChange::back_in("shop").channel("whatsapp"),
        ]) => "PUT /v1/customers/42/optouts?id_type=id", { "optouts": [
            { "from": "+15550100", "optout": true },
            { "from": "shop", "optout": false, "channel": "whatsapp" },
        ] };
        api.optouts().list().from("+15550100") => "GET /v1/optouts?from=%2B15550100";
        api.activities().list().of(email()).deleted(true).limit(100)
            => "GET /v1/activities?customer_id=a%2Bb%40c.de&id_type=email&deleted=true&limit=100";
        api.subscriptions().topics() => "GET /v1/subscription_topics";
        api.subscriptions().channels() => "GET /v1/subscription_channels";
        api.subscriptions().center_token("42") => "GET /v1/subscription_center/42/token";
        api.subscriptions().center_token(email())
            => "GET /v1/subscription_center/a%2Bb%40c.de/token?id_type=email";
        api.objects().search("1", ObjectFilter::attribute("1", "plan", "pro")) => "POST /v1/objects", {
            "object_type_id": "1",
            "filter": { "object_attribute": { "field": "plan", "operator": "eq", "value": "pro", "type_id": "1" } },
        };
        api.objects().attributes("1", "acme/eu") => "GET /v1/objects/1/acme%2Feu/attributes?id_type=object_id";
        api.objects().relationships("1", ObjectId::CioObjectId("ob1".into()))
            => "GET /v1/objects/1/ob1/relationships?id_type=cio_object_id";
        api.objects().types() => "GET /v1/object_types";
        api.segments().create("VIP", "") => "POST /v1/segments", { "segment": { "name": "VIP" } };
        api.segments().create("VIP", "Best") => "POST /v1/segments", { "segment": { "name": "VIP", "description": "Best" } };
        api.segments().list() => "GET /v1/segments";
        api.segments().get(7) => "GET /v1/segments/7";
        api.segments().delete(7) => "DELETE /v1/segments/7";
        api.segments().used_by(7) => "GET /v1/segments/7/used_by";
        api.segments().customer_count(7) => "GET /v1/segments/7/customer_count";
        api.segments().membership(7).limit(30_000) => "GET /v1/segments/7/membership?limit=30000";
    }
}

fn messages(api: &ApiClient) -> Vec<Case<'_>> {
    let email = || SendEmail::template(44, "ana@example.com");
    let push = || SendPush::new("shipped", "42");
    let sms = || SendSms::new("code", "+15550100", "42");
    let whatsapp = || SendWhatsApp::new("code", "+15550100", "42");
    cases! {
        api.send_email(&email()) => "POST /v1/send/email", { "transactional_message_id": 44, "to": "ana@example.com" };
        api.send_push(&push()) => "POST /v1/send/push", {
            "transactional_message_id": "shipped", "identifiers": { "id": "42" },
        };
        api.send_sms(&sms().from("+15550199").tracked(false).auto_create(true)) => "POST /v1/send/sms", {
            "transactional_message_id": "code", "identifiers": { "id": "42" }, "to": "+15550100",
            "from": "+15550199", "tracked": false, "auto_create": true,
        };
        api.send_whatsapp(&whatsapp().message_data(json!({ "code": 1 })).language("de")) => "POST /v1/send/whatsapp", {
            "transactional_message_id": "code", "identifiers": { "id": "42" }, "to": "+15550100",
            "message_data": { "code": 1 }, "language": "de",
        };
        api.send_in_app(&SendInApp::new(3, cio_id()).queue_draft(true)) => "POST /v1/send/in_app", {
            "transactional_message_id": 3, "identifiers": { "cio_id": "a3" }, "queue_draft": true,
        };
        api.send_inbox_message(&SendInboxMessage::new("invoice", "42").send_at(1_790_000_000)) => "POST /v1/send/inbox_message", {
            "transactional_message_id": "invoice", "identifiers": { "id": "42" }, "send_at": 1_790_000_000,
        };
        api.trigger_broadcast(4, &BroadcastTrigger::filter(Filter::segment(7))) => "POST /v1/campaigns/4/triggers", {
            "recipients": { "segment": { "id": 7 } },
        };
        api.broadcasts().status(4, 12) => "GET /v1/campaigns/4/triggers/12";
        api.broadcasts().errors(4, 12).limit(50).start("50") => "GET /v1/campaigns/4/triggers/12/errors?limit=50&start=50";
        api.messages().list().channel("email").metric("bounced").drafts(false).campaign(1).newsletter(2).action(3)
            => "GET /v1/messages?type=email&metric=bounced&drafts=false&campaign_id=1&newsletter_id=2&action_id=3";
        api.messages().list().with_tracked_responses(true) => "GET /v1/messages?get_tracked_responses=true";
        api.messages().get("dg/x=") => "GET /v1/messages/dg%2Fx%3D";
        api.messages().get_with_tracked_responses("dg=") => "GET /v1/messages/dg%3D?get_tracked_responses=true";
        api.messages().archived("dg=") => "GET /v1/messages/dg%3D/archived_message";
        api.transactional().list() => "GET /v1/transactional";
        api.transactional().get(44) => "GET /v1/transactional/44";
        api.transactional().contents(44) => "GET /v1/transactional/44/contents";
        api.transactional().content(44, 5) => "GET /v1/transactional/44/contents/5";
        api.transactional().language(44, "de") => "GET /v1/transactional/44/language/de";
        api.transactional().update_content(44, 5, &UpdateContent::new().subject("Hi").header("X-A", "b"))
            => "PUT /v1/transactional/44/content/5", { "subject": "Hi", "headers": [{ "name": "X-A", "value": "b" }] };
        api.transactional().update_language(44, "de", &UpdateContent::new().body("<p>Hallo</p>"))
            => "PUT /v1/transactional/44/language/de", { "body": "<p>Hallo</p>" };
        api.transactional().metrics(44, Period::Weeks, 12) => "GET /v1/transactional/44/metrics?period=weeks&steps=12";
        api.transactional().links(44, Period::Days, 0, true)
            => "GET /v1/transactional/44/metrics/links?period=days&steps=0&unique=true";
        api.transactional().messages(44).state("sent") => "GET /v1/transactional/44/messages?state=sent";
        api.reporting_webhooks().create(&webhook().with_content(true)) => "POST /v1/reporting_webhooks", {
            "name": "n", "endpoint": "https://u:p@h/", "events": ["email_sent"], "with_content": true,
        };
        api.reporting_webhooks().list() => "GET /v1/reporting_webhooks";
        api.reporting_webhooks().get(3) => "GET /v1/reporting_webhooks/3";
        api.reporting_webhooks().update(3, &webhook().disabled(true).full_resolution(false)) => "PUT /v1/reporting_webhooks/3", {
            "name": "n", "endpoint": "https://u:p@h/", "events": ["email_sent"], "disabled": true, "full_resolution": false,
        };
        api.reporting_webhooks().delete(3) => "DELETE /v1/reporting_webhooks/3";
    }
}

fn webhook() -> ReportingWebhookSettings {
    ReportingWebhookSettings::new("n", "https://u:p@h/", ["email_sent"])
}

fn workspace(api: &ApiClient) -> Vec<Case<'_>> {
    let bounced = || {
        let export = DeliveryExport::of_newsletter(7).metric("bounced");
        export.since(1_790_000_000).attributes(["plan"])
    };
    let import = || {
        CreateImport::people("n", "https://h/p.csv", ImportIdentifier::Email)
            .data_to_process(DataToProcess::OnlyNew)
    };
    cases! {
        api.exports().list() => "GET /v1/exports";
        api.exports().get(110) => "GET /v1/exports/110";
        api.exports().download(110) => "GET /v1/exports/110/download";
        api.exports().customers(Filter::segment(7), ["plan"]) => "POST /v1/exports/customers", {
            "filters": { "segment": { "id": 7 } }, "attributes": ["plan"],
        };
        api.exports().deliveries(&bounced()) => "POST /v1/exports/deliveries", {
            "newsletter_id": 7, "metric": "bounced", "start": 1_790_000_000, "attributes": ["plan"],
        };
        api.sender_identities().list().newest_first().hidden(true) => "GET /v1/sender_identities?sort=desc&hidden=true";
        api.sender_identities().get(1) => "GET /v1/sender_identities/1";
        api.sender_identities().used_by(1) => "GET /v1/sender_identities/1/used_by";
        api.snippets().list() => "GET /v1/snippets";
        api.snippets().create("footer", "Bye") => "POST /v1/snippets", { "name": "footer", "value": "Bye" };
        api.snippets().put("footer", "") => "PUT /v1/snippets", { "name": "footer", "value": "" };
        api.snippets().delete("my footer") => "DELETE /v1/snippets/my%20footer";
        api.collections().create("shops", CollectionData::rows([json!({ "city": "Porto" })])) => "POST /v1/collections", {
            "name": "shops", "data": [{ "city": "Porto" }],
        };
        api.collections().list() => "GET /v1/collections";
        api.collections().get(1) => "GET /v1/collections/1";
        api.collections().update(1, &UpdateCollection::new().data(CollectionData::url("https://h/s.csv")))
            => "PUT /v1/collections/1", { "url": "https://h/s.csv" };
        api.collections().update(1, &UpdateCollection::new().name("places")) => "PUT /v1/collections/1", { "name": "places" };
        api.collections().delete(1) => "DELETE /v1/collections/1";
        api.collections().content(1) => "GET /v1/collections/1/content";
        api.collections().replace_content(1, [json!({ "city": "Faro" })]) => "PUT /v1/collections/1/content", [{ "city": "Faro" }];
        api.esp_suppressions().search("a+b@c.de") => "GET /v1/esp/search_suppression/a%2Bb%40c.de";
        api.esp_suppressions().list(SuppressionType::SpamReports).domain("c.de").start("200")
            => "GET /v1/esp/suppression/spam_reports?domain=c.de&offset=200";
        api.esp_suppressions().list_of_domain("c.de", SuppressionType::Bounces).email("a@c.de")
            => "GET /v1/esp/domains/c.de/suppression/bounces?email=a%40c.de";
        api.esp_suppressions().add(SuppressionType::Blocks, "a@c.de") => "POST /v1/esp/suppression/blocks/a%40c.de";
        api.esp_suppressions().delete(SuppressionType::InvalidEmails, "a@c.de")
            => "DELETE /v1/esp/suppression/invalid_emails/a%40c.de";
        api.imports().create(&import()) => "POST /v1/imports", { "import": {
            "type": "people", "name": "n", "data_file_url": "https://h/p.csv", "identifier": "email", "data_to_process": "only_new",
        } };
        api.imports().get(9) => "GET /v1/imports/9";
        api.workspaces().list() => "GET /v1/workspaces";
        api.ip_addresses() => "GET /v1/info/ip_addresses";
    }
}

#[tokio::test]
async fn every_operation_of_the_app_api() {
    let recorder = Recorder::new();
    let api = ApiClient::builder("key")
        .dry_run(&recorder)
        .build()
        .unwrap();
    let mut calls = check(&recorder, people(&api)).await;
    calls.extend(check(&recorder, messages(&api)).await);
    calls.extend(check(&recorder, workspace(&api)).await);
    calls.extend(check(&recorder, workflows::campaigns(&api)).await);
    calls.extend(check(&recorder, workflows::broadcasts(&api)).await);
    calls.extend(check(&recorder, newsletters::cases(&api)).await);
    calls.extend(check(&recorder, studio::design(&api)).await);
    calls.extend(check(&recorder, studio::assets(&api)).await);
    calls.extend(check(&recorder, studio::data_index(&api)).await);
    assert_all_of(Api::App, &calls);
}
