//! Checks on identifiers, before they become part of a path.

use cio_wire::{Identifier, percent_encode_segment};

use crate::Error;

/// The identifier as one segment of a Track v1 path.
///
/// # Errors
///
/// [`Error::InvalidInput`] if it is blank, or a dot segment: those are taken out of a
/// URL, so a request about one person would become one about all.
pub(crate) fn path_segment(person: &Identifier) -> Result<String, Error> {
    check(person)?;
    Ok(without_prefix(person).path_segment())
}

/// The value alone as one path segment, for paths that are followed by `id_type`.
pub(crate) fn bare_path_segment(person: &Identifier) -> Result<String, Error> {
    check(person)?;
    Ok(percent_encode_segment(without_prefix(person).value()))
}

/// `{"id":…}`, `{"email":…}` or `{"cio_id":…}`.
pub(crate) fn identifiers(person: &Identifier) -> Result<serde_json::Value, Error> {
    check(person)?;
    let person = without_prefix(person);
    Ok(serde_json::json!({ person.id_type(): person.value() }))
}

/// The value alone, for lists in bodies.
pub(crate) fn bare_value(person: &Identifier) -> Result<String, Error> {
    check(person)?;
    Ok(without_prefix(person).value().to_owned())
}

/// People in one call: the kind of identifier they all have, and their values.
///
/// # Errors
///
/// [`Error::InvalidInput`] for nobody, more than `max`, a blank one or different kinds.
pub(crate) fn of_one_kind(
    people: &[Identifier],
    max: usize,
) -> Result<(&'static str, Vec<String>), Error> {
    let Some(first) = people.first() else {
        return Err(Error::invalid_input("people", "must name somebody"));
    };
    let count = people.len();
    if count > max {
        return Err(Error::invalid_input(
            "people",
            format!("may name {max} people in one call; these are {count}"),
        ));
    }
    let id_type = first.id_type();
    if people.iter().any(|person| person.id_type() != id_type) {
        return Err(Error::invalid_input(
            "people",
            "must all be named by the same kind of identifier in one call",
        ));
    }
    let values = people.iter().map(bare_value).collect::<Result<_, _>>()?;
    Ok((id_type, values))
}

fn check(person: &Identifier) -> Result<(), Error> {
    segment("person", person.value()).map(drop)
}

/// Any other value that becomes a path segment.
pub(crate) fn segment(field: &'static str, value: &str) -> Result<String, Error> {
    if value.trim().is_empty() {
        return Err(Error::invalid_input(field, "must not be blank"));
    }
    if matches!(value, "." | "..") {
        return Err(Error::invalid_input(
            field,
            "must not be \".\" or \"..\", which cannot be a segment of a URL",
        ));
    }
    Ok(percent_encode_segment(value))
}

/// The API shows a `cio_id` with and without its prefix; the variant holds it without.
fn without_prefix(person: &Identifier) -> Identifier {
    match person {
        Identifier::CioId(value) => {
            Identifier::CioId(value.strip_prefix("cio_").unwrap_or(value).to_owned())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_and_dot_identifiers_are_refused() {
        for value in ["", "  ", "\t\n", ".", ".."] {
            assert!(path_segment(&Identifier::from(value)).is_err(), "{value:?}");
            assert!(bare_path_segment(&Identifier::Email(value.into())).is_err());
        }
    }

    #[test]
    fn a_cio_id_has_its_prefix_in_track_paths_only_and_once() {
        for value in ["a3", "cio_a3"] {
            let person = Identifier::CioId(value.into());
            assert_eq!(path_segment(&person).unwrap(), "cio_a3");
            assert_eq!(bare_path_segment(&person).unwrap(), "a3");
            assert_eq!(
                identifiers(&person).unwrap(),
                serde_json::json!({"cio_id": "a3"})
            );
        }
    }
}
