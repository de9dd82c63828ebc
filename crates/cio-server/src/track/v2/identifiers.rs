//! How operations name people, visitors and objects.

use cio_domain::limits::{ATTRIBUTE_VALUE_BYTES_MAX, OBJECT_ID_BYTES_MAX, PERSON_ID_BYTES_MAX};
use cio_domain::object::{ObjectRef, ObjectTypeId};
use cio_domain::operation::Subject;
use cio_wire::Identifier;
use serde_json::value::RawValue;

use crate::ingest::{Invalid, event};
use crate::json::{self, Fields};

/// Every name that names somebody.
const NAMES: [&str; 5] = ["id", "email", "cio_id", "phone", "anonymous_id"];

/// The person in the field `at`: exactly one name, and not that of a visitor.
pub(super) fn read_person(fields: &Fields<'_>, at: &'static str) -> Result<Identifier, Invalid> {
    match read_subject(fields, at)? {
        Subject::Person(person) => Ok(person),
        Subject::Visitor(_) => Err(Invalid::wrong(
            "anonymous_id",
            "this operation needs a person: id, email or cio_id",
        )
        .within(at)),
    }
}

/// The person or visitor in the field `at`: exactly one name.
pub(super) fn read_subject(fields: &Fields<'_>, at: &'static str) -> Result<Subject, Invalid> {
    let names = nested(fields, at)?;
    let mut given = NAMES
        .into_iter()
        .filter_map(|name| Some((name, names.present(name)?)));
    let Some((name, value)) = given.next() else {
        let text = format!("{at} must hold one of id, email and cio_id");
        return Err(Invalid::required(at, text));
    };
    if given.next().is_some() {
        let text = format!("{at} must hold exactly one of id, email and cio_id");
        return Err(Invalid::wrong(at, text));
    }
    named(name, value).map_err(|invalid| invalid.within(at))
}

fn named(name: &'static str, value: &RawValue) -> Result<Subject, Invalid> {
    Ok(Subject::Person(match name {
        "id" => Identifier::Id(short_text(name, value, PERSON_ID_BYTES_MAX)?),
        "email" => {
            let email = short_text(name, value, ATTRIBUTE_VALUE_BYTES_MAX)?;
            Identifier::Email(email.trim().to_owned())
        }
        "cio_id" => {
            let cio_id = short_text(name, value, PERSON_ID_BYTES_MAX)?;
            let bare = cio_id.strip_prefix("cio_").unwrap_or(&cio_id);
            Identifier::CioId(bare.to_owned())
        }
        "phone" => {
            let text = "this workspace has no phone numbers as identifiers";
            return Err(Invalid::wrong(name, text));
        }
        _ => {
            let visitor = event::read_anonymous_id(Some(value))?;
            return visitor
                .map(Subject::Visitor)
                .ok_or_else(|| Invalid::required(name, format!("{name} cannot be blank")));
        }
    }))
}

/// The object in `identifiers`: its type and id, or the id assigned here.
pub(super) fn read_object(fields: &Fields<'_>) -> Result<ObjectRef, Invalid> {
    const AT: &str = "identifiers";
    let names = nested(fields, AT)?;
    let type_id = names
        .present("object_type_id")
        .or_else(|| names.present("objectTypeId"));
    let id = names
        .present("object_id")
        .or_else(|| names.present("objectId"));
    if let Some(assigned) = names.present("cio_object_id") {
        if type_id.is_some() || id.is_some() {
            let text = "identifiers must hold object_type_id and object_id, or cio_object_id";
            return Err(Invalid::wrong(AT, text));
        }
        return short_text("cio_object_id", assigned, OBJECT_ID_BYTES_MAX)
            .map(ObjectRef::CioId)
            .map_err(|invalid| invalid.within(AT));
    }
    let required = |name: &'static str, value: Option<_>| {
        let missing = || Invalid::required(name, format!("{name} is required")).within(AT);
        value.ok_or_else(missing)
    };
    let type_id =
        read_type(required("object_type_id", type_id)?).map_err(|invalid| invalid.within(AT))?;
    let id = short_text("object_id", required("object_id", id)?, OBJECT_ID_BYTES_MAX)
        .map_err(|invalid| invalid.within(AT))?;
    Ok(ObjectRef::Id(type_id, id))
}

/// The number of a type of objects, from 1, as a number or a text.
pub(crate) fn read_type(value: &RawValue) -> Result<ObjectTypeId, Invalid> {
    json::text(value)
        .and_then(|text| text.trim().parse::<u32>().ok())
        .filter(|number| *number > 0)
        .map(ObjectTypeId)
        .ok_or_else(|| {
            let text = "object_type_id must be the number of a type of objects: 1 or more";
            Invalid::wrong("object_type_id", text)
        })
}

/// A text that says something and is not too long; a number is its text.
pub(crate) fn short_text(
    name: &'static str,
    value: &RawValue,
    bytes_max: usize,
) -> Result<String, Invalid> {
    let text = json::text(value)
        .ok_or_else(|| Invalid::wrong(name, format!("{name} must be a string")))?;
    if text.trim().is_empty() {
        return Err(Invalid::required(name, format!("{name} cannot be blank")));
    }
    if text.len() > bytes_max {
        let text = format!("{name} cannot be longer than {bytes_max} bytes");
        return Err(Invalid::wrong(name, text));
    }
    Ok(text)
}

/// The fields of the object in the field `at`.
pub(super) fn nested<'a>(fields: &Fields<'a>, at: &'static str) -> Result<Fields<'a>, Invalid> {
    let value = fields
        .present(at)
        .ok_or_else(|| Invalid::required(at, format!("{at} is required")))?;
    json::fields(value.get().as_bytes())
        .map_err(|_| Invalid::wrong(at, format!("{at} must be an object")))
}
