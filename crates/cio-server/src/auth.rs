//! Who is asking: Basic credentials on Track and Pipelines, a bearer token on the App API.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cio_domain::WorkspaceId;
use cio_domain::credential::{CredentialKind, Scope};

use crate::error::{ApiError, Family, ok_empty};
use crate::keyring::{Caller, Denied};
use crate::listen::Peer;
use crate::rate_limit::Bucket;
use crate::router;
use crate::state::AppState;

/// Asks Pipelines to answer what happened; any other value than `1` does not.
const STRICT_MODE: &str = "x-strict-mode";

/// A request with valid Track credentials.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TrackAccess(pub(crate) WorkspaceId);

/// A request with a valid App API key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AppAccess(pub(crate) WorkspaceId);

/// A request with a valid Pipelines write key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PipelinesAccess {
    pub(crate) workspace: WorkspaceId,
    /// Refusals are errors, and are not passed over.
    pub(crate) is_strict: bool,
}

impl FromRequestParts<AppState> for TrackAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let keyring = state.keys.current();
        basic(&parts.headers)
            .ok_or(Denied::Unknown)
            .and_then(|(site_id, key)| keyring.track(&site_id, &key, caller(parts, state)))
            .map(TrackAccess)
            .map_err(|denied| refused(Family::Track, denied))
    }
}

impl FromRequestParts<AppState> for AppAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let keyring = state.keys.current();
        let path = parts.uri.path();
        let scope = Some(required_scope(&parts.method, path));
        let workspace = credentials_of(&parts.headers, "bearer")
            .ok_or(Denied::Unknown)
            .and_then(|key| keyring.bearer(CredentialKind::App, key, scope, caller(parts, state)))
            .map_err(|denied| match denied {
                Denied::Unknown => refused(Family::App, denied),
                _ => refused(router::family(path), denied),
            })?;
        state.take_turn(workspace, bucket(&parts.method, path))?;
        Ok(AppAccess(workspace))
    }
}

fn caller(parts: &Parts, state: &AppState) -> Caller {
    Caller {
        at: state.now(),
        address: parts.extensions.get::<Peer>().map(|peer| peer.0),
    }
}

/// A key that is not ours is 401; one of ours that is limited to something else is 403.
fn refused(family: Family, denied: Denied) -> ApiError {
    let text = match denied {
        Denied::Unknown => return ApiError::unauthorized(family),
        Denied::Address => "this key cannot be used from this address".to_owned(),
        Denied::Scope(scope) => format!("this key does not have the scope {}", scope.as_str()),
    };
    ApiError::new(family, StatusCode::FORBIDDEN, &text)
}

/// The scope an operation of the App API needs. Searches and exports read, though they
/// are posted; a newsletter that is sent or scheduled sends, as a broadcast does.
fn required_scope(method: &Method, path: &str) -> Scope {
    let posted_reads = ["/v1/customers", "/v1/customers/attributes", "/v1/objects"];
    let sends = path.starts_with("/v1/send/")
        || is_trigger(path)
        || path.starts_with("/v1/newsletters/")
            && (path.ends_with("/send") || path.ends_with("/schedule"));
    if method == Method::GET || method == Method::HEAD {
        Scope::Read
    } else if sends {
        Scope::Send
    } else if posted_reads.contains(&path) || path.starts_with("/v1/exports/") {
        Scope::Read
    } else {
        Scope::Write
    }
}

fn is_trigger(path: &str) -> bool {
    let below = |root| path.starts_with(root);
    (below("/v1/campaigns/") || below("/v1/api/campaigns/")) && path.ends_with("/triggers")
}

/// The limit that a call counts for.
fn bucket(method: &Method, path: &str) -> Bucket {
    if path.starts_with("/v1/send/") {
        Bucket::Send
    } else if method == Method::POST && is_trigger(path) {
        Bucket::Trigger
    } else {
        Bucket::Default
    }
}

impl FromRequestParts<AppState> for PipelinesAccess {
    type Rejection = Response;

    /// Without strict mode a wrong key is answered like a right one, as all that is
    /// refused.
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let is_strict = parts.headers.get(STRICT_MODE).is_some_and(|it| it == "1");
        // The password is empty, and nobody minds if it is not.
        let keyring = state.keys.current();
        let caller = caller(parts, state);
        let found = basic(&parts.headers)
            .ok_or(Denied::Unknown)
            .and_then(|(key, _)| keyring.bearer(CredentialKind::Pipelines, &key, None, caller));
        match found {
            Ok(workspace) => Ok(PipelinesAccess {
                workspace,
                is_strict,
            }),
            Err(denied) if is_strict => Err(refused(Family::Track, denied).into_response()),
            Err(_) => {
                tracing::debug!("a Pipelines call without a valid write key was dropped");
                Err(ok_empty())
            }
        }
    }
}

/// What follows the scheme in `Authorization`; the scheme's letter case does not matter.
pub(crate) fn credentials_of<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (given, rest) = value.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

