//! The one place that reads the environment, and what takes its place: `.env` of the working
//! directory, and named profiles.
//!
//! Credentials come from one place as a whole, so that those of one account are never sent to
//! the URL of another: from the profile that is named by `--profile` or `CUSTOMERIO_PROFILE`;
//! else from the environment and `.env`, where the environment's win one by one; else, if none
//! are there, from the profile `default`.

pub(crate) mod profiles;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use cio_server::FirstCredentials;
use cio_wire::{Region, env_vars};
use customerio::Credential;
use customerio::secrets::SecretError;

use crate::exit::Failure;

/// Name of the file beside the project's own.
pub(crate) const DOTENV: &str = ".env";

/// The variables that say what to use and what opens it: one of them is enough for a place to
/// be the one.
const DECISIVE: [&str; 9] = [
    env_vars::SITE_ID,
    env_vars::TRACK_API_KEY,
    env_vars::APP_API_KEY,
    env_vars::PIPELINES_WRITE_KEY,
    env_vars::ADMIN_TOKEN,
    env_vars::URL,
    env_vars::TRACK_URL,
    env_vars::APP_URL,
    env_vars::PIPELINES_URL,
];

/// Variables by name, each with where it is from.
#[derive(Default, Clone)]
pub(crate) struct Variables {
    file: HashMap<String, String>,
    from: Option<Origin>,
    /// The values of those that are kept elsewhere.
    revealed: HashMap<String, String>,
}

/// Where a variable is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The process was given it.
    Environment,
    /// `.env` of the working directory.
    Dotenv,
    /// A profile.
    Profile { name: String, path: PathBuf },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Environment => f.write_str("environment"),
            Origin::Dotenv => f.write_str(DOTENV),
            Origin::Profile { name, .. } => write!(f, "profile {name}"),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads it"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Names that are not UTF-8 are none of ours.
fn names_of_environment() -> impl Iterator<Item = String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())
}

/// Whether colour is welcome: <https://no-color.org>.
pub(crate) fn wants_colour() -> bool {
    environment("NO_COLOR").is_none_or(|value| value.is_empty())
}

impl Variables {
    /// Variables of a test, in place of a file.
    #[cfg(test)]
    pub(crate) fn of(variables: &[(&str, &str)]) -> Variables {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Variables {
            file: variables.iter().map(owned).collect(),
            from: Some(Origin::Dotenv),
            revealed: HashMap::new(),
        }
    }

    /// The variables of the place that is to be used.
    pub(crate) fn load(profile: Option<&str>) -> Result<Variables, Failure> {
        let named = profile.map(str::to_owned);
        if let Some(name) = named.or_else(|| Variables::given(env_vars::PROFILE)) {
            return match Variables::of_profile(&name)? {
                Some(variables) => Ok(variables),
                None => Err(profiles::unknown(&name)),
            };
        }
        let here = Variables::here()?;
        if DECISIVE.into_iter().any(|name| here.filled(name).is_some()) {
            return Ok(here);
        }
        // Without a directory for profiles there is none.
        let default = Variables::of_profile(profiles::DEFAULT).ok().flatten();
        Ok(default.unwrap_or(here))
    }

    /// The environment, and `.env` if there is one.
    pub(crate) fn here() -> Result<Variables, Failure> {
        let path = Path::new(DOTENV);
        if !path.exists() {
            return Ok(Variables::default());
        }
        Ok(Variables {
            file: read(path)?,
            from: Some(Origin::Dotenv),
            revealed: HashMap::new(),
        })
    }

    fn of_profile(name: &str) -> Result<Option<Variables>, Failure> {
        let path = profiles::path_of(name)?;
        if !path.exists() {
            return Ok(None);
        }
        let name = name.to_owned();
        Ok(Some(Variables {
            file: read(&path)?,
            from: Some(Origin::Profile { name, path }),
            revealed: HashMap::new(),
        }))
    }

    /// The profile they are from, if they are from one.
    pub(crate) fn profile(&self) -> Option<&str> {
        match &self.from {
            Some(Origin::Profile { name, .. }) => Some(name),
            _ => None,
        }
    }

    /// What a variable says or where that is kept, the system's files included.
    pub(crate) fn credential(&self, name: &str) -> Result<Option<Credential>, SecretError> {
        Credential::of_variable(name, &|name| self.get(name))
    }

    /// The same with the values of these where they are kept elsewhere: in a secret store, or in
    /// a file of the system.
    pub(crate) async fn revealed(mut self, names: &[&str]) -> Result<Variables, Failure> {
        for name in names {
            let kept = self
                .credential(name)
                .map_err(|error| Failure::from(error).of(name))?;
            if let Some(kept) = kept {
                let value = kept.resolved().await;
                let value = value.map_err(|error| Failure::from(error).of(name))?;
                let value = value.expose().trim().to_owned();
                self.revealed.insert((*name).to_owned(), value);
            }
        }
        Ok(self)
    }

    /// The file they are from, beside the environment: `.env`, or that of a profile.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self.from.as_ref()? {
            Origin::Profile { path, .. } => Some(path),
            _ => Some(Path::new(DOTENV)),
        }
    }

    /// A variable's value, empty or not.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.find(name).map(|(value, _)| value)
    }

    /// A variable's value and where it is from.
    pub(crate) fn find(&self, name: &str) -> Option<(String, Origin)> {
        let of_file = || Some((self.file.get(name)?.clone(), self.from.clone()?));
        if self.profile().is_some() && name.starts_with(env_vars::PREFIX) {
            return of_file();
        }
        let of_process = environment(name).map(|value| (value, Origin::Environment));
        of_process.or_else(of_file)
    }

    /// What the file says, whether that is what counts or not.
    pub(crate) fn in_file(&self, name: &str) -> Option<&str> {
        self.file.get(name).map(String::as_str)
    }

    /// The names of all that are set, sorted: those of the process where they count.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.file.keys().cloned().collect();
        if self.profile().is_none() {
            names.extend(names_of_environment());
        }
        names.sort();
        names.dedup();
        names
    }

    /// A variable that has a value.
    pub(crate) fn filled(&self, name: &str) -> Option<String> {
        let revealed = self.revealed.get(name).cloned();
        revealed
            .or_else(|| self.get(name))
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// A value the process itself was given, files left out.
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

/// The lines of a file of variables.
pub(crate) fn read(path: &Path) -> Result<HashMap<String, String>, Failure> {
    let unreadable = |error: dotenvy::Error| {
        // The parser's own error repeats the line, which may hold a secret.
        let at = match error {
            dotenvy::Error::LineParse(_, column) => {
                format!("a line is malformed near column {column}")
            }
            dotenvy::Error::Io(error) => error.to_string(),
            _ => "it cannot be parsed".to_owned(),
        };
        let path = path.display();
        Failure::config(format!("cannot read {path}: {at}; each line is NAME=value"))
    };
    dotenvy::from_path_iter(path)
        .map_err(unreadable)?
        .collect::<Result<_, _>>()
        .map_err(unreadable)
}

fn is_placeholder(value: &str) -> bool {
    value.starts_with("your-") && value.ends_with("-here")
}
