//! The fields of a send, whatever its channel, and the setters that channels share.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use cio_wire::Identifier;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::TemplateId;
use super::attachments::Attachments;
use crate::json_object::{self, JsonObject};
use crate::{Device, Error, Timestamp, person};

/// The fields of a send by their names on the wire. What is not set is left out, so that
/// the template's own or the service's default holds.
#[derive(Clone, Default)]
pub(super) struct Fields {
    by_name: BTreeMap<Cow<'static, str>, Field>,
}

#[derive(Clone)]
pub(super) enum Field {
    Text(String),
    Flag(bool),
    Time(Timestamp),
    Template(TemplateId),
    Person(Identifier),
    Object(JsonObject),
    Texts(BTreeMap<String, String>),
    Device(Device),
    Attachments(Attachments),
    Other(Value),
}

impl Fields {
    /// The fields every send from a template has.
    pub(super) fn of_template(template: TemplateId, person: Identifier) -> Fields {
        let mut fields = Fields::default();
        fields.set("transactional_message_id", Field::Template(template));
        fields.set("identifiers", Field::Person(person));
        fields
    }

    pub(super) fn set(&mut self, name: &'static str, field: Field) {
        self.by_name.insert(name.into(), field);
    }

    /// A field by its name on the wire. A text keeps the rules of texts.
    pub(super) fn set_other(&mut self, name: String, value: Value) {
        let field = match value {
            Value::String(text) => Field::Text(text),
            other => Field::Other(other),
        };
        self.by_name.insert(name.into(), field);
    }

