//! Secrets that a command prints: the tools of password managers.

use super::command::{self, Wanted};
use super::{Fetching, Found, Reference, SecretError, SecretErrorKind, SecretSource};

/// A command whose first line is a secret.
pub(super) struct Exec {
    words: Vec<String>,
    place: String,
}

impl Exec {
    pub(super) fn of(reference: &Reference) -> Result<Exec, SecretError> {
        let place = reference.place();
        match command::words(reference.path()) {
            Some(words) => Ok(Exec { words, place }),
            None => Err(SecretError::new(
                place,
                SecretErrorKind::Setting,
                "it is no command: check the quotes, and write exec://COMMAND ARGUMENT …",
            )),
        }
    }

    async fn first_line(&self) -> Result<Option<Found>, SecretError> {
        let line = command::output(&self.place, &self.words, Wanted::FirstLine).await?;
        let line = line.trim();
        Ok((!line.is_empty()).then(|| Found::new(line)))
    }
}

impl SecretSource for Exec {
    fn place(&self) -> String {
        self.place.clone()
    }

    fn fetch(&self) -> Fetching<'_> {
        Box::pin(self.first_line())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Option<Vec<String>> {
        let reference: Reference = format!("exec://{text}").parse().ok()?;
        Some(Exec::of(&reference).ok()?.words)
    }

    #[test]
    fn words_are_split_as_a_shell_does_and_nothing_else_is_done() {
        for (text, expected) in [
            ("pass show cio/app", vec!["pass", "show", "cio/app"]),
            (
                "op read 'op://vault/cio app/key'",
                vec!["op", "read", "op://vault/cio app/key"],
            ),
            (r#"a "b \" c" d\ e"#, vec!["a", "b \" c", "d e"]),
            ("a ''", vec!["a", ""]),
            (
                "a $HOME `b` $(c) ~ * | d; e > f",
                vec![
                    "a", "$HOME", "`b`", "$(c)", "~", "*", "|", "d;", "e", ">", "f",
                ],
            ),
        ] {
            assert_eq!(words(text).unwrap(), expected);
        }
        assert_eq!(words("'unfinished"), None);
        assert_eq!(words("# a comment"), None);
    }

    proptest! {
        #[test]
        fn any_words_can_be_written(expected in proptest::collection::vec("[^\0]{0,12}", 1..6)) {
            let text = shlex::try_join(expected.iter().map(String::as_str)).unwrap();
            prop_assert_eq!(words(&text), Some(expected));
        }

        #[test]
        fn any_text_is_split_or_refused(text in ".*") {
            if let Some(words) = words(&text) {
                prop_assert!(!words.is_empty());
            }
        }
    }
}
