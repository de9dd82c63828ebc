//! From what is written in a variable to the places it names.

use super::file::File;
use super::{CachedSecret, Reference, SecretError, SecretErrorKind, SecretSource, Store};

/// What stands between alternatives.
const OR_ELSE: &str = " || ";

impl Reference {
    /// The place. `variable` gives the settings of its store, by the names that the store's own
    /// tools use: `VAULT_ADDR`, `AWS_REGION`.
    ///
    /// # Errors
    ///
    /// [`SecretError`] if a setting is missing, or the feature for the store is off.
    pub fn open(
        &self,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Box<dyn SecretSource>, SecretError> {
        let variable = &|name: &str| {
            let value = variable(name)?;
            let value = value.trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        // Files have no settings, and may be all there is.
        let _ = variable;
        match self.store() {
            Store::File => Ok(Box::new(File::of(self))),
            #[cfg(feature = "secrets-exec")]
            Store::Exec => Ok(Box::new(super::exec::Exec::of(self)?)),
            #[cfg(feature = "secrets-vault")]
            Store::Vault => Ok(Box::new(super::vault::Vault::of(self, variable)?)),
            #[cfg(feature = "secrets-aws")]
            Store::AwsSsm => Ok(Box::new(super::aws::Parameter::of(self, variable)?)),
            #[cfg(feature = "secrets-aws")]
            Store::AwsSecretsManager => Ok(Box::new(super::aws::SecretValue::of(self, variable)?)),
            #[cfg(feature = "secrets-gcp")]
            Store::GcpSecretManager => Ok(Box::new(super::gcp::Gcp::of(self, variable)?)),
            #[cfg(not(feature = "secret-stores"))]
            store => Err(SecretError::new(
                self.place(),
                SecretErrorKind::Setting,
                format!(
                    "this program was built without this store: it takes the feature \"{}\" of customerio",
                    store.feature()
                ),
            )),
        }
    }
}

impl CachedSecret {
    /// The places that a text names: a reference, or several with ` || ` between them.
    ///
    /// # Errors
    ///
    /// [`SecretError`] naming the first that is no reference or cannot be opened.
    pub fn parse(
        text: &str,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<CachedSecret, SecretError> {
        let places = text.split(OR_ELSE).map(|part| {
            let reference: Reference = part.trim().parse().map_err(|error| {
                // It may be a key that was put beside a reference: it is not repeated.
                let problem = format!("it is no reference: {error}");
                SecretError::new("a reference", SecretErrorKind::Setting, problem)
            })?;
            reference.open(variable)
        });
        Ok(CachedSecret::first_of(
            places.collect::<Result<Vec<_>, _>>()?,
        ))
    }
}
