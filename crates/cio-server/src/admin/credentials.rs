//! `/admin/v1/workspaces/{workspace_id}/credentials`: listing, creating, rotating,
//! revoking.

use axum::extract::State;
use axum::http::StatusCode;
use cio_domain::credential::{
    Credential, CredentialId, CredentialKind, Key, NewCredential, Rotation, Scope, SigningKey,
};
use cio_domain::ip_network::IpNetwork;
use cio_domain::{UnixMillis, WorkspaceId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::AdminAccess;
use super::{Part, bad_request, in_force, name, not_found, parse, seconds, workspace};
use crate::body::{AdminBody, Segments};
use crate::credentials::{new_key, new_site_id};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, json_response, ok_json};
use crate::state::AppState;

/// How long an old key works beside its successor, unless told otherwise: a day, so that
/// every process has been deployed once.
const GRACE_SECONDS: u64 = 24 * 60 * 60;
/// The longest overlap: the time in which a key should be rotated once.
const GRACE_SECONDS_MAX: u64 = 90 * GRACE_SECONDS;

/// `GET …/credentials`: all of them, without their keys.
pub(crate) async fn list(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let credentials = of(&state, id).await?;
    let credentials: Vec<Value> = credentials.iter().map(|it| shown(&state, id, it)).collect();
    Ok(ok_json(&json!({ "credentials": credentials })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Creation {
    kind: String,
    name: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    allowed_ips: Vec<String>,
}

/// `POST …/credentials`: a key, shown this once.
pub(crate) async fn create(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
    body: AdminBody,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let creation: Creation = parse(&body.0)?;
    let kind = kind(&creation.kind)?;
    let scopes = scopes(kind, &creation.scopes)?;
    let allowed_ips = networks(kind, &creation.allowed_ips)?;
    let key = new_key();
    let new = NewCredential {
        name: name(creation.name)?,
        key: kept(&state, kind, None, &key),
        scopes,
        allowed_ips,
        created_at: state.now(),
    };
    let created = state.store.create_credential(id, new).await;
    let created = created.or_store_error(Family::Admin)?;
    let created = created.ok_or_else(not_found)?;
    let (workspace, credential) = (id.0, created.id.0);
    tracing::info!(
        workspace.id = workspace,
        credential.id = credential,
        "a key was created"
    );
    let body = json!({ "credential": shown_once(shown(&state, id, &created), &key) });
    in_force(&state, json_response(StatusCode::CREATED, &body)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Overlap {
    grace_seconds: Option<u64>,
    /// Whether the old key gets an end now, or later by `end`.
    old_key_ends: Option<bool>,
}

impl Overlap {
    /// When an old key ends that ends from now on.
    fn ends_at(&self, now: UnixMillis) -> Part<UnixMillis> {
        let grace = self.grace_seconds.unwrap_or(GRACE_SECONDS);
        if grace > GRACE_SECONDS_MAX {
            let text = format!("\"grace_seconds\" must be at most {GRACE_SECONDS_MAX}");
            return Err(bad_request(&text));
        }
        Ok(now + grace * 1_000)
    }
}

/// `POST …/credentials/{credential_id}/rotate`: a successor with the same limits, its key
/// shown this once. The old key works until the grace ends, or with `"old_key_ends": false`
/// until it is ended.
pub(crate) async fn rotate(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
    body: AdminBody,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let overlap: Overlap = parse(&body.0)?;
    let now = state.now();
    let ends_at = match overlap {
        Overlap {
            grace_seconds: Some(_),
            old_key_ends: Some(false),
        } => {
            let text = "\"grace_seconds\" is of a key that ends, and \"old_key_ends\" is false";
            return Err(bad_request(text));
        }
        Overlap {
            old_key_ends: Some(false),
            ..
        } => None,
        overlap => Some(overlap.ends_at(now)?),
    };
    let number = number(&segments)?;
    let credentials = of(&state, id).await?;
    let old = credentials.into_iter().find(|it| it.id == number);
    let old = old.ok_or_else(not_found)?;
    let key = new_key();
    let successor = NewCredential {
        key: kept(&state, old.details.key.kind(), Some(&old.details.key), &key),
        created_at: now,
        ..old.details
    };
    let rotation = state
        .store
        .rotate_credential(id, number, successor, ends_at);
    match rotation.await.or_store_error(Family::Admin)? {
        Rotation::Rotated { old, successor } => {
            let (workspace, credential) = (id.0, old.id.0);
            tracing::info!(
                workspace.id = workspace,
                credential.id = credential,
                "a key was rotated"
            );
            let body = json!({
                "credential": shown_once(shown(&state, id, &successor), &key),
                "replaced": shown(&state, id, &old),
            });
            in_force(&state, ok_json(&body)).await
        }
        Rotation::Over(old) => Err(ApiError::new(
            Family::Admin,
            StatusCode::CONFLICT,
            match old.revoked_at {
                Some(_) => "it was revoked: create a new one instead",
                None => "it was rotated before: rotate its successor instead",
            },
        )),
        Rotation::NotFound => Err(not_found()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    grace_seconds: Option<u64>,
}

/// `POST …/credentials/{credential_id}/end`: it works until the grace ends, and no longer. What
/// has an earlier end keeps it.
pub(crate) async fn end(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
    body: AdminBody,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let End { grace_seconds } = parse(&body.0)?;
    let overlap = Overlap {
        grace_seconds,
        old_key_ends: None,
    };
    let ends_at = overlap.ends_at(state.now())?;
    let number = number(&segments)?;
    let ended = state.store.end_credential(id, number, ends_at).await;
    let ended = ended.or_store_error(Family::Admin)?;
    let ended = ended.ok_or_else(not_found)?;
    let (workspace, credential) = (id.0, number.0);
    tracing::info!(
        workspace.id = workspace,
        credential.id = credential,
        "a key was given an end"
    );
    let body = json!({ "credential": shown(&state, id, &ended) });
    in_force(&state, ok_json(&body)).await
}

/// `POST …/credentials/{credential_id}/revoke`: from now on it opens nothing.
pub(crate) async fn revoke(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let number = number(&segments)?;
    let revoked = state.store.revoke_credential(id, number, state.now()).await;
    let revoked = revoked.or_store_error(Family::Admin)?;
    let revoked = revoked.ok_or_else(not_found)?;
    let (workspace, credential) = (id.0, number.0);
    tracing::info!(
        workspace.id = workspace,
        credential.id = credential,
        "a key was revoked"
    );
    let body = json!({ "credential": shown(&state, id, &revoked) });
    in_force(&state, ok_json(&body)).await
}

async fn of(state: &AppState, workspace: WorkspaceId) -> Part<Vec<Credential>> {
    let credentials = state.store.credentials(workspace).await;
    credentials.or_store_error(Family::Admin)
}

fn number(segments: &Segments) -> Part<CredentialId> {
    let number = segments.get(1).parse().map(CredentialId);
    number.map_err(|_| not_found())
}

fn kind(text: &str) -> Part<CredentialKind> {
    text.parse().map_err(|()| {
        let known = CredentialKind::ALL.map(CredentialKind::as_str).join(", ");
        bad_request(&format!("\"kind\" must be one of {known}"))
    })
}

fn scopes(kind: CredentialKind, texts: &[String]) -> Part<Vec<Scope>> {
    if kind != CredentialKind::App && !texts.is_empty() {
        return Err(bad_request("\"scopes\" are for App API keys only"));
    }
    let scopes = texts.iter().map(|text| text.parse()).collect();
    Result::map_err(scopes, |()| {
        let known = Scope::ALL.map(Scope::as_str).join(", ");
        bad_request(&format!("\"scopes\" must be of {known}"))
    })
}

fn networks(kind: CredentialKind, texts: &[String]) -> Part<Vec<IpNetwork>> {
    if kind == CredentialKind::Webhook && !texts.is_empty() {
        return Err(bad_request(
            "\"allowed_ips\" are for keys that are used here",
        ));
    }
    let network = |text: &String| {
        text.parse()
            .map_err(|error| bad_request(&format!("\"allowed_ips\": {text}: {error}")))
    };
    texts.iter().map(network).collect()
}

/// A key as the store keeps it. A successor has the site id of the key before.
fn kept(state: &AppState, kind: CredentialKind, before: Option<&Key>, key: &str) -> Key {
    let hash = state.keys.hasher().key(kind, key);
    match kind {
        CredentialKind::Track => Key::Track {
            site_id: match before {
                Some(Key::Track { site_id, .. }) => site_id.clone(),
                _ => new_site_id(),
            },
            hash,
        },
        CredentialKind::App => Key::App(hash),
        CredentialKind::Pipelines => Key::Pipelines(hash),
        CredentialKind::Webhook => Key::Webhook(SigningKey(key.to_owned())),
    }
}

/// A credential without its key.
pub(super) fn shown(state: &AppState, workspace: WorkspaceId, credential: &Credential) -> Value {
    let now = state.now();
    let details = &credential.details;
    let scopes: Vec<&str> = details.scopes.iter().map(|it| it.as_str()).collect();
    let allowed_ips: Vec<String> = details
        .allowed_ips
        .iter()
        .map(ToString::to_string)
        .collect();
    let noted = state.keys.current().last_used_at(workspace, credential.id);
    let mut shown = json!({
        "id": credential.id.0,
        "kind": details.key.kind().as_str(),
        "name": details.name,
        "state": credential.state(now).as_str(),
        "scopes": scopes,
        "allowed_ips": allowed_ips,
        "created_at": seconds(details.created_at),
        "last_used_at": credential.last_used_at.max(noted).map(seconds),
        "expires_at": credential.expires_at.map(seconds),
        "revoked_at": credential.revoked_at.map(seconds),
        "age_days": credential.age_days(now),
        "stale": credential.is_stale(now),
    });
    if let Key::Track { site_id, .. } = &details.key {
        shown["site_id"] = site_id.as_str().into();
    }
    shown
}

/// The same with its key, the one time that is known.
pub(super) fn shown_once(mut shown: Value, key: &str) -> Value {
    shown["key"] = key.into();
    shown
}
