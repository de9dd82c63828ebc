//! A key that is kept in a secret store, and a store of one's own.
//!
//! ```sh
//! export CUSTOMERIO_APP_API_KEY='vault://secret/customerio#app_api_key'   # or file:///…
//! cargo run -p customerio --example secret_store --features secret-stores
//! ```
//!
//! Where the variable is not set, this program asks a store of its own.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::time::Duration;

use customerio::secrets::{
    CachedSecret, Fetching, Found, SecretError, SecretErrorKind, SecretSource,
};
use customerio::{ApiClient, Error};

/// What hands out keys in this example: a file that somebody else rotates.
struct KeyService {
    account: &'static str,
}

impl SecretSource for KeyService {
    /// What errors and logs call it. Nothing secret belongs here.
    fn place(&self) -> String {
        format!("key-service://{}", self.account)
    }

    fn fetch(&self) -> Fetching<'_> {
        Box::pin(async {
            let path = std::env::temp_dir().join(self.account);
            match std::fs::read_to_string(&path) {
                // Good for an hour, however long this service is down. It is read again after
                // five minutes all the same, the age that `CachedSecret` lets a value have.
                Ok(key) => Ok(Some(Found::new(key).lasting(Duration::from_secs(3600)))),
                // Nothing there: another place may have it.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                // Broken: no other place is asked.
                Err(error) => {
                    let problem = "the key service cannot be read";
                    let kind = SecretErrorKind::Unreachable;
                    Err(SecretError::new(self.place(), kind, problem).because(error))
                }
            }
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let api = match ApiClient::from_env() {
        // A key, or a reference to one: both are read by the same line.
        Ok(api) => api,
        Err(Error::Config(problems)) if problems.invalid.is_empty() => {
            let key = CachedSecret::new(KeyService {
                account: "customerio-app-key",
            });
            ApiClient::builder(key).build()?
        }
        Err(error) => return Err(error),
    };
    // The key is read now, and again when it is out of date or refused.
    match api.workspaces().list().await {
        Ok(workspaces) => println!("{} workspaces", workspaces.len()),
        Err(Error::Secret(error)) => println!("nothing was sent: {error}"),
        Err(error) => return Err(error),
    }
    Ok(())
}
