//! Reading a trigger: one of six ways to say whom it is for, and what belongs to each.

use cio_domain::limits::{TRIGGER_DATA_BYTES_MAX, TRIGGER_PEOPLE_MAX, TRIGGER_URL_BYTES_MAX};
use cio_domain::trigger::{Selector, WhenMissing};
use cio_wire::Identifier;
use serde_json::value::RawValue;

use crate::broadcasts::named::{self, Named};
use crate::error::{ApiError, Family};
use crate::fetch;
use crate::json::{self, Fields};

const ID_FLAG: &str = "id_ignore_missing";
const EMAIL_FLAG: &str = "email_ignore_missing";
const DUPLICATES_FLAG: &str = "email_add_duplicates";

/// Whom a trigger is for, as it says so.
#[derive(Debug, PartialEq)]
pub(super) enum Asked {
    Default,
    /// A filter, as JSON.
    Recipients(String),
    People(Vec<Named>),
    File(String),
}

/// What a trigger says.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) selector: Selector,
    pub(super) asked: Asked,
    pub(super) data: Option<String>,
    pub(super) missing: WhenMissing,
}

/// Reads a body.
pub(super) fn read(body: &[u8]) -> Result<Request, ApiError> {
    let fields = json::fields(body)
        .map_err(|error| ApiError::bad_request(Family::App, &error.to_string()))?;
    let selector = selector(&fields)?;
    check_fields(&fields, selector)?;
    let flag = |name| match fields.present(name) {
        None => Ok(false),
        Some(value) => json::boolean(value).ok_or_else(|| wrong(name, "must be true or false")),
    };
    Ok(Request {
        selector,
        asked: asked(&fields, selector)?,
        data: data(&fields)?,
        missing: WhenMissing {
            ignore_ids: flag(ID_FLAG)?,
            ignore_emails: flag(EMAIL_FLAG)?,
            add_duplicates: flag(DUPLICATES_FLAG)?,
        },
    })
}

fn wrong(field: &str, problem: &str) -> ApiError {
    ApiError::unprocessable(field, &format!("\"{field}\" {problem}"))
}

/// The field that says whom it is for. Clients that have nothing to say of it send
/// `recipients` without anything in it.
fn selector(fields: &Fields<'_>) -> Result<Selector, ApiError> {
    let given = Selector::ALL
        .into_iter()
        .filter(|it| *it != Selector::Default)
        .filter(|it| fields.present(it.field()).is_some_and(|it| !is_empty(it)));
    let given: Vec<Selector> = given.collect();
    match given[..] {
        [] => Ok(Selector::Default),
        [one] => Ok(one),
        [first, second, ..] => Err(ApiError::unprocessable(
            second.field(),
            &format!(
                "\"{}\" and \"{}\" both say whom it is for: send one of them",
                first.field(),
                second.field()
            ),
        )),
    }
}

/// An object without fields.
fn is_empty(value: &RawValue) -> bool {
    value
        .get()
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .eq(*b"{}")
}

/// A field that does not belong to how the trigger says whom it is for is refused, and not
/// left out: whoever sent it expects it to matter.
fn check_fields(fields: &Fields<'_>, selector: Selector) -> Result<(), ApiError> {
    use Selector::{DataFile, Emails, Ids, PerUserData};
    for (name, value) in fields.iter() {
        if value.get() == "null" {
            continue;
        }
        let belongs_to: &[Selector] = match name {
            "data" => continue,
            _ if Selector::ALL.iter().any(|it| it.field() == name) => continue,
            ID_FLAG => &[Ids, PerUserData, DataFile],
            EMAIL_FLAG | DUPLICATES_FLAG => &[Emails, PerUserData, DataFile],
            _ => {
                let name: String = name.chars().take(100).collect();
                let problem = format!(
                    "is no field of a trigger: those are data, recipients, emails, ids, \
                     per_user_data, data_file_url, {ID_FLAG}, {EMAIL_FLAG} and {DUPLICATES_FLAG}"
                );
                return Err(wrong(&name, &problem));
            }
        };
        if !belongs_to.contains(&selector) {
            let with: Vec<&str> = belongs_to.iter().map(|it| it.field()).collect();
            let problem = format!("is of no use here: it belongs to {}", with.join(", "));
            return Err(wrong(name, &problem));
        }
    }
    Ok(())
}

fn data(fields: &Fields<'_>) -> Result<Option<String>, ApiError> {
    match fields.present("data") {
        None => Ok(None),
        Some(data) if !json::is_object(data) => Err(wrong("data", "must be an object")),
        Some(data) if data.get().len() > TRIGGER_DATA_BYTES_MAX => Err(wrong(
            "data",
            &format!("cannot be larger than {TRIGGER_DATA_BYTES_MAX} bytes"),
        )),
        Some(data) if is_empty(data) => Ok(None),
        Some(data) => Ok(Some(data.get().to_owned())),
    }
}

fn asked(fields: &Fields<'_>, selector: Selector) -> Result<Asked, ApiError> {
    let field = selector.field();
    let Some(value) = fields
        .present(field)
        .filter(|_| selector != Selector::Default)
    else {
        return Ok(Asked::Default);
    };
    let name = |read: fn(String) -> Identifier| {
        move |value: &RawValue| {
            json::text(value)
                .filter(|text| !text.trim().is_empty())
                .map(|text| Named {
                    name: read(text),
                    data: None,
                })
                .ok_or_else(|| "must be a text that is not empty".to_owned())
        }
    };
    let email = |text: String| Identifier::Email(text.trim().to_owned());
    Ok(match selector {
        Selector::Default => Asked::Default,
        Selector::Recipients => Asked::Recipients(value.get().to_owned()),
        Selector::Emails => Asked::People(people(field, value, name(email))?),
        Selector::Ids => Asked::People(people(field, value, name(Identifier::Id))?),
        Selector::PerUserData => Asked::People(people(field, value, |entry| {
            named::read(entry.get().as_bytes())
        })?),
        Selector::DataFile => Asked::File(url(field, value)?),
    })
}

/// The people of a list, each read by itself.
fn people(
    field: &str,
    value: &RawValue,
    read: impl Fn(&RawValue) -> Result<Named, String>,
) -> Result<Vec<Named>, ApiError> {
    let items = json::items(value).ok_or_else(|| wrong(field, "must be a list"))?;
    if items.is_empty() {
        return Err(wrong(field, "must name somebody"));
    }
    if items.len() > TRIGGER_PEOPLE_MAX {
        let problem = format!(
            "names {} people: a trigger can name {TRIGGER_PEOPLE_MAX}, and a file any number",
            items.len()
        );
        return Err(wrong(field, &problem));
    }
    let items = items.into_iter().enumerate();
    items
        .map(|(number, item)| {
            read(item).map_err(|problem| {
                let text = format!("\"{field}[{number}]\" {problem}");
                ApiError::unprocessable(field, &text)
            })
        })
        .collect()
}

fn url(field: &str, value: &RawValue) -> Result<String, ApiError> {
    let url: Option<String> = serde_json::from_str(value.get()).ok();
    let url = url.ok_or_else(|| wrong(field, "must be a string"))?;
    if url.len() > TRIGGER_URL_BYTES_MAX {
        let problem = format!("cannot be longer than {TRIGGER_URL_BYTES_MAX} bytes");
        return Err(wrong(field, &problem));
    }
    fetch::check_url(&url)
        .map_err(|error| ApiError::unprocessable(field, &format!("\"{field}\": {error}")))?;
    Ok(url)
}
