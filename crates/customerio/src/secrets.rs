//! Credentials that are kept in a secret store.
//!
//! A variable, or anything else that gives a [`Config`](crate::Config) its values, may hold a
//! [`Reference`] in a credential's place:
//!
//! ```text
//! CUSTOMERIO_APP_API_KEY=vault://secret/customerio#app_api_key
//! CUSTOMERIO_TRACK_API_KEY=file:///run/secrets/track || exec://pass show cio/track
//! ```
//!
//! It is read at the first call that needs it, kept for a while, read again before it expires,
//! and at once when the service refuses it: a key that was rotated is picked up without a
//! restart, and the call that met the refusal is made again with the new one. See
//! [`CachedSecret`] for when exactly.
//!
//! A store *has nothing* under a name, and the next alternative is tried, or it *is broken*, and
//! that is an error: a store that cannot be reached must not make a program go on with a key from
//! elsewhere.
//!
//! A credential whose variable is not set is looked for in the files of the system, first found
//! first taken: the file that `CUSTOMERIO_APP_API_KEY_FILE` names, then
//! `CUSTOMERIO_APP_API_KEY` or `customerio_app_api_key` in `$CREDENTIALS_DIRECTORY` (systemd)
//! and in `/run/secrets` (Docker, Podman).
//!
//! Each store is a feature of this crate. Its settings are read under the names that its own
//! tools use, such as `VAULT_ADDR` and `AWS_REGION`.
//!
//! | reference | feature |
//! |---|---|
//! | `file:///PATH` | – |
//! | `exec://COMMAND ARGUMENT …` | `secrets-exec` |
//! | `vault://MOUNT/PATH#FIELD` | `secrets-vault` |
//! | `aws-ssm://NAME`, `aws-secretsmanager://NAME` | `secrets-aws` |
//! | `gcp-secretmanager://PROJECT/SECRET` | `secrets-gcp` |
//!
//! [`SecretSource`] is the seam: implement it for a store that is not here. The example
//! `secret_store` does.
//!
//! ```no_run
//! use customerio::ApiClient;
//! use customerio::secrets::{CachedSecret, Fetching, Found, SecretSource};
//!
//! /// The key as an agent on this machine hands it out.
//! struct Agent;
//!
//! impl SecretSource for Agent {
//!     fn place(&self) -> String {
//!         "the agent".to_owned()
//!     }
//!
//!     fn fetch(&self) -> Fetching<'_> {
//!         Box::pin(async { Ok(Some(Found::new("…"))) })
//!     }
//! }
//!
//! # fn main() -> Result<(), customerio::Error> {
//! let api = ApiClient::builder(CachedSecret::new(Agent)).build()?;
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "secrets-aws")]
mod aws;
mod cached;
#[cfg(any(feature = "secrets-aws", feature = "secrets-exec"))]
mod command;
mod error;
#[cfg(feature = "secrets-exec")]
mod exec;
mod field;
mod file;
#[cfg(feature = "secrets-gcp")]
mod gcp;
#[cfg(any(
    feature = "secrets-aws",
    feature = "secrets-gcp",
    feature = "secrets-vault"
))]
mod http;
mod open;
mod reference;
mod source;
#[cfg(feature = "secrets-vault")]
mod vault;

pub use cached::CachedSecret;
pub use error::{SecretError, SecretErrorKind};
pub(crate) use file::{File, of_variable as file_of_variable};
pub use reference::{InvalidReference, Reference, Store};
pub use source::{Fetching, Found, Putting, SecretSource};
