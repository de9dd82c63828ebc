//! `/v1/messages`: deliveries, and what was sent.

use axum::extract::State;
use axum::http::HeaderName;
use axum::response::Response;
use cio_domain::UnixSeconds;
use cio_domain::activity::Page;
use cio_domain::delivery::{Delivery, Origin, Parent, State as Stage, WITHOUT_TEMPLATE};
use cio_domain::limits::MESSAGES_DAYS_MAX;
use cio_domain::message::{Channel, Content, EmailContent};
use cio_store::messages::DeliveryQuery;
use serde_json::{Map, Value, json};

use super::identifiers;
use super::query::Parameters;
use super::window::{Reach, Window, window};
use crate::auth::AppAccess;
use crate::body::Segments;
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::rate_limit::Bucket;
use crate::state::AppState;

/// How many contents may still be read today.
const LEFT_TODAY: HeaderName = HeaderName::from_static("x-ratelimit-remaining");

/// What a message can be, here and in series. Webhooks, Slack and live notifications are never sent here.
pub(super) const TYPES: [&str; 9] = [
    "email",
    "webhook",
    "twilio",
    "whatsapp",
    "slack",
    "push",
    "in_app",
    "inbox",
    "live_notification",
];
/// The metrics that a list can be narrowed to.
pub(super) const METRICS: [&str; 12] = [
    "attempted",
    "sent",
    "delivered",
    "opened",
    "clicked",
    "converted",
    "bounced",
    "spammed",
    "unsubscribed",
    "dropped",
    "failed",
    "undeliverable",
];

/// `GET /v1/messages`: deliveries, newest first; drafts instead with `drafts=true`.
pub(crate) async fn list(
    State(state): State<AppState>,
    access: AppAccess,
    parameters: Parameters,
) -> ApiResult {
    let asked = Asked::read(&parameters, state.now_seconds())?;
    let page = if asked.is_empty {
        Page::empty()
    } else {
        let page = state.store.deliveries(access.0, asked.query).await;
        page.or_store_error(Family::App)?
    };
    Ok(answer(&page, asked.with_responses))
}

/// `GET /v1/customers/{customer_id}/messages`: the deliveries to one person.
pub(crate) async fn of_person(
    State(state): State<AppState>,
    access: AppAccess,
    segments: Segments,
    parameters: Parameters,
) -> ApiResult {
    let asked = Asked::read(&parameters, state.now_seconds())?;
    let person = parameters.person(segments.get(0))?;
    let page = state
        .store
        .deliveries_of(access.0, person, asked.query)
        .await
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    let page = if asked.is_empty { Page::empty() } else { page };
    Ok(answer(&page, asked.with_responses))
}

/// What the parameters of a list ask for.
struct Asked {
    query: DeliveryQuery,
    /// Nothing can be what is asked for.
    is_empty: bool,
    with_responses: bool,
}

impl Asked {
    fn read(parameters: &Parameters, now: UnixSeconds) -> Result<Asked, ApiError> {
        let parents = [
            parameters.integer("campaign_id")?.map(Parent::Campaign),
            parameters.integer("newsletter_id")?.map(Parent::Newsletter),
            parameters.integer("action_id")?.map(Parent::Action),
        ];
        let (since, until) = (
            parameters.integer("start_ts")?,
            parameters.integer("end_ts")?,
        );
        let reach = Reach {
            default_days: MESSAGES_DAYS_MAX,
            max_days: MESSAGES_DAYS_MAX,
        };
        let window = window(("start_ts", since), ("end_ts", until), now, reach)?;
        let asked = Asked::within(parameters, window)?;
        Ok(Asked {
            query: DeliveryQuery {
                drafts: parameters.flag("drafts")?,
                parents: parents.into_iter().flatten().collect(),
                ..asked.query
            },
            ..asked
        })
    }

    /// What every list has.
    fn within(parameters: &Parameters, window: Window) -> Result<Asked, ApiError> {
        let kind = parameters.one_of("type", &TYPES)?;
        let channel = kind.and_then(|kind| kind.parse::<Channel>().ok());
        Ok(Asked {
            query: DeliveryQuery {
                drafts: false,
                channel,
                metric: parameters.one_of("metric", &METRICS)?.map(str::to_owned),
                state: None,
                parents: Vec::new(),
                since: window.since,
                until: Some(window.until),
                start: parameters.get("start").map(str::to_owned),
                limit: parameters.limit(50, 1_000)?,
            },
            is_empty: kind.is_some() && channel.is_none(),
            with_responses: parameters.flag("get_tracked_responses")?,
        })
    }
}

/// The deliveries that belong to something, of a time, newest first. Those that are held only
/// if they are asked for.
pub(super) async fn of_parent(
    state: &AppState,
    access: &AppAccess,
    parameters: &Parameters,
    parent: Parent,
    window: Window,
) -> ApiResult {
    let asked = Asked::within(parameters, window)?;
    let names = Stage::ALL.map(Stage::as_str);
    let stage = parameters.one_of("state", &names)?;
    let stage = Stage::ALL.into_iter().find(|it| Some(it.as_str()) == stage);
    let query = DeliveryQuery {
        drafts: stage == Some(Stage::Drafted),
        state: stage,
        parents: vec![parent],
        ..asked.query
    };
    let page = match asked.is_empty {
        true => Page::empty(),
        false => {
            let page = state.store.deliveries(access.0, query).await;
            page.or_store_error(Family::App)?
        }
    };
    Ok(answer(&page, asked.with_responses))
}

