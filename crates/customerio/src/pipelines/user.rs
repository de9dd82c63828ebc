//! Whom a message is about.

use std::fmt;

use cio_wire::Identifier;

use super::envelope::Body;
use crate::Error;

/// Whom a message is about: somebody known, somebody anonymous, or both at once, which
/// tells the service that they are the same.
///
/// ```
/// use customerio::Identifier;
/// use customerio::pipelines::User;
///
/// let by_id = User::from("42");
/// let by_email = User::from(Identifier::Email("ana@example.com".into()));
/// let visitor = User::anonymous("v-7f3a");
/// let who_signed_in = User::from("42").and_anonymous("v-7f3a");
/// # drop((by_id, by_email, visitor, who_signed_in));
/// ```
///
/// A bare value is the id of somebody known.
#[derive(Clone, PartialEq, Eq)]
pub enum User {
    /// `userId`: an id of one's own, an email address, or a `cio_id`. The service tells
    /// them apart by their shape.
    Known(Identifier),
    /// `anonymousId`: somebody who has not said who they are.
    Anonymous(String),
    /// Both.
    Both {
        /// `userId`.
        known: Identifier,
        /// `anonymousId`.
        anonymous_id: String,
    },
}

impl User {
    /// Somebody anonymous, by an id of one's own for them.
    pub fn anonymous(anonymous_id: impl Into<String>) -> User {
        User::Anonymous(anonymous_id.into())
    }

    /// Says that they were anonymous under this id so far. It replaces one said before.
    #[must_use]
    pub fn and_anonymous(self, anonymous_id: impl Into<String>) -> User {
        let anonymous_id = anonymous_id.into();
        match self {
            User::Known(known) | User::Both { known, .. } => User::Both {
                known,
                anonymous_id,
            },
            User::Anonymous(_) => User::Anonymous(anonymous_id),
        }
    }

    /// Writes `userId` and `anonymousId`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank one.
    pub(super) fn fill<'a>(&'a self, body: &mut Body<'a>) -> Result<(), Error> {
        let (known, anonymous_id) = match self {
            User::Known(known) => (Some(known), None),
            User::Anonymous(anonymous_id) => (None, Some(anonymous_id)),
            User::Both {
                known,
                anonymous_id,
            } => (Some(known), Some(anonymous_id)),
        };
        body.user_id = known.map(user_id).transpose()?;
        body.anonymous_id = anonymous_id
            .map(|id| not_blank("anonymous id", id))
            .transpose()?;
        Ok(())
    }
}

/// The text of a `userId`. A `cio_id` carries its prefix there, or it would be an id.
///
/// # Errors
///
/// [`Error::InvalidInput`] if it is blank.
pub(super) fn user_id(known: &Identifier) -> Result<String, Error> {
    let value = not_blank("user id", known.value())?;
    Ok(match known {
        Identifier::CioId(_) => format!("cio_{}", value.strip_prefix("cio_").unwrap_or(value)),
        Identifier::Id(_) | Identifier::Email(_) => value.to_owned(),
    })
}

/// The value as it is.
///
/// # Errors
///
/// [`Error::InvalidInput`] if there is nothing but white space in it.
pub(super) fn not_blank<'a>(field: &'static str, value: &'a str) -> Result<&'a str, Error> {
    match value.trim().is_empty() {
        true => Err(Error::invalid_input(field, "must not be blank")),
        false => Ok(value),
    }
}

macro_rules! known_user_from {
    ($($value:ty),*) => {$(
        impl From<$value> for User {
            fn from(value: $value) -> Self {
                User::Known(value.into())
            }
        }
    )*};
}
known_user_from!(
    &str,
    String,
    &String,
    u32,
    u64,
    i32,
    i64,
    Identifier,
    &Identifier
);

impl From<&User> for User {
    fn from(user: &User) -> Self {
        user.clone()
    }
}

/// Personal data does not belong in logs: `Debug` shows kinds and lengths.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            User::Known(known) => known.fmt(f),
            User::Anonymous(id) => write!(f, "anonymous([{} bytes])", id.len()),
            User::Both {
                known,
                anonymous_id,
            } => write!(f, "{known:?} and anonymous([{} bytes])", anonymous_id.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cio_id_has_its_prefix_once() {
        for value in ["a3", "cio_a3"] {
            let known = Identifier::CioId(value.into());
            assert_eq!(user_id(&known).unwrap(), "cio_a3");
        }
    }

    #[test]
    fn a_user_can_be_both_and_keeps_what_is_said_last() {
        let both = User::from("42").and_anonymous("a").and_anonymous("b");
        assert_eq!(
            both,
            User::Both {
                known: "42".into(),
                anonymous_id: "b".into()
            }
        );
        assert_eq!(
            User::anonymous("a").and_anonymous("b"),
            User::anonymous("b")
        );
    }

    #[test]
    fn debug_hides_the_values() {
        let shown = format!("{:?}", User::from("ana").and_anonymous("visitor"));
        assert_eq!(shown, "id([3 bytes]) and anonymous([7 bytes])");
    }
}
