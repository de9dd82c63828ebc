//! How people are named in operations, and the checks on names.

use std::fmt;

use cio_wire::Identifier;
use serde_json::{Value, json};

use crate::Error;

/// An id that the caller chose, of a person or an object.
const ID_BYTES_MAX: usize = 150;
/// E.164.
const PHONE_DIGITS_MAX: usize = 15;

/// One way to name a person in an operation. There is one more than in
/// [`Identifier`]: the phone number.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PersonId {
    /// The id the caller chose, up to 150 bytes. Case-sensitive.
    Id(String),
    /// The email address. Case-insensitive.
    Email(String),
    /// The phone number in E.164: `+4915112345678`. The workspace must have it switched
    /// on as an identifier.
    Phone(String),
    /// The immutable id the service assigned.
    CioId(String),
}

impl PersonId {
    pub(super) fn identifiers(&self) -> Result<Value, Error> {
        match self {
            PersonId::Id(id) => {
                check_id("person", id)?;
                Ok(json!({ "id": id }))
            }
            PersonId::Email(email) => {
                check_not_blank("person", email)?;
                Ok(json!({ "email": email }))
            }
            PersonId::Phone(phone) => {
                check_phone(phone)?;
                Ok(json!({ "phone": phone }))
            }
            PersonId::CioId(cio_id) => {
                // Bodies hold it without the prefix it has in paths.
                let cio_id = cio_id.strip_prefix("cio_").unwrap_or(cio_id);
                check_not_blank("person", cio_id)?;
                Ok(json!({ "cio_id": cio_id }))
            }
        }
    }

    const fn parts(&self) -> (&'static str, &String) {
        match self {
            PersonId::Id(value) => ("id", value),
            PersonId::Email(value) => ("email", value),
            PersonId::Phone(value) => ("phone", value),
            PersonId::CioId(value) => ("cio_id", value),
        }
    }
}

pub(super) fn check_not_blank(field: &'static str, value: &str) -> Result<(), Error> {
    match value.trim().is_empty() {
        true => Err(Error::invalid_input(field, "must not be blank")),
        false => Ok(()),
    }
}

/// An id that the caller chose.
pub(super) fn check_id(field: &'static str, id: &str) -> Result<(), Error> {
    check_not_blank(field, id)?;
    if id.len() > ID_BYTES_MAX {
        return Err(Error::invalid_input(
            field,
            format!(
                "must be named by an id of at most {ID_BYTES_MAX} bytes; this one has {}",
                id.len()
            ),
        ));
    }
    Ok(())
}

fn check_phone(phone: &str) -> Result<(), Error> {
    let is_e164 = phone.strip_prefix('+').is_some_and(|digits| {
        (1..=PHONE_DIGITS_MAX).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    match is_e164 {
        true => Ok(()),
        false => Err(Error::invalid_input(
            "phone",
            "must be in E.164: a plus and up to 15 digits, nothing else",
        )),
    }
}

/// Personal data does not belong in logs: the kind and the length are shown.
impl fmt::Debug for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, value) = self.parts();
        write!(f, "{kind}([{} bytes])", value.len())
    }
}

impl From<Identifier> for PersonId {
    fn from(person: Identifier) -> Self {
        match person {
            Identifier::Id(id) => PersonId::Id(id),
            Identifier::Email(email) => PersonId::Email(email),
            Identifier::CioId(cio_id) => PersonId::CioId(cio_id),
        }
    }
}

/// What is an [`Identifier`] by itself names a person in an operation too.
macro_rules! through_identifier {
    ($($value:ty),*) => {$(
        impl From<$value> for PersonId {
            fn from(value: $value) -> Self {
                PersonId::from(Identifier::from(value))
            }
        }
    )*};
}
through_identifier!(&Identifier, &str, String, &String, u32, u64, i32, i64);
