//! Which person an identify means: the table of the Track API's reference, as one pure
//! function. A backend looks the owners up and carries the answer out.

use std::fmt;
use std::str::FromStr;

use crate::Ignored;

/// A person's number in their workspace. On the wire it is the `cio_id`: lower-case hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonId(pub u64);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// A `cio_id` that this server never gave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACioId;

impl FromStr for PersonId {
    type Err = NotACioId;

    fn from_str(text: &str) -> Result<Self, NotACioId> {
        let id = u64::from_str_radix(text, 16)
            .map(PersonId)
            .map_err(|_| NotACioId)?;
        // One spelling per id, so that no two texts can name the same person.
        (id.to_string() == text).then_some(id).ok_or(NotACioId)
    }
}

/// Who holds an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Nobody.
    Free,
    /// This person.
    Person(PersonId),
    /// Blocked by a suppression.
    Suppressed,
    /// A `cio_id` that names nobody: it cannot be claimed either.
    UnknownCioId,
}

/// Who holds the identifiers of one identify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owners {
    /// The identifier in the path.
    pub path: Claim,
    /// The `id` in the body, if there is one and it differs from the path.
    pub body_id: Option<Claim>,
    /// The `email` in the body, if there is one and it differs from the path.
    pub body_email: Option<Claim>,
}

/// What an identify does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Update this person.
    Update(PersonId),
    /// Create a person.
    Create,
    /// Do nothing; the answer is a success all the same.
    Ignore(Ignored),
}

/// Decides which person an identify means.
///
/// A path that belongs to nobody while the body names somebody means that somebody, who
/// then gets the path's identifier too. Whether each single identifier of the body may
/// be written is [`may_claim`].
pub fn resolve(owners: &Owners, update_only: bool) -> Resolution {
    let body = [owners.body_id, owners.body_email];
    let suppressed = |claim: &Option<Claim>| *claim == Some(Claim::Suppressed);
    match owners.path {
        Claim::Suppressed => Resolution::Ignore(Ignored::Suppressed),
        Claim::UnknownCioId => Resolution::Ignore(Ignored::UnknownCioId),
        Claim::Person(person) => Resolution::Update(person),
        Claim::Free if body.iter().any(suppressed) => Resolution::Ignore(Ignored::Suppressed),
        Claim::Free => {
            let named = body.into_iter().flatten().find_map(|claim| match claim {
                Claim::Person(person) => Some(person),
                _ => None,
            });
            match named {
                Some(person) => Resolution::Update(person),
                None if update_only => Resolution::Ignore(Ignored::UpdateMissed),
                None => Resolution::Create,
            }
        }
    }
}

/// Whether a person may take an identifier: it must be free (or already theirs), and one
/// they already have is replaced only where the path was a `cio_id`, or the identifier is
/// the email, which may be updated by id.
pub fn may_claim(
    person: PersonId,
    claim: Claim,
    has_another: bool,
    by_cio_id: bool,
    is_email: bool,
) -> bool {
    match claim {
        Claim::Person(owner) => owner == person,
        Claim::Suppressed | Claim::UnknownCioId => false,
        Claim::Free => !has_another || by_cio_id || is_email,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: PersonId = PersonId(1);
    const B: PersonId = PersonId(2);

    fn owners(path: Claim, body_id: Option<Claim>, body_email: Option<Claim>) -> Owners {
        Owners {
            path,
            body_id,
            body_email,
        }
    }

    #[test]
    fn the_resolution_table() {
        use Claim::{Free, Person, Suppressed, UnknownCioId};
        let rows = [
            (
                owners(UnknownCioId, None, Some(Person(B))),
                Resolution::Ignore(Ignored::UnknownCioId),
            ),
            (owners(Person(A), None, None), Resolution::Update(A)),
            (
                owners(Person(A), None, Some(Person(B))),
                Resolution::Update(A),
            ),
            (
                owners(Person(A), None, Some(Suppressed)),
                Resolution::Update(A),
            ),
            (owners(Free, None, Some(Person(B))), Resolution::Update(B)),
            (
                owners(Free, Some(Person(B)), Some(Person(A))),
                Resolution::Update(B),
            ),
            (owners(Free, None, Some(Free)), Resolution::Create),
            (
                owners(Free, None, Some(Suppressed)),
                Resolution::Ignore(Ignored::Suppressed),
            ),
            (
                owners(Suppressed, None, None),
                Resolution::Ignore(Ignored::Suppressed),
            ),
        ];
        for (owners, expected) in rows {
            assert_eq!(resolve(&owners, false), expected, "{owners:?}");
        }
    }

    #[test]
    fn update_only_never_creates() {
        let row = owners(Claim::Free, None, Some(Claim::Free));
        assert_eq!(
            resolve(&row, true),
            Resolution::Ignore(Ignored::UpdateMissed)
        );
    }

    #[test]
    fn an_identifier_of_somebody_else_is_never_taken() {
        assert!(!may_claim(A, Claim::Person(B), false, true, true));
        assert!(!may_claim(A, Claim::Suppressed, false, true, true));
        assert!(may_claim(A, Claim::Person(A), true, false, false));
    }

    #[test]
    fn an_id_is_replaced_only_through_cio_id_and_an_email_by_id_too() {
        assert!(!may_claim(A, Claim::Free, true, false, false));
        assert!(may_claim(A, Claim::Free, true, true, false));
        assert!(may_claim(A, Claim::Free, true, false, true));
        assert!(may_claim(A, Claim::Free, false, false, false));
    }

    #[test]
    fn a_cio_id_has_one_spelling() {
        assert_eq!("0000002a".parse(), Ok(PersonId(42)));
        assert_eq!(PersonId(42).to_string(), "0000002a");
        for text in ["2a", "0000002A", "", "-1", "zz"] {
            assert_eq!(text.parse::<PersonId>(), Err(NotACioId), "{text}");
        }
    }
}
