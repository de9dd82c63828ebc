//! What a workspace holds beside people: collections, snippets, senders, reporting
//! webhooks, and the addresses that are not written to.

use customerio::ApiClient;
use customerio::app::{
    CollectionData, ReportingWebhookSettings, SuppressionType, UpdateCollection,
};

use crate::people::paged;
use crate::with::{Failure, Made, With, sent, unknown};

pub(crate) async fn make(api: &ApiClient, call: &str, with: &With<'_>) -> Made {
    match call {
        "list_collections" => sent(api.collections().list()).await,
        "create_collection" => {
            let data = match with.maybe_text("url") {
                Some(url) => CollectionData::url(url),
                None => CollectionData::rows(with.items("data")),
            };
            sent(api.collections().create(with.text("name")?, data)).await
        }
        "get_collection" => sent(api.collections().get(with.number("collection")?)).await,
        "update_collection" => {
            let change = UpdateCollection::new().name(with.part("change").text("name")?);
            sent(
                api.collections()
                    .update(with.number("collection")?, &change),
            )
            .await
        }
        "delete_collection" => sent(api.collections().delete(with.number("collection")?)).await,
        "collection_content" => sent(api.collections().content(with.number("collection")?)).await,
        "replace_collection_content" => {
            let (collection, rows) = (with.number("collection")?, with.items("content"));
            sent(api.collections().replace_content(collection, rows)).await
        }

        "search_suppression" => sent(api.esp_suppressions().search(with.text("email")?)).await,
        "list_suppressions" => {
            let mut list = paged(api.esp_suppressions().list(kind(*with)?), *with);
            if let Some(offset) = with.maybe_number("offset") {
                list = list.start(offset.to_string());
            }
            sent(list).await
        }
        "domain_suppressions" => {
            let (domain, kind) = (with.text("domain")?, kind(*with)?);
            let list = api.esp_suppressions().list_of_domain(domain, kind);
            let mut list = paged(list, *with);
            // Said again it comes last, where the official SDK has it here.
            if let Some(start) = with.maybe_text("start") {
                list = list.start(start);
            }
            sent(list).await
        }
        "add_suppression" => {
            sent(
                api.esp_suppressions()
                    .add(kind(*with)?, with.text("email")?),
            )
            .await
        }
        "delete_suppression" => {
            sent(
                api.esp_suppressions()
                    .delete(kind(*with)?, with.text("email")?),
            )
            .await
        }

        "list_webhooks" => sent(api.reporting_webhooks().list()).await,
        "create_webhook" => sent(api.reporting_webhooks().create(&webhook(*with)?)).await,
        "get_webhook" => sent(api.reporting_webhooks().get(with.number("webhook")?)).await,
        "update_webhook" => {
            let (id, settings) = (with.number("webhook")?, webhook(with.part("change"))?);
            sent(api.reporting_webhooks().update(id, &settings)).await
        }
        "delete_webhook" => sent(api.reporting_webhooks().delete(with.number("webhook")?)).await,

        "list_snippets" => sent(api.snippets().list()).await,
        "create_snippet" => {
            sent(
                api.snippets()
                    .create(with.text("name")?, with.text("value")?),
            )
            .await
        }
        "put_snippet" => sent(api.snippets().put(with.text("name")?, with.text("value")?)).await,
        "delete_snippet" => sent(api.snippets().delete(with.text("name")?)).await,

        "list_senders" => {
            let mut senders = paged(api.sender_identities().list(), *with);
            if with.has("sort") {
                senders = senders.newest_first();
            }
            if let Some(hidden) = with.maybe_flag("hidden") {
                senders = senders.hidden(hidden);
            }
            sent(senders).await
        }
        "get_sender" => sent(api.sender_identities().get(with.number("sender")?)).await,
        "sender_used_by" => sent(api.sender_identities().used_by(with.number("sender")?)).await,
        _ => Failure::lacks(),
    }
}

fn kind(with: With<'_>) -> Result<SuppressionType, Failure> {
    match with.text("kind")? {
        "blocks" => Ok(SuppressionType::Blocks),
        "bounces" => Ok(SuppressionType::Bounces),
        other => Err(unknown(other)),
    }
}

fn webhook(with: With<'_>) -> Result<ReportingWebhookSettings, Failure> {
    let (name, endpoint) = (with.text("name")?, with.text("endpoint")?);
    let mut settings = ReportingWebhookSettings::new(name, endpoint, with.texts("events"));
    if let Some(disabled) = with.maybe_flag("disabled") {
        settings = settings.disabled(disabled);
    }
    if let Some(full) = with.maybe_flag("full_resolution") {
        settings = settings.full_resolution(full);
    }
    if let Some(content) = with.maybe_flag("with_content") {
        settings = settings.with_content(content);
    }
    Ok(settings)
}
