//! What became of messages, by what they belong to: counts over time, the links that were
//! followed, and the messages themselves.

use axum::extract::State;
use axum::response::Response;
use cio_domain::content::broadcast::{ActionId, Broadcast, BroadcastId};
use cio_domain::content::transactional::{TransactionalId, TransactionalRef};
use cio_domain::delivery::{Parent, WITHOUT_TEMPLATE};
use cio_domain::limits::{MEASURED_DAYS_MAX, MESSAGES_DAYS_MAX};
use cio_domain::message::Channel;
use cio_domain::series::{LINK_METRICS, METRICS, Period};
use cio_domain::{UnixSeconds, WorkspaceId};
use cio_store::series::{LinkQuery, LinkSeries, Series, SeriesQuery};
use serde_json::{Map, Value, json};

use super::messages::{self, TYPES};
use super::query::Parameters;
use super::window::{Reach, window};
use crate::auth::AppAccess;
use crate::body::Segments;
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::state::AppState;

/// `GET /v1/transactional/{transactional_id}/metrics`.
pub(crate) async fn of_transactional(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let parent = transactional(&state, access.0, &path).await?;
    counts(&state, access.0, parent, &parameters).await
}

/// `GET /v1/transactional/{transactional_id}/metrics/links`.
pub(crate) async fn links_of_transactional(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let parent = transactional(&state, access.0, &path).await?;
    links(&state, access.0, parent, &parameters).await
}

/// `GET /v1/transactional/{transactional_id}/messages`: of the last six months, unless a time
/// is named.
pub(crate) async fn messages_of_transactional(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let parent = transactional(&state, access.0, &path).await?;
    let (since, until) = times(&parameters)?;
    let reach = Reach {
        default_days: MESSAGES_DAYS_MAX,
        max_days: MESSAGES_DAYS_MAX,
    };
    let now = state.now_seconds();
    let window = window(("start_ts", since), ("end_ts", until), now, reach)?;
    messages::of_parent(&state, &access, &parameters, parent, window).await
}

/// `GET /v1/broadcasts/{broadcast_id}/metrics`.
pub(crate) async fn of_broadcast(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let broadcast = broadcast(&state, access.0, &path).await?;
    counts(&state, access.0, whole(&broadcast), &parameters).await
}

/// `GET /v1/broadcasts/{broadcast_id}/metrics/links`.
pub(crate) async fn links_of_broadcast(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let broadcast = broadcast(&state, access.0, &path).await?;
    links(&state, access.0, whole(&broadcast), &parameters).await
}

/// How long after its first trigger the messages of a broadcast are listed unless a time is
/// named: a month.
const FIRST_SECONDS: UnixSeconds = 31 * 86_400;

/// `GET /v1/broadcasts/{broadcast_id}/messages`: of a month after the first trigger, unless a
/// time is named.
pub(crate) async fn messages_of_broadcast(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let broadcast = broadcast(&state, access.0, &path).await?;
    let first = broadcast.first_started_at.map(|at| at / 1_000);
    let (since, until) = match (times(&parameters)?, first) {
        ((None, None), Some(first)) => {
            let end = first.saturating_add(FIRST_SECONDS.unsigned_abs());
            (Some(first), Some(end))
        }
        (times, _) => times,
    };
    let reach = Reach {
        default_days: MEASURED_DAYS_MAX,
        max_days: MEASURED_DAYS_MAX,
    };
    let now = state.now_seconds();
    let window = window(("start_ts", since), ("end_ts", until), now, reach)?;
    messages::of_parent(&state, &access, &parameters, whole(&broadcast), window).await
}

/// `GET /v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics`.
pub(crate) async fn of_action(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let parent = action(&state, access.0, &path).await?;
    counts(&state, access.0, parent, &parameters).await
}

/// `GET /v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics/links`.
pub(crate) async fn links_of_action(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let parent = action(&state, access.0, &path).await?;
    links(&state, access.0, parent, &parameters).await
}

/// The transactional message of a path. That of emails without a template is always there.
async fn transactional(
    state: &AppState,
    workspace: WorkspaceId,
    path: &Segments,
) -> Result<Parent, ApiError> {
    let number: u64 = number(path, 0, "transactional message")?;
    if number != WITHOUT_TEMPLATE {
        let id = u32::try_from(number).map_err(|_| ApiError::not_found(Family::App))?;
        let named = TransactionalRef::Id(TransactionalId(id));
        let found = state.store.transactional_message(workspace, named).await;
        found
            .or_store_error(Family::App)?
            .ok_or_else(|| ApiError::not_found(Family::App))?;
    }
    Ok(Parent::Transactional(number))
}

