//! The one place that reads the environment: the process's own variables, and `.env` of
//! the working directory below them.

use std::collections::HashMap;
use std::path::Path;

use cio_server::FirstCredentials;
use cio_wire::{Region, env_vars};

use crate::exit::Failure;

/// Name of the file beside the project's own.
pub(crate) const DOTENV: &str = ".env";

/// Variables by name: the environment's win over the file's.
#[derive(Default)]
pub(crate) struct Variables {
    file: HashMap<String, String>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads it"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether colour is welcome: <https://no-color.org>.
pub(crate) fn wants_colour() -> bool {
    environment("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// What to log: `tracing` filter directives.
pub(crate) fn log_filter() -> String {
    environment(env_vars::LOG).unwrap_or_else(|| "warn,cio_server=info".to_owned())
}

impl Variables {
    /// The environment, and `.env` if there is one.
    pub(crate) fn load() -> Result<Variables, Failure> {
        if !Path::new(DOTENV).exists() {
            return Ok(Variables::default());
        }
        let unreadable = |error: dotenvy::Error| {
            // The parser's own error repeats the line, which may hold a secret.
            let at = match error {
                dotenvy::Error::LineParse(_, column) => {
                    format!("a line is malformed near column {column}")
                }
                dotenvy::Error::Io(error) => error.to_string(),
                _ => "it cannot be parsed".to_owned(),
            };
            Failure::config(format!("cannot read .env: {at}; each line is NAME=value"))
        };
        let file = dotenvy::from_path_iter(DOTENV)
            .map_err(unreadable)?
            .collect::<Result<HashMap<_, _>, _>>()
            .map_err(unreadable)?;
        Ok(Variables { file })
    }

    /// A variable's value, empty or not.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        environment(name).or_else(|| self.file.get(name).cloned())
    }

    /// A variable that has a value.
    pub(crate) fn filled(&self, name: &str) -> Option<String> {
        self.get(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// A value the process itself was given, `.env` left out.
    pub(crate) fn given(name: &str) -> Option<String> {
        environment(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    pub(crate) fn region(&self) -> Result<Region, Failure> {
        self.filled(env_vars::REGION)
            .map_or(Ok(Region::default()), |text| {
                text.parse()
                    .map_err(|error| Failure::config(format!("{}: {error}", env_vars::REGION)))
            })
    }

    pub(crate) fn smtp_url(&self) -> Option<String> {
        self.filled(env_vars::SMTP_URL)
    }

    /// The operators' token of a server.
    pub(crate) fn admin_token(&self) -> Option<String> {
        self.filled(env_vars::ADMIN_TOKEN)
    }

    /// The credentials a server's first workspace is to have, as far as they are set.
    /// The placeholders that `init` writes are not credentials.
    pub(crate) fn first_credentials(&self) -> FirstCredentials {
        let real = |name| self.filled(name).filter(|value| !is_placeholder(value));
        FirstCredentials {
            site_id: real(env_vars::SITE_ID),
            track_api_key: real(env_vars::TRACK_API_KEY),
            app_api_key: real(env_vars::APP_API_KEY),
            pipelines_write_key: real(env_vars::PIPELINES_WRITE_KEY),
        }
    }
}

fn is_placeholder(value: &str) -> bool {
    value.starts_with("your-") && value.ends_with("-here")
}
