//! People whose kind of identifier cannot be told from its shape.
//!
//! The calls of the first Track API have a person in their path, and the service takes what
//! looks like an address for one. Those of the second say which kind it is: they are made where
//! the guess would be wrong, for `id:ana@example.com`.

use customerio::entity::{self, Person};
use customerio::{Identifier, Request};

/// What says the kind of this identifier, if its shape says another.
fn exactly(person: &Identifier) -> Option<Person> {
    let guessed = match person {
        Identifier::CioId(_) => return None,
        Identifier::Id(value) | Identifier::Email(value) => Identifier::infer(value),
    };
    (guessed.id_type() != person.id_type()).then(|| entity::person(person.clone()))
}

/// The call about a person that says who they are, in one way or the other.
pub(super) fn call(
    person: &Identifier,
    by_path: impl FnOnce(&Identifier) -> Request<()>,
    exact: impl FnOnce(Person) -> Request<()>,
) -> Request<()> {
    match exactly(person) {
        Some(person) => exact(person),
        None => by_path(person),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_be_guessed_wrong_is_said_otherwise() {
        let id = |value: &str| Identifier::Id(value.into());
        let email = |value: &str| Identifier::Email(value.into());
        for person in [
            id("42"),
            email("ana@example.com"),
            Identifier::CioId("a1".into()),
        ] {
            assert!(exactly(&person).is_none(), "{}", person.value());
        }
        for person in [id("ana@example.com"), id("cio_a1"), email("ana")] {
            assert!(exactly(&person).is_some(), "{}", person.value());
        }
    }
}
