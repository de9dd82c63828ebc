//! People as triggers name them: by id or address, each with data of their own.

use cio_domain::WorkspaceId;
use cio_domain::limits::TRIGGER_LINE_BYTES_MAX;
use cio_domain::trigger::{Recipient, WhenMissing};
use cio_store::{Store, StoreError};
use cio_wire::Identifier;

use crate::json::{self, Fields};

/// Somebody named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: Identifier,
    /// A JSON object as text.
    pub(crate) data: Option<String>,
}

/// Reads `{"id" or "email", "data"}`. The text says what is wrong.
pub(crate) fn read(text: &[u8]) -> Result<Named, String> {
    const WRONG: &str = "must be an object with exactly one of id or email, and data";
    if text.trim_ascii_start().first() != Some(&b'{') {
        return Err(WRONG.to_owned());
    }
    let fields = json::fields(text).map_err(|error| match error {
        json::NotFields::Malformed(_) => "is not valid JSON".to_owned(),
        json::NotFields::NotAnObject => WRONG.to_owned(),
        json::NotFields::TooDeep => "is nested too deep".to_owned(),
    })?;
    for (name, _) in fields.iter() {
        if !["id", "email", "data"].contains(&name) {
            let name: String = name.chars().take(100).collect();
            return Err(format!("has the field {name:?}: it {WRONG}"));
        }
    }
    let name = match (text_of(&fields, "id")?, text_of(&fields, "email")?) {
        (Some(id), None) => Identifier::Id(id),
        (None, Some(email)) => Identifier::Email(email.trim().to_owned()),
        _ => return Err(WRONG.to_owned()),
    };
    let data = match fields.present("data") {
        None => None,
        Some(data) if !json::is_object(data) => {
            return Err("has data that is not an object".to_owned());
        }
        Some(data) if data.get().len() > TRIGGER_LINE_BYTES_MAX => {
            return Err(format!(
                "has more than {TRIGGER_LINE_BYTES_MAX} bytes of data"
            ));
        }
        Some(data) => Some(data.get().to_owned()),
    };
    Ok(Named { name, data })
}

fn text_of(fields: &Fields<'_>, name: &str) -> Result<Option<String>, String> {
    let Some(value) = fields.present(name) else {
        return Ok(None);
    };
    json::text(value)
        .filter(|text| !text.trim().is_empty())
        .map(Some)
        .ok_or_else(|| format!("has an {name} that is not a text, or empty"))
}

/// The people some names mean, each with their data, or why a name cannot be sent to: of each
/// name in its order.
pub(crate) async fn find(
    store: &dyn Store,
    workspace: WorkspaceId,
    missing: WhenMissing,
    named: Vec<Named>,
) -> Result<Vec<Result<Vec<Recipient>, String>>, StoreError> {
    let names = named.iter().map(|it| it.name.clone()).collect();
    let found = store.find_people(workspace, names).await?;
    let both = named.into_iter().zip(found);
    Ok(both
        .map(|(Named { name, mut data }, people)| {
            missing.check(&name, people.len())?;
            let last = people.len().saturating_sub(1);
            let people = people.into_iter().enumerate();
            // There is nearly always one, and there may be much to copy.
            Ok(people
                .map(|(number, person)| Recipient {
                    person,
                    data: match number == last {
                        true => data.take(),
                        false => data.clone(),
                    },
                })
                .collect())
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named_by_id_or_email() {
        let id = |value: &str| Identifier::Id(value.to_owned());
        for (text, name, data) in [
            (r#"{"id":"1"}"#, id("1"), None),
            (r#"{"id":1,"data":null}"#, id("1"), None),
            (
                r#" {"email":" a@b ","id":null,"data":{"n": 1}} "#,
                Identifier::Email("a@b".to_owned()),
                Some(r#"{"n": 1}"#),
            ),
        ] {
            let named = read(text.as_bytes()).unwrap();
            assert_eq!((named.name, named.data.as_deref()), (name, data), "{text}");
        }
    }

    #[test]
    fn what_names_nobody_is_refused_in_words() {
        let wrong = "must be an object with exactly one of id or email, and data";
        let large = format!(r#"{{"id":"1","data":{{"a":"{}"}}}}"#, "x".repeat(2 << 20));
        let deep = format!(
            r#"{{"id":"1","data":{}1{}}}"#,
            "[".repeat(200),
            "]".repeat(200)
        );
        for (text, error) in [
            ("", wrong),
            ("null", wrong),
            ("[1]", wrong),
            ("{}", wrong),
            (r#"{"id":"1","email":"a@b"}"#, wrong),
            (r#"{"id":"1""#, "is not valid JSON"),
            (r#"{"id":"1"} x"#, "is not valid JSON"),
            (r#"{"id":" "}"#, "has an id that is not a text, or empty"),
            (
                r#"{"email":[]}"#,
                "has an email that is not a text, or empty",
            ),
            (r#"{"id":"1","data":[]}"#, "has data that is not an object"),
            (&large, "has more than 2097152 bytes of data"),
            (&deep, "is nested too deep"),
        ] {
            let said = read(text.as_bytes()).unwrap_err();
            assert_eq!(said, error, "{}", &text[..text.len().min(50)]);
        }
        let said = read(br#"{"id":"1","Data":{}}"#).unwrap_err();
        assert_eq!(said, format!("has the field \"Data\": it {wrong}"));
    }
}
