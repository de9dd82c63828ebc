//! How a place in a secret store is written down.

use std::fmt;
use std::str::FromStr;

/// A place in a secret store, as it is written in a variable.
///
/// | reference | what it names |
/// |---|---|
/// | `vault://MOUNT/PATH#FIELD` | a field of a KV secret of HashiCorp Vault or OpenBao |
/// | `aws-ssm:///PATH/NAME`, `aws-ssm://NAME` | a parameter of AWS Systems Manager |
/// | `aws-secretsmanager://NAME`, `…://NAME#FIELD` | a secret of AWS Secrets Manager, or a field of its JSON |
/// | `gcp-secretmanager://PROJECT/SECRET`, `…/VERSION` | a secret of Google Cloud Secret Manager; the latest version |
/// | `file:///PATH` | a file, without the white space at its ends |
/// | `exec://COMMAND ARGUMENT …` | the first line a command prints; no shell takes part |
///
/// Any but `exec` may have `#FIELD` at its end, for a value that is a JSON object.
///
/// Its `Debug` leaves out the arguments of a command: they may be secret.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    store: Store,
    /// What follows `://`, up to the field.
    path: String,
    field: Option<String>,
}

/// The stores that a reference can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Store {
    /// HashiCorp Vault, OpenBao.
    Vault,
    /// AWS Systems Manager Parameter Store.
    AwsSsm,
    /// AWS Secrets Manager.
    AwsSecretsManager,
    /// Google Cloud Secret Manager.
    GcpSecretManager,
    /// A file.
    File,
    /// A command.
    Exec,
}

impl Store {
    const ALL: [Store; 6] = [
        Store::Vault,
        Store::AwsSsm,
        Store::AwsSecretsManager,
        Store::GcpSecretManager,
        Store::File,
        Store::Exec,
    ];

    /// What its references begin with, before `://`.
    pub const fn scheme(self) -> &'static str {
        match self {
            Store::Vault => "vault",
            Store::AwsSsm => "aws-ssm",
            Store::AwsSecretsManager => "aws-secretsmanager",
            Store::GcpSecretManager => "gcp-secretmanager",
            Store::File => "file",
            Store::Exec => "exec",
        }
    }

    /// The feature of this crate that reads it; empty for files, which need none.
    pub const fn feature(self) -> &'static str {
        match self {
            Store::Vault => "secrets-vault",
            Store::AwsSsm | Store::AwsSecretsManager => "secrets-aws",
            Store::GcpSecretManager => "secrets-gcp",
            Store::Exec => "secrets-exec",
            Store::File => "",
        }
    }
}

impl Reference {
    /// Whether a value is meant as a reference: it begins with the scheme of a store. No
    /// credential does.
    pub fn is_meant(text: &str) -> bool {
        Reference::split(text).is_some()
    }

    fn split(text: &str) -> Option<(Store, &str)> {
        let (scheme, rest) = text.trim().split_once("://")?;
        let store = Store::ALL.into_iter().find(|it| it.scheme() == scheme)?;
        Some((store, rest))
    }

    /// The store it is in.
    pub const fn store(&self) -> Store {
        self.store
    }

    /// The place within the store, without the field.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The field of a value that has several.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl FromStr for Reference {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Reference, InvalidReference> {
        let Some((store, rest)) = Reference::split(text) else {
            return Err(InvalidReference("it names no store that is known"));
        };
        let (path, field) = match rest.rsplit_once('#') {
            Some((path, field)) if store != Store::Exec => (path, Some(field)),
            _ => (rest, None),
        };
        if path.trim().is_empty() {
            return Err(InvalidReference("it names nothing in its store"));
        }
        if field.is_some_and(str::is_empty) {
            return Err(InvalidReference("the name of a field must follow #"));
        }
        Ok(Reference {
            store,
            path: path.to_owned(),
            field: field.map(str::to_owned),
        })
    }
}

impl Reference {
    /// What errors and logs call it: of a command its name only, for arguments may be secret.
    pub fn place(&self) -> String {
        match self.store {
            Store::Exec => {
                let command = self.path.split_whitespace().next().unwrap_or_default();
                format!("{}://{command}", self.store.scheme())
            }
            _ => self.to_string(),
        }
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reference").field(&self.place()).finish()
    }
}

/// As it is written, with everything in it.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.store.scheme(), self.path)?;
        match &self.field {
            Some(field) => write!(f, "#{field}"),
            None => Ok(()),
        }
    }
}

/// Why a text is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidReference(&'static str);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reference_is_read_and_written() {
        for (text, store, path, field) in [
            (
                "vault://secret/cio#app",
                Store::Vault,
                "secret/cio",
                Some("app"),
            ),
            ("aws-ssm:///cio/app", Store::AwsSsm, "/cio/app", None),
            ("exec://pass show #1", Store::Exec, "pass show #1", None),
            (
                "file:///run/secrets/app",
                Store::File,
                "/run/secrets/app",
                None,
            ),
        ] {
            let reference: Reference = text.parse().unwrap();
            assert_eq!(reference.store(), store);
            assert_eq!((reference.path(), reference.field()), (path, field));
            assert_eq!(reference.to_string(), text);
            assert!(Reference::is_meant(text));
        }
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for text in [
            "vault://",
            "vault://#a",
            "vault://secret/cio#",
            "s3://a/b",
            "app-key",
            "",
        ] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
        assert!(!Reference::is_meant("https://example.com"));
    }

    fn text() -> impl Strategy<Value = String> {
        let scheme = proptest::sample::select(Store::ALL.map(Store::scheme).to_vec());
        prop_oneof![
            ".*",
            (scheme, "[ -~]{0,40}").prop_map(|(scheme, rest)| format!("{scheme}://{rest}")),
        ]
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_and_read_again(text in text()) {
            let read = text.parse::<Reference>();
            prop_assert!(read.is_err() || Reference::is_meant(&text));
            if let Ok(reference) = read {
                prop_assert_eq!(reference.to_string(), text.trim());
                prop_assert_eq!(reference.to_string().parse(), Ok(reference));
            }
        }

        #[test]
        fn path_and_field_are_what_was_written(
            store in proptest::sample::select(Store::ALL.to_vec()),
            path in "[a-zA-Z0-9/_.-]{1,40}",
            field in proptest::option::of("[a-zA-Z0-9_.-]{1,20}"),
        ) {
            let end = field.as_ref().map(|field| format!("#{field}")).unwrap_or_default();
            let text = format!(" {}://{path}{end}\n", store.scheme());
            let reference: Reference = text.parse().unwrap();
            prop_assert_eq!(reference.store(), store);
            match store {
                Store::Exec => {
                    let whole = format!("{path}{end}");
                    prop_assert_eq!((reference.path(), reference.field()), (whole.as_str(), None));
                }
                _ => prop_assert_eq!(
                    (reference.path(), reference.field()),
                    (path.as_str(), field.as_deref())
                ),
            }
        }

        #[test]
        fn arguments_of_a_command_are_shown_nowhere(arguments in "[a-z]{8,20}( [a-z]{8,20}){0,3}") {
            let reference: Reference = format!("exec://COMMAND {arguments}").parse().unwrap();
            let shown = format!("{reference:?} {reference:#?} {}", reference.place());
            for argument in arguments.split(' ') {
                prop_assert!(!shown.contains(argument), "{}", shown);
            }
        }
    }
}
