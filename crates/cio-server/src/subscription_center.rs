//! `/u/i/{token}`: the page on which a person chooses what to hear of.
//!
//! Whoever has the link may choose: no cookie is set or read, so no other page can make a
//! browser choose for somebody. A look at the page changes nothing, since mail scanners
//! follow links.

pub(crate) mod link;
mod page;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use cio_domain::attribute::Change;
use cio_domain::content::language;
use cio_domain::content::topic::Topic;
use cio_domain::operation::{Identify, Subject};
use cio_domain::preferences::PREFERENCES;
use cio_domain::{Operation, Outcome, Person};
use cio_wire::Identifier;

use crate::body::{FormBody, Segments};
use crate::error::{ApiError, Family, OrStoreError};
use crate::html;
use crate::state::AppState;
use link::{Link, LinkProblem};
use page::Choices;

/// `GET /u/i/{token}`, `GET /u/i/{token}/{language}`: the choices as they are.
pub(crate) async fn show(
    State(state): State<AppState>,
    path: Segments,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Some(visit) = visit(&state, &path).await? else {
        return Ok(page::gone());
    };
    let language = language(&path, &headers);
    match visit {
        Visit::Expired => Ok(page::expired()),
        Visit::Open(link, person) => page_of(&state, &link, &person, language, false).await,
    }
}

/// `POST /u/i/{token}`, `POST /u/i/{token}/{language}`: stores what was chosen, as if it had
/// come through Track.
pub(crate) async fn choose(
    State(state): State<AppState>,
    path: Segments,
    headers: HeaderMap,
    body: FormBody,
) -> Result<Response, ApiError> {
    let (link, person) = match visit(&state, &path).await? {
        None => return Ok(page::gone()),
        Some(Visit::Expired) => return Ok(page::expired()),
        Some(Visit::Open(link, person)) => (link, person),
    };
    let topics = state.store.topics(link.workspace).await;
    let topics = topics.or_store_error(Family::App)?;
    let attributes = read_choices(&body.0, &topics, &person);
    let identify = Identify {
        person: Subject::Person(Identifier::CioId(link.person.to_string())),
        update_only: true,
        attributes,
        ..Identify::new(Identifier::CioId(link.person.to_string()))
    };
    let applied = state.apply(link.workspace, Operation::Identify(identify));
    let outcome = applied.await.or_store_error(Family::App)?;
    let person = find(&state, &link).await?;
    match person.filter(|_| outcome == Outcome::Applied) {
        None => Ok(page::gone()),
        Some(person) => {
            let language = language(&path, &headers);
            page_of(&state, &link, &person, language, true).await
        }
    }
}

/// What a link that is ours leads to.
enum Visit {
    Expired,
    Open(Link, Box<Person>),
}

async fn visit(state: &AppState, path: &Segments) -> Result<Option<Visit>, ApiError> {
    let opened = Link::open(state.keys.hasher(), path.get(0), state.now());
    let link = match opened {
        Ok(link) => link,
        Err(LinkProblem::Forged) => return Ok(None),
        Err(LinkProblem::Expired) => return Ok(Some(Visit::Expired)),
    };
    let person = find(state, &link).await?;
    Ok(person.map(|person| Visit::Open(link, Box::new(person))))
}

async fn find(state: &AppState, link: &Link) -> Result<Option<Person>, ApiError> {
    let identifier = Identifier::CioId(link.person.to_string());
    let person = state.store.person(link.workspace, identifier).await;
    person.or_store_error(Family::App)
}

/// The language of the path, else that of the browser.
fn language(path: &Segments, headers: &HeaderMap) -> Option<String> {
    language::name(path.get(1)).or_else(|| {
        let header = headers.get(header::ACCEPT_LANGUAGE)?;
        language::preferred(header.to_str().ok()?)
    })
}

/// What changes. A topic that was not on the page is not chosen either way; names and
/// values in the form are our own and need no decoding.
fn read_choices(body: &[u8], topics: &[Topic], person: &Person) -> Vec<(String, Change)> {
    let fields: Vec<(&[u8], &[u8])> = body
        .split(|byte| *byte == b'&')
        .map(|field| {
            let at = field.iter().position(|byte| *byte == b'=');
            let (name, value) = field.split_at(at.unwrap_or(field.len()));
            (name, value.get(1..).unwrap_or_default())
        })
        .collect();
    let is_set = |name: &str| fields.iter().any(|(it, _)| *it == name.as_bytes());
    let was_shown = |name: &str| {
        let shown = (page::SHOWN.as_bytes(), name.as_bytes());
        fields.contains(&shown)
    };
    let mut changes: Vec<(String, Change)> = topics
        .iter()
        .map(|topic| topic.id.to_string())
        .filter(|name| was_shown(name))
        .map(|name| {
            let choice = Change::Set(is_set(&name).to_string());
            (format!("{PREFERENCES}.topics.{name}"), choice)
        })
        .collect();
    let unsubscribed = is_set(page::UNSUBSCRIBED);
    if was_shown(page::UNSUBSCRIBED) && unsubscribed != person.is_unsubscribed() {
        let choice = Change::Set(unsubscribed.to_string());
        changes.push((page::UNSUBSCRIBED.to_owned(), choice));
    }
    changes
}

async fn page_of(
    state: &AppState,
    link: &Link,
    person: &Person,
    language: Option<String>,
    is_saved: bool,
) -> Result<Response, ApiError> {
    let topics = state.store.topics(link.workspace).await;
    let topics = topics.or_store_error(Family::App)?;
    let center = state.store.preference_center(link.workspace).await;
    let center = center.or_store_error(Family::App)?;
    let choices = Choices {
        header: center.header_in(language.as_deref()),
        topics: &topics,
        person,
        language: language.as_deref(),
        is_saved,
    };
    Ok(html::page(StatusCode::OK, choices.html()))
}
