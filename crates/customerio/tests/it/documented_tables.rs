//! The tables in `docs/` that are made from the code. After a change, write them anew:
//! `UPDATE_DOCS=1 cargo test -p customerio --test it documented_tables`.

use std::fmt::Write as _;
use std::path::Path;

use customerio::operations::{self, Api, Operation, Quota};

fn check(file: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(file);
    #[expect(
        clippy::disallowed_methods,
        reason = "the switch of a developer's tool"
    )]
    let update = std::env::var("UPDATE_DOCS").is_ok();
    let text = std::fs::read_to_string(&path).unwrap();
    let (start, end) = (
        "<!-- made by a test: start -->\n",
        "<!-- made by a test: end -->",
    );
    let (before, rest) = text.split_once(start).expect("a start mark");
    let (known, after) = rest.split_once(end).expect("an end mark");
    if update {
        std::fs::write(&path, format!("{before}{start}{table}{end}{after}")).unwrap();
        return;
    }
    assert!(
        known == table,
        "docs/{file} is out of date: UPDATE_DOCS=1 cargo test -p customerio --test it documented_tables"
    );
}

fn of(api: Api) -> impl Iterator<Item = &'static Operation> {
    operations::all().filter(move |operation| operation.api() == api)
}

const APIS: [Api; 3] = [Api::Track, Api::Pipelines, Api::App];

#[test]
fn every_operation_and_its_method() {
    let mut table = String::new();
    for api in APIS {
        let count = of(api).count();
        writeln!(table, "\n## {api}: {count} operations\n").unwrap();
        writeln!(table, "| operation | request | method |\n|---|---|---|").unwrap();
        for operation in of(api) {
            writeln!(
                table,
                "| {} | `{}` | `{}` |",
                operation.id(),
                operation.line(),
                operation.method()
            )
            .unwrap();
        }
    }
    table.push('\n');
    check("operations.md", &table);
}

#[test]
fn every_operation_and_when_it_is_repeated() {
    let mut table = String::new();
    for api in APIS {
        writeln!(table, "\n## {api}\n").unwrap();
        writeln!(
            table,
            "| method | not sent | 429 | no answer, broken off | 408, 500, 502, 503, 504, 522, 524 | any other | because a repeat |\n|---|---|---|---|---|---|---|"
        )
        .unwrap();
        for operation in of(api) {
            let doubtful = match operation.repeat().is_harmless() {
                true => "repeat",
                false => "**stop**",
            };
            writeln!(
                table,
                "| `{}` | repeat | repeat | {doubtful} | {doubtful} | stop | {} |",
                operation.method(),
                operation.repeat().effect()
            )
            .unwrap();
        }
    }
    table.push('\n');
    check("retries.md", &table);
}

/// What may be repeated although it may have been done is a matter of safety, so it is
/// written down a second time here.
#[test]
fn what_is_never_repeated_in_doubt() {
    let stops: Vec<&str> = operations::all()
        .filter(|operation| !operation.repeat().is_harmless())
        .map(Operation::id)
        .collect();
    assert_eq!(
        stops,
        [
            "submitForm",
            "sendEmail",
            "sendPush",
            "sendSMS",
            "sendWhatsApp",
            "sendInApp",
            "sendInboxMessage",
            "triggerBroadcast",
            "createManSegment",
            "exportPeopleData",
            "exportDeliveriesData",
            "createWebhook",
            "createSnippet",
            "addCollection",
            "import",
            "createNewsletter",
            "sendNewsletter",
            "scheduleNewsletter",
            "createNewsletterLanguageVariant",
            "createNewsletterTestGroup",
            "createNewsletterTestLanguageVariant",
            "createFolder",
            "createEmail",
            "createEmailTranslation",
            "createComponent",
            "createAsset",
            "createAssetFolder",
        ]
    );
    assert!(
        of(Api::App)
            .filter(|operation| operation.quota() == Quota::Send)
            .all(|operation| operation.line().starts_with("POST /v1/send/"))
    );
}

/// The migration guide names methods; those that are operations are real.
#[test]
fn the_migration_guide_names_methods_that_exist() {
    let guide = include_str!("../../docs/migrating-from-node.md");
    let known: std::collections::BTreeSet<&str> =
        operations::all().map(Operation::method).collect();
    let mut named = std::collections::BTreeSet::new();
    for text in guide.split('`') {
        let is_method = ["TrackClient::", "ApiClient::", "PipelinesClient::"]
            .iter()
            .any(|client| text.starts_with(client) && !text.contains('('));
        let is_of_a_resource = text.starts_with("ApiClient::") && text.contains("().");
        if is_method || is_of_a_resource {
            named.insert(text);
        }
    }
    // Beside the operations: variants of one, and builders.
    let beside = [
        "ApiClient::messages().get_with_tracked_responses",
        "ApiClient::new",
        "ApiClient::request",
        "TrackClient::discover",
        "TrackClient::resubscribe",
        "TrackClient::track_page_view",
    ];
    let unknown: Vec<&&str> = named
        .iter()
        .filter(|name| !known.contains(*name) && !beside.contains(*name) && !name.contains('['))
        .collect();
    assert!(unknown.is_empty(), "no such method: {unknown:?}");
    let missing: Vec<&&str> = known.iter().filter(|name| !named.contains(*name)).collect();
    // What the Node SDK has no method for.
    assert_eq!(
        missing,
        [
            &"ApiClient::optouts().list",
            &"ApiClient::optouts().of_person",
            &"ApiClient::optouts().update",
            &"ApiClient::transactional().content",
        ]
    );
}
