//! Taking a trigger: whom it names is looked up and stored first, then the trigger with its
//! job, so that there is all of it or nothing.

use std::collections::HashSet;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use cio_domain::WorkspaceId;
use cio_domain::condition::{Condition, Grammar};
use cio_domain::content::broadcast::{Broadcast, SendingState};
use cio_domain::delivery::Tracking;
use cio_domain::limits::TRIGGERS_WAITING_MAX;
use cio_domain::trigger::{
    Audience, ListId, NewTrigger, Recipient, Trigger, TriggerDetails, TriggerId, TriggerState,
    TriggeredAction,
};
use cio_store::StoreError;
use cio_store::triggers::{TriggerKey, TriggerRefusal};
use serde_json::{Value, json};

use super::broadcast;
use super::request::{self, Asked, Request};
use crate::app::send::once;
use crate::auth::AppAccess;
use crate::body::{Segments, TriggerBody, off_the_runtime};
use crate::broadcasts::{named, people_of_part};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::state::AppState;

/// How much of a list is stored as one piece: what one commit makes everyone wait for.
const PIECE_BYTES: usize = 64 << 10;
/// How long somebody waits who is told that as many triggers wait as may.
const RETRY_AFTER_SECONDS: u32 = 10;

/// `POST /v1/campaigns/{broadcast_id}/triggers`: send a broadcast to its people.
pub(crate) async fn create(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    headers: HeaderMap,
    body: TriggerBody,
) -> ApiResult {
    let key = once::key(&headers, Family::App)?;
    let broadcast = broadcast(&state, &access, &path).await?;
    let name = format!("campaigns/{}/triggers", broadcast.id.0);
    let (request, fingerprint) = off_the_runtime(Family::App, move || {
        let request = request::read(&body.0)?;
        Ok((request, once::fingerprint(&name, &body.0)))
    })
    .await?;
    let actions = actions(&broadcast)?;
    let new = prepare(&state, access.0, &broadcast, actions, request).await?;
    let once = key.map(|key| TriggerKey { key, fingerprint });
    let created = state
        .store
        .create_trigger(access.0, state.now(), new, once)
        .await;
    match created.or_store_error(Family::App)? {
        Ok(trigger) => {
            state.broadcasts.notify_one();
            Ok(answer(&trigger))
        }
        Err(TriggerRefusal::Repeat(id)) => {
            let trigger = state.store.trigger(access.0, id).await;
            let trigger = trigger.or_store_error(Family::App)?;
            let trigger = trigger.ok_or_else(|| ApiError::not_found(Family::App))?;
            Ok(once::marked(answer(&trigger)))
        }
        Err(TriggerRefusal::OtherRequest) => Err(once::other_request(Family::App)),
        Err(TriggerRefusal::TooManyWaiting) => Err(too_many_waiting()),
        Err(TriggerRefusal::NoList) => {
            let gone = StoreError::Unavailable("a list of people is gone".to_owned());
            Err(ApiError::store(Family::App, &gone))
        }
    }
}

/// What is said of a trigger to whoever made it: its number, or that it is for nobody.
fn answer(trigger: &Trigger) -> Response {
    let TriggerId { broadcast, number } = trigger.id;
    // One that fails later says why.
    let is_refused = trigger.state == TriggerState::Failed && trigger.failure.is_none();
    if !is_refused {
        return ok_json(&json!({ "id": number }));
    }
    let field = trigger.selector.field();
    let text = format!(
        "{} in \"{field}\" cannot be sent to, so nobody is: \
         GET /v1/campaigns/{broadcast}/triggers/{number}/errors tells which and why",
        trigger.errors
    );
    ApiError::unprocessable(field, &text).into_response()
}

fn too_many_waiting() -> ApiError {
    let text = format!(
        "{TRIGGERS_WAITING_MAX} triggers of this broadcast wait already: \
         try again when one of them has begun"
    );
    ApiError::new(Family::App, StatusCode::TOO_MANY_REQUESTS, &text)
        .retry_after(RETRY_AFTER_SECONDS)
}

