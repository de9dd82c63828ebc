//! Making a message: what its template says, filled in with what is known of whom it is for.
//!
//! Rendering itself reads nothing: what a message may ask for is fetched before, and only
//! that.

mod definitions;
mod host;
mod sources;

use std::sync::Arc;

use cio_domain::content::topic::TopicId;
use cio_domain::delivery::Delivery;
use cio_domain::limits::RENDERED_BYTES_MAX;
use cio_domain::message::Content;
use cio_domain::{Person, UnixMillis, WorkspaceId};
use cio_liquid::{Limits, RenderError};
use cio_store::{Store, StoreError};

use self::definitions::{Definitions, Said};
use self::host::MessageHost;
use self::sources::Sources;
use crate::tracking::Links;

/// Makes messages, and remembers what many of them have in common.
pub(crate) struct Renderer {
    store: Arc<dyn Store>,
    definitions: Definitions,
    sources: Sources,
    links: Links,
}

/// What is to be made.
pub(super) struct Asked<'a> {
    pub(super) workspace: WorkspaceId,
    pub(super) delivery: &'a Delivery,
    pub(super) person: Option<&'a Person>,
    /// What the send said of its own.
    pub(super) content: Content,
    pub(super) now: UnixMillis,
}

/// A message as it can be handed over.
pub(super) struct Made {
    pub(super) content: Content,
    /// Which variant of its template it is.
    pub(super) content_id: Option<u64>,
    /// The topic somebody has to be subscribed to, if the template is of one.
    pub(super) topic: Option<TopicId>,
}

/// Why a message cannot be made. The text is for whoever wrote it.
pub(super) struct Unmade(pub(super) String);

impl Renderer {
    pub(crate) fn new(store: Arc<dyn Store>, links: Links) -> Renderer {
        Renderer {
            definitions: Definitions::default(),
            sources: Sources::default(),
            store,
            links,
        }
    }

    pub(super) fn links(&self) -> &Links {
        &self.links
    }

    pub(super) async fn make(&self, asked: Asked<'_>) -> Result<Result<Made, Unmade>, StoreError> {
        let Asked {
            workspace,
            delivery,
            person,
            content,
            now,
        } = asked;
        let language = delivery
            .language
            .clone()
            .or_else(|| person.and_then(language_of));
        let store = self.store.as_ref();
        let said = self
            .definitions
            .said(store, workspace, delivery.origin, language)
            .await?;
        let Some(said) = said else {
            return Ok(Err(Unmade(
                "the template it was to be made of is no longer there".to_owned(),
            )));
        };
        let whole = match &said.content {
            Some(under) => content.over(under),
            None => content,
        };
        let trigger = self.definitions.trigger(store, workspace, delivery).await?;
        let compiled = match self.sources.compile(&whole, said.layout.as_deref()) {
            Ok(compiled) => compiled,
            Err(problem) => return Ok(Err(Unmade(problem))),
        };
        let material = self
            .definitions
            .material(store, workspace, &self.sources, &compiled, person)
            .await?;
        let host = MessageHost::new(host::About {
            workspace,
            delivery,
            person,
            trigger: &trigger,
            said: &said,
            material: &material,
            links: &self.links,
            now,
        });
        Ok(fill(whole, &compiled, &host, &said))
    }
}

/// Renders every text of a message, each as the fields before it left the `message`.
fn fill(
    whole: Content,
    compiled: &sources::Compiled,
    host: &MessageHost<'_>,
    said: &Said,
) -> Result<Made, Unmade> {
    let limits = Limits {
        output_bytes: RENDERED_BYTES_MAX,
        ..Limits::default()
    };
    let mut templates = compiled.fields.iter();
    let content = whole.try_map(&mut |name, text| {
        let rendered = match templates.next() {
            Some(Some(template)) => template
                .render(host, &limits)
                .map_err(|error| unmade(name, &error))?,
            _ => text,
        };
        let rendered = match (&compiled.layout, name) {
            (Some(layout), "body") => {
                host.set_content(rendered);
                layout
                    .render(host, &limits)
                    .map_err(|error| unmade("layout", &error))?
            }
            _ => rendered,
        };
        host.note(name, &rendered);
        Ok(rendered)
    })?;
    Ok(Made {
        content,
        content_id: said.content_id,
        topic: said.topic,
    })
}

fn unmade(field: &str, error: &RenderError) -> Unmade {
    Unmade(match error {
        RenderError::Missing(name) => {
            format!("the variable {{{{ {name} }}}} of \"{field}\" has no value")
        }
        other => format!("\"{field}\" cannot be rendered: {other}"),
    })
}

/// The language somebody has: their attribute of this name.
fn language_of(person: &Person) -> Option<String> {
    let json = &person.attributes.get("language")?.json;
    serde_json::from_str(json).ok()
}
