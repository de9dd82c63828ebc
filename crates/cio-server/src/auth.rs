//! Who is asking: Basic credentials on Track and Pipelines, a bearer token on the App API.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cio_domain::WorkspaceId;

use crate::error::{ApiError, Family, ok_empty};
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
        basic(&parts.headers)
            .and_then(|(site_id, key)| state.keyring.track(&site_id, &key).map(|it| it.id))
            .map(TrackAccess)
            .ok_or_else(|| ApiError::unauthorized(Family::Track))
    }
}

impl FromRequestParts<AppState> for AppAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        credentials_of(&parts.headers, "bearer")
            .and_then(|token| state.keyring.app(token).map(|it| it.id))
            .map(AppAccess)
            .ok_or_else(|| ApiError::unauthorized(Family::App))
    }
}

impl FromRequestParts<AppState> for PipelinesAccess {
    type Rejection = Response;

    /// Without strict mode a wrong key is answered like a right one, as all that is
    /// refused.
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let is_strict = parts.headers.get(STRICT_MODE).is_some_and(|it| it == "1");
        // The password is empty, and nobody minds if it is not.
        let workspace = basic(&parts.headers)
            .and_then(|(key, _)| state.keyring.pipelines(&key).map(|it| it.id));
        match workspace {
            Some(workspace) => Ok(PipelinesAccess {
                workspace,
                is_strict,
            }),
            None if is_strict => Err(ApiError::unauthorized(Family::Track).into_response()),
            None => {
                tracing::debug!("a Pipelines call without a valid write key was dropped");
                Err(ok_empty())
            }
        }
    }
}

/// What follows the scheme in `Authorization`; the scheme's letter case does not matter.
fn credentials_of<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
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
    fn anything_else_is_no_credential() {
        for value in ["", "Basic", "Basic !!", "Bearer YTo=", "Basic YQ=="] {
            assert_eq!(basic(&with(value)), None, "{value}");
        }
        assert_eq!(basic(&HeaderMap::new()), None);
        assert_eq!(credentials_of(&with("bearer abc"), "bearer"), Some("abc"));
    }
}
