//! Where a new key is written: a secret store, or the file that the old one came from.

use std::path::PathBuf;

use customerio::Secret;
use customerio::secrets::{Reference, SecretSource};

use crate::args::{DestinationArgs, Kind};
use crate::dotenv_file;
use crate::exit::Failure;
use crate::settings::{Origin, Variables};

/// What is kept somewhere now.
pub(super) type Kept = Option<String>;

/// A place for a key.
pub(super) enum Destination {
    Store(Box<dyn SecretSource>),
    File {
        path: PathBuf,
        variable: &'static str,
    },
}

impl Destination {
    pub(super) fn open(
        args: &DestinationArgs,
        kind: Kind,
        variables: &Variables,
    ) -> Result<Destination, Failure> {
        if let Some(reference) = &args.store {
            return Destination::store("--store", reference, variables);
        }
        let variable = kind.variable().ok_or_else(|| {
            Failure::config("a key that signs webhooks has no variable")
                .next("write it to a store: --store REFERENCE")
        })?;
        Destination::file(variable, variables)
    }

    /// A place that is named by a reference.
    pub(super) fn store(
        argument: &str,
        reference: &str,
        variables: &Variables,
    ) -> Result<Destination, Failure> {
        let reference: Reference = reference.parse().map_err(|error| {
            Failure::config(format!("{argument} is no reference: {error}")).next(
                "write it as vault://secret/customerio#app_api_key; docs/secrets.md has all forms",
            )
        })?;
        Ok(Destination::Store(
            reference.open(&|name| variables.get(name))?,
        ))
    }

    /// The place that a variable comes from: a file, or a reference in it.
    pub(super) fn file(
        variable: &'static str,
        variables: &Variables,
    ) -> Result<Destination, Failure> {
        if let Some(reference) = variables.get(variable).filter(|it| Reference::is_meant(it)) {
            return Destination::store(variable, &reference, variables);
        }
        // What is written to a file would not be what counts.
        if let Some((_, Origin::Environment)) = variables.find(variable) {
            return Err(Failure::config(format!(
                "{variable} is from the environment, which this command cannot change"
            ))
            .next("unset it there, or write the key to a secret store: --store REFERENCE"));
        }
        let path = variables.file().ok_or_else(|| {
            Failure::config("there is no .env here and no profile, so --env has nothing to change")
                .next("`customerio init` writes one; --store REFERENCE writes to a secret store")
        })?;
        Ok(Destination::File {
            path: path.to_owned(),
            variable,
        })
    }

    /// What messages call it.
    pub(super) fn name(&self) -> String {
        match self {
            Destination::Store(store) => store.place(),
            Destination::File { path, variable } => format!("{variable} in {}", path.display()),
        }
    }

    pub(super) async fn read(&self) -> Result<Kept, Failure> {
        match self {
            Destination::Store(store) => {
                let found = store.fetch().await?;
                Ok(found.map(|found| found.value.expose().to_owned()))
            }
            Destination::File { path, variable } => dotenv_file::value(path, variable),
        }
    }

    pub(super) async fn write(&self, value: &str) -> Result<(), Failure> {
        match self {
            Destination::Store(store) => Ok(store.put(&Secret::from(value)).await?),
            Destination::File { path, variable } => dotenv_file::replace(path, variable, value)
                .map_err(|error| {
                    Failure::config(format!("cannot write {}: {error}", path.display()))
                }),
        }
    }
}
