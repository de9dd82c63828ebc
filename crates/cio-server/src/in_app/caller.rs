//! Whose app asks.

use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cio_domain::WorkspaceId;
use cio_domain::limits::PERSON_ID_BYTES_MAX;
use cio_wire::Identifier;

use crate::error::{ApiError, Family};
use crate::state::AppState;

const SITE_ID: &str = "x-cio-site-id";
const USER_TOKEN: &str = "x-gist-encoded-user-token";
const ANONYMOUS: &str = "x-gist-user-anonymous";

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An app, and for whom it asks.
pub(super) struct App {
    pub(super) workspace: WorkspaceId,
    /// As its person is called: an id or an email. `None`: a visitor.
    name: Option<String>,
}

impl App {
    pub(super) fn read(state: &AppState, headers: &HeaderMap) -> Result<App, ApiError> {
        let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
        let site_id = text(SITE_ID).unwrap_or_default();
        let workspace = state
            .keys
            .current()
            .of_site(site_id, state.now())
            .ok_or_else(|| {
                let text = "X-CIO-Site-Id is not the site id of a workspace";
                ApiError::new(Family::Track, StatusCode::UNAUTHORIZED, text)
            })?;
        let is_anonymous = text(ANONYMOUS).is_some_and(|it| it.eq_ignore_ascii_case("true"));
        let name = match text(USER_TOKEN).filter(|token| !token.trim().is_empty()) {
            _ if is_anonymous => None,
            None => None,
            Some(token) => Some(decoded(token).ok_or_else(|| {
                let text = "X-Gist-Encoded-User-Token must be a person's id or email in base64";
                ApiError::bad_request(Family::Track, text)
            })?),
        };
        Ok(App { workspace, name })
    }

    /// What its person may be called. A `cio_id` is not among it, for it can be guessed.
    pub(super) fn names(&self) -> Vec<Identifier> {
        let Some(name) = &self.name else {
            return Vec::new();
        };
        let id = Identifier::Id(name.clone());
        match name.contains('@') {
            true => vec![id, Identifier::Email(name.clone())],
            false => vec![id],
        }
    }
}

fn decoded(token: &str) -> Option<String> {
    let bytes = LENIENT.decode(token.trim()).ok()?;
    let name = String::from_utf8(bytes).ok()?;
    let name = name.trim();
    (1..=PERSON_ID_BYTES_MAX.max(254))
        .contains(&name.len())
        .then(|| name.to_owned())
}
