//! Names that are not one person's.

use cio_wire::Identifier;

/// What is done about names that are nobody's, or several people's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WhenMissing {
    /// Ids that nobody has are left out, and are no error.
    pub ignore_ids: bool,
    /// The same of addresses.
    pub ignore_emails: bool,
    /// An address that several people have means all of them, and is no error.
    pub add_duplicates: bool,
}

/// How much of a name is repeated where it is told that it is nobody's.
const NAME_CHARS_SHOWN: usize = 100;

impl WhenMissing {
    /// Whether a trigger may go on with a name that so many people have.
    ///
    /// # Errors
    /// Why not, in words for whoever gave the name.
    pub fn check(self, name: &Identifier, people: usize) -> Result<(), String> {
        let (ignore, flag) = match name {
            Identifier::Email(_) => (self.ignore_emails, "email_ignore_missing"),
            Identifier::Id(_) | Identifier::CioId(_) => (self.ignore_ids, "id_ignore_missing"),
        };
        let shown = || {
            let value: String = name.value().chars().take(NAME_CHARS_SHOWN).collect();
            format!("the {} {value:?}", name.id_type())
        };
        match people {
            0 if !ignore => Err(format!(
                "nobody has {}; with {flag} it would be left out",
                shown()
            )),
            0 | 1 => Ok(()),
            _ if self.add_duplicates => Ok(()),
            _ => Err(format!(
                "{people} people have {}; with email_add_duplicates all of them would be sent to",
                shown()
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_person_s_unless_it_need_not_be() {
        let id = Identifier::Id("42".to_owned());
        let email = Identifier::Email("x".repeat(300));
        let strict = WhenMissing::default();
        assert_eq!(strict.check(&id, 1), Ok(()));
        let error = strict.check(&id, 0).unwrap_err();
        assert_eq!(
            error,
            "nobody has the id \"42\"; with id_ignore_missing it would be left out"
        );
        let error = strict.check(&email, 0).unwrap_err();
        assert!(error.contains("email_ignore_missing"), "{error}");
        assert!(error.len() < 200, "{error}");
        let error = strict.check(&email, 2).unwrap_err();
        assert!(error.starts_with("2 people have the email"), "{error}");
        let ignore_ids = WhenMissing {
            ignore_ids: true,
            ..strict
        };
        assert_eq!(ignore_ids.check(&id, 0), Ok(()));
        assert!(
            ignore_ids.check(&email, 0).is_err(),
            "each flag is for its own"
        );
        let ignore_emails = WhenMissing {
            ignore_emails: true,
            ..strict
        };
        assert_eq!(ignore_emails.check(&email, 0), Ok(()));
        assert!(ignore_emails.check(&email, 2).is_err());
        let add_duplicates = WhenMissing {
            add_duplicates: true,
            ..strict
        };
        assert_eq!(add_duplicates.check(&email, 2), Ok(()));
        assert!(add_duplicates.check(&email, 0).is_err());
    }
}
