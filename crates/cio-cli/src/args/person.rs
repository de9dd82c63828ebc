//! How a person is named.

use std::str::FromStr;

use cio_wire::Identifier;

/// `42`, `ana@example.com`, `cio_0a1b`, or with the kind said: `id:ana@example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person(pub(crate) Identifier);

impl FromStr for Person {
    type Err = String;

    fn from_str(text: &str) -> Result<Person, String> {
        let identifier = match text.split_once(':') {
            Some(("id", value)) => Identifier::Id(value.to_owned()),
            Some(("email", value)) => Identifier::Email(value.to_owned()),
            Some(("cio_id", value)) => Identifier::CioId(value.to_owned()),
            _ => Identifier::infer(text),
        };
        match identifier.value().trim().is_empty() {
            true => Err("it names nobody; say an id, an email address or cio_id:…".to_owned()),
            false => Ok(Person(identifier)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_said_or_seen() {
        for (text, expected) in [
            ("42", Identifier::Id("42".into())),
            (
                "ana@example.com",
                Identifier::Email("ana@example.com".into()),
            ),
            (
                "id:ana@example.com",
                Identifier::Id("ana@example.com".into()),
            ),
            ("email:ana", Identifier::Email("ana".into())),
            ("cio_id:0a1b", Identifier::CioId("0a1b".into())),
            ("cio_0a1b", Identifier::CioId("0a1b".into())),
            ("user:7", Identifier::Id("user:7".into())),
        ] {
            assert_eq!(text.parse(), Ok(Person(expected)), "{text}");
        }
        assert!("".parse::<Person>().is_err());
        assert!("id:".parse::<Person>().is_err());
    }
}