/// What a broadcast sends, if it sends anything.
fn actions(broadcast: &Broadcast) -> Result<Vec<TriggeredAction>, ApiError> {
    let name = &broadcast.details.name;
    if !broadcast.details.active {
        let text = format!("the broadcast \"{name}\" is not active: activate it first");
        return Err(ApiError::bad_request(Family::App, &text));
    }
    let sending = broadcast.actions.iter();
    let sending = sending.filter(|it| it.details.sending_state != SendingState::Off);
    let actions: Vec<TriggeredAction> = sending
        .map(|action| TriggeredAction {
            id: action.id.0.into(),
            channel: action.details.channel,
            send_to_unsubscribed: action.details.send_to_unsubscribed,
            tracking: Tracking {
                opens: action.details.open_tracking,
                links: action.details.link_tracking,
            },
            draft: action.details.sending_state == SendingState::Draft,
        })
        .collect();
    if actions.is_empty() {
        let text = format!("every action of the broadcast \"{name}\" is off: turn one on first");
        return Err(ApiError::bad_request(Family::App, &text));
    }
    Ok(actions)
}

/// The trigger that a request asks for, the people it names found and stored.
async fn prepare(
    state: &AppState,
    workspace: WorkspaceId,
    broadcast: &Broadcast,
    actions: Vec<TriggeredAction>,
    request: Request,
) -> Result<NewTrigger, ApiError> {
    let mut errors = Vec::new();
    let audience = match request.asked {
        Asked::Default => match &broadcast.details.audience {
            Some(condition) => Audience::Matching(condition.clone()),
            None => {
                return Err(ApiError::unprocessable(
                    "recipients",
                    "this broadcast has no audience of its own: say whom it is for",
                ));
            }
        },
        Asked::Recipients(filter) => {
            Audience::Matching(condition(state, workspace, &filter).await?)
        }
        Asked::File(url) => Audience::File(url),
        Asked::People(people) => {
            let found = named::find(state.store.as_ref(), workspace, request.missing, people);
            let found = found.await.or_store_error(Family::App)?;
            let people = match all(request.selector.field(), found) {
                Ok(people) => people,
                Err(wrong) => {
                    errors = wrong;
                    Vec::new()
                }
            };
            let people_max = people_of_part(actions.len());
            let list = store_list(state, workspace, people, people_max).await;
            Audience::Listed(list.or_store_error(Family::App)?)
        }
    };
    Ok(NewTrigger {
        broadcast: broadcast.id.0.into(),
        selector: request.selector,
        details: TriggerDetails {
            audience,
            missing: request.missing,
            actions,
        },
        data: request.data,
        errors,
    })
}

/// The filter of a trigger. Every segment it names is there.
async fn condition(
    state: &AppState,
    workspace: WorkspaceId,
    filter: &str,
) -> Result<Condition, ApiError> {
    let field = "recipients";
    let wrong = |text: &str| ApiError::unprocessable(field, text);
    let value: Value =
        serde_json::from_str(filter).map_err(|_| wrong("\"recipients\" must be an object"))?;
    let condition = Condition::from_json(&value, field, Grammar::Filter)
        .map_err(|error| wrong(&error.to_string()))?;
    for segment in condition.segments() {
        let found = state.store.segment(workspace, segment).await;
        if found.or_store_error(Family::App)?.is_none() {
            let number = segment.0;
            let text = format!("segment {number} does not exist in this workspace");
            return Err(wrong(&text));
        }
    }
    Ok(condition)
}

/// Everybody who was found, each once, with the data they were named with first; or all that is
/// wrong.
fn all(
    field: &str,
    found: Vec<Result<Vec<Recipient>, String>>,
) -> Result<Vec<Recipient>, Vec<String>> {
    let mut seen = HashSet::new();
    let mut people = Vec::new();
    let mut errors = Vec::new();
    for (number, found) in found.into_iter().enumerate() {
        match found {
            Ok(found) => people.extend(found.into_iter().filter(|it| seen.insert(it.person))),
            Err(error) => errors.push(format!("{field}[{number}]: {error}")),
        }
    }
    match errors.is_empty() {
        true => Ok(people),
        false => Err(errors),
    }
}

/// Stores people piece by piece. `None` if there are none.
async fn store_list(
    state: &AppState,
    workspace: WorkspaceId,
    people: Vec<Recipient>,
    people_max: usize,
) -> Result<Option<ListId>, StoreError> {
    let mut list = None;
    let mut piece = Vec::new();
    let mut bytes = 0;
    let mut people = people.into_iter().peekable();
    while let Some(recipient) = people.next() {
        bytes += recipient.data.as_ref().map_or(0, String::len);
        piece.push(recipient);
        if piece.len() < people_max && bytes < PIECE_BYTES && people.peek().is_some() {
            continue;
        }
        let piece = std::mem::take(&mut piece);
        bytes = 0;
        let added = state
            .store
            .add_recipients(workspace, state.now(), list, piece);
        list = added.await?;
        if list.is_none() {
            return Err(StoreError::Unavailable(
                "a list of people is gone".to_owned(),
            ));
        }
    }
    Ok(list)
}