/// User and password of Basic credentials, split at the first colon.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let decoded = decode_either_alphabet(credentials_of(headers, "basic")?)?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// Most clients write the standard alphabet; the Go client writes the URL-safe one.
fn decode_either_alphabet(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, LENIENT);
    STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE.decode(text))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        headers
    }

    #[test]
    fn basic_reads_both_alphabets_with_and_without_padding() {
        // "site:k?>~" has both `/`-`_` and `+`-`-` positions in its encodings.
        for value in [
            "Basic c2l0ZTprPz5+",
            "basic c2l0ZTprPz5-",
            "Basic  c2l0ZTprPz5+ ",
        ] {
            assert_eq!(
                basic(&with(value)),
                Some(("site".into(), "k?>~".into())),
                "{value}"
            );
        }
        assert_eq!(
            basic(&with("Basic YTo=")),
            Some(("a".into(), String::new()))
        );
        assert_eq!(basic(&with("Basic YTo")), Some(("a".into(), String::new())));
        assert_eq!(
            basic(&with("Basic YTpiOmM=")),
            Some(("a".into(), "b:c".into()))
        );
    }

    #[test]
    fn every_operation_needs_one_scope() {
        let reads = [
            "GET /v1/campaigns/7/triggers",
            "GET /v1/campaigns/7/triggers/1",
            "GET /v1/campaigns/7/triggers/1/errors",
            "GET /v1/customers",
            "POST /v1/customers",
            "POST /v1/customers/attributes",
            "GET /v1/customers/7/attributes",
            "GET /v1/customers/7/segments",
            "GET /v1/customers/7/messages",
            "GET /v1/customers/7/activities",
            "GET /v1/customers/7/relationships",
            "GET /v1/customers/7/subscription_preferences",
            "GET /v1/customers/7/optouts",
            "GET /v1/optouts",
            "GET /v1/segments",
            "GET /v1/segments/7",
            "GET /v1/segments/7/used_by",
            "GET /v1/segments/7/customer_count",
            "GET /v1/segments/7/membership",
            "GET /v1/messages",
            "GET /v1/messages/7",
            "GET /v1/messages/7/archived_message",
            "GET /v1/activities",
            "GET /v1/exports",
            "GET /v1/exports/7",
            "GET /v1/exports/7/download",
            "POST /v1/exports/customers",
            "POST /v1/exports/deliveries",
            "GET /v1/transactional",
            "GET /v1/transactional/7/contents",
            "GET /v1/transactional/7/messages",
            "GET /v1/transactional/7/language/de",
            "GET /v1/broadcasts",
            "GET /v1/broadcasts/7/actions/1",
            "GET /v1/broadcasts/7/actions/1/language/de",
            "GET /v1/reporting_webhooks",
            "GET /v1/sender_identities",
            "GET /v1/snippets",
            "GET /v1/collections",
            "GET /v1/collections/7/content",
            "GET /v1/esp/search_suppression/a@example.com",
            "GET /v1/esp/suppression/bounces",
            "GET /v1/imports/7",
            "GET /v1/workspaces",
            "POST /v1/objects",
            "GET /v1/objects/1/acme/attributes",
            "GET /v1/objects/1/acme/relationships",
            "GET /v1/object_types",
            "GET /v1/subscription_topics",
            "GET /v1/subscription_channels",
            "GET /v1/subscription_center/7/token",
        ];
        let sends = [
            "POST /v1/send/email",
            "POST /v1/send/push",
            "POST /v1/send/sms",
            "POST /v1/send/whatsapp",
            "POST /v1/send/in_app",
            "POST /v1/send/inbox_message",
            "POST /v1/campaigns/7/triggers",
            "POST /v1/newsletters/7/send",
        ];
        let writes = [
            "PUT /v1/customers/7/optouts",
            "POST /v1/segments",
            "DELETE /v1/segments/7",
            "PUT /v1/transactional/7/content/1",
            "PUT /v1/transactional/7/language/de",
            "PUT /v1/broadcasts/7/actions/1",
            "PUT /v1/broadcasts/7/actions/1/language/de",
            "POST /v1/reporting_webhooks",
            "PUT /v1/reporting_webhooks/7",
            "DELETE /v1/reporting_webhooks/7",
            "POST /v1/snippets",
            "PUT /v1/snippets",
            "DELETE /v1/snippets/one",
            "POST /v1/collections",
            "PUT /v1/collections/7",
            "PUT /v1/collections/7/content",
            "DELETE /v1/collections/7",
            "POST /v1/esp/suppression/bounces/a@example.com",
            "DELETE /v1/esp/suppression/bounces/a@example.com",
            "POST /v1/imports",
            "POST /v1/newsletters",
        ];
        let all = [
            (Scope::Read, reads.as_slice()),
            (Scope::Send, &sends),
            (Scope::Write, &writes),
        ];
        for (expected, operations) in all {
            for operation in operations {
                let (method, path) = operation.split_once(' ').unwrap();
                let method: Method = method.parse().unwrap();
                assert_eq!(required_scope(&method, path), expected, "{operation}");
            }
        }
    }

    #[test]
    fn anything_else_is_no_credential() {
        for value in ["", "Basic", "Basic !!", "Bearer YTo=", "Basic YQ=="] {
            assert_eq!(basic(&with(value)), None, "{value}");
        }
        assert_eq!(basic(&HeaderMap::new()), None);
        assert_eq!(credentials_of(&with("bearer abc"), "bearer"), Some("abc"));
    }
}