/// The broadcast of a path.
async fn broadcast(
    state: &AppState,
    workspace: WorkspaceId,
    path: &Segments,
) -> Result<Broadcast, ApiError> {
    let number = number(path, 0, "broadcast")?;
    let id = u32::try_from(number).map_err(|_| ApiError::not_found(Family::App))?;
    let found = state.store.broadcast(workspace, BroadcastId(id)).await;
    found
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))
}

/// The action of a path, if it is one of its broadcast.
async fn action(
    state: &AppState,
    workspace: WorkspaceId,
    path: &Segments,
) -> Result<Parent, ApiError> {
    let number = number(path, 1, "action")?;
    let broadcast = broadcast(state, workspace, path).await?;
    let id = u32::try_from(number).ok().map(ActionId);
    let found = id.and_then(|id| broadcast.action(id));
    found.ok_or_else(|| ApiError::not_found(Family::App))?;
    Ok(Parent::Action(number))
}

fn whole(broadcast: &Broadcast) -> Parent {
    Parent::Broadcast(broadcast.id.0.into())
}

fn number(path: &Segments, index: usize, what: &str) -> Result<u64, ApiError> {
    path.get(index).parse().map_err(|_| {
        ApiError::bad_request(Family::App, &format!("the {what} id must be an integer"))
    })
}

fn times(parameters: &Parameters) -> Result<(Option<u64>, Option<u64>), ApiError> {
    Ok((
        parameters.integer("start_ts")?,
        parameters.integer("end_ts")?,
    ))
}

/// The periods that are asked for: by `period` and `steps`, up to now.
fn bounds(parameters: &Parameters, now: UnixSeconds) -> Result<Vec<UnixSeconds>, ApiError> {
    let names = Period::ALL.map(Period::as_str);
    let period = parameters.one_of("period", &names)?;
    let period = Period::ALL
        .into_iter()
        .find(|it| Some(it.as_str()) == period);
    let period = period.unwrap_or(Period::Days);
    let steps = period.steps(parameters.integer("steps")?);
    Ok(period.bounds(steps, now))
}

async fn counts(
    state: &AppState,
    workspace: WorkspaceId,
    parent: Parent,
    parameters: &Parameters,
) -> ApiResult {
    let kind = parameters.one_of("type", &TYPES)?;
    let channel = kind.and_then(|kind| kind.parse::<Channel>().ok());
    let bounds = bounds(parameters, state.now_seconds())?;
    let periods = bounds.len() - 1;
    // Of what is never sent here there is nothing to count.
    let counted = match kind.is_some() && channel.is_none() {
        true => Series::new(),
        false => {
            let query = SeriesQuery {
                parent,
                channel,
                bounds,
            };
            let counted = state.store.series(workspace, query).await;
            counted.or_store_error(Family::App)?
        }
    };
    let series = filled(&METRICS, counted, periods);
    Ok(ok_json(&json!({ "metric": { "series": series } })))
}

async fn links(
    state: &AppState,
    workspace: WorkspaceId,
    parent: Parent,
    parameters: &Parameters,
) -> ApiResult {
    let bounds = bounds(parameters, state.now_seconds())?;
    let periods = bounds.len() - 1;
    let query = LinkQuery {
        parent,
        bounds,
        unique: parameters.flag("unique")?,
    };
    let links = state.store.links(workspace, query).await;
    let links = links.or_store_error(Family::App)?;
    Ok(answer(links, periods))
}

fn answer(links: Vec<LinkSeries>, periods: usize) -> Response {
    let link = |link: LinkSeries| {
        json!({
            "link": { "id": link.id, "href": link.href },
            "metric": { "series": filled(&LINK_METRICS, link.series, periods) },
        })
    };
    let links: Vec<Value> = links.into_iter().map(link).collect();
    ok_json(&json!({ "links": links }))
}

/// Every metric there is, with zeros where nothing was counted.
fn filled(metrics: &[&str], mut counted: Series, periods: usize) -> Map<String, Value> {
    let one = |metric: &&str| {
        let counts = counted.remove(*metric);
        let counts = counts.unwrap_or_else(|| vec![0; periods]);
        ((*metric).to_owned(), counts.into())
    };
    metrics.iter().map(one).collect()
}
