//! What the texts of one message read.

use std::borrow::Cow;
use std::cell::RefCell;

use cio_domain::delivery::Delivery;
use cio_domain::{Person, UnixMillis, WorkspaceId};
use cio_liquid::{Host, Link, Template, UrlTag};
use serde_json::{Map, Value, json};

use super::definitions::{Material, Said};
use crate::credentials::random;
use crate::tracking::Links;

/// What a message is about.
pub(super) struct About<'a> {
    pub(super) workspace: WorkspaceId,
    pub(super) delivery: &'a Delivery,
    pub(super) person: Option<&'a Person>,
    pub(super) trigger: &'a Map<String, Value>,
    pub(super) said: &'a Said,
    pub(super) material: &'a Material,
    pub(super) links: &'a Links,
    pub(super) now: UnixMillis,
}

pub(super) struct MessageHost<'a> {
    about: About<'a>,
    customer: Value,
    trigger: Value,
    /// What of the message is rendered already.
    message: RefCell<Map<String, Value>>,
    /// The body, for its layout.
    content: RefCell<Option<String>>,
}

impl<'a> MessageHost<'a> {
    pub(super) fn new(about: About<'a>) -> MessageHost<'a> {
        let message = Map::from_iter([("id".to_owned(), about.delivery.id.clone().into())]);
        MessageHost {
            customer: customer(about.person),
            trigger: Value::Object(about.trigger.clone()),
            message: RefCell::new(message),
            content: RefCell::default(),
            about,
        }
    }

    /// A field that is rendered: later ones may ask for it.
    pub(super) fn note(&self, field: &str, rendered: &str) {
        if matches!(field, "subject" | "preheader" | "title") {
            let field = field.to_owned();
            self.message.borrow_mut().insert(field, rendered.into());
        }
    }

    /// The body, that its layout is put around.
    pub(super) fn set_content(&self, body: String) {
        *self.content.borrow_mut() = Some(body);
    }
}

/// A person as messages see them. A value that is no list and no object is a text, as the
/// App API has it.
fn customer(person: Option<&Person>) -> Value {
    let mut customer = Map::new();
    let Some(person) = person else {
        return customer.into();
    };
    for (name, attribute) in &person.attributes {
        let value = serde_json::from_str(&attribute.json).unwrap_or(Value::Null);
        let value = match value {
            Value::Bool(_) | Value::Number(_) => Value::String(attribute.json.clone()),
            other => other,
        };
        customer.insert(name.clone(), value);
    }
    let names = &person.identifiers;
    customer.insert("cio_id".to_owned(), names.cio_id.to_string().into());
    customer.insert("id".to_owned(), names.id.clone().into());
    customer.insert("email".to_owned(), names.email.clone().into());
    customer.into()
}

impl Host for MessageHost<'_> {
    fn root(&self, name: &str) -> Option<Cow<'_, Value>> {
        let said = self.about.said;
        match name {
            "customer" => Some(Cow::Borrowed(&self.customer)),
            "trigger" | "message_data" => Some(Cow::Borrowed(&self.trigger)),
            "message" => Some(Cow::Owned(Value::Object(self.message.borrow().clone()))),
            "delivery_id" => Some(Cow::Owned(self.about.delivery.id.clone().into())),
            "layout" => said
                .layout_name
                .as_ref()
                .map(|name| Cow::Owned(json!({ "id": said.layout_id, "name": name }))),
            "content" => {
                let content = self.content.borrow();
                content.as_ref().map(|body| Cow::Owned(body.clone().into()))
            }
            "campaign" => {
                let name = said.campaign.as_ref()?;
                Some(Cow::Owned(json!({ "name": name })))
            }
            "objects" => self.about.material.objects.as_ref().map(Cow::Borrowed),
            other => {
                let rows = self.about.material.collections.get(other)?;
                Some(Cow::Borrowed(rows.as_ref()))
            }
        }
    }

    fn snippet(&self, name: &str) -> Option<Template> {
        self.about.material.snippets.get(name).cloned()
    }

    fn url(&self, tag: UrlTag) -> Option<String> {
        let About {
            workspace,
            delivery,
            person,
            links,
            now,
            ..
        } = &self.about;
        match tag {
            UrlTag::Unsubscribe => Some(links.unsubscribe(&delivery.id)),
            UrlTag::ViewInBrowser => Some(links.view(&delivery.id)),
            UrlTag::ManageSubscriptionPreferences => {
                let person = person.as_ref()?.identifiers.cio_id;
                Some(links.preferences(*workspace, person, *now))
            }
            UrlTag::TrackingConsent => None,
        }
    }

    fn link(&self, link: &Link<'_>) -> Option<String> {
        let About {
            delivery, links, ..
        } = &self.about;
        Some(match link.track && delivery.tracking.links {
            true => links.click(&delivery.id, link.url),
            false => link.url.to_owned(),
        })
    }

    fn topic_name(&self, language: Option<&str>) -> Option<String> {
        let topic = self.about.said.topic_texts.as_ref()?;
        Some(topic.text_in(language).name.clone())
    }

    fn now(&self) -> i64 {
        i64::try_from(self.about.now / 1_000).unwrap_or(i64::MAX)
    }

    fn random(&self) -> u64 {
        u64::from_be_bytes(random::<8>())
    }
}