    pub(super) fn text(&self, name: &str) -> &str {
        match self.by_name.get(name) {
            Some(Field::Text(text)) => text,
            _ => "",
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// Adds an entry to a field that holds texts by name.
    pub(super) fn add_text(&mut self, name: &'static str, key: String, value: String) {
        let field = self.by_name.entry(name.into());
        let field = field.or_insert_with(|| Field::Texts(BTreeMap::new()));
        if let Field::Texts(texts) = field {
            texts.insert(key, value);
        }
    }

    pub(super) fn texts(&self, name: &str) -> impl Iterator<Item = (&String, &String)> {
        match self.by_name.get(name) {
            Some(Field::Texts(texts)) => Some(texts.iter()),
            _ => None,
        }
        .into_iter()
        .flatten()
    }

    pub(super) fn add_attachment(&mut self, name: String, content: Vec<u8>) {
        let field = self.by_name.entry("attachments".into());
        let field = field.or_insert_with(|| Field::Attachments(Attachments::default()));
        if let Field::Attachments(attachments) = field {
            attachments.add(name, content);
        }
    }

    /// Refuses blank texts among these.
    pub(super) fn require(&self, names: &[&'static str]) -> Result<(), Error> {
        match names.iter().find(|name| self.text(name).trim().is_empty()) {
            Some(name) => Err(Error::invalid_input(name, "must not be blank")),
            None => Ok(()),
        }
    }

    /// The body of the request.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] naming the first field that breaks a rule.
    pub(super) fn body(&self) -> Result<Bytes, Error> {
        let written: Result<BTreeMap<&str, Written<'_>>, Error> = self
            .by_name
            .iter()
            .map(|(name, field)| {
                // Only what has a setter of its own breaks a rule.
                let known = match name {
                    Cow::Borrowed(name) => name,
                    Cow::Owned(_) => "field",
                };
                Ok((name.as_ref(), field.write(known)?))
            })
            .collect();
        json_object::write(&written?, "message")
    }
}

/// A field that keeps to its rules, as it goes out.
#[derive(Serialize)]
#[serde(untagged)]
enum Written<'a> {
    Text(&'a str),
    Texts(&'a BTreeMap<String, String>),
    Raw(&'a RawValue),
    Value(Value),
}

impl Field {
    fn write(&self, name: &'static str) -> Result<Written<'_>, Error> {
        Ok(match self {
            Field::Text(text) => Written::Text(text),
            Field::Flag(flag) => Written::Value(Value::Bool(*flag)),
            Field::Time(time) => {
                time.check(name)?;
                Written::Value(time.unix_seconds().into())
            }
            Field::Template(template) => Written::Value(template.json()?),
            Field::Person(person) => Written::Value(person::identifiers(person)?),
            Field::Object(object) => Written::Raw(object.get(name)?),
            Field::Texts(texts) => Written::Texts(texts),
            Field::Device(device) => Written::Value(device.body("token")?),
            Field::Attachments(files) => Written::Value(Value::Object(files.body()?)),
            Field::Other(value) => Written::Value(value.clone()),
        })
    }
}

/// Contents and addresses are personal: only the names of what is set.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_name.keys()).finish()
    }
}

/// Setters that several channels have, for a type with a field `fields`.
macro_rules! setters {
    ($($setter:ident),* $(,)?) => { $( $crate::app::send::fields::setters!(@ $setter); )* };
    (@ message_data) => {
        /// Values for the template, `{{trigger.<key>}}`: anything that serialises to a
        /// JSON object.
        #[must_use]
        pub fn message_data(mut self, data: impl serde::Serialize) -> Self {
            let data = $crate::json_object::JsonObject::new(data);
            self.fields.set("message_data", $crate::app::send::fields::Field::Object(data));
            self
        }
    };
    (@ send_at) => {
        /// Send it then, in Unix seconds or as a `SystemTime`, at most 90 days ahead. A
        /// time in the past means now. Default: now.
        #[must_use]
        pub fn send_at(mut self, time: impl Into<$crate::Timestamp>) -> Self {
            self.fields.set("send_at", $crate::app::send::fields::Field::Time(time.into()));
            self
        }
    };
    (@ language) => {
        /// The language variant of the template, by its code. Default: the person's.
        #[must_use]
        pub fn language(self, code: impl Into<String>) -> Self {
            self.text("language", code)
        }
    };
    (@ queue_draft) => {
        /// Hold it as a draft, to be sent from the user interface. Default: no.
        #[must_use]
        pub fn queue_draft(self, hold: bool) -> Self {
            self.flag("queue_draft", hold)
        }
    };
    (@ auto_create) => {
        /// Create an empty template of that trigger name if there is none. Default: no.
        /// Without effect for a template named by its number.
        #[must_use]
        pub fn auto_create(self, create: bool) -> Self {
            self.flag("auto_create", create)
        }
    };
    (@ disable_message_retention) => {
        /// Do not keep the content after sending. Default: as the template says, else no.
        #[must_use]
        pub fn disable_message_retention(self, disable: bool) -> Self {
            self.flag("disable_message_retention", disable)
        }
    };
    (@ send_to_unsubscribed) => {
        /// Send it also to somebody who unsubscribed. Default: as the template says, else
        /// yes.
        #[must_use]
        pub fn send_to_unsubscribed(self, send: bool) -> Self {
            self.flag("send_to_unsubscribed", send)
        }
    };
    (@ tracked_links) => {
        /// Track clicks on links. Default: as the template says.
        #[must_use]
        pub fn tracked(self, tracked: bool) -> Self {
            self.flag("tracked", tracked)
        }
    };
    (@ field) => {
        /// Any other field of the reference, by its name on the wire. It replaces what is set
        /// already, and wins over nothing that is set later.
        #[must_use]
        pub fn field(
            mut self,
            name: impl Into<String>,
            value: impl Into<serde_json::Value>,
        ) -> Self {
            self.fields.set_other(name.into(), value.into());
            self
        }
    };
    (@ text) => {
        fn text(mut self, name: &'static str, value: impl Into<String>) -> Self {
            let value = $crate::app::send::fields::Field::Text(value.into());
            self.fields.set(name, value);
            self
        }
    };
    (@ flag) => {
        fn flag(mut self, name: &'static str, value: bool) -> Self {
            self.fields.set(name, $crate::app::send::fields::Field::Flag(value));
            self
        }
    };
}
pub(super) use setters;
