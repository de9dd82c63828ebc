//! The rest of the App API: exports, imports, templates, what the workspace holds, and
//! paths without a method.

use customerio::ApiClient;
use customerio::app::{CreateImport, DataToProcess, DeliveryExport, ImportIdentifier};
use customerio::app::{Period, UpdateContent};
use customerio::reqwest::Method;
use serde_json::Value;

use crate::people::messages_of;
use crate::with::{Failure, Made, With, sent, unknown};

pub(crate) async fn make(api: &ApiClient, call: &str, with: &With<'_>) -> Made {
    match call {
        "list_exports" => sent(api.exports().list()).await,
        "get_export" => sent(api.exports().get(with.number("export")?)).await,
        "download_export" => sent(api.exports().download(with.number("export")?)).await,
        "export_customers" => {
            let (filter, attributes) = (with.value("filter"), with.texts("attributes"));
            sent(api.exports().customers(filter, attributes)).await
        }
        "export_deliveries" => sent(api.exports().deliveries(&deliveries(*with)?)).await,

        "list_transactional" => sent(api.transactional().list()).await,
        "get_transactional" => sent(api.transactional().get(with.number("template")?)).await,
        "transactional_contents" => {
            sent(api.transactional().contents(with.number("template")?)).await
        }
        "transactional_language" => {
            let (id, language) = (with.number("template")?, with.text("language")?);
            sent(api.transactional().language(id, language)).await
        }
        "update_transactional_language" => {
            let (id, language) = (with.number("template")?, with.text("language")?);
            let change = change(*with)?;
            sent(api.transactional().update_language(id, language, &change)).await
        }
        "update_transactional_content" => {
            let (id, content) = (with.number("template")?, with.number("content")?);
            let change = change(*with)?;
            sent(api.transactional().update_content(id, content, &change)).await
        }
        "transactional_messages" => {
            let messages = api.transactional().messages(with.number("template")?);
            sent(messages_of(messages, *with)).await
        }
        "transactional_metrics" => {
            let (id, steps) = (with.number("template")?, steps(*with)?);
            sent(api.transactional().metrics(id, period(*with)?, steps)).await
        }
        "transactional_links" => {
            let (id, steps) = (with.number("template")?, steps(*with)?);
            let unique = with.maybe_flag("unique").unwrap_or_default();
            sent(api.transactional().links(id, period(*with)?, steps, unique)).await
        }

        "subscription_topics" => sent(api.subscriptions().topics()).await,
        "subscription_channels" => sent(api.subscriptions().channels()).await,
        "subscription_token" => {
            sent(api.subscriptions().center_token(with.person("person")?)).await
        }
        "create_import" => sent(api.imports().create(&import(*with)?)).await,
        "get_import" => sent(api.imports().get(with.number("import")?)).await,
        "list_workspaces" => sent(api.workspaces().list()).await,
        "ip_addresses" => sent(api.ip_addresses()).await,
        "own_request" => own_request(api, with).await,
        _ => Failure::lacks(),
    }
}

fn deliveries(with: With<'_>) -> Result<DeliveryExport, Failure> {
    let mut export = match with.maybe_number("campaign") {
        Some(campaign) => DeliveryExport::of_campaign(campaign),
        None => DeliveryExport::of_newsletter(with.number("newsletter")?),
    };
    if let Some(since) = with.maybe_number("since") {
        export = export.since(since);
    }
    if let Some(until) = with.maybe_number("until") {
        export = export.until(until);
    }
    if with.has("attributes") {
        export = export.attributes(with.texts("attributes"));
    }
    if let Some(metric) = with.maybe_text("metric") {
        export = export.metric(metric);
    }
    if let Some(drafts) = with.maybe_flag("drafts") {
        export = export.drafts(drafts);
    }
    Ok(export)
}

fn change(with: With<'_>) -> Result<UpdateContent, Failure> {
    let change = with.part("change");
    let mut made = UpdateContent::new()
        .subject(change.text("subject")?)
        .body(change.text("body")?)
        .preheader_text(change.text("preheader_text")?);
    for header in change.items("headers") {
        made = made.header(With(header).text("name")?, With(header).text("value")?);
    }
    Ok(made)
}

fn period(with: With<'_>) -> Result<Period, Failure> {
    match with.text("period")? {
        "days" => Ok(Period::Days),
        "weeks" => Ok(Period::Weeks),
        other => Err(unknown(other)),
    }
}

fn steps(with: With<'_>) -> Result<u32, Failure> {
    u32::try_from(with.number("steps")?).map_err(|_| unknown("steps"))
}

fn import(with: With<'_>) -> Result<CreateImport, Failure> {
    let (name, url) = (with.text("name")?, with.text("data_file_url")?);
    let identifier = match with.maybe_text("identifier") {
        Some("email") => ImportIdentifier::Email,
        Some("cio_id") => ImportIdentifier::CioId,
        _ => ImportIdentifier::Id,
    };
    let mut import = match with.text("type")? {
        "people" => CreateImport::people(name, url, identifier),
        "event" => CreateImport::events(name, url, identifier),
        "relationship" => CreateImport::relationships(name, url, identifier),
        "object" => CreateImport::objects(name, url, with.text("object_type_id")?),
        other => return Err(unknown(other)),
    };
    if let Some(description) = with.maybe_text("description") {
        import = import.description(description);
    }
    match with.maybe_text("data_to_process") {
        None => {}
        Some("only_new") => import = import.data_to_process(DataToProcess::OnlyNew),
        Some(other) => return Err(unknown(other)),
    }
    Ok(import)
}

/// What has no method in this SDK, made as a request of one's own.
async fn own_request(api: &ApiClient, with: &With<'_>) -> Made {
    let method = with.text("method")?;
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| unknown(method))?;
    let mut request = api.request(method, with.text("path")?);
    for parameter in with.items("query") {
        let name = parameter[0].as_str().ok_or_else(|| unknown("query"))?;
        request = match &parameter[1] {
            Value::String(text) => request.query(name, text),
            number => request.query(name, number),
        };
    }
    if with.has("body") {
        request = request.json(with.value("body"));
    }
    sent(request).await
}
