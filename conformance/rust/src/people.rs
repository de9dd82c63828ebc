//! What the App API knows of people, objects, segments, messages and activities.

use customerio::app::{Activity, Message, ObjectId};
use customerio::{ApiClient, PageRequest};

use crate::with::{Failure, Made, With, sent};

pub(crate) async fn make(api: &ApiClient, call: &str, with: &With<'_>) -> Made {
    match call {
        "customers_by_email" => sent(api.customers().by_email(with.text("email")?)).await,
        "customers_search" => {
            let people = api.customers().search(with.value("filter"));
            sent(paged(people, *with)).await
        }
        "customers_by_ids" => sent(api.customers().by_ids(with.people("people")?)).await,
        "customer_attributes" => sent(api.customers().attributes(with.person("person")?)).await,
        "customer_segments" => sent(api.customers().segments(with.person("person")?)).await,
        "customer_messages" => {
            let messages = api.customers().messages(with.person("person")?);
            sent(messages_of(messages, *with)).await
        }
        "customer_activities" => {
            let activities = api.customers().activities(with.person("person")?);
            sent(activities_of(activities, *with)).await
        }
        "customer_relationships" => {
            let relationships = api.customers().relationships(with.person("person")?);
            sent(paged(relationships, *with)).await
        }
        "customer_subscriptions" => {
            let (person, language) = (with.person("person")?, with.maybe_text("language"));
            sent(api.customers().subscription_preferences(person, language)).await
        }

        "list_segments" => sent(api.segments().list()).await,
        "create_segment" => {
            let description = with.maybe_text("description").unwrap_or_default();
            sent(api.segments().create(with.text("name")?, description)).await
        }
        "get_segment" => sent(api.segments().get(with.number("segment")?)).await,
        "delete_segment" => sent(api.segments().delete(with.number("segment")?)).await,
        "segment_count" => sent(api.segments().customer_count(with.number("segment")?)).await,
        "segment_used_by" => sent(api.segments().used_by(with.number("segment")?)).await,
        "segment_members" => {
            let members = api.segments().membership(with.number("segment")?);
            sent(paged(members, *with)).await
        }

        "list_messages" => sent(messages_of(api.messages().list(), *with)).await,
        "get_message" => sent(api.messages().get(with.text("message")?)).await,
        "archived_message" => sent(api.messages().archived(with.text("message")?)).await,
        "list_activities" => {
            let mut activities = activities_of(api.activities().list(), *with);
            if with.has("person") {
                activities = activities.of(with.person("person")?);
            }
            sent(activities).await
        }

        "search_objects" => {
            let objects = api.objects();
            let found = objects.search(with.text("type")?, with.value("filter"));
            sent(paged(found, *with)).await
        }
        "object_attributes" => {
            let object = object(*with)?;
            sent(api.objects().attributes(with.text("type")?, object)).await
        }
        "object_relationships" => {
            let object = object(*with)?;
            let people = api.objects().relationships(with.text("type")?, object);
            sent(paged(people, *with)).await
        }
        "object_types" => sent(api.objects().types()).await,
        _ => Failure::lacks(),
    }
}

fn object(with: With<'_>) -> Result<ObjectId, Failure> {
    let object = with.part("object");
    match object.maybe_text("cio_object_id") {
        Some(id) => Ok(ObjectId::CioObjectId(id.to_owned())),
        None => Ok(ObjectId::from(object.text("object_id")?)),
    }
}

/// The page that is asked for. Parameters are set in the official SDK's order.
pub(crate) fn paged<T: Send + 'static>(mut list: PageRequest<T>, with: With<'_>) -> PageRequest<T> {
    if let Some(start) = with.maybe_text("start") {
        list = list.start(start);
    }
    if let Some(limit) = with.maybe_number("limit") {
        list = list.limit(u32::try_from(limit).unwrap_or(u32::MAX));
    }
    list
}

pub(crate) fn messages_of(list: PageRequest<Message>, with: With<'_>) -> PageRequest<Message> {
    let mut list = paged(list, with);
    if let Some(drafts) = with.maybe_flag("drafts") {
        list = list.drafts(drafts);
    }
    if let Some(metric) = with.maybe_text("metric") {
        list = list.metric(metric);
    }
    if let Some(kind) = with.maybe_text("kind") {
        list = list.channel(kind);
    }
    if let Some(campaign) = with.maybe_number("campaign") {
        list = list.campaign(campaign);
    }
    if let Some(action) = with.maybe_number("action") {
        list = list.action(action);
    }
    if let Some(newsletter) = with.maybe_number("newsletter") {
        list = list.newsletter(newsletter);
    }
    if let Some(since) = with.maybe_number("since") {
        list = list.since(since);
    }
    if let Some(until) = with.maybe_number("until") {
        list = list.until(until);
    }
    if let Some(responses) = with.maybe_flag("tracked_responses") {
        list = list.with_tracked_responses(responses);
    }
    list
}

fn activities_of(list: PageRequest<Activity>, with: With<'_>) -> PageRequest<Activity> {
    let mut list = paged(list, with);
    if let Some(kind) = with.maybe_text("kind") {
        list = list.kind(kind);
    }
    if let Some(named) = with.maybe_text("named") {
        list = list.named(named);
    }
    if let Some(deleted) = with.maybe_flag("deleted") {
        list = list.deleted(deleted);
    }
    list
}
