//! Definitions of JSON.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::fields::{Fields, Misfit, join};
use super::{Definition, Kind, messages};
use crate::condition::Condition;
use crate::content::collection::{CollectionName, Rows};
use crate::content::language;
use crate::content::preference_center::{Header, PreferenceCenter};
use crate::content::sender::{Contact, NewSender};
use crate::content::snippet::NewSnippet;
use crate::content::topic::{Topic, TopicText};
use crate::limits::{SEGMENT_TEXT_BYTES_MAX, TRANSLATIONS_MAX};
use crate::segment::NewSegment;
use crate::workspace;

impl Definition {
    /// Reads a definition. The name of a sender is in its JSON, and not looked at.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn from_json(kind: Kind, name: &str, json: &str) -> Result<Definition, Misfit> {
        if kind == Kind::Collection {
            return collection(name, json);
        }
        let value: Value = serde_json::from_str(json)
            .map_err(|error| Misfit::new("", format!("is not valid JSON: {error}")))?;
        match kind {
            Kind::Workspace => settings(&value),
            Kind::PreferenceCenter => center(&value).map(Definition::PreferenceCenter),
            Kind::Sender => sender(&value).map(Definition::Sender),
            Kind::Topic => topic(name, &value).map(Definition::Topic),
            Kind::Segment => segment(name, &value).map(Definition::Segment),
            Kind::Layout => messages::layout(name, &value).map(Definition::Layout),
            Kind::TransactionalMessage => messages::transactional(name, &value)
                .map(|message| Definition::TransactionalMessage(Box::new(message))),
            Kind::Broadcast => messages::broadcast(name, &value)
                .map(|broadcast| Definition::Broadcast(Box::new(broadcast))),
            Kind::Snippet | Kind::Collection => {
                let fields = Fields::read(&value, "", &["value"])?;
                NewSnippet::new(name, fields.required_text("value")?)
                    .map(Definition::Snippet)
                    .map_err(|invalid| Misfit::invalid("", invalid))
            }
        }
    }
}

fn settings(value: &Value) -> Result<Definition, Misfit> {
    let fields = Fields::read(value, "", &["name"])?;
    workspace::name(fields.required_text("name")?)
        .map(Definition::Workspace)
        .map_err(|invalid| Misfit::invalid("", invalid))
}

fn center(value: &Value) -> Result<PreferenceCenter, Misfit> {
    let fields = Fields::read(value, "", &["title", "subtitle", "translations"])?;
    let header = |fields: &Fields<'_>, path: &str| {
        Header::new(fields.required_text("title")?, fields.text("subtitle")?)
            .map_err(|invalid| Misfit::invalid(path, invalid))
    };
    Ok(PreferenceCenter {
        header: header(&fields, "")?,
        translations: translations(&fields, &["title", "subtitle"], header)?,
    })
}

fn sender(value: &Value) -> Result<NewSender, Misfit> {
    let fields = Fields::read(value, "", &["name", "email", "phone", "hidden"])?;
    let contact = match (
        fields.optional_text("email")?,
        fields.optional_text("phone")?,
    ) {
        (Some(email), None) => Contact::Email(email.to_owned()),
        (None, Some(phone)) => Contact::Phone(phone.to_owned()),
        _ => return Err(Misfit::new("", "must have either email or phone")),
    };
    let hidden = fields.flag("hidden")?.unwrap_or(false);
    NewSender::new(fields.text("name")?, contact, hidden)
        .map_err(|invalid| Misfit::invalid("", invalid))
}

fn topic(name: &str, value: &Value) -> Result<Topic, Misfit> {
    let known = &[
        "name",
        "description",
        "subscribed_by_default",
        "translations",
    ];
    let fields = Fields::read(value, "", known)?;
    let text = |fields: &Fields<'_>, path: &str| {
        TopicText::new(fields.required_text("name")?, fields.text("description")?)
            .map_err(|invalid| Misfit::invalid(path, invalid))
    };
    let by_default = fields.flag("subscribed_by_default")?;
    let by_default =
        by_default.ok_or_else(|| Misfit::new("subscribed_by_default", "is required"))?;
    Ok(Topic {
        id: name
            .parse()
            .map_err(|_| Misfit::new("", "must be called topic_ and a number from 1"))?,
        text: text(&fields, "")?,
        subscribed_by_default: by_default,
        translations: translations(&fields, &["name", "description"], text)?,
    })
}

/// Texts by language.
fn translations<T>(
    fields: &Fields<'_>,
    known: &'static [&'static str],
    read: impl Fn(&Fields<'_>, &str) -> Result<T, Misfit>,
) -> Result<BTreeMap<String, T>, Misfit> {
    let mut all = BTreeMap::new();
    for (key, value) in fields.object("translations")?.into_iter().flatten() {
        let path = join("translations", key);
        let name = language::name(key)
            .ok_or_else(|| Misfit::new(path.as_str(), "is not a language's code, such as de"))?;
        let text = read(&Fields::read(value, &path, known)?, &path)?;
        if all.insert(name, text).is_some() {
            return Err(Misfit::new(path, "is there twice, in another spelling"));
        }
    }
    if all.len() > TRANSLATIONS_MAX {
        let problem = format!("cannot be more than {TRANSLATIONS_MAX}");
        return Err(Misfit::new("translations", problem));
    }
    Ok(all)
}

fn segment(name: &str, value: &Value) -> Result<NewSegment<String>, Misfit> {
    let fields = Fields::read(value, "", &["description", "condition"])?;
    let (name, description) = (name.trim(), fields.text("description")?.trim());
    for (field, text) in [("name", name), ("description", description)] {
        if text.len() > SEGMENT_TEXT_BYTES_MAX {
            let problem = format!("cannot be longer than {SEGMENT_TEXT_BYTES_MAX} bytes");
            return Err(Misfit::new(field, problem));
        }
    }
    if name.is_empty() {
        return Err(Misfit::new("name", "is required"));
    }
    let condition = fields
        .get("condition")
        .map(|condition| Condition::from_json_by_name(condition, "condition"));
    Ok(NewSegment {
        name: name.to_owned(),
        description: description.to_owned(),
        condition: condition.transpose()?,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CollectionFields<'a> {
    #[serde(borrow)]
    rows: &'a RawValue,
}

/// Its rows are not read into values: numbers stay as they are written.
fn collection(name: &str, json: &str) -> Result<Definition, Misfit> {
    let fields: CollectionFields<'_> = serde_json::from_str(json)
        .map_err(|error| Misfit::new("", format!("must have rows: {error}")))?;
    let name = CollectionName::new(name).map_err(|invalid| Misfit::invalid("", invalid))?;
    let rows =
        Rows::from_json(fields.rows.get()).map_err(|problem| Misfit::new("rows", problem))?;
    Ok(Definition::Collection(name, rows))
}