fn answer(page: &Page<Delivery>, with_responses: bool) -> Response {
    let mut messages: Vec<Value> = page.items.iter().map(message).collect();
    if with_responses {
        // No message here asks for an answer that could be tracked.
        for message in &mut messages {
            message["tracked_responses"] = json!({});
        }
    }
    let next = page.next.clone().unwrap_or_default();
    ok_json(&json!({ "messages": messages, "next": next }))
}

/// `GET /v1/messages/{message_id}`: one delivery.
pub(crate) async fn one(
    State(state): State<AppState>,
    access: AppAccess,
    segments: Segments,
) -> ApiResult {
    let delivery = state
        .store
        .delivery(access.0, segments.get(0).to_owned())
        .await
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    Ok(ok_json(&json!({ "message": message(&delivery) })))
}

/// `GET /v1/messages/{message_id}/archived_message`: the content, as it was sent.
pub(crate) async fn archived(
    State(state): State<AppState>,
    access: AppAccess,
    segments: Segments,
) -> ApiResult {
    let left = state.take_turn(access.0, Bucket::Archived)?;
    let id = segments.get(0).to_owned();
    let delivery = state
        .store
        .delivery(access.0, id.clone())
        .await
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    let content = state
        .store
        .delivery_content(access.0, id)
        .await
        .or_store_error(Family::App)?
        .unwrap_or_else(|| Content::empty(delivery.channel));
    let archived = archived_message(&delivery, content);
    let mut answer = ok_json(&json!({ "archived_message": archived }));
    if let Some(left) = left {
        answer.headers_mut().insert(LEFT_TODAY, left.into());
    }
    Ok(answer)
}

/// What every message has, whatever it says, and what its channel says.
fn archived_message(delivery: &Delivery, content: Content) -> Value {
    let email = match &content {
        Content::Email(email) => (**email).clone(),
        Content::Sms(text) | Content::Whatsapp(text) => EmailContent {
            from: text.from.clone(),
            body: text.body.clone(),
            ..EmailContent::default()
        },
        Content::Push(push) => EmailContent {
            body: push.message.clone(),
            ..EmailContent::default()
        },
        Content::InApp(shown) | Content::Inbox(shown) => EmailContent {
            body: shown.body.clone(),
            ..EmailContent::default()
        },
    };
    let headers: Map<String, Value> = email
        .headers
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let mut archived = json!({
        "id": delivery.id,
        "from": email.from,
        "reply_to": email.reply_to.unwrap_or_default(),
        "recipient": delivery.recipient,
        "subject": content.subject(),
        "bcc": email.bcc.unwrap_or_default(),
        "cc": email.cc.unwrap_or_default(),
        "fake_bcc": email.fake_bcc.unwrap_or_default(),
        "preheader_text": email.preheader.unwrap_or_default(),
        "body": email.body,
        "body_plain": email.body_plain.unwrap_or_default(),
        "body_amp": email.body_amp.unwrap_or_default(),
        "headers": Value::Object(headers).to_string(),
        "url": "",
        "request_method": "",
        "forgotten": delivery.forgotten,
    });
    match content {
        Content::Push(push) => {
            archived["title"] = push.title.into();
            archived["image_url"] = push.image_url.into();
            archived["link"] = push.link.into();
            archived["custom_data"] = push.custom_data.into_iter().collect();
        }
        Content::InApp(shown) | Content::Inbox(shown) => archived["link"] = shown.link.into(),
        Content::Sms(text) | Content::Whatsapp(text) => {
            archived["media_url"] = text.media_url.into();
        }
        Content::Email(_) => {}
    }
    archived
}

pub(crate) fn message(delivery: &Delivery) -> Value {
    let created = delivery.created_at / 1_000;
    let (template, broadcast, action) = match delivery.origin {
        Origin::Transactional(WITHOUT_TEMPLATE) => (None, None, None),
        Origin::Transactional(number) => (Some(number), None, None),
        Origin::Broadcast {
            broadcast, action, ..
        } => (None, Some(broadcast), Some(action)),
    };
    json!({
        "id": delivery.id,
        "deduplicate_id": format!("{}:{created}", delivery.id),
        "type": delivery.channel.as_str(),
        "created": created,
        "customer_id": delivery.person.as_ref().and_then(|person| person.id.clone()),
        "customer_identifiers": delivery.person.as_ref().map(identifiers),
        "recipient": delivery.recipient,
        "subject": delivery.subject,
        "campaign_id": null,
        "newsletter_id": null,
        "broadcast_id": broadcast,
        "action_id": action,
        "content_id": delivery.content_id,
        "parent_action_id": null,
        "message_template_id": delivery.content_id,
        "msg_template_id": delivery.content_id,
        "transactional_message_id": template,
        "failure_message": delivery.failure_message,
        "forgotten": delivery.forgotten,
        "metrics": delivery.metrics,
    })
}
